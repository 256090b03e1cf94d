package retrieval

import (
	"iter"

	"archivist/retrieval/index"
)

const (
	// halfNews is how many articles make a library half one of news: a few articles tell no age that would be unusual, and have nobody to
	// agree with.
	halfNews = 200

	// What is new is what is asked about only where most is new: half of the articles of a library whose days lie evenly over ten years are
	// 4.5 years older than its newest (those of the news that we measure on: one and two), and age counts nothing from there on.
	youngHalf = 3 * 365
	oldHalf   = 4*365 + 183
)

// newsness is how far a library is one of news, 0 to 1: by the share of its articles whose day is known, by their number, and by how much
// older half of them are than the newest twentieth.
func newsness(days iter.Seq[int32]) float64 {
	var h histogram
	articles := 0
	for day := range days {
		articles++
		h.add(day)
	}
	if h.n == 0 {
		return 0
	}
	share := float64(h.n) / float64(articles)
	age := float64(h.quantile(.95) - h.quantile(.5))
	young := max(0, min(1, (oldHalf-age)/(oldHalf-youngHalf)))
	return share * young * float64(articles) / float64(articles+halfNews)
}

// A histogram counts days by thirties since 1800; what lies before or far ahead counts to the nearest.
type histogram struct {
	n      int
	counts [300 * 365 / 30]int32
}

const year1800 = -62091 // in days since 1970

func (h *histogram) add(day int32) {
	if day == index.NoDay {
		return
	}
	at := (int64(day) - year1800) / 30
	h.counts[max(0, min(at, int64(len(h.counts)-1)))]++
	h.n++
}

// quantile is the day, to thirty days, before which a share of the days lie.
func (h *histogram) quantile(share float64) int {
	below := 0
	for at, n := range h.counts {
		if below += int(n); float64(below) >= share*float64(h.n) {
			return year1800 + 30*at
		}
	}
	return 0
}
