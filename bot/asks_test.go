package bot

import (
	"strings"
	"testing"
)

func TestQuestionLike(t *testing.T) {
	for text, want := range map[string]bool{
		"":                                  false,
		"When does the ferry run":           true,
		"what's new at the harbour":         true,
		"The ferry runs again, doesn't it?": true,
		"Really?!":                          true,
		"**Does it run (again?)**":          true,
		"Wann fährt die Fähre wieder":       true,
		"¿Cuándo vuelve el ferry":           true,
		"cómo se llama el capitán":          true,
		"The ferry runs again.":             false,
		"Whatever you say":                  false,
		"? no":                              false,
		"What " + strings.Repeat("x", 300):  false,
	} {
		if got := questionLike(text); got != want {
			t.Errorf("questionLike(%q) = %v", text, got)
		}
	}
	if !Concerns("look: https://a.example/x") || Concerns("look at that") {
		t.Error("links concern the bot, idle words do not")
	}
}
