package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"archivist"
)

const page = "<!doctype html><html><body><p>The bridge closed on 4 March.</p></body></html>"

// newFetcher returns a Fetcher without gaps.
func newFetcher(t *testing.T, o Options) *Fetcher {
	t.Helper()
	if o.Gap == 0 {
		o.Gap = -1
	}
	o.Version = "1.0"
	f, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		f.outer.client.CloseIdleConnections()
		f.inner.client.CloseIdleConnections()
	})
	return f
}

// serve answers with the handler, robots.txt but with 404, and returns the server and a Fetcher that may read it.
func serve(t *testing.T, o Options, handler http.HandlerFunc) (*httptest.Server, *Fetcher) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/robots.txt" {
			http.NotFound(w, r)
			return
		}
		handler(w, r)
	}))
	t.Cleanup(server.Close)
	o.Allow = append(o.Allow, strings.TrimPrefix(server.URL, "http://"))
	return server, newFetcher(t, o)
}

func wantCode(t *testing.T, what string, err error, want archivist.Code) {
	t.Helper()
	var failure *archivist.Failure
	if !errors.As(err, &failure) || failure.Code != want {
		t.Errorf("%s: %v, want %s", what, err, want)
	}
	if err != nil && (strings.Contains(err.Error(), "127.0.0.1") || strings.Contains(err.Error(), "169.254")) {
		t.Errorf("%s: the error names an address: %v", what, err)
	}
}

func TestGet(t *testing.T) {
	var got http.Header
	server, f := serve(t, Options{Contact: "https://town.example/bot"}, func(w http.ResponseWriter, r *http.Request) {
		got = r.Header.Clone()
		w.Header().Set("Content-Type", "text/html; charset=iso-8859-1")
		w.Header().Set("ETag", `W/"7"`)
		w.Header().Set("Last-Modified", "Mon, 04 Mar 2024 10:00:00 GMT")
		w.Header()["X-Robots-Tag"] = []string{"noarchive", "googlebot: nosnippet"}
		if r.Header.Get("If-None-Match") == `W/"7"` {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		io.WriteString(w, page+"\xe9")
	})
	r, err := f.Get(t.Context(), Request{URL: server.URL + "/a?utm_source=x#top", Inside: true})
	if err != nil {
		t.Fatal(err)
	}
	if r.URL != server.URL+"/a" || string(r.Body) != page+"\xe9" || r.ContentType != "text/html; charset=iso-8859-1" || r.ETag != `W/"7"` ||
		r.Modified != "Mon, 04 Mar 2024 10:00:00 GMT" || r.NoSnippet || len(r.Hops) != 0 || r.NotModified || r.Fetched.IsZero() {
		t.Errorf("response %+v", r)
	}
	for name, want := range map[string]string{
		"User-Agent": "Archivist/1.0 (+https://town.example/bot)", "Accept-Encoding": "gzip, br, zstd, deflate", "Accept-Language": "*",
		"Accept": "text/html, application/xhtml+xml, application/pdf;q=.8, text/plain;q=.7, */*;q=.1", "Referer": "", "If-None-Match": "",
	} {
		if got.Get(name) != want {
			t.Errorf("header %s is %q, want %q", name, got.Get(name), want)
		}
	}
	r, err = f.Get(t.Context(), Request{URL: server.URL + "/a", Inside: true, ETag: r.ETag, Modified: r.Modified})
	if err != nil || !r.NotModified || r.Body != nil {
		t.Errorf("conditional: %+v, %v", r, err)
	}
	if got.Get("If-Modified-Since") != "Mon, 04 Mar 2024 10:00:00 GMT" {
		t.Errorf("If-Modified-Since is %q", got.Get("If-Modified-Since"))
	}
}

func TestStatuses(t *testing.T) {
	server, f := serve(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
		var status int
		fmt.Sscanf(r.URL.Path, "/%d", &status)
		w.WriteHeader(status)
	})
	for status, want := range map[int]archivist.Code{
		404: archivist.Gone, 410: archivist.Gone, 401: archivist.Forbidden, 403: archivist.Forbidden, 451: archivist.Forbidden,
		400: archivist.Forbidden, 408: archivist.Timeout, 500: archivist.ServerError, 502: archivist.ServerError, 204: archivist.EmptyPage,
		206: archivist.ServerError, 304: archivist.ServerError, 301: archivist.ServerError, 300: archivist.ServerError,
	} {
		_, err := f.Get(t.Context(), Request{URL: fmt.Sprintf("%s/%d", server.URL, status), Inside: true})
		wantCode(t, fmt.Sprint("HTTP ", status), err, want)
	}
}

// TestStatusCause: what leads on a good status is known behind a failure's code.
func TestStatusCause(t *testing.T) {
	server, f := serve(t, Options{}, func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusGone) })
	_, err := f.Get(t.Context(), Request{URL: server.URL, Inside: true})
	var status Status
	if !errors.As(err, &status) || status != http.StatusGone || err.Error() != "gone: HTTP 410" {
		t.Errorf("%v, status %d", err, status)
	}
}

