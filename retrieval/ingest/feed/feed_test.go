package feed

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"archivist"
)

var now = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

const address = "https://herald.example.com/feed"

func parse(t *testing.T, body string) Document {
	t.Helper()
	d, err := Parse([]byte(body), address, now)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func wantCode(t *testing.T, what string, err error, want archivist.Code) {
	t.Helper()
	var failure *archivist.Failure
	if !errors.As(err, &failure) || failure.Code != want {
		t.Errorf("%s: %v, want %s", what, err, want)
	}
}

var prose = strings.Repeat("The ferry leaves at seven. ", 30) // 150 words

// formats are one feed of two articles in every format.
var formats = map[string]string{
	"RSS": `<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/">
<channel><title>Harbour &amp; Herald</title><link>https://herald.example.com/</link><ttl>90</ttl>
<item><title>Old</title><link>/old?utm_source=rss</link><pubDate>Wed, 18 Nov 2026 08:00:00 +0100</pubDate></item>
<item><title>New</title><link>https://herald.example.com/new</link><pubDate>Thu, 19 Nov 2026 08:00:00 GMT</pubDate><content:encoded><![CDATA[<p>` + prose + `</p>]]></content:encoded></item>
</channel></rss>`,
	"Atom": `<feed xmlns="http://www.w3.org/2005/Atom"><title>Harbour &amp; Herald</title><link href="https://herald.example.com/"/>
<entry><title>Old</title><link href="/old"/><published>2026-11-18T07:00:00Z</published></entry>
<entry><title>New</title><link rel="alternate" href="https://herald.example.com/new"/><updated>2026-11-19T08:00:00Z</updated><content type="html">&lt;p&gt;` + prose + `&lt;/p&gt;</content></entry></feed>`,
	"RDF": `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">
<channel><title>Harbour &amp; Herald</title><link>https://herald.example.com/</link><sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>16</sy:updateFrequency></channel>
<item><title>Old</title><link>https://herald.example.com/old</link><dc:date>2026-11-18T07:00:00Z</dc:date></item>
<item><title>New</title><link>https://herald.example.com/new</link><dc:date>2026-11-19T08:00:00Z</dc:date><content:encoded><![CDATA[<p>` + prose + `</p>]]></content:encoded></item></rdf:RDF>`,
	"JSON": `{"version":"https://jsonfeed.org/version/1.1","title":"Harbour & Herald","home_page_url":"https://herald.example.com/","items":[
{"id":"1","url":"https://herald.example.com/old","title":"Old","date_published":"2026-11-18T07:00:00Z"},
{"id":"2","url":"https://herald.example.com/new","title":"New","date_published":"2026-11-19T08:00:00Z","content_html":"<p>` + prose + `</p>"}]}`,
}

func TestFormats(t *testing.T) {
	for name, body := range formats {
		d := parse(t, body)
		if d.Title != "Harbour & Herald" || d.Home != "https://herald.example.com/" || len(d.Items) != 2 {
			t.Errorf("%s: %+v", name, d)
			continue
		}
		first, second := d.Items[0], d.Items[1]
		if first.URL != "https://herald.example.com/new" || first.Title != "New" || !first.Published.Equal(time.Date(2026, 11, 19, 8, 0, 0, 0, time.UTC)) || !strings.Contains(first.Content, "The ferry leaves") {
			t.Errorf("%s: the first item is %+v", name, first)
		}
		if second.URL != "https://herald.example.com/old" || second.Key != "herald.example.com/old" || !second.Published.Equal(time.Date(2026, 11, 18, 7, 0, 0, 0, time.UTC)) || second.Content != "" {
			t.Errorf("%s: the second item is %+v", name, second)
		}
	}
	for name, want := range map[string]time.Duration{"RSS": 90 * time.Minute, "RDF": 90 * time.Minute, "Atom": 0, "JSON": 0} {
		if d := parse(t, formats[name]); d.Pause != want {
			t.Errorf("%s asks for a pause of %s, want %s", name, d.Pause, want)
		}
	}
}

func channel(items string) string {
	return `<rss version="2.0" xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"><channel><title>T</title><link>https://herald.example.com</link>` + items + `</channel></rss>`
}

func TestItems(t *testing.T) {
	d := parse(t, channel(`
<item><title>No link</title></item>
<item><title>By its id</title><guid>https://herald.example.com/guid</guid></item>
<item><title>Counted</title><link>https://counter.example/1</link><feedburner:origLink>https://herald.example.com/counted</feedburner:origLink></item>
<item><title>Twice</title><link>https://herald.example.com/guid/?utm_source=x</link></item>
<item><title>From the future</title><link>https://herald.example.com/future</link><pubDate>Thu, 19 Nov 2099 08:00:00 GMT</pubDate></item>
<item><title>&lt;b&gt;Bold&lt;/b&gt;  words</title><link>javascript:alert(1)</link></item>
<item><title>&lt;b&gt;Bold&lt;/b&gt;
 words</title><link>https://other.example/bold</link></item>`))
	var got []string
	for _, item := range d.Items {
		got = append(got, item.URL+" "+item.Title)
		if !item.Published.IsZero() {
			t.Errorf("%s was published %s", item.URL, item.Published)
		}
	}
	want := []string{
		"https://herald.example.com/guid By its id", "https://herald.example.com/counted Counted",
		"https://herald.example.com/future From the future", "https://other.example/bold Bold words",
	}
	if !slices.Equal(got, want) {
		t.Errorf("items %q, want %q", got, want)
	}
}

func TestCharacters(t *testing.T) {
	title := func(body string) string { return parse(t, body).Title }
	for name, body := range map[string]string{
		"declared":      `<?xml version="1.0" encoding="ISO-8859-1"?><rss version="2.0"><channel><title>` + "Caf\xe9" + `</title></channel></rss>`,
		"undeclared":    `<rss version="2.0"><channel><title>` + "Caf\xe9" + `</title></channel></rss>`,
		"a lie":         `<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>` + "Caf\xe9" + `</title></channel></rss>`,
		"a mark":        "\ufeff" + `<?xml version="1.0"?><rss version="2.0"><channel><title>Café</title></channel></rss>`,
		"unknown name":  `<?xml version="1.0" encoding="klingon"?><rss version="2.0"><channel><title>Café</title></channel></rss>`,
		"a control":     `<rss version="2.0"><channel><tit` + "\x02" + `le>Café</title></channel></rss>`,
		"HTML entities": `<rss version="2.0"><channel><title>Caf&eacute;</title></channel></rss>`,
	} {
		if got := title(body); got != "Café" {
			t.Errorf("%s: %q", name, got)
		}
	}
	_, err := Parse([]byte("<\x00r\x00s\x00s\x00>\x00"), address, now)
	wantCode(t, "UTF-16", err, archivist.BadEncoding)
}

func TestBounds(t *testing.T) {
	item := "<item><title>T</title><link>https://herald.example.com/%d</link></item>"
	endless := strings.Builder{}
	for i := range 100_000 {
		fmt.Fprintf(&endless, item, i)
	}
	began := time.Now()
	if d := parse(t, channel(endless.String())); len(d.Items) != MaxItems || d.Items[0].URL != "https://herald.example.com/0" {
		t.Errorf("%d items of an endless feed, from %s", len(d.Items), d.Items[0].URL)
	}
	for what, test := range map[string]struct {
		body string
		want archivist.Code
	}{
		"deep":               {channel(strings.Repeat("<x:a>", 1_000_000)), archivist.TooDeep},
		"deep behind a mask": {channel("<!-- <![CDATA[ -->" + strings.Repeat("<x:\x01a>", 1_000_000) + "<!-- ]]> -->"), archivist.TooDeep},
		"many tags":          {channel(strings.Repeat("<a/>", 400_000)), archivist.TooComplex},
		"text in pieces":     {channel("<x:a>" + strings.Repeat(strings.Repeat("a", 40)+"<b/>", 100_000) + "</x:a>"), archivist.TooComplex},
		"long":               {channel(strings.Repeat("a", maxBody)), archivist.TooLarge},
		"JSON":               {`{"version":"https://jsonfeed.org/version/1.1","items":[` + strings.Repeat("{},", 100_000) + "{}]}", archivist.TooComplex},
		"a page":             {"<!doctype html><html><head><title>x</title></head></html>", archivist.WrongType},
		"nothing":            {"", archivist.WrongType},
		"entities":           {`<!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><rss version="2.0"><channel><title>&b;`, archivist.WrongType},
	} {
		_, err := Parse([]byte(test.body), address, now)
		wantCode(t, what, err, test.want)
	}
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("it all took %s", took)
	}
	if d := parse(t, `<!DOCTYPE rss [<!ENTITY a "secret"><!ENTITY f SYSTEM "file:///etc/passwd">]><rss version="2.0"><channel><title>x&a;&f;y</title></channel></rss>`); d.Title != "x&a;&f;y" {
		t.Errorf("entities of the feed's own were read: %q", d.Title)
	}
}

