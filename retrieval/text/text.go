// Package text turns text into terms: words by Unicode's boundaries with their places in the original, normal forms, stems, stop words;
// sentences; and the language of a text. It computes and nothing else: the same input always gives the same output.
//
// The order of steps is the same for articles and questions: word (UAX #29) → NFKC and lower case → apostrophes → stop word? → stem →
// fold accents. Stems come before folding because Snowball's rules need the accents. Begin with Analyse; languages.go has one row a
// language.
package text

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/words"
	"golang.org/x/text/unicode/norm"
)

// A Span is a range of bytes [Start, End) of a text, on rune limits.
type Span struct{ Start, End int }

// A Token is one word of a text, or one n-gram of a script that writes no blanks.
type Token struct {
	Term       string // normalised, stemmed, folded; never empty
	Start, End int    // bytes of the original
	Stop       bool   // a stop word of the language: neither indexed nor asked for
	Cap        bool   // begins with a capital letter
}

// maxWord is the longest word that is a term, and the longest term, in bytes; longer ones are noise (hashes, data) and are skipped. The index bounds
// its terms, and a word of 128 bytes may be normalised to ten times as many.
const maxWord = 128

// Analyse returns the words of s in order. lang is a BCP 47 code such as "en" or "pt-BR"; a language without a row in the table is
// neither stemmed nor has stop words. Overlapping n-grams have overlapping offsets. Bytes that are no UTF-8 separate words.
func Analyse(s, lang string) []Token {
	l := lookup(lang)
	tokens := make([]Token, 0, len(s)/6+1)
	var run gramRun
	for start := 0; start < len(s); {
		size := plainWord(s[start:])
		if size == 0 {
			size = firstWord(s[start:])
		}
		word := s[start : start+size]
		class := classOf(word)
		if class != run.class || class == classNone || run.end != start {
			tokens = run.flush(s, tokens)
			run.class = class
		}
		switch class {
		case classNone:
			tokens = l.appendSign(tokens, s, word, start)
		case classWord:
			tokens = l.appendWord(tokens, s, start, start+size)
		default:
			run.add(start, start+size)
		}
		start += size
	}
	return run.flush(s, tokens)
}

// firstWord is the length of the first segment of s by UAX #29.
func firstWord(s string) int {
	// A window keeps the iterator from looking at more than it needs; 4 KiB holds any word that becomes a term.
	window := s
	if len(window) > 4096 {
		window = window[:4096]
	}
	iterator := words.FromString(window)
	if !iterator.Next() {
		_, size := utf8.DecodeRuneInString(s)
		return max(size, 1)
	}
	return max(len(iterator.Value()), 1)
}

// appendSign adds the term of a sign that is read as a word: the % behind a number.
func (l *language) appendSign(tokens []Token, s, sign string, start int) []Token {
	if sign != "%" || l.percent == "" || len(tokens) == 0 {
		return tokens
	}
	if last := tokens[len(tokens)-1]; !digitsFirst(last.Term) || last.End != start && !closeBy(s[last.End:start]) {
		return tokens
	}
	return append(tokens, Token{Term: l.term(l.percent), Start: start, End: start + len(sign)})
}

// appendWord adds the term of s[start:end], a word of an alphabetic script. It may instead go into the number before it.
func (l *language) appendWord(tokens []Token, s string, start, end int) []Token {
	word := s[start:end]
	if len(word) > maxWord {
		return tokens
	}
	first, _ := utf8.DecodeRuneInString(word)
	token := Token{Start: start, End: end, Cap: unicode.IsUpper(first) || unicode.IsTitle(first)}
	plain := l.lower(word)
	if cut := l.elision(plain); cut > 0 {
		plain = plain[cut:]
		// The article before the apostrophe goes; normalising may have changed lengths, so the place is that of the whole word.
	}
	initials := isInitials(plain)
	if initials {
		plain = strings.ReplaceAll(plain, ".", "")
	}
	token.Stop = l.stop[plain] && !initials && (!isAcronym(word) || isShouting(s))
	plain = l.apostrophes(plain)
	if plain == "" {
		return tokens
	}
	if len(tokens) > 0 && l.continueNumber(&tokens[len(tokens)-1], s, plain, start, end) {
		return tokens
	}
	if number, ok := l.number(plain, s[:start]); ok {
		token.Term = number
	} else {
		token.Term = l.term(plain)
	}
	return appendTerm(tokens, token)
}

