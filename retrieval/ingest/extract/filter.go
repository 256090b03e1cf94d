package extract

import (
	"regexp"
	"strings"

	"archivist"

	"golang.org/x/net/html"
)

// A rule takes kept blocks out that are furniture of the page. Each has the page in testdata that needs it.
type rule struct {
	name string
	// hits reports whether block i goes. Patterns look at short blocks only, so that none is asked about a long text.
	hits func(f *furniture, i int) bool
}

// rules, in their order. A rule of words is anchored and case-folded; none removes a block of prose by its element's name alone.
var rules = []rule{
	{"title", func(f *furniture, i int) bool { // the card has it
		b := f.blocks[i]
		return i <= f.firstKept+1 && sameWords(b.text, f.meta.title) || b.kind == archivist.KindHeading && b.level == 1
	}},
	{"date", func(f *furniture, i int) bool { // the card has it
		b := f.blocks[i]
		return f.place(i) < 4 && b.words <= 14 && dateLine.MatchString(b.text) && year.MatchString(b.text) && !strings.HasSuffix(b.text, ".")
	}},
	{"byline", func(f *furniture, i int) bool { // the card has it
		b := f.blocks[i]
		return f.place(i) < 4 && b.words <= 8 && byline.MatchString(b.text) && f.names(b.text)
	}},
	{"label", func(f *furniture, i int) bool { // the whole block is a label of the page
		b := f.blocks[i]
		return b.words < 25 && label.MatchString(b.text)
	}},
	{"comments", func(f *furniture, i int) bool { return isComment(f.blocks[i]) }}, // readers' words
	{"related", func(f *furniture, i int) bool { // other articles
		b := f.blocks[i]
		return b.words < 40 && related.MatchString(b.text) && (5*b.linkWords >= 2*b.words || strings.HasSuffix(b.text, ":") || b.words <= 6)
	}},
	{"relitem", func(f *furniture, i int) bool { // what follows such a label
		b := f.blocks[i]
		return f.afterRelated(i) && (b.isLink() || b.kind == archivist.KindItem && 10*b.linkWords >= 3*b.words)
	}},
	{"link", func(f *furniture, i int) bool { // teasers
		b := f.blocks[i]
		return b.kind != archivist.KindHeading && b.kind != archivist.KindRow && b.words >= 4 && 5*b.linkWords >= 4*b.words
	}},
	{"prompt", func(f *furniture, i int) bool { // newsletter, app, follow, donate
		b := f.blocks[i]
		return b.words < 70 && (b.words < 30 || 8*b.linkWords >= b.words) && prompt.MatchString(b.text)
	}},
	{"shortcode", func(f *furniture, i int) bool { // left by a broken plug-in
		return shortcode.MatchString(f.blocks[i].text)
	}},
	{"credits", func(f *furniture, i int) bool { // who helped, below the text
		b := f.blocks[i]
		return b.words < 40 && i > f.middle && credits.MatchString(b.text)
	}},
	{"copyright", func(f *furniture, i int) bool {
		b := f.blocks[i]
		return b.words <= 60 && copyright.MatchString(b.text)
	}},
	{"tags", func(f *furniture, i int) bool {
		b := f.blocks[i]
		return b.words <= 40 && tags.MatchString(b.text)
	}},
	{"class", func(f *furniture, i int) bool { // short blocks under a name that says furniture
		b := f.blocks[i]
		return b.words < long && b.kind != archivist.KindHeading && hasFurnitureName(b)
	}},
}

