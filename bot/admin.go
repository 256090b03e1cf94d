package bot

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"archivist"
)

// Moderation is what the moderators' suite asks of a store.
type Moderation interface {
	Ledger
	Reports
	Gauges
}

// Gauges tell how much there is. The library "" stands for all.
type Gauges interface {
	Library(ctx context.Context, id archivist.LibraryID) (archivist.Library, error)
	Jobs(ctx context.Context, f archivist.JobFilter) ([]archivist.Job, error)
	Job(ctx context.Context, id archivist.JobID) (archivist.Job, error)
	JobCounts(ctx context.Context, library archivist.LibraryID) ([]archivist.JobCount, error)
}

// A Ledger keeps what moderators did, and what they can undo.
type Ledger interface {
	// Audit and Removed list the last first, after the first skip.
	Audit(ctx context.Context, library archivist.LibraryID, skip, n int) ([]archivist.Entry, error)
	Removed(ctx context.Context, library archivist.LibraryID, view archivist.View, skip, n int) ([]archivist.Removed, error)
	// Forget erases what is kept of a person, known by Discord id or by the library's hash of it.
	Forget(ctx context.Context, library archivist.LibraryID, person, hash string) (map[string]int, error)
	// Note writes an act down that changed nothing in the store.
	Note(ctx context.Context, library archivist.LibraryID, act archivist.Act) error
}

// adminCommands are the rows of the moderators' suite. Those of one subject are in one file.
func adminCommands() []Command {
	named := Option{Name: "article", Kind: Text, Max: 2048, Complete: true}
	one := named
	one.Required = true
	feed := Option{Name: "feed", Kind: Text, Required: true, Max: 2048}
	site := Option{Name: "domain", Kind: Text, Required: true, Max: 253}
	return []Command{
		admin("article remove", OfficeArticles, (*Bot).articleRemove, named, Option{Name: "domain", Kind: Text, Max: 253}, Option{Name: "person", Kind: APerson}),
		admin("article restore", OfficeArticles, (*Bot).articleRestore, Option{Name: "article", Kind: Text, Max: 2048}),
		admin("article refresh", OfficeArticles, (*Bot).articleRefresh, one),
		admin("article pin", OfficeArticles, (*Bot).articlePin, one, Option{Name: "pinned", Kind: YesNo}),
		admin("article list", OfficeArticles, (*Bot).articleList),
		admin("channel", OfficeChannels, (*Bot).adminChannel, Option{Name: "mode", Kind: Text, Choices: modes}, Option{Name: "private", Kind: Text, Choices: []string{switchOn, switchOff}},
			Option{Name: "announce", Kind: Text, Choices: []string{switchOn, switchOff}}, Option{Name: "channel", Kind: AChannel}),
		admin("language", OfficeChannels, (*Bot).adminLanguage, Option{Name: "language", Kind: Text, Choices: languages()}),
		admin("ingest", OfficeChannels, (*Bot).adminIngest, Option{Name: "who", Kind: Text, Choices: whos}, Option{Name: "role", Kind: ARole}, Option{Name: "per_day", Kind: Number}),
		admin("roles", OfficeGiving, (*Bot).adminRoles, Option{Name: "role", Kind: ARole}, Option{Name: "part", Kind: Text, Choices: append(slices.Clone(offices), noOffice)}),
		admin("domain allow", OfficeArticles, (*Bot).domainAllow, site),
		admin("domain block", OfficeArticles, (*Bot).domainBlock, site),
		admin("domain clear", OfficeArticles, (*Bot).domainClear, site),
		admin("domain list", OfficeArticles, (*Bot).domainList),
		admin("feed add", OfficeArticles, (*Bot).feedAdd, Option{Name: "url", Kind: Text, Required: true, Max: 2048}, Option{Name: "channel", Kind: AChannel}),
		admin("feed remove", OfficeArticles, (*Bot).feedRemove, feed),
		admin("feed pause", OfficeArticles, (*Bot).feedPause, feed, Option{Name: "paused", Kind: YesNo}),
		admin("feed list", OfficeArticles, (*Bot).feedList),
		admin("queue", OfficeArticles, (*Bot).adminQueue, Option{Name: "state", Kind: Text, Choices: jobStates}, Option{Name: "retry", Kind: Number}, Option{Name: "cancel", Kind: Number}),
		admin("unanswered", OfficePeople, (*Bot).adminUnanswered),
		admin("feedback", OfficePeople, (*Bot).adminFeedback),
		admin("stats", OfficeAny, (*Bot).adminStats, Option{Name: "days", Kind: Number}),
		admin("threshold", OfficeAll, (*Bot).adminThreshold, Option{Name: "value", Kind: Text, Max: 10}, Option{Name: "preview", Kind: YesNo}),
		admin("user block", OfficePeople, (*Bot).userBlock, Option{Name: "person", Kind: APerson}, Option{Name: "blocked", Kind: YesNo}),
		admin("user purge", OfficePeople, (*Bot).userPurge, Option{Name: "person", Kind: APerson, Required: true}),
		admin("export", OfficeAll, (*Bot).adminExport),
		admin("setup", OfficeChannels, (*Bot).adminSetup),
		admin("health", OfficeAny, (*Bot).adminHealth),
		admin("audit", OfficeAll, (*Bot).auditList),
	}
}

