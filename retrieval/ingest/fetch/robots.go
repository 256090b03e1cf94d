package fetch

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"archivist"
	"archivist/retrieval/ingest/canon"
)

const (
	robotsAgent     = "archivist" // the product token of our group
	robotsLength    = 500 << 10   // bytes of robots.txt that count
	robotsAge       = 24 * time.Hour
	robotsRedirects = 5
	robotsKept      = 1024    // files in memory
	robotsBytes     = 8 << 20 // of their rules together
	maxCrawlDelay   = 30 * time.Second

	// RFC 9309 section 2.3.1.4: a robots.txt that could not be had for 30 days may be taken for none. It must have been tried a few times.
	robotsGone      = 30 * 24 * time.Hour
	robotsGoneTries = 3
)

// robotsRules is what a robots.txt says to us. The zero value allows all.
type robotsRules struct {
	rules []robotsRule
	delay time.Duration // between requests, 0 to 30 s
	bytes int           // of all patterns
}

type robotsRule struct {
	allow   bool
	pattern string // escaped as canon.Escape does
}

// parseRobots reads a robots.txt as RFC 9309 has it, and the Crawl-delay that many sites add: the groups that name agent (in lower
// case), or else those that name "*".
func parseRobots(body []byte, agent string) robotsRules {
	var named, others robotsRules
	foundNamed := false
	toNamed, toOthers, agents := false, false, false // whom the group at hand is for; are its User-agent lines still coming?
	text := strings.ReplaceAll(strings.TrimPrefix(string(body), "\ufeff"), "\r", "\n")
	for line := range strings.SplitSeq(text, "\n") {
		line, _, _ = strings.Cut(line, "#")
		key, value, found := strings.Cut(line, ":")
		if !found {
			continue
		}
		value = strings.TrimSpace(value)
		switch key = strings.ToLower(strings.TrimSpace(key)); key {
		case "user-agent":
			if !agents {
				toNamed, toOthers, agents = false, false, true
			}
			token := strings.ToLower(value)
			if end := strings.IndexFunc(token, notToken); end > 0 { // "Archivist/1.0" names archivist
				token = token[:end]
			}
			toNamed, toOthers = toNamed || token == agent, toOthers || token == "*"
			foundNamed = foundNamed || toNamed
		case "allow", "disallow", "crawl-delay":
			agents = false
			if toNamed {
				named.add(key, value)
			}
			if toOthers {
				others.add(key, value)
			}
		}
	}
	if foundNamed {
		return named
	}
	return others
}

func notToken(r rune) bool { return (r < 'a' || r > 'z') && r != '-' && r != '_' }

func (r *robotsRules) add(key, value string) {
	if key == "crawl-delay" {
		if seconds, err := strconv.ParseFloat(value, 64); err == nil && seconds > 0 { // NaN is not
			r.delay = time.Duration(min(seconds, maxCrawlDelay.Seconds()) * float64(time.Second))
		}
		return
	}
	if value == "" { // "Disallow:" forbids nothing
		return
	}
	rule := robotsRule{allow: key == "allow", pattern: canon.Escape(value)}
	r.bytes += len(rule.pattern)
	r.rules = append(r.rules, rule)
}

// allows reports whether a path with its query, in normal form, may be read: the longest pattern that matches decides, of two of one
// length the one that allows.
func (r *robotsRules) allows(path string) bool {
	allowed, longest := true, -1
	for _, rule := range r.rules {
		if n := len(rule.pattern); (n > longest || n == longest && rule.allow) && matches(rule.pattern, path) {
			allowed, longest = rule.allow, n
		}
	}
	return allowed || path == "/robots.txt"
}

// matches a pattern from the path's beginning: "*" stands for any characters, a final "$" for the end. Leftmost places are enough, so
// that its time is linear however many stars there are.
func matches(pattern, path string) bool {
	pattern, toEnd := strings.CutSuffix(pattern, "$")
	parts := strings.Split(pattern, "*")
	rest, found := strings.CutPrefix(path, parts[0])
	if !found || len(parts) == 1 {
		return found && (!toEnd || rest == "")
	}
	last := parts[len(parts)-1]
	for _, part := range parts[1 : len(parts)-1] {
		i := strings.Index(rest, part)
		if i < 0 {
			return false
		}
		rest = rest[i+len(part):]
	}
	if toEnd {
		return strings.HasSuffix(rest, last)
	}
	return strings.Contains(rest, last)
}

// A robotsShelf keeps what was read, each for 24 hours. What the inner door read does not answer for the outer one.
type robotsShelf struct {
	mu    sync.Mutex
	files map[robotsKey]robotsFile
	bytes int
	out   map[robotsKey]outage // files that could not be had when they were asked for last
}

