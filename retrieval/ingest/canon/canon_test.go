package canon

import (
	"net/url"
	"strings"
	"testing"

	"archivist"
)

func TestNormalise(t *testing.T) {
	for _, c := range []struct{ raw, want string }{
		{"https://example.com", "https://example.com/"},
		{"  HTTPS://Example.COM:443/A/b?q=1#top \n", "https://example.com/A/b?q=1"},
		{"http://example.com:80/", "http://example.com/"},
		{"http://example.com:0080/", "http://example.com/"},
		{"http://example.com:443/", "http://example.com:443/"}, // Public refuses it
		{"https://example.com./x", "https://example.com/x"},
		{"https://example.com/a/./b/../c", "https://example.com/a/c"},
		{"https://example.com/a/b/..", "https://example.com/a/"},
		{"https://example.com/../../x", "https://example.com/x"},
		{"https://example.com/%2e%2e/x", "https://example.com/x"},
		{"https://example.com//a//b", "https://example.com//a//b"},
		{"https://example.com/%7euser/%e2%82%ac/%2f", "https://example.com/~user/%E2%82%AC/%2F"},
		{"https://example.com/ä|b", "https://example.com/%C3%A4%7Cb"},
		{"https://example.com/100%-sure?x=5%&y=%zz", "https://example.com/100%25-sure?x=5%25&y=%25zz"},
		{"https://example.com/a?utm_source=x&id=7&fbclid=y", "https://example.com/a?id=7"},
		{"https://example.com/a?UTM_Source=x&at%5Fmedium=y&&ns_campaign=", "https://example.com/a"},
		{"https://example.com/a?ref=home&s=20&source=x&share=1&from=y", "https://example.com/a?ref=home&s=20&source=x&share=1&from=y"},
		{"https://example.com/news?rss=1&utm_medium=rss", "https://example.com/news?rss=1"},
		{"https://example.com/a?b=2&a=1", "https://example.com/a?b=2&a=1"},
		{"https://example.com?q", "https://example.com/?q"},
		{"https://example.com/?", "https://example.com/"},
		{"https://example.com/#!/page/7", "https://example.com/#!/page/7"},
		{"https://example.com/a#:~:text=x", "https://example.com/a"},
		{"https://BÜCHER.example/", "https://xn--bcher-kva.example/"},
		{"https://bücher。example/", "https://xn--bcher-kva.example/"},
		{"https://my_blog.r3---sn.example/", "https://my_blog.r3---sn.example/"},
		{"http://192.168.0.1:8080/x", "http://192.168.0.1:8080/x"},
		{"http://１２７.0.0.1/", "http://127.0.0.1/"},
		{"http://[2001:DB8:0:0::1]:8080/", "http://[2001:db8::1]:8080/"},
		{"http://wiki/start", "http://wiki/start"},
	} {
		got, err := Normalise(c.raw)
		if err != nil || got != c.want {
			t.Errorf("Normalise(%q) = %q, %v; want %q", c.raw, got, err, c.want)
		}
	}
}

func TestNormaliseRefuses(t *testing.T) {
	for raw, want := range map[string]archivist.Code{
		"":                                                  archivist.BadScheme,
		"example.com/page":                                  archivist.BadScheme,
		"ftp://example.com/":                                archivist.BadScheme,
		"file:///etc/passwd":                                archivist.BadScheme,
		"javascript:alert(1)":                               archivist.BadScheme,
		"gopher://x":                                        archivist.BadScheme,
		"https:example.com":                                 archivist.BadURL,
		"https:/example.com":                                archivist.BadURL,
		"https://":                                          archivist.BadURL,
		"https:///path":                                     archivist.BadURL,
		"https://user@example.com/":                         archivist.UserInfo,
		"https://user:word@example.com/":                    archivist.UserInfo,
		"https://good.example@evil.example/":                archivist.UserInfo,
		"https://example.com:abc/":                          archivist.BadPort,
		"https://example.com:0/":                            archivist.BadPort,
		"https://example.com:65536/":                        archivist.BadPort,
		"https://example.com:99999999999999999999":          archivist.BadPort,
		"https://exa mple.com/":                             archivist.BadURL,
		"https://example.com/a b":                           archivist.BadURL,
		"https://example.com/a\tb":                          archivist.BadURL,
		"https://example.com/a\r\nHost: x":                  archivist.BadURL,
		"https://example.com\\@evil.example/":               archivist.BadURL,
		"https://example.com/\x00":                          archivist.BadURL,
		"https://example.com/\u0085x":                       archivist.BadURL,
		"https://ex%61mple.com/":                            archivist.BadURL,
		"https://example..com/":                             archivist.BadURL,
		"https://.example.com/":                             archivist.BadURL,
		"https://-a.example.com/":                           archivist.BadURL,
		"https://a\u200b\u202eb.example/\u200b\x7f":         archivist.BadURL,
		"https://xn--a.example/":                            archivist.BadURL,
		"https://" + strings.Repeat("a", 64) + ".example/":  archivist.BadURL,
		"https://" + strings.Repeat("a.", 130) + "example/": archivist.BadURL,
		"https://example.com/" + strings.Repeat("a", 2048):  archivist.BadURL,
		"https://example.com/" + strings.Repeat("ä", 900):   archivist.BadURL, // 5,400 bytes once encoded
		"http://2130706433/":                                archivist.BadURL,
		"http://0x7f.1/":                                    archivist.BadURL,
		"http://127.1/":                                     archivist.BadURL,
		"http://0177.0.0.1/":                                archivist.BadURL,
		"http://0x7f000001/":                                archivist.BadURL,
		"http://1.2.3.4.5/":                                 archivist.BadURL,
		"http://256.1.1.1/":                                 archivist.BadURL,
		"http://example.1/":                                 archivist.BadURL,
		"http://example.0x1f/":                              archivist.BadURL,
		"http://[::1/":                                      archivist.BadURL,
		"http://[fe80::1%25eth0]/":                          archivist.BadURL,
		"http://[127.0.0.1]/":                               archivist.BadURL,
		"http://::1/":                                       archivist.BadURL,
	} {
		got, err := Normalise(raw)
		if code := archivist.CodeOf(err); code != want {
			t.Errorf("Normalise(%q) = %q, %v; want %s", raw, got, err, want)
		}
	}
}

