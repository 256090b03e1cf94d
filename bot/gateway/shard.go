package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"archivist/bot"

	"github.com/bwmarrin/discordgo"
	"github.com/gorilla/websocket"
)

// The intents that are asked for: GUILDS, GUILD_MESSAGES, DIRECT_MESSAGES; by option MESSAGE_CONTENT, which is privileged.
const (
	intents       = 1<<0 | 1<<9 | 1<<12
	intentContent = 1 << 15
	startsSpared  = 50 // session starts of the day that are not used up: at none left, Discord resets the token
	resumesAtMost = 3  // that fail in a row, then a new session
)

func init() {
	// discordgo keeps these for the whole process, and a session cannot have its own.
	discordgo.APIVersion = "10"
	// What it would log, the tap and the shard log themselves, with what they know more, and without the token.
	discordgo.Logger = func(int, int, string, ...any) {}
}

// A shard holds one connection to the gateway, over and over. discordgo dials, decodes, sends heartbeats and counts; whatever
// decides is here. Nothing else calls Open or Close of a session, or reads its fields.
type shard struct {
	id, count int
	starts    *starts // shared by all shards of the process
	client    *client
	log       *slog.Logger
	crashes   *bot.Crashes
	pace      pace
	content   bool // MESSAGE_CONTENT is asked for
	event     func(at version, kind string, data json.RawMessage)
	// lostContent is told when Discord did not grant MESSAGE_CONTENT after all.
	lostContent func()
	wall        func() time.Time // the wall clock
	duty        *duty
	mayConnect  func() bool // asked before each dial; nil = always
	keeps       bool        // at its end the session is left to another process, without a good-bye

	// Owned by run.
	failures int           // connections since the last one that was ready for long
	resumes  int           // resumes in a row that failed
	gone     chan struct{} // closed when discordgo has let go of the connection that it opened last

	wanted  atomic.Pointer[string] // the URL of the gateway that comes next
	current atomic.Pointer[tap]    // the connection that was dialled last
	life    context.Context        // of dials

	taking  sync.Mutex         // held while an event is taken in
	session *discordgo.Session // of the present connection; guarded by taking. The events of others are void

	mu        sync.Mutex
	changed   time.Time // when it became ready, or ceased to be
	isUp      bool
	left      int           // session starts, as Discord told last
	leftTold  bool          // it has told them
	waits     time.Time     // until when there are too few of them; zero: there are enough
	sessions  int           // that Discord has begun with us
	state     sessionState  // of the session; no url = it cannot be taken up
	readiness chan struct{} // closed at READY or RESUMED of the present connection
}

// run holds the connection until ctx ends, which says good-bye and returns nil, or until trying again cannot help: a *Fatal.
// leave is called once, before the last connection is closed: replies are finished in it.
func (s *shard) run(ctx context.Context, leave func()) error {
	leave = sync.OnceFunc(leave)
	defer leave()
	life, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	s.life = life
	for {
		err := s.crashes.Guard(func() error { return s.hold(ctx, leave) })
		var fatal *Fatal
		if err == nil || errors.As(err, &fatal) {
			return err
		}
		// A panic: nobody knows what the session has seen, so that a new one begins.
		s.log.Error("the connection was broken off", "error", err)
		s.give(ending{err: err})
		s.set(false)
		s.forget()
		s.failures++
		_ = pause(ctx, s.pace.backoff(s.failures)) // the next round sees that ctx has ended
	}
}

// hold makes one connection after the other.
func (s *shard) hold(ctx context.Context, leave func()) error {
	for {
		if err := s.prepare(ctx); err != nil {
			if ctx.Err() != nil {
				return nil
			}
			var fatal *Fatal
			if errors.As(err, &fatal) {
				return err
			}
			s.log.Warn("a connection to Discord cannot be made", "error", err)
			s.failures++
			_ = pause(ctx, s.pace.backoff(s.failures)) // the next round sees that ctx has ended
			continue
		}
		resuming := s.resuming()
		end, ready := s.connect(ctx, leave)
		s.set(false)
		if ctx.Err() != nil {
			return nil
		}
		if err := s.follow(ctx, end, resuming, ready); err != nil {
			return err
		}
	}
}

// resuming reports whether the session can be taken up again.
func (s *shard) resuming() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state.url != ""
}

// forget makes the next connection begin a session anew.
func (s *shard) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state, s.resumes = sessionState{}, 0
}

// prepare decides where the next connection leads. Before an identify it keeps to Discord's pace and budget.
func (s *shard) prepare(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if s.mayConnect != nil && !s.mayConnect() {
		return errNoLease
	}
	if s.resuming() {
		url := s.stands().url
		s.wanted.Store(&url)
		s.take(s.newSession())
		return nil
	}
	info, err := s.spareStarts(ctx)
	if err != nil {
		return err
	}
	if _, err := gatewayURL(info.URL); err != nil {
		return &Fatal{What: err.Error(), Advice: "look at discord.api_base", Setup: true}
	}
	if err := s.starts.wait(ctx, s.id, info.Limit.Concurrency); err != nil {
		return err
	}
	s.wanted.Store(&info.URL)
	s.take(s.newSession())
	return nil
}

// spareStarts asks Discord where to connect to, and waits while too few session starts are left: until Discord's reset, and then asks again, as
// Discord's clock counts.
func (s *shard) spareStarts(ctx context.Context) (gatewayInfo, error) {
	defer s.awaits(time.Time{})
	for {
		info, err := s.client.gateway(ctx)
		if err != nil {
			return info, err
		}
		limit := info.Limit
		s.mu.Lock()
		s.left, s.leftTold = limit.Remaining, true
		s.mu.Unlock()
		if limit.Total <= startsSpared || limit.Remaining >= startsSpared {
			return info, nil
		}
		wait := max(time.Duration(limit.ResetAfter)*time.Millisecond, s.pace.most) // whatever Discord says, it is not asked in a busy loop
		s.log.Warn("too many session starts today; waiting", "left", limit.Remaining, "for", wait)
		s.awaits(time.Now().Add(wait))
		if err := pause(ctx, wait); err != nil {
			return info, err
		}
	}
}

