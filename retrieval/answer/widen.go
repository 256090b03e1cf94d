package answer

import (
	"strings"
	"unicode/utf8"

	"archivist"
	"archivist/retrieval/text"
)

// Span is a range of bytes of a shown text.
type Span = archivist.Span

// An Extent says where a passage lies: from byte Start of paragraph First to byte End of paragraph Last, End exclusive.
type Extent struct{ First, Start, Last, End int }

// Overlaps reports whether two extents of one article share text.
func (e Extent) Overlaps(o Extent) bool {
	before := func(a, b Extent) bool { return a.Last < b.First || a.Last == b.First && a.End <= b.Start }
	return !before(e, o) && !before(o, e)
}

// Shown is a passage as a reader sees it.
type Shown struct {
	Extent
	Text      string // the paragraphs, or what of them the extent holds, joined by newlines
	Sentences []Span // within Text, in order
}

// Around is how many paragraphs before and after a passage Widen may look at.
const Around = 3

// A sentence is one of an article's.
type sentence struct {
	paragraph, start, end int
	heading               bool
}

// Widen grows the passage at e by whole sentences of its article, by turns after and before, while it stays within MaxWords. It ends at
// headings: what stands under another one is another matter. paragraphs has the passage's own and up to Around on either side, by number.
// false says that the passage is not there (any more): a paragraph is missing, or is shorter than the extent says.
//
// It repairs answers that stand just beyond a cut: on news .8 points of hit@1, on squad 1, in most languages 1 to 2.
func Widen(paragraphs map[int]archivist.Paragraph, e Extent, language string) (Shown, bool) {
	core, ok := quote(paragraphs, e)
	if !ok {
		return Shown{}, false
	}
	before, after := neighbours(paragraphs, e, language)
	size := Measure(core)
	for turn := 0; len(before)+len(after) > 0; turn++ {
		side := &after
		if turn%2 == 1 {
			side = &before
		}
		if len(*side) == 0 {
			continue
		}
		next := (*side)[0]
		grown := size.Plus(Measure(paragraphs[next.paragraph].Text[next.start:next.end]))
		if !grown.Fits() {
			*side = nil
			continue
		}
		size, *side = grown, (*side)[1:]
		if side == &after {
			e.Last, e.End = next.paragraph, next.end
		} else {
			e.First, e.Start = next.paragraph, next.start
			if next.heading {
				before = nil
			}
		}
	}
	shown := Shown{Extent: e}
	shown.Text, _ = quote(paragraphs, e)
	for _, s := range text.Sentences(shown.Text, language) {
		shown.Sentences = append(shown.Sentences, Span(s))
	}
	return shown, true
}

// quote is the text at e.
func quote(paragraphs map[int]archivist.Paragraph, e Extent) (string, bool) {
	if e.First > e.Last || len(paragraphs) < e.Last-e.First+1 {
		return "", false
	}
	parts := make([]string, 0, e.Last-e.First+1)
	for n := e.First; n <= e.Last; n++ {
		p, ok := paragraphs[n]
		if !ok {
			return "", false
		}
		start, end := 0, len(p.Text)
		if n == e.First {
			start = e.Start
		}
		if n == e.Last {
			end = e.End
		}
		if start < 0 || start > end || end > len(p.Text) || !onRunes(p.Text, start) || !onRunes(p.Text, end) {
			return "", false
		}
		parts = append(parts, strings.TrimSpace(p.Text[start:end]))
	}
	quoted := strings.TrimSpace(strings.Join(parts, "\n"))
	return quoted, quoted != ""
}

func onRunes(s string, i int) bool { return i == len(s) || utf8.RuneStart(s[i]) }

// neighbours lists the sentences before e, the nearest first, and those after it.
func neighbours(paragraphs map[int]archivist.Paragraph, e Extent, language string) (before, after []sentence) {
	sentences := func(n, from, to int) []sentence {
		p := paragraphs[n]
		var list []sentence
		for _, s := range text.Sentences(p.Text[from:to], language) {
			list = append(list, sentence{n, from + s.Start, from + s.End, p.Kind == archivist.KindHeading})
		}
		return list
	}
	for n := e.First; n >= e.First-Around; n-- {
		p, ok := paragraphs[n]
		if !ok {
			break
		}
		to := len(p.Text)
		if n == e.First {
			to = e.Start
		}
		list := sentences(n, 0, to)
		for i := len(list) - 1; i >= 0; i-- {
			before = append(before, list[i])
		}
		if p.Kind == archivist.KindHeading {
			break
		}
	}
	for n := e.Last; n <= e.Last+Around; n++ {
		p, ok := paragraphs[n]
		if !ok || n > e.Last && p.Kind == archivist.KindHeading {
			break
		}
		from := 0
		if n == e.Last {
			from = e.End
		}
		after = append(after, sentences(n, from, len(p.Text))...)
	}
	return before, after
}
