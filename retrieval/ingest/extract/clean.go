package extract

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// tidy is a block's text as it is stored: NFC, runs of blanks as one, lines trimmed, and without characters that readers do not see.
func tidy(s string) string {
	lines := strings.Split(seen(s), "\n")
	kept := lines[:0]
	for _, line := range lines {
		if line = strings.Join(strings.Fields(line), " "); line != "" {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "\n")
}

// tidyCode is tidy for code, whose lines keep their indents; a tab is four blanks.
func tidyCode(s string) string {
	s = strings.ReplaceAll(strings.ReplaceAll(seen(s), "\t", "    "), "\r", "")
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRightFunc(line, unicode.IsSpace)
	}
	return strings.Trim(strings.Join(lines, "\n"), "\n")
}

// mostMarks is how many combining marks may follow one another: languages use three at most, and piles of them cover the lines around.
const mostMarks = 8

// seen is a text in NFC without what readers do not see. Joiners stay where scripts and emoji need them: in Latin, Greek or Cyrillic words
// they would only make two words look like one.
func seen(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	last, marks := ' ', 0
	for _, r := range s {
		if unicode.Is(unicode.Mn, r) {
			marks++
		} else {
			marks = 0
		}
		switch {
		case unseen(r), marks > mostMarks, (r == zeroWidthNonJoiner || r == zeroWidthJoiner) && !joins(last):
			continue
		}
		b.WriteRune(r)
		last = r
	}
	return norm.NFC.String(b.String())
}

const (
	zeroWidthNonJoiner = 0x200c
	zeroWidthJoiner    = 0x200d
)

// joins reports whether a joiner has a meaning behind r: in scripts whose letters change with their neighbours, and in emoji.
func joins(r rune) bool {
	return r > 0x52f && !unicode.Is(unicode.Han, r) && (unicode.IsLetter(r) || unicode.IsMark(r)) || r >= 0x2190 && unicode.IsSymbol(r) || r == 0xfe0f
}

// unseen reports control, bidi, zero-width, tag and private-use characters, and what no text has.
func unseen(r rune) bool {
	switch {
	case r == '\n' || r == '\t' || r == '\r':
		return false
	case r < 0x20 || r >= 0x7f && r < 0xa0,
		r == 0xad || r == 0x200b || r == 0x200e || r == 0x200f || r == 0x2060 || r == 0xfeff || r == 0x061c || r == 0x180e,
		r >= 0x202a && r <= 0x202e || r >= 0x2061 && r <= 0x206f,
		r >= 0xe000 && r <= 0xf8ff || r >= 0xfff0 && r <= 0xffff || r >= 0xe0000,
		r == utf8.RuneError:
		return true
	}
	return false
}
