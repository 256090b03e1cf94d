package bot

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"archivist"
)

const (
	statsDays    = 30
	maxStatsDays = 365
)

// adminStats tells what happened in the last days, in figures and as a chart.
func (b *Bot) adminStats(ctx context.Context, r Request) (Card, error) {
	n := statsDays
	if typed := r.Options["days"]; typed != "" {
		var err error
		if n, err = strconv.Atoi(typed); err != nil || n < 1 || n > maxStatsDays {
			return notice(KindNotice, r, "stats.bounds", maxStatsDays), nil
		}
	}
	today := r.Asked.UTC().Truncate(24 * time.Hour)
	first := today.AddDate(0, 0, 1-n)
	a, err := b.reports.Activity(ctx, r.Library, first)
	if err != nil {
		return Card{}, err
	}
	sites, err := b.shelf.Sites(ctx, r.Library, archivist.Everything)
	if err != nil {
		return Card{}, err
	}
	articles := 0
	for _, s := range sites {
		articles += s.Articles
	}
	sums := map[string]int{}
	for _, c := range a.Days {
		sums[c.What] += c.N
	}
	answered := sums["question."+string(archivist.GradeAnswer)] + sums["question."+string(archivist.GradeClosest)]
	refused := sums["question."+string(archivist.GradeRefusal)]
	c := Card{Kind: KindList, Title: say(r.Locale, "stats.title", n)}
	field := func(name, value string) {
		c.Fields = append(c.Fields, Field{Name: say(r.Locale, name), Value: []Part{plain(value)}})
	}
	field("stats.questions", say(r.Locale, "stats.number", answered+refused))
	field("stats.answered", share(r, answered, answered+refused))
	field("stats.refused", share(r, refused, answered+refused))
	field("stats.votes", say(r.Locale, "stats.thumbs", sums["vote.up"], sums["vote.down"]))
	if a.Measured > 0 {
		field("stats.speed", say(r.Locale, "stats.percentiles", millis(a.Median), millis(a.Slowest)))
	}
	field("stats.articles", say(r.Locale, "stats.growth", articles, sums["article"]))
	days := byDay(a.Days, first, n, articles-sums["article"])
	image, err := drawChart(r, days)
	if err != nil {
		return Card{}, err
	}
	c.Files = []File{{Name: "library-stats.png", Bytes: image, Alt: say(r.Locale, "stats.alt", answered, refused, days[0].stored, articles)}}
	return c, nil
}

// share is a number with its part of a whole.
func share(r Request, n, of int) string {
	if of == 0 {
		return say(r.Locale, "stats.number", n)
	}
	return say(r.Locale, "stats.share", n, fmt.Sprintf("%d %%", (100*n+of/2)/of))
}

// millis is a duration in milliseconds, as precise as it is of interest.
func millis(d time.Duration) string {
	ms := float64(d) / float64(time.Millisecond)
	if ms > -10 && ms < 10 {
		return fmt.Sprintf("%.1f", ms)
	}
	return fmt.Sprintf("%.0f", ms)
}

// byDay are the figures of each of n days; before is how many of today's articles were there before the first.
func byDay(counts []archivist.DayCount, first time.Time, n, before int) []dayFigures {
	days := make([]dayFigures, n)
	for i := range days {
		days[i].day = first.AddDate(0, 0, i)
	}
	for _, c := range counts {
		i := int(c.Day.Sub(first) / (24 * time.Hour))
		if i < 0 || i >= n {
			continue
		}
		switch c.What {
		case "question." + string(archivist.GradeAnswer), "question." + string(archivist.GradeClosest):
			days[i].answered += c.N
		case "question." + string(archivist.GradeRefusal):
			days[i].refused += c.N
		case "article":
			days[i].stored += c.N
		}
	}
	for i := range days {
		before += days[i].stored
		days[i].stored = before
	}
	return days
}
