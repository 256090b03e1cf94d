package rank

import (
	"math"
	"time"

	"archivist/retrieval/index"
)

// A Span is the days from From to To, both included, since 1 January 1970.
type Span struct{ From, To int32 }

const earliest = math.MinInt32 + 1

// When is the time that a question names, resolved against the day it is asked:
//
//	in 2019; the 2016 election; in the 1990s; between 2016 and 2018        that year, those years
//	in March 2021; on March 4, 2021; in late 2020; the third quarter of …   that part of it
//	the summer of 2018; Christmas 2021; the Fourth of July weekend of …     those days
//	yesterday; last week; last March; on Tuesday; in March; two weeks ago   before the day asked
//	before 2015; before the election of 2020                                what lies on that side
//
// A relative time wins over a year ("what did the winner of 2020 do last week?"). A question that says "this week" or "today" names none,
// nor does a time that is not over on the day asked ("in 2026" in that year, "since 2020", "after 2020"): their news come now.
func When(question string, asked int32) (span Span, named bool) {
	if asked == index.NoDay {
		return Span{}, false
	}
	p := newPhrase(question, time.Unix(int64(asked)*86400, 0).UTC())
	if p.saysNow() {
		return Span{}, false
	}
	for i := range p.words {
		if span, named = p.relative(i); named {
			return span, true
		}
	}
	for i := 0; i < len(p.words); {
		var next int
		if span, next, named = p.absolute(i); named && span.To < asked {
			return span, true
		}
		i = max(i+1, next)
	}
	return Span{}, false
}

// day is a day of the calendar since 1970; months and days beyond the calendar's count on.
func day(year int, month time.Month, d int) int32 {
	return int32(time.Date(year, month, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

func dayOf(t time.Time) int32 { return day(t.Year(), t.Month(), t.Day()) }

func yearSpan(year int) Span { return Span{day(year, time.January, 1), day(year, time.December, 31)} }

// monthSpan is so many months from the first of one.
func monthSpan(year int, month time.Month, months int) Span {
	return Span{day(year, month, 1), day(year, month+time.Month(months), 0)}
}

// third is the first, middle or last third of a span ("early", "mid", "late"); the whole for any other part.
func (s Span) third(p part) Span {
	length := (s.To - s.From + 1) / 3
	switch p {
	case early:
		s.To = s.From + length
	case mid:
		s.From, s.To = s.From+length, s.To-length
	case late:
		s.From = s.To - length
	}
	return s
}

const (
	recap    = 30 // days behind a named time in which it is still told of as news
	foretold = 4  // a day before a named time counts as so many: what was cannot be told before
)

// away is how many days lie between a day and the span, 0 within it and shortly after.
func (s Span) away(d int32) float64 {
	switch {
	case d < s.From:
		return foretold * (float64(s.From) - float64(d))
	case float64(d) > float64(s.To)+recap:
		return float64(d) - float64(s.To) - recap
	}
	return 0
}
