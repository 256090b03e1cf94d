package bot

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"archivist"
)

// TestDoublePresses: of presses at the same time each turns one page further, and no two show the same version.
func TestDoublePresses(t *testing.T) {
	s, b, r := fixture()
	s.answer = ferryAnswer(s, archivist.GradeAnswer)
	for range 3 {
		s.answer.Passages = append(s.answer.Passages, s.answer.Passages[1])
	}
	card := talking(t, b, r).says("When does it run?")
	var all sync.WaitGroup
	var mu sync.Mutex
	var versions []int
	pages := map[string]bool{}
	for range 4 {
		all.Go(func() {
			c := b.Press(t.Context(), r, customID(actionForth, card.ID))
			mu.Lock()
			defer mu.Unlock()
			versions, pages[c.Footer] = append(versions, c.Version), true
		})
	}
	all.Wait()
	slices.Sort(versions)
	if !slices.Equal(versions, []int{1, 2, 3, 4}) || len(pages) != 4 || !pages["Passage 5 of 5"] {
		t.Errorf("versions %v of pages %v", versions, pages)
	}
}

// squeezed is a text without its blanks.
func squeezed(s string) string { return strings.Join(strings.Fields(s), "") }

func FuzzParseCustomID(f *testing.F) {
	for _, id := range []string{"v1:more:AAAAAAAAAAAAAAAA", "v1::", "v1:more:AAAAAAAAAAAAAAA0", ""} {
		f.Add(id)
	}
	f.Fuzz(func(t *testing.T, id string) {
		action, card, ok := ParseCustomID(id)
		if ok && (customID(action, card) != id || len(id) > 100 || len(card) != cardIDLength) {
			t.Errorf("%q gives %q and %q", id, action, card)
		}
	})
}

// FuzzTextPages: an article's pages are its text, word for word, and none is too long.
func FuzzTextPages(f *testing.F) {
	f.Add("Before.\nAfter.", "x")
	f.Add("# *a* https://a.example/x\u200b", "Ä. ")
	f.Fuzz(func(t *testing.T, first, again string) {
		for range 9 {
			again += again[:min(len(again), 700)]
		}
		a := archivist.Article{Paragraphs: []archivist.Paragraph{{Text: first}, {Text: again}}}
		words := ""
		for _, p := range a.Paragraphs {
			words += squeezed(Clean(p.Text))
		}
		shown := ""
		for _, page := range textPages(a) {
			size := 0
			for _, block := range page {
				shown += squeezed(block.Parts[0].Text)
				size += Units(Escape(block.Parts[0].Text)) + quoteMarks
			}
			if size > maxReading+quoteMarks*len(page) {
				t.Errorf("a page takes %d units", size)
			}
		}
		if squeezed(Clean(shown)) != squeezed(Clean(words)) {
			t.Errorf("the pages say\n%q\nthe article\n%q", shown, words)
		}
	})
}
