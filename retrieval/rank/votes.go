package rank

import (
	"cmp"
	"math"
	"slices"

	"archivist/retrieval/index"
)

// A tally counts votes by number (of a form or of a term), the most of each article once: what many articles say of a story is likely the
// answer, and a text that is told again and again must not elect itself.
type tally struct {
	sum      []float64
	articles []int // that voted for the number
	most     []float64
	touched  []int
}

// reset readies the tally for so many numbers.
func (t *tally) reset(numbers int) {
	t.sum, t.articles, t.most = zeros(t.sum, numbers), zeros(t.articles, numbers), zeros(t.most, numbers)
}

func (t *tally) vote(number int, weight float64) {
	if t.most[number] == 0 {
		t.touched = append(t.touched, number)
	}
	t.most[number] = max(t.most[number], weight)
}

// close ends an article's votes.
func (t *tally) close() {
	for _, number := range t.touched {
		t.sum[number] += t.most[number]
		t.articles[number]++
		t.most[number] = 0
	}
	t.touched = t.touched[:0]
}

// groupByArticle puts the hits of an article together, the best first.
func (r *ranking) groupByArticle() {
	r.byArticle = zeros(r.byArticle, len(r.hits))
	for i := range r.byArticle {
		r.byArticle[i] = i
	}
	slices.SortFunc(r.byArticle, func(a, b int) int {
		return cmp.Or(cmp.Compare(r.hits[a].Article, r.hits[b].Article), cmp.Compare(a, b))
	})
}

// poll lets the first n hits vote, article by article.
func (r *ranking) poll(t *tally, n int, vote func(hit int, weight float64)) {
	article := int64(0)
	for _, i := range r.byArticle {
		if i >= n {
			continue
		}
		if r.hits[i].Article != article {
			t.close()
			article = r.hits[i].Article
		}
		vote(i, r.weight(i))
	}
	t.close()
}

// weight of a hit's votes: by its score against the best one's, and by its age.
func (r *ranking) weight(i int) float64 {
	share := r.hits[i].Score / r.hits[0].Score
	share *= share
	return share * share * math.Exp(-2*r.ages[i])
}

// find finds the candidates of all hits and numbers the forms of the voters among them.
func (r *ranking) find() {
	r.spans, r.candidates = zeros(r.spans, len(r.hits)), r.candidates[:0]
	r.ends = r.ends[:0]
	for i := range r.hits {
		r.candidates = r.appendCandidates(r.candidates, r.reading.Passages[i])
		r.ends = append(r.ends, len(r.candidates))
	}
	start := 0
	for i, end := range r.ends {
		r.spans[i], start = r.candidates[start:end], end
	}
	r.forms.reset(len(r.candidates))
	for i, spans := range r.spans {
		for j := range spans {
			c := &spans[j]
			if span := c.says(r.reading.Passages[i]); i < voters {
				c.form = r.forms.add(span)
			} else {
				c.form = r.forms.find(span)
			}
		}
	}
}

// says are the words by which a candidate votes: its last two, since titles and first names stand before them.
func (c candidate) says(words []index.Word) []index.Word {
	return words[max(c.start, c.end-2):c.end]
}

// vote lets the candidates of the best passages vote for their form: (S1 / the best S1)^4 · e^(-2 age) · (.1 + near) · fit, the most of each
// article, added over articles, times idf/8 of the last word (at most 1), so that a common word does not win. After Clarke, Cormack and
// Lynam (2001).
func (r *ranking) vote() []float64 {
	t := &r.formVotes
	t.reset(r.forms.n)
	r.lastWords = zeros(r.lastWords, r.forms.n)
	last := r.lastWords
	r.poll(t, voters, func(i int, weight float64) {
		for _, c := range r.spans[i] {
			t.vote(c.form, weight*(.1+c.near)*c.fit)
			last[c.form] = r.reading.Passages[i][c.end-1].Term()
		}
	})
	for form, term := range last {
		t.sum[form] *= min(1, r.idf(term)/8)
	}
	return t.sum
}

// voted are the votes that a candidate has.
func (r *ranking) voted(c candidate) float64 {
	if c.form < 0 {
		return 0
	}
	return r.votes[c.form]
}

// voteWords lets the words of the best passages vote, each article once; what one article alone says counts .3 (Lavrenko and Croft 2001). The votes
// of a word are weighed by its idf.
func (r *ranking) voteWords() []float64 {
	t := &r.termVotes
	t.reset(len(r.reading.Terms))
	r.poll(t, termVoter, func(i int, weight float64) {
		for _, w := range r.reading.Passages[i] {
			if r.asked(w) < 0 {
				t.vote(w.Term(), weight)
			}
		}
	})
	for term, sum := range t.sum {
		if sum > 0 && t.articles[term] == 1 {
			sum *= .3
		}
		if sum > 0 {
			t.sum[term] = sum * r.idf(term)
		}
	}
	return t.sum
}

// spots are where the question's words stand in a passage, by word.
func (r *ranking) spots(words []index.Word) []spot {
	r.spotted = r.spotted[:0]
	for at, w := range words {
		if a := r.asked(w); a >= 0 {
			r.spotted = append(r.spotted, spot(a)<<32|spot(at))
		}
	}
	slices.Sort(r.spotted)
	return r.spotted
}

// agreement takes the features of what other passages say.
func (r *ranking) agreement(i int) {
	v := &r.vectors[i]
	words := r.reading.Passages[i]
	for _, c := range r.spans[i] {
		v[Typed] = max(v[Typed], c.fit*(.2+c.near))
		v[Votes] = max(v[Votes], r.voted(c))
	}
	if len(words) > 0 {
		v[Terms] = r.shared(words) / math.Sqrt(float64(len(words)))
	}
}

// shared is the sum of the votes of a text's words, each once.
func (r *ranking) shared(words []index.Word) (sum float64) {
	r.text++
	for _, w := range words {
		if t := w.Term(); r.wordVotes[t] > 0 && r.seen[t] != r.text {
			r.seen[t] = r.text
			sum += r.wordVotes[t]
		}
	}
	return sum
}

// normalise sets what is measured against the best passage.
func (r *ranking) normalise() {
	r.mostVotes, r.mostTerms = 0, 0
	for _, v := range r.vectors {
		r.mostVotes, r.mostTerms = max(r.mostVotes, v[Votes]), max(r.mostTerms, v[Terms])
	}
	for i := range r.vectors {
		v := &r.vectors[i]
		v[Votes] /= max(r.mostVotes, math.SmallestNonzeroFloat64)
		v[Terms] /= max(r.mostTerms, math.SmallestNonzeroFloat64)
	}
}
