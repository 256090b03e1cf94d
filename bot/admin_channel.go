package bot

import (
	"context"
	"slices"

	"archivist"
)

// modeKeys are the sentences of the modes.
var modeKeys = map[string]string{modeOff: "admin.off", modeMention: "admin.mention", modeLinks: "admin.links", modeAuto: "admin.auto"}

// The values of the options private and announce.
const (
	switchOn  = "on"
	switchOff = "off"
)

// keepsPrivate reports whether what is added in a channel is answered, listed and completed there alone, though everybody sees the channel.
func keepsPrivate(settings map[string]string, channel string) bool {
	return channel != "" && settings[privateKey(channel)] == switchOn
}

func privateKey(channel string) string { return archivist.SettingChannel + channel + ".private" }

// marks reports whether links that are posted in a channel of the mode links are answered with a mark.
func marks(settings map[string]string, channel string) bool {
	return channel != "" && settings[announceKey(channel)] == switchOn
}

func announceKey(channel string) string { return archivist.SettingChannel + channel + ".announce" }

// adminChannel tells how the bot takes part in a channel, or changes it.
func (b *Bot) adminChannel(ctx context.Context, r Request) (Card, error) {
	channel, wanted, private, announce := r.Options["channel"], r.Options["mode"], r.Options["private"], r.Options["announce"]
	if channel == "" {
		channel = r.Channel
	}
	switch {
	case channel == "":
		return notice(KindNotice, r, "admin.nowhere"), nil
	case wanted != "" && !slices.Contains(modes, wanted):
		return Card{}, &archivist.Invalid{Code: archivist.InvalidSetting, Text: "mode is off, mention, links or auto"}
	case private != "" && private != switchOn && private != switchOff:
		return Card{}, &archivist.Invalid{Code: archivist.InvalidSetting, Text: "private is on or off"}
	case announce != "" && announce != switchOn && announce != switchOff:
		return Card{}, &archivist.Invalid{Code: archivist.InvalidSetting, Text: "announce is on or off"}
	}
	// What is at its default takes no row.
	changes := []struct{ key, value, standard, verb string }{
		{key: modeKey(channel), value: wanted, standard: modeMention, verb: "channel.mode"},
		{key: privateKey(channel), value: private, standard: switchOff, verb: "channel.private"},
		{key: announceKey(channel), value: announce, standard: switchOff, verb: "channel.announce"},
	}
	for _, c := range changes {
		value := c.value
		switch value {
		case "":
			continue
		case c.standard:
			value = ""
		}
		if err := b.rules.SetSetting(ctx, r.Library, c.key, value, r.act(c.verb, channel, "", "")); err != nil {
			return Card{}, err
		}
	}
	settings, err := b.rules.Settings(ctx, r.Library)
	if err != nil {
		return Card{}, err
	}
	return channelRules(r, settings, channel), nil
}

// channelRules says how the bot takes part in a channel, and whether it can.
func channelRules(r Request, settings map[string]string, channel string) Card {
	m := mode(settings, channel)
	c := Card{Kind: KindNotice, Body: []Block{line(r.text(modeKeys[m]))}}
	if m == modeLinks || m == modeAuto {
		state := "admin.reads"
		if !r.Reads {
			state = "admin.noreads"
		}
		c.Body = append(c.Body, line(r.text(state)))
	}
	if m == modeLinks && marks(settings, channel) {
		c.Body = append(c.Body, line(r.text("admin.announce")))
	}
	if keepsPrivate(settings, channel) {
		c.Body = append(c.Body, line(r.text("admin.private")))
	}
	return c
}
