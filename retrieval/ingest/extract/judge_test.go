package extract

import (
	"fmt"
	"strings"
	"testing"

	"archivist"
)

func TestWhatIsNoArticle(t *testing.T) {
	links := strings.Repeat(`<div><a href="/x">One more headline of four words</a></div>`, 40)
	for want, page := range map[archivist.Code]string{
		archivist.EmptyPage: `<p>Hello.</p>`,
		archivist.Listing:   `<h1>News</h1>` + links,
		archivist.Paywall:   `<div class="paywall">Subscribe</div><article><p>The stone bridge over the Ebb was closed to all traffic on 4 March after divers found cracks in two of its piers.</p></article>`,
		archivist.Gone:      `<title>404 Page not found</title><p>Nothing is here. Try the search, or go back to where you came from, or write to us about the broken link that brought you to this place.</p>`,
		archivist.Consent:   `<div id="onetrust-consent-sdk"></div><p>We and our partners use cookies. Accept all?</p>`,
	} {
		_, err := HTML(Input{Body: []byte("<html><body>" + page + "</body></html>"), URL: "https://example.com/x", Now: testDay})
		if archivist.CodeOf(err) != want {
			t.Errorf("%s: %v", want, err)
		}
	}
}

// TestShortArticles: few words among many links, or on a site that sells its texts, are an article all the same where they are one text, or
// most of what the page says that it has.
func TestShortArticles(t *testing.T) {
	links := strings.Repeat(`<div><a href="/x">One more headline of four words</a></div>`, 40)
	teasers := `<div>` + strings.ReplaceAll(body, "<p>", `</div><div><p>`) + `</div>`
	declared := func(n int) string {
		return fmt.Sprintf(`<script type="application/ld+json">{"@type":"NewsArticle","headline":"Old bridge closes","isAccessibleForFree":false,"wordCount":%d}</script>`, n)
	}
	for _, test := range []struct {
		what, page string
		want       archivist.Code
	}{
		{"one text above headlines", `<article>` + body + `</article>` + links, ""},
		{"teasers above headlines", teasers + links, archivist.Listing},
		{"sold, and all is here", declared(100) + `<article>` + body + `</article>`, ""},
		{"sold, and less than half is here", declared(200) + `<article>` + body + `</article>`, archivist.Paywall},
		{"sold, and nothing says how much", declared(0) + `<article>` + body + `</article>`, archivist.Paywall},
	} {
		if _, err := HTML(Input{Body: []byte(onPage(test.page)), URL: "https://herald.example.com/bridge", Now: testDay}); archivist.CodeOf(err) != test.want {
			t.Errorf("%s: %v, want %q", test.what, err, test.want)
		}
	}
}

// TestFrontPage: what calls itself a website at its site's root is a list if it says little, or is mostly links; elsewhere, or with a text of
// its own, it is not.
func TestFrontPage(t *testing.T) {
	const website = `<meta property="og:type" content="website">`
	sentence := "<p>The stone bridge over the Ebb was closed to all traffic on 4 March after divers found cracks in two of its piers.</p>"
	headlines := func(n int) string {
		return "<div>" + strings.Repeat(`<p><a href="/x">The harbour board of the town of Ebb has met again and given a new name to the old crane</a></p>`, n) + "</div>"
	}
	for _, test := range []struct {
		what, head, body, address string
		want                      archivist.Code
	}{
		{"a few teasers", website, strings.Repeat(sentence, 3), "https://herald.example/", archivist.Listing},
		{"without a path", website, strings.Repeat(sentence, 3), "https://herald.example", archivist.Listing},
		{"many teasers and more headlines", website, strings.Repeat(sentence, 9) + headlines(20), "https://herald.example/", archivist.Listing},
		{"a long text of its own", website, strings.Repeat(sentence, 9) + headlines(3), "https://herald.example/", ""},
		{"an article of the site", website, strings.Repeat(sentence, 3), "https://herald.example/bridge", ""},
		{"an article by its number", website, strings.Repeat(sentence, 3), "https://herald.example/?p=7", ""},
		{"of no kind", "", strings.Repeat(sentence, 3), "https://herald.example/", ""},
		{"an article by its own word", website + `<script type="application/ld+json">{"@type":"NewsArticle","headline":"Old bridge closes"}</script>`, strings.Repeat(sentence, 3), "https://herald.example/", ""},
	} {
		page := "<html><head><title>Old bridge</title>" + test.head + "</head><body><article>" + test.body + "</article></body></html>"
		if _, err := HTML(Input{Body: []byte(page), URL: test.address, Now: testDay}); archivist.CodeOf(err) != test.want {
			t.Errorf("%s: %v, want %q", test.what, err, test.want)
		}
	}
}
