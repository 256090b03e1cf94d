// Package feed reads lists of articles: feeds (RSS, Atom, RDF, JSON Feed), sitemaps, and the links by which a page names its feeds. It is
// pure: bytes in, addresses out, and the present is an argument.
//
// A feed comes from anybody. What it may cost is bounded before the library that reads feeds sees it (bound.go): that one recurses with
// the depth of the document and copies text once for each part that it is divided into.
//
// Begin with Parse; Interval says when to ask again, Links where a site's feeds are, Sitemap what a site lists of itself.
package feed

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"archivist"
	"archivist/retrieval/ingest/canon"

	"github.com/mmcdole/gofeed"
	"github.com/mmcdole/gofeed/rss"
)

const (
	// MaxItems is how many items of a feed are taken, the newest.
	MaxItems = 200
	// minContent is the words that an item's own text must have to stand for its page.
	minContent = 150
	maxTitle   = 300       // characters
	maxContent = 512 << 10 // bytes of an item's own text
	// MaxPause is the longest that a feed or its site can ask to be left alone.
	MaxPause = 7 * 24 * time.Hour
)

// A Document is what a feed says.
type Document struct {
	Title string
	Home  string        // the page that the feed belongs to, in normal form; may be empty
	Pause time.Duration // the least time between two polls that the feed asks for (ttl, sy:updatePeriod), at most a week; 0: none
	Items []archivist.FeedItem
}

// Digest stands for the items that a feed lists: it changes when one comes or goes, not when a counter or a date within the feed does.
func (d Document) Digest() string {
	hash := sha256.New()
	for _, item := range d.Items {
		hash.Write([]byte(item.Key + "\n"))
	}
	return hex.EncodeToString(hash.Sum(nil)[:16])
}

// Parse reads the feed that address answered with. Items are the newest MaxItems with an address of their own, newest first; those
// without a time stand where the feed has them, after those with one. Of items with one key the newest counts. Times later than now are
// unknown.
//
// An item's own text is taken where its page is on the feed's registrable domain: of what other sites say a feed may tell the address alone. The page
// that a feed says it belongs to does not count, as anybody may say so.
//
// Errors are *archivist.Failure: WrongType for what is no feed, TooLarge, TooDeep and TooComplex for one that costs too much.
func Parse(body []byte, address string, now time.Time) (document Document, err error) {
	text, err := bounded(body)
	if err != nil {
		return Document{}, err
	}
	defer func() {
		if p := recover(); p != nil {
			document, err = Document{}, &archivist.Failure{Code: archivist.TooComplex, Detail: "the feed broke its reader", Err: fmt.Errorf("panic: %v", p)}
		}
	}()
	parser := gofeed.NewParser()
	parser.KeepOriginalFeed = true // RSS's ttl stands there alone
	// The library would parse the HTML of each item in search of a picture.
	parser.RSSTranslator = &gofeed.DefaultRSSTranslator{DisableContentImageScan: true}
	parsed, err := parser.Parse(bytes.NewReader(text))
	if err != nil {
		return Document{}, &archivist.Failure{Code: archivist.WrongType, Detail: "no feed that can be read", Err: err}
	}
	document.Title, document.Pause = oneLine(parsed.Title), pause(parsed)
	base := address
	if home, err := canon.Resolve(address, parsed.Link); err == nil && parsed.Link != "" {
		document.Home, base = home, home
	}
	document.Items = items(parsed.Items, base, domainOf(address), now)
	return document, nil
}

func domainOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return canon.Domain(u.Hostname())
}

