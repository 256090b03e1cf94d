package rank

import (
	"math"

	"archivist/retrieval/index"
)

// A Close looks closer at the text around a passage that was ranked: with what the ranking knows of the question and of what other passages
// say. It is used by one goroutine.
type Close struct {
	r      *ranking
	column Column
}

// Signs are what one sentence shows.
type Signs struct {
	Found uint64  // words of the question, bit i stands for word i
	Votes float64 // of its best candidate, over the most of any; may be above 1
	Fit   float64 // of the candidate that fits the wanted kind best
	Score float64 // of the answering sentence: the greatest of a passage wins
}

// Release ends the look and lends the memory of ranking and reading to the next ones.
func (c *Close) Release() {
	c.r.reading.Release()
	c.r.q, c.r.hits, c.r.reading = Question{}, nil, nil
	rankings.Put(c.r)
	c.r = nil
}

// AppendWords appends tokens as words of the ranking.
func (c *Close) AppendWords(words []index.Word, tokens []index.Token) []index.Word {
	for _, token := range tokens {
		words = append(words, c.r.reading.Word(token))
	}
	return words
}

// Sentences looks at consecutive sentences of one article, whose words stand one behind the other up to the end of each.
func (c *Close) Sentences(words []index.Word, ends []int) []Signs {
	r := c.r
	r.grow()
	signs := make([]Signs, len(ends))
	owner := 0
	for _, c := range r.appendCandidates(r.candidates, words)[len(r.candidates):] {
		for c.start >= ends[owner] {
			owner++
		}
		c.form = r.forms.find(c.says(words))
		s := &signs[owner]
		s.Votes, s.Fit = max(s.Votes, r.voted(c)), max(s.Fit, c.fit)
	}
	start := 0
	for i, end := range ends {
		s := &signs[i]
		for _, w := range words[start:end] {
			s.Found |= r.found(w)
		}
		s.Votes /= max(r.mostVotes, math.SmallestNonzeroFloat64)
		w := c.column.Sentence
		s.Score = w.Coverage*r.share(s.Found) + w.Votes*s.Votes + w.Fit*s.Fit + w.Length*math.Log(1+float64(end-start))
		if i == 0 {
			s.Score += w.First
		}
		start = end
	}
	return signs
}

// grow makes room for terms that the reading has got since.
func (r *ranking) grow() {
	for range len(r.reading.Terms) - len(r.uses) {
		r.uses, r.idfs = append(r.uses, use{}), append(r.idfs, 0)
		r.wordVotes, r.seen = append(r.wordVotes, 0), append(r.seen, 0)
	}
}
