package bot

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"archivist"
)

func passage(id archivist.ArticleID, site string, published time.Time, text, answering string) archivist.Passage {
	at := strings.Index(text, answering)
	return archivist.Passage{
		Article: archivist.Head{ID: id, Site: site, Title: "Ferry", URL: "https://" + site + "/ferry", Published: published}, Text: text,
		Sentence: archivist.Span{Start: at, End: at + len(answering)},
	}
}

var monday23 = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func TestNewer(t *testing.T) {
	const text, question = "Line 4 will start again on 2 March.", "When will the ferry line start again?"
	first := passage(1, "herald.example", monday23, text, text)
	for name, test := range map[string]struct {
		second archivist.Passage
		want   int
	}{
		"a day younger, with all words": {passage(2, "herald.example", monday23.Add(aDay), "The start of line 4 has moved again, to 9 March.", ""), 1},
		"less than a day younger":       {passage(2, "herald.example", monday23.Add(aDay-time.Second), "The start of line 4 has moved again.", ""), 0},
		"without a word":                {passage(2, "herald.example", monday23.Add(aDay), "Line 4 moves.", ""), 0},
		"of the same article":           {passage(1, "herald.example", monday23.Add(aDay), "The start of line 4 has moved again.", ""), 0},
		"undated":                       {passage(2, "herald.example", time.Time{}, "The start of line 4 has moved again.", ""), 0},
	} {
		if got := newer(question, []archivist.Passage{first, test.second}); got != test.want {
			t.Errorf("%s: %d, want %d", name, got, test.want)
		}
	}
	if got := newer("Ferry?", []archivist.Passage{first, passage(2, "x", monday23.Add(aDay), "Ferry", "")}); got != 0 {
		t.Errorf("one word is enough: %d", got)
	}
}

func TestDiffers(t *testing.T) {
	first := passage(1, "herald.example", monday23, "Tickets for the ferry cost 6 crowns for adults.", "Tickets for the ferry cost 6 crowns for adults.")
	for name, test := range map[string]struct {
		site, sentence string
		but, want      int
	}{
		"another number on the same words": {"news.example", "The tickets for adults cost 7 crowns.", 0, 1},
		"the same number":                  {"news.example", "Ferry tickets cost 6 crowns for adults.", 0, 0},
		"one of two numbers is the same":   {"news.example", "Ferry tickets cost 6 crowns, and 3 for children, for adults.", 0, 0},
		"no number":                        {"news.example", "The tickets for adults cost some crowns.", 0, 0},
		"other words":                      {"news.example", "The mayor bought 7 tickets yesterday morning.", 0, 0},
		"the same site":                    {"herald.example", "The tickets for adults cost 7 crowns.", 0, 0},
		"shown as newer already":           {"news.example", "The tickets for adults cost 7 crowns.", 1, 0},
		"half of the words":                {"news.example", "The ferry takes adults for 7 crowns since that winter storm.", 0, 0},
		"nothing stands out":               {"news.example", "", 0, 0},
	} {
		second := passage(2, test.site, monday23, "Long. "+test.sentence, test.sentence)
		if got := differs("How much do tickets cost?", []archivist.Passage{first, second}, test.but); got != test.want {
			t.Errorf("%s: %d, want %d", name, got, test.want)
		}
	}
}

func TestDiffersAsksForFigures(t *testing.T) {
	const six, seven = "Tickets for the ferry cost 6 crowns for adults.", "The tickets for adults cost 7 crowns."
	for _, test := range []struct {
		question string
		apart    time.Duration
		want     int
	}{
		{"How much is a ticket?", 30 * aDay, 1},
		{"How much is a ticket?", 31 * aDay, 0},
		{"Who sells tickets?", 0, 0},
		{"Wie viel kostet die Fähre?", 0, 1},
		{"¿Cuánto cuesta el ferry?", -30 * aDay, 1},
		{"Wer verkauft Karten?", 0, 0},
	} {
		passages := []archivist.Passage{passage(1, "herald.example", monday23, six, six), passage(2, "news.example", monday23.Add(test.apart), seven, seven)}
		if got := differs(test.question, passages, 0); got != test.want {
			t.Errorf("%q, %v apart: %d, want %d", test.question, test.apart, got, test.want)
		}
	}
	undated := passage(2, "news.example", time.Time{}, seven, seven)
	if got := differs("How much?", []archivist.Passage{passage(1, "herald.example", monday23, six, six), undated}, 0); got != 0 {
		t.Error("who knows of which time the other figure is?")
	}
}

func TestNumbersOf(t *testing.T) {
	for text, want := range map[string]string{
		"":                          "",
		"1,200 and 1.200 of 1 200.": "1 1200 200",
		"4.2 million, in 2026.":     "2026 42",
		"on 3, 4 and 5":             "3 4 5",
		"1’000’000 Franken":         "1000000",
	} {
		if got := strings.Join(slices.Sorted(maps.Keys(numbersOf(text))), " "); got != want {
			t.Errorf("numbersOf(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestBesideOnTheCard(t *testing.T) {
	s, b, r := fixture()
	young, other := article(3, "Start moved to 9 March", "https://herald.example/moved"), article(4, "Ferry dearer", "https://news.example/ferry")
	young.Published, other.Site = time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC), "Riverside News"
	young.Paragraphs = []archivist.Paragraph{{Text: "The island ferry returns later than was said."}}
	other.Paragraphs = []archivist.Paragraph{{Text: "The island ferry runs again on 30 March."}}
	s.articles = append(s.articles, young, other)
	s.answer = ferryAnswer(s, archivist.GradeAnswer)
	s.answer.Passages = append(s.answer.Passages,
		archivist.Passage{Article: young.Head, Text: young.Paragraphs[0].Text},
		archivist.Passage{Article: other.Head, Text: other.Paragraphs[0].Text, Sentence: archivist.Span{Start: 0, End: 40}, Link: "https://news.example/ferry#:~:text=Soon"})
	s.answer.Passages[0].Text = "The island ferry runs again on 2 March."
	s.answer.Passages[0].Sentence = archivist.Span{Start: 0, End: 39}
	s.articles[0].Paragraphs[1].Text = "The island ferry runs again on 2 March."
	k := talking(t, b, r)
	c := k.says("When will the island ferry return?", "Newer, 23 November 2026: Start moved to 9 March https://herald.example/moved", "Passage 1 of 4 · Riverside News has other figures")
	if len(c.Below) != 1 || c.Below[0].URL != "https://news.example/ferry#:~:text=Soon" || c.Below[0].Site != "Riverside News" {
		t.Errorf("below: %+v", c.Below)
	}
	k.presses("More context", "", "Newer, 23 November", "Riverside News has other figures")
	k.presses("Less context", "")
	s.articles[2].Paragraphs = []archivist.Paragraph{{Text: "The island ferry returned earlier than was said."}}
	if c := k.presses("More context", ""); strings.Contains(RenderText(c), "Newer") {
		t.Errorf("what is newer has changed, and is named:\n%s", RenderText(c))
	}
	k.presses("Less context", "")
	s.articles[2].Paragraphs = young.Paragraphs
	s.articles = s.articles[:3] // the other source leaves the library
	k.presses("More context", "", "Newer, 23 November", "Before.")
	if c := k.presses("Less context", ""); len(c.Below) != 0 {
		t.Errorf("below: %+v", c.Below)
	}
}
