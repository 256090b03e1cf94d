package fakediscord

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Request is one call of the REST API, as it came and as it was answered.
type Request struct {
	N      int             // its number, from 0
	At     time.Time       // when it came, on Options.Now
	Method string          // GET …
	Path   string          // without the base
	Query  string          // raw, without "?"
	Route  string          // the name of its route, "" if there is none
	Body   json.RawMessage // the JSON, of a multipart body the part payload_json; nil if there is none
	Files  []string        // names of the uploaded files
	Status int             // of the answer; 0 while under way, or if the connection was cut
	Answer json.RawMessage // nil if empty, or no JSON
	Code   int             // Discord's error code in the answer, 0 if none
	Fault  string          // the fault that it met
	Took   time.Duration   // from receipt to answer, on the real clock
}

// String is one line for messages of tests.
func (r Request) String() string {
	return fmt.Sprintf("#%d %s %s -> %d %d %.200s", r.N, r.Method, r.Path, r.Status, r.Code, r.Body)
}

// EventKind says what an Event is.
type EventKind string

// The kinds of events in the record.
const (
	Connected    EventKind = "connected"
	Disconnected EventKind = "disconnected"
	Received     EventKind = "received" // a payload of the bot
	Sent         EventKind = "sent"     // a dispatch to the bot, whether it was there or not
	Faulted      EventKind = "fault"
)

// Event is one thing that happened on the gateway.
type Event struct {
	At    time.Time // on Options.Now
	Kind  EventKind
	Shard int             // 0 before identify
	Op    int             // of what was received
	Seq   int64           // of what was sent
	Type  string          // of what was sent, as MESSAGE_CREATE
	Code  int             // of what was closed by the bot; 1006 without a close frame
	Data  json.RawMessage // payload received, or d sent
	Fault string          // what was done to it
}

// Violation is a broken rule.
type Violation struct {
	Check   Check
	Request int    // number in Requests; -1 on the gateway
	Call    string // method and path, or "gateway"
	Detail  string
}

// String names the rule, the call and what was wrong.
func (v Violation) String() string { return fmt.Sprintf("%s: %s: %s", v.Call, v.Check, v.Detail) }

// Requests are all calls so far, in the order in which they came; the newest of them, if Options.Keep bounds the record.
func (d *Discord) Requests() []Request {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.requests)
}

// RequestsTo are the calls so far of one route, by its name, as "POST callback".
func (d *Discord) RequestsTo(route string) []Request {
	return slices.DeleteFunc(d.Requests(), func(r Request) bool { return r.Route != route })
}

// Events are what happened on the gateway so far, in order.
func (d *Discord) Events() []Event {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.events)
}

// Identifies and Resumes count what the bot sent so far on all shards.
func (d *Discord) Identifies() int { return d.received(2) }

// Resumes counts the resume payloads so far.
func (d *Discord) Resumes() int { return d.received(6) }

// Heartbeats counts the heartbeats so far.
func (d *Discord) Heartbeats() int { return d.received(1) }

func (d *Discord) received(op int) int {
	n := 0
	for _, e := range d.Events() {
		if e.Kind == Received && e.Op == op {
			n++
		}
	}
	return n
}

// Violations are all broken rules so far.
func (d *Discord) Violations() []Violation {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.broken)
}

// Transcript is what people did and saw so far, one line or block each, with names for ids: for goldens and read-mes.
func (d *Discord) Transcript() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return strings.Join(d.log, "\n") + "\n"
}

// Skew lets the Date header of answers go wrong by so much, as if the bot's clock did.
func (d *Discord) Skew(by time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.skew = by
}

// request is the record of a call; nil when it is no longer kept. The lock is held.
func (d *Discord) request(n int) *Request {
	if n < d.dropped {
		return nil
	}
	return &d.requests[n-d.dropped]
}

// forget keeps no more than Options.Keep of each record, and lets go of them a quarter at a time. The lock is held.
func (d *Discord) forget() {
	if d.o.Keep <= 0 {
		return
	}
	most := d.o.Keep + d.o.Keep/4
	if len(d.requests) > most {
		d.dropped += len(d.requests) - d.o.Keep
		d.requests = slices.Clone(d.requests[len(d.requests)-d.o.Keep:])
	}
	if len(d.events) > most {
		d.events = slices.Clone(d.events[len(d.events)-d.o.Keep:])
	}
	if len(d.log) > most {
		d.log = slices.Clone(d.log[len(d.log)-d.o.Keep:])
	}
}

// note records an event. The lock is held.
func (d *Discord) note(e Event) {
	e.At = d.o.Now()
	if len(e.Data) > 0 {
		e.Data = slices.Clone(e.Data)
		if e.Op == 2 || e.Op == 6 {
			e.Data = json.RawMessage(strings.ReplaceAll(string(e.Data), d.o.Token, "TOKEN")) // the record may be printed
		}
	}
	d.events = append(d.events, e)
	d.forget()
}

// say adds to the transcript. The lock is held.
func (d *Discord) say(format string, args ...any) {
	d.log = append(d.log, fmt.Sprintf(format, args...))
	d.forget()
}

// violate records a broken rule; c is nil on the gateway. The lock is held. report tells OnViolation later, without it.
func (d *Discord) violate(c *call, check Check, format string, args ...any) {
	v := Violation{Check: check, Request: -1, Call: "gateway", Detail: fmt.Sprintf(format, args...)}
	if c != nil {
		v.Request, v.Call = c.n, c.r.Method+" "+strings.TrimPrefix(c.r.URL.Path, "/api/v10")
	}
	d.broken = append(d.broken, v)
}

// report gives OnViolation what it has not heard yet. The lock is not held.
func (d *Discord) report() {
	if d.o.OnViolation == nil {
		return
	}
	d.mu.Lock()
	fresh := slices.Clone(d.broken[d.told:])
	d.told = len(d.broken)
	d.mu.Unlock()
	for _, v := range fresh {
		d.o.OnViolation(v)
	}
}
