// Package fakediscord is a Discord of our own: a gateway and a REST API in raw JSON on loopback, the people who use it, the rules
// that Discord enforces and those that we set ourselves, faults on demand, and a record of everything. Tests, the load test and the
// playground share it. It knows no Discord library and shares no struct with one, so that a wrong JSON tag cannot cancel itself out.
//
//	d, err := fakediscord.New(fakediscord.Options{Strict: true})
//	defer d.Close()
//	g := d.Guild("Herald readers")
//	news := g.Channel("news")
//	ann := g.Member("Ann", fakediscord.Locale("de"))
//	// start the bot with d.APIBase() and d.Token(), then
//	d.WaitReady(ctx, 0)
//	x := ann.Slash(news, "ask", fakediscord.Opt("question", "When does the ferry run?"))
//	reply, err := x.Reply(ctx)
//
// Begin with New; the people are in people.go, what they do in interactions.go and posts.go, what their clients show in client.go and
// picker.go, what may go wrong in faults.go, what is checked in checks.go, and what happened in record.go. All methods of all types may
// be called from several goroutines. What waits takes a context and ends as soon as its condition holds; nothing here sleeps but the
// faults that are asked to.
package fakediscord

import (
	"context"
	secret "crypto/rand"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// Options are fixed at New. The zero value is a Discord on loopback with random ports, without the privileged intents.
type Options struct {
	Now         func() time.Time // the clock of ids, tokens and limits; nil = time.Now
	Description *Description     // Discord's API description, from LoadDescription; nil = only the checks by hand
	Strict      bool             // refuse (400) also what breaks only our own rules; else these are only recorded
	OnViolation func(Violation)  // called for each, without locks held; nil = nobody

	Token          string        // of the bot; "" = a made-up one
	BotName        string        // "" = archivist
	MessageContent bool          // the privileged intent MESSAGE_CONTENT is granted
	Heartbeat      time.Duration // the interval told in hello; 0 = 41.25 s
	IdentifyEvery  time.Duration // the least time between two identifies of one key; 0 = 5 s, negative = none
	Concurrency    int           // max_concurrency; 0 = 1
	Shards         int           // that /gateway/bot recommends; 0 = 1
	Starts         int           // session starts left of 1,000; 0 = all, negative = none
	StartsReset    time.Duration // until there are 1,000 again, and after that each time; 0 = a day
	Seed           uint64        // of the faults that happen by chance
	Keep           int           // how many requests, events, lines of the transcript, messages of a channel and interactions are kept, each; 0 = all
	AckWithin      time.Duration // after which a callback meets 10062; 0 = Discord's 3 s
	RateLimits     bool          // refuse the 51st call a second of a bucket, and of the bot; else only the headers are sent

	// Listen, ListenGateway and ListenResume are the addresses of the three servers; "" = 127.0.0.1:0.
	Listen, ListenGateway, ListenResume string
}

// Discord is one fake Discord with one bot application. Close it.
type Discord struct {
	o         Options
	api       string // http://host:port
	gatewayAt [2]string
	servers   []*http.Server
	quit      chan struct{}
	running   sync.WaitGroup

	mu      sync.Mutex // guards all below, and the insides of all that hangs on a Discord
	changed chan struct{}
	closed  bool
	lastID  uint64
	seq     uint64 // of the last change of a message

	bot      *user
	app      string // application id
	guilds   []*Guild
	channels map[string]*Channel
	users    map[string]*user
	messages map[string]*message
	dms      map[string]*Channel // by user id
	files    map[string][]byte   // by fileKey

	commands     []object
	commandEdits int
	created      int // commands, of the 200 a day

	interactions map[string]*Interaction // by id
	tokens       map[string]*Interaction
	sessions     []*session
	conns        map[*conn]bool
	identified   map[int]time.Time // by key of max_concurrency
	startsLeft   int
	startsReset  time.Time

	faults   []*armed
	chance   *rand.Rand
	skew     time.Duration // of the Date header
	buckets  map[string]*bucket
	requests []Request
	dropped  int // requests that are no longer kept
	events   []Event
	broken   []Violation
	told     int      // violations that OnViolation has heard
	log      []string // the transcript
}

// New starts a Discord. It fails when an address of Options cannot be listened on.
func New(o Options) (*Discord, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	o.Token = orElse(o.Token, "MTIzNDU2Nzg5.fake."+secret.Text())
	o.BotName = orElse(o.BotName, "archivist")
	o.Heartbeat = orElse(o.Heartbeat, 41250*time.Millisecond)
	o.IdentifyEvery, o.AckWithin = orElse(o.IdentifyEvery, 5*time.Second), orElse(o.AckWithin, usualAck)
	o.StartsReset = orElse(o.StartsReset, 24*time.Hour)
	o.Concurrency, o.Shards, o.Starts = orElse(o.Concurrency, 1), orElse(o.Shards, 1), orElse(o.Starts, startsTotal)
	d := &Discord{
		o: o, quit: make(chan struct{}), changed: make(chan struct{}), startsLeft: max(0, o.Starts), startsReset: o.Now().Add(o.StartsReset),
		channels: map[string]*Channel{}, users: map[string]*user{}, messages: map[string]*message{}, dms: map[string]*Channel{},
		files: map[string][]byte{}, interactions: map[string]*Interaction{}, tokens: map[string]*Interaction{},
		chance: rand.New(rand.NewPCG(o.Seed, 1)), conns: map[*conn]bool{}, identified: map[int]time.Time{}, buckets: map[string]*bucket{},
	}
	d.app = d.newID()
	d.bot = &user{id: d.app, name: o.BotName, bot: true, locale: "en-US"}
	d.users[d.bot.id] = d.bot
	var listeners []net.Listener
	for _, address := range []string{o.Listen, o.ListenGateway, o.ListenResume} {
		l, err := net.Listen("tcp", orElse(address, "127.0.0.1:0"))
		if err != nil {
			for _, open := range listeners {
				err = errors.Join(err, open.Close())
			}
			return nil, fmt.Errorf("fakediscord: %w", err)
		}
		listeners = append(listeners, l)
	}
	d.api = "http://" + listeners[0].Addr().String()
	d.gatewayAt = [2]string{"ws://" + listeners[1].Addr().String(), "ws://" + listeners[2].Addr().String()}
	for i, handler := range []http.Handler{d.router(), d.gateway(false), d.gateway(true)} {
		s := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second, ErrorLog: quiet}
		d.servers = append(d.servers, s)
		d.running.Go(func() { _ = s.Serve(listeners[i]) }) // always http.ErrServerClosed: Close ends it
	}
	return d, nil
}

