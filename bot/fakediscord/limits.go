package fakediscord

import (
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"
	"time"
)

// The limits that the headers tell, and that RateLimits enforces. Discord's real ones differ by route and are not published.
const (
	bucketCalls  = 50
	bucketWindow = time.Second
)

// bucket counts the calls of one route and its major parameter in the present window.
type bucket struct {
	used  int
	reset time.Time
}

// limit counts the call in its bucket and the bot's, writes the headers, and refuses it if Options.RateLimits says so.
func (c *call) limit(headers map[string]string) (answer, bool) {
	d := c.d
	major := orElse(c.path("channel_id"), orElse(c.path("guild_id"), c.path("webhook_token")))
	b := d.bucket(c.route.name + " " + major)
	left := b.reset.Sub(d.o.Now())
	headers["X-RateLimit-Limit"] = strconv.Itoa(bucketCalls)
	headers["X-RateLimit-Remaining"] = strconv.Itoa(max(0, bucketCalls-b.used))
	headers["X-RateLimit-Reset"] = fmt.Sprintf("%.3f", float64(b.reset.UnixMilli())/1000)
	headers["X-RateLimit-Reset-After"] = fmt.Sprintf("%.3f", left.Seconds())
	h := fnv.New64a()
	_, _ = h.Write([]byte(c.route.name)) // never fails; the bucket's name has no major parameter, as at Discord
	headers["X-RateLimit-Bucket"] = fmt.Sprintf("%016x", h.Sum64())
	if d.o.RateLimits && b.used > bucketCalls {
		return limited(headers, fmt.Sprintf("%.3f", left.Seconds()), "user"), false
	}
	if c.route.bot { // interaction routes are exempt from the global limit
		if g := d.bucket("global"); d.o.RateLimits && g.used > bucketCalls {
			return limited(headers, fmt.Sprintf("%.3f", g.reset.Sub(d.o.Now()).Seconds()), "global"), false
		}
	}
	return answer{}, true
}

// bucket counts one call. Buckets of webhook tokens are many: whatever is over goes when there are more than a thousand.
func (d *Discord) bucket(name string) *bucket {
	now := d.o.Now()
	if len(d.buckets) > 1000 {
		for k, b := range d.buckets {
			if !now.Before(b.reset) {
				delete(d.buckets, k)
			}
		}
	}
	b := d.buckets[name]
	if b == nil || !now.Before(b.reset) {
		b = &bucket{reset: now.Add(bucketWindow)}
		d.buckets[strings.Clone(name)] = b
	}
	b.used++
	return b
}
