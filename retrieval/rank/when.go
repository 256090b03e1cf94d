package rank

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"archivist/retrieval/index"
)

// A Span is the days from From to To, both included, since 1 January 1970.
type Span struct{ From, To int32 }

const (
	earliest = math.MinInt32 + 1
	recap    = 30 // days behind a named time in which it is still told of
)

// months by their first letters, in the languages whose names begin alike or are listed.
var months = map[string]time.Month{}

func init() {
	for _, names := range []string{
		"january february march april may june july august september october november december",
		"januar februar märz april mai juni juli august september oktober november dezember",
		"enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
		"janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
	} {
		for i, name := range strings.Fields(names) {
			months[name] = time.Month(i + 1)
		}
	}
}

var (
	cue      = regexp.MustCompile(`(?i)[12]\d{3}|yesterday|\bago\b|\blast\b|gestern|letzte|ayer|pasad[oa]|hier\b|derni`)
	monthOf  = regexp.MustCompile(`(?i)(\pL+)\.?(?:\s+(?:de\s+|of\s+)?(\d{1,2})(?:st|nd|rd|th)?)?,?\s+(?:de\s+|of\s+)?([12]\d{3})\b`)
	dayMonth = regexp.MustCompile(`(?i)\b(\d{1,2})\.?\s+(?:de\s+)?(\pL+),?\s+(?:de\s+)?([12]\d{3})\b`)
	yearAt   = regexp.MustCompile(`(?i)(?:^|[^\pL\d$£€#.,])((?:(since|after|before|until|till|between|from|seit|nach|vor|bis|desde|después de|antes de|depuis|après|avant)\s+(?:the\s+)?(?:[\pL]+\s+of\s+)?)?(1[5-9]\d\d|20\d\d)(s?))(?:\s+(?:and|to|und|bis|y|et)\s+(20\d\d|19\d\d))?(\s+(?:people|miles|dollars|euros|pounds|feet|meters|metres|km|jobs|votes|points))?`)
	ago      = regexp.MustCompile(`(?i)\b(\d+|an?|one|two|three|four|five|six|seven|eight|nine|ten)\s+(day|week|month|year)s?\s+ago\b`)
	lastUnit = regexp.MustCompile(`(?i)\b(?:last|letzte[nrsm]?|dernière?|past)\s+(\pL+)|\b(yesterday|gestern|ayer|hier)\b|\b(\pL+)\s+pasad[oa]\b`)
)

// When is the time that a question names, resolved against the day it is asked:
//
//	in 2019; the 2016 election         that year
//	in March 2021; on March 4, 2021    that month; that day
//	in the 1990s; between 2016 and 2018
//	since 2020; after 2020; before 2015; before the election of 2020
//	yesterday; last week; last month; last year; last March
//	two weeks ago; three years ago
//
// A time that is not over on the day asked ("in 2026" in that year) or has not begun names none: its news come now. Numbers with a currency
// or a unit are no years.
func When(question string, asked int32) (span Span, named bool) {
	if asked == index.NoDay || !cue.MatchString(question) {
		return Span{}, false
	}
	today := time.Unix(int64(asked)*86400, 0).UTC()
	span, named = absolute(question, asked)
	if !named {
		span, named = relative(question, today)
	}
	if !named || span.To >= asked && span.From > earliest && span.From+366 > asked {
		return Span{}, false
	}
	return span, true
}

func day(year int, month time.Month, d int) int32 {
	return int32(time.Date(year, month, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

func absolute(question string, asked int32) (Span, bool) {
	for _, m := range dayMonth.FindAllStringSubmatch(question, -1) {
		if month := months[strings.ToLower(m[2])]; month != 0 {
			at := day(count(m[3]), month, count(m[1]))
			return Span{at, at}, true
		}
	}
	for _, m := range monthOf.FindAllStringSubmatch(question, -1) {
		month := months[strings.ToLower(m[1])]
		if month == 0 {
			continue
		}
		year := count(m[3])
		if m[2] != "" {
			at := day(year, month, count(m[2]))
			return Span{at, at}, true
		}
		return Span{day(year, month, 1), day(year, month+1, 0)}, true
	}
	for _, m := range yearAt.FindAllStringSubmatch(question, -1) {
		if m[6] != "" {
			continue
		}
		year := count(m[3])
		span := Span{day(year, 1, 1), day(year, 12, 31)}
		if m[4] != "" {
			span.To = day(year+9, 12, 31)
		}
		switch strings.ToLower(m[2]) {
		case "since", "seit", "desde", "depuis":
			span.To = asked
		case "after", "nach", "después de", "après":
			span = Span{span.To + 1, asked}
		case "before", "until", "till", "vor", "bis", "antes de", "avant":
			span = Span{earliest, span.From - 1}
		case "between", "from":
			if m[5] != "" {
				span.To = day(count(m[5]), 12, 31)
			}
		}
		if span.From <= asked {
			return span, true
		}
	}
	return Span{}, false
}

func relative(question string, today time.Time) (Span, bool) {
	at := func(t time.Time) int32 { return int32(t.Unix() / 86400) }
	if m := ago.FindStringSubmatch(question); m != nil {
		n := count(m[1])
		switch strings.ToLower(m[2]) {
		case "day":
			return Span{at(today.AddDate(0, 0, -n)), at(today.AddDate(0, 0, -n))}, true
		case "week":
			return Span{at(today.AddDate(0, 0, -7*n-3)), at(today.AddDate(0, 0, -7*n+3))}, true
		case "month":
			return Span{at(today.AddDate(0, -n, -15)), at(today.AddDate(0, -n, 15))}, true
		}
		return Span{at(today.AddDate(-n, -6, 0)), at(today.AddDate(-n, 6, 0))}, true
	}
	m := lastUnit.FindStringSubmatch(question)
	if m == nil {
		return Span{}, false
	}
	switch unit := strings.ToLower(m[1] + m[3]); {
	case m[2] != "":
		return Span{at(today) - 1, at(today) - 1}, true
	case unit == "week" || unit == "woche" || unit == "semana" || unit == "semaine":
		return Span{at(today) - 14, at(today) - 1}, true
	case unit == "month" || unit == "monat" || unit == "mes" || unit == "mois":
		return Span{day(today.Year(), today.Month()-1, 1), day(today.Year(), today.Month(), 0)}, true
	case unit == "year" || unit == "jahr" || unit == "año" || unit == "année":
		return Span{day(today.Year()-1, 1, 1), day(today.Year()-1, 12, 31)}, true
	case months[unit] != 0:
		year := today.Year()
		if months[unit] >= today.Month() {
			year--
		}
		return Span{day(year, months[unit], 1), day(year, months[unit]+1, 0)}, true
	}
	return Span{}, false
}

var numberWords = map[string]int{"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10}

// count reads digits, or a word up to ten.
func count(s string) int {
	if n, err := strconv.Atoi(s); err == nil {
		return min(n, 9999)
	}
	return numberWords[strings.ToLower(s)]
}

// away is how many days lie between a day and the span, 0 within it. What happened is still told of for some time.
func (s Span) away(d int32) float64 {
	switch {
	case d < s.From:
		return float64(s.From) - float64(d)
	case float64(d) > float64(s.To)+recap:
		return float64(d) - float64(s.To) - recap
	}
	return 0
}
