package bot

import (
	"context"
	"slices"

	"archivist"
)

// modeKeys are the sentences that tell of a change.
var modeKeys = map[string]string{modeOff: "admin.off", modeMention: "admin.mention", modeLinks: "admin.links", modeAuto: "admin.auto"}

// adminChannel sets how the bot takes part in a channel.
func (b *Bot) adminChannel(ctx context.Context, r Request) (Card, error) {
	channel, wanted := r.Options["channel"], r.Options["mode"]
	if channel == "" {
		channel = r.Channel
	}
	if channel == "" {
		return notice(KindNotice, r, "admin.nowhere"), nil
	}
	if !slices.Contains(modes, wanted) {
		return Card{}, &archivist.Invalid{Code: archivist.InvalidSetting, Text: "mode is off, mention, links or auto"}
	}
	value := wanted
	if wanted == modeMention {
		value = "" // the default takes no row
	}
	if err := b.rules.SetSetting(ctx, r.Library, modeKey(channel), value, r.act("channel.mode", channel, "", "")); err != nil {
		return Card{}, err
	}
	c := notice(KindNotice, r, modeKeys[wanted])
	if (wanted == modeLinks || wanted == modeAuto) && !r.Reads {
		c.Body = append(c.Body, line(r.text("admin.noreads")))
	}
	return c, nil
}
