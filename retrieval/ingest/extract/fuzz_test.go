package extract

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"archivist"

	"golang.org/x/net/html"
)

// seeds are pages and pieces of pages with what has been difficult.
var seeds = []string{
	onPage("<article><h1>Old bridge closes</h1>" + body + "</article>"),
	"<table><tr><td>a<td>b<p>c</table><ul><li>c<p>d</ul><pre>e\n f<b>\n</b>g</pre>" + body,
	"<p>one<br>two<br><br>three<div>four<span hidden>five</span>six</div>seven<button>x</button>eight<wbr>nine",
	"<blockquote class=twitter-tweet><p>a<br><br>b</p>c</blockquote><h1>x</h1><h1>y</h1><h2>z",
	"<b><p>x</b>y<a><p>z<a></p></a><table>q<tr><b>r</table>s<template>t</template><svg><p>u</svg>",
	"<p style='display:none'>a</p><p style='color:red;background:red'>b</p><img alt=W>ord<i>s</i> a\u200bb\u202ec\U000f0000",
	"<div id=comments><p>c</p></div><p>Leave a Reply</p>" + body + "<ul><li><a href=x>a b c d</a><li><a href=y>e f g h</a><li><a href=z>i j k l</a></ul>",
	`<script type="application/ld+json">[{"@type":"Article","headline":"x","articleBody":"x"}]</script>` + body,
	strings.Repeat("<div><b>", 60) + "x" + strings.Repeat("</div>y", 60),
	"<style>/* x */@media print{.y{display:none}}.x,#z{display:none}.y{display:block</style><p class='w x'>seen by nobody<div id=z>a<b class=x>b</b></div>" + body,
	"\xff\xfe<\x00p\x00>\x00",
}

func addSeeds(f *testing.F) {
	for _, seed := range seeds {
		f.Add([]byte(seed))
	}
}

// FuzzCharset wants valid UTF-8, or an error of ours, whatever the bytes and the label; and UTF-8 as it was.
func FuzzCharset(f *testing.F) {
	for _, label := range []string{"", "text/html; charset=koi8-r", "text/html; charset=utf-7", "text/html; charset=iso-2022-kr", "text/html; charset=utf-16le", "text/html; charset=gb18030"} {
		for _, seed := range seeds {
			f.Add([]byte(seed), label)
		}
		f.Add([]byte("<meta charset=big5>\xa4\xa4\xa4\xe5"), label)
	}
	f.Fuzz(func(t *testing.T, page []byte, contentType string) {
		text, err := decode(page, contentType)
		if err != nil {
			if archivist.CodeOf(err) != archivist.BadEncoding {
				t.Fatalf("error %v", err)
			}
			return
		}
		if !utf8.ValidString(text) {
			t.Fatalf("%q is no UTF-8", text)
		}
		marked := len(page) > 2 && (page[0] == 0xff && page[1] == 0xfe || page[0] == 0xfe && page[1] == 0xff || strings.HasPrefix(string(page), "\ufeff"))
		if utf8.Valid(page) && !marked && text != string(page) && !twice.Match(page) {
			t.Fatalf("%q became %q", page, text)
		}
	})
}

// FuzzPrepass holds the estimate to the tree that the parser makes. What the estimate does not count is bounded by the tags: elements that the
// parser implies, and up to a dozen for an end tag of formatting that is out of order.
func FuzzPrepass(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, page []byte) {
		text := string(page)
		if !utf8.ValidString(text) {
			return
		}
		estimate, _ := cost(text)
		doc, err := html.Parse(strings.NewReader(text))
		if err != nil {
			return
		}
		real := 0
		for n := range doc.Descendants() {
			if n.Type == html.ElementNode {
				real++
			}
		}
		if tags := strings.Count(text, "<"); real > 2*estimate+12*tags+3 {
			t.Fatalf("%d elements, estimated %d from %d tags", real, estimate, tags)
		}
		flat := flatten(text)
		if again := flatten(flat); again != flat && len(again) > len(flat) {
			t.Fatalf("flattened twice it grows from %d to %d", len(flat), len(again))
		}
	})
}

// visibleText is the slow twin of segment: the text that readers see, each block apart.
func visibleText(n *html.Node, b *strings.Builder) {
	if n.Type == html.TextNode {
		b.WriteString(n.Data)
		return
	}
	if n.Type != html.ElementNode && n.Type != html.DocumentNode {
		return
	}
	if n.Type == html.ElementNode {
		class := attribute(n, "class")
		switch {
		case textless[n.Data] || popup.MatchString(class) || isHidden(n, class):
			if blockLevel[n.Data] || textless[n.Data] && !unrendered[n.Data] {
				b.WriteByte(' ')
			}
			return
		case n.Data == "br":
			b.WriteByte(' ')
			return
		case n.Data == "wbr":
			return
		case n.Data == "img":
			if alt := strings.TrimSpace(attribute(n, "alt")); utf8.RuneCountInString(alt) == 1 && isLetter(alt) {
				b.WriteString(alt)
			}
			return
		}
	}
	if blockLevel[n.Data] {
		b.WriteByte(' ')
		defer b.WriteByte(' ')
	}
	for child := range n.ChildNodes() {
		visibleText(child, b)
	}
}

// wordsSeen are the words of a text without the bars of tables.
func wordsSeen(s string) []string {
	return strings.Fields(strings.ReplaceAll(tidy(strings.ReplaceAll(s, "\n", " ")), "|", " "))
}

