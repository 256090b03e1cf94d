package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Sentences divides s into sentences, in order, each without blanks around it; together they hold everything of s but blanks.
// A sentence ends at . ! ? … with a blank and no lower-case letter behind, unless an abbreviation of the language or a single initial
// stands before; at 。！？।؟; and at every newline. In Thai, which has no such mark, a blank ends a clause.
func Sentences(s, lang string) []Span {
	l := lookup(lang)
	var spans []Span
	start := 0
	cut := func(end int) {
		from := end - len(strings.TrimLeftFunc(s[start:end], unicode.IsSpace))
		if to := from + len(strings.TrimRightFunc(s[from:end], unicode.IsSpace)); to > from {
			spans = append(spans, Span{from, to})
		}
		start = end
	}
	for i := 0; i < len(s); {
		r, size := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(s[i:])
		}
		after := i + size
		switch r {
		case '\n', '\u2028', '\u2029':
			cut(after)
		case '.', '!', '?', '…':
			if end, ok := endsSentence(s, after, r, l, s[start:i]); ok {
				cut(end)
			}
		case '。', '！', '？', '।', '॥', '؟', '۔', '｡':
			cut(after + closing(s[after:]))
		case ' ':
			if i > 0 && s[i-1] >= utf8.RuneSelf {
				before, _ := utf8.DecodeLastRuneInString(s[:i])
				next, _ := utf8.DecodeRuneInString(s[after:])
				if unicode.Is(unicode.Thai, before) && unicode.Is(unicode.Thai, next) {
					cut(after)
				}
			}
		}
		i = max(after, start) // past further marks of a sentence that was just cut
	}
	cut(len(s))
	return spans
}

// IsClause reports whether what Sentences has cut is a clause that may be a part of a sentence only: Thai.
func IsClause(s string) bool {
	last, _ := utf8.DecodeLastRuneInString(s)
	return unicode.Is(unicode.Thai, last)
}

// endsSentence decides about the mark before after; text is the sentence so far, without the mark.
func endsSentence(s string, after int, mark rune, l *language, text string) (end int, ok bool) {
	end = after + closing(s[after:])
	if end == len(s) {
		return end, true
	}
	if blank, _ := utf8.DecodeRuneInString(s[end:]); !unicode.IsSpace(blank) {
		return 0, false // 3.5, example.org
	}
	rest := strings.TrimLeftFunc(s[end:], func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("\"'“‘«([¿¡—–-", r) })
	if next, _ := utf8.DecodeRuneInString(rest); unicode.IsLower(next) {
		return 0, false
	}
	return end, mark != '.' || !l.abbreviated(text)
}

// closing is the length of further marks, quotes and brackets that belong to the sentence before them.
func closing(s string) int {
	return len(s) - len(strings.TrimLeft(s, ".!?…\"'”’»)]」』）】"))
}

// abbreviated reports whether the last word of text is an abbreviation, an initial, or (as in German dates) an ordinal before its noun.
// Letters with points between them (U.S, p.m) are taken to end no sentence: a passage loses less by a long sentence than by half a one.
func (l *language) abbreviated(text string) bool {
	word := text[strings.LastIndexFunc(text, func(r rune) bool { return unicode.IsSpace(r) })+1:]
	word = strings.TrimLeft(word, "(\"'“‘«[")
	if l.ordinalDot && isDigits(word) && len(word) <= 2 {
		return true
	}
	if utf8.RuneCountInString(word) == 1 {
		r, _ := utf8.DecodeRuneInString(word)
		return unicode.IsUpper(r)
	}
	lower := strings.ToLower(word)
	return abbreviations[lower] || l.abbreviations[lower] || isInitials(lower)
}

func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
