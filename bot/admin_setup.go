package bot

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"archivist"
)

const (
	fewStarts     = 50 // session starts below which the gateway waits for the next day
	manyRefused   = 500
	clockTooWrong = 5 * time.Second
)

// guildOf is the id of the guild that a library belongs to, "" where it is no guild's.
func guildOf(library archivist.LibraryID) string {
	id, _ := strings.CutPrefix(string(library), string(archivist.GuildLibrary("")))
	if id == string(library) {
		return ""
	}
	return id
}

// mark is a fact of a check: fine or not.
func mark(fine bool, parts ...Part) Block {
	sign := "✓ "
	if !fine {
		sign = "✗ "
	}
	return Block{Parts: append([]Part{plain(sign)}, parts...)}
}

// adminSetup checks channel by channel what the bot may do, and says what to grant: the channels where something is missing first.
func (b *Bot) adminSetup(ctx context.Context, r Request) (Card, error) {
	guild := guildOf(r.Library)
	if r.Sight == nil || guild == "" {
		return notice(KindNotice, r, "setup.nowhere"), nil
	}
	channels := r.Sight.Channels(guild)
	if len(channels) == 0 {
		return notice(KindNotice, r, "setup.none"), nil
	}
	slices.SortStableFunc(channels, func(a, b ChannelSight) int { return min(len(b.Missing), 1) - min(len(a.Missing), 1) })
	fine := 0
	for _, c := range channels {
		if len(c.Missing) == 0 {
			fine++
		}
	}
	intent := "setup.content"
	if !r.Reads {
		intent = "setup.nocontent"
	}
	lines := []Block{mark(r.Reads, r.text(intent))}
	for _, c := range channels {
		lines = append(lines, setupLine(r, c))
	}
	return b.pages(ctx, r, say(r.Locale, "setup.title", fine, len(channels)), "setup.none", func(skip, n int) ([]Block, error) {
		return lines[min(skip, len(lines)):min(skip+n, len(lines))], nil
	})
}

func setupLine(r Request, c ChannelSight) Block {
	if len(c.Missing) > 0 {
		return mark(false, r.sentence("setup.grant", channel(c.ID), strings.Join(c.Missing, ", "))...)
	}
	if c.Hidden {
		return mark(true, r.sentence("setup.hidden", channel(c.ID))...)
	}
	return mark(true, channel(c.ID))
}

// adminHealth tells how the connection, the queue and the store fare.
func (b *Bot) adminHealth(ctx context.Context, r Request) (Card, error) {
	c := Card{Kind: KindList, Title: say(r.Locale, "health.title")}
	if r.Sight != nil {
		c.Body = append(c.Body, gatewayHealth(r, r.Sight.Health())...)
	}
	counts, err := b.gauges.JobCounts(ctx, r.Library)
	if err != nil {
		return Card{}, err
	}
	jobs := map[archivist.JobState]int{}
	for _, n := range counts {
		jobs[n.State] += n.Jobs
	}
	c.Body = append(c.Body, mark(jobs[archivist.JobWaiting]+jobs[archivist.JobQueued] < manyJobs,
		r.text("health.queue", jobs[archivist.JobQueued], jobs[archivist.JobRunning], jobs[archivist.JobWaiting], jobs[archivist.JobFailed])))
	began := time.Now()
	library, err := b.gauges.Library(ctx, r.Library) // one that holds nothing is not there
	if err != nil && !errors.Is(err, archivist.ErrNotFound) {
		return Card{}, err
	}
	took := time.Since(began)
	c.Body = append(c.Body, mark(took < slowStore, r.text("health.store", millis(took), say(r.Locale, "count.articles", library.Articles))))
	return c, nil
}

const (
	manyJobs  = 1000 // open ones of a library
	slowStore = 100 * time.Millisecond
)

func gatewayHealth(r Request, h Health) (lines []Block) {
	ready := 0
	for _, s := range h.Shards {
		if s.Ready {
			ready++
		}
	}
	lines = append(lines, mark(ready == len(h.Shards), r.text("health.shards", ready, len(h.Shards))))
	for _, s := range h.Shards[:min(len(h.Shards), maxShards)] {
		switch {
		case s.Ready && !s.StartsTold:
			lines = append(lines, mark(true, r.sentence("health.resumed", s.ID, moment(s.Since), millis(s.Latency))...))
		case s.Ready:
			lines = append(lines, mark(s.Starts >= fewStarts, r.sentence("health.ready", s.ID, moment(s.Since), millis(s.Latency), s.Starts)...))
		case !s.Waits.IsZero():
			lines = append(lines, mark(false, r.sentence("health.waits", s.ID, s.Starts, moment(s.Waits))...))
		default:
			lines = append(lines, mark(false, r.sentence("health.away", s.ID, moment(s.Since))...))
		}
	}
	content := "setup.content"
	if !h.Content {
		content = "setup.nocontent"
	}
	clock := "health.clock"
	if h.Behind < 0 {
		clock = "health.ahead"
	}
	return append(lines,
		mark(h.Content, r.text(content)),
		mark(h.Refused < manyRefused, r.text("health.refused", h.Refused)),
		mark(h.Behind.Abs() < clockTooWrong, r.text(clock, millis(h.Behind.Abs()))),
		mark(h.Undecoded == 0, r.text("health.work", h.UnderWay, h.Undecoded)),
	)
}

// maxShards is how many shards are told of one by one.
const maxShards = 3
