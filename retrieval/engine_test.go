package retrieval

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"archivist"
	"archivist/storage/sqlite"
)

const town archivist.LibraryID = "town"

func openStore(t testing.TB) *sqlite.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "test.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func intake(name, title string, paragraphs ...string) archivist.Intake {
	in := archivist.Intake{Article: archivist.Article{Head: archivist.Head{
		URL: "https://example.com/" + name, Key: "example.com/" + name, Title: title, Language: "en",
	}}}
	for _, p := range paragraphs {
		in.Article.Paragraphs = append(in.Article.Paragraphs, archivist.Paragraph{Text: p})
	}
	copy(in.Hash[:], name+strings.Join(paragraphs, ""))
	return in
}

var (
	bridge = intake("bridge", "Old stone bridge closes until summer",
		"The stone bridge over the Ebb was closed on 4 March. Divers had found cracks in two of its five piers.",
		"Engineers expect repairs to last until the end of July. A shuttle bus carries people across.")
	ferry = intake("ferry", "Ferry line 4 returns",
		"The island council voted to bring back the ferry. Line 4 will run again from 2 March, twice a day.",
		"Tickets cost 6 crowns for adults. The ferry itself has a new electric motor.")
	honey = intake("honey", "Honey festival draws a crowd", "More than 11,000 people came to the honey festival. The prize went to Pavel Horak.")
)

func put(t testing.TB, e *Engine, intakes ...archivist.Intake) []archivist.Stored {
	t.Helper()
	stored, err := e.Put(t.Context(), town, intakes)
	if err != nil {
		t.Fatal(err)
	}
	return stored
}

func ask(t testing.TB, e *Engine, question string) archivist.Answer {
	t.Helper()
	a, err := e.Ask(t.Context(), archivist.Question{Library: town, Text: question, Asked: time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)})
	if err != nil {
		t.Fatalf("%s: %v", question, err)
	}
	return a
}

func TestAsk(t *testing.T) {
	e := New(openStore(t), Options{})
	put(t, e, bridge, ferry, honey)
	for _, test := range []struct{ question, sentence, title string }{
		{"When was the stone bridge closed?", "The stone bridge over the Ebb was closed on 4 March.", bridge.Article.Title},
		{"When will ferry line 4 run again?", "Line 4 will run again from 2 March, twice a day.", ferry.Article.Title},
		{"What prize did Pavel Horak get?", "The prize went to Pavel Horak.", honey.Article.Title},
		{"What did the divers find?", "Divers had found cracks in two of its five piers.", bridge.Article.Title},
	} {
		a := ask(t, e, test.question)
		if a.Refused() || len(a.Passages) == 0 {
			t.Errorf("%s: refused, confidence %.2f", test.question, a.Confidence)
			continue
		}
		p := a.Passages[0]
		if p.Answering() != test.sentence || p.Article.Title != test.title {
			t.Errorf("%s: %q from %q", test.question, p.Answering(), p.Article.Title)
		}
		sum := 0.
		for _, r := range p.Reasons {
			sum += r.Value
		}
		if sum != p.Score || p.Link == "" {
			t.Errorf("%s: score %v, reasons %v, link %q", test.question, p.Score, p.Reasons, p.Link)
		}
	}
}

func TestRefusal(t *testing.T) {
	e := New(openStore(t), Options{})
	put(t, e, bridge, ferry, honey)
	if a := ask(t, e, "Which zebra xylophonist conquered Saturn?"); !a.Refused() || len(a.Passages) != 0 {
		t.Errorf("unknown words: %+v", a)
	}
	if a := ask(t, e, "Which astronaut painted the ferry museum in Lisbon on Tuesday evening?"); !a.Refused() || len(a.Nearest) == 0 {
		t.Errorf("one word of many: grade %s, confidence %.2f, nearest %v", a.Grade, a.Confidence, a.Nearest)
	}
}

