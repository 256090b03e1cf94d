package index

import "slices"

// Phrase lists by article the passages (by their place in it) in which the tokens stand one after the other, with the same joints between them.
// What the index does not have, the endings of words and which stop words divide them, may differ. It is nil for no tokens. It reads the
// passages with the rarest of the terms.
func (s *Snapshot) Phrase(tokens []Token) map[int64][]int {
	if len(tokens) == 0 {
		return nil
	}
	found := map[int64][]int{}
	var text []uint32
	words := make([]uint32, len(tokens)) // as a part has them, but for the marks
	for i := range s.parts {
		v := &s.parts[i]
		rarest := -1
		for j, token := range tokens {
			t, ok := v.terms.find([]byte(token.Term))
			if !ok {
				rarest = -1
				break
			}
			words[j] = t
			if rarest < 0 || len(v.list(inPassage, t)) < len(v.list(inPassage, words[rarest])) {
				rarest = j
			}
		}
		if rarest < 0 {
			continue
		}
		for _, posting := range v.list(inPassage, words[rarest]) {
			passage := posting >> 8
			article := v.owner[passage]
			text = v.text(text, passage)
			if !v.isDead(article) && runs(text, words, tokens) {
				found[v.ids[article]] = append(found[v.ids[article]], int(passage-v.firsts[article]))
			}
		}
	}
	return found
}

// runs reports whether a text has the words as a run, joined as the tokens are.
func runs(text, words []uint32, tokens []Token) bool {
	for start := range max(0, len(text)-len(words)+1) {
		n := 0
		for n < len(words) && text[start+n]>>8 == words[n] && (n == 0 || Marks(text[start+n]).Joint() == tokens[n].Marks.Joint()) {
			n++
		}
		if n == len(words) {
			return true
		}
	}
	return false
}

// TitleHas reports whether the title of a living article has the terms one after the other.
func (s *Snapshot) TitleHas(article int64, terms []string) bool {
	for i := range s.parts {
		v := &s.parts[i]
		a, ok := v.byID[article]
		if !ok || v.isDead(a) {
			continue
		}
		words := make([]uint32, len(terms))
		for j, term := range terms {
			if words[j], ok = v.terms.find([]byte(term)); !ok {
				return false
			}
		}
		title := v.title(a)
		for start := range max(0, len(title)-len(words)+1) {
			if slices.Equal(title[start:start+len(words)], words) {
				return true
			}
		}
	}
	return false
}
