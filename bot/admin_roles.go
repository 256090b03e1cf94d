package bot

import (
	"context"
	"maps"
	"slices"
	"strings"

	"archivist"
)

// noOffice takes all offices from a role.
const noOffice = "none"

// adminRoles lists what roles may do, or gives a role an office, or takes all it has. Only who may manage the guild gets here.
func (b *Bot) adminRoles(ctx context.Context, r Request) (Card, error) {
	id, part := r.Options["role"], r.Options["part"]
	settings, err := b.rules.Settings(ctx, r.Library)
	if err != nil {
		return Card{}, err
	}
	given := rolesOffices(settings)
	if id == "" {
		return b.listRoles(ctx, r, given)
	}
	if part != noOffice && !slices.Contains(offices, part) {
		return Card{}, &archivist.Invalid{Code: archivist.InvalidSetting, Text: "part is articles, channels, people, all or none"}
	}
	has := given[id]
	switch {
	case part == noOffice:
		has = nil
	case part == string(OfficeAll):
		has = []string{part}
	case !slices.Contains(has, part):
		has = append(slices.DeleteFunc(slices.Clone(has), func(o string) bool { return o == string(OfficeAll) }), part)
	}
	if err := b.rules.SetSetting(ctx, r.Library, settingRoles+id, strings.Join(has, " "), r.act("roles", id, "", "")); err != nil {
		return Card{}, err
	}
	if err := b.watchPeople(ctx, r.Library); err != nil {
		return Card{}, err
	}
	if len(has) == 0 {
		return Card{Kind: KindNotice, Body: []Block{{Parts: r.sentence("roles.taken", role(id))}}}, nil
	}
	return Card{Kind: KindNotice, Body: []Block{
		{Parts: r.sentence("roles.line", role(id), strings.Join(has, ", "))},
		line(r.text("roles.shown")), // as Discord hides the command from them
	}}, nil
}

func (b *Bot) listRoles(ctx context.Context, r Request, given map[string][]string) (Card, error) {
	ids := slices.Sorted(maps.Keys(given))
	return b.pages(ctx, r, say(r.Locale, "roles.title"), "roles.none", func(skip, n int) (lines []Block, err error) {
		for _, id := range ids[min(skip, len(ids)):min(skip+n, len(ids))] {
			lines = append(lines, Block{Parts: r.sentence("roles.line", role(id), strings.Join(given[id], ", "))})
		}
		return lines, nil
	})
}