func TestInvalidQuestions(t *testing.T) {
	e := New(openStore(t), Options{})
	want := func(question string, code archivist.Code) {
		t.Helper()
		_, err := e.Ask(t.Context(), archivist.Question{Library: town, Text: question})
		if archivist.CodeOf(err) != code {
			t.Errorf("%.30q: %v, want code %s", question, err, code)
		}
	}
	want("When was the bridge closed?", archivist.LibraryEmpty)
	put(t, e, bridge)
	want("", archivist.QuestionEmpty)
	want(" \n ?! ", archivist.QuestionEmpty)
	want(strings.Repeat("why ", 1000), archivist.QuestionLong)
	want("What was that and who is it?", archivist.QuestionCommon)
}

// TestChangesShow: what is put is found by the next question, what is replaced or removed is not, also by another process on the store.
func TestChangesShow(t *testing.T) {
	store := openStore(t)
	mine, other := New(store, Options{}), New(store, Options{})
	first := put(t, mine, bridge)[0]
	if a := ask(t, other, "When was the bridge closed?"); len(a.Passages) != 1 {
		t.Fatalf("the other process: %+v", a)
	}
	corrected := intake("bridge", "Old stone bridge closes", "The stone bridge was closed on 5 April.")
	if again := put(t, mine, corrected)[0]; again.Outcome != archivist.Updated || again.ID != first.ID {
		t.Fatalf("corrected: %+v", again)
	}
	for name, e := range map[string]*Engine{"the same process": mine, "the other process": other} {
		a := ask(t, e, "When was the bridge closed?")
		if len(a.Passages) != 1 || !strings.Contains(a.Passages[0].Text, "5 April") || a.Version != 2 {
			t.Errorf("%s, after the correction: %+v", name, a.Passages)
		}
	}
	put(t, mine, ferry)
	if err := mine.Remove(t.Context(), town, first.ID, archivist.Act{Actor: "cli", Verb: "article.remove"}); err != nil {
		t.Fatal(err)
	}
	for name, e := range map[string]*Engine{"the same process": mine, "the other process": other} {
		for _, p := range ask(t, e, "When was the stone bridge closed?").Passages {
			if p.Article.ID == first.ID {
				t.Errorf("%s quotes the removed article: %q", name, p.Text)
			}
		}
	}
	if err := mine.Remove(t.Context(), town, first.ID, archivist.Act{}); !errors.Is(err, archivist.ErrNotFound) {
		t.Errorf("removed twice: %v", err)
	}
	if n, err := mine.Restore(t.Context(), town, archivist.Pick{Article: first.ID}, archivist.Act{}); err != nil || n != 1 {
		t.Fatalf("restored %d, %v", n, err)
	}
	for name, e := range map[string]*Engine{"the same process": mine, "the other process": other, "a new process": New(store, Options{})} {
		a := ask(t, e, "When was the stone bridge closed?")
		if len(a.Passages) == 0 || a.Passages[0].Article.ID != first.ID || !strings.Contains(a.Passages[0].Text, "5 April") {
			t.Errorf("%s, after the restoring: %+v", name, a.Passages)
		}
	}
}

