package extract

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"archivist"

	"golang.org/x/text/encoding/charmap"
)

var testDay = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// body is an article of our own, long enough to be one.
const body = `<p>The stone bridge over the Ebb was closed to all traffic on 4 March after divers found cracks in two of its five piers.</p>
<p>Engineers from the region expect repairs to last until the end of July. Until then, cars must use the motorway bridge upstream.</p>
<p>The bridge was built in 1787 and carried about 3,000 vehicles a day. The divers had come to inspect it after the January flood.</p>
<p>“The bridge is not about to fall,” said the chief engineer. “But nobody should find out with a lorry,” she added on Monday.</p>`

func onPage(inside string) string {
	return `<!doctype html><html lang="en"><head><title>Old bridge closes - Harbour Herald</title><meta property="og:site_name" content="Harbour Herald"></head>
<body><nav><a href="/">Home</a> <a href="/town">Town</a></nav>` + inside + `<footer>© 2026 Harbour Herald. All rights reserved.</footer></body></html>`
}

func paragraphsOf(t *testing.T, page string) []string {
	t.Helper()
	result, err := HTML(Input{Body: []byte(page), URL: "https://herald.example.com/bridge", Now: testDay})
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, p := range result.Article.Paragraphs {
		texts = append(texts, p.Text)
	}
	return texts
}

// TestCommentFormLeavesNothing: a news page whose body ends with "Source link" and the form of a comment, in the three ways that pages
// have it.
func TestCommentFormLeavesNothing(t *testing.T) {
	for what, page := range map[string]string{
		"in a comment section": `<article><h1>Old bridge closes</h1>` + body + `<p><a href="https://elsewhere.example">Source link</a></p></article>
			<section id="comments" class="comments-area"><div id="respond"><h3 id="reply-title">Leave a Reply</h3><form><p>Your email address will not be published. Required fields are marked *</p>
			<label>Comment *</label><textarea></textarea></form></div></section>`,
		"in bare divs":                 `<div><h1>Old bridge closes</h1>` + body + `<div>Source link</div><div>Leave a Reply</div><div>Your email address will not be published. Required fields are marked *</div></div>`,
		"as paragraphs of the article": `<article><h1>Old bridge closes</h1>` + body + `<p>Source link</p><p>Leave a Reply</p><p>Your email address will not be published.</p><p>Required fields are marked *</p></article>`,
	} {
		texts := paragraphsOf(t, onPage(page))
		if len(texts) != 4 || !strings.HasPrefix(texts[0], "The stone bridge") || !strings.HasPrefix(texts[3], "“The bridge is not") {
			t.Errorf("%s: %d paragraphs: %q", what, len(texts), texts)
		}
		for _, left := range []string{"Source link", "Leave a Reply", "Your email", "Required fields", "Harbour Herald"} {
			if strings.Contains(strings.Join(texts, "\n"), left) {
				t.Errorf("%s: %q is left", what, left)
			}
		}
	}
}

func TestWordsAreNotGlued(t *testing.T) {
	texts := paragraphsOf(t, onPage(`<article><h1>Old bridge closes</h1>`+body+
		`<p>A <b>W</b>ord of<br>two lines, <i>and</i><em> more</em> of them, spelled&shy;out&#8203; with a s&#8203;pace that nobody sees at all.</p>
<div>One block of text that stands alone here<div>inner block of text that stands alone too</div>and a tail of text behind the inner block</div></article>`))
	all := strings.Join(texts, "\n")
	for _, want := range []string{"A Word of\ntwo lines, and more of them, spelledout with a space", "stands alone here\ninner block", "alone too\nand a tail"} {
		if !strings.Contains(all, want) {
			t.Errorf("%q is not in %q", want, all)
		}
	}
}