func TestPublic(t *testing.T) {
	for address, want := range map[string]archivist.Code{
		"https://example.com/":            "",
		"http://8.8.8.8/":                 "", // judged at the connection
		"http://127.0.0.1/":               "", // likewise
		"http://example.com:443/":         archivist.BadPort,
		"https://example.com:80/":         archivist.BadPort,
		"https://example.com:8443/":       archivist.BadPort,
		"http://localhost/":               archivist.AddressRefused,
		"http://wiki/":                    archivist.AddressRefused,
		"http://printer.local/":           archivist.AddressRefused,
		"http://a.b.internal/":            archivist.AddressRefused,
		"http://x.localhost/":             archivist.AddressRefused,
		"http://box.home.arpa/":           archivist.AddressRefused,
		"http://abc.onion/":               archivist.AddressRefused,
		"http://x.test/":                  archivist.AddressRefused,
		"http://x.invalid/":               archivist.AddressRefused,
		"http://1.0.0.127.in-addr.arpa/":  archivist.AddressRefused,
		"http://notlocal.example/":        "",
		"http://thelocal.se/":             "",
		"https://internal.example.co.uk/": "",
	} {
		if got := archivist.CodeOf(Public(address)); got != want {
			t.Errorf("Public(%s): %q, want %q", address, got, want)
		}
	}
}

func TestResolve(t *testing.T) {
	const base = "https://example.com/a/b?q=1#!x"
	for reference, want := range map[string]string{
		"":                      "https://example.com/a/b?q=1",
		"c":                     "https://example.com/a/c",
		"../c?d":                "https://example.com/c?d",
		"/c":                    "https://example.com/c",
		"?r=2":                  "https://example.com/a/b?r=2",
		"#y":                    "https://example.com/a/b?q=1",
		"//other.example/c":     "https://other.example/c",
		"http://other.example":  "http://other.example/",
		"c?u=http://x.example/": "https://example.com/a/c?u=http://x.example/",
		"\n/c ":                 "https://example.com/c",
	} {
		if got, err := Resolve(base, reference); err != nil || got != want {
			t.Errorf("Resolve(%q) = %q, %v; want %q", reference, got, err, want)
		}
	}
	for reference, want := range map[string]archivist.Code{
		"file:///etc/passwd": archivist.BadScheme,
		"mailto:a@b.example": archivist.BadScheme,
		"//u@x.example/":     archivist.UserInfo,
		"http://0x7f.1/":     archivist.BadURL,
		"/a b":               archivist.BadURL,
	} {
		if got, err := Resolve(base, reference); archivist.CodeOf(err) != want {
			t.Errorf("Resolve(%q) = %q, %v; want %s", reference, got, err, want)
		}
	}
}

func TestKey(t *testing.T) {
	for address, want := range map[string]string{
		"https://www.example.com/a/":             "example.com/a",
		"http://example.com/a":                   "example.com/a",
		"http://example.com:443/a":               "example.com/a",
		"https://example.com/?b=2&a=1&utm_id=x":  "example.com?a=1&b=2",
		"https://www.www.example.com/":           "example.com",
		"https://www.com/":                       "www.com",
		"https://example.com:8443/a//":           "example.com:8443/a",
		"https://example.com/#!/b":               "example.com#!/b",
		"http://[2001:db8::1]:8080/x":            "[2001:db8::1]:8080/x",
		"file:Old notes.txt":                     "file:Old notes.txt",
		"no address at all":                      "no address at all",
		" https://example.com/A?x=%7e#fragment ": "example.com/A?x=~",
	} {
		if got := Key(address); got != want {
			t.Errorf("Key(%q) = %q, want %q", address, got, want)
		}
		if again := Key(want); again != want {
			t.Errorf("Key(%q) = %q: not its own key", want, again)
		}
	}
}

