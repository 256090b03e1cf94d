package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"archivist"
)

var errBroken = errors.New("disk on fire at /var/secret")

// shelf is a store and an engine in memory, with what the commands need.
type shelf struct {
	Moderation // of which these tests ask nothing else

	articles []archivist.Article
	settings map[string]string
	cards    map[string]archivist.CardState
	acts     []archivist.Act
	answer   archivist.Answer
	err      error
	job      archivist.Job
	asked    []archivist.Asked
	limit    error
	question archivist.Question
	votes    []archivist.Feedback
	cut      []archivist.JobID
	buckets  []archivist.Bucket
	kept     []archivist.Kept
	erased   []archivist.LibraryID
	sweeps   int
}

func (s *shelf) Ask(_ context.Context, q archivist.Question) (archivist.Answer, error) {
	s.question = q
	return s.answer, s.err
}

func (s *shelf) Submit(_ context.Context, asked archivist.Job) (archivist.Job, error) {
	s.job.URL = asked.URL
	return s.job, s.err
}

func (s *shelf) Follow(_ context.Context, _ archivist.JobID, progress func(archivist.Stage)) (archivist.Job, error) {
	progress(archivist.StageReading)
	return s.job, nil
}

func (s *shelf) RemoveAll(_ context.Context, _ archivist.LibraryID, ids []archivist.ArticleID, act archivist.Act) (archivist.Removal, error) {
	s.acts = append(s.acts, act)
	return archivist.Removal{ID: 1, Articles: len(ids)}, nil
}

func (s *shelf) Restore(_ context.Context, _ archivist.LibraryID, _ archivist.Pick, act archivist.Act) (int, error) {
	s.acts = append(s.acts, act)
	return 1, nil
}

func (s *shelf) Note(_ context.Context, _ archivist.LibraryID, act archivist.Act) error {
	s.acts = append(s.acts, act)
	return nil
}

func (s *shelf) Delete(_ context.Context, library archivist.LibraryID) error {
	s.erased = append(s.erased, library)
	return nil
}

func (s *shelf) SaveFeedback(_ context.Context, f archivist.Feedback) error {
	s.votes = slices.DeleteFunc(s.votes, func(v archivist.Feedback) bool { return v.Card == f.Card && v.Person == f.Person })
	s.votes = append(s.votes, f)
	return nil
}

func (s *shelf) Libraries(_ context.Context, after archivist.LibraryID, _ int) ([]archivist.Library, error) {
	if after != "" {
		return nil, nil
	}
	return []archivist.Library{{ID: "guild:1"}, {ID: "guild:2"}, {ID: "user:7"}}, nil
}

func (s *shelf) Kept(_ context.Context, library archivist.LibraryID, _, _ string, each func(archivist.Kept) error) error {
	if library == "user:7" {
		return nil
	}
	for _, k := range s.kept {
		if err := each(k); err != nil {
			return err
		}
	}
	return nil
}

func (s *shelf) Forget(_ context.Context, library archivist.LibraryID, _, _ string) (map[string]int, error) {
	s.erased = append(s.erased, library)
	return map[string]int{archivist.KeptQuestion: 1}, nil
}

func (s *shelf) Sweep(context.Context, time.Time, archivist.Retention) error {
	s.sweeps++
	return nil
}

func (s *shelf) Buckets(_ context.Context, each func(archivist.Bucket)) error {
	for _, b := range s.buckets {
		each(b)
	}
	return nil
}

func (s *shelf) SaveBuckets(_ context.Context, list []archivist.Bucket) error {
	s.buckets = append(s.buckets, list...)
	return nil
}

func (s *shelf) CancelJob(_ context.Context, _ archivist.LibraryID, id archivist.JobID) (bool, error) {
	s.cut = append(s.cut, id)
	return s.job.Open(), nil
}

func (s *shelf) Article(_ context.Context, _ archivist.LibraryID, id archivist.ArticleID) (archivist.Article, error) {
	for _, a := range s.articles {
		if a.ID == id {
			return a, nil
		}
	}
	return archivist.Article{}, archivist.ErrNotFound
}

