package eval

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"

	"archivist"
	"archivist/retrieval"
	"archivist/retrieval/rank"
)

// A Student lists the passages that the second stage chooses from: the Engine.
type Student interface {
	Study(ctx context.Context, q archivist.Question) ([]retrieval.Studied, error)
}

// A lesson is a question with the passages to choose from.
type lesson struct {
	fold       string // questions of one fold share stories: they are held out together
	answerable bool
	dated      bool
	content    float64 // of the question; 0 in undated sets, whose questions are all of like length: what they would teach of short ones is made up
	passages   []rank.Scored
	right      []bool // holds the answer
	relevant   []bool // of an article judged relevant
}

// Lessons are what a formula is fitted on.
type Lessons struct {
	list  []lesson
	dated bool
}

// Study asks for the passages behind every question of a set. dated says whether the library's articles have days.
func Study(ctx context.Context, student Student, library archivist.LibraryID, questions []Question, dated bool, done func()) (Lessons, error) {
	lessons := Lessons{dated: dated}
	for _, q := range questions {
		question, err := q.Of(library)
		if err != nil {
			return Lessons{}, err
		}
		studied, err := student.Study(ctx, question)
		if err != nil {
			return Lessons{}, fmt.Errorf("question %s: %w", q.ID, err)
		}
		l := lesson{fold: q.Week, answerable: q.Answerable, dated: dated}
		for _, s := range studied {
			p := Passage{URL: s.URL, Text: s.Text}
			isRelevant := relevant(q, p)
			if q.Week == "" && (isRelevant || l.fold == "") {
				l.fold = s.Title // an unanswerable question belongs to what comes nearest
			}
			if dated {
				l.content = s.Content
			}
			l.passages = append(l.passages, s.Scored)
			l.relevant = append(l.relevant, q.Answerable && isRelevant)
			l.right = append(l.right, q.Answerable && isRelevant && Holds(cut(p.Text, cutWords), q.Answers))
		}
		lessons.list = append(lessons.list, l)
		done()
	}
	return lessons, nil
}

// Features of each kind of library. What dates alone can tell has no place where there are none; how close the question's words stand pays
// there and not on news, where it goes negative beside the others.
var (
	newsFeatures = []rank.Feature{
		rank.Age, rank.Typed, rank.Votes, rank.Lead, rank.Terms, rank.Title, rank.Missing, rank.Article, rank.Ordered, rank.Names, rank.Around,
	}
	referenceFeatures = []rank.Feature{
		rank.Typed, rank.Votes, rank.Lead, rank.Title, rank.Missing, rank.Article, rank.Ordered, rank.Names, rank.Around, rank.Window,
	}
)

const (
	folds    = 5
	foldings = 3

	refusedOf = 20 // one right passage in so many may be refused
)

// Fit fits the column of a table that the lessons belong to, prints what cross-validation says of it and what each term is worth, and
// returns the table with the new column.
func Fit(lessons Lessons, old rank.Table, out io.Writer) rank.Table {
	features := referenceFeatures
	if lessons.dated {
		features = newsFeatures
	}
	whole := [foldings]outcome{}
	fmt.Fprintf(out, "%-10s %7s %7s %7s %7s %7s %7s\n", "folding", "hit@1", "hit@3", "mrr@10", "article", "auroc", "at 5%")
	for folding := range foldings {
		whole[folding] = crossValidate(lessons.list, features, folding)
		fmt.Fprintf(out, "%-10d %s\n", folding+1, whole[folding])
	}
	fmt.Fprintf(out, "\n%-10s %8s %7s %7s   %s\n", "without", "weight", "hit@1", "mrr@10", "folding 1")
	column := fitColumn(lessons.list, features)
	some := sample(lessons.list)
	with := crossValidate(some, features, 0)
	for i, f := range features {
		without := crossValidate(some, slices.Delete(slices.Clone(features), i, i+1), 0)
		fmt.Fprintf(out, "%-10s %8.3f %+7.4f %+7.4f\n", rank.FeatureNames()[f], column.Weights[f], without.hit1-with.hit1, without.reciprocal-with.reciprocal)
	}
	fmt.Fprintf(out, "\nreliability, folding 1: confidence, questions, share right\n")
	for tenth, bin := range whole[0].reliability {
		if bin.n > 0 {
			fmt.Fprintf(out, ".%d  %5d  %.2f\n", tenth, bin.n, float64(bin.right)/float64(bin.n))
		}
	}
	to := &old.Reference
	if lessons.dated {
		to = &old.News
	}
	column.Sentence = to.Sentence // chosen by hand
	*to = column
	return old
}

