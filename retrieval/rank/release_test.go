package rank

import (
	"slices"
	"testing"

	"archivist/retrieval/index"
)

// TestReleasedMemoryIsClean: a ranking in the memory of other ones, of other questions and libraries, is what it is in memory of its own.
func TestReleasedMemoryIsClean(t *testing.T) {
	town, school := town(t), school(t)
	rankOf := func() (articles []int64, features []Vector, signs []Signs) {
		list, near := ask(town, "Who opened the bridge?", 400, "open", "bridg")
		defer near.Release()
		for _, s := range list {
			articles, features = append(articles, s.Article), append(features, s.Features)
		}
		return articles, features, near.Sentences(near.AppendWords(nil, []index.Token{{Term: "noor", Marks: index.Capital | index.Inside}, {Term: "open"}, {Term: "bridg"}}), []int{2, 3})
	}
	articles, features, signs := rankOf()
	for range 3 {
		_, near := ask(school, "What did Noor praise in April 1970?", 500, "noor", "prais", "unheard")
		near.Sentences(near.AppendWords(nil, []index.Token{{Term: "new", Marks: index.Capital | index.Inside}, {Term: "1970"}}), []int{2})
		near.Release()
		again, same, said := rankOf()
		if !slices.Equal(again, articles) || !slices.Equal(same, features) || !slices.Equal(said, signs) {
			t.Fatalf("articles %v with %v and sentences %v, want %v with %v and %v", again, same, said, articles, features, signs)
		}
	}
}