func (s *shelf) Articles(_ context.Context, _ archivist.LibraryID, _ archivist.View, before archivist.ArticleID, n int) ([]archivist.Head, error) {
	var heads []archivist.Head
	for i := len(s.articles) - 1; i >= 0 && len(heads) < n; i-- {
		if before == 0 || s.articles[i].ID < before {
			heads = append(heads, s.articles[i].Head)
		}
	}
	return heads, nil
}

func (s *shelf) Sites(context.Context, archivist.LibraryID, archivist.View) ([]archivist.SiteCount, error) {
	return []archivist.SiteCount{{Site: "Harbour Herald", Articles: 2, Newest: time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)}}, nil
}

func (s *shelf) Settings(context.Context, archivist.LibraryID) (map[string]string, error) {
	return s.settings, nil
}

func (s *shelf) SetSetting(_ context.Context, _ archivist.LibraryID, key, value string, act archivist.Act) error {
	s.settings[key] = value
	if act != (archivist.Act{}) {
		s.acts = append(s.acts, act)
	}
	return nil
}

func (s *shelf) SaveQuestion(_ context.Context, q archivist.Asked) error {
	s.asked = append(s.asked, q)
	return nil
}

func (s *shelf) SaveCard(_ context.Context, c archivist.CardState) error {
	s.cards[c.ID] = c
	return nil
}

func (s *shelf) Card(_ context.Context, _ archivist.LibraryID, id string) (archivist.CardState, error) {
	c, ok := s.cards[id]
	if !ok {
		return c, archivist.ErrNotFound
	}
	return c, nil
}

func (s *shelf) Spend(context.Context, archivist.LibraryID, string, string, time.Time, int, int) (int, error) {
	return 0, s.limit
}

func article(id archivist.ArticleID, title, url string) archivist.Article {
	return archivist.Article{
		Head:       archivist.Head{ID: id, Title: title, URL: url, Site: "Harbour Herald", Language: "en", Words: 9, Published: time.Date(2024, 3, 5, 8, 0, 0, 0, time.UTC), Added: time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC), AddedBy: "7"},
		Paragraphs: []archivist.Paragraph{{Text: "Before."}, {Text: "It rains. The ferry runs on 2 March. Bring a coat."}, {Text: "After."}},
	}
}

func fixture() (*shelf, *Bot, Request) {
	s := &shelf{settings: map[string]string{}, cards: map[string]archivist.CardState{}}
	s.articles = []archivist.Article{article(1, "Ferry returns", "https://herald.example/ferry"), article(2, "Honey festival", "https://herald.example/honey")}
	b := New(Options{Asker: s, Adder: s, Remover: s, Store: s, Limits: Limits{PersonDay: 3, LibraryDay: 9}})
	return s, b, Request{Library: "guild:1", Person: "7", Channel: "5", Moderator: true, Asked: time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)}
}

// A talk is a conversation on a console, a minute between its lines.
type talk struct {
	t *testing.T
	*Console
	r Request
}

func talking(t *testing.T, b *Bot, r Request) *talk { return &talk{t, NewConsole(b), r} }

// says types a line and wants parts of the card that answers.
func (k *talk) says(typed string, parts ...string) Card {
	k.t.Helper()
	k.r.Asked = k.r.Asked.Add(time.Minute)
	c := k.Line(k.t.Context(), k.r, typed)
	wants(k.t, c, parts...)
	return c
}

// presses presses what has this label on the last card, with the words of its form, and wants parts of the card that comes of it.
func (k *talk) presses(label, words string, parts ...string) Card {
	k.t.Helper()
	for i, h := range k.last {
		if h.label == label {
			return k.says(fmt.Sprintf("/%d %s", i+1, words), parts...)
		}
	}
	k.t.Fatalf("the last card has no %q but %v", label, k.last)
	return Card{}
}

func wants(t *testing.T, c Card, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if text := RenderText(c); !strings.Contains(text, p) {
			t.Errorf("the card lacks %q:\n%s", p, text)
		}
	}
}