func admin(name string, office Office, run func(*Bot, context.Context, Request) (Card, error), options ...Option) Command {
	return Command{Name: "admin " + name, Office: office, Options: options, Moderator: true, Guild: true, Private: true, run: run}
}

// Actions of the buttons of moderators' cards.
const (
	adminActions = "admin" // what they begin with
	adminBack    = "adminback"
	adminNext    = "adminnext"
	adminYes     = "adminyes"
	adminNo      = "adminno"
	adminUndo    = "adminundo"
)

// adminCard is the kind of the moderators' cards in the store.
const adminCard = "admin"

// An adminState is what a moderators' card remembers: the command that made it, and how far it is.
type adminState struct {
	Command string              `json:"command"`
	Options map[string]string   `json:"options,omitempty"`
	Version int                 `json:"version"`
	Page    int                 `json:"page,omitempty"`
	Highest archivist.ArticleID `json:"highest,omitempty"` // what was added after the question is not what was agreed to
	Removal archivist.RemovalID `json:"removal,omitempty"` // that can be undone

	id     string
	action string // that was pressed; "" = the command was given
}

// keepAdmin stores what a card's buttons need, and ties the card to it. A pressed card keeps its place in the store.
func (b *Bot) keepAdmin(ctx context.Context, r Request, c *Card, s adminState) error {
	s.Command, s.Options = r.Command, r.Options
	if s.id, s.Version = r.admin.id, r.admin.Version+1; s.id == "" {
		s.id = rand.Text()[:cardIDLength]
	}
	stored, err := json.Marshal(s)
	if err != nil {
		return err
	}
	c.ID, c.Version = s.id, s.Version
	for _, row := range c.Buttons {
		for i := range row {
			if strings.HasPrefix(row[i].ID, adminActions) {
				row[i].ID = customID(row[i].ID, s.id)
			}
		}
	}
	person, err := b.hash(ctx, r)
	if err != nil {
		return err
	}
	return b.diary.SaveCard(ctx, archivist.CardState{
		ID: s.id, Library: r.Library, Person: person, Channel: r.Channel, Kind: adminCard, State: string(stored), Created: r.Asked,
	})
}

