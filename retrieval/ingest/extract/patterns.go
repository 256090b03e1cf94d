package extract

import (
	"regexp"
	"slices"
	"strings"
)

var (
	year       = regexp.MustCompile(`\b(19|20)\d\d\b`)
	dateLine   = regexp.MustCompile(`(?i)^\W{0,3}(published|updated|posted|last updated|veröffentlicht|stand|publicado|publié|pubblicato|опубликовано|mon|tue|wed|thu|fri|sat|sun|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|\d{1,2}[./ -])`)
	updated    = regexp.MustCompile(`(?i)^\W{0,3}(last )?(published|updated|posted|modified|veröffentlicht|aktualisiert|stand|publicado|actualizado|atualizado|publié|mis à jour|pubblicato|aggiornato|bijgewerkt|opublikowano|aktualizacja|uppdaterad|опубликовано|обновлено|оновлено|güncellendi|cập nhật)\b`)
	clock      = regexp.MustCompile(`\b([01]?\d|2[0-3])(:[0-5]\d\b|h[0-5]\d\b|\.[0-5]\d ?[ap]\.?m\b)`)
	byline     = regexp.MustCompile(`(?i)^(by|von|por|par|di|written by|автор)\b[: ]`)
	label      = regexp.MustCompile(`(?i)^\W{0,3}(source link|sources?|quellen?|fuentes?|fonte|источник|leave a (reply|comment)|post a comment|cancel reply|add a comment|comments? ?(\(\d+\))?|\d+ comments?|no comments( yet)?|kommentare?( \(\d+\))?|kommentar (schreiben|hinterlassen)|comentarios|deja (un comentario|una respuesta)|commentaires?|laisser un commentaire|commenti|lascia un commento|комментарии|оставить комментарий|(your email address|deine e-mail-adresse|tu dirección de correo electrónico|votre adresse e-mail|il tuo indirizzo email)\b.{0,160}|required fields are marked ?\*?|erforderliche felder sind mit \* markiert|(share|tweet|print|e-?mail|save|like|pin|facebook|twitter|whatsapp|linkedin|reddit|telegram|pinterest|x|copy link|share this( article| story| post)?|share on.{0,40}|teilen|drucken|compartir|imprimir|partager|imprimer|condividi|stampa|поделиться)([ ,|/·]+(share|tweet|print|e-?mail|save|like|pin|facebook|twitter|whatsapp|linkedin|reddit|telegram|pinterest|x))*|advertise?ment|anzeige|werbung|publicidad|publicité|pubblicità|реклама|continue reading.{0,40}|(story|article) continues (below|after).{0,40}|read more|loading\.*|next (article|story|post).{0,80}|previous (article|story|post).{0,80}|back to top|view gallery|(click here to )?view comments|sign up|log ?in|subscribe( now)?|privacy policy|cookie policy|terms of (use|service)|skip to.{0,40}|close|menu|search|follow us|image (credit|source)s?:?.{0,60}|getty images|reuters|ap)\W{0,3}$`)
	related    = regexp.MustCompile(`(?i)^\W{0,3}(related|read (more|also|next)|more (on|from|stories|like this)|see also|also read|also on|recommended|you (may|might) (also )?like|don't miss|must read|trending|most (read|popular)|lesen sie auch|mehr zum thema|auch interessant|siehe auch|lea también|te puede interesar|más noticias|lire aussi|à lire|leggi anche|читайте также|по теме)\b`)
	shortcode  = regexp.MustCompile(`^\[[a-z_-]+ [a-z_-]+=[^\]]*\]|^\[([a-z_-]{3,})\b[^\]]*\].{0,400}\[/[a-z_-]{3,}\]$`) // [i] is a footnote's number
	credits    = regexp.MustCompile(`(?i)^\W{0,3}((additional )?(reporting|writing|editing|research) by\b|.{3,60} contributed( reporting)?( to this (report|story|article))?|(edited|compiled) by\b|with (files|agencies|reporting) from\b|the associated press contributed\b)`)
	copyright  = regexp.MustCompile(`(?i)^\W{0,3}(©|\(c\) ?(19|20)\d\d|copyright\b|all rights reserved|alle rechte vorbehalten|todos los derechos reservados|tous droits réservés)`)
	tags       = regexp.MustCompile(`(?i)^\W{0,3}(tags?|filed under|topics?|categor(y|ies)|keywords|schlagwörter|etiquetas|mots-clés|теги)\s*:`)
	commenting = []string{"comment", "coment", "kommentar", "reactie", "komentar", "комментари", "коментар", "yorum", "bình luận"}
	// moderation speaks of readers' comments and of what becomes of them.
	moderation = regexp.MustCompile(`(?i)(comment|coment[aá]rio|kommentar|reactie|komentar|комментари|коментар|yorum|bình luận).{0,200}(moderat|moderad|modér|moderier|freigeschaltet|gelöscht|approv|aprova|aproba|approuv|removed|deleted|eliminad|verwijderd|usunięt|удал|видал|onay)`)
	// ending are blocks behind which no article goes on.
	ending        = regexp.MustCompile(`(?i)^\W{0,3}(source link|leave a (reply|comment)|post a comment|comments?( \(\d+\))?|\d+ comments?|kommentare?|deja (un comentario|una respuesta)|laisser un commentaire|lascia un commento|комментарии|your email address will not be published.*)\W{0,3}$`)
	commentName   = regexp.MustCompile(`(?i)^(comments?([-_]?(area|section|list|form|respond|body|content|wrapper|container|thread|box))?|respond|disqus(_thread|-thread)?|fb-comments|commentlist|reply-title|reader-comments)$`)
	furnitureName = regexp.MustCompile(`(?i)^(social|share|sharing|sharedaddy|newsletter|subscribe|signup|related|recommended|promo|promotion|breadcrumbs?|nav|navigation|footer|sidebar|widget|ad|ads|advert|advertisement|ad-slot|dfp|sponsored|author-bio|about-author|byline|tags?|post-tags|meta|post-meta|entry-meta)(s|[-_](links?|box|bar|buttons?|block|module|container|wrapper|list|area|section))?$`)
)

