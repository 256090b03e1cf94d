package extract

import (
	"strings"
	"testing"
	"time"

	"archivist"
)

// headOf is what a page with this head, at this address, says of itself.
func headOf(t *testing.T, address, head, heading string) archivist.Article {
	t.Helper()
	page := `<!doctype html><html lang="en"><head>` + head + `</head><body><article>` + heading + body + `</article></body></html>`
	result, err := HTML(Input{Body: []byte(page), URL: address, Now: testDay})
	if err != nil {
		t.Fatal(err)
	}
	return result.Article
}

func ld(json string) string { return `<script type="application/ld+json">` + json + `</script>` }

// TestJSONLD: the article is found in all shapes that pages give it.
func TestJSONLD(t *testing.T) {
	const fields = `"headline":"Old bridge closes","datePublished":"2026-03-04T08:30:00+01:00","dateModified":"2026-03-05","articleSection":["Town"],"keywords":"bridges, Ebb",
"image":{"@type":"ImageObject","url":"/bridge.jpg"},"author":{"@type":"Person","name":"Ana Ruiz"},"publisher":{"@type":"Organization","name":"Harbour Herald"}`
	for shape, head := range map[string]string{
		"an object":           ld(`{"@type":"NewsArticle",` + fields + `}`),
		"an array":            ld(`[{"@type":"WebSite","name":"x"},{"@type":"NewsArticle",` + fields + `}]`),
		"a graph":             ld(`{"@context":"https://schema.org","@graph":[{"@type":"WebPage"},{"@type":["Article","NewsArticle"],` + fields + `}]}`),
		"nested":              ld(`{"@type":"WebPage","mainEntity":{"@type":"Thing","subjectOf":[{"@type":"http://schema.org/BlogPosting",` + fields + `}]}}`),
		"two in a row":        ld(`{"@type":"BreadcrumbList"}{"@type":"NewsArticle",` + fields + `}`),
		"in CDATA":            ld("//<![CDATA[\n{\"@type\":\"NewsArticle\"," + fields + "}\n//]]>"),
		"with comments":       ld("{/* the article */\"@type\":\"NewsArticle\", // https:\n" + fields + "}"),
		"trailing commas":     ld(`{"@type":"NewsArticle",` + fields + `,}`),
		"raw newlines":        ld(strings.Replace(`{"@type":"NewsArticle","description":"one`+"\n\t"+`two",`+fields+`}`, "bridge", "bridge", 1)),
		"escaped quotes":      ld(strings.ReplaceAll(`{"@type":"NewsArticle",`+fields+`}`, `"`, `&quot;`)),
		"after a broken one":  ld(`{"@type":"NewsArticle","headline":"Old`) + ld(`{"@type":"NewsArticle",`+fields+`}`),
		"beside another text": ld(`{"@type":"NewsArticle","headline":"Ferry line 4 is late","author":"Jonas Weber"}`) + ld(`{"@type":"NewsArticle",`+fields+`}`),
		"by reference": ld(`{"@graph":[{"@type":"NewsArticle",` + strings.Replace(fields, `{"@type":"Person","name":"Ana Ruiz"}`, `{"@id":"#ana"}`, 1) +
			`},{"@type":"Person","@id":"#ana","name":"Ana Ruiz"}]}`),
	} {
		a := headOf(t, "https://herald.example.com/bridge", head, "<h1>Old bridge closes</h1>")
		if a.Title != "Old bridge closes" || strings.Join(a.Authors, "|") != "Ana Ruiz" || a.Site != "Harbour Herald" ||
			a.Published.Format(time.RFC3339) != "2026-03-04T07:30:00Z" || a.DayOnly || a.About.Zone != 60 ||
			a.About.Modified.Format(time.DateOnly) != "2026-03-05" || a.About.Section != "Town" || strings.Join(a.About.Tags, "|") != "bridges|Ebb" ||
			a.About.Image != "https://herald.example.com/bridge.jpg" {
			t.Errorf("%s: %+v %+v", shape, a.Head, a.About)
		}
	}
}