// APIBase is what a bot uses in place of https://discord.com/api/v10: no slash at the end.
func (d *Discord) APIBase() string { return d.api + "/api/v10" }

// GatewayURL is where a bot connects first; ResumeURL, on another port, is what READY names for resuming.
func (d *Discord) GatewayURL() string { return d.gatewayAt[0] }

// ResumeURL is the resume_gateway_url of READY.
func (d *Discord) ResumeURL() string { return d.gatewayAt[1] }

// Token is the bot's token, without "Bot ".
func (d *Discord) Token() string { return d.o.Token }

// ApplicationID is the id of the application, and of its bot user.
func (d *Discord) ApplicationID() string { return d.app }

// Described tells whether bodies are checked against Discord's API description; else only by the checks by hand.
func (d *Discord) Described() bool { return d.o.Description != nil }

// Close ends all connections and servers, and returns when no goroutine of theirs is left. Waiting calls return an error.
func (d *Discord) Close() {
	d.mu.Lock()
	if d.closed {
		d.mu.Unlock()
		return
	}
	d.closed = true
	close(d.quit)
	for c := range d.conns {
		c.drop()
	}
	d.touch()
	d.mu.Unlock()
	for _, s := range d.servers {
		_ = s.Close() // closing listeners: an error would not help anybody
	}
	d.running.Wait()
}

// Wait returns when cond holds. It is looked at once now and again after each change of anything; it must not call methods that
// wait. The error tells what was waited for, and why it ended: ctx, or Close.
func (d *Discord) Wait(ctx context.Context, what string, cond func() bool) error {
	return d.wait(ctx, what, func() bool {
		d.mu.Unlock()
		defer d.mu.Lock()
		return cond()
	})
}

// wait is Wait with a condition that needs the lock held.
func (d *Discord) wait(ctx context.Context, what string, cond func() bool) error {
	for {
		d.mu.Lock()
		next := d.changed // taken first: a change while cond runs wakes us again
		ok, closed := cond(), d.closed
		d.mu.Unlock()
		if ok {
			return nil
		}
		if closed {
			return fmt.Errorf("fakediscord: waited for %s, but it was closed", what)
		}
		select {
		case <-next:
		case <-ctx.Done():
			return fmt.Errorf("fakediscord: waited for %s: %w", what, context.Cause(ctx))
		}
	}
}

// touch wakes all who wait. The lock is held.
func (d *Discord) touch() {
	close(d.changed)
	d.changed = make(chan struct{})
}

// discordEpoch is the first millisecond of 2015, from which ids count.
const discordEpoch = 1420070400000

// newID makes a snowflake of the present: larger than all before, even when the clock stands still or goes back. The lock is held,
// or d is not shared yet.
func (d *Discord) newID() string {
	id := uint64(max(0, d.o.Now().UnixMilli()-discordEpoch)) << 22
	d.lastID = max(id, d.lastID+1)
	return strconv.FormatUint(d.lastID, 10)
}

// object is a JSON object as decoded: numbers are json.Number when they came from outside.
type object = map[string]any

func orElse[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}
