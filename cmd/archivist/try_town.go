package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"archivist"
	"archivist/bot/fakediscord"
)

// A town is the playground's Discord: two communities with libraries of their own, and the people that one can be there.
type town struct {
	discord               *fakediscord.Discord
	readers, club         *fakediscord.Guild
	questions, links, sky *fakediscord.Channel
	mia, lena, max        *fakediscord.Member // in readers; Max moderates
	noor                  *fakediscord.Member // moderates the club
	openedForVisits       atomic.Bool
}

// founded is when all of the town was made, whenever the program starts: ids are made of the time, and the libraries in the database are
// named by ids.
var founded = time.Date(2026, time.January, 5, 9, 0, 0, 0, time.UTC)

// keptByTown is how many messages of a channel, and of everything else, the fake keeps.
const keptByTown = 500

// newTown makes the town. Whoever changes what is made here, or its order, gives everything behind it new ids: append.
func newTown() (*town, error) {
	t := &town{}
	d, err := fakediscord.New(fakediscord.Options{IdentifyEvery: -1, MessageContent: true, Keep: keptByTown, Now: t.now})
	if err != nil {
		return nil, err
	}
	t.discord = d
	t.readers = d.Guild("Harbour Herald readers")
	moderator := t.readers.Role("Moderator", fakediscord.ManageGuild|fakediscord.ManageMessages)
	t.questions = t.readers.Channel("questions")
	t.links = t.readers.Channel("links")
	t.mia = t.readers.Member("Mia")
	t.lena = t.readers.Member("Lena", fakediscord.Locale("de"))
	t.max = t.readers.Member("Max", fakediscord.In(moderator))
	t.club = d.Guild("Gull Point stargazers")
	stargazer := t.club.Role("Moderator", fakediscord.ManageGuild|fakediscord.ManageMessages)
	t.sky = t.club.Channel("night-sky")
	t.noor = t.club.Member("Noor", fakediscord.In(stargazer))
	t.club.Join(t.mia)
	t.club.Join(t.max)
	return t, nil
}

// now stands still until the town is open.
func (t *town) now() time.Time {
	if t.openedForVisits.Load() {
		return time.Now()
	}
	return founded
}

// open lets the clock go, and greets whoever comes; site is where the sample pages are.
func (t *town) open(site string) error {
	t.openedForVisits.Store(true)
	for _, greeting := range []struct {
		by   *fakediscord.Member
		in   *fakediscord.Channel
		says []string
	}{
		{t.max, t.questions, []string{
			"**Welcome to the playground.** The bot here is the real one; only this Discord is made up. You are Mia at first. Some things to try:",
			"- `/ask` When will ferry line 4 run again?",
			"- `@`, then the bot's name, then: Who was the most famous smuggler of the town?",
			"- `/ask` Who was crowned queen of Spain in 1850? (nothing here answers that, and it says so)",
			"- `/add` " + site + "tide-mill and then `/ask` What does a bag of flour cost?",
			"- Be me, a moderator: `/admin stats`, `/admin article list`. Be Lena, and the bot speaks German.",
			"All sample pages: " + site,
		}},
		{t.noor, t.sky, []string{
			"**This is another server.** Its library is its own: what the Herald's readers have stored, nobody here sees. Try:",
			"- `/ask` Which telescope is the most wanted one?",
			"- `/ask` When do the street lamps go out?",
		}},
	} {
		if _, err := greeting.by.Type(greeting.in, strings.Join(greeting.says, "\n")); err != nil {
			return fmt.Errorf("greet in %s: %w", greeting.in.Name(), err)
		}
	}
	return nil
}

// libraries are those of the town's guilds.
func (t *town) libraries() []string {
	return []string{string(archivist.GuildLibrary(t.readers.ID())), string(archivist.GuildLibrary(t.club.ID()))}
}

// ready waits until the bot is there and has told its commands, or has failed to come.
func (t *town) ready(ctx context.Context, failed <-chan error) error {
	ctx, cancel := context.WithTimeoutCause(ctx, 30*time.Second, errors.New("the bot did not come within 30 seconds"))
	came := make(chan error, 1)
	var waiting sync.WaitGroup
	defer func() { cancel(); waiting.Wait() }()
	waiting.Go(func() {
		err := t.discord.WaitReady(ctx, 0)
		if err == nil {
			err = t.discord.Wait(ctx, "the commands", func() bool { return len(t.discord.Commands()) > 0 })
		}
		came <- err
	})
	select {
	case err := <-came:
		return err
	case err := <-failed:
		return cmp.Or(err, context.Cause(ctx), errors.New("the bot ended before it was there"))
	}
}
