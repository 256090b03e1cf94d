package bot

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"archivist"
)

// maxBulk is how many articles one act removes at most.
const maxBulk = 5000

// maxPinned is how many articles of a library can be pinned.
const maxPinned = 10

// settingPinned holds the numbers of the pinned articles, divided by blanks, the last pinned first. They stand first among the latest,
// and bulk removals pass over them.
const settingPinned = "articles.pinned"

// exactly is the article that a number or an address names. Words of a title may find one, but are not clear enough to change one.
func (b *Bot) exactly(ctx context.Context, r Request) (h archivist.Head, found bool, err error) {
	wanted := strings.TrimSpace(r.Options["article"])
	list, err := b.find(ctx, r, wanted)
	if err != nil || len(list) != 1 {
		return h, false, err
	}
	return list[0], strings.TrimPrefix(wanted, "#") == number(list[0].ID) || sameAddress(list[0].URL, wanted), nil
}

func number(id archivist.ArticleID) string { return strconv.FormatInt(int64(id), 10) }

func noArticle(r Request) Card {
	return notice(KindNotice, r, "article.none", short(r.Options["article"], maxEcho))
}

// articleRemove removes one article, or, once that is confirmed, all of a site or of a person.
func (b *Bot) articleRemove(ctx context.Context, r Request) (Card, error) {
	if r.admin.action == adminUndo {
		return b.undoRemoval(ctx, r)
	}
	if r.admin.Removal != 0 { // a button that was pressed twice
		return notice(KindNotice, r, "remove.none"), nil
	}
	named := 0
	for _, option := range []string{"article", "domain", "person"} {
		if strings.TrimSpace(r.Options[option]) != "" {
			named++
		}
	}
	if named != 1 {
		return notice(KindNotice, r, "remove.which"), nil
	}
	if r.Options["article"] == "" {
		return b.removeMany(ctx, r)
	}
	h, found, err := b.exactly(ctx, r)
	if err != nil || !found {
		return noArticle(r), err
	}
	done, err := b.remover.RemoveAll(ctx, r.Library, []archivist.ArticleID{h.ID}, r.act("article.remove", "#"+number(h.ID), "", ""))
	if err != nil {
		return Card{}, err
	}
	return b.removed(ctx, r, done, r.text("admin.removed", short(h.Title, maxTitle)))
}

// removed says what was removed, with the button that puts it back.
func (b *Bot) removed(ctx context.Context, r Request, done archivist.Removal, what Part) (Card, error) {
	c := Card{Kind: KindNotice, Body: []Block{line(what), line(r.text("undo.until"), plain(" "), moment(r.Asked.Add(archivist.UndoWindow)))}, Private: true}
	c.Buttons = [][]Button{{{Label: say(r.Locale, "button.undo"), ID: adminUndo}}}
	return c, b.keepAdmin(ctx, r, &c, adminState{Removal: done.ID})
}

// undoRemoval puts back what a card tells that it was removed.
func (b *Bot) undoRemoval(ctx context.Context, r Request) (Card, error) {
	pick := archivist.Pick{Removal: r.admin.Removal}
	n, err := b.remover.Restore(ctx, r.Library, pick, r.act("article.restore", "", "", ""))
	if errors.Is(err, archivist.ErrNotFound) {
		return notice(KindNotice, r, "undo.nothing"), nil
	}
	if err != nil {
		return Card{}, err
	}
	return notice(KindNotice, r, "undo.done", say(r.Locale, "count.articles", n)), nil
}

// A selection says which articles a bulk removal means.
type selection struct {
	matches func(archivist.Head) bool
	view    archivist.View
	highest archivist.ArticleID // only up to it; 0 = all
}

