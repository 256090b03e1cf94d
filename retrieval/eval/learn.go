package eval

import (
	"math"
	"slices"

	"archivist/retrieval/rank"
)

// A sign is what the confidence is fitted on.
type sign struct {
	rank.Grounds
	right bool
}

func signOf(l lesson, c rank.Column) (sign, bool) {
	order := ordered(l, c)
	if len(order) == 0 {
		return sign{}, false
	}
	list := make([]rank.Scored, len(order))
	for place, i := range order {
		list[place] = l.passages[i]
		list[place].Score = c.Score(list[place].Features)
	}
	return sign{c.Grounds(list, list[0], l.content), l.right[order[0]]}, true
}

// signsOf is what a lesson teaches the confidence. Questions of an undated set were mostly made unanswerable by people who had the
// paragraph before them, as nobody asks; so there an answerable one teaches twice, the second time as if its article were not there.
func signsOf(l lesson, c rank.Column) (signs []sign) {
	if s, ok := signOf(l, c); ok && (l.answerable || l.dated) {
		signs = append(signs, s)
	}
	if l.dated || !l.answerable {
		return signs
	}
	rest := lesson{answerable: true, content: l.content}
	for i, p := range l.passages {
		if !l.relevant[i] {
			rest.passages, rest.relevant, rest.right = append(rest.passages, p), append(rest.relevant, false), append(rest.right, false)
		}
	}
	if s, ok := signOf(rest, c); ok {
		signs = append(signs, s)
	}
	return signs
}

// listwise fits weights so that softmax over a question's passages gives its right ones together as much as it can (Cao and others 2007),
// on standardised features, with L2 .001 and 150 steps of Adam (Kingma and Ba 2015).
func listwise(list []lesson, features []rank.Feature) (c rank.Column) {
	type group struct {
		rows  [][]float64
		right []bool
	}
	var groups []group
	n, mean, deviation := 0., make([]float64, len(features)), make([]float64, len(features))
	typical, rights := make([]float64, len(features)), 0.
	for _, l := range list {
		if !slices.Contains(l.right, true) {
			continue
		}
		g := group{right: l.right}
		for p, passage := range l.passages {
			row := make([]float64, len(features))
			for i, f := range features {
				row[i] = passage.Features[f]
				mean[i] += row[i]
				deviation[i] += row[i] * row[i]
				if l.right[p] {
					typical[i] += row[i]
				}
			}
			if l.right[p] {
				rights++
			}
			n++
			g.rows = append(g.rows, row)
		}
		groups = append(groups, g)
	}
	for i := range features {
		mean[i] /= n
		deviation[i] = math.Sqrt(max(0, deviation[i]/n-mean[i]*mean[i])) + 1e-9
		typical[i] /= max(rights, 1)
	}
	for _, g := range groups {
		for _, row := range g.rows {
			for i := range row {
				row[i] = (row[i] - mean[i]) / deviation[i]
			}
		}
	}
	weights := adam(len(features), 150, .1, func(w, gradient []float64) {
		for _, g := range groups {
			ascend(g.rows, g.right, w, gradient)
		}
		for i := range gradient {
			gradient[i] = -gradient[i]/float64(len(groups)) + .001*w[i]
		}
	})
	for i, f := range features {
		c.Weights[f], c.Typical[f] = weights[i]/deviation[i], typical[i]
	}
	return c
}

// negligible is a share of softmax that is not worth its time: most of 150 passages are far behind.
const negligible = 1e-7

// ascend adds the gradient of ln(share of softmax that the right rows have).
func ascend(rows [][]float64, right []bool, w, gradient []float64) {
	scores, most := make([]float64, len(rows)), math.Inf(-1)
	for r, row := range rows {
		for i, x := range row {
			scores[r] += w[i] * x
		}
		most = max(most, scores[r])
	}
	all, rights := 0., 0.
	for r := range scores {
		scores[r] = math.Exp(scores[r] - most)
		all += scores[r]
		if right[r] {
			rights += scores[r]
		}
	}
	for r, row := range rows {
		g := -scores[r] / all
		if right[r] {
			g += scores[r] / max(rights, 1e-300)
		}
		if math.Abs(g) < negligible {
			continue
		}
		for i, x := range row {
			gradient[i] += g * x
		}
	}
}

// adam minimises a function by its gradient.
func adam(n, steps int, rate float64, gradientAt func(w, gradient []float64)) []float64 {
	w, m, v, g := make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n)
	for t := 1; t <= steps; t++ {
		clear(g)
		gradientAt(w, g)
		for i := range w {
			m[i] = .9*m[i] + .1*g[i]
			v[i] = .999*v[i] + .001*g[i]*g[i]
			w[i] -= rate * m[i] / (1 - math.Pow(.9, float64(t))) / (math.Sqrt(v[i]/(1-math.Pow(.999, float64(t)))) + 1e-8)
		}
	}
	return w
}

// logistic fits the probability that the first passage is right by its grounds.
func logistic(signs []sign) rank.Sure {
	sure := func(w []float64) rank.Sure {
		return rank.Sure{Bias: w[0], Score: w[1], Lead: w[2], Unsaid: w[3], Content: w[4]}
	}
	return sure(adam(5, 2000, .05, func(w, gradient []float64) {
		for _, s := range signs {
			miss := sure(w).Probability(s.Grounds)
			if s.right {
				miss--
			}
			for i, x := range [...]float64{1, s.Score, s.Lead, s.Unsaid, s.Content} {
				gradient[i] += miss * x
			}
		}
		for i := range gradient {
			gradient[i] /= float64(len(signs))
		}
	}))
}
