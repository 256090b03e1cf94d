package fakediscord

import (
	"encoding/json"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gorilla/websocket"
)

// quiet swallows what net/http would print on standard error about connections that tests cut on purpose.
var quiet = log.New(io.Discard, "", 0)

const (
	writeWithin = 10 * time.Second // of one frame; a peer that does not read is dropped
	closeWithin = time.Second      // between our close frame and the end of TCP, so that the peer can read the code
	maxCommand  = 4096             // bytes of one payload from the bot
	maxRate     = 120              // payloads from the bot a minute
)

// The intents that the fake knows; all others are accepted and give no events.
const (
	intentGuilds         = 1 << 0
	intentGuildMembers   = 1 << 1
	intentPresences      = 1 << 8
	intentGuildMessages  = 1 << 9
	intentDirectMessages = 1 << 12
	intentMessageContent = 1 << 15
	intentsKnown         = 1<<26 - 1
)

// conn is one websocket. Two goroutines own it: the server's, which reads, and write.
type conn struct {
	d      *Discord
	ws     *websocket.Conn
	resume bool // it came to the resume URL
	badURL bool // not v=10 and encoding=json
	wake   chan struct{}
	gone   chan struct{} // closed when reading has ended

	// Guarded by d.mu.
	queue   []frame
	session *session
	shard   int
	muted   bool // no ACKs
	hung    bool // nothing is sent or understood any more
	closing bool // a close frame was queued
	sent    []time.Time
}

// frame is one thing to do on a connection, in order: bytes to send, or a way to end.
type frame struct {
	data []byte
	code int // a close code, when not 0
	drop bool
}

func (d *Discord) gateway(resume bool) http.Handler {
	up := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ws, err := up.Upgrade(w, r, nil)
		if err != nil {
			return // Upgrade has answered
		}
		q := r.URL.Query()
		c := &conn{
			d: d, ws: ws, resume: resume, wake: make(chan struct{}, 1), gone: make(chan struct{}),
			badURL: q.Get("v") != "10" || orElse(q.Get("encoding"), "json") != "json",
		}
		d.mu.Lock()
		if d.closed {
			d.mu.Unlock()
			_ = ws.Close()
			return
		}
		d.conns[c] = true
		d.running.Add(1) // hijacked connections are not the server's to wait for
		d.running.Go(c.write)
		d.note(Event{Kind: Connected})
		c.greet()
		d.touch()
		d.mu.Unlock()
		defer d.running.Done()
		c.read()
	})
}

// greet sends hello, unless a fault of the phase says otherwise. The shard is not known yet, so any fault of BeforeHello applies.
func (c *conn) greet() {
	hello := encode(object{"op": 10, "d": object{"heartbeat_interval": c.d.o.Heartbeat.Milliseconds(), "_trace": []any{}}})
	f := c.d.takeGateway(-1, BeforeHello)
	switch {
	case f == nil:
		c.push(frame{data: hello})
	case f.late > 0:
		c.later(f.late, frame{data: hello})
	default:
		c.apply(f)
		c.push(frame{data: hello})
	}
	if f := c.d.takeGateway(-1, AfterHello); f != nil {
		c.apply(f)
	}
}

// later pushes a frame after a while, unless the connection has ended. The lock is held.
func (c *conn) later(after time.Duration, f frame) {
	c.d.running.Go(func() {
		select {
		case <-time.After(after):
			c.d.mu.Lock()
			c.push(f)
			c.d.mu.Unlock()
		case <-c.gone:
		case <-c.d.quit:
		}
	})
}

// push queues a frame. The lock is held; the queue is bounded by what the tests do.
func (c *conn) push(f frame) {
	if c.closing || c.hung {
		return
	}
	c.closing = f.code != 0 || f.drop
	c.queue = append(c.queue, f)
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

func (c *conn) send(op int, data any) { c.push(frame{data: encode(object{"op": op, "d": data})}) }

func (c *conn) close(code int) { c.push(frame{code: code}) }

// drop ends TCP at once, without a close frame.
func (c *conn) drop() {
	c.closing = true
	_ = c.ws.NetConn().Close()
}

func (c *conn) write() {
	for {
		select {
		case <-c.wake:
		case <-c.gone:
			return
		}
		for {
			c.d.mu.Lock()
			if len(c.queue) == 0 || c.hung {
				c.d.mu.Unlock()
				break
			}
			f := c.queue[0]
			c.queue = c.queue[1:]
			c.d.mu.Unlock()
			until := time.Now().Add(writeWithin)
			switch {
			case f.drop:
				_ = c.ws.NetConn().Close()
			case f.code != 0:
				_ = c.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(f.code, closeText[f.code]), until)
				_ = c.ws.SetReadDeadline(time.Now().Add(closeWithin))
			default:
				_ = c.ws.SetWriteDeadline(until)
				if c.ws.WriteMessage(websocket.TextMessage, f.data) != nil {
					_ = c.ws.NetConn().Close()
				}
			}
		}
	}
}

