package bot

import (
	"context"
	"errors"
	"fmt"
	"time"

	"archivist"
)

// retryHint is when a link that waits is tried again where its job does not say.
const retryHint = 10 * time.Minute

// add brings in the page behind a link.
func (b *Bot) add(ctx context.Context, r Request) (Card, error) {
	job, err := b.submit(ctx, r, r.Options["url"])
	if err != nil {
		return Card{}, err
	}
	return b.follow(ctx, r, job)
}

// addMessage brings in the links of a message.
func (b *Bot) addMessage(ctx context.Context, r Request) (Card, error) {
	return b.addLinks(ctx, r, Links(r.Target))
}

// addLinks brings in one link as /add does, and several with a line for each.
func (b *Bot) addLinks(ctx context.Context, r Request, links []string) (Card, error) {
	switch len(links) {
	case 0:
		return notice(KindNotice, r, "add.nolink"), nil
	case 1:
		r.Options = map[string]string{"url": links[0]}
		return b.add(ctx, r)
	}
	// All are made durable before the first is waited for: a restart in between loses none.
	jobs := make([]archivist.Job, len(links))
	failed := make([]error, len(links))
	for i, link := range links {
		jobs[i], failed[i] = b.submit(ctx, r, link)
	}
	c := Card{Kind: KindProgress, Title: say(r.Locale, "add.many")}
	quiet := r
	quiet.Progress = nil // the list grows instead
	for i, link := range links {
		done, err := Card{}, failed[i]
		if err == nil {
			done, err = b.follow(ctx, quiet, jobs[i])
		}
		if err != nil {
			done = b.Trouble(r, err)
		}
		title := done.Title
		if title == "" {
			title = short(link, maxLine)
		}
		c.Body = append(c.Body, line(Part{Text: title, Link: done.URL}, plain("\n"), plain(summary(done))))
		r.progress(c)
	}
	c.Kind = KindList
	return c, nil
}

// summary is the first sentence of a card that says what happened.
func summary(c Card) string {
	for _, block := range c.Body {
		if !block.Quote && len(block.Parts) > 0 {
			return block.Parts[0].Text
		}
	}
	return ""
}

// submit takes the link off the day's quotas and makes a job of it. Moderators may bring in five times as much as others.
func (b *Bot) submit(ctx context.Context, r Request, link string) (archivist.Job, error) {
	settings, err := b.rules.Settings(ctx, r.Library)
	if err != nil {
		return archivist.Job{}, err
	}
	if !mayIngest(settings, r) {
		return archivist.Job{}, &archivist.Invalid{Code: archivist.NotAllowed, Text: "the moderators let others add articles here"}
	}
	if !r.Library.Local() {
		times := 1
		if r.Moderator {
			times = 5
		}
		if _, err := b.diary.Spend(ctx, r.Library, r.Person, "ingest", r.Asked, 1, times*b.personDay(settings)); err != nil {
			return archivist.Job{}, err
		}
		if _, err := b.diary.Spend(ctx, r.Library, "", "ingest", r.Asked, 1, b.limits.LibraryDay); err != nil {
			return archivist.Job{}, err
		}
	}
	job := archivist.Job{Library: r.Library, URL: link, Person: r.Person}
	switch {
	case r.Hidden != "":
		job.Channels = []string{r.Hidden}
	case keepsPrivate(settings, r.Channel):
		job.Channels = []string{r.Channel}
	}
	return b.adder.Submit(ctx, job)
}

// stageKeys are the sentences of the stages that people see.
var stageKeys = map[archivist.Stage]string{
	archivist.StageQueued: "add.queued", archivist.StageFetching: "add.fetching", archivist.StageReading: "add.reading", archivist.StageStoring: "add.storing",
}

// follow shows how a job gets on, and in the end the article or why there is none.
func (b *Bot) follow(ctx context.Context, r Request, job archivist.Job) (Card, error) {
	r.progress(notice(KindProgress, r, "add.queued"))
	waiting, cancel := context.WithCancel(ctx)
	defer cancel()
	if r.Stopping != nil {
		stopWatching := make(chan struct{})
		defer close(stopWatching)
		go func() { // ends with this function
			select {
			case <-r.Stopping:
				cancel()
			case <-stopWatching:
			}
		}()
	}
	job, err := b.adder.Follow(waiting, job.ID, func(s archivist.Stage) {
		if key, ok := stageKeys[s]; ok {
			r.progress(notice(KindProgress, r, key))
		}
	})
	if err != nil && waiting.Err() != nil && ctx.Err() == nil {
		return notice(KindNotice, r, "add.restart"), nil
	}
	if err != nil {
		return Card{}, err
	}
	switch job.State {
	case archivist.JobDone:
		return b.stored(ctx, r, job)
	case archivist.JobFailed, archivist.JobCancelled:
		return Card{}, &archivist.Failure{Code: job.Code, Offer: job.Offer}
	default:
		what, _ := explain(r.Locale, job.Code)
		due := job.Due
		if !due.After(r.Asked) {
			due = r.Asked.Add(retryHint)
		}
		return Card{Kind: KindNotice, Body: []Block{line(plain(what)), {Parts: r.sentence("add.waiting", moment(due))}}}, nil
	}
}

// stored is the card of an article that a job brought in, or found.
func (b *Bot) stored(ctx context.Context, r Request, job archivist.Job) (Card, error) {
	article, err := b.read(ctx, r, job.Article)
	if errors.Is(err, archivist.ErrNotFound) { // somebody was quick to remove it
		return notice(KindNotice, r, "card.left"), nil
	}
	if err != nil {
		return Card{}, fmt.Errorf("job %d: %w", job.ID, err)
	}
	c := articleCard(r, article)
	switch job.Outcome {
	case archivist.Added:
		c.Body = append([]Block{line(r.text("add.added"))}, c.Body...)
	case archivist.Updated:
		c.Body = append([]Block{line(r.text("add.updated"))}, c.Body...)
	case archivist.Unchanged:
		c.Body = append([]Block{{Parts: r.sentence("add.unchanged", whoAdded(r, article.Head), day(article.Added))}}, c.Body...)
	case archivist.Duplicate:
		c.Body = append([]Block{{Parts: r.sentence("add.duplicate", whoAdded(r, article.Head), day(article.Added))}}, c.Body...)
	}
	return c, nil
}
