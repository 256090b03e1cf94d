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
	"runtime/debug"
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
	CommandsGuild  string // register commands in this guild only; "" = everywhere
	Contact        string // an address of who runs the bot, for Discord
	Version        string
	Logger         *slog.Logger // nil = nowhere
}

// A Gateway is the bot's presence on Discord.
type Gateway struct {
	options  Options
	bot      *bot.Bot
	log      *slog.Logger
	rest     *client
	pace     pace
	self     string      // our user id, which is the application's
	reads    atomic.Bool // the Message Content intent is granted
	stopping chan struct{}
	working  context.Context // of all work on requests; ends with the drain

	lanes      lanes
	slots      chan struct{} // of interactions
	work       *crew         // whoever answers
	done       seen          // interactions and messages that were taken up
	warmed     seen          // libraries that were read into memory lately
	told       seen          // people who were told that we cannot read replies, for a day
	crashes    seen          // stacks that were logged, for a minute
	versions   versions
	exchanges  exchanges
	ownThreads memo   // threads, and whether they are ours
	cache      *cache // of guilds and channels; made once we know who we are
}

// New prepares a gateway for b. Its error says which option is wrong.
func New(o Options, b *bot.Bot) (*Gateway, error) {
	base, err := parseBase(o.APIBase, o.AllowHTTPBase)
	if err != nil {
		return nil, err
	}
	o.Token = strings.TrimPrefix(strings.TrimSpace(o.Token), "Bot ")
	if o.Token == "" {
		return nil, errors.New("there is no token; set DISCORD_TOKEN to the one in the Developer Portal (Bot, Reset Token)")
	}
	if strings.ContainsAny(o.Token, " \r\n\t") {
		return nil, errors.New("the token in DISCORD_TOKEN has blanks in it; copy it again")
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	work := &crew{}
	g := &Gateway{
		work: work, lanes: lanes{crew: work},
		options: o, bot: b, log: o.Logger, pace: usualPace, stopping: make(chan struct{}), slots: make(chan struct{}, atOnce),
		done:    seen{keep: 10 * time.Minute, most: 100_000},
		warmed:  seen{keep: 10 * time.Minute, most: 100_000},
		told:    seen{keep: 24 * time.Hour, most: 10_000},
		crashes: seen{keep: time.Minute, most: 1000},
	}
	g.rest = &client{
		token: o.Token, agent: agent(o), log: o.Logger, limits: newLimits(),
		http: &http.Client{Transport: rebase{base: base, next: newTransport()}},
	}
	return g, nil
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
	registering, cancel := context.WithCancel(ctx)
	var side sync.WaitGroup
	side.Go(func() { g.keepRegistering(registering, self.ID) })
	defer side.Wait()
	defer cancel()
	s := &shard{client: g.rest, log: g.log, pace: g.pace, content: content, event: g.event, lostContent: func() { g.reads.Store(false) }}
	err = s.run(ctx, func() { g.drain(stop) })
	stop()
	<-g.work.done() // who came in last, to be told that we stop
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
		err := g.register(ctx, application)
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

// event takes one of Discord's events and returns at once.
func (g *Gateway) event(at version, kind string, data json.RawMessage) {
	switch kind {
	case "INTERACTION_CREATE":
		g.takeInteraction(data)
	case "MESSAGE_CREATE":
		g.takeMessage(data)
	case "MESSAGE_UPDATE":
		g.takeEdit(data)
	case "MESSAGE_DELETE":
		o := decodeObject(data)
		g.takeDeletes(o.text("channel_id"), o.text("id"))
	case "MESSAGE_DELETE_BULK":
		o := decodeObject(data)
		g.takeDeletes(o.text("channel_id"), field[[]string](o, "ids")...)
	default:
		if strings.HasPrefix(kind, "GUILD_") || strings.HasPrefix(kind, "CHANNEL_") || strings.HasPrefix(kind, "THREAD_") {
			o := decodeObject(data)
			g.cache.note(at, kind, o)
			if kind == "GUILD_CREATE" && o.text("id") != "" {
				g.warm(archivist.GuildLibrary(o.text("id")))
			}
		}
	}
}

// safe runs what answers a request. A panic in it costs this request alone: the asker is told an incident, the log has the stack.
func (g *Gateway) safe(r bot.Request, answer func() bot.Card) (card bot.Card) {
	defer func() {
		if p := recover(); p != nil {
			err := fmt.Errorf("panic: %v", p)
			if !g.crashes.again(fmt.Sprint(p), time.Now()) {
				err = fmt.Errorf("%w\n%s", err, debug.Stack())
			}
			card = g.bot.Trouble(r, err)
		}
	}()
	return answer()
}

// library is whose articles are read: the guild's, or where there is none the person's own.
func library(guild, person string) archivist.LibraryID {
	if guild != "" {
		return archivist.GuildLibrary(guild)
	}
	return archivist.UserLibrary(person)
}
