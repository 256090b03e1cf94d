// Package answer makes of ranked passages what a reader sees: the passage grown by its neighbouring sentences, the sentence that answers,
// how sure that is, and the link that opens the page there. It computes and nothing else.
package answer

import (
	"strings"
	"unicode"

	"archivist"
	"archivist/retrieval/text"
)

// MaxWords is the length of a shown passage: what a card shows well. Longer ones hold the answer more often and are read less.
const MaxWords = 80

// A Text is the part of an article that has been read. Make one with NewText; it is used by one goroutine.
type Text struct {
	paragraphs map[int]archivist.Paragraph // by number
	language   string
	split      map[int][]text.Span // the sentences of the paragraphs that were asked for
}

// NewText is the text of paragraphs by number, in a language.
func NewText(paragraphs map[int]archivist.Paragraph, language string) Text {
	return Text{paragraphs, language, map[int][]text.Span{}}
}

// A Shown is a passage as it is shown, word for word.
type Shown struct {
	First, Last int         // paragraph numbers
	Text        string      // pieces of consecutive paragraphs, joined by newlines
	Sentences   []text.Span // of Text
	starts      []place     // of the sentences
	from, to    place
}

// Start is the byte of paragraph First at which Text begins.
func (s Shown) Start() int { return s.from.at }

// A place is a byte of a paragraph.
type place struct{ paragraph, at int }

func (p place) before(q place) bool {
	return p.paragraph < q.paragraph || p.paragraph == q.paragraph && p.at < q.at
}

// A sentence is a span of a paragraph.
type sentence struct{ from, to place }

// Widen grows the passage from byte start of paragraph first to byte end of paragraph last by whole sentences, by turns after and before
// it, while it stays within MaxWords. It does not cross headings, boilerplate, nor what has not been read. ok is false if the passage itself has not
// been read whole.
func Widen(t Text, first, start, last, end int) (shown Shown, ok bool) {
	for n := first; n <= last; n++ {
		p, read := t.paragraphs[n]
		if !read || n == first && start > len(p.Text) || n == last && end > len(p.Text) {
			return Shown{}, false
		}
	}
	from, to := place{first, start}, place{last, end}
	words := text.Words(t.cut(from, to))
	for growing := true; growing; {
		growing = false
		if s, found := t.after(to); found {
			if more := words + t.words(s); more <= MaxWords {
				to, words, growing = s.to, more, true
			}
		}
		if s, found := t.before(from); found {
			if more := words + t.words(s); more <= MaxWords {
				from, words, growing = s.from, more, true
			}
		}
	}
	return t.show(from, to), true
}

// cut is the text between two places, paragraphs joined by newlines.
func (t Text) cut(from, to place) string {
	var pieces []string
	for n := from.paragraph; n <= to.paragraph; n++ {
		piece := t.paragraphs[n].Text
		if n == to.paragraph {
			piece = piece[:to.at]
		}
		if n == from.paragraph {
			piece = piece[from.at:]
		}
		pieces = append(pieces, piece)
	}
	return strings.Join(pieces, "\n")
}

// words counts those of a sentence.
func (t Text) words(s sentence) int {
	return text.Words(t.paragraphs[s.from.paragraph].Text[s.from.at:s.to.at])
}

// sentences are those of one paragraph, split once.
func (t Text) sentences(n int) []text.Span {
	p, read := t.paragraphs[n]
	if !read {
		return nil
	}
	list, known := t.split[n]
	if !known {
		list = text.Sentences(p.Text, t.language)
		t.split[n] = list
	}
	return list
}

// growable are the sentences of a paragraph that a passage may grow by: a heading has none, nor what recurs on pages of its site, so that
// nothing grows over them.
func (t Text) growable(n int) []text.Span {
	if p := t.paragraphs[n]; p.Kind == archivist.KindHeading || p.Boilerplate {
		return nil
	}
	return t.sentences(n)
}

// after is the first sentence that begins at or behind a place, in its paragraph or the next one.
func (t Text) after(p place) (sentence, bool) {
	for n := p.paragraph; n <= p.paragraph+1; n++ {
		for _, s := range t.growable(n) {
			if from := (place{n, s.Start}); !from.before(p) {
				return sentence{from, place{n, s.End}}, true
			}
		}
	}
	return sentence{}, false
}

// before is the last sentence that ends at or before a place, in its paragraph or the one before.
func (t Text) before(p place) (sentence, bool) {
	for n := p.paragraph; n >= p.paragraph-1; n-- {
		list := t.growable(n)
		for i := len(list) - 1; i >= 0; i-- {
			if to := (place{n, list[i].End}); !p.before(to) {
				return sentence{place{n, list[i].Start}, to}, true
			}
		}
	}
	return sentence{}, false
}

// show makes the passage between two places.
func (t Text) show(from, to place) Shown {
	whole := t.cut(from, to)
	// Blanks are trimmed off, as those before the first line of code: no sentence begins with one.
	from.at += len(whole) - len(strings.TrimLeftFunc(whole, unicode.IsSpace))
	shown := Shown{First: from.paragraph, Last: to.paragraph, Text: strings.TrimSpace(whole), from: from, to: to}
	origin := -from.at // where a paragraph's first byte would stand in Text
	for n := from.paragraph; n <= to.paragraph; n++ {
		for _, s := range t.sentences(n) {
			// An index from before a change of the rules for sentences may cut one.
			if n == from.paragraph {
				s.Start = max(s.Start, from.at)
			}
			if n == to.paragraph {
				s.End = min(s.End, to.at)
			}
			if s.Start < s.End {
				shown.Sentences = append(shown.Sentences, text.Span{Start: origin + s.Start, End: origin + s.End})
				shown.starts = append(shown.starts, place{n, s.Start})
			}
		}
		origin += len(t.paragraphs[n].Text) + len("\n")
	}
	return shown
}

// Within is which sentences, from ≤ i < to, begin in the passage from byte start of paragraph first to byte end of paragraph last. There are
// none if that passage is not shown whole.
func (s Shown) Within(first, start, last, end int) (from, to int) {
	begin, stop := place{first, start}, place{last, end}
	if begin.before(s.from) || s.to.before(stop) {
		return 0, 0
	}
	for from < len(s.starts) && s.starts[from].before(begin) {
		from++
	}
	for to = from; to < len(s.starts) && s.starts[to].before(stop); to++ {
	}
	return from, to
}

// Overlaps reports whether two passages of one article share text.
func (s Shown) Overlaps(o Shown) bool { return s.from.before(o.to) && o.from.before(s.to) }
