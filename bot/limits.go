package bot

import (
	"context"
	"math"
	"sync"
	"time"

	"archivist"
)

// A Rate is how many requests may come at once, and how many a minute after that. The zero Rate is none.
type Rate struct{ Burst, PerMinute float64 }

// moderatorTimes is how much more moderators may do than others.
const moderatorTimes = 5

// bucketsKept is how many buckets are in memory at most: beyond it those that are full are forgotten, which changes nothing.
const bucketsKept = 50_000

// buckets are the token buckets of everybody, by library and key. The zero value is ready.
type buckets struct {
	mu    sync.Mutex
	level map[bucketKey]*bucket
}

type bucketKey struct {
	library archivist.LibraryID
	key     string
}

type bucket struct {
	rate   Rate
	tokens float64
	at     time.Time // when it held them
	unkept bool      // changed since it was stored
}

// fill lets the tokens of the time since come back. A clock that goes back gives nothing and takes nothing: but where it goes back by more
// than a bucket takes to fill, as a clock that was days ahead does, the bucket goes on from there, and nobody waits for those days.
func (b *bucket) fill(now time.Time) {
	passed := now.Sub(b.at)
	switch {
	case passed > 0:
		b.tokens = math.Min(b.rate.Burst, b.tokens+passed.Minutes()*b.rate.PerMinute)
		b.at = now
	case -passed.Minutes()*b.rate.PerMinute > b.rate.Burst:
		b.at = now
	}
}

// wait is how long it takes until a token is there.
func (b *bucket) wait() time.Duration {
	if b.tokens >= 1 {
		return 0
	}
	return time.Duration((1 - b.tokens) / b.rate.PerMinute * float64(time.Minute))
}

// What a request takes a token for.
type effort int

const (
	asking   effort = iota // of the person, the channel and the library
	pressing               // of the person alone: who asks too much may still turn pages
)

// take takes a token from each of the buckets of a request, or from none and tells how long to wait. A console has no limits, and
// moderators have more for themselves.
func (b *Bot) take(ctx context.Context, r Request, e effort) (time.Duration, error) {
	if r.Library.Local() {
		return 0, nil
	}
	person, err := b.hash(ctx, r)
	if err != nil {
		return 0, err
	}
	wanted := map[bucketKey]Rate{}
	add := func(key string, rate Rate) {
		if rate != (Rate{}) {
			wanted[bucketKey{r.Library, key}] = rate
		}
	}
	own := func(rate Rate) Rate {
		if r.Moderator {
			return Rate{rate.Burst * moderatorTimes, rate.PerMinute * moderatorTimes}
		}
		return rate
	}
	if e == pressing {
		add("presses "+person, own(b.limits.Presses))
		return b.buckets.take(r.Asked, wanted), nil
	}
	add("person "+person, own(b.limits.Person))
	add("library", b.limits.Library)
	if r.Channel != "" {
		add("channel "+r.Channel, b.limits.Channel)
	}
	return b.buckets.take(r.Asked, wanted), nil
}

func (bs *buckets) take(now time.Time, wanted map[bucketKey]Rate) (wait time.Duration) {
	bs.mu.Lock()
	defer bs.mu.Unlock()
	if bs.level == nil || len(bs.level) > bucketsKept {
		bs.forgetFull(now)
	}
	for key, rate := range wanted {
		held := bs.level[key]
		if held == nil {
			held = &bucket{tokens: rate.Burst, at: now}
			bs.level[key] = held
		}
		held.rate = rate
		held.fill(now)
		wait = max(wait, held.wait())
	}
	for key := range wanted {
		if wait == 0 {
			bs.level[key].tokens--
			bs.level[key].unkept = true
		}
	}
	return wait
}

// forgetFull makes room; a bucket that is not there is full.
func (bs *buckets) forgetFull(now time.Time) {
	kept := map[bucketKey]*bucket{}
	for key, held := range bs.level {
		if held.fill(now); held.tokens < held.rate.Burst && len(kept) < bucketsKept/2 {
			kept[key] = held
		}
	}
	bs.level = kept
}

// changed are the buckets that were not stored since they changed; they count as stored from now on.
func (bs *buckets) changed() (list []archivist.Bucket) {
	bs.mu.Lock()
	defer bs.mu.Unlock()
	for key, held := range bs.level {
		if held.unkept {
			list = append(list, archivist.Bucket{Library: key.library, Key: key.key, Tokens: held.tokens, At: held.at})
			held.unkept = false
		}
	}
	return list
}

// restore takes a stored bucket up. Its rate is that of the next request; until then it fills at none.
func (bs *buckets) restore(stored archivist.Bucket) {
	bs.mu.Lock()
	defer bs.mu.Unlock()
	if bs.level == nil {
		bs.level = map[bucketKey]*bucket{}
	}
	bs.level[bucketKey{stored.Library, stored.Key}] = &bucket{tokens: stored.Tokens, at: stored.At}
}

// tooMuch tells how long to wait.
func tooMuch(r Request, wait time.Duration) Card {
	c := notice(KindNotice, r, "limit.wait")
	c.Body = []Block{{Parts: r.sentence("limit.wait", Part{Time: r.Asked.Add(wait.Round(time.Second) + time.Second), Away: true})}}
	return c
}
