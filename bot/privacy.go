package bot

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"archivist"
)

const (
	maxPart  = 5<<20 - 64<<10 // bytes of a file of an export: Discord takes 10 MiB of all files of a message
	maxParts = 2
)

// shown is the order in which kinds are counted, with their sentences.
var keptKinds = []struct{ kind, key string }{
	{archivist.KeptQuestion, "count.questions"},
	{archivist.KeptVote, "count.votes"},
	{archivist.KeptCard, "count.cards"},
	{archivist.KeptLink, "count.links"},
	{archivist.KeptFeed, "count.feeds"},
	{archivist.KeptArticle, "count.articles"},
}

// privacyShow says what is kept of whoever asks, for how long, and how much there is.
func (b *Bot) privacyShow(ctx context.Context, r Request) (Card, error) {
	counts := map[string]int{}
	if err := b.keptOf(ctx, r, func(k archivist.Kept) error { counts[k.Kind]++; return nil }); err != nil {
		return Card{}, err
	}
	c := privacyText(r)
	if list := counted(r, counts); list != "" {
		c.Body = slices.Insert(c.Body, len(c.Body)-1, line(r.text("privacy.here", list)))
	}
	return c, nil
}

// privacyText says what is kept of people and for how long, which needs no look at the store.
func privacyText(r Request) Card {
	days := func(hours float64) string { return say(r.Locale, "count.days", int(hours/24)) }
	questions, cards := days(Retention.Questions.Hours()), days(Retention.Cards.Hours())
	c := Card{Kind: KindNotice, Title: say(r.Locale, "privacy.title")}
	for _, item := range []struct{ name, text string }{
		{"privacy.questions", say(r.Locale, "privacy.questions_text", questions)},
		{"privacy.votes", say(r.Locale, "privacy.votes_text", questions)},
		{"privacy.cards", say(r.Locale, "privacy.cards_text", cards, questions)},
		{"privacy.links", say(r.Locale, "privacy.links_text")},
		{"privacy.limits", say(r.Locale, "privacy.limits_text", days(2*24))},
		{"privacy.acts", say(r.Locale, "privacy.acts_text", days(Retention.Audit.Hours()))},
		{"privacy.own", say(r.Locale, "privacy.own_text")},
	} {
		c.Body = append(c.Body, line(bold(say(r.Locale, item.name)), plain(": "+item.text)))
	}
	c.Body = append(c.Body, line(r.text("privacy.ways")))
	return c
}

// counted lists how much there is of each kind, "" where there is nothing.
func counted(r Request, counts map[string]int) string {
	var list []string
	for _, k := range keptKinds {
		if n := counts[k.kind]; n > 0 {
			list = append(list, say(r.Locale, k.key, n))
		}
	}
	return strings.Join(list, ", ")
}

// Where what is kept stands, as an export says it: the libraries of others' servers are not named, as a reply in one server must not tell
// of another.
const (
	whereHere  = "here"
	whereOwn   = "own library"
	whereOther = "another server"
)

// keptOf gives all that is kept of whoever asks, in every library.
func (b *Bot) keptOf(ctx context.Context, r Request, each func(archivist.Kept) error) error {
	return b.everywhere(ctx, r, func(library archivist.LibraryID, hash string) error {
		where := whereOther
		switch library {
		case r.Library:
			where = whereHere
		case archivist.UserLibrary(r.Person):
			where = whereOwn
		}
		err := b.memoir.Kept(ctx, library, r.Person, hash, func(k archivist.Kept) error {
			k.Where = where
			if where == whereOther {
				k.Channel = ""
			}
			return each(k)
		})
		if err != nil || library != archivist.UserLibrary(r.Person) {
			return err
		}
		return b.ownTexts(ctx, library, each)
	})
}

// ownTexts gives the articles of a person's own library with their texts.
func (b *Bot) ownTexts(ctx context.Context, library archivist.LibraryID, each func(archivist.Kept) error) error {
	for before := archivist.ArticleID(0); ; {
		heads, err := b.shelf.Articles(ctx, library, archivist.Everything, before, scanStep)
		if err != nil || len(heads) == 0 {
			return err
		}
		for _, h := range heads {
			a, err := b.shelf.Article(ctx, library, h.ID)
			if errors.Is(err, archivist.ErrNotFound) {
				continue
			}
			if err != nil {
				return err
			}
			var text []string
			for _, p := range a.Paragraphs {
				text = append(text, p.Text)
			}
			if err := each(archivist.Kept{Kind: keptText, Where: whereOwn, At: a.Added, Title: a.Title, URL: a.URL, Text: strings.Join(text, "\n\n")}); err != nil {
				return err
			}
		}
		before = heads[len(heads)-1].ID
	}
}

