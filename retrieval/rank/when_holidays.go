package rank

import (
	"slices"
	"strings"
	"time"
)

// named reads a period that comes every year and begins at word i: a season, a quarter, a holiday. It is told as the days that it has in a
// year; nil if there is none. next is the word behind it.
func (p phrase) named(i int) (of func(year int) Span, next int) {
	if season := seasons[p.word(i)]; season != 0 {
		return func(year int) Span { return seasonSpan(year, season) }, i + 1
	}
	if q := ordinals[p.word(i)]; q != 0 && quarters[p.word(i+1)] {
		return func(year int) Span { return monthSpan(year, time.Month(3*q-2), 3) }, i + 2
	}
	for _, h := range holidays {
		if n := len(h.words); i+n <= len(p.words) && slices.Equal(p.words[i:i+n], h.words) {
			next = i + n
			for holidayTails[p.word(next)] {
				next++
			}
			return func(year int) Span { return around(h.on(year)) }, next
		}
	}
	return nil, i
}

// seasonSpan is a season of three months; a winter has its January in the year that names it.
func seasonSpan(year, season int) Span {
	if season == 4 {
		return monthSpan(year-1, time.December, 3)
	}
	return monthSpan(year, time.Month(3*season), 3)
}

// around is a holiday with the days about it.
func around(d int32) Span { return Span{d - 3, d + 3} }

var (
	quarters     = set("quarter quartal trimestre")
	holidayTails = set("day eve week weekend tag holiday")
)

// A holiday has a day in each year.
type holiday struct {
	words []string
	on    func(year int) int32
}

var holidays = makeHolidays()

func makeHolidays() (list []holiday) {
	add := func(on func(int) int32, names ...string) {
		for _, name := range names {
			list = append(list, holiday{strings.Fields(name), on})
		}
	}
	fixed := func(month time.Month, d int) func(int) int32 {
		return func(year int) int32 { return day(year, month, d) }
	}
	add(fixed(time.December, 25), "christmas", "weihnachten", "navidad", "noël")
	add(fixed(time.December, 31), "new year eve", "new year s eve", "silvester", "nochevieja")
	add(fixed(time.July, 4), "fourth of july", "4th of july", "independence day")
	add(fixed(time.October, 31), "halloween")
	add(fixed(time.February, 14), "valentine s day", "valentinstag")
	add(func(year int) int32 { return nth(year, time.November, time.Thursday, 4) }, "thanksgiving")
	add(func(year int) int32 { return nth(year, time.September, time.Monday, 1) }, "labor day")
	add(func(year int) int32 { return nth(year, time.June, time.Monday, 1) - 7 }, "memorial day") // the last Monday of May
	add(easter, "easter", "ostern", "pascua", "pâques")
	return list
}

// nth is the nth such weekday of a month; for n past the month's, one of the next.
func nth(year int, month time.Month, weekday time.Weekday, n int) int32 {
	first := time.Date(year, month, 1, 0, 0, 0, 0, time.UTC)
	return dayOf(first) + int32((weekday-first.Weekday()+7)%7) + int32(7*(n-1))
}

// easter is Easter Sunday of a Gregorian year, by the anonymous algorithm that Nature printed in 1876 (Meeus, Astronomical Algorithms, 8).
func easter(year int) int32 {
	a, b, c := year%19, year/100, year%100
	h := (19*a + b - b/4 - (b-(b+8)/25+1)/3 + 15) % 30
	l := (32 + 2*(b%4) + 2*(c/4) - h - c%4) % 7
	m := (a + 11*h + 22*l) / 451
	sum := h + l - 7*m + 114
	return day(year, time.Month(sum/31), sum%31+1)
}
