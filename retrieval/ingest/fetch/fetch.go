// Package fetch is the only door to the web. It reads one page (Fetcher.Get) and trusts nothing about it: which address its name
// stands for (dial.go, address.go), where it redirects to (Get), how much it sends, how slowly and how packed (chain.go, body.go), what
// kind of file it is (sniff.go). It is polite: one visitor at a time in a domain, with a gap (polite.go), and by robots.txt (robots.go).
//
// Promise: no connection goes to an address that is not on the public internet, unless the operator allowed it and the request may use
// that (Request.Inside). No answer takes more time or memory than Limits says.
//
// Begin with New and Fetcher.Get.
package fetch

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/net/publicsuffix"

	"archivist"
	"archivist/retrieval/ingest/canon"
)

// Options of a Fetcher.
type Options struct {
	Version string // of Archivist, for the User-Agent
	Contact string // web or mail address of who runs it, likewise; may be empty
	// Allow names what may be read inside a network by requests with Inside: hosts, host:port, IP addresses, networks in CIDR
	// notation. Any port of an allowed host may be used; there is no gap between visits to it.
	Allow  []string
	NAT64  string        // the network's own NAT64 prefix of 96 bits beside 64:ff9b::/96, as CIDR; may be empty
	Gap    time.Duration // between two visits to one registrable domain; 0: 1 s, negative: none. Five times that where nobody waits
	Limits Limits
}

// Limits of one call of Get. Zero fields take the defaults named here.
type Limits struct {
	Total     time.Duration // 20 s: all hops together, from the first connection on; waiting for a turn does not count
	Connect   time.Duration // 4 s, with the name's resolution
	Handshake time.Duration // 5 s
	FirstByte time.Duration // 10 s from the request to the answer's header
	Window    time.Duration // 5 s: in each such span of a body at least Rate bytes a second must arrive
	Rate      int64         // 1,024 bytes a second
	Wire      int64         // 10 MiB of a body as it arrives
	Decoded   int64         // 8 MiB of it unpacked
	Document  int64         // 20 MiB in the place of Wire and Decoded for a PDF, a packed file, and a sitemap that might be packed
	Ratio     int64         // 200 bytes unpacked for one on the wire, beyond the first MiB
	Header    int64         // 64 KiB
	Hops      int           // 8 redirects
	Infos     int           // 5 informational answers (1xx) before the final one
}

func (l Limits) orDefault() Limits {
	for value, fallback := range map[*time.Duration]time.Duration{
		&l.Total: 20 * time.Second, &l.Connect: 4 * time.Second, &l.Handshake: 5 * time.Second,
		&l.FirstByte: 10 * time.Second, &l.Window: 5 * time.Second,
	} {
		if *value == 0 {
			*value = fallback
		}
	}
	for value, fallback := range map[*int64]int64{&l.Rate: 1 << 10, &l.Wire: 10 << 20, &l.Decoded: 8 << 20, &l.Document: 20 << 20, &l.Ratio: 200, &l.Header: 64 << 10} {
		if *value == 0 {
			*value = fallback
		}
	}
	for value, fallback := range map[*int]int{&l.Hops: 8, &l.Infos: 5} {
		if *value == 0 {
			*value = fallback
		}
	}
	return l
}

// unhurried is how many gaps a visit leaves behind that nobody waits for.
const unhurried = 5

// A Fetcher reads pages. Its methods may be called by many goroutines.
type Fetcher struct {
	o            Options
	agent        string
	outer, inner *door
	queue        *queue
	shelf        *robotsShelf
}

// New returns a Fetcher. It is an error if Allow, NAT64 or Contact cannot be used.
func New(o Options) (*Fetcher, error) {
	o.Limits = o.Limits.orDefault()
	if o.Gap == 0 {
		o.Gap = time.Second
	}
	allow, err := parseAllow(o.Allow)
	if err != nil {
		return nil, err
	}
	g := &guard{nat64: []netip.Prefix{nat64}, own: ownAddresses()}
	if o.NAT64 != "" {
		prefix, err := netip.ParsePrefix(o.NAT64)
		if err != nil || !prefix.Addr().Is6() || prefix.Bits() != 96 {
			return nil, fmt.Errorf("%q is no NAT64 prefix of 96 bits", o.NAT64)
		}
		g.nat64 = append(g.nat64, prefix.Masked())
	}
	agent := "Archivist/" + o.Version
	if o.Contact != "" {
		agent += " (+" + o.Contact + ")"
	}
	if strings.ContainsFunc(agent, unicode.IsControl) {
		return nil, errors.New("version or contact holds a control character")
	}
	return &Fetcher{
		o: o, agent: agent, outer: newDoor(g, allowList{}, false, o), inner: newDoor(g, allow, true, o),
		queue: &queue{domains: map[string]*domain{}}, shelf: &robotsShelf{files: map[robotsKey]robotsFile{}, out: map[robotsKey]outage{}},
	}, nil
}

