package fetch

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"archivist"
)

func TestRobotsRules(t *testing.T) {
	const file = "\ufeffUser-agent: other\nDisallow: /\n\n# ours\rUSER-AGENT : Archivist/2.0 # us\nUser-agent: more\r\n" +
		"Disallow: /private\nSitemap: https://example.com/map\nAllow: /private/open\nDisallow: /*.cgi$\nDisallow: /caf%c3%a9\nDisallow: /ü\n" +
		"Disallow: /~x\nDisallow:\nCrawl-delay: 7.5\nDisallow: /a*b*c\nno colon\nDisallow: /both\nAllow: /both\n\n" +
		"User-agent: *\nDisallow: /\n\nUser-agent: archivist\nDisallow: /second\n"
	rules := parseRobots([]byte(file), "archivist")
	for path, want := range map[string]bool{
		"/": true, "/private": false, "/private/x": false, "/privateer": false, "/private/open/x": true, "/x.cgi": false, "/x.cgi?y": true,
		"/caf%C3%A9/x": false, "/%C3%BC": false, "/~x": false, "/aXbYc": false, "/aXbY": true, "/both": true, "/second": false, "/robots.txt": true,
	} {
		if got := rules.allows(path); got != want {
			t.Errorf("%s: %v, want %v", path, got, want)
		}
	}
	if rules.delay != 7500*time.Millisecond {
		t.Errorf("delay %v", rules.delay)
	}
	for file, want := range map[string]bool{
		"":                           true,
		"Disallow: /":                true, // of no group
		"User-agent: *\nDisallow: /": false,
		"User-agent: *\nUser-agent: x\nDisallow: /":                   false,
		"User-agent: *\n\nDisallow: /":                                false, // an empty line ends no group
		"User-agent: *\nDisallow: /\nUser-agent: archivist\nAllow: /": true,
		"User-agent: *\nDisallow: /\nUser-agent: archivist":           true, // ours, though empty
		"User-agent: archivistbot\nDisallow: /":                       true,
		"User-agent: *\nDisallow: /*":                                 false,
		"User-agent: *\nDisallow: *page":                              false,
		"User-agent: *\nDisallow: /$":                                 true,
		"User-agent: *\nDisallow: /page$":                             false,
		"User-agent: *\nDisallow: /robots.txt":                        true,
		"User-agent: *\nDisallow: page":                               true,
		"<html>Disallow: /</html>":                                    true,
	} {
		rules := parseRobots([]byte(file), "archivist")
		if got := rules.allows("/page"); got != want {
			t.Errorf("%q: %v, want %v", file, got, want)
		}
	}
	for value, want := range map[string]time.Duration{"600": maxCrawlDelay, "-3": 0, "NaN": 0, "x": 0, "Inf": maxCrawlDelay, "1": time.Second} {
		if got := parseRobots([]byte("User-agent: *\nCrawl-delay: "+value), "archivist").delay; got != want {
			t.Errorf("delay %s: %v, want %v", value, got, want)
		}
	}
}

// slowMatches is the definition of matching, by trying everything.
func slowMatches(pattern, path string) bool {
	switch {
	case pattern == "" || pattern == "$" && path == "":
		return true
	case pattern[0] == '*':
		for i := range len(path) + 1 {
			if slowMatches(pattern[1:], path[i:]) {
				return true
			}
		}
		return false
	}
	return path != "" && pattern != "$" && pattern[0] == path[0] && slowMatches(pattern[1:], path[1:])
}

func FuzzRobots(f *testing.F) {
	f.Add([]byte("User-agent: *\nDisallow: /a*b$\nAllow: /ab\nCrawl-delay: 1e9"), "/a*b", "/aab")
	f.Add([]byte("user-agent:archivist\ndisallow:/%"), "*a*$", "/bab")
	f.Add([]byte{0xef, 0xbb, 0xbf}, "/a$b", "/a")
	f.Fuzz(func(t *testing.T, file []byte, pattern, path string) {
		rules := parseRobots(file, "archivist")
		if rules.delay < 0 || rules.delay > maxCrawlDelay {
			t.Errorf("delay %v", rules.delay)
		}
		_ = rules.allows(path)
		if len(pattern) > 12 || len(path) > 24 || strings.Contains(strings.TrimSuffix(pattern, "$"), "$") {
			return // the slow twin is exponential, and knows "$" at the end only
		}
		if got, want := matches(pattern, path), slowMatches(pattern, path); got != want {
			t.Errorf("matches(%q, %q) = %v", pattern, path, got)
		}
	})
}

