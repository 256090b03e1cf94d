package bot

import "archivist"

// The modes of a channel: how the bot takes part in it beside its commands.
const (
	modeOff     = "off"     // not at all
	modeMention = "mention" // where somebody speaks to it; the default
	modeLinks   = "links"   // and brings in the links that are posted
	modeAuto    = "auto"    // and answers what looks like a question, where it is sure of the answer
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
