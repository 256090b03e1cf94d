package bot

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

var (
	isoDay  = regexp.MustCompile(`^\d{4}(?:-\d{1,2}(?:-\d{1,2})?)?$`)
	longAgo = regexp.MustCompile(`^(\d{1,4}) ?([dwmy])$`)
)

// spans are what people mean by some words, in the languages of the catalogues. A span begins with its first day: "last month" is the
// first of that month.
var spans = []struct {
	words string // divided by |
	first func(today time.Time) time.Time
}{
	{"today|heute|hoy", func(t time.Time) time.Time { return t }},
	{"yesterday|gestern|ayer", func(t time.Time) time.Time { return t.AddDate(0, 0, -1) }},
	{"this week|diese woche|esta semana", monday},
	{"last week|letzte woche|la semana pasada|semana pasada", func(t time.Time) time.Time { return monday(t).AddDate(0, 0, -7) }},
	{"this month|dieser monat|diesen monat|este mes", firstOfMonth},
	{"last month|letzter monat|letzten monat|el mes pasado|mes pasado", func(t time.Time) time.Time { return firstOfMonth(t).AddDate(0, -1, 0) }},
	{"this year|dieses jahr|este año", firstOfYear},
	{"last year|letztes jahr|el año pasado|año pasado", func(t time.Time) time.Time { return firstOfYear(t).AddDate(-1, 0, 0) }},
}

func monday(t time.Time) time.Time       { return t.AddDate(0, 0, -(int(t.Weekday())+6)%7) }
func firstOfMonth(t time.Time) time.Time { return t.AddDate(0, 0, 1-t.Day()) }
func firstOfYear(t time.Time) time.Time  { return t.AddDate(0, 0, 1-t.YearDay()) }

// dayOption is an option that names a day, zero where it was not given.
func dayOption(r Request, name string) (time.Time, error) {
	typed := strings.TrimSpace(r.Options[name])
	if typed == "" {
		return time.Time{}, nil
	}
	day, ok := parseDay(typed, r.Asked)
	if !ok {
		return time.Time{}, complain("date.bad", short(typed, maxEcho))
	}
	return day, nil
}

// parseDay reads a day as people type it: 2026-11-03, 2026-11 or 2026, 3d, 2w, 5m, 1y ago, or words such as "last month". It is a day of UTC,
// as the days of articles are.
func parseDay(typed string, now time.Time) (day time.Time, ok bool) {
	typed = strings.ToLower(strings.Join(strings.Fields(typed), " "))
	now = now.UTC()
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, time.UTC)
	for _, span := range spans {
		if slices.Contains(strings.Split(span.words, "|"), typed) {
			return span.first(today), true
		}
	}
	if isoDay.MatchString(typed) {
		for _, layout := range []string{"2006-1-2", "2006-1", "2006"} {
			if day, err := time.Parse(layout, typed); err == nil && day.Year() >= 1 {
				return day, true
			}
		}
	}
	m := longAgo.FindStringSubmatch(typed)
	if m == nil {
		return time.Time{}, false
	}
	n, _ := strconv.Atoi(m[1]) // at most four digits
	switch m[2] {
	case "d":
		return today.AddDate(0, 0, -n), true
	case "w":
		return today.AddDate(0, 0, -7*n), true
	case "m":
		return today.AddDate(0, -n, 0), true
	}
	return today.AddDate(-n, 0, 0), true
}