func TestHiddenTextIsNotStored(t *testing.T) {
	const secret = "The mayor secretly owns the bridge and all the cars that ever went over it, says this text that nobody sees."
	for _, hidden := range []string{
		`<p hidden>%s</p>`, `<div data-nosnippet><p>%s</p></div>`, `<p style="display: none">%s</p>`, `<div style="visibility:hidden"><p>%s</p></div>`, `<p style="font-size:0">%s</p>`,
		`<p class="sr-only">%s</p>`, `<p style="text-indent:-9999px">%s</p>`, `<div aria-hidden="true"><p>%s</p></div>`, `<template><p>%s</p></template>`, `<script>%s</script>`,
		`<p style="position:absolute; left:-10000px">%s</p>`, `<p style="color:#fff;background-color: #FFF">%s</p>`, `<p style="opacity:0">%s</p>`,
		`<p style="clip: rect(0 0 0 0)">%s</p>`, `<p>The divers go down <span style="display:none">%s</span> again in May, when the water is warm enough for them.</p>`,
		`<p><span hidden>%s</span> The divers go down again in May, when the water is warm enough for them to stay.</p>`,
		`<table><tr><td>Motorway bridge</td><td><span style="display:none">%s</span>allowed</td></tr></table>`,
	} {
		page := onPage(`<article><h1>Old bridge closes</h1>` + body + fmt.Sprintf(hidden, secret) + `</article>`)
		all := strings.Join(paragraphsOf(t, page), "\n")
		if strings.Contains(all, "secretly") {
			t.Errorf("%s is stored", hidden)
		}
		if strings.Contains(hidden, "divers") && !strings.Contains(all, "again in May") {
			t.Errorf("%s: what is seen around it is lost", hidden)
		}
	}
	page := strings.Replace(onPage(`<article><h1>Old bridge closes</h1>`+body+`</article>`), "<body>", `<body style="opacity:0">`, 1)
	if texts := paragraphsOf(t, page); len(texts) != 4 {
		t.Errorf("a page that shows itself when it has loaded: %q", texts)
	}
}

// TestHiddenBySheet: text that a simple rule of the page's own sheet hides is not stored; where a rule may show it, it is.
func TestHiddenBySheet(t *testing.T) {
	const secret = "The mayor secretly owns the bridge and all the cars that ever went over it, says this text that nobody sees."
	for sheet, seen := range map[string]bool{
		`.x1 { color: red; display : none }`: false, `#x2{visibility:hidden!important}`: false, `p.x1{display:none}`: false, `.a,.x1{display:none}`: false,
		`@import "x.css";/* .x1{display:block} */ .x1{display:none}`: false, `.x1{display:none} .x1{color:red}`: false, `.x1{display:none`: false, `}}.x1{display:none}`: false,
		`div.x1{display:none}`: true, `.x1 b{display:none}`: true, `.js .x1{display:none}`: true, `.x1:empty{display:none}`: true, `.x{display:none}`: true,
		`@media print{.x1{display:none}}`: true, `.x1{display:none}.open .x1{display:block}`: true, `.x1{display:none}@media screen{.x1{display:inherit}}`: true,
		`.x1{display:none}.x1.on{visibility:visible}`: true, `.x1{border-display:none}`: true, `body{display:none}`: true, `{display:none}`: true,
		`<style media>.x1{display:none}`: false, `<style media=" Screen ">.x1{display:none}`: false, `<style type=x media=all>.x1{display:none}`: false,
		`<style media="print">.x1{display:none}`: true, `<style media="screen and (max-width:600px)">.x1{display:none}`: true,
		`<style media="print, screen">.x1{display:none}`: false, `<style media=",">.x1{display:none}`: false, `<style media="print, speech">.x1{display:none}`: true,
		`<style media=print>.x1{display:block}</style><style>.x1{display:none}`:                          false,
		`<style media="screen and (min-width:600px)">.x1{display:block}</style><style>.x1{display:none}`: true,
	} {
		if !strings.HasPrefix(sheet, "<style") {
			sheet = "<style>" + sheet
		}
		page := onPage(sheet + `</style><article><h1>Old bridge closes</h1>` + body + `<p class="a1 x1" id=x2>` + secret + `</p></article>`)
		if all := strings.Join(paragraphsOf(t, page), "\n"); strings.Contains(all, "secretly") != seen || !strings.Contains(all, "1787") {
			t.Errorf("%s: %q", sheet, all)
		}
	}
	page := onPage(`<style>.x1{display:none}</style><article class=x1><h1>Old bridge closes</h1>` + body + `</article>`)
	if texts := paragraphsOf(t, page); len(texts) != 4 {
		t.Errorf("a page that unfolds as it is read: %q", texts)
	}
	long := onPage(`<style>` + strings.Repeat(".x1{display:none}", maxStyles/17+1) + `</style>` + strings.Repeat("<div class=x1>", 200) + `<article><h1>Old bridge closes</h1>` + body)
	began := time.Now()
	if texts := paragraphsOf(t, long); len(texts) != 4 || time.Since(began) > 2*time.Second {
		t.Errorf("a sheet above the limit, %v: %q", time.Since(began), texts)
	}
}

