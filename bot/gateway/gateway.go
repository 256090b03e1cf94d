// Package gateway connects a bot.Bot to Discord. It is the only user of discordgo, which dials, decodes and sends heartbeats; all
// that decides is here: when to resume and when to begin anew (shard.go, verdict.go), what discordgo must not see (tap.go), how REST
// is called (rest.go, limits.go), what is done with an event (interactions.go, messages.go), and how a card looks (render.go).
package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"archivist"
	"archivist/bot"
)

// Options are fixed at New.
type Options struct {
	Token          string // of the bot, without "Bot "
	APIBase        string // "" = https://discord.com/api/v10
	AllowHTTPBase  bool   // http for an APIBase on another machine
	MessageContent bool   // ask for the Message Content intent where Discord grants it
	Shards         string // "auto" or "": as many as Discord recommends; or "0-3/16", the first and last of so many
	Processes      int    // that share the token, 1 to 64; 0 = 1
	Owner          string // names this process in leases, unique among those on one store
	Leases         Leases // by which Processes on one store share "auto" shards; nil = they do not
	Threads        bool   // open a thread on the answer to a mention, for what follows
	CommandsGuild  string // register commands in this guild only; "" = everywhere
	Contact        string // an address of who runs the bot, for Discord
	Version        string
	Ledger         Ledger       // nil = a restart forgets what was under way
	Cards          Cards        // nil = cards outlive their messages
	Register       Register     // nil = guilds that are gone are not noticed
	Purger         Purger       // nil = their libraries stay
	Board          Noticeboard  // nil = nothing is announced
	Meter          Meter        // nil = nobody measures
	Logger         *slog.Logger // nil = nowhere
}

// A Gateway is the bot's presence on Discord.
type Gateway struct {
	options  Options
	bot      *bot.Bot
	log      *slog.Logger
	rest     *client
	pace     pace
	shards   span
	self     string      // our user id, which is the application's
	reads    atomic.Bool // the Message Content intent is granted
	stopping chan struct{}
	wall     func() time.Time
	began    atomic.Int64 // when this process took over what another did: at its start, and with each lease; Unix nanoseconds
	book     *book
	places   *placements // of cards
	held     heldShards
	owed     owed            // answers that could not be shown
	left     leftovers       // of the process before
	working  context.Context // of all work on requests; ends with the drain

	lanes      lanes
	slots      chan struct{} // of interactions
	takeUps    chan struct{} // slots of those that the process before left open
	work       *crew         // whoever answers
	done       seen          // interactions and messages that were taken up
	warmed     seen          // libraries that were read into memory lately
	told       seen          // people who were told that we cannot read replies, for a day
	undecoded  atomic.Int64  // events
	crashes    bot.Crashes
	versions   versions
	exchanges  exchanges
	ownThreads memo   // threads, and whether they are ours
	cache      *cache // of guilds and channels; made once we know who we are
	knowing    knowing
}

// leftovers are requests that an earlier process did not answer.
type leftovers struct {
	mu   sync.Mutex
	rows []archivist.Pending
}

const processesAtMost = 64

