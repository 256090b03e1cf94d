package synthetic

import (
	"strings"
	"testing"

	"archivist"
	"archivist/retrieval/text"

	"github.com/google/go-cmp/cmp"
)

func some(n Newsroom, count int) (articles []archivist.Article) {
	for a := range n.Articles() {
		if articles = append(articles, a); len(articles) == count {
			break
		}
	}
	return articles
}

func TestSameSeedSameNews(t *testing.T) {
	if diff := cmp.Diff(some(NewNewsroom(3), 20), some(NewNewsroom(3), 20)); diff != "" {
		t.Errorf("the same seed gave other articles: %s", diff)
	}
	if cmp.Equal(some(NewNewsroom(3), 1), some(NewNewsroom(4), 1)) {
		t.Error("another seed gave the same article")
	}
	if diff := cmp.Diff(Questions(3, 20), Questions(3, 20)); diff != "" {
		t.Errorf("the same seed gave other questions: %s", diff)
	}
}

func TestSpellTellsWordsApart(t *testing.T) {
	seen := map[string]uint32{}
	for word := range uint32(Vocabulary) {
		s := Spell(word)
		if other, taken := seen[s]; taken {
			t.Fatalf("%d and %d are both %q", other, word, s)
		}
		seen[s] = word
	}
}

// TestNewsIsLikeNews wants texts that are taken for English, and passages as long as real ones, in words and in what is indexed of them.
func TestNewsIsLikeNews(t *testing.T) {
	words, terms, paragraphs := 0, 0, 0
	for _, a := range some(NewNewsroom(1), 50) {
		whole := ""
		for _, p := range a.Paragraphs {
			whole += p.Text + "\n"
		}
		if language, sure := text.Detect(whole); language != "en" || sure < .8 {
			t.Errorf("%s is taken for %q (%.2f)", a.URL, language, sure)
		}
		for _, p := range a.Paragraphs {
			paragraphs++
			words += text.Words(p.Text)
			for _, token := range text.Analyse(p.Text, "en") {
				if !token.Stop {
					terms++
				}
			}
		}
	}
	if mean := words / paragraphs; mean < 50 || mean > 65 {
		t.Errorf("a paragraph has %d words on average, want about 57", mean)
	}
	if mean := terms / paragraphs; mean < 36 || mean > 44 {
		t.Errorf("a paragraph has %d terms on average, want about 40", mean)
	}
}

// TestQuestionsAskTheirArticles wants every word of a question in the article of the same place.
func TestQuestionsAskTheirArticles(t *testing.T) {
	articles := some(NewNewsroom(5), 10)
	terms := func(s string) map[string]bool {
		set := map[string]bool{}
		for _, token := range text.Analyse(s, "en") {
			if !token.Stop {
				set[token.Term] = true
			}
		}
		return set
	}
	for i, question := range Questions(5, 10) {
		whole := ""
		for _, p := range articles[i].Paragraphs {
			whole += p.Text + "\n"
		}
		known, asked := terms(whole), terms(question)
		if len(asked) < questionWords-2 {
			t.Errorf("question %q has %d terms", question, len(asked))
		}
		for term := range asked {
			if !known[term] {
				t.Errorf("question %d asks for %q, which its article lacks", i, term)
			}
		}
	}
}

func TestBlendKeepsForm(t *testing.T) {
	articles := some(NewNewsroom(1), 30)
	vary := func() (varied []archivist.Article) {
		b := NewBlend(2)
		for _, a := range articles {
			b.Learn(a)
		}
		for i, a := range articles {
			varied = append(varied, b.Vary(a, 1, i))
		}
		return varied
	}
	varied := vary()
	if diff := cmp.Diff(varied, vary()); diff != "" {
		t.Fatalf("the same seed gave other variants: %s", diff)
	}
	same, all := 0, 0
	for i, v := range varied {
		if v.URL == articles[i].URL || len(v.Paragraphs) != len(articles[i].Paragraphs) || v.Published != articles[i].Published {
			t.Errorf("variant %d has another form: %s, %d paragraphs, %v", i, v.URL, len(v.Paragraphs), v.Published)
		}
		for j, p := range v.Paragraphs {
			before, after := strings.Fields(articles[i].Paragraphs[j].Text), strings.Fields(p.Text)
			if len(before) != len(after) {
				t.Fatalf("paragraph of %d words became one of %d", len(before), len(after))
			}
			for k := range before {
				all++
				if before[k] == after[k] {
					same++
				}
			}
		}
	}
	// 40% are kept, and some are drawn again by chance.
	if share := float64(same) / float64(all); share < .39 || share > .45 {
		t.Errorf("%.3f of the words were kept, want a little over %.2f", share, kept)
	}
}
