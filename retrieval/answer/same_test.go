package answer

import (
	"strings"
	"testing"

	"archivist/retrieval/text"
)

// shapes are those of texts in a language under one numbering of their terms.
func shapes(language string, texts ...string) (list []Shape) {
	numbers := map[string]uint32{}
	for _, s := range texts {
		var words []uint32
		for _, token := range text.Analyse(s, language) {
			if token.Stop {
				continue
			}
			if _, known := numbers[token.Term]; !known {
				numbers[token.Term] = uint32(len(numbers))
			}
			words = append(words, numbers[token.Term])
		}
		list = append(list, AppendShape(nil, words))
	}
	return list
}

func TestSame(t *testing.T) {
	const story = "The old stone bridge is closed until summer, because divers found cracks in its second pillar."
	for name, c := range map[string]struct {
		a, b string
		want bool
	}{
		"itself":                  {story, story, true},
		"case and marks":          {story, "THE OLD STONE BRIDGE is closed until summer because divers found cracks in its second pillar", true},
		"within a longer text":    {story, "Harbour Herald. " + story + " The ferry runs every ten minutes instead, and the town pays for it until the repair is done.", true},
		"another ending":          {story, "The old stone bridge is closed until summer, because divers found something that nobody wants to talk about.", true},
		"other words":             {story, "Cracks in a pillar have closed the bridge; it should open again when summer comes.", false},
		"a sentence in common":    {"The mayor spoke for an hour. " + "Nobody was hurt.", "A lorry fell into the river at noon, and two boats pulled it out. Nobody was hurt.", false},
		"too short":               {"Nobody knows.", "Nobody knows.", false},
		"empty":                   {"", "", false},
		"three words of a phrase": {"the old city council", "the old city council voted against a new road through the park", true},
	} {
		t.Run(name, func(t *testing.T) {
			both := shapes("en", c.a, c.b)
			a, b := both[0], both[1]
			if a.Same(b) != c.want || b.Same(a) != c.want {
				t.Errorf("same: %v and %v, want %v", a.Same(b), b.Same(a), c.want)
			}
		})
	}
	zh := "大熊猫栖息在中国四川的山林里,以竹子为食。"
	if both := shapes("zh", zh, zh+"它们很少离开那里。"); !both[0].Same(both[1]) {
		t.Error("a text without blanks is not the same as itself and more")
	}
}

// TestShapeByHand counts runs on paper: five words have three runs of three; of them "b c d" and "c d e" stand in "b c d e f".
func TestShapeByHand(t *testing.T) {
	all := shapes("und", "bako cedo dilu erin fomu", "cedo dilu erin fomu gani", "dilu erin fomu gani hulo")
	a, b, c := all[0], all[1], all[2]
	if len(a) != 3 || len(b) != 3 {
		t.Fatalf("%d and %d runs, want 3 and 3", len(a), len(b))
	}
	if !a.Same(b) { // 2 of 3
		t.Error("two of three runs in common are not the same")
	}
	if a.Same(c) { // 1 of 3
		t.Error("one of three runs in common is the same")
	}
}

func TestParagraphs(t *testing.T) {
	const one = "The harbour master said that the “old” crane had to be taken down before winter."
	same := Paragraphs(one + "\nToo short to be known by.\n" + strings.ToUpper(strings.NewReplacer("“", "\"", "”", "\"", "the", "the ").Replace(one)))
	if len(same) != 2 || same[0] != same[1] {
		t.Errorf("copies of a paragraph: %v", same)
	}
	if other := Paragraphs(one + " Or not."); len(other) != 1 || other[0] == same[0] {
		t.Errorf("another paragraph: %v", other)
	}
	if none := Paragraphs("A line of eleven words is one word too short here."); none != nil {
		t.Errorf("a short one: %v", none)
	}
}
