package bot

import (
	"context"
	"errors"
	"strings"

	"archivist"
)

// Hear handles a message that was posted, its text in Target. spokenTo says that it is meant for the bot: it mentions it, or stands
// in its direct messages. ok is false where the bot stays silent, which is the rule: where nobody spoke to it, where the channel is
// off, and for posted links, which are brought in without a word, or with a silent mark where the channel wants it.
func (b *Bot) Hear(ctx context.Context, r Request, spokenTo bool) (card Card, ok bool) {
	ctx = Together(ctx)
	settings, err := b.rules.Settings(ctx, r.Library)
	if err != nil {
		return b.Trouble(r, err), spokenTo
	}
	links := Links(r.Target)
	things := wantedLinks(links) // what is posted to nobody brings its links alone: a file may not be meant for others
	if spokenTo {
		things = r.wantedOfMessage()
	}
	if keptOut(settings, r) {
		return Card{}, false
	}
	what := heard(mode(settings, r.Channel), r, spokenTo, len(things) > 0)
	switch what {
	case silence:
		return Card{}, false
	case collecting:
		taken := b.collect(ctx, r, things)
		return Card{Kind: KindNotice, Body: []Block{line(plain("✓"))}, Silent: true}, taken > 0 && marks(settings, r.Channel)
	case helping:
		return notice(KindNotice, r, "help.short"), true
	}
	r.quiet = what == answering && !spokenTo && !r.Ours
	if wait, err := b.take(ctx, r, asking); err != nil || wait > 0 {
		if err != nil {
			return b.Trouble(r, err), !r.quiet
		}
		return tooMuch(r, wait), !r.quiet
	}
	if what == adding {
		card, err = b.addAll(ctx, r, things)
	} else {
		r.Options = map[string]string{"question": r.Target}
		card, err = b.ask(ctx, r)
	}
	switch {
	case r.quiet:
		return card, err == nil && card.Kind == KindAnswer
	case err != nil:
		return b.Trouble(r, err), true
	}
	return card, true
}

// What a message comes to.
type reaction int

const (
	silence    reaction = iota
	helping             // nothing was said: two lines of help
	collecting          // its links are brought in without a word, or with a mark
	adding              // its links are brought in, and told of
	answering           // its text is a question
)

// heard decides what a message comes to in a channel of a mode: direct messages have none. links says that it brings some, or files.
func heard(mode string, r Request, spokenTo, links bool) reaction {
	direct := r.Channel == ""
	switch {
	case mode == modeOff && !direct:
		return silence
	case spokenTo && links:
		return adding
	case spokenTo && strings.TrimSpace(r.Target) == "":
		return helping
	case spokenTo:
		return answering
	case links && mode == modeLinks:
		return collecting
	case !links && questionLike(r.Target) && (r.Ours || mode == modeAuto):
		return answering
	}
	return silence
}

// collect brings in links that nobody waits for, and tells how many were taken. What fails for a reason of the link's own stays untold; our failures are logged.
func (b *Bot) collect(ctx context.Context, r Request, links []wanted) (taken int) {
	for _, link := range links {
		_, err := b.submit(ctx, r, link)
		var invalid *archivist.Invalid
		var failure *archivist.Failure
		if err != nil && !errors.As(err, &invalid) && !errors.As(err, &failure) {
			b.Trouble(r, err)
		}
		if err == nil {
			taken++
		}
	}
	return taken
}
