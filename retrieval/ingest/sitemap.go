package ingest

import (
	"context"
	"errors"
	"net/url"
	"slices"

	"archivist"
	"archivist/retrieval/ingest/feed"
	"archivist/retrieval/ingest/fetch"
)

// maxPlaces is how many addresses all sitemaps of a site may give.
const maxPlaces = 50_000

// Sitemap lists up to n pages of a site, the ones modified last first, and how many it found: address is a sitemap, an index of sitemaps
// (of which at most feed.MaxMaps are read, and none that they name in turn), or a page of a site whose sitemap is at /sitemap.xml. A map
// that cannot be read costs its own pages alone and is told to failed. Other errors are those of reading the first, and ctx's.
func (r *Reader) Sitemap(ctx context.Context, library archivist.LibraryID, address string, n int, failed func(address string, err error)) (places []feed.Place, found int, err error) {
	first, err := r.readMap(ctx, library, address)
	var failure *archivist.Failure
	if errors.As(err, &failure) && failure.Code == archivist.WrongType {
		if usual := usualMap(address); usual != "" {
			first, err = r.readMap(ctx, library, usual)
		}
	}
	if err != nil {
		return nil, 0, err
	}
	places = first.Pages
	seen := map[string]bool{}
	for _, place := range places {
		seen[place.URL] = true
	}
	for _, m := range first.Maps {
		if len(places) >= maxPlaces || enough(places, n, m) {
			break
		}
		if seen[m.URL] {
			continue
		}
		seen[m.URL] = true
		more, err := r.readMap(ctx, library, m.URL)
		if ctx.Err() != nil {
			return nil, 0, ctx.Err()
		}
		if err != nil {
			failed(m.URL, err)
			continue
		}
		for _, place := range more.Pages {
			if !seen[place.URL] && len(places) < maxPlaces {
				seen[place.URL] = true
				places = append(places, place)
			}
		}
		slices.SortStableFunc(places, func(a, b feed.Place) int { return b.Modified.Compare(a.Modified) })
	}
	return places[:min(len(places), n)], len(places), nil
}

// enough reports whether the n pages at hand are newer than all that a map can hold, going by when it was modified itself.
func enough(places []feed.Place, n int, m feed.Place) bool {
	return n < len(places) && n > 0 && !m.Modified.IsZero() && places[n-1].Modified.After(m.Modified)
}

func (r *Reader) readMap(ctx context.Context, library archivist.LibraryID, address string) (feed.Map, error) {
	response, err := r.Web.Get(ctx, fetch.Request{URL: address, Inside: r.Inside(library), Takes: fetch.KindFeed | fetch.KindPacked})
	if err != nil {
		return feed.Map{}, err
	}
	return feed.Sitemap(response.Body, response.URL)
}

// usualMap is where a site's sitemap lies by custom, "" if address is there already.
func usualMap(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Path == "/sitemap.xml" {
		return ""
	}
	return u.Scheme + "://" + u.Host + "/sitemap.xml"
}