// TestMergesChangeNothing puts, replaces and removes while merges run, and then wants the same answers from few rows.
func TestMergesChangeNothing(t *testing.T) {
	store := openStore(t)
	e := New(store, Options{})
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() {
		if err := e.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	for i := range 120 {
		put(t, e, intake(fmt.Sprint("a", i), fmt.Sprint("Lamp ", i), fmt.Sprintf("Lamp number %d stands in street %d. It was lit in %d.", i, i*7, 1900+i)))
		if i%10 == 3 {
			put(t, e, intake(fmt.Sprint("a", i-1), fmt.Sprint("Lamp ", i-1), fmt.Sprintf("Lamp number %d was moved to the harbour %d.", i-1, i)))
		}
		if i%10 == 7 {
			if err := e.Remove(t.Context(), town, archivist.ArticleID(i-2), archivist.Act{}); err != nil {
				t.Fatal(err)
			}
			if i%20 == 7 {
				if _, err := e.Restore(t.Context(), town, archivist.Pick{Article: archivist.ArticleID(i - 2)}, archivist.Act{}); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	stop()
	running.Wait()
	if err := e.Merge(t.Context(), town); err != nil { // what was left when the merger was stopped
		t.Fatal(err)
	}
	rows, err := store.Segments(t.Context(), town, 0)
	if err != nil || len(rows.Rows) > 40 {
		t.Errorf("%d rows are left, %v", len(rows.Rows), err)
	}
	fresh := New(store, Options{}) // reads the merged rows; e has grown with every change
	for i := range 120 {
		question := fmt.Sprintf("Where does lamp number %d stand?", i)
		a, b := ask(t, e, question), ask(t, fresh, question)
		if fmt.Sprintf("%+v", a.Passages) != fmt.Sprintf("%+v", b.Passages) {
			t.Fatalf("%s\ngrown: %+v\nmerged: %+v", question, a.Passages, b.Passages)
		}
	}
	findings, err := store.Check(t.Context(), Inspect)
	if err != nil || len(findings) != 0 {
		t.Errorf("doctor: %v, %v", findings, err)
	}
}

// TestEviction keeps two libraries within a budget for one, and both answer.
func TestEviction(t *testing.T) {
	e := New(openStore(t), Options{Budget: 1})
	for _, library := range []archivist.LibraryID{"guild:1", "guild:2"} {
		if _, err := e.Put(t.Context(), library, []archivist.Intake{bridge}); err != nil {
			t.Fatal(err)
		}
	}
	for range 3 {
		for _, library := range []archivist.LibraryID{"guild:1", "guild:2"} {
			if a, err := e.Ask(t.Context(), archivist.Question{Library: library, Text: "When was the bridge closed?"}); err != nil || len(a.Passages) != 1 {
				t.Errorf("%s: %+v, %v", library, a, err)
			}
			loaded := 0
			for _, l := range e.libraries {
				if l.snapshot.Load() != nil {
					loaded++
				}
			}
			if loaded != 1 {
				t.Errorf("%d libraries are in memory, the budget is for one", loaded)
			}
		}
	}
}

// TestAskWhileWriting asks from many goroutines while articles come and go: no error, and never a text of another version than its index.
func TestAskWhileWriting(t *testing.T) {
	e := New(openStore(t), Options{})
	put(t, e, bridge)
	var all sync.WaitGroup
	done := make(chan struct{})
	for range 4 {
		all.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				a, err := e.Ask(t.Context(), archivist.Question{Library: town, Text: "Which number has the counter?"})
				if err != nil && archivist.CodeOf(err) != archivist.LibraryEmpty {
					t.Error(err)
					return
				}
				for _, p := range a.Passages {
					if p.Article.Key == "example.com/counter" && !strings.Contains(p.Text, p.Article.Title) {
						t.Errorf("%q is quoted under the title %q", p.Text, p.Article.Title)
					}
				}
			}
		})
	}
	for i := range 100 {
		title := fmt.Sprint("Counter ", i)
		put(t, e, intake("counter", title, title+" is the number of the counter."))
	}
	close(done)
	all.Wait()
}

// TestFilters: since and before bound the day published; an undated article fails both.
func TestFilters(t *testing.T) {
	e := New(openStore(t), Options{})
	dated := func(in archivist.Intake, year int) archivist.Intake {
		in.Article.Published = time.Date(year, 3, 4, 12, 0, 0, 0, time.UTC)
		return in
	}
	put(t, e, dated(bridge, 2020), dated(ferry, 2022), honey)
	first := func(year int) time.Time { return time.Date(year, 3, 4, 0, 0, 0, 0, time.UTC) }
	for _, test := range []struct {
		since, before time.Time
		want          []string
	}{
		{want: []string{"Old stone bridge closes until summer", "Ferry line 4 returns", "Honey festival draws a crowd"}},
		{since: first(2021), want: []string{"Ferry line 4 returns"}},
		{since: first(2022), want: []string{"Ferry line 4 returns"}},
		{before: first(2022), want: []string{"Old stone bridge closes until summer"}},
		{since: first(2023)},
	} {
		a, err := e.Ask(t.Context(), archivist.Question{Library: town, Text: "bridge ferry honey", Since: test.since, Before: test.before})
		if err != nil {
			t.Fatal(err)
		}
		titles := map[string]bool{}
		for _, p := range a.Passages {
			titles[p.Article.Title] = true
		}
		if len(titles) != len(test.want) {
			t.Errorf("since %v before %v: %v, want %v", test.since, test.before, titles, test.want)
		}
		for _, title := range test.want {
			if !titles[title] {
				t.Errorf("since %v before %v: %s is not there", test.since, test.before, title)
			}
		}
	}
}

// TestSameText stores one text three times, once within a longer story: it is one passage with three sources, in the order of their scores.
func TestSameText(t *testing.T) {
	e := New(openStore(t), Options{})
	text := bridge.Article.Paragraphs[0].Text
	put(t, e, bridge, ferry, honey,
		intake("copy", "Bridge closed", text),
		intake("longer", "What happened this week", text+" Nobody was hurt."),
		intake("other", "Bridge to open late", "The stone bridge over the Ebb stays closed. Its piers have more cracks than divers had found on 4 March."))
	a := ask(t, e, "When was the stone bridge over the Ebb closed?")
	first := a.Passages[0]
	if got := len(first.Also); !strings.Contains(first.Text, "closed on 4 March") || got != 2 {
		t.Fatalf("%q with %d further sources, want 2", first.Text, got)
	}
	seen := map[archivist.ArticleID]bool{first.Article.ID: true}
	for _, h := range first.Also {
		if seen[h.ID] {
			t.Errorf("article %d is named twice", h.ID)
		}
		seen[h.ID] = true
	}
	for _, p := range a.Passages[1:] {
		if seen[p.Article.ID] && strings.Contains(p.Text, "closed on 4 March") {
			t.Errorf("a copy stands as a passage of its own: %q", p.Text)
		}
	}
	single, err := e.Ask(t.Context(), archivist.Question{Library: town, Text: "When was the stone bridge over the Ebb closed?", Limit: 1})
	if err != nil || len(single.Passages) != 1 || len(single.Passages[0].Also) != 2 {
		t.Errorf("one passage: %+v, %v; want 2 further sources", single.Passages, err)
	}
}

// TestNoParagraphTwice: articles that share a paragraph among others, with other marks and cut otherwise, show it once.
func TestNoParagraphTwice(t *testing.T) {
	e := New(openStore(t), Options{})
	shared := "The harbour master said that the crane of 1911 had to be \"taken down\" before the winter storms came."
	put(t, e,
		intake("first", "Crane comes down", shared, "The crane lifted granite for the pier, and later timber from ships that came down the coast from the north."),
		intake("second", "What became of the crane", "The crane was sold for scrap in May, after a buyer from the island had looked at it twice and gone home.",
			strings.ReplaceAll(shared, "\"", "”")), honey)
	a, err := e.Ask(t.Context(), archivist.Question{Library: town, Text: "What had to be taken down before the winter storms came, and when was the crane sold?", Limit: 10})
	if err != nil {
		t.Fatal(err)
	}
	shown := 0
	for _, p := range a.Passages {
		shown += strings.Count(p.Text, "before the winter storms came")
	}
	if shown != 1 || len(a.Passages) == 0 || len(a.Passages[0].Also) != 1 {
		t.Errorf("shown %d times: %+v", shown, a.Passages)
	}
}

// TestKnownByTitle asks with a word that stands in a title alone: the library knows it, however much it weighs in so small a library.
func TestKnownByTitle(t *testing.T) {
	e := New(openStore(t), Options{})
	crane := "The harbour crane of 1911 fell into the basin on Tuesday night."
	put(t, e, intake("crane", "Crane falls", crane), intake("night", "Night watch", "Nobody saw the crane by night."), honey)
	a := ask(t, e, "When did the crane fall?")
	if a.Confidence == 0 || len(a.Passages) == 0 || a.Passages[0].Text != crane {
		t.Errorf("%s with confidence %v: %+v", a.Grade, a.Confidence, a.Passages)
	}
}
