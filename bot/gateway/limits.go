package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"sync"
	"time"
)

const (
	globalRate     = 45               // calls a second of the bot's own, below Discord's 50
	sweepBuckets   = 10 * time.Second // between two looks for buckets that can be forgotten
	invalidWindow  = 10 * time.Minute
	invalidWarn    = 500   // invalid requests in the window, from which on it is told in the log and in health
	invalidQuiet   = 2_000 // invalid requests in the window, from which on nothing is sent that nobody waits for
	invalidSilence = 5_000 // from which on only callbacks are; at 10,000 Discord bans the address
	longestLimit   = time.Minute
)

var errInvalid = errors.New("too many requests were refused of late; Discord would ban this address")

// limits keeps calls within what Discord allows, ahead of its 429 where it told so, and after it as long as it asked.
type limits struct {
	rate, warn, quiet, silence int // this process's part of the constants above

	mu       sync.Mutex
	routes   map[string]string // bucket by route
	buckets  map[string]*bucket
	global   time.Time // until then all but token calls wait
	sent     []time.Time
	swept    time.Time
	invalid  int // in the window
	windowed time.Time

	alarm func(invalid int) // told once a window at warn
}

type bucket struct {
	remaining int
	reset     time.Time
	blocked   time.Time // after a 429
}

// newLimits are those of one of several processes that share a token: each keeps to its part of what Discord allows to the token.
func newLimits(processes int) *limits {
	return &limits{rate: max(1, globalRate/processes), quiet: max(1, invalidQuiet/processes), silence: max(1, invalidSilence/processes), warn: max(1, invalidWarn/processes), routes: map[string]string{}, buckets: map[string]*bucket{}, alarm: func(int) {}}
}

// key is the bucket of a call: Discord's name for it, once it is known, and the id that it counts by.
func (l *limits) key(k call) string {
	if b := l.routes[k.name]; b != "" {
		return b + " " + k.top
	}
	return k.name + " " + k.top
}

// wait returns when the call may be sent; an error if that is not before ctx ends, or not at all.
func (l *limits) wait(ctx context.Context, k call) error {
	for {
		until, err := l.reserve(k, time.Now())
		if err != nil || until.IsZero() {
			return err
		}
		if deadline, ok := ctx.Deadline(); ok && until.After(deadline) {
			return context.DeadlineExceeded
		}
		if err := pause(ctx, time.Until(until)); err != nil {
			return err
		}
	}
}

// reserve takes a place for the call, or says when to ask again.
func (l *limits) reserve(k call, now time.Time) (until time.Time, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sweep(now)
	callback := k.rule == ruleCallback
	if l.invalid >= l.silence && !callback || l.invalid >= l.quiet && k.rule.idle {
		return time.Time{}, errInvalid
	}
	if !k.token && now.Before(l.global) {
		return l.global, nil
	}
	b := l.buckets[l.key(k)]
	if b != nil {
		if now.Before(b.blocked) {
			return b.blocked, nil
		}
		if b.remaining <= 0 && now.Before(b.reset) {
			return b.reset, nil
		}
	}
	if !k.token {
		for len(l.sent) > 0 && now.Sub(l.sent[0]) >= time.Second {
			l.sent = l.sent[1:]
		}
		if len(l.sent) >= l.rate {
			return l.sent[0].Add(time.Second), nil
		}
		l.sent = append(l.sent, now)
	}
	if b != nil {
		b.remaining--
	}
	return time.Time{}, nil
}

// learn reads what an answer says of limits.
func (l *limits) learn(k call, a answer) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	scope := a.header.Get("X-RateLimit-Scope")
	if a.status == http.StatusUnauthorized || a.status == http.StatusForbidden || a.status == http.StatusTooManyRequests && scope != "shared" {
		if now.Sub(l.windowed) > invalidWindow {
			l.windowed, l.invalid = now, 0
		}
		if l.invalid++; l.invalid == l.warn {
			l.alarm(l.invalid)
		}
	}
	if name := a.header.Get("X-RateLimit-Bucket"); name != "" {
		l.routes[k.name] = name
	}
	key := l.key(k)
	remaining, err := strconv.Atoi(a.header.Get("X-RateLimit-Remaining"))
	after, afterErr := strconv.ParseFloat(a.header.Get("X-RateLimit-Reset-After"), 64)
	if err == nil && afterErr == nil {
		reset := now.Add(seconds(after))
		b := l.buckets[key]
		switch {
		case b == nil:
			l.buckets[key] = &bucket{remaining: remaining, reset: reset}
		case reset.After(b.reset.Add(100 * time.Millisecond)):
			b.remaining, b.reset = remaining, reset // a new window
		default:
			b.remaining = min(b.remaining, remaining) // several calls are under way: the fewest counts
		}
	}
	if a.status != http.StatusTooManyRequests {
		return
	}
	until := now.Add(retryAfter(a))
	if scope == "global" || a.header.Get("X-RateLimit-Global") == "true" {
		l.global = until
		return
	}
	if l.buckets[key] == nil {
		l.buckets[key] = &bucket{remaining: 1}
	}
	l.buckets[key].blocked = until
}

// retryAfter is how long a 429 asks to wait: its header, else its body, which may be HTML, else a minute.
func retryAfter(a answer) time.Duration {
	if s, err := strconv.ParseFloat(a.header.Get("Retry-After"), 64); err == nil {
		var body struct {
			RetryAfter float64 `json:"retry_after"`
		}
		// The header is in whole seconds, the body exact: where both agree, the body says it better.
		if json.Unmarshal(a.body, &body) == nil && body.RetryAfter > 0 && body.RetryAfter <= s && body.RetryAfter > s-1.5 {
			return seconds(body.RetryAfter)
		}
		return seconds(s)
	}
	var body struct {
		RetryAfter float64 `json:"retry_after"`
	}
	if json.Unmarshal(a.body, &body) == nil && body.RetryAfter > 0 {
		return seconds(body.RetryAfter)
	}
	return longestLimit
}

func seconds(s float64) time.Duration {
	return time.Duration(max(0, min(s, 86400)) * float64(time.Second))
}

// sweep forgets buckets whose window is over: they tell no more than none. mu is held.
func (l *limits) sweep(now time.Time) {
	if now.Sub(l.swept) < sweepBuckets {
		return
	}
	l.swept = now
	if now.Sub(l.windowed) > invalidWindow {
		l.invalid = 0
	}
	for key, b := range l.buckets {
		if now.After(b.reset) && now.After(b.blocked) {
			delete(l.buckets, key)
		}
	}
}

// size counts the buckets, those that tell something at least.
func (l *limits) size(now time.Time) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sweep(now)
	return len(l.buckets)
}