// awaits notes until when there are too few session starts; zero: there are enough.
func (s *shard) awaits(until time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.waits = until
}

// received takes an event from discordgo, in order, and under its lock: it must neither block nor call the session.
func (s *shard) received(seq int64, kind string, data json.RawMessage) {
	switch kind {
	case "READY":
		var ready struct {
			Session   string `json:"session_id"`
			ResumeURL string `json:"resume_gateway_url"`
		}
		if err := json.Unmarshal(data, &ready); err != nil {
			s.log.Warn("READY", "error", err)
		}
		s.mu.Lock()
		s.sessions++
		if s.state = (sessionState{id: ready.Session, url: ready.ResumeURL}); s.state.url == "" {
			s.state.url = *s.wanted.Load()
		}
		s.mu.Unlock()
		s.client.meter.Connected(false)
		s.isReady()
	case "RESUMED":
		s.client.meter.Connected(true)
		s.isReady()
	}
	s.event(after(s.sessions, seq), kind, data) // sessions is written in this function alone
	s.mu.Lock()
	s.state.sequence = seq
	s.mu.Unlock()
}

// set notes whether the shard is ready.
func (s *shard) set(up bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.isUp != up || s.changed.IsZero() {
		s.isUp, s.changed = up, time.Now()
	}
}

func (s *shard) isReady() {
	s.set(true)
	if t := s.current.Load(); t != nil {
		t.ready.Store(true)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case <-s.readiness:
	default:
		close(s.readiness)
	}
}

// connect makes one connection and holds it to its end. ready is how long it was ready. When ctx ends meanwhile it leaves in order.
func (s *shard) connect(ctx context.Context, leave func()) (end ending, ready time.Duration) {
	defer s.take(nil) // no event comes after this
	readiness := make(chan struct{})
	s.mu.Lock()
	s.readiness = readiness
	s.mu.Unlock()
	s.current.Store(nil)
	opened := make(chan error, 1)
	go func() { opened <- s.crashes.Guard(s.session.Open) }() // ends within the tap's deadlines
	var err error
	select {
	case err = <-opened:
	case <-ctx.Done():
		leave()
		s.give(ending{err: ctx.Err()})
		if err = <-opened; err == nil {
			s.close()
		}
		return ending{}, 0
	}
	t := s.current.Load()
	if err != nil {
		if t == nil {
			return ending{err: err}, 0
		}
		t.abandon(ending{err: err}) // the tap's own verdict, if it has one, stays
		return t.ended(), 0
	}
	var since time.Time
	tick := time.NewTicker(s.pace.tick)
	defer tick.Stop()
	watch := jumpWatch{wall: s.wall}
	for {
		select {
		case <-readiness:
			readiness, since = nil, time.Now()
			s.log.Info("connected to Discord")
		case <-t.done:
			if !since.IsZero() {
				ready = time.Since(since)
			}
			return t.ended(), max(ready, 0)
		case now := <-tick.C:
			if watch.jumped(now) {
				s.log.Warn("the clock has jumped, or the machine has slept")
				t.abandon(ending{zombie: true})
			}
		case <-ctx.Done():
			leave()
			if s.keeps {
				s.give(ending{err: ctx.Err()})
			} else {
				s.close()
			}
			return ending{}, 0
		}
	}
}

// give ends the present connection, if there is one.
func (s *shard) give(e ending) {
	if t := s.current.Load(); t != nil {
		t.abandon(e)
	}
}

// close says good-bye: Discord forgets the session.
func (s *shard) close() {
	if t := s.current.Load(); t != nil {
		t.leaving.Store(true)
	}
	if err := s.session.CloseWithCode(websocket.CloseNormalClosure); err != nil {
		s.log.Debug("close", "error", err)
	}
	<-s.gone // CloseWithCode has announced it
}

// follow does what the end of a connection asks for, and waits as long as that takes.
func (s *shard) follow(ctx context.Context, end ending, resuming bool, ready time.Duration) error {
	next := judge(end, s.content)
	if next.fatal != nil {
		return next.fatal
	}
	log := s.log.Info
	if next.bug {
		log = s.log.Error
	}
	log("the connection to Discord ended", "code", end.code, "op", end.op, "zombie", end.zombie, "ready", ready.Round(time.Second), "error", end.err)
	switch {
	case ready > 0:
		s.resumes = 0
	case resuming:
		s.resumes++
	}
	if next.noContent {
		s.content = false
		s.lostContent()
		s.log.Warn("the Message Content intent was not granted: posted links cannot be read; switch it on in the Developer Portal (Bot, Privileged Gateway Intents)")
	}
	if next.identify || s.resumes >= resumesAtMost {
		s.forget()
	}
	wait := time.Duration(0)
	if next.most > 0 {
		wait = time.Duration(s.pace.sessionWait * float64(next.least+rand.N(next.most-next.least+1)))
	}
	if ready >= s.pace.settled || next.asked && ready >= s.pace.served {
		s.failures = 0
	}
	if s.failures > 0 || ready == 0 || next.backoff {
		wait += s.pace.backoff(max(s.failures-1, 0))
	}
	s.failures++
	_ = pause(ctx, wait) // whoever comes next looks at ctx
	return nil
}