func TestConsoleLines(t *testing.T) {
	s, b, r := fixture()
	s.job = archivist.Job{ID: 1, State: archivist.JobDone, Article: 2, Outcome: archivist.Unchanged}
	k := talking(t, b, r)
	for typed, want := range map[string]string{
		"/help":          "/ask question [source] [since] [before] [private]: Answer a question",
		"/sources":       "Harbour Herald: 2 articles, newest of 21 November 2026",
		"/latest":        "#2 Honey festival https://herald.example/honey",
		"/article 1":     "Ferry returns",
		"/article honey": "Honey festival",
		"/article http://herald.example/ferry/#x": "Ferry returns",
		"/article e":                        "Articles with “e” in their title",
		"/article nothing":                  "No stored article matches",
		"/article":                          "Say more: /article title",
		"/add https://herald.example/honey": "This article is stored already, word for word: by 7, on 20 November 2026.",
		"https://herald.example/honey":      "This article is stored already, word for word: by 7, on 20 November 2026.",
		"/admin article list":               "#1 Ferry returns",
		"/admin domain block https://www.Evil.example/x": "Articles from evil.example are kept out",
		"/admin domain list":                             "block evil.example",
		"/admin domain allow ..":                         "is no site",
		"/admin channel links":                           "Message Content intent is off",
		"/admin channel loud":                            "That setting cannot have this value.",
		"/add":                                           "Say more: /add url",
		"/nonsense":                                      "Something in that command is not as I need it.",
		"":                                               "Mention me with a question",
		"/ask why not since:never":                       "I cannot read “never” as a day.",
		"/ask when? since:2w before:3w":                  "There is no day between",
		"/ask when? source:nowhere.example":              "No site here is called “nowhere.example”",
		"/99":                                            "There is no button 99",
	} {
		s.settings["domain.evil.example"] = "block"
		t.Run(typed, func(t *testing.T) { wants(t, k.says(typed), want) })
	}
}

func TestRemoveNeedsAnExactName(t *testing.T) {
	s, b, r := fixture()
	k := talking(t, b, r)
	k.says("/admin article remove ferry", "No stored article matches")
	k.says("/admin article remove #1", "Removed: Ferry returns")
	if len(s.acts) != 1 || s.acts[0] != (archivist.Act{Actor: "7", Verb: "article.remove", Target: "#1"}) {
		t.Errorf("the audit has %+v", s.acts)
	}
	r.Moderator = false
	for _, c := range Commands() {
		if c.Moderator {
			r.Command = c.Name
			wants(t, b.Do(t.Context(), r), "Only who may manage this server")
		}
	}
}

const ferryText = "It rains. The ferry runs on 2 March. Bring a coat."

// ferryAnswer is an answer of two passages, which the shelf of fixture has.
func ferryAnswer(s *shelf, grade archivist.Grade) archivist.Answer {
	return archivist.Answer{Grade: grade, Confidence: .5, Passages: []archivist.Passage{
		{
			Article: s.articles[0].Head, First: 1, Last: 1, Text: ferryText, Sentence: archivist.Span{Start: 10, End: 36}, Link: "https://herald.example/ferry#:~:text=x", Score: 2.5,
			Also:    []archivist.Head{{Site: "Courier", URL: "https://courier.example/ferry"}, {Title: "A [title](https://x.example)"}},
			Reasons: []archivist.Reason{{Name: "passage", Note: "3 of 4 terms", Value: 2}, {Name: "lead", Value: .5}},
		},
		{Article: s.articles[1].Head, First: 1, Last: 1, Text: ferryText},
	}}
}

