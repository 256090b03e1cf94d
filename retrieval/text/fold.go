package text

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// latinLetters are letters of Latin script that carry no mark of their own but are read as others.
var latinLetters = strings.NewReplacer("ø", "o", "ł", "l", "đ", "d", "ð", "d", "þ", "th", "æ", "ae", "œ", "oe", "ı", "i", "ß", "ss")

// foldLatin takes the accents off Latin letters: fiancé → fiance. Letters of other scripts keep theirs (й stays й).
func foldLatin(s string) string {
	if ascii, _ := isASCII(s); ascii {
		return s
	}
	return latinLetters.Replace(foldMarks(s, unicode.Latin))
}

// foldMarks drops the combining marks that stand on letters of script.
func foldMarks(s string, script *unicode.RangeTable) string {
	var b strings.Builder
	onScript := false
	for _, r := range norm.NFD.String(s) {
		if unicode.Is(unicode.Mn, r) {
			if onScript {
				continue
			}
		} else {
			onScript = unicode.Is(script, r)
		}
		b.WriteRune(r)
	}
	return norm.NFC.String(b.String())
}

// foldGreek takes accents off and makes the final sigma an ordinary one.
func foldGreek(s string) string {
	return foldLatin(strings.ReplaceAll(foldMarks(s, unicode.Greek), "ς", "σ"))
}

func foldCyrillic(s string) string { return foldLatin(strings.ReplaceAll(s, "ё", "е")) }

var arabicLetters = strings.NewReplacer("أ", "ا", "إ", "ا", "آ", "ا", "ٱ", "ا", "ة", "ه", "ى", "ي", "ـ", "")

// foldArabic makes the alefs one, ة ه, ى ي, and drops tatweel and vowel marks.
func foldArabic(s string) string {
	s = strings.Map(func(r rune) rune {
		if r >= 0x064b && r <= 0x065f || r == 0x0670 {
			return -1
		}
		return r
	}, s)
	return foldLatin(arabicLetters.Replace(s))
}

var hindiLetters = strings.NewReplacer("\u093c", "", "ँ", "ं", "ी", "ि", "ू", "ु", "ई", "इ", "ऊ", "उ")

// foldHindi drops the nukta, makes chandrabindu an anusvara and long i and u short, which are spelled either way.
func foldHindi(s string) string { return foldLatin(hindiLetters.Replace(norm.NFD.String(s))) }

// cedillas: Snowball's Romanian knows the letters with cedilla, texts have them with a comma below.
func cedillas(s string) string { return strings.NewReplacer("ș", "ş", "ț", "ţ").Replace(s) }

func sharpS(s string) string { return strings.ReplaceAll(s, "ß", "ss") }
