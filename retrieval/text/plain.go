package text

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Most words of most texts are plain: nothing but letters that stand for themselves. This file tells them by a look into a table a letter, where
// the rules of Unicode in full take searches; what it does not tell is left to those rules, and nothing else comes out (plain_test.go).

// A plainLetter is a letter with which a word may go on by UAX #29, that NFKC leaves alone whatever stands before it, and whose lower case is one
// such letter too.
type plainLetter struct {
	lower uint16 // 0: not plain
	upper bool
}

const (
	twoBytes   = 0x0800 // the first rune of three bytes in UTF-8
	vietnamese = 0x1e00 // Latin Extended Additional, 256 runes
)

// plainLetters are those of Latin, Greek, Cyrillic and Arabic script, by rune, up to twoBytes and from vietnamese on.
var plainLetters = func() (table [twoBytes + 256]plainLetter) {
	for i := range table {
		r := rune(i)
		if r >= twoBytes {
			r += vietnamese - twoBytes
		}
		// The Turkish İ is two letters in lower case, which lower knows of.
		if lower := unicode.ToLower(r); unicode.IsLetter(r) && unicode.In(r, unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Arabic) && r != 'İ' &&
			norm.NFKC.IsNormalString(string(r)) && norm.NFKC.IsNormalString(string(lower)) && lower < 1<<16 {
			table[i] = plainLetter{uint16(lower), unicode.IsUpper(r)}
		}
	}
	return table
}()

// letterAt is the letter at the start of s, which is no ASCII, and its size; 0 if it is not plain.
func letterAt(s string) (letter plainLetter, size int) {
	switch {
	case len(s) >= 2 && s[0] >= 0xc2 && s[0] < 0xe0 && s[1]&0xc0 == 0x80:
		letter, size = plainLetters[int(s[0]&0x1f)<<6|int(s[1]&0x3f)], 2
	case len(s) >= 3 && s[0] == 0xe1 && s[1]&0xfc == 0xb8 && s[2]&0xc0 == 0x80:
		letter, size = plainLetters[twoBytes+int(s[1]&3)<<6|int(s[2]&0x3f)], 3
	}
	if letter.lower == 0 {
		return plainLetter{}, 0
	}
	return letter, size
}

// plainWord is the length of the word at the start of s if that is plain: plain letters, then something in ASCII that cannot belong to it by
// UAX #29; a single Thai letter with its marks, or a single Chinese character, which are segments for themselves. Else it is 0 and the full rules
// decide.
func plainWord(s string) int {
	i := 0
	for i < len(s) {
		if c := s[i]; c < utf8.RuneSelf {
			if c |= 0x20; c < 'a' || c > 'z' {
				break
			}
			i++
			continue
		}
		_, size := letterAt(s[i:])
		if size == 0 {
			if i > 0 {
				return 0
			}
			return aloneWord(s)
		}
		i += size
	}
	if i == 0 {
		if s[0] == ' ' {
			return 1
		}
		return 0
	}
	if i == len(s) {
		return i
	}
	switch c := s[i]; {
	case c == ' ' || c == '\n' || c == ')' || c == '"' || c == '!' || c == '?' || c == ';' || c == '-':
		// A blank may still carry a combining mark, but that never joins the word before it.
		return i
	case (c == ',' || c == '.') && (i+1 == len(s) || s[i+1] == ' ' || s[i+1] == '\n'):
		return i
	}
	return 0
}

// aloneWord is the length of a Thai letter with its marks, or of a Chinese character, at the start of s, if more of the same or ASCII follows.
func aloneWord(s string) int {
	r, size := utf8.DecodeRuneInString(s)
	thai := isThaiLetter(r)
	if !thai && !isHan(r) {
		return 0
	}
	for size < len(s) {
		next, n := utf8.DecodeRuneInString(s[size:])
		switch {
		case thai && isThaiMark(next):
			size += n
		case next < utf8.RuneSelf || isThaiLetter(next) || isHan(next):
			return size
		default:
			return 0
		}
	}
	return size
}

// isHan reports the characters of the main block.
func isHan(r rune) bool { return r >= 0x4e00 && r <= 0x9fff }

func isThaiLetter(r rune) bool {
	return r >= 0x0e01 && r <= 0x0e30 || r == 0x0e32 || r == 0x0e33 || r >= 0x0e40 && r <= 0x0e46
}

func isThaiMark(r rune) bool {
	return r == 0x0e31 || r >= 0x0e34 && r <= 0x0e3a || r >= 0x0e47 && r <= 0x0e4e
}

// plainLower is NFKC and lower case of a word of plain letters and digits, or of a script without capitals, if it is one.
func plainLower(word string) (lower string, ok bool) {
	upper := false
	for i := 0; i < len(word); {
		c := word[i]
		if c < utf8.RuneSelf {
			upper = upper || c >= 'A' && c <= 'Z'
			if !isAlphanumeric(c) {
				return "", false
			}
			i++
			continue
		}
		letter, size := letterAt(word[i:])
		if size == 0 {
			return word, isCaselessWord(word)
		}
		upper = upper || letter.upper
		i += size
	}
	if !upper {
		return word, true
	}
	b := make([]byte, 0, len(word)+utf8.UTFMax)
	for i := 0; i < len(word); {
		if c := word[i]; c < utf8.RuneSelf {
			b = append(b, byte(unicode.ToLower(rune(c))))
			i++
			continue
		}
		letter, size := letterAt(word[i:])
		b = utf8.AppendRune(b, rune(letter.lower))
		i += size
	}
	return string(b), true
}

func isAlphanumeric(c byte) bool {
	return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z'
}

// isCaselessWord reports a word in NFKC of a script without capitals: one from Hebrew to Burmese, kana, Chinese, Korean.
func isCaselessWord(word string) bool {
	for _, r := range word {
		if !(r >= 0x0590 && r < 0x10a0 || r >= 0x3041 && r <= 0x30ff || isHan(r) || r >= 0xac00 && r <= 0xd7a3) {
			return false
		}
	}
	return norm.NFKC.IsNormalString(word)
}