func TestAnswerCard(t *testing.T) {
	s, b, r := fixture()
	s.answer = ferryAnswer(s, archivist.GradeClosest)
	k := talking(t, b, r)
	c := k.says("When does it run?", "The same stands in Courier https://courier.example/ferry, A [title](https://x.example)", "I am not sure.",
		"It rains. >>The ferry runs on 2 March.<< Bring a coat.", "⚠ from 2024", "5 March 2024", "English", "https://herald.example/ferry#:~:text=x", "Passage 1 of 2")
	if c.Version != 0 || len(c.ID) != 16 || c.Private {
		t.Errorf("version %d, id %q, private %v", c.Version, c.ID, c.Private)
	}
	if wide := k.presses("More context", "", "Before.", "After.", "Less context"); wide.Version != 1 || wide.ID != c.ID || wide.Private {
		t.Errorf("version %d, id %q, private %v", wide.Version, wide.ID, wide.Private)
	}
	if turned := k.presses("▶", "", "Honey festival", "Passage 2 of 2"); turned.Version != 2 || !turned.Buttons[0][3].Disabled {
		t.Errorf("the last page: %+v", turned)
	}
	k.presses("◀", "", "Passage 1 of 2", "I am not sure.")

	why := k.presses("Why?", "", "+2.00 passage: 3 of 4 terms\n+0.50 lead", "= 2.50", "0.50")
	if !why.Private {
		t.Error("reasons are shown to all")
	}
	s.articles[0].Paragraphs[1].Text = "All is new."
	k.last = handles(c)
	k.presses("More context", "", "has changed since")
	s.articles = nil
	k.last = handles(c)
	k.presses("More context", "", "has left the library")
	if s.asked[0].Person == r.Person || len(s.asked[0].Person) != 32 || s.cards[c.ID].Person != s.asked[0].Person {
		t.Errorf("kept %q of the asker", s.asked[0].Person)
	}
}

// TestOthersGetTheirOwnCard: nobody turns the pages of another's card.
func TestOthersGetTheirOwnCard(t *testing.T) {
	s, b, r := fixture()
	s.answer = ferryAnswer(s, archivist.GradeAnswer)
	k := talking(t, b, r)
	first := k.says("When does it run?")
	before := s.cards[first.ID]
	k.r.Person = "8"
	theirs := k.presses("▶", "", "Passage 2 of 2")
	if !theirs.Private || theirs.ID == first.ID || s.cards[first.ID] != before {
		t.Errorf("private %v, id %s of %s", theirs.Private, theirs.ID, first.ID)
	}
	if again := k.presses("◀", "", "Passage 1 of 2", "Share"); again.ID != theirs.ID || again.Private {
		t.Errorf("their own card is turned in its place: private %v, id %s", again.Private, again.ID)
	}
}

func TestVotes(t *testing.T) {
	s, b, r := fixture()
	s.answer = ferryAnswer(s, archivist.GradeAnswer)
	k := talking(t, b, r)
	card := k.says("When does it run?")
	k.presses("👍", "", "Thank you!")
	k.last = handles(card)
	if menu := k.presses("👎", "", "What is wrong", "It is out of date"); !menu.Private {
		t.Error("the reasons are asked in front of all")
	}
	kept := k.last
	if thanks := k.presses("It is out of date", "", "The moderators see it"); thanks.Private || thanks.Place != PlaceHere {
		t.Errorf("thanks take the place of the menu: %+v", thanks)
	}
	k.last = kept
	k.presses("Something else …", "", "In your own words")
	k.last = kept
	k.presses("Something else …", strings.Repeat("x", 600), "The moderators see it")
	if len(s.votes) != 1 || s.votes[0].Vote != -1 || s.votes[0].Reason != "other" || len(s.votes[0].Text) != 500 || s.votes[0].Question != "When does it run?" || s.votes[0].Article != 1 {
		t.Errorf("votes: %+v", s.votes)
	}
	k.r.Person = "8"
	k.last = handles(card)
	k.presses("👍", "")
	if len(s.votes) != 2 || s.votes[1].Vote != 1 || s.votes[0].Person == s.votes[1].Person {
		t.Errorf("votes of two: %+v", s.votes)
	}
}

