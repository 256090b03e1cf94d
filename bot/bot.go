// Package bot is what Archivist says and does: its commands, its cards, who may do what, and its sentences. It knows no Discord
// library and no network: bot/gateway brings it requests from Discord and shows its cards there, the console does the same with
// lines of text.
//
// Begin with commands.go, the one table from which registration, help, COMMANDS.md and the console follow; ask.go and add.go are the
// two journeys; press.go says what buttons do; memory.go holds what is answered without waiting; inert.go makes stored text harmless;
// catalogue.go and locales hold every sentence.
package bot

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"archivist"
)

// Options are fixed at New.
type Options struct {
	Asker   Asker
	Adder   Adder
	Remover Remover
	Store   Store
	Jobs    Dispatcher // for moderators
	Feeds   Feeds      // for moderators
	Limits  Limits
	Logger  *slog.Logger // incidents go there; nil = nowhere
}

// Limits hold for guilds and people on Discord, not for local libraries.
type Limits struct {
	PersonDay, ChannelDay, LibraryDay int // links a day, in UTC; 0 lets nothing in

	Person, Channel, Library Rate // commands and messages; the zero Rate lets everything through
	Presses                  Rate // buttons, a person
}

// A Bot answers requests. All its methods may be called from several goroutines.
type Bot struct {
	asker      Asker
	adder      Adder
	remover    Remover
	shelf      Shelf
	rules      Rulebook
	diary      Diary
	ledger     Ledger
	reports    Reports
	gauges     Gauges
	feeds      Feeds
	dispatcher Dispatcher
	memoir     Memoir
	upkeep     Upkeep
	crashes    Crashes
	limits     Limits
	log        *slog.Logger

	people sync.Map // archivist.LibraryID to peopleRules, of libraries that came into sight

	salting   sync.Mutex     // held while a library's salt is made
	pressing  [64]sync.Mutex // a card's is held while a button of it is obeyed
	exporting sync.Mutex     // held while everything kept of a person is in memory
	buckets   buckets
	titles    titles
	threads   threads
	incidents incidents
}

// New makes a bot over the rooms that answer, fetch and store. Run does its work of the background.
func New(o Options) *Bot {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return &Bot{
		asker: o.Asker, adder: o.Adder, remover: o.Remover, shelf: o.Store, rules: onceRules{o.Store}, diary: o.Store, ledger: o.Store, reports: o.Store, gauges: o.Store,
		feeds: o.Feeds, dispatcher: o.Jobs, memoir: o.Store, upkeep: o.Store, limits: o.Limits, log: o.Logger,
	}
}

// A Request is one thing that somebody wants from the bot, wherever it came from.
type Request struct {
	Command   string              // its path in the table of commands: "ask", "admin channel", "Answer this"
	Options   map[string]string   // by name, as typed; a channel is its id, a yes or no is "true" or "false"
	Values    map[string]string   // of a press: what was typed into a form, by its inputs' names; what was chosen in a menu, as Chosen
	Library   archivist.LibraryID // that the person may read here
	Person    string              // a Discord user id, or "cli"
	Roles     []string            // ids of the person's roles in the guild
	Channel   string              // a Discord channel id, of a thread its parent's; "" outside Discord
	Thread    string              // id of the thread, where there is one
	Ours      bool                // the thread hangs on a message of ours, or we opened it
	Hidden    string              // where not everybody of the guild sees this: the channel, or the private thread, whose members alone do; else ""
	Guest     bool                // only the person has installed the bot, not the guild where it is used: Library is the person's own
	Moderator bool                // may change the library; established anew for each request by whoever made it
	Locale    string              // of the reader, BCP 47; a language without a catalogue reads English
	Target    string              // text of the message that a menu is used on, or that was posted, without our mention
	Files     []Attachment        // attached to the command, or to that message, where Discord keeps them
	Reads     bool                // the Message Content intent is granted, so that posted links can be read
	Asked     time.Time           // the present
	Posted    time.Time           // of the message that a pressed button hangs on; zero: unknown

	// Submitted is told the jobs that were made for the request and nobody else's; nil = nobody wants to know.
	Submitted func(archivist.JobID)
	// Sight is what whoever brought the request sees; nil outside Discord.
	Sight Sight

	admin  adminState      // of a press on a moderators' card
	quiet  bool            // nobody spoke to us: what is not sure stays unsaid, and unkept
	within *archivist.Head // the article that a question is about, with those of its site that have its title; nil: all

	// Progress is shown cards while the work goes on; nil = nobody looks. It may drop what comes too fast.
	Progress func(Card)
	// Stopping is closed when the process is about to end: whoever waits for others must stop waiting. nil: never.
	Stopping <-chan struct{}
}

// view is what of the library is seen from where the request was made. A console is at home in all of it.
func (r Request) view() archivist.View {
	return archivist.View{Channel: r.Channel, Thread: r.Thread, Whole: r.Person == console}
}

// console is the person at a command line.
const console = "cli"

func (r Request) progress(c Card) {
	if r.Progress != nil {
		r.Progress(c)
	}
}

// Do carries out a command. It always returns a card: of the result, or of what went wrong and the way on.
func (b *Bot) Do(ctx context.Context, r Request) Card {
	ctx = Together(ctx)
	c, ok := Find(r.Command)
	if !ok {
		return notice(KindError, r, "error.command")
	}
	if may, err := b.entitled(ctx, r, c); err != nil {
		return b.Trouble(r, err)
	} else if !may {
		return notice(KindError, r, "error.rights")
	}
	if !c.Now && !c.Free { // what is answered from memory must not wait for the store, and everybody's own data is everybody's
		if err := b.letsIn(ctx, r); err != nil {
			return b.Trouble(r, err)
		}
	}
	card, err := b.limited(ctx, r, c)
	if err != nil {
		return b.Trouble(r, err)
	}
	card.Private = card.Private || c.Private || r.private()
	return card
}

// limited carries a command out unless there were too many. Moderators' own commands are few, and must not be in others' way.
func (b *Bot) limited(ctx context.Context, r Request, c Command) (Card, error) {
	if !c.Free && !c.Moderator {
		if wait, err := b.take(ctx, r, asking); err != nil || wait > 0 {
			return tooMuch(r, wait), err
		}
	}
	return c.run(b, ctx, r)
}

// private reports whether the person wants the reply alone.
func (r Request) private() bool { return r.Options["private"] == "true" }

// act is the audit entry of a change made by the request.
func (r Request) act(verb, target, before, after string) archivist.Act {
	return archivist.Act{Actor: r.Person, Verb: verb, Target: target, Before: before, After: after}
}