// A Kind is what a body is, as its first bytes tell.
type Kind uint8

// The kinds of bodies. A page (HTML or plain text) is always taken; the others where Request.Takes has them.
const (
	KindPage Kind = 0
	KindFeed Kind = 1 << iota // a feed or a sitemap
	KindPDF
	KindPacked // a gzip file, as large sitemaps are
)

// A Request names a page.
type Request struct {
	URL    string // any spelling; normalised here
	Inside bool   // may use what Options.Allow names; redirects carry this along and never widen it
	Takes  Kind   // what is taken beside pages, kinds joined by |
	// Unhurried says that nobody waits for the answer: a feed to poll, an article to look at again. The domain then has five gaps for
	// others before the next visit.
	Unhurried bool
	// Handed says that somebody put a file at this very address for us: nothing leads on from it (a redirect is BadURL, a page that
	// reloads to another stays itself), and no robots.txt speaks about it, as we are its addressee.
	Handed bool
	// ETag and Modified are the validators that an earlier Response of this very URL had, sent back as given. They make a
	// Response with NotModified possible. They are not sent along redirects: another address has other validators.
	ETag, Modified string
}

// A Response is a page or a plain text.
type Response struct {
	URL         string        // that answered, in normal form
	ContentType string        // the header, as given
	ETag        string        // likewise
	Modified    string        // Last-Modified, likewise
	NoSnippet   bool          // X-Robots-Tag asks us not to quote it
	Kind        Kind          // of Body
	Body        []byte        // unpacked; its charset is not decoded
	Hops        []string      // the addresses that led to URL, in order, in normal form; empty without redirects
	ForGood     bool          // every redirect was permanent (301, 308)
	MaxAge      time.Duration // what Cache-Control asks to keep the answer for; 0: nothing
	Fetched     time.Time
	NotModified bool // the page is as the request's validators describe it; there is no Body
}

// Get reads the page. Errors are *archivist.Failure with the root package's codes and no address of the inside in their text, or
// ctx's. With the code Busy a *Pause in the chain says when to ask again.
func (f *Fetcher) Get(ctx context.Context, r Request) (*Response, error) {
	response, err := f.get(ctx, r)
	if err != nil {
		return nil, failureOf(ctx, err)
	}
	return response, nil
}

// A chain is one call of Get: a request and what it leads to.
type chain struct {
	f       *Fetcher
	door    *door
	jar     *cookiejar.Jar // for this chain only
	left    time.Duration  // of Limits.Total
	request Request
	turn    *turn // at the domain of the present hop, nil before the first
}

func (f *Fetcher) get(ctx context.Context, r Request) (*Response, error) {
	address, err := canon.Normalise(r.URL)
	if err != nil {
		return nil, err
	}
	jar, err := cookiejar.New(&cookiejar.Options{PublicSuffixList: publicsuffix.List})
	if err != nil {
		return nil, err
	}
	c := &chain{f: f, door: f.outer, jar: jar, left: f.o.Limits.Total, request: r}
	if r.Inside {
		c.door = f.inner
	}
	defer func() {
		if c.turn != nil {
			c.turn.leave()
		}
	}()
	validators := http.Header{}
	if r.ETag != "" {
		validators.Set("If-None-Match", r.ETag)
	}
	if r.Modified != "" {
		validators.Set("If-Modified-Since", r.Modified)
	}
	var hops []string
	seen := map[string]bool{}
	downgraded, forGood := false, true
	for {
		seen[address] = true
		a, err := c.visit(ctx, address, validators)
		if err != nil {
			return nil, err
		}
		next, err := onward(a, address)
		if r.Handed && isRedirect(a.status) {
			err = badURL("a file that is elsewhere")
		}
		if err != nil {
			return nil, err
		}
		if r.Handed {
			next = ""
		}
		if next == "" {
			response, err := finish(a, address, hops, len(validators) > 0)
			if err == nil {
				response.ForGood = forGood && len(hops) > 0
			}
			return response, err
		}
		forGood = forGood && (a.status == http.StatusMovedPermanently || a.status == http.StatusPermanentRedirect)
		down := strings.HasPrefix(address, "https:") && strings.HasPrefix(next, "http:")
		switch {
		case len(hops) == f.o.Limits.Hops:
			return nil, badURL(fmt.Sprintf("more than %d redirects", f.o.Limits.Hops))
		case seen[next]:
			return nil, badURL("redirects in a circle")
		case down && downgraded:
			return nil, badURL("redirects from https to http more than once")
		}
		downgraded = downgraded || down
		hops = append(hops, address)
		address, validators = next, http.Header{}
	}
}