func TestShare(t *testing.T) {
	s, b, r := fixture()
	s.answer = ferryAnswer(s, archivist.GradeAnswer)
	k := talking(t, b, r)
	private := k.says("/ask When does it run? private:true", "Share")
	if !private.Private {
		t.Error("the answer is not private")
	}
	shared := k.presses("Share", "", "7 shares an answer to: When does it run?")
	if shared.Private || shared.Place != PlaceBelow || shared.ID == private.ID {
		t.Errorf("shared: %+v", shared)
	}
	for _, h := range handles(shared) {
		if h.label == "Share" {
			t.Error("what is shared can be shared again")
		}
	}
	k.last = handles(private)
	k.presses("Share", "", "shared already")
	k.r.Person = "8"
	k.last = handles(private)
	k.presses("Share", "", "Only whoever asked")
}

func TestRefusal(t *testing.T) {
	s, b, r := fixture()
	s.answer = archivist.Answer{Grade: archivist.GradeRefusal, Nearest: []archivist.Head{s.articles[0].Head}}
	k := talking(t, b, r)
	refused := k.says("Who is queen?", "I found nothing", "Ferry returns", "Add a link", "Search")
	if len(s.asked) != 1 || s.asked[0].Grade != archivist.GradeRefusal {
		t.Errorf("kept for moderators: %+v", s.asked)
	}
	s.job = archivist.Job{ID: 1, State: archivist.JobDone, Article: 2, Outcome: archivist.Added}
	k.presses("Add a link", "", "behind the number: The article's address")
	k.last = handles(refused)
	if added := k.presses("Add a link", "https://herald.example/honey", "Stored. You can ask"); !added.Private || s.job.URL != "https://herald.example/honey" {
		t.Errorf("the link: %+v", added)
	}
	s.answer.Passages = []archivist.Passage{{Article: s.articles[0].Head, Text: ferryText, Sentence: archivist.Span{Start: 10, End: 36}}}
	k.last = handles(refused)
	if found := k.presses("Search", "", "Passages for “Who is queen?”", "The ferry runs on 2 March."); !found.Private {
		t.Error("the search is shown to all")
	}
}

func TestSearchHasPages(t *testing.T) {
	s, b, r := fixture()
	s.answer = archivist.Answer{Grade: archivist.GradeAnswer}
	for i := range 12 {
		h := s.articles[0].Head
		h.Title = fmt.Sprintf("Ferry %d", i+1)
		s.answer.Passages = append(s.answer.Passages, archivist.Passage{Article: h, Text: ferryText, Sentence: archivist.Span{Start: 10, End: 36}})
	}
	k := talking(t, b, r)
	k.says("/search ferry", "Passages for “ferry”", "Ferry 1 ", "Ferry 5 ", "Page 1 of 3")
	k.presses("▶", "", "Ferry 6 ", "Ferry 10 ", "Page 2 of 3")
	k.presses("▶", "", "Ferry 12 ", "Page 3 of 3")
	s.answer.Passages = nil
	k.says("/search nothing", "No stored passage")
}

func TestQuestionsAreNarrowed(t *testing.T) {
	s, b, r := fixture()
	s.answer = ferryAnswer(s, archivist.GradeAnswer)
	k := talking(t, b, r)
	k.says("/ask When? source:Harbour Herald since:2026-11-01 before:letzter Monat", "There is no day between")
	k.says("/ask When? source:harbour herald since:2026-10 before:hoy")
	if q := s.question; q.Text != "When? site:herald.example" || q.Since.Format(time.DateOnly) != "2026-10-01" || q.Before.Format(time.DateOnly) != "2026-11-24" {
		t.Errorf("asked %+v", q)
	}
	k.says("/article 1", "Read", "Ask about it")
	k.presses("Ask about it", "When does it run?", "Passage 1 of 2")
	if q := s.question; q.Text != `When does it run? site:herald.example title:"Ferry returns"` {
		t.Errorf("asked %q", q.Text)
	}
	if last := s.asked[len(s.asked)-1]; last.Text != "When does it run?" {
		t.Errorf("kept %q", last.Text)
	}
}

