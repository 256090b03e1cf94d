package extract

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

var dateLayouts = []struct {
	layout  string
	dayOnly bool
}{
	{time.RFC3339Nano, false},
	{"2006-01-02T15:04:05Z0700", false},
	{"2006-01-02T15:04Z07:00", false},
	{"2006-01-02T15:04:05", false},
	{"2006-01-02T15:04", false},
	{"2006-01-02 15:04:05Z07:00", false},
	{"2006-01-02 15:04:05 -0700", false},
	{"2006-01-02 15:04:05", false},
	{"2006-01-02 15:04", false},
	{time.RFC1123Z, false},
	{time.RFC1123, false},
	{"Mon, 2 Jan 2006 15:04:05 -0700", false},
	{"January 2, 2006 3:04 PM", false},
	{time.DateOnly, true},
	{"2006/01/02", true},
	{"20060102", true},
	{"January 2, 2006", true},
	{"Jan 2, 2006", true},
	{"2 January 2006", true},
	{"2 Jan 2006", true},
	{"02.01.2006", true},
}

// oldest is the year before which a date is a mistake.
const oldest = 1990

// A moment is a time as a page gives it: with the page's own zone, or a day alone.
type moment struct {
	time.Time
	dayOnly bool
}

// readDate reads a date as pages write it; one in the future, or before the web, is none.
func readDate(s string, now time.Time) (moment, bool) {
	s = strings.TrimSpace(s)
	if len(s) < 8 || len(s) > 60 {
		return moment{}, false
	}
	for _, l := range dateLayouts {
		if at, err := time.Parse(l.layout, s); err == nil {
			return believed(moment{at, l.dayOnly}, now)
		}
	}
	return moment{}, false
}

// believed is the moment, if it lies between the beginning of the web and tomorrow.
func believed(m moment, now time.Time) (moment, bool) {
	return m, m.Year() >= oldest && m.Before(now.Add(24*time.Hour))
}

// firstDate is the first of some texts that is a date.
func firstDate(now time.Time, texts ...string) (moment, bool) {
	for _, s := range texts {
		if m, ok := readDate(s, now); ok {
			return m, true
		}
	}
	return moment{}, false
}

var (
	writtenISO = regexp.MustCompile(`\b((?:19|20)\d\d)-(\d\d)-(\d\d)\b`)
	writtenDMY = regexp.MustCompile(`\b(\d{1,2})\. ?(\d{1,2})\. ?((?:19|20)\d\d)\b`)
	dayMonth   = regexp.MustCompile(`(?i)\b(\d{1,2})(?:\.|st|nd|rd|th|er|º)?\s+(?:de\s+)?(\pL{3,12})\.?,?\s+(?:de\s+|del\s+)?((?:19|20)\d\d)\b`)
	monthDay   = regexp.MustCompile(`(?i)(\pL{3,12})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+((?:19|20)\d\d)\b`)
	eastern    = regexp.MustCompile(`((?:19|20)\d\d)年(\d{1,2})月(\d{1,2})日`)
)

// writtenDate finds the first day that a line of a page names in words or figures of our fourteen languages; days whose order of month and
// day cannot be told (3/4/2026) are none.
func writtenDate(s string, now time.Time) (moment, bool) {
	for _, form := range []struct {
		pattern          *regexp.Regexp
		year, month, day int // groups
	}{{writtenISO, 1, 2, 3}, {writtenDMY, 3, 2, 1}, {dayMonth, 3, 2, 1}, {monthDay, 3, 1, 2}, {eastern, 1, 2, 3}} {
		m := form.pattern.FindStringSubmatch(s)
		if m == nil {
			continue
		}
		month := monthOf(m[form.month])
		at, err := time.Parse("2006-1-2", m[form.year]+"-"+strconv.Itoa(month)+"-"+m[form.day])
		if err == nil {
			return believed(moment{at, true}, now)
		}
	}
	return moment{}, false
}

// monthNames are how the names of months begin, by month, in de en es fr it nl pl pt ro ru sv tr uk vi. A name counts for the longest
// beginning that it has.
var monthNames = [12]string{
	"jan gen ene янв січ sty ian oca", "feb fév févr лют фев lut şub", "mar mär maa mrt бер мар", "apr avr abr кві апр kwi nis", "may mai mag maj тра мая май may",
	"jun giu чер июн cze iun haz", "jul lug лип июл lip iul tem", "aug ago aoû aou сер авг sie ağu", "sep set вер сен wrz eyl", "oct okt ott out жов окт paź ekim",
	"nov лис ноя lis kas noi", "dec dez dic déc гру дек gru ara",
}

// monthOf is the number of a month's name or figure, 0 for what is none.
func monthOf(s string) (month int) {
	if n, err := strconv.Atoi(s); err == nil {
		return n
	}
	s = strings.ToLower(s)
	switch {
	case strings.HasPrefix(s, "juin"), strings.HasPrefix(s, "juni"):
		return 6
	case strings.HasPrefix(s, "juil"), strings.HasPrefix(s, "juli"), strings.HasPrefix(s, "july"):
		return 7
	}
	longest := 0
	for i, names := range monthNames {
		for name := range strings.FieldsSeq(names) {
			if strings.HasPrefix(s, name) && len(name) > longest {
				month, longest = i+1, len(name)
			}
		}
	}
	return month
}

var pathDate = regexp.MustCompile(`/((?:19|20)\d\d)[/-](\d{1,2})[/-](\d{1,2})(?:/|-|$)`)

// dateInPath is the day that an address names: /2026/03/04/bridge-closed.
func dateInPath(path string, now time.Time) (time.Time, bool) {
	m := pathDate.FindStringSubmatch(path)
	if m == nil {
		return time.Time{}, false
	}
	at, err := time.Parse("2006-1-2", m[1]+"-"+m[2]+"-"+m[3])
	if err != nil || at.After(now.Add(24*time.Hour)) {
		return time.Time{}, false
	}
	return at, true
}
