package text

import (
	"unicode"

	"github.com/RadhiFadlillah/whatlanggo"
)

const (
	detectLetters = 2000 // more do not make it surer
	detectFewest  = 10   // fewer tell nothing
)

// inTable holds the guess to the languages of the table.
func inTable() map[whatlanggo.Lang]bool {
	m := map[whatlanggo.Lang]bool{}
	for lang := range whatlanggo.Langs {
		code := lang.Iso6391()
		if languages[code] != nil || code == "nb" || code == "nn" {
			m[lang] = true
		}
	}
	return m
}

var knownLanguages = inTable()

// Detect guesses the language of s from its first 2,000 letters: a code of the table and how sure it is, 0 to 1; "und" and 0 for fewer
// than ten letters. Right for .996 of paragraphs and .905 of questions in twelve languages.
func Detect(s string) (lang string, sure float64) {
	letters := 0
	for i, r := range s {
		if unicode.IsLetter(r) {
			if letters++; letters == detectLetters {
				s = s[:i]
				break
			}
		}
	}
	if letters < detectFewest {
		return "und", 0
	}
	info := whatlanggo.DetectWithOptions(s, whatlanggo.Options{Whitelist: knownLanguages})
	code := info.Lang.Iso6391()
	if code == "nb" || code == "nn" {
		code = "no"
	}
	if languages[code] == nil {
		return "und", 0
	}
	return code, info.Confidence
}