// appendTerm adds a token, if its term is one.
func appendTerm(tokens []Token, token Token) []Token {
	if token.Term == "" || len(token.Term) > maxWord {
		return tokens
	}
	return append(tokens, token)
}

// lower is NFKC and lower case, with the Turkish dots, typographic apostrophes made plain, and soft hyphens and the like gone.
func (l *language) lower(word string) string {
	if ascii, upper := isASCII(word); ascii {
		if !upper || l.turkish {
			if !upper {
				return word
			}
		} else {
			return strings.ToLower(word)
		}
	} else if lower, ok := plainLower(word); ok && !(l.turkish && strings.Contains(word, "I")) {
		return lower
	}
	word = norm.NFKC.String(word)
	var b strings.Builder
	b.Grow(len(word))
	for _, r := range word {
		switch {
		case r == '’' || r == '‘' || r == 'ʼ' || r == '＇':
			r = '\''
		case l.turkish && r == 'I':
			r = 'ı'
		case l.turkish && r == 'İ':
			r = 'i'
		case r == 'İ': // elsewhere ToLower would leave a combining dot
			r = 'i'
		case r == '\u00ad' || r == '\u200d' || r == '\u200c' || r == utf8.RuneError:
			continue
		default:
			r = unicode.ToLower(r)
		}
		b.WriteRune(r)
	}
	// Lower case can leave what NFKC composes further.
	return norm.NFC.String(b.String())
}

// isASCII also tells whether a capital is among the bytes.
func isASCII(s string) (ascii, upper bool) {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false, false
		}
		if s[i] >= 'A' && s[i] <= 'Z' {
			upper = true
		}
	}
	return true, upper
}

// elision is the length of an article or pronoun that is bound to the word by an apostrophe (l'eau, dell'arte), 0 where there is none.
func (l *language) elision(word string) int {
	at := strings.IndexByte(word, '\'')
	if at <= 0 || at == len(word)-1 || !l.elisions[word[:at]] {
		return 0
	}
	return at + 1
}

// apostrophes cuts the possessive 's (in Turkish whatever follows the apostrophe) and drops the other apostrophes: o'brien → obrien.
func (l *language) apostrophes(word string) string {
	at := strings.IndexByte(word, '\'')
	if at < 0 {
		return word
	}
	if l.turkish && at > 0 {
		return word[:at]
	}
	word = strings.TrimSuffix(strings.TrimSuffix(word, "'s"), "'")
	return strings.ReplaceAll(word, "'", "")
}

// isInitials reports letters each followed by a point but perhaps the last: u.s, e.g, j.r.r
func isInitials(word string) bool {
	letter, seen := true, 0
	for _, r := range word {
		if letter && !unicode.IsLetter(r) || !letter && r != '.' {
			return false
		}
		if !letter {
			seen++
		}
		letter = !letter
	}
	return seen > 0
}

// isShouting reports a text that has nothing but capitals; one word in capitals is an acronym.
func isShouting(s string) bool {
	return strings.ContainsRune(s, ' ') && !strings.ContainsFunc(s, unicode.IsLower)
}

// isAcronym reports two or more capitals and nothing else: "US" is no pronoun.
func isAcronym(word string) bool {
	n := 0
	for _, r := range word {
		if !unicode.IsUpper(r) {
			return false
		}
		n++
	}
	return n >= 2
}

// term stems a lower-case word and folds its accents.
func (l *language) term(word string) string {
	if l.stem == nil {
		return l.fold(word)
	}
	return l.cache.get(word, func() string {
		if n := l.numerals[word]; n.digits != "" {
			return n.digits
		}
		return l.fold(l.stem(l.prepare(word)))
	})
}
