package answer

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"archivist"
	"archivist/retrieval/text"
)

func queryOf(weights map[string]float64, order ...string) Query {
	var words []Word
	for _, w := range order {
		words = append(words, Word{Terms: []string{w}, IDF: weights[w], Known: true})
	}
	return NewQuery(words)
}

// TestCentredShare is from paper: of 12 bytes the middle is 6, so "ab" at 0 counts 1 − .2·6/6 = .8, "ef" at 6 counts 1.
func TestCentredShare(t *testing.T) {
	article := textOf("ab cd ef gh")
	c := NewCentring(queryOf(map[string]float64{"ab": 3, "ef": 1}, "ab", "ef"))
	shown, _ := Widen(article, 0, 0, 0, 11)
	s := article.stretch(shown)
	c.listen(article, &s)
	if got, want := c.share(s, 0, 0), (3*.8+1*1)/4; math.Abs(got-want) > 1e-12 {
		t.Errorf("share is %v, want %v", got, want)
	}
}

func TestMove(t *testing.T) {
	ferry := queryOf(map[string]float64{"ferri": 3, "storm": 3, "pier": 3}, "ferri", "storm", "pier")
	beyond := []string{sized(30, "The ferry"), sized(45, "The storm"), sized(25, "The ferry pier")}
	for _, test := range []struct {
		what string
		text Text
		at   int // paragraph of the passage
		want string
	}{
		{"to the sentence beyond the cut", textOf(beyond...), 0, strings.Join(beyond[1:], "\n")},
		{"not over a heading", textOf("# Heading", beyond[0], "# Next", beyond[1], beyond[2]), 1, beyond[0]},
		{"not over what recurs on the site", marked(textOf(beyond...), 1), 0, beyond[0]},
		{"not for little", textOf(sized(36, "The storm"), sized(40, "The ferry"), sized(36, "A storm")), 1, sized(40, "The ferry") + "\n" + sized(36, "A storm")},
		{"not where nothing was asked", textOf(sized(60, "One"), sized(60, "Two")), 0, sized(60, "One")},
	} {
		shown, ok := Widen(test.text, test.at, 0, test.at, len(test.text.paragraphs[test.at].Text))
		if !ok {
			t.Fatalf("%s: not shown", test.what)
		}
		if got := NewCentring(ferry).Move(test.text, shown); got.Text != test.want {
			t.Errorf("%s: %q, want %q", test.what, got.Text, test.want)
		}
	}
}

// TestMoveIsTheBest holds Move to looking at every run of sentences.
func TestMoveIsTheBest(t *testing.T) {
	chance := rand.New(rand.NewPCG(1, 2))
	words := strings.Fields("ferri storm pier" + strings.Repeat(" lamp", 30))
	query := queryOf(map[string]float64{"ferri": 2, "storm": 3.5, "pier": 1}, "ferri", "storm", "pier")
	moved := 0
	for range 300 {
		var sentences []string
		for range 3 + chance.IntN(12) {
			var b strings.Builder
			fmt.Fprintf(&b, "X")
			for range chance.IntN(40) {
				b.WriteString(" " + words[chance.IntN(len(words))])
			}
			sentences = append(sentences, b.String()+".")
		}
		article := NewText(map[int]archivist.Paragraph{0: {Text: strings.Join(sentences, " ")}}, "en")
		own := article.sentences(0)
		at := own[chance.IntN(len(own))]
		shown, _ := Widen(article, 0, at.Start, 0, at.End)
		c := NewCentring(query)
		got := c.Move(article, shown)
		s := article.stretch(shown)
		c.listen(article, &s)
		most, stays := 0., c.share(s, s.first, s.last)+worthIt
		for i := range s.sentences {
			for j := i; j < len(s.sentences); j++ {
				size := func(i, j int) int {
					n := 0
					for _, words := range s.words[max(i, 0):min(j+1, len(s.words))] {
						n += words
					}
					return n
				}
				full := (i == 0 || size(i-1, j) > MaxWords) && (j == len(s.sentences)-1 || size(i, j+1) > MaxWords)
				if size(i, j) <= MaxWords && full && i <= s.last && j >= s.first {
					most = max(most, c.share(s, i, j))
				}
			}
		}
		if text.Words(got.Text) > MaxWords {
			t.Fatalf("moved to %d words: %q", text.Words(got.Text), got.Text)
		}
		if got.from == shown.from && got.to == shown.to {
			if most > stays+1e-9 {
				t.Fatalf("stays with %v where %v can be had", stays, most)
			}
			continue
		}
		moved++
		s = article.stretch(got)
		c.listen(article, &s)
		if share := c.share(s, s.first, s.last); math.Abs(share-most) > 1e-9 || most <= stays {
			t.Fatalf("moved to %v, the best is %v", share, most)
		}
	}
	if moved < 30 {
		t.Errorf("moved %d of 300 times: too few to tell", moved)
	}
}

func BenchmarkMove(b *testing.B) {
	paragraph := strings.Repeat("The island council voted on Monday evening to bring back ferry line 4, which has not run since the storm destroyed the pier. ", 3)
	article := textOf(paragraph, paragraph, paragraph)
	shown, _ := Widen(article, 1, 0, 1, len(article.paragraphs[1].Text))
	c := NewCentring(queryOf(map[string]float64{"ferri": 2, "storm": 3.5, "pier": 1}, "ferri", "storm", "pier"))
	for b.Loop() {
		c.Move(article, shown)
	}
}
