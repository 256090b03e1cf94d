// Package synthetic makes up news from a seed: a library of any size for benchmarks that need no corpus (Newsroom), and more of the kind
// of a corpus that is at hand (Blend). Its words mean nothing; their frequencies are those of real news.
package synthetic

import (
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"archivist"
)

// A Zipf–Mandelbrot vocabulary, and articles that keep to a subject. The shift is fitted so that the ten terms of a question have .25
// postings a passage of the library between them, the share of subject words so that they have .38 article postings a passage posting;
// both were counted on 10,744 articles of real news.
const (
	Vocabulary      = 110_000
	shift           = 17  // the frequency of the i-th word is proportional to 1/(i+shift)
	subjectWords    = 60  // of an article
	subjectShare    = .45 // of its words are drawn from those
	passageTokens   = 40
	articlePassages = 20
)

// A Newsroom draws articles. The same seed gives the same ones, in the same order.
type Newsroom struct {
	words *rand.Rand
	prose *rand.Rand // what stands between the words: it does not disturb their order
}

// NewNewsroom returns the newsroom of a seed.
func NewNewsroom(seed uint64) Newsroom {
	return Newsroom{rand.New(rand.NewPCG(7, seed)), rand.New(rand.NewPCG(9, seed))}
}

// word draws a word by its frequency.
func (n Newsroom) word() uint32 {
	return uint32(min(shift*math.Pow(float64(Vocabulary+shift)/shift, n.words.Float64())-shift, Vocabulary-1))
}

// Words draws an article as the numbers of its words, below Vocabulary and without stop words: of its title and of its passages.
func (n Newsroom) Words() (title []uint32, passages [][]uint32) {
	subject := make([]uint32, subjectWords)
	for i := range subject {
		subject[i] = n.word()
	}
	draw := func(count int, share float64) []uint32 {
		words := make([]uint32, count)
		for i := range words {
			if words[i] = n.word(); n.words.Float64() < share {
				words[i] = subject[n.words.IntN(len(subject))]
			}
		}
		return words
	}
	for range 1 + n.words.IntN(2*articlePassages-1) {
		passages = append(passages, draw(passageTokens/2+n.words.IntN(passageTokens), subjectShare))
	}
	return draw(6, 1), passages
}

// syllables are English ones, so that a text is taken for English, of one length, so that no two words are the same, and none that a
// stemmer takes off. The third power of their number is more than Vocabulary.
var syllables = strings.Fields("con ter wor per str ght oun hea com pro ver sha whi tho thr whe ear ark own old ach oll ith eek " +
	"and ran dis out und for oat unk orn ump ock ird ush art oot arm ick ull ank irt oon ack osh oof")

// Spell writes a word so that it can be spoken; different numbers give different words.
func Spell(word uint32) string {
	n := uint32(len(syllables))
	return syllables[word%n] + syllables[word/n%n] + syllables[word/n/n]
}

// What stands between the words of a text: an English one has some 17 stop words for 40 others.
var stopWords = strings.Fields("the of to and a in that is was for it on with as he be at by his this had not are but from they which you")

const (
	stopShare     = .3 // of the words of a text
	sentenceWords = 14
)

// text writes words as sentences with stop words among them.
func (n Newsroom) text(words []uint32) string {
	var b strings.Builder
	written := 0
	write := func(word string) {
		switch {
		case written%sentenceWords == 0:
			if written > 0 {
				b.WriteString(". ")
			}
			b.WriteByte(word[0] - 'a' + 'A')
			word = word[1:]
		default:
			b.WriteByte(' ')
		}
		b.WriteString(word)
		written++
	}
	for _, word := range words {
		for n.prose.Float64() < stopShare {
			write(stopWords[n.prose.IntN(len(stopWords))])
		}
		write(Spell(word))
	}
	return b.String() + "."
}

// from is the day of the first article; eight appear a day.
var from = time.Date(2019, 1, 1, 0, 0, 0, 0, time.UTC)

// Articles draws articles without end, each with its address.
func (n Newsroom) Articles() iter.Seq[archivist.Article] {
	return func(yield func(archivist.Article) bool) {
		for i := 0; ; i++ {
			title, passages := n.Words()
			a := archivist.Article{Head: archivist.Head{
				URL: fmt.Sprintf("https://synthetic.example.com/%d", i+1), Title: n.text(title), Site: "synthetic.example.com",
				Published: from.AddDate(0, 0, i/8), DayOnly: true,
			}}
			for _, words := range passages {
				a.Paragraphs = append(a.Paragraphs, archivist.Paragraph{Text: n.text(words)})
			}
			if !yield(a) {
				return
			}
		}
	}
}

const questionWords = 10 // of those that real questions have, stop words aside

// Questions are count questions about the first articles of a seed's newsroom, one each: different words of one article.
func Questions(seed uint64, count int) (questions []string) {
	chance := NewNewsroom(seed ^ 1<<63)
	articles := NewNewsroom(seed)
	for range count {
		_, passages := articles.Words()
		var words []uint32
		for tries := 0; len(words) < questionWords && tries < 99; tries++ {
			passage := passages[chance.words.IntN(len(passages))]
			if word := passage[chance.words.IntN(len(passage))]; !slices.Contains(words, word) {
				words = append(words, word)
			}
		}
		questions = append(questions, strings.TrimSuffix(chance.text(words), ".")+"?")
	}
	return questions
}
