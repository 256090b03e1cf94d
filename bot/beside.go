package bot

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"archivist"
)

// aDay is the least by which an article must be younger to be offered as newer.
const aDay = 24 * time.Hour

// newer is the passage that is offered beside the first as newer: of another article that was published a day or more after the first's,
// and which has, in its text or title, every word of the question that the first passage has there, two at the least. 0: there is none.
// Of several it is the one that ranking puts first.
func newer(question string, passages []archivist.Passage) int {
	first := passages[0]
	words := held(wordsOf(question), first)
	if first.Article.Published.IsZero() || len(words) < 2 {
		return 0
	}
	for i, p := range passages[1:] {
		if p.Article.ID != first.Article.ID && !p.Article.Published.Before(first.Article.Published.Add(aDay)) && len(held(words, p)) == len(words) {
			return i + 1
		}
	}
	return 0
}

// differs is the passage that is shown beside the first because it has other figures, where the question asks for some: of another site,
// published within a month of the first's, with an answering sentence that shares three words or more with the first's, two thirds of the
// shorter one's at the least, and not one of its numbers, while both have some. Passage but is left out. 0: there is none.
func differs(question string, passages []archivist.Passage, but int) int {
	if !asksFigure(question) {
		return 0
	}
	first := passages[0]
	words, numbers := wordsOf(first.Answering()), numbersOf(first.Answering())
	for i, p := range passages {
		if i == 0 || i == but || p.Article.Site == first.Article.Site || p.Article.ID == first.Article.ID || !sameTime(first.Article, p.Article) {
			continue
		}
		others, theirs := wordsOf(p.Answering()), numbersOf(p.Answering())
		shared := len(common(words, others))
		if shared >= 3 && 3*shared >= 2*min(len(words), len(others)) && len(numbers) > 0 && len(theirs) > 0 && !overlap(numbers, theirs) {
			return i
		}
	}
	return 0
}

// figureWords stand in questions for a number or a day, in the languages of the catalogues.
var figureWords = wordSet(`when many much long often high tall deep fast heavy percent percentage cost costs price age number date
	wann viel viele wieviel wieviele lange alt hoch tief schnell schwer teuer prozent kostet kosten preis alter zahl anzahl datum
	cuándo cuánto cuánta cuántos cuántas porcentaje cuesta cuestan precio edad número fecha`)

func asksFigure(question string) bool {
	return slices.ContainsFunc(strings.FieldsFunc(strings.ToLower(question), func(r rune) bool { return !unicode.IsLetter(r) }), func(w string) bool { return figureWords[w] })
}

// sameTime reports whether two articles are of about the same time, as far as that is known: what is older has older figures, which is no
// difference.
func sameTime(a, b archivist.Head) bool {
	if a.Published.IsZero() || b.Published.IsZero() {
		return a.Published.IsZero() && b.Published.IsZero()
	}
	return a.Published.Sub(b.Published).Abs() <= 30*aDay
}

// held are the words that a passage has in its text or its article's title.
func held(words map[string]bool, p archivist.Passage) map[string]bool {
	return common(words, wordsOf(p.Text+" "+p.Article.Title))
}

func common(a, b map[string]bool) map[string]bool {
	both := map[string]bool{}
	for w := range a {
		if b[w] {
			both[w] = true
		}
	}
	return both
}

func overlap(a, b map[string]bool) bool { return len(common(a, b)) > 0 }

// stemLength is how much of a word must agree: endings differ, and this room has no stemmer. Words below shortest are mostly grammar.
const (
	stemLength = 5
	shortest   = 4
)

// grammar are words of four letters or more that are in every text, in the languages of the catalogues.
var grammar = wordSet(`does will would could should must have been were being their there they them that this those these than then with from about
	into over also only more most some such very wird werden wurde wurden sind waren sein seine eine einen einem einer dass diese dieser dieses diesen
	nicht auch noch haben hatte hatten kann können soll sollen muss müssen über nach beim oder aber será serán está están fueron sido tiene tienen puede
	pueden para como este esta estos estas sobre entre desde hasta pero porque también`)

// wordsOf are the words of a text that carry its meaning, roughly: of four letters or more, but those of grammar and those that questions
// begin with; their first five letters in lower case.
func wordsOf(text string) map[string]bool {
	words := map[string]bool{}
	for _, w := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) }) {
		if utf8.RuneCountInString(w) >= shortest && !questionWords[w] && !grammar[w] {
			words[firstRunes(w, stemLength)] = true
		}
	}
	return words
}

// numbersOf are the numbers of a text, without the points, commas and blanks that divide thousands: "1,200" and "1.200" are 1200, "4.2"
// is 42, which is as good for telling numbers apart.
func numbersOf(text string) map[string]bool {
	numbers := map[string]bool{}
	var number strings.Builder
	runes := []rune(text)
	for i, r := range runes {
		switch {
		case unicode.IsDigit(r):
			number.WriteRune(r)
		case strings.ContainsRune(".,'’\u00a0\u202f", r) && number.Len() > 0 && i+1 < len(runes) && unicode.IsDigit(runes[i+1]):
		case number.Len() > 0:
			numbers[number.String()] = true
			number.Reset()
		}
	}
	if number.Len() > 0 {
		numbers[number.String()] = true
	}
	return numbers
}