// New prepares a gateway for b. Its error says which option is wrong.
func New(o Options, b *bot.Bot) (*Gateway, error) {
	o.Token = strings.TrimPrefix(strings.TrimSpace(o.Token), "Bot ")
	if o.Token == "" {
		return nil, errors.New("there is no token; set DISCORD_TOKEN to the one in the Developer Portal (Bot, Reset Token)")
	}
	base, shards, err := o.parse()
	if err != nil {
		return nil, err
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Meter == nil {
		o.Meter = noMeter{}
	}
	work := &crew{}
	g := &Gateway{
		work: work, lanes: lanes{crew: work},
		options: o, bot: b, wall: time.Now, shards: shards, log: o.Logger, pace: usualPace, stopping: make(chan struct{}), slots: make(chan struct{}, atOnce),
		takeUps: make(chan struct{}, takeUpsAtOnce),
		done:    seen{keep: 10 * time.Minute, most: 100_000},
		warmed:  seen{keep: 10 * time.Minute, most: 100_000},
		knowing: knowing{asked: seen{keep: time.Minute, most: 100_000}},
		told:    seen{keep: 24 * time.Hour, most: 10_000},
	}
	work.guard = g.guard
	g.rest = &client{
		token: o.Token, agent: agent(o), log: o.Logger, limits: newLimits(o.Processes), meter: o.Meter,
		http: &http.Client{Transport: rebase{base: base, next: newTransport()}},
	}
	g.rest.limits.alarm = func(invalid int) {
		g.log.Warn("Discord refuses much of what is asked of it; at 10,000 in ten minutes it bans the address", "refused", invalid)
	}
	return g, nil
}

// Check is an error, which names the option, where New would refuse the options for what they say, but for a token that is missing.
func (o Options) Check() error {
	_, _, err := o.parse()
	return err
}

// parse checks the options, reads the two of them that are a notation, and sets Processes where it is left to the default.
func (o *Options) parse() (base *url.URL, shards span, err error) {
	if o.Processes == 0 {
		o.Processes = 1
	}
	if base, err = parseBase(o.APIBase, o.AllowHTTPBase); err != nil {
		return nil, span{}, err
	}
	if shards, err = parseShards(o.Shards); err != nil {
		return nil, span{}, err
	}
	token := strings.TrimPrefix(strings.TrimSpace(o.Token), "Bot ")
	switch {
	case strings.ContainsAny(token, " \r\n\t"):
		err = errors.New("the token in DISCORD_TOKEN has blanks in it; copy it again")
	case o.Processes < 1 || o.Processes > processesAtMost:
		err = fmt.Errorf("discord.processes is %d; write 1 to %d", o.Processes, processesAtMost)
	case o.CommandsGuild != "" && !isID(o.CommandsGuild):
		err = fmt.Errorf("discord.commands_guild is %q; write a server's id, copied from Discord (Developer Mode, Copy Server ID), or nothing", o.CommandsGuild)
	}
	return base, shards, err
}

// isID reports whether a text is an id of Discord's: a number of 64 bits.
func isID(text string) bool {
	_, err := strconv.ParseUint(text, 10, 64)
	return err == nil
}

// agent is how we present ourselves, in the form that Discord asks for: an address and a version.
func agent(o Options) string {
	contact, version := o.Contact, o.Version
	if !strings.HasPrefix(contact, "http://") && !strings.HasPrefix(contact, "https://") {
		contact = "https://archivist.invalid" // nobody to write to
	}
	if version == "" {
		version = "0"
	}
	return fmt.Sprintf("DiscordBot (%s, %s)", contact, version)
}

// Run is on Discord until ctx ends; then it finishes replies under way, for at most 10 s, says good-bye and returns nil. An error,
// often a *Fatal, means that trying again cannot help. Run may be called once.
func (g *Gateway) Run(ctx context.Context) error {
	defer g.rest.http.CloseIdleConnections()
	g.rest.pace = g.pace
	g.began.Store(time.Now().UnixNano())
	g.book = newBook(g.options.Ledger, &g.crashes, g.log, g.pace.first)
	g.book.keepsAll = g.leases()
	g.places = &placements{store: g.options.Cards, crashes: &g.crashes, log: g.log}
	working, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	g.working = working
	self, err := g.introduce(ctx)
	if err != nil || self.ID == "" {
		return err
	}
	g.self, g.cache = self.ID, newCache(self.ID)
	content := g.options.MessageContent && self.mayReadContent()
	if g.options.MessageContent && !content {
		g.log.Warn("discord.message_content is set, but the intent is off: switch it on in the Developer Portal (Bot, Privileged Gateway Intents)")
	}
	g.reads.Store(content)
	if !g.leases() {
		if err := g.unfinished(ctx, func(string) bool { return true }); err != nil {
			g.log.Error("requests of the last run cannot be read", "error", err)
		}
	}
	tenancy := &tenancy{g: g}
	defer tenancy.end()
	registering, cancel := context.WithCancel(ctx)
	var side sync.WaitGroup
	side.Go(func() { g.keepRegistering(registering, self.ID) })
	writing, written := context.WithCancel(context.WithoutCancel(ctx))
	side.Go(func() { g.book.run(writing) })
	side.Go(func() { g.places.run(writing, g.pace.places) })
	defer side.Wait()
	defer cancel()
	side.Go(func() { g.keepPurging(registering) })
	side.Go(func() { g.keepAnnouncing(registering) })
	if held, ok := g.shardsOf(ctx); ok {
		hold := g.connect
		if g.leases() {
			hold = tenancy.connect
		}
		err = hold(ctx, held, content, func() { g.drain(stop) })
	}
	stop()
	<-g.work.done() // who came in last, to be told that we stop
	written()
	return err
}

// introduce asks Discord who we are, until it knows; an empty application means that ctx has ended.
func (g *Gateway) introduce(ctx context.Context) (application, error) {
	for n := 0; ; n++ {
		self, err := g.rest.application(ctx)
		if ctx.Err() != nil {
			return application{}, nil
		}
		var fatal *Fatal
		if errors.As(err, &fatal) {
			return application{}, fatal
		}
		if err == nil && self.ID != "" {
			return self, nil
		}
		g.log.Warn("Discord does not answer", "error", err)
		if pause(ctx, g.pace.backoff(n)) != nil {
			return application{}, nil
		}
	}
}

// keepRegistering registers the commands, again and again until it succeeds: the bot is of use without.
func (g *Gateway) keepRegistering(ctx context.Context, application string) {
	for n := 0; ctx.Err() == nil; n++ {
		err := g.crashes.Guard(func() error { return g.register(ctx, application) })
		if err == nil || ctx.Err() != nil {
			return
		}
		g.log.Error("register the commands", "error", err)
		var rest *restError
		if errors.As(err, &rest) && rest.status == http.StatusBadRequest {
			return // the same again would be refused again
		}
		_ = pause(ctx, g.pace.backoff(n)+g.pace.first) // the loop looks at ctx
	}
}

// drain finishes what is under way, and gives up what takes longer than the pace's drain.
func (g *Gateway) drain(giveUp func()) {
	close(g.stopping)
	timer := time.NewTimer(g.pace.drain)
	defer timer.Stop()
	select {
	case <-g.work.done():
	case <-timer.C:
		g.log.Warn("some replies were not finished in time")
		giveUp()
	}
}

func (g *Gateway) isStopping() bool {
	select {
	case <-g.stopping:
		return true
	default:
		return false
	}
}

// event takes one of Discord's events and returns at once. One that makes us panic is left out.
func (g *Gateway) event(s *shard, at version, kind string, data json.RawMessage) {
	err := g.crashes.Guard(func() error {
		g.dispatch(s, at, kind, data)
		return nil
	})
	if err != nil {
		g.undecoded.Add(1)
		g.log.Error("take an event", "type", kind, "error", err)
	}
}

func (g *Gateway) dispatch(s *shard, at version, kind string, data json.RawMessage) {
	switch kind {
	case "READY":
		g.ready(s, at, data)
	case "RESUMED": // perhaps of a session that another process began
		g.takeUp(s)
	case "INTERACTION_CREATE":
		g.takeInteraction(s, data)
	case "MESSAGE_CREATE":
		g.takeMessage(s, data)
	case "MESSAGE_UPDATE":
		g.takeEdit(s, data)
	case "MESSAGE_DELETE":
		o := decodeObject(data)
		g.takeDeletes(s, o.text("guild_id"), o.text("channel_id"), o.text("id"))
	case "MESSAGE_DELETE_BULK":
		o := decodeObject(data)
		g.takeDeletes(s, o.text("guild_id"), o.text("channel_id"), field[[]string](o, "ids")...)
	default:
		if strings.HasPrefix(kind, "GUILD_") || strings.HasPrefix(kind, "CHANNEL_") || strings.HasPrefix(kind, "THREAD_") {
			g.learn(at, kind, decodeObject(data))
		}
	}
}

// ready begins a session: Discord lists the shard's guilds, and what an earlier process left is taken up.
func (g *Gateway) ready(s *shard, at version, data json.RawMessage) {
	o := decodeObject(data)
	var ids []string
	for _, guild := range o.objects("guilds") {
		if id := guild.text("id"); id != "" {
			ids = append(ids, id)
		}
	}
	if o["guilds"] != nil {
		g.meet(s, ids)
	}
	g.cache.forget(at, s.id, s.count)
	g.takeUp(s)
}

// learn takes in what Discord tells of guilds and channels.
func (g *Gateway) learn(at version, kind string, o object) {
	g.cache.note(at, kind, o)
	switch kind {
	case "GUILD_CREATE":
		g.noteGuild(o.text("id"))
		if id := o.text("id"); id != "" {
			g.warm(archivist.GuildLibrary(id))
		}
	case "GUILD_DELETE":
		g.noteGuild(o.text("id"))
	case "CHANNEL_DELETE":
		g.channelGone(o.text("guild_id"), o.text("id"))
	case "THREAD_DELETE":
		g.cardsGone(o.text("guild_id"), o.text("id"))
	}
}

// safe runs what answers a request. A panic in it costs this request alone: the asker is told an incident, the log has the stack.
func (g *Gateway) safe(r bot.Request, answer func() bot.Card) bot.Card {
	var card bot.Card
	err := g.crashes.Guard(func() error {
		card = answer()
		return nil
	})
	if err != nil {
		return g.bot.Trouble(r, err)
	}
	return card
}

// guard runs work that has no request to answer, or answers it itself. A panic in it costs this work alone.
func (g *Gateway) guard(work func()) {
	err := g.crashes.Guard(func() error {
		work()
		return nil
	})
	if err != nil {
		g.log.Error("work was broken off", "error", err)
	}
}

// library is whose articles are read: the guild's, or where there is none the person's own.
func library(guild, person string) archivist.LibraryID {
	if guild != "" {
		return archivist.GuildLibrary(guild)
	}
	return archivist.UserLibrary(person)
}