func TestReading(t *testing.T) {
	s, b, r := fixture()
	s.articles[0].Paragraphs = nil
	for i := range 30 {
		s.articles[0].Paragraphs = append(s.articles[0].Paragraphs, archivist.Paragraph{Text: fmt.Sprintf("Paragraph %d. ", i+1) + strings.Repeat("Much is said. ", 20)})
	}
	s.articles[0].Paragraphs = append(s.articles[0].Paragraphs, archivist.Paragraph{Text: strings.Repeat("Endless words of a single paragraph. ", 300)})
	k := talking(t, b, r)
	k.says("/article 1", "31 paragraphs")
	page := k.presses("Read", "", "Paragraph 1.", "Page 1 of ")
	if !page.Private {
		t.Error("the text is shown to all")
	}
	var text strings.Builder
	for pages := textPages(s.articles[0]); len(pages) > 0; pages = pages[1:] {
		size := 0
		for _, block := range pages[0] {
			size += Units(Escape(block.Parts[0].Text)) + 4
			text.WriteString(strings.Join(strings.Fields(block.Parts[0].Text), ""))
		}
		if size > 3600 {
			t.Errorf("a page takes %d units", size)
		}
	}
	whole := ""
	for _, p := range s.articles[0].Paragraphs {
		whole += strings.Join(strings.Fields(p.Text), "")
	}
	if text.String() != whole {
		t.Error("the pages are not the text, word for word")
	}
	k.presses("▶", "", "Page 2 of ")
}

func TestUndo(t *testing.T) {
	s, b, r := fixture()
	r.Moderator = false
	s.job = archivist.Job{ID: 9, Person: "7", State: archivist.JobDone, Article: 2, Outcome: archivist.Added}
	k := talking(t, b, r)
	k.r.Asked = time.Now()
	var progress []Card
	k.r.Progress = func(c Card) { progress = append(progress, c) }
	added := k.says("/add https://herald.example/honey", "Stored. You can ask", "Undo")
	if len(progress) < 2 || progress[0].Kind != KindProgress || progress[0].Buttons[0][0].Label != "Cancel" || progress[0].ID != added.ID {
		t.Errorf("progress: %+v", progress)
	}
	k.r.Asked = time.Now()
	k.r.Person = "8"
	k.presses("Undo", "", "Only whoever added the article")
	k.r.Person, k.r.Asked, k.last = "7", time.Now().Add(-time.Minute), handles(added)
	if undone := k.presses("Undo", "", "Undone: “Honey festival”"); undone.Private || undone.ID != added.ID || undone.Version <= added.Version {
		t.Errorf("what is undone takes the place of its card: %+v", undone)
	}
	if len(s.acts) != 1 || s.acts[0].Verb != "article.remove" {
		t.Errorf("the audit has %+v", s.acts)
	}
	k.r.Asked, k.last = time.Now().Add(2*time.Minute), handles(added)
	k.presses("Undo", "", "for a minute")

	s.job.State = archivist.JobQueued // as a button of the progress finds it
	k.last = handles(progress[0])
	s.cards[added.ID] = archivist.CardState{ID: added.ID, Person: s.cards[added.ID].Person, Kind: string(KindArticle), State: `{"job":9}`}
	k.presses("Cancel", "", "Cancelled")
	if !slices.Equal(s.cut, []archivist.JobID{9}) {
		t.Errorf("cancelled %v", s.cut)
	}

	// Somebody else asked for the same a moment before: it is theirs to take back.
	s.job.Person, s.job.State, progress = "9", archivist.JobDone, nil
	s.articles[1].AddedBy = "9"
	k.r.Asked = time.Now()
	theirs := k.says("/add https://herald.example/honey", "Stored. You can ask")
	for _, c := range append(progress, theirs) {
		for _, row := range c.Buttons {
			for _, button := range row {
				if button.Label == "Undo" || button.Label == "Cancel" {
					t.Errorf("a link of somebody else's has %q", button.Label)
				}
			}
		}
	}
}