// sample keeps at most 1,500 lessons, evenly: what a term is worth shows on them, and each takes as many fits as there are folds.
func sample(list []lesson) (some []lesson) {
	step := (len(list) + 1499) / 1500
	for i := 0; i < len(list); i += step {
		some = append(some, list[i])
	}
	return some
}

// fitColumn fits weights, what is typical, and the confidence on all lessons. The confidence is fitted on scores that the weights had
// not seen.
func fitColumn(list []lesson, features []rank.Feature) rank.Column {
	column := listwise(list, features)
	var signs []sign
	byFold := split(list, 0)
	for k := range folds {
		held := listwise(pick(list, byFold, func(f int) bool { return f != k }), features)
		for _, l := range pick(list, byFold, func(f int) bool { return f == k }) {
			signs = append(signs, signsOf(l, held)...)
		}
	}
	column.Sure = logistic(signs)
	var right []float64
	for _, s := range signs {
		if s.right {
			right = append(right, column.Sure.Probability(s.Grounds))
		}
	}
	if slices.Sort(right); len(right) > 0 {
		column.Refuse = right[len(right)/refusedOf]
	}
	return column
}

// split gives each lesson its fold, all of one week or title the same.
func split(list []lesson, folding int) []int {
	var keys []string
	for _, l := range list {
		keys = append(keys, l.fold)
	}
	slices.Sort(keys)
	keys = slices.Compact(keys)
	chance := rand.New(rand.NewPCG(uint64(folding), 1))
	chance.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
	place := map[string]int{}
	for i, key := range keys {
		place[key] = i % folds
	}
	byFold := make([]int, len(list))
	for i, l := range list {
		byFold[i] = place[l.fold]
	}
	return byFold
}

func pick(list []lesson, byFold []int, want func(fold int) bool) (picked []lesson) {
	for i, l := range list {
		if want(byFold[i]) {
			picked = append(picked, l)
		}
	}
	return picked
}

// An outcome is what a formula reached on lessons that it had not seen.
type outcome struct {
	hit1, hit3, reciprocal, article, auroc, at5 float64
	reliability                                 [10]struct{ n, right int }
}

func (o outcome) String() string {
	return fmt.Sprintf("%7.4f %7.4f %7.4f %7.4f %7.4f %7.4f", o.hit1, o.hit3, o.reciprocal, o.article, o.auroc, o.at5)
}

func crossValidate(list []lesson, features []rank.Feature, folding int) (o outcome) {
	byFold := split(list, folding)
	n := 0.
	var right, unanswerable []float64
	for k := range folds {
		train := pick(list, byFold, func(f int) bool { return f != k })
		column := listwise(train, features)
		var signs []sign
		for _, l := range train {
			signs = append(signs, signsOf(l, column)...)
		}
		column.Sure = logistic(signs)
		for _, l := range pick(list, byFold, func(f int) bool { return f == k }) {
			s, ok := signOf(l, column)
			p := 0.
			if ok {
				p = column.Sure.Probability(s.Grounds)
				bin := &o.reliability[min(9, int(10*p))]
				bin.n++
				if s.right {
					bin.right++
				}
			}
			switch {
			case !l.answerable:
				unanswerable = append(unanswerable, p)
			case s.right:
				right = append(right, p)
			}
			if l.answerable {
				n++
				o.add(l, column)
			}
		}
	}
	o.hit1, o.hit3, o.reciprocal, o.article = o.hit1/n, o.hit3/n, o.reciprocal/n, o.article/n
	if len(right) > 0 && len(unanswerable) > 0 {
		o.auroc = auroc(right, unanswerable)
		slices.Sort(right)
		floor, below := right[int(.05*float64(len(right)))], 0.
		for _, p := range unanswerable {
			if p < floor {
				below++
			}
		}
		o.at5 = below / float64(len(unanswerable))
	}
	return o
}

func (o *outcome) add(l lesson, c rank.Column) {
	order := ordered(l, c)
	for place, i := range order[:min(10, len(order))] {
		if place == 0 && l.relevant[i] {
			o.article++
		}
		if l.right[i] {
			if place == 0 {
				o.hit1++
			}
			if place < 3 {
				o.hit3++
			}
			o.reciprocal += 1 / float64(place+1)
			return
		}
	}
}

// ordered are the places of a lesson's passages, best first.
func ordered(l lesson, c rank.Column) []int {
	scores, order := make([]float64, len(l.passages)), make([]int, len(l.passages))
	for i, p := range l.passages {
		scores[i], order[i] = c.Score(p.Features), i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(scores[b], scores[a]) })
	return order
}