// An outage is how often in a row a robots.txt could not be had, and since when. A process forgets it at its end, which is on the safe side.
type outage struct {
	since time.Time
	times int
}

type robotsKey struct {
	origin string // scheme://host:port
	inner  bool
}

type robotsFile struct {
	robotsRules
	until time.Time
}

func (s *robotsShelf) get(key robotsKey) (robotsRules, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	file, found := s.files[key]
	return file.robotsRules, found && time.Now().Before(file.until)
}

func (s *robotsShelf) put(key robotsKey, rules robotsRules) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drop(key)
	for old := range s.files { // any will do: they are read again when needed
		if len(s.files) < robotsKept && s.bytes+rules.bytes <= robotsBytes {
			break
		}
		s.drop(old)
	}
	s.files[key] = robotsFile{rules, time.Now().Add(robotsAge)}
	s.bytes += rules.bytes
}

// failed notes that a file could not be had, and reports whether that has been so for as long that there is none.
func (s *robotsShelf) failed(key robotsKey) (none bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o, known := s.out[key]
	if !known {
		o.since = time.Now()
		for old := range s.out { // any will do: it begins anew
			if len(s.out) < robotsKept {
				break
			}
			delete(s.out, old)
		}
	}
	o.times++
	s.out[key] = o
	return o.times >= robotsGoneTries && time.Since(o.since) >= robotsGone
}

// had notes that a file could be had.
func (s *robotsShelf) had(key robotsKey) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.out, key)
}

func (s *robotsShelf) drop(key robotsKey) {
	s.bytes -= s.files[key].bytes
	delete(s.files, key)
}

// robots gives the rules of the address's site, reading its robots.txt where needed. None there (4xx) allows all; one that cannot be
// had forbids all until it can, for 30 days: the error says what was wrong, so that the page is tried again later where that helps.
func (c *chain) robots(ctx context.Context, u *url.URL) (robotsRules, error) {
	key := robotsKey{u.Scheme + "://" + u.Host, c.door.inner}
	if rules, found := c.f.shelf.get(key); found {
		return rules, nil
	}
	rules, err := c.readRobots(ctx, key.origin+"/robots.txt")
	var failure *archivist.Failure
	if errors.As(err, &failure) {
		if failure.Code.Retryable() && c.f.shelf.failed(key) {
			c.f.shelf.put(key, robotsRules{})
			return robotsRules{}, nil
		}
		return rules, &archivist.Failure{Code: failure.Code, Detail: "robots.txt: " + failure.Detail, Err: failure.Err}
	}
	if err == nil {
		c.f.shelf.had(key)
		c.f.shelf.put(key, rules)
	}
	return rules, err
}

func (c *chain) readRobots(ctx context.Context, address string) (robotsRules, error) {
	limits := c.f.o.Limits
	limits.Decoded = robotsLength
	for range robotsRedirects + 1 {
		u, err := url.Parse(address)
		if err != nil {
			return robotsRules{}, err
		}
		if err := c.door.admits(address, u.Hostname(), portOf(u)); err != nil {
			return robotsRules{}, err
		}
		a, err := c.exchange(ctx, u, exchange{limits: limits, anything: true, truncate: true})
		switch {
		case err != nil:
			return robotsRules{}, err
		case a.status == http.StatusOK:
			return parseRobots(a.body, robotsAgent), nil
		case isRedirect(a.status):
			if address, err = canon.Resolve(address, a.header.Get("Location")); err != nil {
				return robotsRules{}, nil // leads nowhere: there is no robots.txt
			}
		case a.status >= 400 && a.status < 500 && a.status != http.StatusTooManyRequests:
			return robotsRules{}, nil
		default:
			return robotsRules{}, statusFailure(a, c.turn)
		}
	}
	return robotsRules{}, nil // RFC 9309 section 2.3.1.2: more than five redirects count as none
}

// namesNobody are the directives of X-Robots-Tag that have a colon; any other word before one names whom the header is for.
var namesNobody = []string{"max-snippet", "max-image-preview", "max-video-preview", "unavailable_after"}

// noSnippet reports whether one of the X-Robots-Tag headers, for all or for us, asks that the page is not quoted.
func noSnippet(headers []string) bool {
	for _, header := range headers {
		header = strings.ToLower(header)
		if name, rest, found := strings.Cut(header, ":"); found && !strings.Contains(name, ",") && !slices.Contains(namesNobody, strings.TrimSpace(name)) {
			if strings.TrimSpace(name) != robotsAgent {
				continue
			}
			header = rest
		}
		for directive := range strings.SplitSeq(header, ",") {
			if directive = strings.ReplaceAll(directive, " ", ""); directive == "nosnippet" || directive == "max-snippet:0" {
				return true
			}
		}
	}
	return false
}
