package fakediscord

import (
	"fmt"
	"strings"
	"time"
)

// Fault is something that goes wrong. Build one with Gateway, REST or Events, give it its effect, and arm it with Discord.Fault:
//
//	d.Fault(fakediscord.Gateway(0).Op9(false))
//	d.Fault(fakediscord.REST("PATCH @original").Status(503).Times(2))
//
// It happens once unless Times says otherwise. Faults of one route happen in the order in which they were armed.
type Fault struct {
	where  string // a route's name, an event's type, or "" for the gateway
	place  place
	kind   faultKind
	shard  int
	phase  Phase
	status int
	code   int
	late   time.Duration
	retry  time.Duration
	scope  string
	name   string
	yes    bool
	times  int     // 0 = 1, negative = for ever
	after  int     // occasions to let pass first
	rate   float64 // the chance that an occasion is spoiled; 0 = always
}

type place int

const (
	onGateway place = iota
	onREST
	onEvents
)

type faultKind int

const (
	faultNone faultKind = iota
	faultOp7
	faultOp9
	faultClose
	faultDrop
	faultMute
	faultHang
	faultHelloLate
	faultDuplicate
	faultReorder
	faultTruncate
	faultUnknown
	faultStatus
	faultDelay
	faultReset
	faultLost
	faultHTML
	faultLimit
)

// Phase is when in a connection's life a gateway fault happens.
type Phase int

// The phases in order. A fault without At happens now, or as soon as the shard is ready.
const (
	Ready         Phase = iota // READY or RESUMED has been sent
	BeforeHello                // the websocket is open, hello not sent
	AfterHello                 // hello is sent, nothing received
	AfterIdentify              // identify is accepted, READY not sent
	InReplay                   // half of the missed events of a resume are sent
)

// Gateway begins a fault of a shard's connection.
func Gateway(shard int) Fault { return Fault{place: onGateway, shard: shard} }

// REST begins a fault of a route, by the name that Request.Route shows, as "POST callback", "PATCH @original", "POST messages";
// "*" is any.
func REST(route string) Fault { return Fault{place: onREST, where: route} }

// Events begins a fault of the next event of a type on a shard, as "MESSAGE_CREATE"; "*" is any.
func Events(shard int, kind string) Fault { return Fault{place: onEvents, shard: shard, where: kind} }

func (f Fault) with(kind faultKind) Fault { f.kind = kind; return f }

// Op7 tells the bot to reconnect.
func (f Fault) Op7() Fault { return f.with(faultOp7) }

// Op9 tells the bot that its session is invalid; when it is not resumable it is forgotten.
func (f Fault) Op9(resumable bool) Fault { f.yes = resumable; return f.with(faultOp9) }

// Close ends the connection with a close code; 4003, 4007, 4009 and 1000 also end the session.
func (f Fault) Close(code int) Fault { f.code = code; return f.with(faultClose) }

// Drop ends TCP without a close frame.
func (f Fault) Drop() Fault { return f.with(faultDrop) }

// Mute ends heartbeat ACKs on the connection; all else goes on.
func (f Fault) Mute() Fault { return f.with(faultMute) }

// Hang stops the connection: it stays open, and nothing is sent or heard any more, like a half-open TCP connection.
func (f Fault) Hang() Fault { return f.with(faultHang) }

// HelloLate sends hello only after a while.
func (f Fault) HelloLate(after time.Duration) Fault {
	f.late, f.phase = after, BeforeHello
	return f.with(faultHelloLate)
}

// Unknown sends an event of a type that nobody knows.
func (f Fault) Unknown(kind string) Fault { f.name = kind; return f.with(faultUnknown) }

// Duplicate sends the event twice.
func (f Fault) Duplicate() Fault { return f.with(faultDuplicate) }

// Reorder sends the event after the one that follows it.
func (f Fault) Reorder() Fault { return f.with(faultReorder) }

// Truncate sends the event with an empty d.
func (f Fault) Truncate() Fault { return f.with(faultTruncate) }

// Status answers with an HTTP status, and does nothing of what was asked.
func (f Fault) Status(status int) Fault { f.status = status; return f.with(faultStatus) }

// Error is Status with one of Discord's error codes in the body, as Error(400, 30046).
func (f Fault) Error(status, code int) Fault {
	f.status, f.code = status, code
	return f.with(faultStatus)
}

// Delay holds the call back before anything is done; it goes with any other effect.
func (f Fault) Delay(by time.Duration) Fault {
	f.late = by
	if f.kind == faultNone {
		f.kind = faultDelay
	}
	return f
}

// Reset ends TCP before anything is done.
func (f Fault) Reset() Fault { return f.with(faultReset) }

// Lost does what was asked and ends TCP before the answer.
func (f Fault) Lost() Fault { return f.with(faultLost) }