func TestOldButtonsExplainThemselves(t *testing.T) {
	s, b, r := fixture()
	press := func(id string) Card { return b.Press(t.Context(), r, id) }
	wants(t, press("v9:what:AAAA"), "another version of me", "Ask again")
	wants(t, press("v1:unheard:AAAAAAAAAAAAAAAA"), "another version of me")
	wants(t, press("v1:more:AAAAAAAAAAAAAAAA"), "This card is no longer stored", "Ask again")
	r.Posted = time.Date(2026, 8, 1, 0, 0, 0, 0, time.UTC)
	wants(t, press("v1:more:AAAAAAAAAAAAAAAA"), "This card is from 1 August 2026 and no longer stored")
	for _, state := range []string{"", "{}", `{"passages":[]}`, `{"passages":[{}],"page":4}`, `{"passages":[{}],"newer":-1}`} {
		s.cards["BBBBBBBBBBBBBBBB"] = archivist.CardState{Kind: "answer", State: state}
		wants(t, press("v1:more:BBBBBBBBBBBBBBBB"), "another version of me")
	}
	s.cards["BBBBBBBBBBBBBBBB"] = archivist.CardState{Kind: "list", State: `{}`}
	wants(t, press("v1:up:BBBBBBBBBBBBBBBB"), "another version of me")
	wants(t, press("v1:next:BBBBBBBBBBBBBBBB"), "another version of me")
	s.answer = ferryAnswer(s, archivist.GradeAnswer)
	form, ok := b.Form(r, "v1:again:AAAAAAAAAAAAAAAA")
	if !ok || form.ID != "v1:anew:AAAAAAAAAAAAAAAA" {
		t.Fatalf("form %+v", form)
	}
	r.Values = map[string]string{"question": "When does it run?"}
	if c := press(form.ID); !c.Private || c.Kind != KindAnswer {
		t.Errorf("asked again: %+v", c)
	}
}

func TestTrouble(t *testing.T) {
	s, b, r := fixture()
	k := talking(t, b, r)
	s.err = errBroken
	c := k.says("When?", "Something broke here.", "Incident ")
	if strings.Contains(RenderText(c), "secret") || !c.Private {
		t.Errorf("an incident tells too much:\n%s", RenderText(c))
	}
	s.err = nil
	s.limit = &archivist.Invalid{Code: archivist.TooManyRequests}
	k.says("/add https://herald.example/x", "As much as is allowed")
	s.limit = nil
	s.job = archivist.Job{State: archivist.JobFailed, Code: archivist.Paywall}
	k.says("/add https://herald.example/x", "behind a paywall")
	s.job = archivist.Job{State: archivist.JobWaiting, Code: archivist.Busy, Due: k.r.Asked.Add(time.Hour)}
	k.says("/add https://herald.example/x", "That site is busy.", "I will try again: 24 November 2026, 10:03 UTC")
}

func TestLinks(t *testing.T) {
	for in, want := range map[string]string{
		"no link":                                  "",
		"see <https://a.example/x>, please":        "https://a.example/x",
		"(https://a.example/x_(y)) and more":       "https://a.example/x_(y)",
		"https://a.example https://a.example":      "https://a.example",
		"https://a.example/x. HTTP://b.example?q!": "https://a.example/x HTTP://b.example?q",
		"https:// ftp://a.example":                 "",
	} {
		if got := strings.Join(Links(in), " "); got != want {
			t.Errorf("Links(%q) = %q, want %q", in, got, want)
		}
	}
	if n := len(Links(many(20))); n != maxLinks {
		t.Errorf("%d links, want %d", n, maxLinks)
	}
}

func many(n int) string {
	var out strings.Builder
	for i := range n {
		out.WriteString(" https://a.example/" + strings.Repeat("y", i+1))
	}
	return out.String()
}

func TestQuoteKeepsTheAnswer(t *testing.T) {
	before := strings.Repeat("Much was said before. ", 100)
	text := before + "Here it is." + strings.Repeat(" More came after.", 100)
	b := quote(text, archivist.Span{Start: len(before), End: len(before) + 11}, 200)
	if len(b.Parts) != 3 || b.Parts[0].Text != "… " || b.Parts[1].Text != "Here it is." || !b.Parts[1].Bold || !strings.HasSuffix(b.Parts[2].Text, "after. …") {
		t.Errorf("quote = %+v", b)
	}
}
