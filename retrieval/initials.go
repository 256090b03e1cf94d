package retrieval

import (
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"archivist/retrieval/answer"
	"archivist/retrieval/index"
)

// Initials and what they stand for are one: a question with "WHO" also finds "World Health Organization" and the other way, where an article of
// the library writes one behind the other. The long form's words then stand in the question, each also as the initials; together they weigh as
// much as what was typed.

const maxExpanded = 4 // abbreviations and long forms of a question that are looked up

// expand puts what initials stand for in their place.
func (s *snapshot) expand(question string, words []answer.Word) []answer.Word {
	var expanded []answer.Word
	looked := 0
	for _, w := range words {
		typed := strings.ReplaceAll(question[w.At:w.End], ".", "")
		if !w.Known || !isInitials(typed) || looked == maxExpanded {
			expanded = append(expanded, w)
			continue
		}
		looked++
		e, ok := s.longForms.of(s.index, w.Terms[0], strings.ToLower(typed))
		if !ok {
			expanded = append(expanded, w)
			continue
		}
		long, mass := s.pieces(w, e.Terms), 0.
		for _, piece := range long {
			mass += piece.IDF
		}
		for i := range long {
			long[i].IDF *= w.IDF / max(mass, 1e-9)
			long[i].Terms, long[i].Joined = append(long[i].Terms, w.Terms[0]), 1
		}
		expanded = append(expanded, long...)
	}
	return expanded
}

// maxLongForms is how many initials are remembered with what they stand for.
const maxLongForms = 1000

// longForms remembers what initials stand for in one snapshot of an index, by term and letters: it is read from up to a thousand passages,
// which takes a sixth of such an ask, and some initials, such as US, are asked for again and again. It changes no result.
type longForms struct {
	mu   sync.Mutex
	read map[[2]string]index.Expansion
}

// of is what index.Snapshot.Expand tells of initials.
func (l *longForms) of(s *index.Snapshot, term, letters string) (e index.Expansion, ok bool) {
	key := [2]string{term, letters}
	l.mu.Lock()
	e, read := l.read[key]
	l.mu.Unlock()
	if !read {
		e, _ = s.Expand(term, letters)
		l.mu.Lock()
		if l.read == nil || len(l.read) == maxLongForms {
			l.read = map[[2]string]index.Expansion{}
		}
		l.read[key] = e
		l.mu.Unlock()
	}
	return e, len(e.Terms) > 0
}

// isInitials reports two to six capitals.
func isInitials(word string) bool {
	n := 0
	for _, r := range word {
		if !unicode.IsUpper(r) {
			return false
		}
		n++
	}
	return n >= 2 && n <= 6
}

// abbreviate gives the words of long forms in a question the initials that the library has for them.
func (s *snapshot) abbreviate(question, language string, words []answer.Word) {
	looked := 0
	for start := 0; start < len(words) && looked < maxExpanded; {
		end := start
		for end < len(words) && s.continues(question, words, start, end) {
			end++
		}
		if end-start >= 2 {
			looked++
			s.abbreviateRun(question, words[start:end], language)
		}
		start = max(end, start+1)
	}
}

// continues reports whether the word at end carries on a run of capitalised words: with nothing but blanks and small words of a name between.
func (s *snapshot) continues(question string, words []answer.Word, start, end int) bool {
	if first, _ := utf8.DecodeRuneInString(question[words[end].At:]); !unicode.IsUpper(first) {
		return false
	}
	if end == start {
		return true
	}
	between := question[words[end-1].End:max(words[end-1].End, words[end].At)]
	return !strings.ContainsFunc(between, func(r rune) bool { return !unicode.IsSpace(r) && !unicode.IsLower(r) }) && len(strings.Fields(between)) <= 2
}

// abbreviateRun looks for the initials of a run of words, with and without those of the small words in it.
func (s *snapshot) abbreviateRun(question string, run []answer.Word, language string) {
	var plain, all strings.Builder
	for i, w := range run {
		if i > 0 {
			for _, small := range strings.Fields(question[run[i-1].End:max(run[i-1].End, w.At)]) {
				r, _ := utf8.DecodeRuneInString(small)
				all.WriteRune(r)
			}
		}
		r, _ := utf8.DecodeRuneInString(question[w.At:])
		plain.WriteRune(unicode.ToLower(r))
		all.WriteRune(unicode.ToLower(r))
	}
	var terms []string
	for _, w := range run {
		terms = append(terms, w.Terms[0])
	}
	for _, letters := range slices.Compact([]string{plain.String(), all.String(), plain.String()[:max(0, plain.Len()-1)]}) {
		short, known := s.single(strings.ToUpper(letters), language)
		if !known {
			continue
		}
		if e, ok := s.longForms.of(s.index, short, letters); ok && slices.Equal(e.Terms, terms) {
			for i := range run {
				if !slices.Contains(run[i].Terms, short) {
					run[i].Terms, run[i].Joined = append(slices.Clone(run[i].Terms), short), run[i].Joined+1
				}
			}
			return
		}
	}
}