// A worded pattern cannot match without one of some words. They are looked for first, which takes a tenth of the time: a page has thousands of
// elements, and each has its class looked at.
type worded struct {
	holds   []string // lower case
	pattern *regexp.Regexp
}

// MatchString is that of the pattern.
func (w worded) MatchString(s string) bool {
	return s != "" && holdsAny(strings.ToLower(s), w.holds) && w.pattern.MatchString(s)
}

// prompts are the ways in which a text asks for something, each with what it cannot do without: a word of every list. That is looked for first,
// since the patterns are long, and pages have thousands of blocks.
var prompts = []struct {
	holds   [][]string
	pattern *regexp.Regexp
}{
	{
		[][]string{{"sign up", "subscribe", "register"}, {"newsletter", "updates", "mail", "inbox", "alerts", "briefing", "podcast", "channel", "free"}},
		regexp.MustCompile(`(?i)\b(sign up|subscribe|register)\b.{0,60}\b(newsletter|updates|e-?mails?|inbox|alerts|briefing|podcast|channel|free)\b`),
	},
	{
		[][]string{{"newsletter"}, {"sign", "subscribe", "inbox", "delivered", "join"}},
		regexp.MustCompile(`(?i)\bnewsletter\b.{0,80}\b(sign|subscribe|inbox|delivered|join)`),
	},
	{
		[][]string{{"follow", "like", "find"}, {"on twitter", "on facebook", "on instagram", "on youtube", "on linkedin", "on telegram", "on x"}},
		regexp.MustCompile(`(?i)^(follow|like|find) (us|me|him|her|them|[\w .'-]{2,40}) on (twitter|facebook|instagram|youtube|linkedin|telegram|x)\b|\bfollow .{2,40} on (twitter|facebook|instagram)\b`),
	},
	{[][]string{{"download"}, {"app"}}, regexp.MustCompile(`(?i)download (the|our) .{0,30}\bapp\b`)},
	{
		[][]string{{"join our", "join the"}, {"group", "channel", "community", "conversation", "newsletter"}},
		regexp.MustCompile(`(?i)\bjoin (our|the) .{0,40}(group|channel|community|conversation|newsletter)\b`),
	},
	{[][]string{{"donate", "support us", "support our"}}, regexp.MustCompile(`(?i)\b(donate|support (us|our (work|journalism)))\b.{0,60}$`)},
	{
		[][]string{{"abonn", "suscr", "iscriv", "подпис", "click here", "get the latest"}},
		regexp.MustCompile(`(?i)newsletter abonnieren|jetzt abonnieren|suscríbete|abonnez-vous|iscriviti|подпис(аться|ывайтесь)|click here to (subscribe|sign up|read)|get the latest .{0,60}(inbox|newsletter)`),
	},
}

// asks reports whether a text asks its reader for something.
func asks(s string) bool {
	lower := strings.ToLower(s)
	for _, p := range prompts {
		lacks := func(words []string) bool { return !holdsAny(lower, words) }
		if !slices.ContainsFunc(p.holds, lacks) && p.pattern.MatchString(s) {
			return true
		}
	}
	return false
}

// moderates reports whether a text tells what becomes of readers' comments. As above, what it cannot do without is looked for first.
func moderates(s string) bool {
	return holdsAny(strings.ToLower(s), commenting) && moderation.MatchString(s)
}

func holdsAny(lower string, words []string) bool {
	return slices.ContainsFunc(words, func(word string) bool { return strings.Contains(lower, word) })
}
