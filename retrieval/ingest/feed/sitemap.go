package feed

import (
	"bytes"
	"compress/gzip"
	"encoding/xml"
	"errors"
	"io"
	"net/url"
	"slices"
	"strings"
	"time"

	"archivist"
	"archivist/retrieval/ingest/canon"
)

// MaxMaps is how many sitemaps of an index are read.
const MaxMaps = 50

// A Place is an address that a sitemap lists.
type Place struct {
	URL      string    // in normal form
	Modified time.Time // lastmod; zero: not told
}

// A Map is what a sitemap says: pages, or in an index the sitemaps that belong to it. Only addresses of the map's own registrable domain
// are there, each once, the ones modified last first.
type Map struct {
	Pages []Place // at most 50,000
	Maps  []Place // at most MaxMaps
}

// Sitemap reads a sitemap or an index of sitemaps (sitemaps.org, 0.9) that address answered with, packed with gzip or not; a text of one
// address a line is one as well. Errors are *archivist.Failure: WrongType, TooLarge (20 MiB unpacked), BadEncoding.
func Sitemap(body []byte, address string) (Map, error) {
	body, err := unpacked(body)
	if err != nil {
		return Map{}, err
	}
	text, err := inUTF8(body)
	if err != nil {
		return Map{}, err
	}
	text = bytes.TrimSpace(text)
	w := &surveyor{site: domain(address), seen: map[string]bool{}}
	if !bytes.HasPrefix(text, []byte("<")) {
		err = w.lines(text)
	} else {
		err = w.xml(text)
	}
	newestFirst := func(a, b Place) int { return b.Modified.Compare(a.Modified) }
	slices.SortStableFunc(w.found.Pages, newestFirst)
	slices.SortStableFunc(w.found.Maps, newestFirst)
	w.found.Maps = w.found.Maps[:min(len(w.found.Maps), MaxMaps)]
	return w.found, err
}

func unpacked(body []byte) ([]byte, error) {
	if bytes.HasPrefix(body, []byte("\x1f\x8b")) {
		z, err := gzip.NewReader(bytes.NewReader(body))
		if err == nil {
			body, err = io.ReadAll(io.LimitReader(z, maxBody+1))
		}
		if err != nil {
			return nil, &archivist.Failure{Code: archivist.BadEncoding, Detail: "damaged", Err: err}
		}
	}
	if len(body) > maxBody {
		return nil, fail(archivist.TooLarge, "longer than %d MiB", maxBody>>20)
	}
	return body, nil
}

// A surveyor gathers the places of one sitemap.
type surveyor struct {
	site  string // the only domain that counts
	seen  map[string]bool
	found Map
}

func domain(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return canon.Domain(u.Hostname())
}

// take notes a place, unless it is of another site, known, or one too many. It reports whether there is room for more.
func (w *surveyor) take(list *[]Place, location, modified string) bool {
	address, err := canon.Normalise(strings.TrimSpace(location))
	if err == nil && domain(address) == w.site && !w.seen[address] {
		w.seen[address] = true
		*list = append(*list, Place{URL: address, Modified: lastmod(modified)})
	}
	return len(w.seen) < maxURLs
}

func (w *surveyor) lines(text []byte) error {
	for line := range bytes.Lines(text) {
		if !w.take(&w.found.Pages, string(line), "") {
			break
		}
	}
	if len(w.found.Pages) == 0 {
		return fail(archivist.WrongType, "no sitemap")
	}
	return nil
}

// xml walks the tokens: nothing but the place at hand is held, however deep and long the document.
func (w *surveyor) xml(text []byte) error {
	decoder := xml.NewDecoder(bytes.NewReader(text))
	decoder.Strict = false
	decoder.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil } // it is UTF-8 by now
	var root xml.Name
	elements := 0
	var within, location, modified string
	for {
		token, err := decoder.RawToken()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			if len(w.seen) > 0 {
				return nil // a map cut short gives what it holds
			}
			return &archivist.Failure{Code: archivist.WrongType, Detail: "no sitemap", Err: err}
		}
		switch t := token.(type) {
		case xml.StartElement:
			if elements++; elements > maxElements {
				return nil
			}
			within = t.Name.Local
			if root.Local == "" {
				if root = t.Name; within != "urlset" && within != "sitemapindex" {
					return fail(archivist.WrongType, "no sitemap")
				}
			}
			if within == "url" || within == "sitemap" {
				location, modified = "", ""
			}
			if t.Name.Space != root.Space { // image:loc and its kin are no pages
				within = ""
			}
		case xml.CharData:
			switch within {
			case "loc":
				location += string(t[:min(len(t), maxAddress)])
			case "lastmod":
				modified += string(t[:min(len(t), maxAddress)])
			}
			if len(location)+len(modified) > 4*maxAddress {
				location, modified = "", ""
			}
		case xml.EndElement:
			within = ""
			list := &w.found.Pages
			if t.Name.Local == "sitemap" {
				list = &w.found.Maps
			}
			if (t.Name.Local == "url" || t.Name.Local == "sitemap") && !w.take(list, location, modified) {
				return nil
			}
		}
	}
}

const (
	maxAddress  = 4096    // more bytes than an address has
	maxElements = 500_000 // what stands behind them is not read
)

// lastmod reads a W3C date: from the year to the fraction of a second.
func lastmod(s string) time.Time {
	s = strings.TrimSpace(s)
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04Z07:00", time.DateOnly, "2006-01", "2006"} {
		if at, err := time.Parse(layout, s); err == nil {
			return at.UTC()
		}
	}
	return time.Time{}
}
