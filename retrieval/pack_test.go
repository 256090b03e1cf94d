package retrieval

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"archivist"
	"archivist/retrieval/answer"
	"archivist/retrieval/text"
)

// TestPack: each paragraph is "kind:words", a passage is given by its paragraphs.
func TestPack(t *testing.T) {
	for _, test := range []struct {
		paragraphs, want string
	}{
		{"p:30 p:30 p:30 p:30", "0-1 2-3"},
		{"p:80 p:80", "0-0 1-1"},
		{"h:5 p:30 h:4 p:30", "0-1 2-3"}, // none reaches over a heading
		{"h:5 h:4 p:30", "0-2"},          // two headings in a row belong to what follows
		{"p:30 h:4", "0-0 1-1"},          // a last heading stands alone
		{"h:5 p:78", "0-0 1-1"},          // no room for both
		{"p:70 c:8 p:30", "0-1 2-2"},     // a caption stays with the block before
		{"p:200", "0-0 0-0 0-0"},         // three parts of like size
		{"h:5 p:200", "0-1 1-1 1-1"},     // a heading goes with the first part
		{"p:30 p:200 p:30", "0-0 1-1 1-1 1-1 2-2"},
		{"", ""},
	} {
		var paragraphs []archivist.Paragraph
		for spec := range strings.FieldsSeq(test.paragraphs) {
			var kind string
			var words int
			if _, err := fmt.Sscanf(strings.Replace(spec, ":", " ", 1), "%s %d", &kind, &words); err != nil {
				t.Fatal(err)
			}
			p := archivist.Paragraph{Kind: map[string]archivist.Kind{"h": archivist.KindHeading, "c": archivist.KindCaption}[kind]}
			for i := range words {
				p.Text += "word"
				if p.Text += " "; i%10 == 9 {
					p.Text = strings.TrimSpace(p.Text) + ". "
				}
			}
			p.Text = strings.TrimSpace(strings.ReplaceAll(p.Text, ". word", ". Word"))
			paragraphs = append(paragraphs, p)
		}
		var got []string
		for _, e := range pack(paragraphs, "en") {
			got = append(got, fmt.Sprintf("%d-%d", e.First, e.Last))
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("%s: %v, want %s", test.paragraphs, got, test.want)
		}
	}
}

// TestPackLosesNothing: passages lie in order, do not overlap, keep the limit (but for a sentence that alone breaks it), and hold every
// word of the article.
func TestPackLosesNothing(t *testing.T) {
	chance := rand.New(rand.NewPCG(4, 4))
	for range 300 {
		var paragraphs []archivist.Paragraph
		for range chance.IntN(12) {
			p := archivist.Paragraph{Kind: archivist.Kind(chance.IntN(7))}
			for range 1 + chance.IntN(12) {
				var sentence []string
				for range 1 + chance.IntN(25) {
					sentence = append(sentence, fmt.Sprint("W", chance.IntN(1000)))
				}
				p.Text += strings.Join(sentence, " ") + ". "
			}
			p.Text = strings.TrimSpace(p.Text)
			paragraphs = append(paragraphs, p)
		}
		var packed, all []string
		for _, p := range paragraphs {
			all = append(all, strings.Fields(p.Text)...)
		}
		for _, e := range pack(paragraphs, "en") {
			var pieces []string
			for n := e.First; n <= e.Last; n++ {
				piece := paragraphs[n].Text
				if n == e.Last {
					piece = piece[:e.End]
				}
				if n == e.First {
					piece = piece[e.Start:]
				}
				pieces = append(pieces, piece)
			}
			whole := strings.Join(pieces, "\n")
			if words := text.Words(whole); words > answer.MaxWords && paragraphs[e.First].Kind != archivist.KindHeading {
				t.Errorf("a passage of %d words", words)
			}
			packed = append(packed, strings.Fields(whole)...)
		}
		if !slices.Equal(packed, all) {
			t.Fatalf("packed %d words of %d", len(packed), len(all))
		}
	}
}
