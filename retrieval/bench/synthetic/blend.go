package synthetic

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"archivist"
)

// What becomes of the words of an article that is varied: so much is kept, so much drawn from all articles, the rest made up, as a
// library that grows goes on to bring new words.
const (
	kept     = .40
	drawn    = .57
	poolSize = 1 << 20 // occurrences of words that are remembered
)

// A Blend varies articles: the result has their form, and the corpus's words by their frequency. Words are what blanks divide, so that a
// text without blanks stays as it is.
type Blend struct {
	chance *rand.Rand
	pool   []string // a sample of all words that were learned, repeated as they occur
	seen   int
	news   Newsroom
}

// NewBlend returns a blend that has learned nothing yet. The same seed and articles give the same variants.
func NewBlend(seed uint64) *Blend {
	return &Blend{chance: rand.New(rand.NewPCG(8, seed)), news: NewNewsroom(seed)}
}

// Learn takes an article's words into the sample, in which every word of all articles stands with the same chance (Vitter's algorithm R).
func (b *Blend) Learn(a archivist.Article) {
	for _, p := range a.Paragraphs {
		for word := range strings.FieldsSeq(p.Text) {
			b.seen++
			if len(b.pool) < poolSize {
				b.pool = append(b.pool, strings.Clone(word))
			} else if at := b.chance.IntN(b.seen); at < poolSize {
				b.pool[at] = strings.Clone(word)
			}
		}
	}
}

// Vary returns another article of the same form under an address of its own, which round and number tell from others.
func (b *Blend) Vary(a archivist.Article, round, number int) archivist.Article {
	varied := archivist.Article{Head: a.Head}
	varied.URL, varied.Key = fmt.Sprintf("https://synthetic.example.com/%d/%d", round, number), ""
	varied.Title = b.vary(a.Title)
	varied.Paragraphs = make([]archivist.Paragraph, len(a.Paragraphs))
	for i, p := range a.Paragraphs {
		varied.Paragraphs[i] = archivist.Paragraph{Kind: p.Kind, Text: b.vary(p.Text)}
	}
	return varied
}

func (b *Blend) vary(s string) string {
	words := strings.Fields(s)
	for i := range words {
		switch chance := b.chance.Float64(); {
		case chance < kept || len(b.pool) == 0:
		case chance < kept+drawn:
			words[i] = b.pool[b.chance.IntN(len(b.pool))]
		default:
			words[i] = Spell(b.news.word())
		}
	}
	return strings.Join(words, " ")
}