// TestForGood: only a way of permanent redirects is one for good; max-age is read as given.
func TestForGood(t *testing.T) {
	server, f := serve(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/moved":
			http.Redirect(w, r, "/again", http.StatusMovedPermanently)
		case "/again":
			http.Redirect(w, r, "/page", http.StatusPermanentRedirect)
		case "/mixed":
			http.Redirect(w, r, "/found", http.StatusMovedPermanently)
		case "/found":
			http.Redirect(w, r, "/page", http.StatusFound)
		default:
			w.Header().Set("Cache-Control", `private, MAX-AGE="90"`)
			io.WriteString(w, page)
		}
	})
	for path, want := range map[string]bool{"/moved": true, "/again": true, "/mixed": false, "/found": false, "/page": false} {
		r, err := f.Get(t.Context(), Request{URL: server.URL + path, Inside: true})
		if err != nil || r.ForGood != want || r.URL != server.URL+"/page" || r.MaxAge != 90*time.Second {
			t.Errorf("%s: %+v, %v", path, r, err)
		}
	}
	for header, want := range map[string]time.Duration{
		"": 0, "no-cache": 0, "max-age=": 0, "max-age=-1": 0, "max-age=1e9": 0, "s-maxage=5, max-age=6": 6 * time.Second, "max-age=2000000000": 365 * 24 * time.Hour,
	} {
		if got := maxAge(header); got != want {
			t.Errorf("maxAge(%q) = %s, want %s", header, got, want)
		}
	}
}

func TestDeadLink(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	listener.Close()
	_, err = newFetcher(t, Options{Allow: []string{address}}).Get(t.Context(), Request{URL: "http://" + address, Inside: true})
	wantCode(t, "closed port", err, archivist.Network)
	if want := "network: nobody answers"; err.Error() != want {
		t.Errorf("error %q, want %q", err, want)
	}
}

// TestInside: what one request opened inside a network is closed to a request that may not go there, also as a connection at hand.
func TestInside(t *testing.T) {
	server, f := serve(t, Options{}, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, page) })
	if _, err := f.Get(t.Context(), Request{URL: server.URL, Inside: true}); err != nil {
		t.Fatal(err)
	}
	_, err := f.Get(t.Context(), Request{URL: server.URL})
	wantCode(t, "a port of the inside from outside", err, archivist.BadPort)
	u, _ := url.Parse(server.URL)
	_, err = f.outer.client.RoundTrip(&http.Request{Method: http.MethodGet, URL: u, Header: http.Header{}})
	wantCode(t, "the outer door itself", failureOf(t.Context(), err), archivist.AddressRefused)

	strict := newFetcher(t, Options{Allow: []string{"wiki.corp"}})
	_, err = strict.Get(t.Context(), Request{URL: server.URL, Inside: true})
	wantCode(t, "inside, not on the list", err, archivist.BadPort)
	_, err = strict.Get(t.Context(), Request{URL: "http://127.0.0.1/", Inside: true})
	wantCode(t, "inside, not on the list", err, archivist.AddressRefused)

	network := newFetcher(t, Options{Allow: []string{"127.0.0.0/8"}})
	if _, err := network.Get(t.Context(), Request{URL: server.URL, Inside: true}); err != nil {
		t.Errorf("a network on the list: %v", err)
	}
	connected := record(network.inner)
	_, err = network.Get(t.Context(), Request{URL: "http://93.184.216.34:8080/", Inside: true})
	wantCode(t, "an odd port of a public address", err, archivist.AddressRefused)
	if got := connected(); len(got) > 0 {
		t.Errorf("connections to %v", got)
	}
	if f.outer.client.Proxy != nil || f.inner.client.Proxy != nil {
		t.Error("a proxy would connect unchecked")
	}
}

func TestRedirects(t *testing.T) {
	var target string
	server, f := serve(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
		var n int
		switch {
		case r.URL.Path == "/go":
			w.Header().Set("Location", target)
			w.WriteHeader(http.StatusFound)
		case r.URL.Path == "/refresh":
			fmt.Fprintf(w, `<html><head><meta http-equiv="Refresh" content="0; URL='%s'"></head>`, target)
		default:
			if fmt.Sscanf(r.URL.Path, "/count/%d", &n); n > 0 {
				http.Redirect(w, r, fmt.Sprintf("/count/%d", n-1), []int{301, 302, 303, 307, 308}[n%5])
				return
			}
			io.WriteString(w, page)
		}
	})
	r, err := f.Get(t.Context(), Request{URL: server.URL + "/count/8", Inside: true})
	if err != nil || r.URL != server.URL+"/count/0" || len(r.Hops) != 8 || r.Hops[0] != server.URL+"/count/8" || r.Hops[7] != server.URL+"/count/1" {
		t.Errorf("8 redirects: %+v, %v", r, err)
	}
	_, err = f.Get(t.Context(), Request{URL: server.URL + "/count/9", Inside: true})
	wantCode(t, "9 redirects", err, archivist.BadURL)
	for where, want := range map[string]archivist.Code{
		"http://169.254.169.254/latest/meta-data/": archivist.AddressRefused,
		"http://[::ffff:169.254.169.254]/":         archivist.AddressRefused,
		"http://127.0.0.1/":                        archivist.AddressRefused, // only the server's own port is on the list
		"http://2852039166/":                       archivist.BadURL,
		"http://example.com:22/":                   archivist.BadPort,
		"http://localhost/":                        archivist.AddressRefused,
		"file:///etc/passwd":                       archivist.BadScheme,
		"gopher://x/":                              archivist.BadScheme,
		"http://user:word@example.com/":            archivist.UserInfo,
		"http://example.com\\@127.0.0.1/":          archivist.BadURL,
		"/go":                                      archivist.BadURL, // a circle
		"/count/8":                                 archivist.BadURL, // too many together
	} {
		for _, path := range []string{"/go", "/refresh"} {
			if target = where; where == "/go" {
				target = path
				if path == "/refresh" {
					continue // a page that reloads itself is a page
				}
			}
			_, err := f.Get(t.Context(), Request{URL: server.URL + path, Inside: true})
			wantCode(t, path+" to "+where, err, want)
		}
	}
	for _, path := range []string{"/go", "/refresh"} {
		target = "count/0?utm_campaign=x#part"
		r, err := f.Get(t.Context(), Request{URL: server.URL + path, Inside: true})
		if err != nil || r.URL != server.URL+"/count/0" || !slices.Equal(r.Hops, []string{server.URL + path}) {
			t.Errorf("%s: %+v, %v", path, r, err)
		}
	}
}

