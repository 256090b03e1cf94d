package bot

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxQuestionLike is how long a message may be, in characters, that is taken for a question though nobody spoke to the bot.
const maxQuestionLike = 300

// questionWords begin questions in the languages of the catalogues.
var questionWords = wordSet(`who whom whose what which when where why how
	wer wen wem wessen was welche welcher welches welchen welchem wann wo wohin woher warum wieso weshalb wie wieviel wieviele womit wofür worum
	quién quiénes qué cuál cuáles cuándo dónde adónde cómo cuánto cuánta cuántos cuántas`)

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(words) {
		set[w] = true
	}
	return set
}

// Concerns reports whether a message that nobody addressed to the bot may be its business: it has links, or looks like a question.
// What it comes to in the message's channel is Hear's to decide.
func Concerns(text string) bool { return len(Links(text)) > 0 || questionLike(text) }

// questionLike reports whether a text looks like a question: of at most 300 characters, it ends with a question mark or begins with a
// word that questions begin with.
func questionLike(text string) bool {
	text = strings.TrimSpace(text)
	if text == "" || utf8.RuneCountInString(text) > maxQuestionLike {
		return false
	}
	if last, _ := utf8.DecodeLastRuneInString(strings.TrimRight(text, " \n!\"'*_~)")); last == '?' {
		return true
	}
	first := strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && r != '\'' })
	return len(first) > 0 && questionWords[strings.ToLower(strings.TrimSuffix(first[0], "'s"))]
}