// HTML429 answers like the wall before Discord: 429, a page of HTML, and Retry-After in whole seconds.
func (f Fault) HTML429(retry time.Duration) Fault { f.retry = retry; return f.with(faultHTML) }

// RateLimit answers 429 of the scope user or shared.
func (f Fault) RateLimit(retry time.Duration, scope string) Fault {
	f.retry, f.scope = retry, scope
	return f.with(faultLimit)
}

// Global429 answers 429 for all routes of the bot.
func (f Fault) Global429(retry time.Duration) Fault { return f.RateLimit(retry, "global") }

// At sets the phase of a gateway fault.
func (f Fault) At(p Phase) Fault { f.phase = p; return f }

// Times sets how often it happens; below 1 for ever.
func (f Fault) Times(n int) Fault {
	if f.times = n; n < 1 {
		f.times = -1
	}
	return f
}

// After lets n occasions pass first.
func (f Fault) After(n int) Fault { f.after = n; return f }

// Rate spoils occasions by chance, p from 0 to 1, until Clear: chaos, which Options.Seed makes repeatable.
func (f Fault) Rate(p float64) Fault { f.rate, f.times = p, -1; return f }

// effects are the names of what a fault does.
var effects = [...]string{
	"none", "op 7", "op 9", "close", "drop", "mute", "hang", "hello late", "duplicate", "reorder", "truncate", "unknown event",
	"status", "delay", "reset", "lost", "HTML 429", "rate limit",
}

// String names the effect as the record shows it.
func (f Fault) String() string {
	parts := []string{effects[f.kind]}
	if f.status != 0 {
		parts = append(parts, fmt.Sprint(f.status))
	}
	if f.code != 0 {
		parts = append(parts, fmt.Sprint(f.code))
	}
	if f.late != 0 {
		parts = append(parts, "late by "+f.late.String())
	}
	return strings.TrimSpace(strings.Join(append(parts, f.scope), " "))
}

// armed is a Fault that waits for its occasions.
type armed struct {
	Fault
	left int // occasions that it still spoils; negative = for ever
}

// Fault arms faults, in order.
func (d *Discord) Fault(faults ...Fault) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, f := range faults {
		d.faults = append(d.faults, &armed{Fault: f, left: orElse(f.times, 1)})
	}
	d.armedNow()
	d.touch()
}

// Clear disarms all faults that have not happened yet.
func (d *Discord) Clear() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.faults = nil
}

// take finds the first armed fault that fits, and counts the occasion. The lock is held.
func (d *Discord) take(fits func(*armed) bool) *armed {
	for i, f := range d.faults {
		if !fits(f) {
			continue
		}
		if f.rate > 0 && d.chance.Float64() >= f.rate {
			continue
		}
		if f.after > 0 {
			f.after--
			continue
		}
		if f.left > 0 {
			if f.left--; f.left == 0 {
				d.faults = append(d.faults[:i:i], d.faults[i+1:]...)
			}
		}
		return f
	}
	return nil
}

// takeGateway takes a fault of a phase; shard -1 = the connection has not said its shard yet.
func (d *Discord) takeGateway(shard int, p Phase) *armed {
	return d.take(func(f *armed) bool { return f.place == onGateway && f.phase == p && (shard < 0 || f.shard == shard) })
}

func (d *Discord) takeREST(route string) *armed {
	return d.take(func(f *armed) bool { return f.place == onREST && (f.where == route || f.where == "*") })
}

func (d *Discord) takeEvent(shard int, kind string) *armed {
	return d.take(func(f *armed) bool {
		return f.place == onEvents && f.shard == shard && (f.where == kind || f.where == "*")
	})
}

// armedNow lets the faults of the phase Ready happen whose shard is ready. The lock is held.
func (d *Discord) armedNow() {
	for _, s := range d.sessions {
		for s.conn != nil && !s.conn.closing && !s.conn.hung {
			f := d.takeGateway(s.shard, Ready)
			if f == nil {
				break
			}
			s.conn.apply(f)
		}
	}
}

// apply does a gateway fault to a connection. The lock is held.
func (c *conn) apply(f *armed) {
	c.d.note(Event{Kind: Faulted, Shard: c.shard, Fault: f.String()})
	switch f.kind {
	case faultOp7:
		c.send(7, nil)
	case faultOp9:
		if s := c.session; s != nil && !f.yes {
			s.dead = true
		}
		c.send(9, f.yes)
	case faultClose:
		if s := c.session; s != nil {
			switch f.code {
			case 1000, 4003, 4007, 4009:
				s.dead = true
			}
		}
		c.close(f.code)
	case faultDrop:
		c.push(frame{drop: true})
	case faultMute:
		c.muted = true
	case faultHang:
		c.hung = true
	case faultUnknown:
		if s := c.session; s != nil {
			c.d.dispatchTo(s, f.name, object{"hello": "nobody"})
		}
	}
}