func items(parsed []*gofeed.Item, base, domain string, now time.Time) []archivist.FeedItem {
	var list []archivist.FeedItem
	for _, p := range parsed {
		item := archivist.FeedItem{Title: oneLine(p.Title), Published: published(p, now)}
		if item.URL = link(p, base); item.URL == "" {
			continue
		}
		item.Key = canon.Key(item.URL)
		if content := p.Content; len(content) <= maxContent && domainOf(item.URL) == domain && len(strings.Fields(plain(content))) >= minContent {
			item.Content = content
		}
		list = append(list, item)
	}
	slices.SortStableFunc(list, func(a, b archivist.FeedItem) int { return b.Published.Compare(a.Published) })
	seen := map[string]bool{}
	list = slices.DeleteFunc(list, func(item archivist.FeedItem) bool {
		twice := seen[item.Key]
		seen[item.Key] = true
		return twice
	})
	return list[:min(len(list), MaxItems)]
}

// link is the address of an item's page in normal form, "" if it has none: the one that a feed's distributor put a counter before
// (feedburner:origLink), the link, or an id that is a web address.
func link(p *gofeed.Item, base string) string {
	var candidates []string
	for _, original := range p.Extensions["feedburner"]["origLink"] {
		candidates = append(candidates, original.Value)
	}
	candidates = append(candidates, p.Link)
	if strings.HasPrefix(p.GUID, "http://") || strings.HasPrefix(p.GUID, "https://") {
		candidates = append(candidates, p.GUID)
	}
	for _, candidate := range candidates {
		if candidate = strings.TrimSpace(candidate); candidate == "" {
			continue
		}
		if address, err := canon.Resolve(base, candidate); err == nil {
			return address
		}
	}
	return ""
}

func published(p *gofeed.Item, now time.Time) time.Time {
	for _, at := range []*time.Time{p.PublishedParsed, p.UpdatedParsed} {
		if at != nil && at.Year() > 1 && at.Before(now.Add(24*time.Hour)) {
			return at.UTC()
		}
	}
	return time.Time{}
}

// periods are the words of the RSS module for syndication (sy:updatePeriod).
var periods = map[string]time.Duration{
	"hourly": time.Hour, "daily": 24 * time.Hour, "weekly": 7 * 24 * time.Hour, "monthly": 30 * 24 * time.Hour, "yearly": 365 * 24 * time.Hour,
}

// pause is the longer of ttl (minutes) and updatePeriod divided by updateFrequency, at most a week: "yearly" is a slip of its template.
func pause(parsed *gofeed.Feed) time.Duration {
	var longest time.Duration
	if original, ok := parsed.OriginalFeed().(*rss.Feed); ok {
		if minutes, err := strconv.ParseFloat(strings.TrimSpace(original.TTL), 64); err == nil && minutes > 0 {
			longest = time.Duration(min(minutes, MaxPause.Minutes()) * float64(time.Minute))
		}
	}
	module := parsed.Extensions["sy"]
	if list := module["updatePeriod"]; len(list) > 0 {
		period, frequency := periods[strings.ToLower(strings.TrimSpace(list[0].Value))], 1.0
		if list := module["updateFrequency"]; len(list) > 0 {
			if n, err := strconv.ParseFloat(strings.TrimSpace(list[0].Value), 64); err == nil && n >= 1 {
				frequency = n
			}
		}
		longest = max(longest, time.Duration(float64(period)/frequency))
	}
	return min(longest, MaxPause)
}

// plain is HTML without its tags, good enough for counting words.
func plain(html string) string {
	var b strings.Builder
	for html != "" {
		text, rest, found := strings.Cut(html, "<")
		b.WriteString(text)
		if !found {
			break
		}
		b.WriteByte(' ')
		if _, html, found = strings.Cut(rest, ">"); !found {
			break
		}
	}
	return b.String()
}

// oneLine is a field for one line: no tags, entities decoded once more (titles are often encoded twice), at most 300 characters.
func oneLine(s string) string {
	runes := []rune(strings.Join(strings.Fields(strings.ToValidUTF8(plain(s), "")), " "))
	return string(runes[:min(len(runes), maxTitle)])
}

// Guesses are the addresses where a site's feed is looked for when its home page names none.
func Guesses(address string) []string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return nil
	}
	origin := u.Scheme + "://" + u.Host
	return []string{origin + "/feed", origin + "/rss.xml", origin + "/atom.xml"}
}
