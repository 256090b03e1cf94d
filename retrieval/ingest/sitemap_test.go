package ingest

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"archivist"
)

func (s *site) sitemap(path string, places ...string) {
	var b strings.Builder
	b.WriteString("<urlset>")
	for _, place := range places {
		path, modified, _ := strings.Cut(place, " ")
		fmt.Fprintf(&b, "<url><loc>%s%s</loc><lastmod>%s</lastmod></url>", s.URL, path, modified)
	}
	s.text(path, "application/xml", b.String()+"</urlset>")
}

func (s *site) index(path string, maps ...string) {
	var b strings.Builder
	b.WriteString("<sitemapindex>")
	for _, m := range maps {
		path, modified, _ := strings.Cut(m, " ")
		fmt.Fprintf(&b, "<sitemap><loc>%s%s</loc><lastmod>%s</lastmod></sitemap>", s.URL, path, modified)
	}
	s.text(path, "application/xml", b.String()+"</sitemapindex>")
}

// places are the paths that a sitemap gives, and those that failed.
func (s *site) places(t *testing.T, path string, n int) (paths, failed []string, found int) {
	t.Helper()
	places, found, err := s.reader.Sitemap(t.Context(), town, s.URL+path, n, func(address string, err error) {
		failed = append(failed, strings.TrimPrefix(address, s.URL)+" "+string(archivist.CodeOf(err)))
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, place := range places {
		paths = append(paths, strings.TrimPrefix(place.URL, s.URL))
	}
	return paths, failed, found
}

func TestSitemapOfSite(t *testing.T) {
	s := newSite(t)
	s.sitemap("/a.xml", "/1 2026-01-01", "/2 2026-03-01", "/both 2026-02-01")
	s.sitemap("/b.xml.gz", "/3 2026-02-15", "/both 2026-02-01", "/4")
	plain := s.pages["/b.xml.gz"]
	s.set("/b.xml.gz", packing(plain))
	s.index("/sitemap.xml", "/a.xml 2026-03-01", "/b.xml.gz 2026-02-15", "/broken.xml", "/sitemap.xml", "/nested.xml", "/a.xml")
	s.index("/nested.xml", "/deep.xml")
	s.sitemap("/deep.xml", "/never")
	s.text("/", "text/html", page("Home", "", "Welcome."))
	for _, path := range []string{"/sitemap.xml", "/"} {
		s.askedFor()
		paths, failed, found := s.places(t, path, 9)
		if want := []string{"/2", "/3", "/both", "/1", "/4"}; !slices.Equal(paths, want) || found != 5 {
			t.Errorf("%s: %q of %d, want %q", path, paths, found, want)
		}
		if !slices.Equal(failed, []string{"/broken.xml gone"}) {
			t.Errorf("failed: %q", failed)
		}
		if asked := s.askedFor(); slices.Contains(asked, "/deep.xml") {
			t.Errorf("asked for %q", asked)
		}
	}
	// Two pages of the first map are newer than all of the second: that one is not asked for.
	s.sitemap("/a.xml", "/1 2026-03-01", "/2 2026-03-02", "/5 2020-01-01")
	s.index("/sitemap.xml", "/a.xml 2026-03-02", "/b.xml.gz 2026-02-15")
	s.askedFor()
	if paths, _, _ := s.places(t, "/sitemap.xml", 2); !slices.Equal(paths, []string{"/2", "/1"}) {
		t.Errorf("the newest two: %q", paths)
	}
	if asked := s.askedFor(); !slices.Equal(asked, []string{"/sitemap.xml", "/a.xml"}) {
		t.Errorf("asked for %q", asked)
	}
}

// packing answers with what page answers, packed into a file.
func packing(page http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		recorder := httptest.NewRecorder()
		page(recorder, r)
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		_, _ = z.Write(recorder.Body.Bytes()) // to memory
		_ = z.Close()
		w.Header().Set("Content-Type", "application/gzip")
		_, _ = w.Write(b.Bytes())
	}
}

func TestSitemapFailures(t *testing.T) {
	s := newSite(t)
	nothing := func(string, error) { t.Error("a map failed") }
	_, _, err := s.reader.Sitemap(t.Context(), town, s.URL+"/missing.xml", 9, nothing)
	if archivist.CodeOf(err) != archivist.Gone {
		t.Errorf("missing: %v", err)
	}
	s.text("/sitemap.xml", "text/html", page("No map", "", "A page."))
	_, _, err = s.reader.Sitemap(t.Context(), town, s.URL+"/sitemap.xml", 9, nothing)
	if archivist.CodeOf(err) != archivist.WrongType {
		t.Errorf("a page: %v", err)
	}
	_, _, err = s.reader.Sitemap(t.Context(), "guild:5", s.URL+"/sitemap.xml", 9, nothing)
	if archivist.CodeOf(err) != archivist.BadPort {
		t.Errorf("inside, for a guild: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	s.index("/sitemap.xml", "/a.xml")
	s.set("/a.xml", func(http.ResponseWriter, *http.Request) { cancel() })
	if _, _, err = s.reader.Sitemap(ctx, town, s.URL+"/sitemap.xml", 9, nothing); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	// Fifty maps of an index are read, whatever it lists.
	var maps []string
	for n := range 60 {
		path := fmt.Sprintf("/m%d.xml", n)
		s.sitemap(path, fmt.Sprint("/", n))
		maps = append(maps, path)
	}
	s.index("/sitemap.xml", maps...)
	if paths, _, found := s.places(t, "/sitemap.xml", 1000); len(paths) != 50 || found != 50 {
		t.Errorf("%d pages of sixty maps", len(paths))
	}
}