// TestInterval is by hand from the rule.
func TestInterval(t *testing.T) {
	every := func(gap time.Duration, n int) (items []archivist.FeedItem) {
		for i := range n {
			items = append(items, archivist.FeedItem{Published: now.Add(-time.Duration(i) * gap)})
		}
		return items
	}
	uneven := every(time.Hour, 3)
	uneven[2].Published = now.Add(-100 * time.Hour) // gaps 1 h, 99 h: the upper one of two
	old := append(every(2*time.Hour, 20), every(1000*time.Hour, 50)[21:]...)
	for _, test := range []struct {
		what      string
		items     []archivist.FeedItem
		unchanged int
		pause     time.Duration
		want      time.Duration
	}{
		{"every four hours", every(4*time.Hour, 9), 0, 0, 2 * time.Hour},
		{"twice nothing new", every(4*time.Hour, 9), 2, 0, 8 * time.Hour},
		{"never above a day", every(4*time.Hour, 9), 60, 0, MaxInterval},
		{"every minute", every(time.Minute, 9), 0, 0, MinInterval},
		{"every minute, nothing new", every(time.Minute, 9), 3, 0, 2 * time.Hour},
		{"once a month", every(720*time.Hour, 9), 0, 0, MaxInterval},
		{"the site wants ten hours", every(4*time.Hour, 9), 0, 10 * time.Hour, 10 * time.Hour},
		{"the site wants two days", every(4*time.Hour, 9), 0, 48 * time.Hour, 48 * time.Hour},
		{"no times", make([]archivist.FeedItem, 9), 0, 0, time.Hour},
		{"two gaps", uneven, 0, 0, MaxInterval},
		{"only the newest twenty count", old, 0, 0, time.Hour},
	} {
		if got := Interval(Every(test.items), test.unchanged, test.pause); got != test.want {
			t.Errorf("%s: %s, want %s", test.what, got, test.want)
		}
	}
}

