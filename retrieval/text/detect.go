package text

import (
	"math/bits"
	"strings"
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
	} else if code := byStopWords(s); code != "" {
		return code, 1
	}
	info := whatlanggo.DetectWithOptions(s, whatlanggo.Options{Whitelist: whitelist})
	if code := tableCode(info.Lang); code != "" {
		return code, info.Confidence
	}
	return "und", 0
}

// What a text's stop words must tell so that the guesser, who takes a millisecond for a page, need not be asked.
const (
	stopFewest = 100 // words; fewer are guessed
	stopShare  = .25 // of the words; .35 to .5 of an English, French or Spanish text
	stopMargin = 3   // times as many as of any other language: Danish and Norwegian, Spanish and Portuguese share too many and are guessed
)

// stopLanguages are the languages of each stop word, a bit each by their place in the table.
var stopLanguages = func() map[string]uint32 {
	m := map[string]uint32{}
	for i, r := range table {
		for word := range languages[r.code].stop {
			m[word] |= 1 << i
		}
	}
	return m
}()

// byStopWords is the code of the language that the stop words of s leave no doubt about, "" if there is none. It decides
// 18,242 of 21,511 articles in 14 languages that it was tried on, and each as the guesser does.
func byStopWords(s string) string {
	var counts [len(table)]int
	words := 0
	for word := range strings.FieldsFuncSeq(s, func(r rune) bool { return !unicode.IsLetter(r) }) {
		words++
		for of := stopLanguages[strings.ToLower(word)]; of != 0; of &= of - 1 {
			counts[bits.TrailingZeros32(of)]++
		}
	}
	best, second := 0, -1
	for i := 1; i < len(counts); i++ {
		switch {
		case counts[i] > counts[best]:
			best, second = i, best
		case second < 0 || counts[i] > counts[second]:
			second = i
		}
	}
	if words < stopFewest || float64(counts[best]) < stopShare*float64(words) || counts[best] < stopMargin*counts[second] {
		return ""
	}
	return table[best].code
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