func TestRobotsManyStars(t *testing.T) {
	file := "User-agent: *\n" + strings.Repeat("Disallow: /"+strings.Repeat("*a", 2000)+"b\n", 120) // 480 KB, quadratic by hand
	rules := parseRobots([]byte(file), "archivist")
	began := time.Now()
	rules.allows("/" + strings.Repeat("a", 2000))
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("took %v", took)
	}
}

func TestRobotsOfSite(t *testing.T) {
	var status int
	var location, text string
	asked := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/robots.txt":
			asked++
			if location != "" {
				w.Header().Set("Location", location)
			}
			w.WriteHeader(status)
			io.WriteString(w, text)
		case "/rules":
			io.WriteString(w, "User-agent: archivist\nDisallow: /page\n")
		case "/go":
			http.Redirect(w, r, "/page", http.StatusFound)
		default:
			io.WriteString(w, page)
		}
	}))
	defer server.Close()
	get := func(path string) error {
		f := newFetcher(t, Options{Allow: []string{strings.TrimPrefix(server.URL, "http://")}})
		_, err := f.Get(t.Context(), Request{URL: server.URL + path, Inside: true})
		if err == nil {
			_, err = f.Get(t.Context(), Request{URL: server.URL + path, Inside: true})
		}
		return err
	}
	for _, c := range []struct {
		status         int
		location, text string
		want           archivist.Code
		asked          int
	}{
		{200, "", "User-agent: *\nDisallow: /page", archivist.Robots, 1},
		{200, "", "User-agent: *\nDisallow: /other", "", 1},                                  // kept for the second time
		{200, "", strings.Repeat("# filler\n", 60000) + "User-agent: *\nDisallow: /", "", 1}, // beyond 500 KB
		{404, "", "User-agent: *\nDisallow: /", "", 1},
		{403, "", "", "", 1},
		{302, "/rules", "", archivist.Robots, 1},
		{302, "/robots.txt", "", "", 6}, // goes round: none
		{302, "file:///x", "", "", 1},
		{302, "http://169.254.169.254/", "", archivist.AddressRefused, 1},
		{500, "", "", archivist.ServerError, 1},
		{503, "", "", archivist.Busy, 1},
		{429, "", "", archivist.Busy, 1},
	} {
		status, location, text, asked = c.status, c.location, c.text, 0
		err := get("/page")
		if code := archivist.CodeOf(err); code != c.want || asked != c.asked {
			t.Errorf("HTTP %d %s: %v after asking %d times, want %q after %d", c.status, c.location, err, asked, c.want, c.asked)
		}
	}
	status, location, text = 200, "", "User-agent: *\nDisallow: /page"
	wantCode(t, "a redirect to what is disallowed", get("/go"), archivist.Robots)
}

func TestNoSnippet(t *testing.T) {
	for _, test := range []struct {
		headers []string
		want    bool
	}{
		{nil, false},
		{[]string{"noarchive", "googlebot: nosnippet"}, false},
		{[]string{"noindex, NoSnippet"}, true},
		{[]string{"archivist: max-snippet: 0"}, true},
		{[]string{"otherbot: noindex, nosnippet", "nosnippet"}, true},
		{[]string{"max-snippet:0, noarchive"}, true},
		{[]string{"max-snippet:-1", "unavailable_after: 25 Jun 2030 15:00:00 PST"}, false},
		{[]string{"max-image-preview:large, max-snippet:50"}, false},
	} {
		if got := noSnippet(test.headers); got != test.want {
			t.Errorf("noSnippet(%q) = %t", test.headers, got)
		}
	}
}