// removeMany asks whether all articles of a site, or of a person, that are seen from here are to go, naming their number, and removes them
// when the answer is yes: then without those that were added since.
func (b *Bot) removeMany(ctx context.Context, r Request) (Card, error) {
	s := selection{view: r.view(), highest: r.admin.Highest}
	var act archivist.Act
	if id := r.Options["person"]; id != "" {
		s.matches = func(h archivist.Head) bool { return h.AddedBy == id }
		act = r.act("article.remove_person", id, "", "")
	} else {
		domain := bareDomain(r.Options["domain"])
		if !isDomain(domain) {
			return notice(KindNotice, r, "admin.nodomain", short(r.Options["domain"], maxEcho)), nil
		}
		s.matches = func(h archivist.Head) bool { return onDomain(h.URL, domain) }
		act = r.act("article.remove_domain", domain, "", "")
	}
	ids, err := b.selected(ctx, r, s)
	if err != nil {
		return Card{}, err
	}
	if len(ids) == 0 {
		return notice(KindNotice, r, "remove.none"), nil
	}
	if r.admin.action != adminYes {
		return b.askFirst(ctx, r, []Block{line(r.text("remove.ask", len(ids)))}, ids)
	}
	done, err := b.remover.RemoveAll(ctx, r.Library, ids, act)
	if errors.Is(err, archivist.ErrNotFound) { // another moderator was quicker
		return notice(KindNotice, r, "remove.none"), nil
	}
	if err != nil {
		return Card{}, err
	}
	return b.removed(ctx, r, done, r.text("admin.removed", say(r.Locale, "count.articles", done.Articles)))
}

// selected are the numbers of the articles of a selection, the newest first, but for those that are pinned.
func (b *Bot) selected(ctx context.Context, r Request, s selection) (ids []archivist.ArticleID, err error) {
	settings, err := b.rules.Settings(ctx, r.Library)
	if err != nil {
		return nil, err
	}
	stay := pinned(settings)
	err = b.each(ctx, r, s.view, 0, func(h archivist.Head) bool {
		if s.matches(h) && !slices.Contains(stay, h.ID) && (s.highest == 0 || h.ID <= s.highest) {
			ids = append(ids, h.ID)
		}
		return len(ids) < maxBulk
	})
	return ids, err
}

// askFirst asks before articles are removed, the newest of them first in ids.
func (b *Bot) askFirst(ctx context.Context, r Request, question []Block, ids []archivist.ArticleID) (Card, error) {
	c := Card{Kind: KindNotice, Body: question, Private: true}
	c.Buttons = [][]Button{{
		{Label: say(r.Locale, "button.remove"), ID: adminYes, Style: StyleDanger},
		{Label: say(r.Locale, "button.cancel"), ID: adminNo},
	}}
	s := adminState{Highest: -1} // nothing, if nothing is to go
	if len(ids) > 0 {
		s.Highest = ids[0]
	}
	return c, b.keepAdmin(ctx, r, &c, s)
}

// each calls take with the heads of a view below a number, 0 for all, the newest first, until it returns false.
func (b *Bot) each(ctx context.Context, r Request, view archivist.View, before archivist.ArticleID, take func(archivist.Head) bool) error {
	for {
		heads, err := b.shelf.Articles(ctx, r.Library, view, before, scanStep)
		if err != nil || len(heads) == 0 {
			return err
		}
		for _, h := range heads {
			if !take(h) {
				return nil
			}
		}
		before = heads[len(heads)-1].ID
	}
}

// articleRestore puts a removed article back, or lists those that can be.
func (b *Bot) articleRestore(ctx context.Context, r Request) (Card, error) {
	wanted := strings.TrimSpace(r.Options["article"])
	if wanted == "" {
		return b.pages(ctx, r, say(r.Locale, "undo.title"), "undo.none", func(skip, n int) ([]Block, error) {
			list, err := b.ledger.Removed(ctx, r.Library, r.view(), skip, n)
			var lines []Block
			for _, removed := range list {
				l := numbered(r, removed.Head)
				lines = append(lines, Block{Parts: append(l.Parts, append([]Part{plain(" · ")}, r.sentence("undo.line", moment(removed.At))...)...)})
			}
			return lines, err
		})
	}
	id, found, err := b.findRemoved(ctx, r, wanted)
	if err != nil || !found {
		return notice(KindNotice, r, "undo.unknown", short(wanted, maxEcho)), err
	}
	n, err := b.remover.Restore(ctx, r.Library, archivist.Pick{Article: id}, r.act("article.restore", "#"+number(id), "", ""))
	if errors.Is(err, archivist.ErrNotFound) {
		return notice(KindNotice, r, "undo.nothing"), nil
	}
	if err != nil {
		return Card{}, err
	}
	return notice(KindNotice, r, "undo.done", say(r.Locale, "count.articles", n)), nil
}

