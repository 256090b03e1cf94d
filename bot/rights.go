package bot

import (
	"context"
	"slices"
	"strings"

	"archivist"
)

// An Office is what of the moderators' work a role can be given. Whoever may manage the guild has all of it, and alone gives it.
type Office string

// The offices.
const (
	OfficeArticles Office = "articles" // what is stored, and where it may come from
	OfficeChannels Office = "channels" // how the bot takes part, and who may bring articles in
	OfficePeople   Office = "people"   // what people asked and said, and who is kept out
	OfficeAll      Office = "all"      // each of the above, and what belongs to none of them
	OfficeAny      Office = "any"      // of a command: one of the above is enough
	OfficeGiving   Office = "giving"   // of a command: no role can be given it
)

// offices are those that a role can be given.
var offices = []string{string(OfficeArticles), string(OfficeChannels), string(OfficePeople), string(OfficeAll)}

// settingRoles + a role's id: the offices that its holders have, divided by blanks.
const settingRoles = "admin.roles."

// entitled reports whether the person may use a command. It is asked at each use, each press and each form.
func (b *Bot) entitled(ctx context.Context, r Request, c Command) (bool, error) {
	if r.Moderator || !c.Moderator {
		return true, nil
	}
	if c.Office == OfficeGiving || len(r.Roles) == 0 || r.Guest {
		return false, nil
	}
	settings, err := b.rules.Settings(ctx, r.Library)
	if err != nil {
		return false, err
	}
	return holds(b.keepPeople(r.Library, settings).offices, r.Roles, c.Office), nil
}

// entitledNow is entitled from memory alone: false where the library is not in memory yet and only a role would do.
func (b *Bot) entitledNow(r Request, c Command) bool {
	if r.Moderator || !c.Moderator {
		return true
	}
	return !r.Guest && holds(b.peopleNow(r.Library).offices, r.Roles, c.Office)
}

// keptOutNow is keptOut from memory alone: false where the library is not in memory yet.
func (b *Bot) keptOutNow(r Request) bool {
	return !r.Moderator && b.peopleNow(r.Library).out[r.Person]
}

// peopleRules are the settings of a library about people that have to be known at once.
type peopleRules struct {
	offices map[string][]string // by the ids of roles
	out     map[string]bool     // the ids of people whom the moderators keep out
}

// peopleNow is what memory has of a library, which may be nothing.
func (b *Bot) peopleNow(library archivist.LibraryID) peopleRules {
	known, _ := b.people.Load(library)
	rules, _ := known.(peopleRules)
	return rules
}

// keepPeople keeps in memory what a library's settings say of people.
func (b *Bot) keepPeople(library archivist.LibraryID, settings map[string]string) peopleRules {
	rules := peopleRules{offices: rolesOffices(settings), out: map[string]bool{}}
	for key, value := range settings {
		if id, ok := strings.CutPrefix(key, settingBlocked); ok && value != "" {
			rules.out[id] = true
		}
	}
	b.people.Store(library, rules)
	return rules
}

// rolesOffices are the offices of a library's roles by the roles' ids.
func rolesOffices(settings map[string]string) map[string][]string {
	given := map[string][]string{}
	for key, value := range settings {
		if role, ok := strings.CutPrefix(key, settingRoles); ok {
			given[role] = strings.Fields(value)
		}
	}
	return given
}

func holds(given map[string][]string, roles []string, wanted Office) bool {
	return wanted != OfficeGiving && slices.ContainsFunc(roles, func(role string) bool {
		has := given[role]
		return slices.Contains(has, string(OfficeAll)) || slices.Contains(has, string(wanted)) || wanted == OfficeAny && len(has) > 0
	})
}

// watchPeople reads into memory who of a library may use moderators' commands, and who is kept out.
func (b *Bot) watchPeople(ctx context.Context, library archivist.LibraryID) error {
	settings, err := b.rules.Settings(ctx, library)
	if err == nil {
		b.keepPeople(library, settings)
	}
	return err
}
