package bot

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"archivist"
)

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

// TestSearchForgetsWhatWasRemoved: the pages of an old search show no word of an article that was removed since.
func TestSearchForgetsWhatWasRemoved(t *testing.T) {
	s, b, r := fixture()
	s.answer = archivist.Answer{Grade: archivist.GradeAnswer}
	for i := range 12 {
		a := s.articles[0]
		if i == 7 {
			a = s.articles[1]
		}
		s.answer.Passages = append(s.answer.Passages, archivist.Passage{Article: a.Head, Text: ferryText, Sentence: archivist.Span{Start: 10, End: 36}})
	}
	k := talking(t, b, r)
	first := k.says("/search ferry", "Ferry returns", "Page 1 of 3")
	s.articles = s.articles[1:]
	second := k.presses("▶", "", "Honey festival", "Page 2 of 3")
	third := k.presses("▶", "", "That article has left the library.", "Page 3 of 3")
	for _, c := range []Card{second, third} {
		if text := RenderText(c); strings.Contains(text, "Ferry returns") {
			t.Errorf("what was removed is shown:\n%s", text)
		}
	}
	old := s.cards[first.ID]
	old.State = strings.ReplaceAll(old.State, `"ID":`, `"Other":`)
	s.cards[first.ID] = old
	wants(t, b.Press(t.Context(), r, customID(actionPrev, first.ID)), "belongs to another version of me")
}

func TestQuestionsAreNarrowed(t *testing.T) {
	s, b, r := fixture()
	s.answer = ferryAnswer(s, archivist.GradeAnswer)
	k := talking(t, b, r)
	k.says("/ask When? source:Harbour Herald since:2026-11-01 before:letzter Monat", "There is no day between")
	k.says("/ask When? source:harbour herald since:2026-10 before:hoy")
	if q := s.question; q.Text != "When?" || q.Site != "herald.example" || q.Title != "" || q.Since.Format(time.DateOnly) != "2026-10-01" || q.Before.Format(time.DateOnly) != "2026-11-24" {
		t.Errorf("asked %+v", q)
	}
	k.says("/article 1", "Read", "Ask about it")
	k.presses("Ask about it", "When does it run?", "Passage 1 of 2")
	if q := s.question; q.Text != "When does it run?" || q.Site != "herald.example" || q.Title != "Ferry returns" {
		t.Errorf("asked %+v", q)
	}
	if last := s.asked[len(s.asked)-1]; last.Text != "When does it run?" {
		t.Errorf("kept %q", last.Text)
	}
}

// TestInternationalSource: a site is found by its name in its own script, as by the one that its addresses have.
func TestInternationalSource(t *testing.T) {
	s, b, r := fixture()
	s.articles = append(s.articles, article(3, "Tram line 12", "https://www.xn--mnchen-3ya.de/tram"))
	s.answer = ferryAnswer(s, archivist.GradeAnswer)
	k := talking(t, b, r)
	for _, source := range []string{"münchen.de", "https://www.München.de/", "xn--mnchen-3ya.de"} {
		s.question = archivist.Question{}
		k.says("/ask When? source:" + source)
		if q := s.question; q.Text != "When?" || q.Site != "xn--mnchen-3ya.de" {
			t.Errorf("%s: asked %+v", source, q)
		}
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