var (
	year      = regexp.MustCompile(`\b(19|20)\d\d\b`)
	dateLine  = regexp.MustCompile(`(?i)^\W{0,3}(published|updated|posted|last updated|veröffentlicht|stand|publicado|publié|pubblicato|опубликовано|mon|tue|wed|thu|fri|sat|sun|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|\d{1,2}[./ -])`)
	byline    = regexp.MustCompile(`(?i)^(by|von|por|par|di|written by|автор)\b[: ]`)
	label     = regexp.MustCompile(`(?i)^\W{0,3}(source link|sources?|quellen?|fuentes?|fonte|источник|leave a (reply|comment)|post a comment|cancel reply|add a comment|comments? ?(\(\d+\))?|\d+ comments?|no comments( yet)?|kommentare?( \(\d+\))?|kommentar (schreiben|hinterlassen)|comentarios|deja (un comentario|una respuesta)|commentaires?|laisser un commentaire|commenti|lascia un commento|комментарии|оставить комментарий|(your email address|deine e-mail-adresse|tu dirección de correo electrónico|votre adresse e-mail|il tuo indirizzo email)\b.{0,160}|required fields are marked ?\*?|erforderliche felder sind mit \* markiert|(share|tweet|print|e-?mail|save|like|pin|facebook|twitter|whatsapp|linkedin|reddit|telegram|pinterest|x|copy link|share this( article| story| post)?|share on.{0,40}|teilen|drucken|compartir|imprimir|partager|imprimer|condividi|stampa|поделиться)([ ,|/·]+(share|tweet|print|e-?mail|save|like|pin|facebook|twitter|whatsapp|linkedin|reddit|telegram|pinterest|x))*|advertise?ment|anzeige|werbung|publicidad|publicité|pubblicità|реклама|continue reading.{0,40}|(story|article) continues (below|after).{0,40}|read more|loading\.*|next (article|story|post).{0,80}|previous (article|story|post).{0,80}|back to top|view gallery|(click here to )?view comments|sign up|log ?in|subscribe( now)?|privacy policy|cookie policy|terms of (use|service)|skip to.{0,40}|close|menu|search|follow us|image (credit|source)s?:?.{0,60}|getty images|reuters|ap)\W{0,3}$`)
	related   = regexp.MustCompile(`(?i)^\W{0,3}(related|read (more|also|next)|more (on|from|stories|like this)|see also|also read|also on|recommended|you (may|might) (also )?like|don't miss|must read|trending|most (read|popular)|lesen sie auch|mehr zum thema|auch interessant|siehe auch|lea también|te puede interesar|más noticias|lire aussi|à lire|leggi anche|читайте также|по теме)\b`)
	prompt    = regexp.MustCompile(`(?i)(\b(sign up|subscribe|register)\b.{0,60}\b(newsletter|updates|e-?mails?|inbox|alerts|briefing|podcast|channel|free)\b|\bnewsletter\b.{0,80}\b(sign|subscribe|inbox|delivered|join)|^(follow|like|find) (us|me|him|her|them|[\w .'-]{2,40}) on (twitter|facebook|instagram|youtube|linkedin|telegram|x)\b|\bfollow .{2,40} on (twitter|facebook|instagram)\b|download (the|our) .{0,30}\bapp\b|\bjoin (our|the) .{0,40}(group|channel|community|conversation|newsletter)\b|\b(donate|support (us|our (work|journalism)))\b.{0,60}$|newsletter abonnieren|jetzt abonnieren|suscríbete|abonnez-vous|iscriviti|подпис(аться|ывайтесь)|click here to (subscribe|sign up|read)|get the latest .{0,60}(inbox|newsletter))`)
	shortcode = regexp.MustCompile(`^\[/?[a-z_-]+( [a-z_-]+=[^\]]*)?\].{0,400}$`)
	credits   = regexp.MustCompile(`(?i)^\W{0,3}((additional )?(reporting|writing|editing|research) by\b|.{3,60} contributed( reporting)?( to this (report|story|article))?|(edited|compiled) by\b|with (files|agencies|reporting) from\b|the associated press contributed\b)`)
	copyright = regexp.MustCompile(`(?i)^\W{0,3}(©|\(c\) ?(19|20)\d\d|copyright\b|all rights reserved|alle rechte vorbehalten|todos los derechos reservados|tous droits réservés)`)
	tags      = regexp.MustCompile(`(?i)^\W{0,3}(tags?|filed under|topics?|categor(y|ies)|keywords|schlagwörter|etiquetas|mots-clés|теги)\s*:`)
	// ending are blocks behind which no article goes on.
	ending        = regexp.MustCompile(`(?i)^\W{0,3}(source link|leave a (reply|comment)|post a comment|comments?( \(\d+\))?|\d+ comments?|kommentare?|deja (un comentario|una respuesta)|laisser un commentaire|lascia un commento|комментарии|your email address will not be published.*)\W{0,3}$`)
	commentName   = regexp.MustCompile(`(?i)^(comments?([-_]?(area|section|list|form|respond|body|content|wrapper|container|thread|box))?|respond|disqus(_thread|-thread)?|fb-comments|commentlist|reply-title|reader-comments)$`)
	furnitureName = regexp.MustCompile(`(?i)^(social|share|sharing|sharedaddy|newsletter|subscribe|signup|related|recommended|promo|promotion|breadcrumbs?|nav|navigation|footer|sidebar|widget|ad|ads|advert|advertisement|ad-slot|dfp|sponsored|author-bio|about-author|byline|tags?|post-tags|meta|post-meta|entry-meta)(s|[-_](links?|box|bar|buttons?|block|module|container|wrapper|list|area|section))?$`)
)

// isComment reports a block that stands among readers' comments.
func isComment(b *block) bool { return named(b, 12, commentName) }

// hasFurnitureName reports a block whose own or parent's name says furniture.
func hasFurnitureName(b *block) bool { return named(b, 2, furnitureName) }

// named reports whether one of the block's nearest elements has a class or id that matches as a whole.
func named(b *block, depth int, name *regexp.Regexp) bool {
	for n := b.parent; n != nil && depth > 0; n, depth = n.Parent, depth-1 {
		if n.Type != html.ElementNode || n.Data == "body" || n.Data == "article" || n.Data == "main" {
			return false
		}
		for token := range strings.FieldsSeq(attribute(n, "class") + " " + attribute(n, "id")) {
			if name.MatchString(token) {
				return true
			}
		}
	}
	return false
}