// FuzzSegment wants the blocks of a page to be its visible text, in order and with no words glued.
func FuzzSegment(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, page []byte) {
		doc, err := html.Parse(strings.NewReader(strings.ToValidUTF8(string(page), "")))
		if err != nil || len(page) > 1<<16 {
			return
		}
		var seen, blocks strings.Builder
		visibleText(doc, &seen)
		for _, b := range segment(doc) {
			if b.first == nil || b.parent == nil || b.text == "" || b.linkWords > b.words {
				t.Fatalf("block %+v", b)
			}
			blocks.WriteString(b.text + "\n")
		}
		if want, got := wordsSeen(seen.String()), wordsSeen(blocks.String()); !slices.Equal(want, got) {
			t.Fatalf("seen %q\nblocks %q", want, got)
		}
	})
}

// FuzzExtract wants an article or an error of ours, never a panic, and paragraphs that are runs of what the page shows.
func FuzzExtract(f *testing.F) {
	for _, seed := range seeds {
		f.Add([]byte(seed), "text/html")
	}
	f.Add([]byte("<p>\xc1\xc2"+body), "text/html; charset=koi8-r")
	f.Fuzz(func(t *testing.T, page []byte, contentType string) {
		reading, err := Read(Input{Body: page, ContentType: contentType, URL: "https://example.com/x", Now: testDay})
		if err != nil {
			if archivist.CodeOf(err) == archivist.Internal {
				t.Fatalf("error %v", err)
			}
			return
		}
		result, err := reading.Decide(Trial{})
		if err != nil && archivist.CodeOf(err) == archivist.Internal {
			t.Fatalf("error %v", err)
		}
		var seen strings.Builder
		visibleText(reading.doc, &seen)
		whole := strings.Join(wordsSeen(seen.String()), " ")
		for _, p := range result.Article.Paragraphs {
			if !utf8.ValidString(p.Text) || !strings.Contains(whole, strings.Join(wordsSeen(p.Text), " ")) || strings.TrimSpace(p.Text) == "" {
				t.Fatalf("paragraph %q is not on the page: %q", p.Text, whole)
			}
		}
		head, about := result.Article.Head, result.Article.About
		for _, s := range append(append([]string{head.Title, head.Site, about.Section}, head.Authors...), about.Tags...) {
			if !utf8.ValidString(s) || utf8.RuneCountInString(s) > maxField || strings.ContainsAny(s, "\n\x00\u202e") {
				t.Fatalf("field %q", s)
			}
		}
	})
}

// FuzzFilter wants the filter to take and never to add, and to stay within its quarter of what is no link, whatever the votes.
func FuzzFilter(f *testing.F) {
	for i, seed := range seeds {
		f.Add([]byte(seed), uint64(i)*0x9e3779b97f4a7c15)
	}
	f.Fuzz(func(t *testing.T, page []byte, votes uint64) {
		doc, err := html.Parse(strings.NewReader(strings.ToValidUTF8(string(page), "")))
		if err != nil || len(page) > 1<<16 {
			return
		}
		blocks := segment(doc)
		kept, words := make([]bool, len(blocks)), 0
		for i, b := range blocks {
			if kept[i] = votes>>(i%64)&1 == 1; kept[i] {
				words += b.words - b.linkWords
			}
		}
		before := slices.Clone(kept)
		removed := filter(blocks, kept, &meta{title: "Old bridge closes"}, Trial{})
		taken, gone := 0, 0
		for i := range kept {
			if kept[i] && !before[i] {
				t.Fatalf("%q was added", blocks[i].text)
			}
			if before[i] && !kept[i] {
				gone++
			}
		}
		at := 0
		for _, r := range removed { // in the order of the blocks, and behind them what "section" took
			if r.Rule == "section" {
				continue
			}
			for kept[at] || !before[at] || blocks[at].text != r.Text {
				at++
			}
			if !surest[r.Rule] {
				taken += blocks[at].words - blocks[at].linkWords
			}
			at++
		}
		if gone != len(removed) || float64(taken) > mostRemoved*float64(words) {
			t.Fatalf("%d of %d words taken, %d blocks, %d told", taken, words, gone, len(removed))
		}
	})
}

// FuzzJSONLD wants sound JSON read as it is, and anything else read or refused.
func FuzzJSONLD(f *testing.F) {
	for _, s := range []string{
		`{"@type":"NewsArticle","headline":"a","author":[{"name":"b"},{"@id":"#c"}],"datePublished":"2026-03-04"}`, `{"a":"x
y",}`, `<!--{"a":1}-->`, `{"a":1}{"b":2}`, `{&quot;a&quot;:1}`, `{/*c*/"a":"// no" // yes
}`, strings.Repeat(`{"a":`, 200), `[[[["\u0000"]]]]`, `{"@graph":[{"@id":"x","@type":"Article","publisher":{"@id":"x"}}]}`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var sound any
		trimmed := strings.TrimSpace(s)
		if value, ok := lenientJSON(s); json.Unmarshal([]byte(trimmed), &sound) == nil && len(s) <= maxLDBytes && depthOf(s) <= 4*maxLDDepth &&
			(strings.HasPrefix(trimmed, "{") || strings.HasPrefix(trimmed, "[")) && (!ok || !reflect.DeepEqual(value, []any{sound})) {
			t.Fatalf("%q is read as %v", s, value)
		}
		doc := &html.Node{Type: html.DocumentNode}
		script := &html.Node{Type: html.ElementNode, Data: "script", Attr: []html.Attribute{{Key: "type", Val: "application/ld+json"}}}
		script.AppendChild(&html.Node{Type: html.TextNode, Data: s})
		doc.AppendChild(script)
		found := readLD(doc, func(headline, address string) bool { return headline == "a" })
		if len(found.authors) > maxLDNodes {
			t.Fatalf("%d authors", len(found.authors))
		}
	})
}
