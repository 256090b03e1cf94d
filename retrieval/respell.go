package retrieval

import (
	"slices"
	"strings"
	"unicode"

	"archivist/retrieval/text"
)

// slipsFromEnd is how many letters of a word, from its end, are tried otherwise. A slip there changes the stem beyond one edit ("pandemci" is no
// pandem); one before it leaves the ending to the stemmer, so that the nearest stem is found (index.Near).
const slipsFromEnd = 5

// A respelling is another way to write a word.
type respelling struct {
	word, term string
	n          int // passages with the term
	stop       bool
}

// respelled is the most frequent word of the library, or else a stop word, that one slip near the end of a typed word makes of it. Each of some 300
// ways is analysed as a word of the language.
func (s *snapshot) respelled(typed, language string) (best respelling) {
	ways := ways([]rune(strings.ToLower(typed)))
	for _, token := range text.Analyse(ways, language) {
		r := respelling{word: ways[token.Start:token.End], term: token.Term, stop: token.Stop}
		if token.Stop {
			if best.term == "" && swapped(r.word, strings.ToLower(typed)) {
				best = r
			}
			continue
		}
		if r.n = s.index.DF(token.Term); r.n > best.n {
			best = r
		}
	}
	return best
}

// swapped reports whether two words have the same letters. A stop word is taken for what was meant only then ("whne"): many words that a small
// library happens not to have are a letter away from one.
func swapped(a, b string) bool {
	x, y := []rune(a), []rune(b)
	slices.Sort(x)
	slices.Sort(y)
	return slices.Equal(x, y)
}

// ways are the words that one slip behind the first letter makes of a word, each on a line: a letter more, less or other among the last ones, or
// two neighbours swapped anywhere.
func ways(word []rune) string {
	var b strings.Builder
	write := func(parts ...[]rune) {
		for _, part := range parts {
			b.WriteString(string(part))
		}
		b.WriteByte('\n')
	}
	letters := alphabet(word)
	for i := 1; i <= len(word); i++ {
		if i+1 < len(word) {
			write(word[:i], []rune{word[i+1], word[i]}, word[i+2:])
		}
		if i < len(word)-slipsFromEnd {
			continue
		}
		for _, r := range letters {
			write(word[:i], []rune{r}, word[i:])
			if i < len(word) && r != word[i] {
				write(word[:i], []rune{r}, word[i+1:])
			}
		}
		if i < len(word) {
			write(word[:i], word[i+1:])
		}
	}
	return b.String()
}

// alphabet is the letters of a word's script, and what else the word has.
func alphabet(word []rune) []rune {
	var letters string
	switch {
	case unicode.Is(unicode.Latin, word[0]):
		letters = "abcdefghijklmnopqrstuvwxyz"
	case unicode.Is(unicode.Cyrillic, word[0]):
		letters = "абвгдежзийклмнопрстуфхцчшщъыьэюя"
	case unicode.Is(unicode.Greek, word[0]):
		letters = "αβγδεζηθικλμνξοπρστυφχψω"
	}
	for _, r := range word {
		if unicode.IsLetter(r) && !strings.ContainsRune(letters, r) {
			letters += string(r)
		}
	}
	return []rune(letters)
}