// TestInline: where nothing can end it, the extractor that is quadratic does not run on a page of more than 500 blocks.
func TestInline(t *testing.T) {
	page := onPage(`<article><h1>Old bridge closes</h1>` + strings.Repeat(body, maxInlineBlocks/4+1) + `</article>`)
	for _, inline := range []bool{false, true} {
		reading, err := Read(Input{Body: []byte(page), URL: "https://herald.example.com/bridge", Now: testDay, Inline: inline})
		if err != nil || (reading.ballot.t == nil) != inline {
			t.Errorf("inline %t: trafilatura votes %t, %v", inline, reading.ballot.t != nil, err)
		}
		if result, err := reading.Decide(Trial{}); err != nil || len(result.Article.Paragraphs) < maxInlineBlocks {
			t.Errorf("inline %t: %d paragraphs, %v", inline, len(result.Article.Paragraphs), err)
		}
	}
}

func TestUnseenCharacters(t *testing.T) {
	for in, want := range map[string]string{
		"a\u200bb\u202ec\u2066d\ue000e\U000e0041f\u00adg": "abcdefg",
		"brid\u200dge\u200c":                              "bridge",
		"мо\u200dст":                                      "мост",
		"نمی\u200cخواهم":                                  "نمی\u200cخواهم",
		"👩\u200d🚒 क\u094d\u200dष":                         "👩\u200d🚒 क\u094d\u200dष",
		"o" + strings.Repeat("\u0323", 40) + "k":          "ọ" + strings.Repeat("\u0323", 7) + "k",
		"e\u0301 \t\r\n \n x":                             "é\nx",
	} {
		if got := tidy(in); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}

// TestKinds: what stands on a page keeps its kind.
func TestKinds(t *testing.T) {
	page := onPage(`<article><h1>Old bridge closes</h1>` + body + `
<h2>Who may cross</h2><ul><li>Walkers may cross by day.</li><li>Riders may <b>not</b>.<ul><li>Not even at night.</li></ul></li></ul>
<blockquote><p>My grandfather built the second pier with his own hands, and it stands.</p></blockquote>
<blockquote class="twitter-tweet"><p>The bridge is closed!<br><br>Take the <a href="/m">motorway</a>.</p>— Town of Ebbhaven (@ebbhaven) <a href="/t">March 4, 2026</a></blockquote>
<table><tr><th>Bridge</th><th>Lorries</th></tr><tr><td>Mill bridge<script>x</script></td><td>up to<br>3 tonnes</td></tr></table>
<pre>if bridge.Closed {
    <b>drive</b>(motorway)
<i>}</i></pre>
<p>The last word of the council on the bridge is expected in the first week of August, after its summer break.</p></article>`)
	result, err := HTML(Input{Body: []byte(page), URL: "https://herald.example.com/bridge", Now: testDay})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range result.Article.Paragraphs[4:] {
		got = append(got, p.Kind.String()+": "+p.Text)
	}
	want := []string{
		"heading: Who may cross", "item: Walkers may cross by day.", "item: Riders may not.", "item: Not even at night.",
		"quote: My grandfather built the second pier with his own hands, and it stands.",
		"quote: The bridge is closed!\nTake the motorway.", "quote: — Town of Ebbhaven (@ebbhaven) March 4, 2026",
		"row: Bridge | Lorries", "row: Mill bridge | up to 3 tonnes", "code: if bridge.Closed {\n    drive(motorway)\n}",
		"paragraph: The last word of the council on the bridge is expected in the first week of August, after its summer break.",
	}
	if strings.Join(got, "\n---\n") != strings.Join(want, "\n---\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestNamesOfPlaces: an anchor without an address is no link, so that what stands in it, perhaps as it was never closed, is no teaser.
func TestNamesOfPlaces(t *testing.T) {
	page := onPage(`<article><h1>Old bridge closes</h1><a name="top">` + body + `</article>`)
	if texts := paragraphsOf(t, page); len(texts) != 4 {
		t.Errorf("%d paragraphs: %q", len(texts), texts)
	}
}

// TestCaptionsByName: a class names a caption, one for what is inside does not.
func TestCaptionsByName(t *testing.T) {
	for class, want := range map[string]archivist.Kind{
		"wp-caption-text": archivist.KindCaption, "photo Caption": archivist.KindCaption,
		"text [&_figcaption]:hidden lg:caption-top": archivist.KindParagraph, "": archivist.KindParagraph,
	} {
		page := onPage(`<article><h1>Old bridge closes</h1><div class="` + class + `">` + body + `</div></article>`)
		reading, err := Read(Input{Body: []byte(page), URL: "https://herald.example.com/bridge", Now: testDay})
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range reading.ballot.blocks {
			if strings.HasPrefix(b.text, "The stone bridge") && b.kind != want {
				t.Errorf("%q: %v, want %v", class, b.kind, want)
			}
		}
	}
}

// TestHeadingNeverClosed: what stands behind it is text, not one heading after another.
func TestHeadingNeverClosed(t *testing.T) {
	for what, page := range map[string]string{
		"a heading around the text":        `<article><h4><div>` + body + `</div></h4></article>`,
		"a heading around a block":         `<article><h2><div>Old bridge closes</div></h2>` + body + `</article>`,
		"a heading around a block of text": `<article><h2><p>` + strings.Repeat("Old bridge closes until summer, say engineers ", 6) + `</p></h2>` + body + `</article>`,
	} {
		result, err := HTML(Input{Body: []byte(onPage(page)), URL: "https://herald.example.com/bridge", Now: testDay})
		if err != nil {
			t.Fatal(err)
		}
		prose := 0
		for _, p := range result.Article.Paragraphs {
			if p.Kind == archivist.KindParagraph {
				prose++
			}
		}
		if prose != 4 {
			t.Errorf("%s: %d paragraphs of %+v", what, prose, result.Article.Paragraphs)
		}
	}
}

func TestMetadata(t *testing.T) {
	read := func(head string) archivist.Head {
		t.Helper()
		page := `<!doctype html><html lang="en-GB"><head>` + head + `</head><body><article><h1>Old bridge closes</h1>` + body + `</article></body></html>`
		result, err := HTML(Input{Body: []byte(page), URL: "https://www.herald.example.com/2026/03/04/bridge", Now: testDay})
		if err != nil {
			t.Fatal(err)
		}
		return result.Article.Head
	}
	h := read(`<title>Old bridge closes | Harbour Herald</title><meta property="og:site_name" content="Harbour Herald"><meta name="author" content="By Ana Ruiz and Jonas Weber, Herald Staff">
<meta property="article:published_time" content="2026-03-04T08:30:00+01:00">`)
	if h.Title != "Old bridge closes" || h.Site != "Harbour Herald" || strings.Join(h.Authors, "|") != "Ana Ruiz|Jonas Weber" || h.Language != "en-GB" {
		t.Errorf("meta tags: %+v", h)
	}
	if want := time.Date(2026, 3, 4, 7, 30, 0, 0, time.UTC); !h.Published.Equal(want) || h.DayOnly {
		t.Errorf("published %s, day only %t", h.Published, h.DayOnly)
	}
	h = read(`<title>x</title><script type="application/ld+json">{"@context":"https://schema.org","@graph":[{"@type":"WebSite","name":"No"},{"@type":["NewsArticle"],"headline":"Old bridge
closes","datePublished":"2026-03-05","author":[{"@type":"Person","name":"Sofia Marku"},{"@type":"Organization","name":"The Herald Press"}],"publisher":{"name":"Harbour Herald"},}]}</script>`)
	if h.Title != "Old bridge closes" || strings.Join(h.Authors, "|") != "Sofia Marku" || h.Published.Format(time.DateOnly) != "2026-03-05" || !h.DayOnly || h.Site != "Harbour Herald" {
		t.Errorf("broken JSON-LD in a graph: %+v", h)
	}
	if h = read(`<title>Old bridge closes</title><meta name="date" content="2031-01-01">`); h.Published.Format(time.DateOnly) != "2026-03-04" || !h.DayOnly {
		t.Errorf("a date in the future beside one in the path: %s", h.Published)
	}
	if h = read(`<title>Old bridge closes</title>`); h.Site != "herald.example.com" || len(h.Authors) != 0 {
		t.Errorf("nothing but a title: %+v", h)
	}
}

// TestLongFields: a field of many letters of two bytes each ends, and ends between words.
func TestLongFields(t *testing.T) {
	for what, in := range map[string]string{
		"words of two bytes a letter": strings.Repeat("прибыль ", 100), "one word": strings.Repeat("ж", 1000), "latin": strings.Repeat("bridge ", 100),
	} {
		got := oneLine(in)
		if n := utf8.RuneCountInString(got); n > maxField || n < maxField-8 || !strings.HasPrefix(in, got) || strings.HasSuffix(got, " ") {
			t.Errorf("%s: %d characters, %q", what, n, got)
		}
	}
}

func TestCharsets(t *testing.T) {
	text := `<html><head>%s</head><body><article><h1>Fähre</h1><p>Die Fähre über die Elbe fährt wieder, sagte der Bürgermeister am Montag in der Stadt, die lange darauf gewartet hatte.</p><p>Jede Überfahrt kostet sechs Kronen, und für Kinder die Hälfte, wie schon vor dem großen Sturm im Oktober des vorletzten Jahres.</p></article></body></html>`
	latin := func(s string) []byte {
		var out []byte
		for _, r := range s {
			out = append(out, byte(r))
		}
		return out
	}
	for what, in := range map[string]Input{
		"utf-8, declared as latin-1":   {Body: []byte(fmt.Sprintf(text, "")), ContentType: "text/html; charset=iso-8859-1"},
		"latin-1 by the header":        {Body: latin(fmt.Sprintf(text, "")), ContentType: "text/html; charset=iso-8859-1"},
		"latin-1 by the page":          {Body: latin(fmt.Sprintf(text, `<meta charset="windows-1252">`))},
		"latin-1, declared as utf-8":   {Body: latin(fmt.Sprintf(text, `<meta charset="utf-8">`)), ContentType: "text/html; charset=utf-8"},
		"utf-8 with a byte order mark": {Body: append([]byte("\xef\xbb\xbf"), fmt.Sprintf(text, "")...)},
	} {
		in.URL, in.Now = "https://example.com/x", testDay
		result, err := HTML(in)
		if err != nil || len(result.Article.Paragraphs) != 2 || !strings.HasPrefix(result.Article.Paragraphs[0].Text, "Die Fähre über") {
			t.Errorf("%s: %v, %v", what, err, result.Article.Paragraphs)
		}
	}
}

// TestEncodedTwice: UTF-8 that was read as windows-1252 and encoded again is undone, if all of the page is such.
func TestEncodedTwice(t *testing.T) {
	const right = "<p>“We’ll cross the bridge when we come to it”, said the chief engineer’s deputy. Die Fähre fährt für Übermütige.</p>"
	var wrong strings.Builder
	for i := range len(right) {
		b := right[i]
		if r := charmap.Windows1252.DecodeByte(b); r != utf8.RuneError {
			wrong.WriteRune(r)
		} else {
			wrong.WriteRune(rune(b))
		}
	}
	for in, want := range map[string]string{
		wrong.String():                 right,
		right:                          right,
		wrong.String() + "<p>мост</p>": wrong.String() + "<p>мост</p>", // no windows-1252 has these letters
		"<p>weâ€™ll see</p>":           "<p>weâ€™ll see</p>",           // one may be about encodings
		"<p>Ã¤ Ã¶ Ã¼ and ä are how it goes</p>": "<p>Ã¤ Ã¶ Ã¼ and ä are how it goes</p>",
	} {
		if got, err := decode([]byte(in), ""); err != nil || got != want {
			t.Errorf("%q becomes %q, want %q (%v)", in, got, want, err)
		}
	}
}

// TestHostilePages bounds the processor's time of pages made to cost.
func TestHostilePages(t *testing.T) {
	for what, page := range map[string]string{
		"a million nested divs":   strings.Repeat("<div>", 1e6) + body,
		"20,000 paragraphs":       strings.Repeat("<p>A paragraph of some words that says nothing much at all about it.</p>", 20_000),
		"formatting clones":       strings.Repeat("<b id=x>", 400) + strings.Repeat("<p>x", 5000),
		"a million attributes":    "<p " + strings.Repeat("a=b ", 1e6) + ">x</p>" + body,
		"a million entities":      "<p>" + strings.Repeat("&amp;", 1e6) + "</p>" + body,
		"deep JSON-LD":            `<script type="application/ld+json">` + strings.Repeat(`{"a":`, 1e5) + "1" + strings.Repeat("}", 1e5) + "</script>" + body,
		"a million unclosed tags": strings.Repeat("<a href=x><i>", 5e5),
	} {
		began := spent()
		_, err := HTML(Input{Body: []byte(page), URL: "https://example.com/x", Now: testDay})
		took := spent() - began
		t.Logf("%s: %s", what, took)
		if took > slower*2*time.Second {
			t.Errorf("%s: took %s (%v)", what, took, err)
		}
	}
}

func TestImitatedMarks(t *testing.T) {
	page := onPage(`<article><h1>Old bridge closes</h1>` + body + "<p>\U000f0000\U000f0001\U000f0002 Here somebody put marks like ours into the page to have it all chosen.</p></article>")
	for _, text := range paragraphsOf(t, page) {
		if strings.ContainsFunc(text, func(r rune) bool { return r >= 0xe000 && r <= 0xf8ff || r >= 0xf0000 }) {
			t.Errorf("%q holds a private character", text)
		}
	}
}
