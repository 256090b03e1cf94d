package extract

import (
	"regexp"
	"strings"

	"archivist"

	"golang.org/x/net/html"
)

// isComment reports a block that stands among readers' comments.
func isComment(b *block) bool { return named(b, 12, commentName) }

// hasFurnitureName reports a block whose own or parent's name says furniture.
func hasFurnitureName(b *block) bool { return named(b, 2, furnitureName) }

// named reports whether one of the block's nearest elements has a class or id that matches as a whole.
func named(b *block, depth int, name *regexp.Regexp) bool {
	for n := b.parent; n != nil && depth > 0; n, depth = n.Parent, depth-1 {
		if n.Type != html.ElementNode || n.Data == "body" || n.Data == "article" || n.Data == "main" {
			return false
		}
		for token := range strings.FieldsSeq(attribute(n, "class") + " " + attribute(n, "id")) {
			if name.MatchString(token) {
				return true
			}
		}
	}
	return false
}

// furniture is what rules look at.
type furniture struct {
	blocks    []*block
	kept      []bool
	meta      *meta
	firstKept int
	middle    int
	count     int   // of the kept
	commented bool  // elements that are named comments hold some of the kept words, not most
	places    []int // of each block among the kept
}

func (f *furniture) place(i int) int { return f.places[i] }

// names reports whether the text says one of the authors.
func (f *furniture) names(s string) bool {
	if len(f.meta.authors) == 0 {
		return true
	}
	for _, a := range f.meta.authors {
		if strings.Contains(strings.ToLower(s), strings.ToLower(a)) {
			return true
		}
	}
	return false
}

// mostRemoved is the share of the kept words, but for links, that rules may take; beyond it they have misunderstood the page, and only those that
// cannot be wrong apply. Links do not count: a short article may have more of them below it than words of its own.
const mostRemoved = .25

var surest = map[string]bool{"title": true, "label": true, "comments": true, "end": true}

// filter takes furniture out of kept and says what it took.
func filter(blocks []*block, kept []bool, m *meta, t Trial) []Removal {
	taken := match(blocks, kept, m, t)
	words, out := 0, 0
	for i, b := range blocks {
		if kept[i] {
			words += b.words - b.linkWords
			if taken[i] != "" && !surest[taken[i]] {
				out += b.words - b.linkWords
			}
		}
	}
	var removed []Removal
	for i, b := range blocks {
		name := taken[i]
		if !kept[i] || name == "" || float64(out) > mostRemoved*float64(words) && !surest[name] {
			continue
		}
		kept[i] = false
		removed = append(removed, Removal{name, b.text})
	}
	// A heading whose section went goes too.
	for i := len(kept) - 1; i >= 0; i-- {
		if kept[i] && blocks[i].kind == archivist.KindHeading && !keptAfter(blocks, kept, i) {
			kept[i] = false
			removed = append(removed, Removal{"section", blocks[i].text})
		}
	}
	return removed
}

// keptAfter reports whether something but a heading of the same or a higher level is kept behind block i before the next such heading.
func keptAfter(blocks []*block, kept []bool, i int) bool {
	for j := i + 1; j < len(blocks); j++ {
		if !kept[j] {
			continue
		}
		return blocks[j].kind != archivist.KindHeading || blocks[j].level > blocks[i].level
	}
	return false
}

// match names the rule that takes each kept block, "" for those that stay.
func match(blocks []*block, kept []bool, m *meta, t Trial) []string {
	f := &furniture{blocks: blocks, kept: kept, meta: m, firstKept: -1, places: make([]int, len(blocks))}
	place, words, readers := 0, 0, 0
	for i, b := range blocks {
		f.places[i] = place
		if kept[i] {
			words += b.words
			if isComment(b) {
				readers += b.words
			}
			if f.firstKept < 0 {
				f.firstKept = i
			}
			place++
		}
	}
	f.count, f.commented = place, 2*readers < words
	for i := range blocks {
		if f.places[i] <= place/2 {
			f.middle = i
		}
	}
	taken := make([]string, len(blocks))
	for i := range blocks {
		if !kept[i] {
			continue
		}
		for _, r := range removals {
			if (r.most == 0 || blocks[i].words <= r.most) && !t.lacks(r.Name) && r.hits(f, i, blocks[i]) {
				taken[i] = r.Name
				break
			}
		}
	}
	if !t.lacks(endRule.Name) {
		f.end(taken)
	}
	if !t.lacks(listRule.Name) {
		f.list(taken)
	}
	return taken
}

// proseBehind is how many words of prose behind an ending say that it was none.
const proseBehind = 150

// end cuts at the first comment form or source line of the last third, and takes all behind it.
func (f *furniture) end(taken []string) {
	main := f.mainHolder()
	for i, b := range f.blocks {
		if 3*f.places[i] < 2*f.count || b.words > 25 || !ending.MatchString(b.text) || f.goesOn(i, taken, main) {
			continue
		}
		for j := i; j < len(f.blocks); j++ {
			if f.kept[j] && taken[j] == "" {
				taken[j] = endRule.Name
			}
		}
		return
	}
}

// goesOn reports whether the article continues behind block i: with prose where most of it stands, or with much of it elsewhere. Sites put
// a button "Comments" between paragraphs.
func (f *furniture) goesOn(i int, taken []string, main *html.Node) bool {
	prose := 0
	for j := i + 1; j < len(f.blocks); j++ {
		b := f.blocks[j]
		if !f.kept[j] || taken[j] != "" || !b.isProse() {
			continue
		}
		if prose += b.words; prose > proseBehind || holder(b) == main {
			return true
		}
	}
	return false
}

// mainHolder is the element that holds most of the kept words.
func (f *furniture) mainHolder() (most *html.Node) {
	words := map[*html.Node]int{}
	for i, b := range f.blocks {
		if f.kept[i] {
			if words[holder(b)] += b.words; most == nil || words[holder(b)] > words[most] {
				most = holder(b)
			}
		}
	}
	return most
}

// list takes what stands at the very end as a list of links, with its label: three items or more, each with three tenths of links.
func (f *furniture) list(taken []string) {
	var last []int // of the kept blocks, from the end
	for i := len(f.blocks) - 1; i >= 0; i-- {
		if f.kept[i] && taken[i] == "" {
			last = append(last, i)
		}
	}
	n := 0
	for n < len(last) && f.blocks[last[n]].kind == archivist.KindItem && 10*f.blocks[last[n]].linkWords >= 3*f.blocks[last[n]].words {
		n++
	}
	if n < 3 || n == len(last) {
		return
	}
	if label := f.blocks[last[n]]; label.words <= 6 && !sentenceEnd.MatchString(label.text) {
		n++
	}
	for _, i := range last[:n] {
		taken[i] = listRule.Name
	}
}

// sameWords compares letters and digits alone.
func sameWords(a, b string) bool {
	return b != "" && bare(a) == bare(b)
}

var notBare = regexp.MustCompile(`[^\pL\pN]+`)

func bare(s string) string { return notBare.ReplaceAllString(strings.ToLower(s), "") }

func cutWords(s string, n int) string {
	fields := strings.Fields(s)
	return strings.Join(fields[:min(n, len(fields))], " ")
}
