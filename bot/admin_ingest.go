package bot

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"archivist"
)

// Who may bring articles in: whoWord, or whoRole + the role's id. Not set, everyone may.
const (
	settingWho    = "ingest.who"
	settingPerDay = "ingest.per_day" // links a day and person; not set, the operator's limit

	whoEveryone   = "everyone"
	whoModerators = "moderators"
	whoRole       = "role"
)

var whos = []string{whoEveryone, whoRole, whoModerators}

// mayIngest reports whether the person may bring articles into the library.
func mayIngest(settings map[string]string, r Request) bool {
	who, role, _ := strings.Cut(settings[settingWho], ":")
	switch who {
	case "", whoEveryone:
		return true
	case whoRole:
		if slices.Contains(r.Roles, role) {
			return true
		}
	}
	return r.Moderator || holds(rolesOffices(settings), r.Roles, OfficeArticles)
}

// personDay is how many links a day a person may bring in: the moderators' number where they set one, but never more than the whole
// library may.
func (b *Bot) personDay(settings map[string]string) int {
	if n, err := strconv.Atoi(settings[settingPerDay]); err == nil && n > 0 {
		return min(n, b.limits.LibraryDay)
	}
	return b.limits.PersonDay
}

// adminIngest tells who may bring articles in and how many a day, or changes it.
func (b *Bot) adminIngest(ctx context.Context, r Request) (Card, error) {
	who, role, perDay := r.Options["who"], r.Options["role"], r.Options["per_day"]
	if who == "" && role != "" {
		who = whoRole
	}
	switch {
	case who != "" && !slices.Contains(whos, who):
		return Card{}, &archivist.Invalid{Code: archivist.InvalidSetting, Text: "who is everyone, role or moderators"}
	case who == whoRole && role == "":
		return notice(KindNotice, r, "ingest.which"), nil
	case perDay != "":
		if n, err := strconv.Atoi(perDay); err != nil || n < 1 || n > b.limits.LibraryDay && !r.Library.Local() {
			return notice(KindNotice, r, "ingest.bounds", b.limits.LibraryDay), nil
		}
	}
	if who != "" {
		value := who
		switch who {
		case whoEveryone:
			value = "" // the default takes no row
		case whoRole:
			value = whoRole + ":" + role
		}
		if err := b.rules.SetSetting(ctx, r.Library, settingWho, value, r.act("ingest.who", "", "", "")); err != nil {
			return Card{}, err
		}
	}
	if perDay != "" {
		if err := b.rules.SetSetting(ctx, r.Library, settingPerDay, perDay, r.act("ingest.per_day", "", "", "")); err != nil {
			return Card{}, err
		}
	}
	settings, err := b.rules.Settings(ctx, r.Library)
	if err != nil {
		return Card{}, err
	}
	return b.ingestRules(r, settings), nil
}

// ingestRules says who may bring articles in, and how many a day.
func (b *Bot) ingestRules(r Request, settings map[string]string) Card {
	kind, id, _ := strings.Cut(settings[settingWho], ":")
	var who []Part
	switch kind {
	case whoRole:
		who = r.sentence("ingest.role", role(id))
	case whoModerators:
		who = []Part{r.text("ingest.moderators")}
	default:
		who = []Part{r.text("ingest.everyone")}
	}
	return Card{Kind: KindNotice, Body: []Block{{Parts: who}, line(r.text("ingest.day", b.personDay(settings), b.limits.LibraryDay))}}
}
