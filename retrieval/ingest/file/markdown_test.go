package file

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"archivist"
)

func TestMarkdown(t *testing.T) {
	a, err := Markdown("notes/harbour.md", []byte("---\ntitle: \"The harbour: a report\"\nauthors:\n  - Ana Ruiz\n  - 'Jonas Weber'\ndate: 2026-03-04\ndraft: true\ntags:\n  - x\n---\n"+`
# The harbour: a report

The *old* lamp was [made of **brass**](https://example.com/brass) and
weighed `+"`40`"+` kilos.<br> It broke. ![A picture](lamp.png)

Second heading
--------------

- a rope
- a lamp

  with oil
  1. and a wick

> The bridge is not about to fall.
> But nobody should find out.

| ship | year |
|------|-----:|
| *Ida* | 1911 |

`+"```go\nfunc main() {}\n```"+`

<div>HTML</div>

<https://example.com/> says \*so\* &amp; more.
`))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"The old lamp was made of brass and weighed 40 kilos. It broke.", "heading: Second heading", "item: a rope", "item: a lamp", "item: with oil", "item: and a wick",
		"quote: The bridge is not about to fall. But nobody should find out.", "row: ship | year", "row: Ida | 1911", "code: func main() {}", "https://example.com/ says *so* & more.",
	}
	if got := pdfTexts(a); !slices.Equal(got, want) {
		t.Errorf("paragraphs\n%q\nwant\n%q", got, want)
	}
	if a.Title != "The harbour: a report" || a.URL != "file:notes/harbour.md" || !slices.Equal(a.Authors, []string{"Ana Ruiz", "Jonas Weber"}) ||
		!a.Published.Equal(time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC)) || !a.DayOnly {
		t.Errorf("head %+v", a.Head)
	}
}

func TestMarkdownHeads(t *testing.T) {
	for body, want := range map[string]archivist.Head{
		"# Title\n\nText.":                  {URL: "file:x.md", Title: "Title"},
		"Text.\n\n# Later":                  {URL: "file:x.md", Title: "x"},
		"# Alone":                           {URL: "file:x.md", Title: "x"},
		"---\ntitle: T\n\nno end, so text.": {URL: "file:x.md", Title: "x"},
		"---\nauthor: A B, C D\nurl: https://e.example/a\n---\nText.": {URL: "https://e.example/a", Title: "x", Authors: []string{"A B", "C D"}},
		"---\nurl: javascript:x\ndate: soon\n---\nText.":              {URL: "file:x.md", Title: "x"},
	} {
		a, err := Markdown("x.md", []byte(body))
		if err != nil || a.URL != want.URL || a.Title != want.Title || !slices.Equal(a.Authors, want.Authors) || !a.Published.IsZero() {
			t.Errorf("%q: %+v, %v", body, a.Head, err)
		}
	}
}

func TestMarkdownBounds(t *testing.T) {
	for what, test := range map[string]struct {
		body string
		want archivist.Code
	}{
		"quotes":    {strings.Repeat(">", 100_000) + " deep", archivist.TooDeep},
		"lists":     {strings.Repeat(" ", 100_000) + "- deep", archivist.TooDeep},
		"brackets":  {strings.Repeat("[", 100_000), archivist.TooComplex},
		"emphasis":  {strings.Repeat("*a _b ", 100_000), archivist.TooComplex},
		"links":     {strings.Repeat("[a](", 100_000), archivist.TooComplex},
		"no text":   {"<div></div>\n\n![](x)", archivist.EmptyPage},
		"a picture": {"\x89PNG\x00\x00\x01\x02\x03", archivist.WrongType},
	} {
		began := time.Now()
		_, err := Markdown("x.md", []byte(test.body))
		var failure *archivist.Failure
		if !errors.As(err, &failure) || failure.Code != test.want {
			t.Errorf("%s: %v, want %s", what, err, test.want)
		}
		if took := time.Since(began); took > 2*time.Second {
			t.Errorf("%s took %s", what, took)
		}
	}
}

// FuzzMarkdown: no panic, a code for each error, and paragraphs that are clean.
func FuzzMarkdown(f *testing.F) {
	f.Add([]byte("---\ntitle: T\n---\n# T\n\n- a\n  > b\n\n|a|\n|-|\n|b|\n"))
	f.Fuzz(func(t *testing.T, body []byte) {
		a, err := Markdown("x.md", body)
		if err != nil && archivist.CodeOf(err) == archivist.Internal {
			t.Fatalf("an error without a code: %v", err)
		}
		for _, p := range a.Paragraphs {
			if p.Text == "" || clean(p.Text) != p.Text {
				t.Fatalf("paragraph %q", p.Text)
			}
		}
	})
}

// TestMarkdownAddress: an address that a file declares is a web address in normal form, or the file has none.
func TestMarkdownAddress(t *testing.T) {
	for declared, want := range map[string]string{
		"https://herald.example/front":            "https://herald.example/front",
		`"HTTPS://Herald.Example:443/a/../front"`: "https://herald.example/front",
		"https://www.bbc.com@evil.example/x":      "file:a.md",
		"https://":                                "file:a.md",
		"https:///front":                          "file:a.md",
		"https://herald.example\\@evil.example/":  "file:a.md",
		"https://herald.example/a b":              "file:a.md",
		"javascript:alert(1)":                     "file:a.md",
		"file:b.md":                               "file:a.md",
		"":                                        "file:a.md",
	} {
		a, err := Markdown("a.md", []byte("---\nurl: "+declared+"\n---\n\nThe lamp was lit.\n"))
		if err != nil || a.URL != want {
			t.Errorf("url: %s is %s, want %s (%v)", declared, a.URL, want, err)
		}
	}
}
