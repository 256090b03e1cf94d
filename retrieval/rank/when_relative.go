package rank

import (
	"slices"
)

// saysNow reports that a question is about the present: "this week", "recently", "today".
func (p phrase) saysNow() bool {
	for i, w := range p.words {
		if present[w] || thisWords[w] && units[p.word(i+1)] != 0 {
			return true
		}
	}
	return false
}

var (
	present   = set("today tonight currently recently heute kürzlich hoy recientemente aujourd récemment")
	thisWords = set("this diese dieser diesen diesem dieses este esta ce cet cette")
)

// relative reads a time that is told from the day asked and begins at word i.
func (p phrase) relative(i int) (s Span, ok bool) {
	piece := parts[p.word(i)]
	if piece != whole {
		i = p.skip(i + 1)
	}
	for _, rule := range []func(int) (Span, bool){p.yesterday, p.last, p.ago, p.latest} {
		if s, ok = rule(i); ok {
			return s.third(piece), true
		}
	}
	return Span{}, false
}

// yesterday reads "yesterday" and "the day before yesterday".
func (p phrase) yesterday(i int) (Span, bool) {
	back := yesterdays[p.word(i)]
	switch {
	case back == 0 || p.word(i) == "hier" && !slices.ContainsFunc(p.words, func(w string) bool { return french[w] }): // German for "here"
		return Span{}, false
	case p.word(i-1) == "before" || p.word(i-1) == "avant":
		back = 2
	}
	return p.daysBack(back, back), true
}

var (
	yesterdays = numbered(1, "yesterday gestern ayer hier", "vorgestern anteayer")
	french     = set("qui que quoi quel quelle quels quelles qu où quand comment combien")
)

// daysBack are the days from so many to so many before today.
func (p phrase) daysBack(from, to int) Span {
	today := dayOf(p.today)
	return Span{today - int32(from), today - int32(to)}
}

// last reads "last week", "last March", "last summer", "last Tuesday"; in Spanish and French the word stands behind.
func (p phrase) last(i int) (Span, bool) {
	at := i + 1
	if !lasts[p.word(i)] || theirs[p.word(i)] {
		if at = i; !theirs[p.word(i+1)] {
			return Span{}, false
		}
	}
	if before := p.word(i - 1); owners[before] || before == "the" && p.word(i) == "last" {
		return Span{}, false // "in its last year", "the last week of the race"
	}
	if s, ok := p.unit(at, p.word(i) == "past"); ok {
		if p.word(i-2) == "this" && p.word(i-1) == "time" { // this time last year
			return p.yearsBack(1, 1), true
		}
		return s, true
	}
	return p.recurring(at)
}

var owners = set("his her its their my our your whose s")

// unit is the day, week, month or year before this one. "The past year" is none: it reaches to today.
func (p phrase) unit(i int, past bool) (Span, bool) {
	year, month := p.today.Year(), p.today.Month()
	switch u := units[p.word(i)]; {
	case past || u == 0 || u == days:
		return Span{}, false
	case u == night:
		return p.daysBack(1, 1), true
	case u == weeks:
		return p.daysBack(14, 1), true
	case u == weekend:
		sunday := int((p.today.Weekday()+6)%7) + 1 // days back
		return p.daysBack(sunday+2, sunday), true
	case u == monthsUnit:
		return monthSpan(year, month-1, 1), true
	default:
		return yearSpan(year - 1), true
	}
}

// recurring is the latest that is over of what comes again every week or year: a weekday, a month, a season, a holiday.
func (p phrase) recurring(i int) (Span, bool) {
	if w := weekdays[p.word(i)]; w != 0 {
		back := (int(p.today.Weekday())-(w-1)+6)%7 + 1
		return p.daysBack(back, back), true
	}
	of, next := p.yearly(i)
	if of == nil || p.yearFollows(next) {
		return Span{}, false
	}
	for year := p.today.Year() + 1; ; year-- {
		if s := of(year); s.To < dayOf(p.today) {
			return s, true
		}
	}
}

// yearly reads what comes every year: what is named, a month, a day of a month ("March 4").
func (p phrase) yearly(i int) (of func(year int) Span, next int) {
	month := months[p.word(i)]
	if month == 0 {
		return p.named(i)
	}
	if d := count(p.word(i + 1)); d > 0 && d <= 31 && counts[p.word(i+1)] == 0 {
		return func(year int) Span { return Span{day(year, month, d), day(year, month, d)} }, i + 2
	}
	return func(year int) Span { return monthSpan(year, month, 1) }, i + 1
}

// yearFollows reports that what ends before word i has its year behind it, or is no time: "the fall of Rome".
func (p phrase) yearFollows(i int) bool { return yearOf(p.word(p.skip(i))) != 0 || p.word(i) == "of" }

// latest reads "in March", "on Tuesday", "over Christmas", without a year, in questions about what was.
func (p phrase) latest(i int) (Span, bool) {
	before := i - 1
	for parts[p.word(before)] != whole || fillers[p.word(before)] && !ins[p.word(before)] {
		before--
	}
	isDay := weekdays[p.word(i)] != 0
	if slices.ContainsFunc(p.words, func(w string) bool { return future[w] }) || !ons[p.word(before)] && (isDay || !ins[p.word(before)]) {
		return Span{}, false
	}
	s, ok := p.recurring(i)
	return s, ok && s.To >= dayOf(p.today)-stale && !p.isOn(i)
}

// stale is how many days after it a month without a year is still the past one, and not the one to come.
const stale = 300

// isOn reports that today lies in the month, season or holiday at word i: it is told of now.
func (p phrase) isOn(i int) bool {
	of, _ := p.yearly(i)
	if of == nil {
		return false
	}
	s, today := of(p.today.Year()), dayOf(p.today)
	return s.From <= today && today <= s.To
}

var (
	ins    = set("in im en au by during während durante pendant")
	ons    = set("on am an at zu over über around")
	future = set("will would upcoming next wird werden nächste próximo próxima prochain prochaine")
)

// ago reads "two weeks ago", "vor zwei Wochen", "hace dos semanas", "il y a deux semaines": that time, give or take half of the unit.
func (p phrase) ago(i int) (Span, bool) {
	n := count(p.word(i))
	at := p.skip(i + 1)
	if n == 0 || units[p.word(at)] == 0 {
		return Span{}, false
	}
	if before := p.word(i - 1); p.word(at+1) != "ago" && before != "vor" && before != "hace" && !(before == "a" && p.word(i-2) == "y") {
		return Span{}, false
	}
	switch units[p.word(at)] {
	case days:
		return p.daysBack(n, n), true
	case weeks:
		return p.daysBack(7*n+3, 7*n-3), true
	case monthsUnit:
		return Span{dayOf(p.today.AddDate(0, -n, -15)), dayOf(p.today.AddDate(0, -n, 15))}, true
	case years:
		return p.yearsBack(n, 6), true
	}
	return Span{}, false
}

// yearsBack is this day so many years ago, give or take months.
func (p phrase) yearsBack(n, months int) Span {
	return Span{dayOf(p.today.AddDate(-n, -months, 0)), dayOf(p.today.AddDate(-n, months, 0))}
}
