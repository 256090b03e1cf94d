package bot

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"archivist"
)

// TestGoldens compares every card that people get with testdata/cards, in each language: they are there to be read. Moderators'
// own cards are admin's. go test ./bot -run Goldens -update writes them anew.
func TestGoldens(t *testing.T) {
	for _, locale := range []string{"en", "de", "es"} {
		t.Run(locale, func(t *testing.T) {
			g := &gallery{t: t}
			g.text.WriteString("Every card, as the console shows it. On Discord times and names are in the reader's own manner, and links behind their titles.\n\n")
			g.hang(locale)
			file := filepath.Join("testdata", "cards", locale+".txt")
			if *update {
				if err := os.WriteFile(file, []byte(g.text.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			have, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if string(have) != g.text.String() {
				t.Errorf("%s is not what the bot says; look at the difference after go test ./bot -run Goldens -update", file)
			}
		})
	}
}

// A gallery is where cards hang one below the other.
type gallery struct {
	t    *testing.T
	text strings.Builder
}

// byChance are the parts of cards that chance makes: ids, and incidents' numbers.
var byChance = regexp.MustCompile(`\b[A-Z2-7]{16}\b`)

// card hangs a card up, with what the text alone does not show.
func (g *gallery) card(name string, c Card) {
	var marks []string
	if c.Private {
		marks = append(marks, "private")
	}
	if c.Place != PlaceHere {
		marks = append(marks, string(c.Place))
	}
	fmt.Fprintf(&g.text, "=== %s (%s)\n", name, strings.Join(append([]string{string(c.Kind)}, marks...), ", "))
	c.Footer = incidentNumber.ReplaceAllString(c.Footer, "$1 NUMBER")
	text := RenderText(c)
	for _, row := range c.Buttons {
		for _, b := range row {
			if b.Disabled {
				text += fmt.Sprintf("\n(%s cannot be pressed)", b.Emoji)
			}
		}
	}
	g.text.WriteString(byChance.ReplaceAllString(text, "ID") + "\n\n")
}

var incidentNumber = regexp.MustCompile(`^(Incident|Vorfall|Incidencia) [A-Z2-7]{6}$`)

// form hangs a form up.
func (g *gallery) form(name string, f Form, ok bool) {
	if !ok {
		g.t.Errorf("%s opens no form", name)
	}
	fmt.Fprintf(&g.text, "=== %s (form)\n%s\n", name, f.Title)
	for _, i := range f.Inputs {
		fmt.Fprintf(&g.text, "  %s: %d to %d characters %s\n", i.Label, i.Min, i.Max, i.Placeholder)
	}
	g.text.WriteString("\n")
}

// hang makes every card once.
func (g *gallery) hang(locale string) {
	s, b, r := fixture()
	r.Locale, r.Moderator = locale, false
	k := talking(g.t, b, r)
	s.articles[1].Authors, s.articles[1].Published, s.articles[1].DayOnly = []string{"Ana Ruiz", "Jo Weber"}, time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC), true
	s.articles[1].Paragraphs = []archivist.Paragraph{
		{Kind: archivist.KindHeading, Text: "Honey"},
		{Text: "The festival drew a record crowd of 11,000 people. The prize for the best honey went to Pavel Horak, a postman."},
		{Text: "The festival prize is a jar of silver, which the postman will keep for a year."},
	}
	g.answers(s, k)
	g.lists(s, k)
	g.links(s, k)
	g.privacy(s, k)
	g.troubles(s, k)
}

func (g *gallery) answers(s *shelf, k *talk) {
	s.answer = ferryAnswer(s, archivist.GradeAnswer)
	s.answer.Passages[1] = archivist.Passage{Article: s.articles[1].Head, First: 1, Last: 1, Text: s.articles[1].Paragraphs[1].Text}
	answer := k.says("When does it run?")
	g.card("an answer", answer)
	turn := func(action string) Card { return k.bot.Press(g.t.Context(), k.r, customID(action, answer.ID)) }
	g.card("its why", turn(actionWhy))
	g.card("more of its text", turn(actionMore))
	g.card("less again", turn(actionLess))
	g.card("the next passage", turn(actionForth))
	g.card("for it", turn(actionUp))
	g.card("against it", turn(actionDown))
	k.r.Values = map[string]string{Chosen: reasonOther}
	form, ok := k.bot.Form(k.r, customID(actionReason, answer.ID))
	g.form("another reason", form, ok)
	k.r.Values = map[string]string{"text": "It is old."}
	g.card("thanks for the reason", turn(actionWords))

	private := k.says("/ask When does it run? private:true")
	g.card("a private answer", private)
	g.card("shared", k.bot.Press(g.t.Context(), k.r, customID(actionShare, private.ID)))
	g.card("shared again", k.bot.Press(g.t.Context(), k.r, customID(actionShare, private.ID)))
	k.r.Person = "8"
	g.card("shared by another", k.bot.Press(g.t.Context(), k.r, customID(actionShare, private.ID)))
	k.r.Person = "7"

	s.answer = ferryAnswer(s, archivist.GradeClosest)
	s.answer.Notes = []archivist.Note{
		{Kind: archivist.NoteRead, Typed: "fery", Read: "ferry"}, {Kind: archivist.NoteLoose, Typed: "runs again"}, {Kind: archivist.NoteFiltered},
	}
	s.answer.Passages = s.answer.Passages[:1]
	s.answer.Passages[0].Reasons = nil
	k.r.Thread = "77"
	k.says("When will the island ferry run?")
	g.card("the closest passage, to a follow-up, with notes", k.says("And on Sundays?"))
	k.r.Thread = ""

	s.articles = append(s.articles, article(3, "Start moved to 9 March", "https://herald.example/moved"), article(4, "Ferry dearer", "https://news.example/ferry"))
	s.articles[2].Published, s.articles[3].Site = time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC), "Riverside News"
	s.articles[0].Updated, s.articles[0].Dead = s.articles[0].Added.Add(48*time.Hour), true
	sentence := func(i int, text string) archivist.Passage {
		return archivist.Passage{Article: s.articles[i].Head, Text: text, Sentence: archivist.Span{End: len(text)}}
	}
	s.answer = archivist.Answer{Grade: archivist.GradeAnswer, Passages: []archivist.Passage{
		sentence(0, "The island ferry runs again on 2 March."), sentence(2, "The island ferry returns later than was said."), sentence(3, "The island ferry runs again on 30 March."),
	}}
	g.card("a newer article, and other figures", k.says("When will the island ferry return?"))
	s.articles = s.articles[:2]

	s.answer = archivist.Answer{Grade: archivist.GradeRefusal, Nearest: []archivist.Head{s.articles[0].Head, s.articles[1].Head}}
	refused := k.says("Who is queen?")
	g.card("a refusal", refused)
	form, ok = k.bot.Form(k.r, customID(actionLink, refused.ID))
	g.form("a link for it", form, ok)
	form, ok = k.bot.Form(k.r, customID(actionAgain, noCard))
	g.form("asking again", form, ok)
}

func (g *gallery) lists(s *shelf, k *talk) {
	s.answer = archivist.Answer{Grade: archivist.GradeAnswer}
	for i := range 6 {
		p := ferryAnswer(s, "").Passages[i%2]
		p.Article.Title = fmt.Sprintf("%s (%d)", p.Article.Title, i+1)
		s.answer.Passages = append(s.answer.Passages, p)
	}
	g.card("a search", k.says("/search ferry"))
	g.card("its second page", k.presses("▶", ""))
	g.card("the newest about a topic", k.says("/latest topic:ferry"))
	s.answer = archivist.Answer{}
	g.card("a search without result", k.says("/search nothing"))
	g.card("no article about a topic", k.says("/latest topic:nothing"))
	g.card("the newest", k.says("/latest"))
	s.settings[settingPinned] = "1 77"
	g.card("the newest, with a pinned one", k.says("/latest"))
	g.card("sources", k.says("/sources"))
	g.card("several articles", k.says("/article e"))
	g.card("no article", k.says("/article nothing"))
	read := k.says("/article honey")
	g.card("an article", read)
	g.card("its text", k.bot.Press(g.t.Context(), k.r, customID(actionRead, read.ID)))
	form, ok := k.bot.Form(k.r, customID(actionAbout, read.ID))
	g.form("a question about it", form, ok)
	stored := s.articles
	s.articles = nil
	g.card("an empty library", k.says("/latest"))
	s.articles = stored
}

func (g *gallery) links(s *shelf, k *talk) {
	s.job = archivist.Job{ID: 1, Person: k.r.Person, State: archivist.JobDone, Article: 2, Outcome: archivist.Added}
	var progress []Card
	k.r.Progress = func(c Card) { progress = append(progress, c) }
	added := k.says("/add https://herald.example/honey")
	k.r.Progress = nil
	for i, c := range progress {
		g.card(fmt.Sprintf("under way %d", i+1), c)
	}
	g.card("added", added)
	press := func(action string) Card { return k.bot.Press(g.t.Context(), k.r, customID(action, added.ID)) }
	k.r.Person = "8"
	g.card("undone by another", press(actionRetract))
	k.r.Person, k.r.Asked = "7", time.Now().Add(-time.Minute)
	g.card("undone", press(actionRetract))
	k.r.Asked = time.Now().Add(time.Hour)
	g.card("undone too late", press(actionRetract))
	k.r.Asked = monday23
	for _, outcome := range []archivist.Outcome{archivist.Updated, archivist.Unchanged, archivist.Duplicate} {
		s.job.Outcome = outcome
		g.card(string(outcome), k.says("/add https://herald.example/honey"))
	}
	s.articles[1].Channels, s.job.Outcome = []string{"5"}, archivist.Added
	g.card("added where not everybody sees", k.says("/add https://herald.example/honey"))
	s.articles[1].Channels = nil
	g.card("several links", k.says("https://herald.example/honey https://herald.example/ferry"))
	k.r.Target = "no link"
	k.r.Command = "Add this article"
	g.card("a message without a link", k.bot.Do(g.t.Context(), k.r))
	k.r.Target, k.r.Files = "https://herald.example/honey", []Attachment{{Name: "minutes.md"}, {Name: "atlas.pdf", Size: maxFile + 1}}
	g.card("a message with a link and files", k.bot.Do(g.t.Context(), k.r))
	k.r.Target, k.r.Files = "", nil
	g.card("a link and a file at once", k.says("/add https://herald.example/x file:9"))
	g.card("a file that cannot be had", k.says("/add file:9"))
	s.job = archivist.Job{ID: 1, State: archivist.JobFailed, Code: archivist.Gone, Offer: archivist.Offer{Kind: archivist.OfferArchive, URL: "https://archive.example/1", At: monday23}}
	g.card("a page that is gone, with a copy", k.says("/add https://herald.example/gone"))
	s.job = archivist.Job{State: archivist.JobWaiting, Code: archivist.Busy, Due: k.r.Asked.Add(time.Hour)}
	g.card("tried again later", k.says("/add https://herald.example/x"))
	s.job = archivist.Job{ID: 1, State: archivist.JobQueued}
	s.cards[added.ID] = archivist.CardState{ID: added.ID, Person: s.cards[added.ID].Person, Kind: string(KindArticle), State: `{"job":1}`}
	g.card("cancelled", press(actionRetract))
	s.job = archivist.Job{ID: 1, State: archivist.JobDone}
	g.card("cancelled too late", press(actionRetract))
}

func (g *gallery) privacy(s *shelf, k *talk) {
	k.bot.feeds = feedsOf{{Feed: archivist.Feed{URL: "https://herald.example/feed", Title: "Harbour Herald", Polled: monday23}, Channel: "9"}}
	g.card("feeds", k.says("/feed list"))
	g.card("a suggested feed", k.says("/feed suggest https://herald.example/feed"))
	k.bot.feeds = feedsOf{}
	g.card("no feeds", k.says("/feed list"))
	g.card("help", k.says("/help"))
	g.card("nothing was said", k.says(""))
	s.kept = []archivist.Kept{{Kind: archivist.KeptQuestion}, {Kind: archivist.KeptVote}, {Kind: archivist.KeptCard}, {Kind: archivist.KeptLink}, {Kind: archivist.KeptFeed}}
	g.card("what is kept", k.says("/privacy show"))
	g.card("all of it", k.says("/privacy export"))
	asked := k.says("/privacy delete")
	g.card("may it go", asked)
	g.card("no", k.bot.Press(g.t.Context(), k.r, customID(actionKeep, asked.ID)))
	g.card("yes", k.bot.Press(g.t.Context(), k.r, customID(actionErase, asked.ID)))
}

func (g *gallery) troubles(s *shelf, k *talk) {
	press := func(id string) Card { return k.bot.Press(g.t.Context(), k.r, id) }
	g.card("a day that is none", k.says("/ask why since:never"))
	g.card("days in the wrong order", k.says("/ask why since:2d before:3d"))
	g.card("a site that is not here", k.says("/ask why source:nowhere.example"))
	g.card("a card that is gone", press(customID(actionMore, noCard)))
	k.r.Posted = monday23
	g.card("an old card that is gone", press(customID(actionMore, noCard)))
	g.card("a button of another version", press("v2:x"))
	s.answer = ferryAnswer(s, archivist.GradeAnswer)
	card := k.says("When does it run?")
	s.articles[0].Paragraphs[1].Text = "All is new."
	g.card("an article that has changed", press(customID(actionMore, card.ID)))
	s.articles = s.articles[1:]
	g.card("an article that has left", press(customID(actionMore, card.ID)))
	k.bot.limits.Person = Rate{Burst: .5, PerMinute: 6}
	g.card("too much at once", k.says("When?"))
	k.bot.limits.Person = Rate{}
	g.card("no rights", k.says("/admin audit"))
	k.r.Command = "gone"
	g.card("an unknown command", k.bot.Do(g.t.Context(), k.r))
	g.card("busy", Busy(k.r))
	g.card("late", Late(k.r))
	g.card("stopping", Stopping(k.r))
	g.card("unreadable", Unreadable(k.r))
	g.card("long", Long(k.r, false))
	g.card("long, private", Long(k.r, true))
	g.card("a card of another person", notice(KindNotice, k.r, "card.owner"))
	var codes []string
	for key := range tongues()[fallback].keys {
		if code, ok := strings.CutPrefix(key, "because."); ok {
			codes = append(codes, code)
		}
	}
	slices.Sort(codes)
	for _, code := range codes {
		g.card(code, k.bot.Trouble(k.r, &archivist.Invalid{Code: archivist.Code(code)}))
	}
}