// TestOtherMetadata: microdata, meta tags of several kinds, and the page's own elements.
func TestOtherMetadata(t *testing.T) {
	for shape, page := range map[string][2]string{
		"microdata": {`<meta property="og:title" content="Old bridge closes">`, `<h1 itemprop="headline">Old bridge closes</h1><span itemprop="author" itemscope><a itemprop="url"><span itemprop="name">Ana Ruiz</span></a> of our town desk</span>
<time itemprop="datePublished" datetime="2026-03-04">today</time>`},
		"Open Graph":  {`<meta property="og:title" content="Old bridge closes"><meta property="article:author" content="Ana Ruiz"><meta property="article:published_time" content="2026-03-04">`, ``},
		"Dublin Core": {`<title>Old bridge closes</title><meta name="DC.creator" content="Ana Ruiz"><meta name="DC.date.issued" content="2026-03-04">`, ``},
		"parsely":     {`<title>Old bridge closes</title><meta name="parsely-author" content="Ana Ruiz"><meta name="parsely-pub-date" content="2026-03-04">`, ``},
		"elements":    {`<title>Harbour Herald | Old bridge closes</title>`, `<h1><a href="/">The Harbour Herald</a></h1><h1>Old bridge closes</h1><p class="byline">By Ana Ruiz</p><div class="post-date">Published on 4th March 2026</div>`},
	} {
		a := headOf(t, "https://herald.example.com/bridge", page[0], page[1])
		if a.Title != "Old bridge closes" || strings.Join(a.Authors, "|") != "Ana Ruiz" || a.Published.Format(time.DateOnly) != "2026-03-04" || !a.DayOnly {
			t.Errorf("%s: %+v", shape, a.Head)
		}
	}
	a := headOf(t, "https://herald.example.com/bridge", `<title>Old bridge closes</title><meta name="date" content="2026-12-24"><meta property="og:image" content="data:image/png;base64,x">
<meta name="keywords" content="`+strings.Repeat("bridge, ", 50)+strings.Repeat("a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w", 2)+`">`, "")
	if !a.Published.IsZero() || a.About.Image != "" || len(a.About.Tags) != maxTags {
		t.Errorf("a date of the future, no picture, and too many tags: %+v %+v", a.Head, a.About)
	}
}

func TestBareTitle(t *testing.T) {
	for _, c := range []struct{ title, site, host, heading, want string }{
		{"Old bridge closes - Harbour Herald", "Harbour Herald", "herald.example.com", "", "Old bridge closes"},
		{"Herald: Old bridge closes", "", "herald.example.com", "", "Old bridge closes"},
		{"Old bridge closes › Town › Nordish by Nature", "", "example.com", "Old bridge closes", "Old bridge closes"},
		{"Archive » 2026 » Old bridge closes", "", "example.com", "Old bridge closes", "Old bridge closes"},
		{"Bridge - Herald", "Herald", "example.com", "", "Bridge - Herald"},
		{"Twenty-one bridges: a tour", "", "example.com", "Bridges", "Twenty-one bridges: a tour"},
	} {
		if got := bareTitle(c.title, c.site, c.host, []string{c.heading}); got != c.want {
			t.Errorf("%q: %q, want %q", c.title, got, c.want)
		}
	}
}

func TestPeople(t *testing.T) {
	for raw, want := range map[string]string{
		"By Ana Ruiz and Jonas Weber, Herald Staff": "Ana Ruiz|Jonas Weber",
		"Von Sofia Marku | Reuters":                 "Sofia Marku",
		"Autor: Gàbor Muniér":                       "Gàbor Muniér",
		"https://herald.example.com/ana":            "",
		"Harbour Herald":                            "",
		"ana.ruiz@example.com":                      "",
	} {
		if got := strings.Join(people("Harbour Herald", []string{raw}), "|"); got != want {
			t.Errorf("%q: %q, want %q", raw, got, want)
		}
	}
	if got := people("", []string{strings.Repeat("Ana Ruiz, ", 3) + "A B, C D, E F, G H, I J, K L, M N, O P, Q R, S T, U V"}); len(got) != maxAuthors {
		t.Errorf("%d authors", len(got))
	}
}

func TestWrittenDates(t *testing.T) {
	for line, want := range map[string]string{
		"Published on 4th March 2026": "2026-03-04", "March 4, 2026 at 8:30": "2026-03-04", "Stand: 04.03.2026": "2026-03-04", "4. März 2026": "2026-03-04",
		"4 de marzo de 2026": "2026-03-04", "le 4 mars 2026": "2026-03-04", "4 марта 2026": "2026-03-04", "4 maja 2026": "2026-05-04", "7 juin 2026": "2026-06-07",
		"7 juillet 2026": "2026-07-07", "7 липня 2026": "2026-07-07", "12 maggio 2026": "2026-05-12", "2026年3月4日": "2026-03-04", "5 Ağustos 2026": "2026-08-05",
		"3/4/2026": "", "31.02.2026": "", "4 March 2031": "", "4 bridges 2026": "", "1 giugno 2026": "2026-06-01", "1 agosto 2026": "2026-08-01", "15 августа 2026": "2026-08-15",
	} {
		got := ""
		if at, ok := writtenDate(line, testDay); ok {
			got = at.Format(time.DateOnly)
		}
		if got != want {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
	}
}