func TestLinks(t *testing.T) {
	page := `<!doctype html><html><head><title>T</title>
<link rel="stylesheet" type="text/css" href="/x.css"><link rel="alternate" hreflang="de" href="/de">
<link rel="alternate" type="application/rss+xml" title="T » Comments Feed" href="/comments/feed/">
<LINK REL="Alternate home" TYPE="application/rss+xml; charset=utf-8" HREF="/feed/">
<link rel="alternate" type="application/rss+xml" href="feed/"><link rel="alternate" type="application/atom+xml" href="//feeds.example.org/atom">
<link rel="alternate" type="application/json" href="/wp-json/wp/v2/pages/2"><link rel="alternate" type="application/json" title="JSON Feed" href="/feed.json">
<link rel="alternate" type="application/rss+xml" href="javascript:x"><link rel="alternate" type="application/rss+xml">
</head><body><link rel="alternate" type="application/rss+xml" href="/late"></body></html>`
	want := []string{
		"https://herald.example.com/feed/", "https://feeds.example.org/atom", "https://herald.example.com/feed.json", "https://herald.example.com/comments/feed/",
	}
	if got := Links([]byte(page), "https://herald.example.com/"); !slices.Equal(got, want) {
		t.Errorf("links %q, want %q", got, want)
	}
	many := strings.Builder{}
	for i := range 50 {
		fmt.Fprintf(&many, `<link rel="alternate" type="application/rss+xml" href="/%d">`, i)
	}
	if got := Links([]byte(many.String()), "https://herald.example.com/"); len(got) != maxLinks {
		t.Errorf("%d links", len(got))
	}
	if got := Guesses("https://herald.example.com/a/b?c"); !slices.Equal(got, []string{"https://herald.example.com/feed", "https://herald.example.com/rss.xml", "https://herald.example.com/atom.xml"}) {
		t.Errorf("guesses %q", got)
	}
}

