package bot

import (
	"context"
	"errors"
	"slices"
	"strings"

	"archivist"
)

// settingBlocked + a person's id: "on" where the moderators keep that person out. It is the id, as moderators must see whom they keep out.
const settingBlocked = "user.blocked."

// keptOut reports whether the moderators keep a person out. They keep none out who may manage the guild.
func keptOut(settings map[string]string, r Request) bool {
	return !r.Moderator && settings[settingBlocked+r.Person] != ""
}

// letsIn is an error where the moderators keep the person out.
func (b *Bot) letsIn(ctx context.Context, r Request) error {
	if r.Moderator {
		return nil
	}
	settings, err := b.rules.Settings(ctx, r.Library)
	if err == nil && keptOut(settings, r) {
		err = &archivist.Invalid{Code: archivist.Blocked, Text: "the moderators keep this person out"}
	}
	return err
}

// userBlock keeps a person out, lets one in again, or lists who is kept out.
func (b *Bot) userBlock(ctx context.Context, r Request) (Card, error) {
	id := r.Options["person"]
	if id == "" {
		return b.listBlocked(ctx, r)
	}
	value, said, act := "on", "user.blocked", r.act("user.block", id, "", "")
	if r.Options["blocked"] == "false" {
		value, said, act = "", "user.unblocked", r.act("user.unblock", id, "", "")
	}
	if err := b.rules.SetSetting(ctx, r.Library, settingBlocked+id, value, act); err != nil {
		return Card{}, err
	}
	if err := b.watchPeople(ctx, r.Library); err != nil {
		return Card{}, err
	}
	return Card{Kind: KindNotice, Body: []Block{{Parts: r.sentence(said, person(id))}}}, nil
}

func (b *Bot) listBlocked(ctx context.Context, r Request) (Card, error) {
	settings, err := b.rules.Settings(ctx, r.Library)
	if err != nil {
		return Card{}, err
	}
	var ids []string
	for key := range settings {
		if id, ok := strings.CutPrefix(key, settingBlocked); ok {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return b.pages(ctx, r, say(r.Locale, "user.title"), "user.none", func(skip, n int) (lines []Block, err error) {
		for _, id := range ids[min(skip, len(ids)):min(skip+n, len(ids))] {
			lines = append(lines, line(person(id)))
		}
		return lines, nil
	})
}

// userPurge removes, once that is confirmed, all articles that a person added, wherever they are seen, and erases the person's questions and
// votes. The articles can be put back. Of more than one act removes, the rest is left for another one, which then erases.
func (b *Bot) userPurge(ctx context.Context, r Request) (Card, error) {
	if r.admin.action == adminUndo {
		return b.undoRemoval(ctx, r)
	}
	if r.admin.Removal != 0 { // a button that was pressed twice
		return notice(KindNotice, r, "remove.none"), nil
	}
	id := r.Options["person"]
	all := selection{matches: func(h archivist.Head) bool { return h.AddedBy == id }, view: archivist.Everything, highest: r.admin.Highest}
	ids, err := b.selected(ctx, r, all)
	if err != nil {
		return Card{}, err
	}
	if r.admin.action != adminYes {
		ask := []Block{line(r.text("remove.ask", len(ids))), {Parts: r.sentence("user.erases", person(id))}}
		return b.askFirst(ctx, r, ask, ids)
	}
	who := r
	who.Person = id
	hash, err := b.hash(ctx, who)
	if err != nil {
		return Card{}, err
	}
	act := r.act("user.purge", id, "", "")
	done, err := b.remover.RemoveAll(ctx, r.Library, ids, act)
	if none := errors.Is(err, archivist.ErrNotFound); none {
		err = b.ledger.Note(ctx, r.Library, act)
	}
	if err != nil {
		return Card{}, err
	}
	all.highest = 0 // what was added since the question too, as it is theirs
	left, err := b.selected(ctx, r, all)
	if err != nil {
		return Card{}, err
	}
	said := Block{Parts: r.sentence("user.more", person(id))}
	if len(left) == 0 {
		// Last, as it takes the name off everything, by which what is left would no more be found.
		if _, err := b.ledger.Forget(ctx, r.Library, id, hash); err != nil {
			return Card{}, err
		}
		said = Block{Parts: r.sentence("user.purged", person(id))}
	}
	if done.Articles == 0 {
		return Card{Kind: KindNotice, Body: []Block{said}}, nil
	}
	c, err := b.removed(ctx, r, done, r.text("admin.removed", say(r.Locale, "count.articles", done.Articles)))
	c.Body = append(c.Body, said)
	return c, err
}
