package index

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	maxInitials = 6    // letters of an abbreviation
	mostRead    = 1024 // passages with an abbreviation that are looked at for what it stands for, spread over all
	fewPassages = 10   // with an abbreviation, of which one article may say what it stands for
)

// An Expansion is what initials stand for.
type Expansion struct {
	Terms    []string // of the long form, without its stop words
	Articles int      // in which it stands beside its initials
}

// Expand finds what initials stand for in this library: the long form that stands just before them, where a mark of punctuation divides the two
// and each word has its letter in order, as in "World Health Organization (WHO)". term is the initials as a term, letters are they in lower case.
// A letter may belong to a stop word inside the long form ("Department of Justice", DOJ), and its last word may have none after one ("Centers
// for Disease Control and Prevention", CDC); then, where there are only two letters, and where more than
// ten passages have the initials, two articles must say so. Of several long forms the one
// of most articles is returned; ok is false where there is none. The idea is that of Schwartz and Hearst (2003).
func (s *Snapshot) Expand(term, letters string) (e Expansion, ok bool) {
	initials := []rune(letters)
	if len(initials) < 2 || len(initials) > maxInitials {
		return e, false
	}
	type form struct {
		articles map[int64]bool
		exact    bool
	}
	forms := map[string]*form{}
	read := 0
	var words []uint32
	for i := range s.parts {
		v := &s.parts[i]
		number, known := v.terms.find([]byte(term))
		if !known {
			continue
		}
		list := v.list(inPassage, number)
		for i := 0; i < len(list); i += 1 + len(list)/mostRead {
			passage := list[i] >> 8
			article := v.owner[passage]
			if v.isDead(article) {
				continue
			}
			read++
			words = v.text(words, passage)
			for at, w := range words {
				if w>>8 != number || !Marks(w).Has(Capital) || Marks(w).Joint() != Broken {
					continue
				}
				if long, exact := v.longForm(words[:at], initials); long != "" {
					f := forms[long]
					if f == nil {
						f = &form{articles: map[int64]bool{}}
						forms[long] = f
					}
					f.articles[v.ids[article]] = true
					f.exact = f.exact || exact && len(initials) > 2
				}
			}
		}
	}
	best := ""
	for long, f := range forms {
		n := len(f.articles)
		if (n >= 2 || f.exact && read <= fewPassages) && cmp.Or(cmp.Compare(n, e.Articles), cmp.Compare(best, long)) > 0 {
			best, e.Articles = long, n
		}
	}
	e.Terms = strings.Fields(best)
	return e, best != ""
}

// longForm is the terms at the end of words that the initials stand for, divided by blanks, "" if they stand for none; exact tells whether each
// word has one letter and each letter one word.
func (v *view) longForm(words []uint32, initials []rune) (long string, exact bool) {
	if long, exact = v.backwards(words, initials); long != "" || len(words) < 2 {
		return long, exact
	}
	if last := len(words) - 1; Marks(words[last]).Joint() == Apart && Marks(words[last]).Has(Capital) {
		if long, _ = v.backwards(words[:last], initials); long != "" {
			return long + " " + string(v.terms.term(words[last]>>8)), false
		}
	}
	return "", false
}

// backwards gives each word its letter, from the last to the first.
func (v *view) backwards(words []uint32, initials []rune) (long string, exact bool) {
	var terms []string
	exact = true
	joint := Beside // between the word at hand and the one behind it
	at := len(words)
	for left := len(initials); left > 0; {
		if at == 0 || !Marks(words[at-1]).Has(Capital) || joint == Broken {
			return "", false
		}
		term := v.terms.term(words[at-1] >> 8)
		if first, _ := utf8.DecodeRune(term); first != initials[left-1] {
			if joint == Beside || left == 1 {
				return "", false
			}
			left, exact, joint = left-1, false, Beside // the letter is that of the stop word between the two
			continue
		}
		terms = append(terms, string(term))
		at, left = at-1, left-1
		joint = Marks(words[at]).Joint()
	}
	if len(terms) < 2 {
		return "", false
	}
	slices.Reverse(terms)
	return strings.Join(terms, " "), exact
}
