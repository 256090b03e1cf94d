package archivist

import (
	"net/url"
	"strings"
	"testing"
)

func TestLinkTo(t *testing.T) {
	for _, test := range []struct{ address, passage, want string }{
		{"https://example.com/a", "Short and sweet.", "https://example.com/a#:~:text=Short%20and%20sweet."},
		{"https://example.com/a#part", "Short.", "https://example.com/a#:~:text=Short."},
		{"https://example.com/a", "well-known, R&D (it's)", "https://example.com/a#:~:text=well%2Dknown%2C%20R%26D%20%28it%27s%29"},
		{"https://example.com/a", "one two three four five six seven eight nine ten eleven twelve thirteen", "https://example.com/a#:~:text=one%20two%20three%20four%20five%20six,eight%20nine%20ten%20eleven%20twelve%20thirteen"},
		{"https://example.com/a", "First line here.\nLast line here.", "https://example.com/a#:~:text=First%20line%20here.,Last%20line%20here."},
		{"https://example.com/a", "  \n ", "https://example.com/a"},
		{"file:notes.txt", "Anything.", ""},
		{"https://example.com/" + strings.Repeat("x", 2030), "Too long.", "https://example.com/" + strings.Repeat("x", 2030)},
	} {
		if got := LinkTo(test.address, test.passage); got != test.want {
			t.Errorf("LinkTo(%.40q, %q)\n got %s\nwant %s", test.address, test.passage, got, test.want)
		}
	}
}

// FuzzLinkTo wants a link that stays within its limit, is an address, and says in its fragment only what the passage says.
func FuzzLinkTo(f *testing.F) {
	f.Add("one two\nthree, four - five & six")
	f.Add("字" + strings.Repeat("字", 400))
	f.Add("\xff \x00")
	f.Fuzz(func(t *testing.T, passage string) {
		link := LinkTo("https://example.com/a", passage)
		u, err := url.Parse(link)
		if err != nil || len(link) > maxLink || !strings.HasPrefix(link, "https://example.com/a") {
			t.Fatalf("%q: %q, %v", passage, link, err)
		}
		_, fragment, _ := strings.Cut(link, "#:~:text=")
		if strings.ContainsAny(fragment, " \n&-") {
			t.Fatalf("%q: fragment %q of %v", passage, fragment, u)
		}
		for part := range strings.SplitSeq(fragment, ",") {
			said, err := url.PathUnescape(part)
			if err != nil || !strings.Contains(strings.Join(strings.Fields(passage), " "), said) {
				t.Fatalf("%q: the fragment says %q (%v)", passage, said, err)
			}
		}
	})
}