// read serves the connection until it ends. A bot that sends no heartbeat for two intervals is closed with 4009, as a zombie.
func (c *conn) read() {
	c.ws.SetReadLimit(1 << 20)
	code := 1006
	for {
		_ = c.ws.SetReadDeadline(time.Now().Add(2*c.d.o.Heartbeat + closeWithin))
		_, data, err := c.ws.ReadMessage()
		if err != nil {
			var closed *websocket.CloseError
			var late net.Error
			if errors.As(err, &closed) {
				code = closed.Code
			} else if errors.As(err, &late) && late.Timeout() {
				c.expire()
			}
			break
		}
		c.d.mu.Lock()
		if !c.closing && !c.hung {
			c.handle(data)
			c.d.touch()
		}
		c.d.mu.Unlock()
		c.d.report()
	}
	c.d.mu.Lock()
	delete(c.d.conns, c)
	c.closing = true
	if s := c.session; s != nil && s.conn == c {
		s.conn = nil
		if code == websocket.CloseNormalClosure || code == websocket.CloseGoingAway {
			s.dead = true // the bot said good-bye: Discord forgets the session
		}
	}
	c.d.note(Event{Kind: Disconnected, Shard: c.shard, Code: code})
	c.d.touch()
	c.d.mu.Unlock()
	close(c.gone)
	_ = c.ws.Close()
}

// expire tells a bot that has sent no heartbeat that its session is over. Writing it may fail: nobody may be there.
func (c *conn) expire() {
	c.d.mu.Lock()
	silent := !c.closing && !c.hung
	if s := c.session; s != nil && silent {
		s.dead = true
	}
	c.d.mu.Unlock()
	if silent {
		_ = c.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(4009, closeText[4009]), time.Now().Add(closeWithin))
	}
}

// closeText is Discord's wording of its close codes.
var closeText = map[int]string{
	4000: "Unknown error.", 4001: "Unknown opcode.", 4002: "Error while decoding payload.", 4003: "Not authenticated.",
	4004: "Authentication failed.", 4005: "Already authenticated.", 4007: "Invalid seq.", 4008: "Rate limited.",
	4009: "Session timed out.", 4010: "Invalid shard.", 4011: "Sharding required.", 4012: "Invalid API version.",
	4013: "Invalid intent(s).", 4014: "Disallowed intent(s).",
}

// handle obeys one payload of the bot. The lock is held.
func (c *conn) handle(data []byte) {
	v, err := decode(data)
	m, _ := v.(object)
	if err != nil || m == nil || len(data) > maxCommand {
		c.d.violate(nil, checkGateway, "payload of %d bytes is no JSON object of at most %d: %.80q", len(data), maxCommand, data)
		c.close(4002)
		return
	}
	now := time.Now()
	c.sent = append(slices.DeleteFunc(c.sent, func(t time.Time) bool { return now.Sub(t) > time.Minute }), now)
	if len(c.sent) > maxRate {
		c.d.violate(nil, checkGateway, "more than %d payloads in a minute", maxRate)
		c.close(4008)
		return
	}
	op := int(number(m, "op"))
	c.d.note(Event{Kind: Received, Shard: c.shard, Op: op, Data: json.RawMessage(data)})
	switch op {
	case 1:
		if !c.muted {
			c.push(frame{data: []byte(`{"op":11}`)})
		}
	case 2:
		c.identify(objectAt(m, "d"))
	case 6:
		c.resumeSession(objectAt(m, "d"))
	case 3, 4, 8, 31:
		if c.session == nil {
			c.close(4003)
		}
	default:
		c.d.violate(nil, checkGateway, "op %d is none that a bot sends", op)
		c.close(4001)
	}
}