func TestIdentity(t *testing.T) {
	const final = "https://m.example.co.uk/2024/story?ref=home"
	for _, c := range []struct {
		declared []string
		want     string
	}{
		{nil, final},
		{[]string{"", " "}, final},
		{[]string{"https://www.example.co.uk/2024/story"}, "https://www.example.co.uk/2024/story"},
		{[]string{"/2024/story"}, "https://m.example.co.uk/2024/story"},
		{[]string{"https://other.co.uk/2024/story"}, final},                                                      // another's article
		{[]string{"https://example.co.uk/"}, final},                                                              // the front page
		{[]string{"javascript:x", "https://example.co.uk/og"}, "https://example.co.uk/og"},                       // the next one counts
		{[]string{"https://other.co.uk/x", "//example.co.uk/y?fbclid=z"}, "https://example.co.uk/y"},             // likewise
		{[]string{"https://example.co.uk/?p=12"}, "https://example.co.uk/?p=12"},                                 // no front page
		{[]string{"https://user@example.co.uk/x", "ftp://example.co.uk/", "https://co.uk/x", "http://["}, final}, // none is any good
	} {
		if got := Identity(c.declared, final); got != c.want {
			t.Errorf("Identity(%q) = %q, want %q", c.declared, got, c.want)
		}
	}
	if got := Identity([]string{"https://example.com/"}, "http://example.com/"); got != "https://example.com/" {
		t.Errorf("a front page may name itself: got %q", got)
	}
	if got := Identity([]string{"https://town.github.io/a"}, "https://evil.github.io/a"); got != "https://evil.github.io/a" {
		t.Errorf("neighbours under a public suffix speak for each other: got %q", got)
	}
}

func TestDomain(t *testing.T) {
	for host, want := range map[string]string{
		"news.bbc.co.uk": "bbc.co.uk", "example.com": "example.com", "a.town.github.io": "town.github.io", "github.io": "github.io",
		"localhost": "localhost", "10.0.0.1": "10.0.0.1", "[2001:db8::1]": "[2001:db8::1]", "2001:db8::1": "2001:db8::1",
	} {
		if got := Domain(host); got != want {
			t.Errorf("Domain(%s) = %s, want %s", host, got, want)
		}
	}
}

func TestHost(t *testing.T) {
	for unicode, shown := range map[string]bool{
		"bücher.example":   true,
		"münchen.de":       true,
		"россия.рф":        true,
		"東京都.jp":           true,
		"例えばテスト.jp":        true,  // Han, hiragana and katakana
		"한국漢字.kr":          true,  // hangul with Han
		"paypаl.com":       false, // a Cyrillic а among Latin
		"раураӏ.com":       false, // all Cyrillic, all twins
		"αβc.example":      false,
		"漢россия.example":  false,
		"аррӏе.bücher.com": false, // one bad label is enough
	} {
		ascii, err := normalHost(unicode)
		if err != nil {
			t.Fatalf("%s: %v", unicode, err)
		}
		want := ascii
		if shown {
			want = unicode
		}
		if got := Host(ascii); got != want {
			t.Errorf("Host(%s) = %s, want %s", ascii, got, want)
		}
	}
	if got := Host("example.com"); got != "example.com" {
		t.Errorf("Host changed plain ASCII into %s", got)
	}
}

func FuzzCanon(f *testing.F) {
	for _, seed := range []string{
		"https://example.com/a/../b?utm_source=x&q=%7e#!/c", "http://www.www.example.com:443//?b&a", "https://bücher。example./%zz",
		"http://[::ffff:1.2.3.4]:80/", "http://http://x", "http://a:80/http://b", "file:80", "mailto:a@b", "www.example.com/", "//x",
		"http://0x7f.1", "http://xn--bcher-kva.example/?&&=&a=1#!", "https://example.com/%2e/%2E%2e/%", "http://h/#!#!%23",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		if once := Escape(raw); Escape(once) != once {
			t.Errorf("Escape(%q) = %q, then %q", raw, once, Escape(once))
		}
		key := Key(raw)
		if again := Key(key); again != key {
			t.Errorf("Key(%q) = %q, whose key is %q", raw, key, again)
		}
		normal, err := Normalise(raw)
		if err != nil {
			if archivist.CodeOf(err) == archivist.Internal {
				t.Errorf("Normalise(%q): %v is no Failure", raw, err)
			}
			return
		}
		if again, err := Normalise(normal); again != normal || err != nil {
			t.Errorf("Normalise(%q) = %q, whose normal form is %q, %v", raw, normal, again, err)
		}
		if Key(normal) != key {
			t.Errorf("Key(%q) = %q, but %q of its normal form %q", raw, key, Key(normal), normal)
		}
		if got := Identity([]string{raw}, normal); got != normal {
			t.Errorf("Identity(%q, its normal form) = %q", raw, got)
		}
		u, err := url.Parse(normal)
		if err != nil || u.User != nil || u.Opaque != "" || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
			t.Errorf("%q is read as %#v, %v", normal, u, err)
		}
		Host(u.Hostname())
		_ = Public(normal)
	})
}
