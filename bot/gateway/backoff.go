package gateway

import (
	"context"
	"math/rand/v2"
	"time"
)

// pace holds the durations that tests make short.
type pace struct {
	first, most   time.Duration // the backoff's range before jitter: doubled each time
	settled       time.Duration // of being ready, after which the backoff begins anew
	served        time.Duration // of being ready, after which a wish of Discord's to connect anew (op 7) is met at once
	tick          time.Duration // between two looks at the clock
	ready         time.Duration // from the dial to READY or RESUMED
	identifyEvery time.Duration // between two identifies of one key
	sessionWait   float64       // scales the waits that verdicts ask for
	drain         time.Duration // for replies at the end; closing takes discordgo a second more
	progress      time.Duration // between two edits of one progress card
	retry         time.Duration // the first wait between two tries of a REST call
	long          time.Duration // an interaction's age at which it is told that its answer will come in another way
	announce      time.Duration // between two looks for notices
	places        time.Duration // between two writings of where cards are shown
	purge         time.Duration // between two looks for guilds that are gone for long
	lease         time.Duration // of a shard; renewed at a third of it
	look          time.Duration // between two looks at who runs which shard
	grace         time.Duration // for which a free shard is left to a process that has less than its part
	token         time.Duration // its age from which on its token is not used any more
	patience      time.Duration // for which Discord waits for an interaction's acknowledgement
}

var usualPace = pace{
	first: time.Second, most: time.Minute, settled: 5 * time.Minute, served: 5 * time.Second, tick: time.Second, ready: 30 * time.Second, identifyEvery: 5 * time.Second, sessionWait: 1,
	drain: 9 * time.Second, progress: 2 * time.Second, retry: 250 * time.Millisecond,
	lease: 30 * time.Second, look: time.Second, grace: 5 * time.Second,
	announce: 10 * time.Second, places: 5 * time.Second, purge: time.Hour, long: 13 * time.Minute, token: 15*time.Minute - 10*time.Second,
	patience: 3 * time.Second,
}

// tooOld is the age of an interaction from which on its callback could come too late.
func (p *pace) tooOld() time.Duration { return p.patience - 500*time.Millisecond }

// answerWithin is how long Discord waits for a callback, less what one takes on the way.
func (p *pace) answerWithin() time.Duration { return p.patience - 100*time.Millisecond }

// backoff is the wait before the n-th try after a failure, n from 0: full jitter over 1, 2, 4 … 60 s.
func (p *pace) backoff(n int) time.Duration {
	most := p.first
	for ; n > 0 && most < p.most; n-- {
		most *= 2
	}
	return rand.N(min(most, p.most) + 1)
}

// pause waits, unless ctx ends first.
func pause(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