// furniture is what rules look at.
type furniture struct {
	blocks    []*block
	kept      []bool
	meta      *meta
	firstKept int
	middle    int
	places    []int // of each block among the kept
	relatedAt map[int]bool
}

func (f *furniture) place(i int) int { return f.places[i] }

// names reports whether the text says one of the authors.
func (f *furniture) names(s string) bool {
	if len(f.meta.authors) == 0 {
		return true
	}
	for _, a := range f.meta.authors {
		if strings.Contains(strings.ToLower(s), strings.ToLower(a)) {
			return true
		}
	}
	return false
}

// afterRelated reports whether block i follows a label of other articles with nothing but their links between.
func (f *furniture) afterRelated(i int) bool {
	for j := i - 1; j >= 0 && j >= i-12; j-- {
		if f.relatedAt[j] {
			return true
		}
		if b := f.blocks[j]; f.kept[j] && !b.isLink() {
			return false
		}
	}
	return false
}

// mostRemoved is the share of the kept words that rules may take; beyond it they have misunderstood the page, and only those that cannot
// be wrong apply.
const mostRemoved = .25

var surest = map[string]bool{"title": true, "label": true, "comments": true, "end": true}

// filter takes furniture out of kept and says what it took.
func filter(blocks []*block, kept []bool, m *meta) []Removal {
	taken := match(blocks, kept, m)
	words, out := 0, 0
	for i, b := range blocks {
		if kept[i] {
			words += b.words
			if taken[i] != "" && !surest[taken[i]] {
				out += b.words
			}
		}
	}
	var removed []Removal
	for i, b := range blocks {
		name := taken[i]
		if !kept[i] || name == "" || float64(out) > mostRemoved*float64(words) && !surest[name] {
			continue
		}
		kept[i] = false
		removed = append(removed, Removal{name, b.text})
	}
	// A heading whose section went goes too.
	for i := len(kept) - 1; i >= 0; i-- {
		if kept[i] && blocks[i].kind == archivist.KindHeading && !keptAfter(blocks, kept, i) {
			kept[i] = false
			removed = append(removed, Removal{"heading", blocks[i].text})
		}
	}
	return removed
}

// keptAfter reports whether something but a heading of the same or a higher level is kept behind block i before the next such heading.
func keptAfter(blocks []*block, kept []bool, i int) bool {
	for j := i + 1; j < len(blocks); j++ {
		if !kept[j] {
			continue
		}
		return blocks[j].kind != archivist.KindHeading || blocks[j].level > blocks[i].level
	}
	return false
}

// match names the rule that takes each kept block, "" for those that stay.
func match(blocks []*block, kept []bool, m *meta) []string {
	f := &furniture{blocks: blocks, kept: kept, meta: m, firstKept: -1, places: make([]int, len(blocks)), relatedAt: map[int]bool{}}
	place := 0
	for i := range blocks {
		f.places[i] = place
		if kept[i] {
			if f.firstKept < 0 {
				f.firstKept = i
			}
			place++
		}
		if related.MatchString(cutWords(blocks[i].text, 8)) && blocks[i].words < 12 {
			f.relatedAt[i] = true
		}
	}
	for i := range blocks {
		if f.places[i] <= place/2 {
			f.middle = i
		}
	}
	taken := make([]string, len(blocks))
	for i := range blocks {
		if !kept[i] {
			continue
		}
		for _, r := range rules {
			if r.hits(f, i) {
				taken[i] = r.name
				break
			}
		}
	}
	f.end(taken)
	return taken
}

// proseBehind is how many words of prose behind an ending say that it was none.
const proseBehind = 150

// end cuts at the first comment form or source line of the last third, and takes all behind it.
func (f *furniture) end(taken []string) {
	total := 0
	for _, k := range f.kept {
		if k {
			total++
		}
	}
	for i, b := range f.blocks {
		if 3*f.places[i] < 2*total || b.words > 25 || !ending.MatchString(b.text) || b.hidden {
			continue
		}
		prose := 0
		for j := i + 1; j < len(f.blocks); j++ {
			if f.kept[j] && taken[j] == "" && f.blocks[j].words >= long && f.blocks[j].linkWords == 0 {
				prose += f.blocks[j].words
			}
		}
		if prose > proseBehind {
			continue
		}
		for j := i; j < len(f.blocks); j++ {
			if f.kept[j] && taken[j] == "" {
				taken[j] = "end"
			}
		}
		return
	}
}

// sameWords compares letters and digits alone.
func sameWords(a, b string) bool {
	return b != "" && bare(a) == bare(b)
}

var notBare = regexp.MustCompile(`[^\pL\pN]+`)

func bare(s string) string { return notBare.ReplaceAllString(strings.ToLower(s), "") }

func cutWords(s string, n int) string {
	fields := strings.Fields(s)
	return strings.Join(fields[:min(n, len(fields))], " ")
}
