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

// undoable is for how long a link that was added can be taken back.
const undoable = time.Minute

// add brings in the page behind a link, or a file.
func (b *Bot) add(ctx context.Context, r Request) (Card, error) {
	what, err := r.wanted()
	if err != nil {
		return Card{}, err
	}
	return b.addOne(ctx, r, what)
}

// addOne brings one article in. While it is under way it can be cancelled, and for a minute after, undone.
func (b *Bot) addOne(ctx context.Context, r Request, what wanted) (Card, error) {
	job, err := b.submit(ctx, r, what)
	if err != nil {
		return Card{}, err
	}
	id, err := b.offerCard(ctx, r, KindArticle, "", articleState{Job: job.ID})
	if err != nil {
		return Card{}, err
	}
	watched := r
	watched.Progress = func(c Card) {
		if c.ID = id; id == "" || job.Person != r.Person {
			r.progress(c) // somebody asked for the same a moment ago, and it is theirs to take back, or nothing can be kept that a button needs
			return
		}
		c.Buttons = [][]Button{{{Label: say(r.Locale, "button.cancel"), ID: customID(actionRetract, id)}}}
		r.progress(c)
	}
	return b.follow(ctx, watched, job, id)
}

// addMessage brings in the links of a message and the files attached to it.
func (b *Bot) addMessage(ctx context.Context, r Request) (Card, error) {
	return b.addAll(ctx, r, r.wantedOfMessage())
}

// addAll brings in one article as /add does, and several with a line for each.
func (b *Bot) addAll(ctx context.Context, r Request, list []wanted) (Card, error) {
	switch len(list) {
	case 0:
		return notice(KindNotice, r, "add.nolink"), nil
	case 1:
		return b.addOne(ctx, r, list[0])
	}
	// All are made durable before the first is waited for: a restart in between loses none.
	jobs := make([]archivist.Job, len(list))
	failed := make([]error, len(list))
	for i, what := range list {
		jobs[i], failed[i] = b.submit(ctx, r, what)
	}
	c := Card{Kind: KindProgress, Title: say(r.Locale, "add.many")}
	quiet := r
	quiet.Progress = nil // the list grows instead
	for i, what := range list {
		done, err := Card{}, failed[i]
		if err == nil {
			done, err = b.follow(ctx, quiet, jobs[i], "")
		}
		if err != nil {
			done = b.Trouble(r, err)
		}
		title := done.Title
		if title == "" {
			title = short(what.name, maxLine)
		}
		said := append([]Part{{Text: title, Link: linkOf(done.URL)}, plain("\n")}, firstSentence(done)...)
		c.Body = append(c.Body, Block{Parts: said})
		r.progress(c)
	}
	c.Kind = KindList
	return c, nil
}

// firstSentence is what a card says happened.
func firstSentence(c Card) []Part {
	for _, block := range c.Body {
		if !block.Quote && len(block.Parts) > 0 {
			return block.Parts
		}
	}
	return nil
}

// capped is a quota of links that is used up, as the reason why a link was not added.
func capped(err error) error {
	if archivist.CodeOf(err) == archivist.TooManyRequests {
		return &archivist.Failure{Code: archivist.CapReached, Err: err}
	}
	return err
}

// spend takes a link off the day's quotas of the person, the channel and the library, which a console has none of. Moderators may bring in more
// than others.
func (b *Bot) spend(ctx context.Context, r Request, settings map[string]string) error {
	if r.Library.Local() {
		return nil
	}
	person, err := b.hash(ctx, r)
	if err != nil {
		return err
	}
	times := 1
	if r.Moderator {
		times = moderatorTimes
	}
	quotas := []archivist.Quota{{Person: person, What: "ingest", Limit: times * b.personDay(settings)}, {What: "ingest", Limit: b.limits.LibraryDay}}
	if r.Channel != "" {
		quotas = append(quotas, archivist.Quota{What: "ingest " + r.Channel, Limit: b.limits.ChannelDay})
	}
	return capped(b.upkeep.Spend(ctx, r.Library, r.Asked, quotas...))
}