func packed(text string) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write([]byte(text)) // to memory
	_ = z.Close()
	return b.Bytes()
}

func TestSitemap(t *testing.T) {
	const urls = `<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><loc>https://herald.example.com/undated</loc></url>
<url><loc> https://herald.example.com/old </loc><lastmod>2024-05</lastmod><image:image><image:loc>https://herald.example.com/a.jpg</image:loc></image:image></url>
<url><loc>https://www.herald.example.com/new?a=1&amp;b=2</loc><lastmod>2026-11-19T08:00:00+01:00</lastmod></url>
<url><loc>https://elsewhere.example.org/x</loc></url><url><loc>https://herald.example.com/old</loc></url><url><loc>nonsense</loc></url></urlset>`
	for what, body := range map[string][]byte{"plain": []byte(urls), "packed": packed(urls)} {
		m, err := Sitemap(body, "https://herald.example.com/sitemap.xml")
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, p := range m.Pages {
			got = append(got, p.URL+" "+p.Modified.Format(time.RFC3339))
		}
		want := []string{
			"https://www.herald.example.com/new?a=1&b=2 2026-11-19T07:00:00Z", "https://herald.example.com/old 2024-05-01T00:00:00Z",
			"https://herald.example.com/undated 0001-01-01T00:00:00Z",
		}
		if !slices.Equal(got, want) || len(m.Maps) != 0 {
			t.Errorf("%s: %q, want %q", what, got, want)
		}
	}
	index := strings.Builder{}
	index.WriteString(`<sm:sitemapindex xmlns:sm="http://www.sitemaps.org/schemas/sitemap/0.9">`)
	for i := range 80 {
		fmt.Fprintf(&index, "<sm:sitemap><sm:loc>https://herald.example.com/map%d.xml</sm:loc><sm:lastmod>20%02d</sm:lastmod></sm:sitemap>", i, i)
	}
	m, err := Sitemap([]byte(index.String()+"</sm:sitemapindex>"), "https://herald.example.com/sitemap.xml")
	if err != nil || len(m.Maps) != MaxMaps || m.Maps[0].URL != "https://herald.example.com/map79.xml" || len(m.Pages) != 0 {
		t.Errorf("index: %d maps, %d pages, %v", len(m.Maps), len(m.Pages), err)
	}
	lines := "https://herald.example.com/a\n\nhttps://elsewhere.example.org/b\r\nhttps://herald.example.com/c"
	if m, err := Sitemap([]byte(lines), "https://herald.example.com/urls.txt"); err != nil || len(m.Pages) != 2 {
		t.Errorf("lines: %+v, %v", m, err)
	}
	cut := urls[:strings.Index(urls, "nonsense")]
	if m, err := Sitemap([]byte(cut), "https://herald.example.com/sitemap.xml"); err != nil || len(m.Pages) != 3 {
		t.Errorf("cut short: %+v, %v", m, err)
	}
}

func TestSitemapBounds(t *testing.T) {
	many := strings.Builder{}
	many.WriteString("<urlset>")
	for i := range maxURLs + 1000 {
		fmt.Fprintf(&many, "<url><loc>https://herald.example.com/%d</loc></url>", i)
	}
	if m, err := Sitemap([]byte(many.String()), "https://herald.example.com/s.xml"); err != nil || len(m.Pages) != maxURLs {
		t.Errorf("%d pages, %v", len(m.Pages), err)
	}
	_, err := Sitemap(packed(strings.Repeat("<url>", 8<<20)), "https://herald.example.com/s.xml")
	wantCode(t, "a bomb", err, archivist.TooLarge)
	_, err = Sitemap([]byte("\x1f\x8bno"), "https://herald.example.com/s.xml")
	wantCode(t, "damaged", err, archivist.BadEncoding)
	_, err = Sitemap([]byte("<html></html>"), "https://herald.example.com/s.xml")
	wantCode(t, "a page", err, archivist.WrongType)
	_, err = Sitemap([]byte("Hello."), "https://herald.example.com/s.xml")
	wantCode(t, "a text", err, archivist.WrongType)
	if m, err := Sitemap([]byte("<urlset>"+strings.Repeat("<a>", maxElements/2)+"<url><loc>https://herald.example.com/a</loc></url>"), "https://herald.example.com/s.xml"); err != nil || len(m.Pages) != 1 {
		t.Errorf("deep: %+v, %v", m, err)
	}
}

