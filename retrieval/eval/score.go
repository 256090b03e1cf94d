package eval

import (
	"cmp"
	"math"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// What of a text counts: a longer passage would find more by its length alone.
const (
	cutWords    = 100 // of a passage
	cutUnspaced = 250 // characters of it, where a text writes no blanks: more than 20 characters a word
	cutSentence = 45  // words of the answering sentence
)

// counts gathers the figures of a question set.
type counts struct {
	answerable, hit1, hit3, hit5, hit10 int
	reciprocal                          float64
	articles, sentences, words, wrongly int
	right, unanswerable                 []float64 // confidences
	rightly                             int
	micros                              []int64
}

func (c *counts) add(q Question, run Run) {
	if !q.Answerable {
		c.unanswerable = append(c.unanswerable, run.Confidence)
		if run.Refused {
			c.rightly++
		}
		return
	}
	c.answerable++
	if run.Refused {
		c.wrongly++
	}
	if len(run.Passages) > 0 {
		c.words += len(strings.Fields(run.Passages[0].Text))
		if relevant(q, run.Passages[0]) {
			c.articles++
		}
	}
	for i, p := range run.Passages[:min(10, len(run.Passages))] {
		if !right(q, p) {
			continue
		}
		c.reciprocal += 1 / float64(i+1)
		c.hit10++
		if i < 5 {
			c.hit5++
		}
		if i < 3 {
			c.hit3++
		}
		if i == 0 {
			c.hit1++
			c.right = append(c.right, run.Confidence)
			if Holds(cut(run.Sentence, cutSentence), q.Answers) {
				c.sentences++
			}
		}
		return
	}
}

// right reports whether a passage answers a question: it comes from a relevant article and holds an answer.
func right(q Question, p Passage) bool {
	return relevant(q, p) && Holds(cut(p.Text, cutWords), q.Answers)
}

// relevant reports whether a passage is from an article judged relevant, wherever in its page it points.
func relevant(q Question, p Passage) bool {
	page, _, _ := strings.Cut(p.URL, "#")
	return slices.Contains(q.Articles, page)
}

func (c *counts) figures() Figures {
	n := float64(c.answerable)
	figures := Figures{
		{"questions", n},
		{"hit@1", share(c.hit1, n)},
		{"hit@3", share(c.hit3, n)},
		{"hit@5", share(c.hit5, n)},
		{"hit@10", share(c.hit10, n)},
		{"mrr@10", round(c.reciprocal / max(n, 1))},
		{"article hit@1", share(c.articles, n)},
		{"sentence", share(c.sentences, float64(len(c.right)))},
		{"words", share(c.words, n)},
		{"wrongly refused", share(c.wrongly, n)},
	}
	if u := float64(len(c.unanswerable)); u > 0 {
		floor := 0.
		if len(c.right) > 0 {
			slices.Sort(c.right)
			floor = c.right[int(.05*float64(len(c.right)))]
		}
		below := 0
		for _, confidence := range c.unanswerable {
			if confidence < floor {
				below++
			}
		}
		figures = append(figures, Figure{"unanswerable", u}, Figure{"auroc", round(auroc(c.right, c.unanswerable))},
			Figure{"refused at 5%", share(below, u)}, Figure{"rightly refused", share(c.rightly, u)})
	}
	if len(c.micros) > 0 {
		figures = append(figures, Figure{"p50 us", float64(c.micros[len(c.micros)/2])}, Figure{"p99 us", float64(c.micros[int(.99*float64(len(c.micros)))])})
	}
	return figures
}

func share(n int, of float64) float64 { return round(float64(n) / max(of, 1)) }

// round keeps four digits, halves to even, as the referee does.
func round(x float64) float64 { return math.RoundToEven(x*1e4) / 1e4 }

// auroc is the chance that a random positive is greater than a random negative, ties half: the area under the ROC curve by ranks
// (Mann and Whitney 1947). It is 0 where one of the two is empty.
func auroc(positive, negative []float64) float64 {
	if len(positive) == 0 || len(negative) == 0 {
		return 0
	}
	type scored struct {
		value    float64
		positive bool
	}
	var both []scored
	for _, v := range positive {
		both = append(both, scored{v, true})
	}
	for _, v := range negative {
		both = append(both, scored{v, false})
	}
	slices.SortFunc(both, func(a, b scored) int { return cmp.Compare(a.value, b.value) })
	ranks := 0.
	for i := 0; i < len(both); {
		j, tied := i, 0
		for ; j < len(both) && both[j].value == both[i].value; j++ {
			if both[j].positive {
				tied++
			}
		}
		ranks += float64(tied) * float64(i+j+1) / 2
		i = j
	}
	p, n := float64(len(positive)), float64(len(negative))
	return (ranks - p*(p+1)/2) / (p * n)
}

var (
	thousands  = regexp.MustCompile(`(\d),(\d{3})`)
	notWord    = regexp.MustCompile(`[^\p{L}\p{N}_%$€£.]+`)
	possessive = regexp.MustCompile(`'s($|[^\p{L}\p{N}_])`)
)

// Fold takes case, accents, quotes, possessives, thousands separators and punctuation off a text, as the answers of the files are folded:
// combining marks U+0300 to U+036F go, all other marks separate.
func Fold(s string) string {
	s = lower(norm.NFKC.String(s))
	s = norm.NFC.String(strings.Map(func(r rune) rune {
		if r >= 0x0300 && r <= 0x036f {
			return -1
		}
		return r
	}, norm.NFKD.String(s)))
	s = strings.NewReplacer("’", "'", "‘", "'").Replace(s)
	for folded := thousands.ReplaceAllString(s, "$1$2"); folded != s; folded = thousands.ReplaceAllString(s, "$1$2") {
		s = folded
	}
	s = possessive.ReplaceAllString(s, "$1")
	s = notWord.ReplaceAllString(s, " ")
	return strings.Join(strings.Fields(dropPoints(s)), " ")
}

// lower is lower case by Unicode's full rule: a Greek capital sigma at a word's end becomes the final one (Unicode 3.13, Final_Sigma),
// which strings.ToLower does not know.
func lower(s string) string {
	if !strings.ContainsRune(s, 'Σ') {
		return strings.ToLower(s)
	}
	runes := []rune(s)
	out := []rune(strings.ToLower(s))
	for i, r := range runes {
		if r == 'Σ' && len(out) == len(runes) && casedBeside(runes, i, -1) && !casedBeside(runes, i, 1) {
			out[i] = 'ς'
		}
	}
	return string(out)
}

// casedBeside reports whether the next rune in a direction that is not ignored for case is a cased letter.
func casedBeside(runes []rune, i, step int) bool {
	for i += step; i >= 0 && i < len(runes); i += step {
		r := runes[i]
		if !unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf, unicode.Lm, unicode.Sk) && !strings.ContainsRune("'.:·’‧", r) {
			return unicode.IsUpper(r) || unicode.IsLower(r) || unicode.IsTitle(r)
		}
	}
	return false
}

