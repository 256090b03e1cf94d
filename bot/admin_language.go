package bot

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"archivist"
)

// settingLanguage is what the bot speaks where nothing tells the reader's language. Not set, it is the guild's own on Discord.
const settingLanguage = "language"

// defaultLanguage is the value that takes the setting back.
const defaultLanguage = "default"

// languages are the values of the command's option.
func languages() []string {
	return append(slices.Sorted(maps.Keys(tongues())), defaultLanguage)
}

// Locale is what a library's readers are spoken to in where nothing tells it of the reader, as with messages: what the moderators have set,
// else own, which is Discord's of the guild.
func (b *Bot) Locale(ctx context.Context, library archivist.LibraryID, own string) string {
	settings, err := b.rules.Settings(ctx, library)
	if err != nil {
		return own // whoever answers meets the error too, and tells it
	}
	return cmp.Or(settings[settingLanguage], own)
}

// adminLanguage tells in which language the bot speaks where nothing tells the reader's, or sets it.
func (b *Bot) adminLanguage(ctx context.Context, r Request) (Card, error) {
	wanted := r.Options["language"]
	if wanted != "" {
		if !slices.Contains(languages(), wanted) {
			return Card{}, &archivist.Invalid{Code: archivist.InvalidSetting, Text: "language is one of its choices"}
		}
		value := wanted
		if value == defaultLanguage {
			value = "" // the default takes no row
		}
		if err := b.rules.SetSetting(ctx, r.Library, settingLanguage, value, r.act("language", "", "", "")); err != nil {
			return Card{}, err
		}
	}
	settings, err := b.rules.Settings(ctx, r.Library)
	if err != nil {
		return Card{}, err
	}
	if set := settings[settingLanguage]; set != "" {
		return notice(KindNotice, r, "language.is", languageName(r.Locale, set)), nil
	}
	return notice(KindNotice, r, "language.default"), nil
}
