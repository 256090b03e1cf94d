package feed

import (
	"slices"
	"time"

	"archivist"
)

// The shortest and the longest time between two polls of a feed.
const (
	MinInterval = 15 * time.Minute
	MaxInterval = 24 * time.Hour
)

// gapItems is how many of the newest items tell how often a feed has something new.
const gapItems = 20

// Every is how often a feed is polled as long as there is something new: half the median gap between its newest 20 items, within
// MinInterval and MaxInterval. A feed whose items have no times counts as one with an item every two hours.
func Every(items []archivist.FeedItem) time.Duration {
	return min(max(medianGap(items)/2, MinInterval), MaxInterval)
}

// Interval is the time to a feed's next poll: every, doubled for each answer in a row that brought nothing new, at most MaxInterval; but
// never sooner than pause, what the site and the feed ask for.
//
//	Interval(2 h, 0, 0) = 2 h;  with 2 unchanged answers 8 h;  with pause 10 h: 10 h.
func Interval(every time.Duration, unchanged int, pause time.Duration) time.Duration {
	interval := min(max(every, MinInterval), MaxInterval)
	for n := 0; n < unchanged && interval < MaxInterval; n++ {
		interval *= 2
	}
	return max(min(interval, MaxInterval), pause)
}

func medianGap(items []archivist.FeedItem) time.Duration {
	var times []time.Time
	for _, item := range items {
		if !item.Published.IsZero() {
			times = append(times, item.Published)
		}
	}
	slices.SortFunc(times, func(a, b time.Time) int { return b.Compare(a) })
	times = times[:min(len(times), gapItems)]
	if len(times) < 2 {
		return 2 * time.Hour
	}
	gaps := make([]time.Duration, len(times)-1)
	for i := range gaps {
		gaps[i] = times[i].Sub(times[i+1])
	}
	slices.Sort(gaps)
	return gaps[len(gaps)/2]
}