// adminPress does what a button of a moderators' card says: it gives the card's command once more, with what the card remembers. The
// rights are those at the press.
func (b *Bot) adminPress(ctx context.Context, r Request, action string, stored archivist.CardState) (Card, error) {
	var s adminState
	if err := json.Unmarshal([]byte(stored.State), &s); err != nil || stored.Kind != adminCard {
		return notice(KindNotice, r, "card.unknown"), nil
	}
	command, ok := Find(s.Command)
	if !ok {
		return notice(KindNotice, r, "error.command"), nil
	}
	if may, err := b.entitled(ctx, r, command); err != nil || !may {
		return notice(KindError, r, "error.rights"), err
	}
	if action == adminNo {
		return b.settled(notice(KindNotice, r, "undo.cancelled")), nil
	}
	s.id, s.action = stored.ID, action
	r.Command, r.Options, r.admin = s.Command, s.Options, s
	switch action {
	case adminNext:
		r.admin.Page++
	case adminBack:
		r.admin.Page = max(0, s.Page-1)
	}
	card, err := command.run(b, ctx, r)
	return b.settled(card), err
}

// settled is a card that takes the place of the pressed one: that is private already.
func (*Bot) settled(c Card) Card {
	c.Private = false
	return c
}

// pages shows one page of a list, with buttons for the others. rows gives the lines from the skip-th on, at most n; empty says that there are none.
func (b *Bot) pages(ctx context.Context, r Request, title, empty string, rows func(skip, n int) ([]Block, error)) (Card, error) {
	page := r.admin.Page
	lines, err := rows(page*listed, listed+1)
	if err != nil {
		return Card{}, err
	}
	if len(lines) == 0 && page == 0 {
		return notice(KindNotice, r, empty), nil
	}
	c := Card{Kind: KindList, Title: title, Body: lines[:min(len(lines), listed)]}
	if page == 0 && len(lines) <= listed {
		return c, nil
	}
	c.Footer = say(r.Locale, "list.page", page+1)
	c.Buttons = [][]Button{{
		{Emoji: "◀️", Label: say(r.Locale, "button.back"), ID: adminBack, Disabled: page == 0},
		{Emoji: "▶️", Label: say(r.Locale, "button.next"), ID: adminNext, Disabled: len(lines) <= listed},
	}}
	return c, b.keepAdmin(ctx, r, &c, adminState{Page: page})
}

// auditList shows what moderators did.
func (b *Bot) auditList(ctx context.Context, r Request) (Card, error) {
	return b.pages(ctx, r, say(r.Locale, "audit.title"), "audit.none", func(skip, n int) ([]Block, error) {
		entries, err := b.ledger.Audit(ctx, r.Library, skip, n)
		var lines []Block
		for _, e := range entries {
			lines = append(lines, auditLine(r, e))
		}
		return lines, err
	})
}

// auditLine is one act: when, who, what, and from what to what.
func auditLine(r Request, e archivist.Entry) Block {
	b := line(moment(e.At), plain(" · "), actor(r, e.Actor), plain(" · "))
	if key := "act." + e.Verb; known(key) {
		b.Parts = append(b.Parts, bold(say(r.Locale, key)))
	} else {
		b.Parts = append(b.Parts, bold(e.Verb))
	}
	if e.Target != "" {
		b.Parts = append(b.Parts, plain(": "), target(e.Act))
	}
	if e.Before != "" || e.After != "" {
		b.Parts = append(b.Parts, plain(fmt.Sprintf(" (%s → %s)", orDash(e.Before), orDash(e.After))))
	}
	return b
}

// target is what an act was done to: a channel, a role or a person by its id, else what the entry says.
func target(a archivist.Act) Part {
	switch group, _, _ := strings.Cut(a.Verb, "."); {
	case group == "channel":
		return channel(a.Target)
	case group == "roles":
		return role(a.Target)
	case group == "user", a.Verb == "article.remove_person":
		return person(a.Target)
	}
	return plain(short(a.Target, maxEcho))
}

func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return short(s, maxEcho)
}

// actor is who did something: a person on Discord, or somebody at the command line.
func actor(r Request, id string) Part {
	if id == console || id == "" {
		return r.text("audit.console")
	}
	return person(id)
}
