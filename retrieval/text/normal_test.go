package text

import (
	"strings"
	"testing"
)

func TestNormal(t *testing.T) {
	for s, want := range map[string]string{
		"“Let it be,” she sang – it’s FINE.": " let it be she sang it's fine ",
		"Über den  Wolken":                   " uber den wolken ",
		"红楼梦 (novel)":                        " 红 楼 梦 novel ",
		"":                                   " ",
		" … ":                                " ",
	} {
		if got := Normal(s); got != want {
			t.Errorf("Normal(%q) = %q, want %q", s, got, want)
		}
	}
	if !strings.Contains(Normal("他读红楼梦了"), Normal("红楼梦")) || strings.Contains(Normal("letter"), Normal("let")) {
		t.Error("a phrase is found wrongly")
	}
}
