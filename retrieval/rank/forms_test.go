package rank

import (
	"testing"

	"archivist/retrieval/index"
)

func TestForms(t *testing.T) {
	word := func(terms ...int) (span []index.Word) {
		for _, term := range terms {
			span = append(span, index.NewWord(term, index.WordForm, index.Capital))
		}
		return span
	}
	var f forms
	f.reset(3)
	if f.find(word(1)) != -1 {
		t.Error("an empty table knows a form")
	}
	north, south, alone := f.add(word(1, 3)), f.add(word(2, 3)), f.add(word(3))
	if north == south || north == alone || south == alone || f.n != 3 {
		t.Errorf("three forms have the numbers %d, %d, %d of %d", north, south, alone, f.n)
	}
	marked := []index.Word{index.NewWord(1, index.WordForm, index.Start), index.NewWord(3, index.WordForm, 0)}
	if f.add(marked) != north || f.find(word(2, 3)) != south || f.n != 3 {
		t.Error("a form that came before, with other marks, has another number")
	}
	if f.find(word(3, 2)) != -1 || f.find(word(1, 3, 3)) != -1 {
		t.Error("the table knows forms that never came")
	}
}

// TestFormsAgainstMap: as many forms as the table has room for, against a map.
func TestFormsAgainstMap(t *testing.T) {
	const most = 5000
	var f forms
	f.reset(most)
	want := map[[3]int]int{}
	for i := range 2 * most {
		key := [3]int{i % 7, i * 2654435761 % 71, i % most / 7}
		var span []index.Word
		for _, term := range key {
			span = append(span, index.NewWord(term, index.WordForm, 0))
		}
		number, known := want[key]
		if !known && len(want) == most {
			continue
		}
		if !known {
			number = len(want)
			want[key] = number
		}
		if got := f.add(span); got != number {
			t.Fatalf("%v has number %d, want %d", key, got, number)
		}
	}
	if f.n != len(want) || f.n < most/2 {
		t.Errorf("%d forms, want %d", f.n, len(want))
	}
}
