package bot

import (
	"sort"
	"strings"
	"unicode"

	"archivist"

	"github.com/clipperhouse/uax29/v2/graphemes"
)

const ellipsis = "…"

// Cut shortens a clean text until it takes at most limit UTF-16 units when escaped: at the end of a sentence if one lies in the
// second half of what fits, else after a word, else between characters as people see them. What was cut off is an ellipsis.
func Cut(s string, limit int) string {
	if fits(s, limit) {
		return s
	}
	// Each character takes a unit or more, so that what lies beyond limit runes cannot fit; long texts are not looked at whole.
	ends, at := []int{0}, 0
	for walk := graphemes.FromString(firstRunes(s, limit)); walk.Next(); {
		at += len(walk.Value())
		ends = append(ends, at)
	}
	n := sort.Search(len(ends), func(i int) bool { return !fits(s[:ends[i]]+" "+ellipsis, limit) })
	if n == 0 {
		return ""
	}
	whole := s[:ends[n-1]]
	if end := lastSentenceEnd(whole, s[len(whole):]); end > len(whole)/2 {
		return whole[:end] + " " + ellipsis
	}
	next := firstRune(s[len(whole):])
	if end := strings.LastIndexFunc(whole, unicode.IsSpace); end > len(whole)/2 && (unicode.IsLetter(next) || unicode.IsDigit(next)) {
		whole = whole[:end]
	}
	return strings.TrimRightFunc(whole, unicode.IsSpace) + ellipsis
}

func fits(s string, limit int) bool { return Units(s) <= limit && Units(Escape(s)) <= limit }

func firstRunes(s string, n int) string {
	for i := range s {
		if n--; n < 0 {
			return s[:i]
		}
	}
	return s
}

// lastSentenceEnd is the end of the last sentence within s, which rest follows; 0 if there is none.
func lastSentenceEnd(s, rest string) int {
	best, closing := 0, false // closing: in what may stand between a full stop and the blank after it
	for i, r := range s + string(firstRune(rest)) {
		if closing && (unicode.IsSpace(r) || i == len(s) && rest == "") {
			best = i
		}
		switch {
		case strings.ContainsRune(".!?…", r):
			closing = true
		case strings.ContainsRune("。！？", r): // no blank follows these
			if end := i + len(string(r)); end <= len(s) {
				best = end
			}
			closing = true
		case !strings.ContainsRune(`"'”’»)]`, r):
			closing = false
		}
	}
	return min(best, len(s))
}

func firstRune(s string) rune {
	for _, r := range s {
		return r
	}
	return ' '
}

// short is one line of at most limit units, cut at a word.
func short(s string, limit int) string {
	return Cut(strings.Join(strings.Fields(Clean(s)), " "), limit)
}

// quote is a passage as a block, its answering sentence in bold, of at most limit units. A passage that is too long loses its end;
// where that would take the answering sentence away, it loses what stands before that sentence.
func quote(text string, answering archivist.Span, limit int) Block {
	if answering.Start < 0 || answering.End > len(text) || answering.Start > answering.End {
		answering = archivist.Span{}
	}
	before, sentence, after := Clean(text[:answering.Start]), Clean(text[answering.Start:answering.End]), Clean(text[answering.End:])
	if answering == (archivist.Span{}) {
		before, after = "", Clean(text)
	}
	left := limit - Units(Escape(sentence))
	if before != "" && !fits(before, left) {
		before = ellipsis + " "
	}
	if left -= Units(Escape(before)); left < 0 {
		sentence, after = Cut(sentence, limit-Units(before)), ""
	} else {
		after = Cut(after, left)
	}
	b := Block{Quote: true}
	for _, p := range []Part{plain(before), bold(sentence), plain(after)} {
		if p.Text != "" {
			b.Parts = append(b.Parts, p)
		}
	}
	return b
}