func TestRefresh(t *testing.T) {
	for body, want := range map[string]string{
		`<meta http-equiv=refresh content="0;url=/a">`:                               "/a",
		`<META HTTP-EQUIV="REFRESH" CONTENT="5 ; URL = 'https://b.example/?x=1' y">`: "https://b.example/?x=1",
		`<meta http-equiv=refresh content="0, /c">`:                                  "/c",
		`<meta http-equiv=refresh content="6;url=/a">`:                               "",
		`<meta http-equiv=refresh content="300">`:                                    "",
		`<meta http-equiv=refresh content="NaN;url=/a">`:                             "",
		`<meta http-equiv=refresh content="0;url=">`:                                 "",
		`<meta name=refresh content="0;url=/a">`:                                     "",
		`<noscript><meta http-equiv=refresh content="0;url=/a"></noscript>`:          "",
		`<head></head><meta http-equiv=refresh content="0;url=/a">`:                  "",
		`<body><meta http-equiv=refresh content="0;url=/a">`:                         "",
		`<script>"<meta http-equiv=refresh content='0;url=/a'>"</script>`:            "",
		`<!-- <meta http-equiv=refresh content="0;url=/a"> -->`:                      "",
	} {
		if got := refresh([]byte(body)); got != want {
			t.Errorf("%s: %q, want %q", body, got, want)
		}
	}
}

func TestCookies(t *testing.T) {
	asked := 0
	server, f := serve(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
		switch cookie, err := r.Cookie("seen"); {
		case r.URL.Path == "/":
			asked++
			if err == nil {
				t.Errorf("a cookie of an earlier chain: %v", cookie)
			}
			http.SetCookie(w, &http.Cookie{Name: "seen", Value: "yes", Path: "/"})
			http.Redirect(w, r, "/page", http.StatusFound)
		case err != nil:
			t.Error("the chain lost its cookie")
			fallthrough
		default:
			io.WriteString(w, page)
		}
	})
	for range 2 {
		if _, err := f.Get(t.Context(), Request{URL: server.URL, Inside: true}); err != nil {
			t.Fatal(err)
		}
	}
	if asked != 2 {
		t.Errorf("asked %d times", asked)
	}
}

func TestTLS(t *testing.T) {
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = discardLog()
	server.StartTLS()
	defer server.Close()
	host := strings.TrimPrefix(server.URL, "https://")
	f := newFetcher(t, Options{Allow: []string{host}})
	_, err := f.Get(t.Context(), Request{URL: server.URL, Inside: true})
	wantCode(t, "a certificate of nobody", err, archivist.TLS)

	plain, f := serve(t, Options{}, func(w http.ResponseWriter, r *http.Request) {})
	_, err = f.Get(t.Context(), Request{URL: strings.Replace(plain.URL, "http:", "https:", 1), Inside: true})
	wantCode(t, "https to an http server", err, archivist.TLS)
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	server, f := serve(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	})
	if _, err := f.Get(ctx, Request{URL: server.URL, Inside: true}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestNew(t *testing.T) {
	for what, o := range map[string]Options{
		"allow": {Allow: []string{"http://x"}}, "contact": {Contact: "x\r\nCookie: y"}, "nat64": {NAT64: "64:ff9b::/64"}, "nat64 v4": {NAT64: "10.0.0.0/8"},
	} {
		if _, err := New(o); err == nil {
			t.Errorf("%s: taken", what)
		}
	}
	f, err := New(Options{NAT64: "2a00:1::/96"})
	if err != nil || len(f.outer.guard.nat64) != 2 || f.o.Gap != time.Second || f.o.Limits.Decoded != 8<<20 || f.agent != "Archivist/" {
		t.Errorf("defaults: %+v, %v", f, err)
	}
}