// identify starts a session, or closes with the code that Discord gives. The lock is held.
func (c *conn) identify(m object) {
	d := c.d
	shard, shards := 0, 1
	if pair := list(m, "shard"); len(pair) == 2 {
		shard, shards = int(number(object{"n": pair[0]}, "n")), int(number(object{"n": pair[1]}, "n"))
	}
	intents := number(m, "intents")
	switch {
	case c.session != nil:
		d.violate(nil, checkGateway, "identified twice on one connection")
		c.close(4005)
		return
	case c.badURL:
		c.close(4012)
		return
	case strings.TrimPrefix(text(m, "token"), "Bot ") != d.o.Token:
		c.close(4004)
		return
	case shard < 0 || shards < 1 || shard >= shards:
		c.close(4010)
		return
	case !has(m, "intents") || intents&^intentsKnown != 0 || intents < 0:
		c.close(4013)
		return
	case intents&(intentGuildMembers|intentPresences) != 0, intents&intentMessageContent != 0 && !d.o.MessageContent:
		c.close(4014)
		return
	}
	c.shard = shard
	if c.resume {
		d.violate(nil, checkGateway, "identified at resume_gateway_url")
	}
	now, key := d.o.Now(), shard%d.o.Concurrency
	last, before := d.identified[key]
	d.renewStarts()
	d.startsLeft--
	if since := now.Sub(last); before && since >= 0 && since < d.o.IdentifyEvery {
		d.violate(nil, checkGateway, "shard %d identified %v after another of its key, less than %v", shard, since, d.o.IdentifyEvery)
		c.send(9, false)
		return
	}
	d.identified[key] = now
	if d.startsLeft < 0 {
		d.violate(nil, checkGateway, "no session starts are left: Discord resets the token now")
		c.close(4004)
		return
	}
	s := &session{id: "session-" + d.newID(), shard: shard, shards: shards, intents: intents, conn: c}
	c.session = s
	d.sessions = append(slices.DeleteFunc(d.sessions, func(old *session) bool { return old.dead }), s)
	if f := d.takeGateway(shard, AfterIdentify); f != nil {
		c.apply(f)
	}
	guilds := []any{}
	for _, g := range d.guilds {
		if !g.gone && g.shard(shards) == shard {
			guilds = append(guilds, object{"id": g.id, "unavailable": true})
		}
	}
	d.dispatchTo(s, "READY", object{
		"v": 10, "user": d.bot.json(), "guilds": guilds, "session_id": s.id, "resume_gateway_url": d.ResumeURL(), "shard": []int{shard, shards},
		"session_type": "normal", "private_channels": []any{}, "application": object{"id": d.app, "flags": d.flags()},
	})
	for _, g := range d.guilds {
		if !g.gone && !g.unserved && g.shard(shards) == shard && intents&intentGuilds != 0 {
			d.dispatchTo(s, "GUILD_CREATE", g.json())
		}
	}
	d.armedNow()
}

// resumeSession replays what a session has missed, or says op 9. The lock is held.
func (c *conn) resumeSession(m object) {
	d := c.d
	i := slices.IndexFunc(d.sessions, func(s *session) bool { return s.id == text(m, "session_id") })
	seq := number(m, "seq")
	switch {
	case c.session != nil:
		c.close(4005)
		return
	case strings.TrimPrefix(text(m, "token"), "Bot ") != d.o.Token:
		c.close(4004)
		return
	case i < 0 || d.sessions[i].dead:
		c.send(9, false)
		return
	}
	s := d.sessions[i]
	if seq > s.seq {
		c.close(4007)
		return
	}
	if seq < s.lost {
		c.send(9, false)
		return
	}
	if !c.resume {
		d.violate(nil, checkGateway, "resumed at the first URL, not at resume_gateway_url")
	}
	if old := s.conn; old != nil {
		old.session = nil
		old.close(4000)
	}
	c.session, s.conn, c.shard = s, c, s.shard
	missed := slices.Clone(s.buffer[seq-s.lost:])
	f := d.takeGateway(s.shard, InReplay)
	for n, data := range missed {
		if f != nil && n == len(missed)/2 {
			c.apply(f)
		}
		c.push(frame{data: data})
	}
	if f != nil && len(missed) == 0 {
		c.apply(f)
	}
	d.dispatchTo(s, "RESUMED", object{"_trace": []any{"replayed " + strconv.Itoa(len(missed))}})
	d.armedNow()
}