// dropPoints makes every point a blank that does not stand between two digits.
func dropPoints(s string) string {
	out := []rune(s)
	for i, r := range out {
		if r == '.' && !(i > 0 && i+1 < len(out) && unicode.Is(unicode.Nd, out[i-1]) && unicode.Is(unicode.Nd, out[i+1])) {
			out[i] = ' '
		}
	}
	return string(out)
}

// cut is what of a text counts: its first words, or characters where it writes no blanks.
func cut(s string, most int) string {
	words := strings.Fields(s)
	runes := []rune(s)
	if len(runes) > 20*len(words) {
		return string(runes[:min(len(runes), most*cutUnspaced/cutWords)])
	}
	return strings.Join(words[:min(len(words), most)], " ")
}

// Holds reports whether a text contains one of the answers, between word limits, or anywhere in a script that writes no blanks.
func Holds(s string, answers []string) bool {
	folded := Fold(s)
	for _, answer := range answers {
		unspaced := strings.ContainsFunc(answer, func(r rune) bool {
			return r >= 0x0e00 && r <= 0x0eff || r >= 0x3040 && r <= 0x30ff || r >= 0x3400 && r <= 0x9fff || r >= 0xac00 && r <= 0xd7af
		})
		if unspaced && strings.Contains(folded, answer) || !unspaced && holdsWord(folded, answer) {
			return true
		}
	}
	return false
}

func holdsWord(s, word string) bool {
	for from := 0; ; {
		at := strings.Index(s[from:], word)
		if at < 0 {
			return false
		}
		at += from
		before, _ := utf8.DecodeLastRuneInString(s[:at])
		after, _ := utf8.DecodeRuneInString(s[at+len(word):])
		if !isWord(before) && !isWord(after) {
			return true
		}
		_, size := utf8.DecodeRuneInString(s[at:])
		from = at + max(1, size)
	}
}

func isWord(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsNumber(r) }
