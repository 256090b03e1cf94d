package rank

import (
	_ "embed"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// The table of weights: a line a feature with what it weighs in libraries of news and in libraries without dates, and what is typical of
// a right passage there; then the numbers of the confidence and of the answering sentence. A library whose articles are dated in part lies between.
//
//go:embed weights.tsv
var tableText string

var table = mustParse(tableText)

// A Column is the formula for one kind of library.
type Column struct {
	Weights  Vector
	Typical  Vector // of right passages: a term adds nothing where its feature is so
	Sure     Sure
	Sentence SentenceWeights
	Refuse   float64 // a confidence below it is a refusal: that of the lowest 5% of right passages
}

// SentenceWeights choose the answering sentence of a passage: by what it covers of the question; by the votes of its best candidate (the
// asking words and the answer often stand in neighbouring sentences); by the fit of a candidate; a bonus for the first (news say the main
// thing first); and by ln of its words (a longer sentence says more).
type SentenceWeights struct{ Coverage, Votes, Fit, First, Length float64 }

// Sure is the logistic from its grounds to the probability that the first passage is right.
type Sure struct{ Bias, Score, Lead, Unsaid, Content float64 }

// Grounds are what the confidence in the first passage of a list rests on.
type Grounds struct {
	Score   float64 // of the formula
	Lead    float64 // over the next article's best passage, 0 to 3
	Unsaid  float64 // share of the question's names and numbers that the article nowhere has
	Content float64 // ln of the question's content, from 0: who says more of what is wanted is answered more surely
}

// A Table is both columns.
type Table struct{ News, Reference Column }

// Weights is the table that the program was built with.
func Weights() Table { return table }

const heading = "name\tnews\ttypical\treference\ttypical\n"

// String writes the table as ParseTable reads it.
func (t Table) String() string {
	var b strings.Builder
	b.WriteString(heading)
	row := func(name string, numbers ...float64) {
		b.WriteString(name)
		for _, n := range numbers {
			b.WriteString("\t" + strconv.FormatFloat(n, 'f', 3, 64))
		}
		b.WriteByte('\n')
	}
	for f, name := range featureNames {
		row(name, t.News.Weights[f], t.News.Typical[f], t.Reference.Weights[f], t.Reference.Typical[f])
	}
	for _, e := range t.extras() {
		row(e.name, *e.news, 0, *e.reference, 0)
	}
	return b.String()
}

// An extra is a row of the table behind those of the features.
type extra struct {
	name            string
	news, reference *float64
}

func (t *Table) extras() []extra {
	n, r := &t.News, &t.Reference
	return []extra{
		{"sure: bias", &n.Sure.Bias, &r.Sure.Bias},
		{"sure: score", &n.Sure.Score, &r.Sure.Score},
		{"sure: lead", &n.Sure.Lead, &r.Sure.Lead},
		{"sure: unsaid", &n.Sure.Unsaid, &r.Sure.Unsaid},
		{"sure: content", &n.Sure.Content, &r.Sure.Content},
		{"sentence: coverage", &n.Sentence.Coverage, &r.Sentence.Coverage},
		{"sentence: votes", &n.Sentence.Votes, &r.Sentence.Votes},
		{"sentence: fit", &n.Sentence.Fit, &r.Sentence.Fit},
		{"sentence: first", &n.Sentence.First, &r.Sentence.First},
		{"sentence: length", &n.Sentence.Length, &r.Sentence.Length},
		{"refuse below", &n.Refuse, &r.Refuse},
	}
}

// ParseTable reads a table of weights.
func ParseTable(s string) (t Table, err error) {
	places := map[string][4]*float64{}
	for f, name := range featureNames {
		places[name] = [4]*float64{&t.News.Weights[f], &t.News.Typical[f], &t.Reference.Weights[f], &t.Reference.Typical[f]}
	}
	var none float64
	for _, e := range t.extras() {
		places[e.name] = [4]*float64{e.news, &none, e.reference, &none}
	}
	rows, ok := strings.CutPrefix(s, heading)
	if !ok {
		return t, fmt.Errorf("rank: a table of weights begins with %q", heading)
	}
	for row := range strings.Lines(rows) {
		cells := strings.Split(strings.TrimSuffix(row, "\n"), "\t")
		to, known := places[cells[0]]
		if !known || len(cells) != 5 {
			return t, fmt.Errorf("rank: %q is no row of the table of weights", row)
		}
		delete(places, cells[0])
		for i, cell := range cells[1:] {
			if *to[i], err = strconv.ParseFloat(cell, 64); err != nil {
				return t, fmt.Errorf("rank: %q: %w", row, err)
			}
		}
	}
	for name := range places {
		return t, fmt.Errorf("rank: the table of weights has no %q", name)
	}
	return t, nil
}

func mustParse(s string) Table {
	t, err := ParseTable(s)
	if err != nil {
		panic(err)
	}
	return t
}

// mixed is the formula for a library of which a share of the articles is dated.
func (t Table) mixed(dated float64) (c Column) {
	mix := func(news, reference float64) float64 { return dated*news + (1-dated)*reference }
	for f := range c.Weights {
		c.Weights[f] = mix(t.News.Weights[f], t.Reference.Weights[f])
		c.Typical[f] = mix(t.News.Typical[f], t.Reference.Typical[f])
	}
	one := Table{}
	mixed := one.extras()
	for i, e := range t.extras() {
		*mixed[i].news = mix(*e.news, *e.reference)
	}
	c.Sure, c.Sentence, c.Refuse = one.News.Sure, one.News.Sentence, one.News.Refuse
	return c
}

// Score is the value of the formula.
func (c Column) Score(v Vector) (score float64) {
	for f, x := range v {
		if c.Weights[f] != 0 {
			score += c.Weights[f] * (x - c.Typical[f])
		}
	}
	return score
}

// Probability is 1 / (1 + e^-(bias + Σ weight · ground)): Cox (1958).
func (s Sure) Probability(g Grounds) float64 {
	return 1 / (1 + math.Exp(-(s.Bias + s.Score*g.Score + s.Lead*g.Lead + s.Unsaid*g.Unsaid + s.Content*g.Content)))
}

// Grounds are those of a passage, the first that is shown of a list, for a question of the given content.
func (c Column) Grounds(list []Scored, first Scored, content float64) Grounds {
	return Grounds{first.Score, c.Lead(list, first), first.Features[Unsaid], math.Log(max(content, 1))}
}

// maxLead bounds the lead: beyond it nothing becomes surer.
const maxLead = 3

// Lead is how far a score stands above that of the next article's best passage, 0 to 3. The list stands best first. Where no other article
// has anything of the question, the next one is a passage that shows nothing.
func (c Column) Lead(list []Scored, first Scored) float64 {
	next := c.Score(Vector{Age: first.Features[Age], Missing: 1})
	for _, other := range list {
		if other.Article != first.Article {
			next = max(next, other.Score)
			break
		}
	}
	return max(0, min(maxLead, first.Score-next))
}

// Confidence is the probability that a passage, the first that is shown of a list, is right. The score itself says most, its lead over the
// next article much of the rest. On news they tell right passages from unanswerable questions with an AUROC of .88, coverage alone with .77.
func (c *Close) Confidence(list []Scored, first Scored) float64 {
	return c.column.Sure.Probability(c.column.Grounds(list, first, c.r.q.Content))
}

// RefuseBelow is the confidence below which the library does not hold the answer.
func (c *Close) RefuseBelow() float64 { return c.column.Refuse }

// A Reason is one addend of a score.
type Reason struct {
	Name  string
	Note  string // in words: "3 of 4 words"
	Value float64
}

// Explain lists what each term of the formula adds, in its order: they add up to the score, to the last bit.
func (c *Close) Explain(v Vector) []Reason {
	reasons := make([]Reason, 0, len(v))
	for f, x := range v {
		if c.column.Weights[f] != 0 {
			reasons = append(reasons, Reason{featureNames[f], c.note(Feature(f), x), c.column.Weights[f] * (x - c.column.Typical[f])})
		}
	}
	return reasons
}

// note says a feature in words.
func (c *Close) note(f Feature, x float64) string {
	number := func(x float64) string { return strconv.FormatFloat(x, 'f', 0, 64) }
	share := func(of string) string { return number(100*x) + "% of " + of }
	switch f {
	case Age:
		if c.r.named {
			return "about " + number(max(0, math.Exp((middle+(x-middle)/yield)*math.Log(oldest+1))-1)) + " days from the time that the question names"
		}
		switch x {
		case undated:
			return "its day is not known"
		case later:
			return "of long after the day asked"
		}
		return "about " + number(math.Exp(x*math.Log(oldest+1))-1) + " days old"
	case Typed:
		return "what could be " + c.r.wanted.String() + " stands near the question's words"
	case Votes:
		return share("the agreement that the best candidate has among articles")
	case Lead:
		return "passage " + number(1/max(x, 1e-9)) + " of its article"
	case Terms:
		return share("the words that the best passages share")
	case Title:
		return "words of the title"
	case Missing:
		return share("the question stands nowhere in the article")
	case Article:
		return "words of the whole article"
	case Ordered:
		return share("the question's pairs of words in order")
	case Names:
		return share("the question's names")
	case Around:
		return share("the question here or in the passages beside")
	case Passage:
		return "words of the passage"
	case Unsaid:
		return share("the question's names and numbers stands nowhere in the article")
	default:
		return share("the question within eight words")
	}
}

// FeatureNames are the names of a Vector's features.
func FeatureNames() []string { return featureNames[:] }
