package extract

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"archivist"

	"github.com/rogpeppe/go-internal/txtar"
)

// TestRules holds each rule to its page in testdata/rules: page.html, what the extractors lose of it ("T" or "R" and how a block begins;
// the libraries' own mistakes change with their versions), and the article that is wanted. Without the rule it is not what comes out.
func TestRules(t *testing.T) {
	var names []string
	for _, rule := range Rules() {
		names = append(names, rule.Name)
		if rule.Reason == "" || rule.Limit == "" {
			t.Errorf("rule %s: no reason or no limit", rule.Name)
		}
		t.Run(rule.Name, func(t *testing.T) {
			archive, err := txtar.ParseFile(filepath.Join("testdata", "rules", rule.Name+".txtar"))
			if err != nil {
				t.Fatal(err)
			}
			files := map[string]string{}
			for _, f := range archive.Files {
				files[f.Name] = string(f.Data)
			}
			reading := readLosing(t, files["page.html"], files["lost"])
			if got := articleOf(t, reading, Trial{}); got != files["want"] {
				t.Errorf("got\n%s\nwant\n%s", got, files["want"])
			}
			if got := articleOf(t, reading, Trial{Without: []string{rule.Name}}); got == files["want"] {
				t.Error("its page does not need the rule")
			}
		})
	}
	if slices.Sort(names); len(slices.Compact(names)) != len(Rules()) {
		t.Error("two rules of one name")
	}
	pages, err := filepath.Glob("testdata/rules/*.txtar")
	if err != nil || len(pages) != len(names) {
		t.Errorf("%d pages for %d rules (%v)", len(pages), len(names), err)
	}
}

// readLosing reads a page whose extractors lose what the lines of lost say.
func readLosing(t *testing.T, page, lost string) *Reading {
	t.Helper()
	reading, err := Read(Input{Body: []byte(page), URL: "https://herald.example.com/bridge", Now: testDay})
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(lost) {
		selector, begins, _ := strings.Cut(strings.TrimSpace(line), " ")
		votes := *reading.ballot.of(selector[0])
		i := slices.IndexFunc(reading.ballot.blocks, func(b *block) bool { return strings.HasPrefix(b.text, begins) })
		if i < 0 || votes == nil {
			t.Fatalf("nothing to lose: %s", line)
		}
		votes[i] = false
	}
	return reading
}

// articleOf is the article of a reading, a line for each paragraph: "[kind] text".
func articleOf(t *testing.T, r *Reading, trial Trial) string {
	t.Helper()
	result, err := r.Decide(trial)
	if err != nil && archivist.CodeOf(err) == archivist.Internal {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, p := range result.Article.Paragraphs {
		b.WriteString("[" + p.Kind.String() + "] " + p.Text + "\n")
	}
	return b.String()
}

// TestFilterTakesAQuarterAtMost: rules that would take more than a quarter of the kept words have misunderstood the page; only the surest
// apply. Links do not count.
func TestFilterTakesAQuarterAtMost(t *testing.T) {
	prompt := `<p>Sign up for our weekly newsletter and get all the harbour's news in your inbox on Sunday.</p>`
	teaser := `<p><a href="/mill">How the mill bridge was saved from the diggers of the new motorway in 1994</a></p>`
	for _, test := range []struct {
		what, more string
		want       int // paragraphs
	}{
		{"16 words beside 87", prompt, 4},
		{"32 words beside 87", strings.Repeat(prompt, 2), 6},
		{"45 words of links beside 87", strings.Repeat(teaser, 3), 4},
		{"300 words of links beside 87", strings.Repeat(teaser, 20), 4},
	} {
		page := onPage(`<article><h1>Old bridge closes</h1>` + body + test.more + `<p>Advertisement</p></article>`)
		reading := readLosing(t, page, "")
		for i, b := range reading.ballot.blocks {
			if b.words > 10 || b.text == "Advertisement" {
				reading.ballot.t[i], reading.ballot.r[i] = true, true
			}
		}
		got := articleOf(t, reading, Trial{})
		if n := strings.Count(got, "\n"); n != test.want || strings.Contains(got, "Advertisement") {
			t.Errorf("%s: %d paragraphs, want %d:\n%s", test.what, n, test.want, got)
		}
	}
}

// TestListIsAHole: a list belongs to the text around it, so that one extractor's vote is enough for its long items.
func TestListIsAHole(t *testing.T) {
	items := `<ul><li>Divers go down to the second and third pier in May, when the water of the Ebb is warm enough.</li>
<li>The stones of the broken arch are numbered, laid out on the meadow, and put back by the end of June.</li></ul>`
	reading := readLosing(t, onPage(`<article><h1>Old bridge closes</h1>`+body+items+`<p>The last word is the council's.</p></article>`), "T Divers go\nT The stones of")
	if got := articleOf(t, reading, Trial{}); strings.Count(got, "[item]") != 2 {
		t.Errorf("got\n%s", got)
	}
}

// TestArticleNamedComments: a page that stands in an element of that name as a whole is no readers' comment.
func TestArticleNamedComments(t *testing.T) {
	reading := readLosing(t, onPage(`<div class="comments"><h1>Old bridge closes</h1>`+body+`</div>`), "")
	for i, b := range reading.ballot.blocks {
		if b.words > 10 {
			reading.ballot.t[i], reading.ballot.r[i] = true, true
		}
	}
	if got := articleOf(t, reading, Trial{}); strings.Count(got, "\n") != 4 {
		t.Errorf("got\n%s", got)
	}
}

func TestCountWords(t *testing.T) {
	for s, want := range map[string]int{
		"": 0, "the old bridge": 3, " the  old\nbridge ": 3, "don't": 1,
		"武汉肯定能过关。": 4, "在武汉血液中心的中国医学科学院CPnCoV项目组": 10, "「橋」": 1, "สะพานหินเก่า": 6,
	} {
		if got := countWords(s); got != want {
			t.Errorf("%q: %d words, want %d", s, got, want)
		}
	}
}
