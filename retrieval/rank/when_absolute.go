package rank

import (
	"slices"
	"strconv"
	"time"
)

// A phrase is a question's words and the day on which it is asked.
type phrase struct {
	words []string
	today time.Time
}

// newPhrase splits a question into words. "March last year" becomes March of that year.
func newPhrase(question string, today time.Time) phrase {
	p := phrase{wordsOf(question), today}
	for i := range p.words {
		if at := p.skip(i + 1); lasts[p.word(at)] && units[p.word(at+1)] == years && p.endsPeriod(i) {
			p.words = slices.Concat(p.words[:i+1], []string{strconv.Itoa(today.Year() - 1)}, p.words[at+2:])
		}
	}
	return p
}

// endsPeriod reports that word i ends the name of what comes every year: a month, a season, a quarter, a holiday.
func (p phrase) endsPeriod(i int) bool {
	if months[p.word(i)] != 0 {
		return true
	}
	for from := max(0, i-4); from <= i; from++ {
		if of, next := p.named(from); of != nil && next == i+1 {
			return true
		}
	}
	return false
}

func (p phrase) word(i int) string {
	if i < 0 || i >= len(p.words) {
		return ""
	}
	return p.words[i]
}

// skip is the first word from i on that is no filler.
func (p phrase) skip(i int) int {
	for fillers[p.word(i)] {
		i++
	}
	return i
}

// absolute reads a time with its year that begins at word i, and the side of it that a word before names; next is the word behind it. A side
// that reaches to the present names no time.
func (p phrase) absolute(i int) (s Span, next int, ok bool) {
	s, next, ok = p.dated(i)
	if !ok {
		return Span{}, i, false
	}
	before := i - 1
	for articles[p.word(before)] {
		before--
	}
	side, event := sides[p.word(before)], p.nounBehind(i, next)
	if ofs[p.word(before)] { // "before the election of 2020"
		noun := before - 1
		for before = noun - 1; articles[p.word(before)]; {
			before--
		}
		side, event = sides[p.word(before)], true
	}
	switch {
	case side == sideAfter:
		return Span{}, next, false
	case side == sideBefore && event: // of that year, or not long before it
		return Span{s.From - 365, s.To}, next, true
	case side == sideBefore:
		return Span{earliest, s.From - 1}, next, true
	case side == sideBetween && ands[p.word(next)]:
		if end, after, ok := p.dated(p.skip(next + 1)); ok {
			return Span{s.From, max(s.To, end.To)}, after, true
		}
	}
	return s, next, true
}

// nounBehind reports that a time from word i to next stands before what it tells of: "the 2020 election".
func (p phrase) nounBehind(i, next int) bool {
	w := p.word(next)
	return articles[p.word(i-1)] && w != "" && !ands[w] && !fillers[w] && sides[w] == 0
}

// The sides of a time.
const (
	sideAfter = iota + 1 // from it to the present
	sideBefore
	sideBetween
)

var (
	sides = numbered(sideAfter, "since after seit nach desde después tras depuis après", "before until till vor bis antes hasta avant",
		"between from zwischen von entre")
	ands     = set("and to und bis y et")
	ofs      = set("of de du des del")
	articles = set("the der die das dem den la le el los las les")
)

// dated reads a period with its year that begins at word i, and tells where it ends: a day, a month, a season, a quarter, a holiday, a
// year, ten years, or a third of these.
func (p phrase) dated(i int) (s Span, next int, ok bool) {
	piece := parts[p.word(i)]
	if piece != whole {
		i = p.skip(i + 1)
	}
	if s, next, ok = p.dayMonthYear(i); !ok {
		s, next, ok = p.namedAndYear(i)
	}
	if !ok {
		if s, ok = p.bareYear(i); ok {
			next = i + 1
		}
	}
	return s.third(piece), next, ok
}

// dayMonthYear reads "4 march 2021", "march 4 2021", "march 2021".
func (p phrase) dayMonthYear(i int) (s Span, next int, ok bool) {
	d := 0
	at := i
	if months[p.word(at)] == 0 {
		if d = count(p.word(at)); d == 0 || counts[p.word(at)] != 0 {
			return s, i, false
		}
		at = p.skip(at + 1)
	}
	month := months[p.word(at)]
	if month == 0 {
		return s, i, false
	}
	at = p.skip(at + 1)
	if n := count(p.word(at)); d == 0 && n > 0 && n <= 31 && counts[p.word(at)] == 0 {
		d, at = n, p.skip(at+1)
	}
	year := yearOf(p.word(at))
	if year == 0 || d > 31 {
		return s, i, false
	}
	if d > 0 {
		return Span{day(year, month, d), day(year, month, d)}, at + 1, true
	}
	return monthSpan(year, month, 1), at + 1, true
}

// namedAndYear reads a season, a quarter or a holiday with its year behind it: "summer of 2018", "third quarter of 2017", "christmas 2021".
func (p phrase) namedAndYear(i int) (s Span, next int, ok bool) {
	of, at := p.named(i)
	if of == nil {
		return s, i, false
	}
	at = p.skip(at)
	if year := yearOf(p.word(at)); year != 0 {
		return of(year), at + 1, true
	}
	return s, i, false
}

// bareYear reads a year or a decade that is no amount.
func (p phrase) bareYear(i int) (Span, bool) {
	if before := p.word(i - 1); before == "$" || before == "£" || before == "€" || before == "#" || counted[p.word(i+1)] {
		return Span{}, false
	}
	if year := yearOf(p.word(i)); year != 0 {
		return yearSpan(year), true
	}
	if decade := decadeOf(p.word(i)); decade != 0 {
		return Span{day(decade, time.January, 1), day(decade+9, time.December, 31)}, true
	}
	return Span{}, false
}
