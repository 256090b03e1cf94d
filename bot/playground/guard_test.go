package playground_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func TestHosts(t *testing.T) {
	tw := newTown(t, true)
	for host, status := range map[string]int{
		"127.0.0.1:8000": 303, "localhost:8000": 303, "localhost": 303, "[::1]:8000": 303, "127.9.9.9": 303,
		"evil.example": 403, "evil.example:8000": 403, "localhost.evil.example": 403, "192.168.0.7:8000": 403, "0.0.0.0:8000": 403, "": 403, "127.0.0.1.evil.example": 403,
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Host = host
		w := httptest.NewRecorder()
		tw.page.Handler().ServeHTTP(w, r)
		if w.Code != status {
			t.Errorf("Host %q: %d, want %d", host, w.Code, status)
		}
		if status == 403 && (w.Header().Get("Set-Cookie") != "" || strings.Contains(w.Body.String(), "Mia")) {
			t.Errorf("Host %q learns %v %s", host, w.Header(), w.Body)
		}
	}
}

// TestOrigins holds that only pages of this server may act, or listen.
func TestOrigins(t *testing.T) {
	tw := newTown(t, false)
	b := tw.browser(tw.mia, tw.news)
	cookie := b.client.Jar.Cookies(mustParse(t, b.at))[0]
	if cookie.Value == "" || len(b.client.Jar.Cookies(mustParse(t, "http://127.0.0.2/"))) > 0 {
		t.Fatalf("cookie %v", cookie)
	}
	own := map[string]string{"Origin": tw.url, "Cookie": cookie.String()}
	for _, c := range []struct {
		name, method, path string
		change             map[string]string // "" takes a header away
		status             int
	}{
		{"own", "POST", "/say", nil, 303},
		{"no origin", "POST", "/say", map[string]string{"Origin": ""}, 403},
		{"another origin", "POST", "/say", map[string]string{"Origin": "https://evil.example"}, 403},
		{"another port", "POST", "/say", map[string]string{"Origin": "http://127.0.0.1:1"}, 403},
		{"null", "POST", "/say", map[string]string{"Origin": "null"}, 403},
		{"no cookie", "POST", "/say", map[string]string{"Cookie": ""}, 403},
		{"a guessed cookie", "POST", "/say", map[string]string{"Cookie": cookie.Name + "=x"}, 403},
		{"another site", "POST", "/say", map[string]string{"Sec-Fetch-Site": "cross-site"}, 403},
		{"stream, no cookie", "GET", "/events", map[string]string{"Cookie": ""}, 403},
		{"stream, another origin", "GET", "/events", map[string]string{"Origin": "https://evil.example"}, 403},
		{"stream, another site", "GET", "/events", map[string]string{"Origin": "", "Sec-Fetch-Site": "cross-site"}, 403},
		{"a deed by GET", "GET", "/say", nil, 405},
	} {
		r, err := http.NewRequestWithContext(soon(t), c.method, b.at+c.path, strings.NewReader("content=hello"))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		for _, headers := range []map[string]string{own, c.change} {
			for k, v := range headers {
				r.Header.Set(k, v)
				if v == "" {
					r.Header.Del(k)
				}
			}
		}
		resp, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != c.status {
			t.Errorf("%s: %d, want %d", c.name, resp.StatusCode, c.status)
		}
	}
	if n := len(tw.news.Messages(tw.mia)); n != 1 {
		t.Errorf("%d messages, want one", n)
	}
}

func TestHeaders(t *testing.T) {
	tw := newTown(t, true)
	b := tw.browser(tw.mia, tw.news)
	for _, address := range []string{b.at, b.at + "/commands", tw.url + "/style.css", tw.url + "/page.js", tw.url + "/nothing"} {
		resp, err := b.client.Get(address)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		policy := resp.Header.Get("Content-Security-Policy")
		for _, part := range []string{"default-src 'none'", "script-src 'self';", "style-src 'self';", "connect-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"} {
			if !strings.Contains(policy, part) {
				t.Errorf("%s: the policy %q lacks %s", address, policy, part)
			}
		}
		if strings.Contains(policy, "unsafe") || resp.Header.Get("X-Content-Type-Options") != "nosniff" || resp.Header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s: %v", address, resp.Header)
		}
	}
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Host = "localhost:1"
	w := httptest.NewRecorder()
	tw.page.Handler().ServeHTTP(w, r)
	if set := w.Header().Get("Set-Cookie"); !strings.Contains(set, "HttpOnly") || !strings.Contains(set, "SameSite=Strict") {
		t.Errorf("cookie %q", set)
	}
}

// TestWeb holds what the browser loads: little, and nothing that the policy would refuse.
func TestWeb(t *testing.T) {
	files, err := filepath.Glob("web/*")
	if err != nil {
		t.Fatal(err)
	}
	inline := regexp.MustCompile(`(?i)\sstyle=|\son[a-z]+="|<style|<script[^>]*>[^<]|javascript:|https?://[^w]`)
	sum := 0
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		sum += len(raw)
		if lines := bytes.Count(raw, []byte("\n")); lines > 400 {
			t.Errorf("%s has %d lines", f, lines)
		}
		if hit := inline.Find(raw); hit != nil && filepath.Ext(f) == ".html" {
			t.Errorf("%s has %q", f, hit)
		}
	}
	if len(files) < 6 || sum > 100<<10 {
		t.Errorf("%d files of %d bytes", len(files), sum)
	}
	tw := newTown(t, false)
	b := tw.browser(tw.mia, tw.news)
	for range 5 {
		b.tell("say", "content", "/ask When?")
	}
	weight := len(b.get(""))
	for _, name := range []string{"style.css", "page.js", "composer.js", "icon.svg"} {
		resp, err := b.client.Get(tw.url + "/" + name)
		if err != nil {
			t.Fatal(err)
		}
		weight += len(b.body(resp, http.StatusOK))
	}
	if t.Logf("a page with five cards weighs %d bytes", weight); weight > 150_000 {
		t.Errorf("a page of %d bytes", weight)
	}
}

func TestBounds(t *testing.T) {
	tw := newTown(t, false)
	b := tw.browser(tw.mia, tw.news)
	if out := b.tell("say", "content", strings.Repeat("é", 2001)); !strings.Contains(out.Error, "2000 characters") {
		t.Errorf("2001 characters: %+v", out)
	}
	if out := b.tell("say", "content", strings.Repeat("é", 2000)); out.Error != "" {
		t.Errorf("2000 characters: %+v", out)
	}
	var files []string
	for n := range 11 {
		files = append(files, fmt.Sprintf("files@%d.txt", n), "x")
	}
	if out := b.tell("say", files...); !strings.Contains(out.Error, "10 files") {
		t.Errorf("11 files: %+v", out)
	}
	if resp := b.send("say", "application/json", "files@big.bin", strings.Repeat("x", 13<<20)); resp.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("13 MiB: %d", resp.StatusCode)
	} else {
		_ = resp.Body.Close()
	}
	if n := len(tw.news.Messages(tw.mia)); n != 1 {
		t.Errorf("%d messages, want one", n)
	}
	var open []io.Closer
	for range 64 {
		open = append(open, b.listen(""))
	}
	resp := b.open("")
	if _ = resp.Body.Close(); resp.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("stream 65: %d", resp.StatusCode)
	}
	for _, s := range open {
		_ = s.Close()
	}
}
