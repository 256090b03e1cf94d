package extract

import "unicode"

// spaceless scripts put no blanks between words.
var spaceless = []*unicode.RangeTable{unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar}

// countWords is how many words a text has for the limits of this package: what stands between blanks, and two characters as one word in
// scripts that write none.
func countWords(s string) int {
	words, characters, inside := 0, 0, false
	for _, r := range s {
		switch {
		case unicode.IsSpace(r), r >= 0x3000 && r < 0x10000 && unicode.IsPunct(r): // the latter as 。and 「
			inside = false
		case r >= 0xe00 && unicode.In(r, spaceless...):
			characters++
			inside = false
		case !inside:
			words++
			inside = true
		}
	}
	return words + (characters+1)/2
}
