package bot

import (
	"context"
	"errors"
	"strings"

	"archivist"
)

// Hear handles a message that was posted, its text in Target. spokenTo says that it is meant for the bot: it mentions it, or stands
// in its direct messages. ok is false where the bot stays silent, which is the rule: where nobody spoke to it, where the channel is
// off, and for posted links, which are brought in without a word.
func (b *Bot) Hear(ctx context.Context, r Request, spokenTo bool) (card Card, ok bool) {
	settings, err := b.rules.Settings(ctx, r.Library)
	if err != nil {
		return b.Trouble(r, err), spokenTo
	}
	links := Links(r.Target)
	switch m := mode(settings, r.Channel); {
	case m == modeOff && r.Channel != "", keptOut(settings, r):
		return Card{}, false
	case !spokenTo:
		if m == modeLinks {
			b.collect(ctx, r, links)
		}
		return Card{}, false
	case len(links) > 0:
		card, err = b.addLinks(ctx, r, links)
	case strings.TrimSpace(r.Target) == "":
		return notice(KindNotice, r, "help.short"), true
	default:
		r.Options = map[string]string{"question": r.Target}
		card, err = b.ask(ctx, r)
	}
	if err != nil {
		card = b.Trouble(r, err)
	}
	return card, true
}

// collect brings in links that nobody waits for. What fails for a reason of the link's own stays untold; our failures are logged.
func (b *Bot) collect(ctx context.Context, r Request, links []string) {
	for _, link := range links {
		_, err := b.submit(ctx, r, link)
		var invalid *archivist.Invalid
		var failure *archivist.Failure
		if err != nil && !errors.As(err, &invalid) && !errors.As(err, &failure) {
			b.Trouble(r, err)
		}
	}
}
