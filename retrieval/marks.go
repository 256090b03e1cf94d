package retrieval

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"archivist/retrieval/index"
	"archivist/retrieval/text"
)

// Words around names that tell what they name, in the languages that have a list. They are looked up in lower case, before stemming.
var (
	placeWords = wordSet(`in near across outside around throughout northern southern eastern western central downtown
		nahe nördlichen südlichen östlichen westlichen en cerca près à dans sur`)
	sayingWords = wordSet(`said says say told tells who added adds wrote writes tweeted announced explained argued testified
		sagte sagt erklärte teilte dijo afirmó explicó declaró dit affirmé déclaré expliqué`)
	titleWords = wordSet(`mr mrs ms miss dr sen rep gov sir lord lady judge justice president senator representative congressman congresswoman
		governor mayor secretary minister king queen prince princess pope actor actress singer rapper director coach quarterback officer
		attorney professor author ceo founder chairman spokesman spokeswoman spokesperson sheriff captain sergeant gen lt
		herr frau präsident präsidentin kanzler kanzlerin señor señora presidente presidenta ministro ministra monsieur madame président`)
	linkWords = wordSet(`of the de la del der von van den di da du des al el`)
	unitWords = wordSet(`percent per cent million billion trillion thousand hundred dollars euros pounds cents years year months weeks days hours
		minutes seconds miles kilometers km feet foot inches meters metres pounds tons tonnes degrees acres points people
		prozent millionen milliarden jahre tage millones años días`)
)

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for word := range strings.FieldsSeq(words) {
		set[word] = true
	}
	return set
}

// A marker goes through the words of a text, stop words and all, and gives those that are indexed their marks.
type marker struct {
	s      string
	all    []text.Token
	tokens []index.Token // of those that are no stop words
	at     []int         // where in all each of them stands
}

// tokens are a text's tokens as the index takes them.
func tokens(s, language string) []index.Token {
	list, _ := mark(s, language, text.Sentences(s, language))
	return list
}

// mark is tokens where the sentences of s are known, with the end of each among the tokens. Each sentence is looked at for itself.
func mark(s, language string, sentences []text.Span) (list []index.Token, ends []int) {
	m := marker{s: s, all: text.Analyse(s, language)}
	m.tokens, m.at = make([]index.Token, 0, len(m.all)), make([]int, 0, len(m.all))
	ends = make([]int, 0, len(sentences))
	first, started := true, false // whether no word of the sentence has come yet; whether one that is no stop word has
	for i, token := range m.all {
		for len(ends)+1 < len(sentences) && token.Start >= sentences[len(ends)+1].Start {
			ends, first, started = append(ends, len(m.tokens)), true, false
		}
		if !token.Stop {
			m.add(i, token, first, started)
			started = true
		}
		first = false
	}
	for len(ends) < len(sentences) {
		ends = append(ends, len(m.tokens))
	}
	m.names()
	return m.tokens, ends
}

// add appends the token with what can be said of it alone.
func (m *marker) add(i int, token text.Token, first, started bool) {
	marks := index.Marks(0).With(m.joint(i, first))
	if token.Cap {
		marks |= index.Capital
	}
	if !started {
		marks |= index.Start
	}
	if !first {
		marks |= index.Inside
	}
	if c := token.Term[0]; c >= '0' && c <= '9' && m.amount(i) {
		marks |= index.Amount
	}
	m.tokens, m.at = append(m.tokens, index.Token{Term: token.Term, Marks: marks}), append(m.at, i)
}

// joint is what divides token i from the indexed one before it.
func (m *marker) joint(i int, first bool) index.Joint {
	if first || len(m.at) == 0 {
		return index.Broken
	}
	before := m.at[len(m.at)-1]
	joint := index.Beside
	for j := before + 1; j <= i; j++ {
		if start, end := m.all[j-1].End, m.all[j].Start; start < end && !blank(m.s[start:end]) {
			return index.Broken
		}
		if j < i {
			if !linkWords[strings.ToLower(m.word(j))] {
				joint = index.Apart
			} else if joint == index.Beside {
				joint = index.Linked
			}
		}
	}
	return joint
}

// blank reports whether what stands between two words does not divide them: a blank, a hyphen, the point of an abbreviation.
func blank(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool {
		return !unicode.IsSpace(r) && r != '-' && r != '\'' && r != '’' && r != '.' && r != '&'
	})
}

func (m *marker) word(i int) string {
	return strings.TrimSuffix(strings.TrimSuffix(m.s[m.all[i].Start:m.all[i].End], "'s"), "’s")
}

// amount reports whether the number at i has a currency before it, a per cent sign or a unit behind it.
func (m *marker) amount(i int) bool {
	before, _ := utf8.DecodeLastRuneInString(m.s[:m.all[i].Start])
	after, _ := utf8.DecodeRuneInString(m.s[m.all[i].End:])
	if unicode.Is(unicode.Sc, before) || unicode.Is(unicode.Sc, after) || after == '%' || after == '°' {
		return true
	}
	if strings.ContainsFunc(m.word(i), unicode.IsLetter) {
		return true // "31 million" is one token
	}
	return i+1 < len(m.all) && unitWords[strings.ToLower(m.word(i+1))]
}

// names marks runs of capitalised words by the words around them.
func (m *marker) names() {
	for start := 0; start < len(m.tokens); {
		end := start + 1
		if !m.tokens[start].Marks.Has(index.Capital) {
			start = end
			continue
		}
		for end < len(m.tokens) && m.tokens[end].Marks.Has(index.Capital) && m.tokens[end].Marks.Joint() <= index.Linked {
			end++
		}
		var marks index.Marks
		if i := m.at[start]; i > 0 {
			switch before := strings.ToLower(m.word(i - 1)); {
			case titleWords[before]:
				marks = index.Person
			case placeWords[before]:
				marks = index.Placed
			}
		}
		if i := m.at[end-1]; i+1 < len(m.all) && sayingWords[strings.ToLower(m.word(i+1))] || titleWords[strings.ToLower(m.word(m.at[start]))] {
			marks |= index.Person
		}
		for j := start; j < end; j++ {
			m.tokens[j].Marks |= marks
		}
		start = end
	}
}