// findRemoved looks for a removed article by its number or its address.
func (b *Bot) findRemoved(ctx context.Context, r Request, wanted string) (id archivist.ArticleID, found bool, err error) {
	for skip := 0; skip < scanLimit; skip += scanStep {
		list, err := b.ledger.Removed(ctx, r.Library, r.view(), skip, scanStep)
		if err != nil || len(list) == 0 {
			return 0, false, err
		}
		for _, removed := range list {
			if strings.TrimPrefix(wanted, "#") == number(removed.ID) || sameAddress(removed.URL, wanted) {
				return removed.ID, true, nil
			}
		}
	}
	return 0, false, nil
}

// articleRefresh reads an article's page again. Where the article is seen stays as it is.
func (b *Bot) articleRefresh(ctx context.Context, r Request) (Card, error) {
	h, found, err := b.exactly(ctx, r)
	if err != nil || !found {
		return noArticle(r), err
	}
	if !web(h.URL) {
		return notice(KindNotice, r, "refresh.noaddress"), nil
	}
	job, err := b.adder.Submit(ctx, archivist.Job{
		Library: r.Library, URL: h.URL, Person: r.Person, Channels: h.Channels, Act: r.act("article.refresh", "#"+number(h.ID), "", h.URL),
	})
	if err != nil {
		return Card{}, err
	}
	return b.follow(ctx, r, job, "")
}

// articlePin pins an article, or takes its pin away.
func (b *Bot) articlePin(ctx context.Context, r Request) (Card, error) {
	h, found, err := b.exactly(ctx, r)
	if err != nil || !found {
		return noArticle(r), err
	}
	settings, err := b.rules.Settings(ctx, r.Library)
	if err != nil {
		return Card{}, err
	}
	var list []archivist.ArticleID
	for _, id := range pinned(settings) {
		_, err := b.shelf.Article(ctx, r.Library, id)
		if err != nil && !errors.Is(err, archivist.ErrNotFound) {
			return Card{}, err
		}
		if err == nil && id != h.ID { // what has left the library takes no place
			list = append(list, id)
		}
	}
	key := "pin.off"
	if r.Options["pinned"] != "false" {
		list, key = append([]archivist.ArticleID{h.ID}, list...), "pin.on"
	}
	if len(list) > maxPinned {
		return notice(KindNotice, r, "pin.many", maxPinned), nil
	}
	var numbers []string
	for _, id := range list {
		numbers = append(numbers, number(id))
	}
	if err := b.rules.SetSetting(ctx, r.Library, settingPinned, strings.Join(numbers, " "), r.act("article.pin", "#"+number(h.ID), "", "")); err != nil {
		return Card{}, err
	}
	return notice(KindNotice, r, key, short(h.Title, maxTitle)), nil
}

// pinned are the numbers of a library's pinned articles, the last pinned first. Some may have left the library.
func pinned(settings map[string]string) (ids []archivist.ArticleID) {
	for _, word := range strings.Fields(settings[settingPinned]) {
		if id, err := strconv.ParseInt(word, 10, 64); err == nil {
			ids = append(ids, archivist.ArticleID(id))
		}
	}
	return ids
}

// articleList lists what is stored, newest first.
func (b *Bot) articleList(ctx context.Context, r Request) (Card, error) {
	settings, err := b.rules.Settings(ctx, r.Library)
	if err != nil {
		return Card{}, err
	}
	pins := pinned(settings)
	return b.pages(ctx, r, say(r.Locale, "admin.list"), "article.empty", func(skip, n int) ([]Block, error) {
		var lines []Block
		err := b.each(ctx, r, r.view(), 0, func(h archivist.Head) bool {
			if skip--; skip < 0 {
				l := numbered(r, h)
				if slices.Contains(pins, h.ID) {
					l = withPin(l)
				}
				lines = append(lines, l)
			}
			return len(lines) < n
		})
		return lines, err
	})
}