// submit takes what is wanted, if it can be brought in at all, off the day's quotas and makes a job of it.
func (b *Bot) submit(ctx context.Context, r Request, what wanted) (archivist.Job, error) {
	if what.refused != nil {
		return archivist.Job{}, what.refused
	}
	if err := b.adder.Takes(what.job.URL); err != nil {
		return archivist.Job{}, err
	}
	settings, err := b.rules.Settings(ctx, r.Library)
	if err != nil {
		return archivist.Job{}, err
	}
	if !mayIngest(settings, r) {
		return archivist.Job{}, &archivist.Invalid{Code: archivist.NotAllowed, Text: "the moderators let others add articles here"}
	}
	if err := b.spend(ctx, r, settings); err != nil {
		return archivist.Job{}, err
	}
	job := what.job
	job.Library, job.Person = r.Library, r.Person
	job.Channels = r.stays(settings)
	made, err := b.adder.Submit(ctx, job)
	if err == nil && r.Submitted != nil && made.Person == r.Person {
		r.Submitted(made.ID)
	}
	return made, err
}

// stays are the channels that alone will see what is brought in from where the request was made; nil: everybody will.
func (r Request) stays(settings map[string]string) []string {
	switch {
	case r.Hidden != "":
		return []string{r.Hidden}
	case keepsPrivate(settings, r.Channel):
		return []string{r.Channel}
	}
	return nil
}

// stageKeys are the sentences of the stages that people see.
var stageKeys = map[archivist.Stage]string{
	archivist.StageQueued: "add.queued", archivist.StageFetching: "add.fetching", archivist.StageReading: "add.reading", archivist.StageStoring: "add.storing",
}

// follow shows how a job gets on, and in the end the article or why there is none. card is the id under which its state is kept, "" for none.
func (b *Bot) follow(ctx context.Context, r Request, job archivist.Job, card string) (Card, error) {
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
		return b.stored(ctx, r, job, card)
	case archivist.JobFailed, archivist.JobCancelled:
		failure := &archivist.Failure{Code: job.Code, Offer: job.Offer}
		if card == "" || job.Offer.Kind != archivist.OfferArchive {
			return Card{}, failure
		}
		return b.offerCopy(ctx, r, card, job.URL, failure)
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
func (b *Bot) stored(ctx context.Context, r Request, job archivist.Job, card string) (Card, error) {
	article, err := b.read(ctx, r, job.Article)
	if errors.Is(err, archivist.ErrNotFound) { // somebody was quick to remove it
		return notice(KindNotice, r, "card.left"), nil
	}
	if err != nil {
		return Card{}, fmt.Errorf("job %d: %w", job.ID, err)
	}
	state := articleState{Article: job.Article, Job: job.ID}
	if job.Outcome == archivist.Added && card != "" && article.AddedBy == r.Person {
		state.Until = time.Now().Add(undoable) // the request may be minutes old
	}
	c := articleCard(r, card, article, state)
	if card == "" {
		c.Buttons = nil
	} else if err := b.keepAdded(ctx, r, card, state); err != nil { // the article is stored: it is no reason to say otherwise
		b.log.Error("what was added cannot be kept with its card", "library", string(r.Library), "error", err)
		c.Buttons = nil
	}
	c.Body = append(outcome(r, job.Outcome, article.Head), c.Body...)
	return c, nil
}

// keepAdded keeps, with the card of a link that was added, what came of it.
func (b *Bot) keepAdded(ctx context.Context, r Request, card string, state articleState) error {
	kept, err := b.diary.Card(ctx, r.Library, card)
	if err != nil {
		return err
	}
	return b.keepCard(ctx, kept, state)
}

// outcome says what became of a link; where it was added from a place that not everybody sees, that its article stays there.
func outcome(r Request, what archivist.Outcome, h archivist.Head) []Block {
	var said []Block
	switch what {
	case archivist.Added:
		said = append(said, line(r.text("add.added")))
	case archivist.Updated:
		said = append(said, line(r.text("add.updated")))
	case archivist.Unchanged:
		said = append(said, Block{Parts: r.sentence("add.unchanged", whoAdded(r, h), day(h.Added))})
	case archivist.Duplicate:
		said = append(said, Block{Parts: r.sentence("add.duplicate", whoAdded(r, h), day(h.Added))})
	}
	if len(h.Channels) > 0 {
		said = append(said, line(r.text("add.hidden")))
	}
	return said
}