// keptText is the kind of an article in the person's own library, with its text.
const keptText = "text"

// everywhere visits every library, with the person's hash there. One without a salt has met nobody, but may have articles by name.
func (b *Bot) everywhere(ctx context.Context, r Request, visit func(library archivist.LibraryID, hash string) error) error {
	for after := archivist.LibraryID(""); ; {
		libraries, err := b.memoir.Libraries(ctx, after, scanStep)
		if err != nil || len(libraries) == 0 {
			return err
		}
		for _, l := range libraries {
			settings, err := b.rules.Settings(ctx, l.ID)
			if err != nil {
				return err
			}
			hash := ""
			if salt := settings[saltSetting]; salt != "" {
				hash = hashed(salt, r.Person)
			}
			if err := visit(l.ID, hash); err != nil {
				return err
			}
		}
		after = libraries[len(libraries)-1].ID
	}
}

// errEnough ends an export that has become too large.
var errEnough = errors.New("the export is full")

// privacyExport gives whoever asks all that is kept of them, as JSON: one object a line, in files that Discord takes.
func (b *Bot) privacyExport(ctx context.Context, r Request) (Card, error) {
	b.exporting.Lock() // one at a time: each may take 10 MiB
	defer b.exporting.Unlock()
	parts := []*bytes.Buffer{{}}
	err := b.keptOf(ctx, r, func(k archivist.Kept) error {
		text, err := json.Marshal(k)
		if err != nil {
			return err
		}
		last := parts[len(parts)-1]
		if last.Len()+len(text)+1 > maxPart {
			if len(parts) == maxParts || len(text) >= maxPart {
				return errEnough
			}
			last = &bytes.Buffer{}
			parts = append(parts, last)
		}
		last.Write(append(text, '\n'))
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return Card{}, err
	}
	if parts[0].Len() == 0 {
		return notice(KindNotice, r, "privacy.nothing"), nil
	}
	c := notice(KindNotice, r, "privacy.export_parts", len(parts))
	if errors.Is(err, errEnough) {
		c.Body = append(c.Body, line(r.text("privacy.export_large")))
	}
	for i, part := range parts {
		c.Files = append(c.Files, File{Name: fmt.Sprintf("archivist-%d.jsonl", i+1), Bytes: slices.Clone(part.Bytes())})
	}
	return c, nil
}

// privacyDelete asks once whether all that is kept of a person may go.
func (b *Bot) privacyDelete(ctx context.Context, r Request) (Card, error) {
	id, err := b.newCard(ctx, r, KindNotice, "", struct{}{})
	if err != nil {
		return Card{}, err
	}
	c := notice(KindNotice, r, "privacy.ask")
	c.ID = id
	c.Buttons = [][]Button{{
		{Label: say(r.Locale, "button.delete"), ID: customID(actionErase, id), Style: StyleDanger}, {Label: say(r.Locale, "button.keep"), ID: customID(actionKeep, id)},
	}}
	return c, nil
}

// erase takes away all that is kept of whoever pressed, in every library, and their own library whole.
func (b *Bot) erase(ctx context.Context, r Request, p pressed) (Card, error) {
	if !p.owner {
		return notice(KindNotice, r, "card.owner"), nil
	}
	gone := map[string]int{}
	err := b.everywhere(ctx, r, func(library archivist.LibraryID, hash string) error {
		counts, err := b.memoir.Forget(ctx, library, r.Person, hash)
		for kind, n := range counts {
			gone[kind] += n
		}
		return err
	})
	if err != nil {
		return Card{}, err
	}
	if err := b.remover.Delete(ctx, archivist.UserLibrary(r.Person)); err != nil {
		return Card{}, err
	}
	list := counted(r, gone)
	if list == "" {
		c := notice(KindNotice, r, "privacy.nothing")
		c.Private = false
		return c, nil
	}
	c := notice(KindNotice, r, "privacy.deleted", list, say(r.Locale, "count.days", int(Retention.Audit.Hours()/24)))
	c.Private, c.Version = false, 1 // in the place of the question, which was private
	return c, nil
}

// keepAll answers the question of privacyDelete with no.
func (b *Bot) keepAll(_ context.Context, r Request, p pressed) (Card, error) {
	if !p.owner {
		return notice(KindNotice, r, "card.owner"), nil
	}
	c := notice(KindNotice, r, "privacy.kept")
	c.Private, c.Version = false, 1
	return c, nil
}
