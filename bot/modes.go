package bot

import (
	"context"
	"strings"

	"archivist"
)

// The modes of a channel: how the bot takes part in it beside its commands.
const (
	modeOff     = "off"     // not at all
	modeMention = "mention" // where somebody speaks to it; the default
	modeLinks   = "links"   // so too, and brings in the links that are posted
	modeAuto    = "auto"    // so too, and answers what looks like a question, where it is sure of the answer
)

// modes are all of them, in the order of the command.
var modes = []string{modeOff, modeMention, modeLinks, modeAuto}

// mode is how a channel takes part.
func mode(settings map[string]string, channel string) string {
	if m := settings[modeKey(channel)]; m != "" {
		return m
	}
	return modeMention
}

func modeKey(channel string) string { return archivist.SettingChannel + channel + ".mode" }

// ForgetChannel takes the settings of a channel away that is no more.
func (b *Bot) ForgetChannel(ctx context.Context, library archivist.LibraryID, channel string) error {
	settings, err := b.rules.Settings(ctx, library)
	if err != nil {
		return err
	}
	for key := range settings {
		if !strings.HasPrefix(key, archivist.SettingChannel+channel+".") {
			continue
		}
		if err := b.rules.SetSetting(ctx, library, key, "", archivist.Act{Actor: "discord", Verb: "channel.gone", Target: channel}); err != nil {
			return err
		}
	}
	return nil
}
