// Package query reads what people type beside the words of a question: "quoted phrases", -words to leave out, site:, title:, since: and
// before:. It computes and nothing else. Begin with Parse.
package query

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// A Query is a question with its filters set apart.
type Query struct {
	Text          string    // the question without its filters; quoted words stay in it
	Phrases       []string  // must stand so in the passage
	Without       []string  // words and phrases that the article must not have
	Sites         []string  // hosts, in lower case without "www."; the article must be from one of them, or from below it
	Titles        []string  // words and phrases that the article's title must have, all of them
	Since, Before time.Time // days between which the article was published, as in archivist.Question; zero: none
}

// maxFilters is how many filters of one question count; what is beyond them is read as words.
const maxFilters = 16

// quotes are the marks that open a phrase, each with those that may close it.
var quotes = map[rune]string{'"': `"`, '“': `”"`, '„': `“”"`, '«': `»`, '»': `«`, '「': `」`, '『': `』`}

// Parse sets the filters of a question apart. A filter begins a word and has nothing between its sign and what it is about, so that prose has
// none by accident: "2019-20", "a - b", "minus -5", "re: site: x" and `a 6" pipe` are words. What is no day (since:tomorrow) or no host
// (site:x) is words too.
//
// Typographic marks are prose's own: sentences have them around titles and doubtful words, which the passage that answers often has otherwise.
// They make a phrase only where no question mark ends the question (a telephone writes them in searches too); typed ones, "such as these",
// always do.
func Parse(s string) Query {
	var q Query
	sentence := asks(s)
	var words strings.Builder
	left := maxFilters
	begins := true // whether a word may begin here
	for len(s) > 0 {
		if left > 0 {
			if size := q.filter(s, begins && !(s[0] == '-' && joins(words.String()))); size > 0 {
				s, left = s[size:], left-1
				words.WriteByte(' ')
				continue
			}
			if phrase, size := quoted(s, begins); size > 0 && (s[0] == '"' || !sentence) {
				q.Phrases, left = append(q.Phrases, phrase), left-1
				words.WriteString(s[:size])
				s, begins = s[size:], true
				continue
			}
		}
		r, size := utf8.DecodeRuneInString(s)
		words.WriteString(s[:size])
		s, begins = s[size:], unicode.IsSpace(r) || r == '(' || r == '['
	}
	q.Text = strings.TrimSpace(words.String())
	return q
}

// asks reports whether a text ends with a question mark, of whatever script.
func asks(s string) bool {
	last, _ := utf8.DecodeLastRuneInString(strings.TrimRightFunc(s, unicode.IsSpace))
	return strings.ContainsRune("?？;؟", last)
}

// conjunctions before which no word is left out: "Personen und -organisationen" is how German, Dutch and their neighbours write what two
// compounds share.
var conjunctions = strings.Fields("und oder sowie bzw en of och eller samt og ja tai sekä and or")

// joins reports whether a text ends with a conjunction and a blank.
func joins(before string) bool {
	words := strings.Fields(strings.ToLower(before))
	return len(words) > 0 && slices.Contains(conjunctions, strings.TrimRight(words[len(words)-1], ".,"))
}

// filter reads a filter at the start of s and returns its length, 0 where there is none.
func (q *Query) filter(s string, begins bool) int {
	if !begins {
		return 0
	}
	if rest, ok := strings.CutPrefix(s, "-"); ok {
		if phrase, size := quoted(rest, true); size > 0 {
			q.Without = append(q.Without, phrase)
			return 1 + size
		}
		if r, _ := utf8.DecodeRuneInString(rest); !unicode.IsLetter(r) {
			return 0
		}
		word := upToBlank(rest)
		if strings.Contains(word, ":") {
			return 0 // -site:x is nothing yet
		}
		q.Without = append(q.Without, word)
		return 1 + len(word)
	}
	word := upToBlank(s)
	key, value, ok := strings.Cut(word, ":")
	if !ok || value == "" {
		return 0
	}
	switch strings.ToLower(key) {
	case "site":
		host := hostOf(value)
		if host == "" {
			return 0
		}
		q.Sites = append(q.Sites, host)
	case "title", "intitle":
		if phrase, size := quoted(s[len(key)+1:], true); size > 0 {
			q.Titles = append(q.Titles, phrase)
			return len(key) + 1 + size
		}
		if !strings.ContainsFunc(value, letterOrDigit) {
			return 0
		}
		q.Titles = append(q.Titles, value)
	case "since":
		day, ok := Day(value)
		if !ok {
			return 0
		}
		q.Since = day
	case "before":
		day, ok := Day(value)
		if !ok {
			return 0
		}
		q.Before = day
	default:
		return 0
	}
	return len(word)
}

// quoted reads a phrase in quotation marks at the start of s: what stands between them, and the length with them; 0 where there is none. Marks
// that people also write for inches open a phrase only where a word may begin, and close it only where one may end.
func quoted(s string, begins bool) (phrase string, size int) {
	open, n := utf8.DecodeRuneInString(s)
	closing := quotes[open]
	if closing == "" || !begins && (open == '"' || open == '»') {
		return "", 0
	}
	for i, r := range s[n:] {
		if r == '\n' {
			return "", 0
		}
		if !strings.ContainsRune(closing, r) {
			continue
		}
		phrase, size = s[n:n+i], n+i+utf8.RuneLen(r)
		if after, _ := utf8.DecodeRuneInString(s[size:]); r == '"' && letterOrDigit(after) {
			continue
		}
		if !strings.ContainsFunc(phrase, letterOrDigit) {
			return "", 0
		}
		return strings.TrimSpace(phrase), size
	}
	return "", 0
}

func letterOrDigit(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// upToBlank is what of s stands before its first blank, without punctuation at its end.
func upToBlank(s string) string {
	if end := strings.IndexFunc(s, unicode.IsSpace); end >= 0 {
		s = s[:end]
	}
	return strings.TrimRightFunc(s, func(r rune) bool { return strings.ContainsRune(".,;:!?)]", r) })
}

// hostOf is the host of an address or of the beginning of one, "" where it is none: it has a point, and letters, digits and hyphens between. It is as
// the addresses of articles have it: münchen.de is xn--mnchen-3ya.de.
func hostOf(s string) string {
	s = strings.ToLower(s)
	s = strings.TrimPrefix(strings.TrimPrefix(s, "https://"), "http://")
	s, _, _ = strings.Cut(s, "/")
	s = strings.TrimPrefix(s, "www.")
	labels := strings.Split(s, ".")
	for _, label := range labels {
		if label == "" || strings.ContainsFunc(label, func(r rune) bool { return r != '-' && !letterOrDigit(r) }) {
			return ""
		}
	}
	if strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf }) {
		ascii, err := idna.Lookup.ToASCII(s)
		if err != nil {
			return ""
		}
		s = ascii
	}
	if len(labels) < 2 || len(s) > 253 {
		return ""
	}
	return s
}

// Day reads 2021, 2021-03 or 2021-03-15 as the first day of it.
func Day(s string) (time.Time, bool) {
	for _, layout := range []string{"2006", "2006-01", time.DateOnly} {
		if day, err := time.Parse(layout, s); err == nil && day.Year() >= 1 {
			return day, true
		}
	}
	return time.Time{}, false
}

// On reports whether a host is one of the query's sites or below one: edition.cnn.com is on cnn.com, notcnn.com is not.
func On(host string, sites []string) bool {
	host = strings.ToLower(host)
	for _, site := range sites {
		if rest, ok := strings.CutSuffix(host, site); ok && (rest == "" || strings.HasSuffix(rest, ".")) {
			return true
		}
	}
	return false
}