// FuzzFeed: no panic, no more than MaxItems, every item with an address of the web and its key once.
func FuzzFeed(f *testing.F) {
	for _, body := range formats {
		f.Add([]byte(body))
	}
	f.Add([]byte(channel("<item><link>x</link></item>")))
	f.Fuzz(func(t *testing.T, body []byte) {
		d, err := Parse(body, address, now)
		if err != nil {
			if archivist.CodeOf(err) == archivist.Internal {
				t.Fatalf("an error without a code: %v", err)
			}
			return
		}
		if len(d.Items) > MaxItems {
			t.Fatalf("%d items", len(d.Items))
		}
		seen := map[string]bool{}
		for i, item := range d.Items {
			if !strings.HasPrefix(item.URL, "http") || item.Key == "" || seen[item.Key] {
				t.Fatalf("item %+v", item)
			}
			if seen[item.Key] = true; i > 0 && item.Published.After(d.Items[i-1].Published) {
				t.Fatal("items are not newest first")
			}
		}
	})
}

// FuzzSitemap: no panic, only places of the map's own site, each once.
func FuzzSitemap(f *testing.F) {
	f.Add([]byte(`<urlset><url><loc>https://herald.example.com/a</loc><lastmod>2026-01-02</lastmod></url></urlset>`))
	f.Add([]byte(`<sitemapindex><sitemap><loc>https://herald.example.com/a.xml</loc></sitemap></sitemapindex>`))
	f.Add([]byte("https://herald.example.com/a\nhttps://elsewhere.example.org/"))
	f.Add(packed(`<urlset><url><loc>https://herald.example.com/a</loc></url></urlset>`))
	f.Fuzz(func(t *testing.T, body []byte) {
		m, err := Sitemap(body, "https://herald.example.com/sitemap.xml")
		if err != nil && archivist.CodeOf(err) == archivist.Internal {
			t.Fatalf("an error without a code: %v", err)
		}
		seen := map[string]bool{}
		for _, p := range append(m.Pages, m.Maps...) {
			if domain(p.URL) != "example.com" || seen[p.URL] {
				t.Fatalf("place %+v", p)
			}
			seen[p.URL] = true
		}
	})
}

// TestWordsOfOtherSites: a feed tells the addresses of other sites' pages and not what stands there, whatever page it says it belongs to.
func TestWordsOfOtherSites(t *testing.T) {
	for _, test := range []struct {
		feed, home, item string
		want             bool
	}{
		{"https://herald.example.com/feed", "https://herald.example.com/", "/a", true},
		{"https://feeds.herald.co.uk/all", "https://www.herald.co.uk/", "/a", true},
		{"https://evil.example.com/feed", "https://evil.example.com/", "https://www.bbc.co.uk/a", false},
		{"https://evil.example.com/feed", "https://www.bbc.co.uk/", "https://www.bbc.co.uk/a", false},
		{"https://evil.example.com/feed", "https://www.bbc.co.uk/", "/a", false},
		{"https://evil.co.uk/feed", "https://evil.co.uk/", "https://bbc.co.uk/a", false},
	} {
		body := `<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>T</title><link>` + test.home + `</link>
<item><title>A</title><link>` + test.item + `</link><content:encoded><![CDATA[<p>` + prose + `</p>]]></content:encoded></item></channel></rss>`
		d, err := Parse([]byte(body), test.feed, now)
		if err != nil || len(d.Items) != 1 || (d.Items[0].Content != "") != test.want {
			t.Errorf("%+v: %+v, %v", test, d.Items, err)
		}
	}
}