// visit makes one hop: it is checked like the first, waits for its domain's turn, and asks robots.txt.
func (c *chain) visit(ctx context.Context, address string, validators http.Header) (*answer, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, badURL("not an address")
	}
	host, port := u.Hostname(), portOf(u)
	if err := c.door.admits(address, host, port); err != nil {
		return nil, err
	}
	name, gap := canon.Domain(host), max(c.f.o.Gap, 0)
	if c.request.Unhurried {
		gap *= unhurried
	}
	if c.door.inner && c.door.allow.names(host, port) {
		name, gap = u.Host, 0
	}
	if c.turn == nil || c.turn.name != name {
		if c.turn != nil {
			c.turn.leave() // before waiting for another: two chains must not wait for each other
			c.turn = nil
		}
		if c.turn, err = c.f.queue.enter(ctx, name, gap); err != nil {
			return nil, err
		}
	}
	if !c.request.Handed {
		rules, err := c.robots(ctx, u)
		if err != nil {
			return nil, err
		}
		if gap > 0 {
			c.turn.gap = max(c.turn.gap, rules.delay)
		}
		if !rules.allows(u.RequestURI()) {
			return nil, &archivist.Failure{Code: archivist.Robots, Detail: "robots.txt"}
		}
	}
	return c.exchange(ctx, u, exchange{limits: c.f.o.Limits, header: validators, takes: c.request.Takes})
}

// onward is where an answer leads to, "" if it is the last.
func onward(a *answer, address string) (string, error) {
	switch {
	case isRedirect(a.status):
		location := a.header.Get("Location")
		if location == "" {
			return "", &archivist.Failure{Code: archivist.ServerError, Detail: "a redirect to nowhere"}
		}
		return canon.Resolve(address, location)
	case a.status == http.StatusOK && a.kind == KindPage:
		if target := refresh(a.body); target != "" {
			next, err := canon.Resolve(address, target)
			if next == address { // reloads itself
				return "", nil
			}
			return next, err
		}
	}
	return "", nil
}

func finish(a *answer, address string, hops []string, conditional bool) (*Response, error) {
	if a.status != http.StatusOK && (a.status != http.StatusNotModified || !conditional) {
		return nil, statusFailure(a, a.turn)
	}
	a.turn.welcome()
	return &Response{
		URL: address, ContentType: a.header.Get("Content-Type"), ETag: a.header.Get("ETag"), Modified: a.header.Get("Last-Modified"),
		NoSnippet: noSnippet(a.header.Values("X-Robots-Tag")), Kind: a.kind, Body: a.body, Hops: hops,
		MaxAge: maxAge(a.header.Get("Cache-Control")), Fetched: time.Now(),
		NotModified: a.status == http.StatusNotModified,
	}, nil
}

// maxAge reads the seconds of Cache-Control's max-age, at most a year; 0 where there are none.
func maxAge(header string) time.Duration {
	for directive := range strings.SplitSeq(header, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(directive), "=")
		if seconds, err := strconv.ParseUint(strings.Trim(value, `"`), 10, 31); err == nil && strings.EqualFold(name, "max-age") {
			return min(time.Duration(seconds)*time.Second, 365*24*time.Hour)
		}
	}
	return 0
}

func isRedirect(status int) bool {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}

// portOf is the port that an address leads to.
func portOf(u *url.URL) string {
	if port := u.Port(); port != "" {
		return port
	}
	if u.Scheme == "https" {
		return "443"
	}
	return "80"
}

func badURL(detail string) error { return &archivist.Failure{Code: archivist.BadURL, Detail: detail} }
