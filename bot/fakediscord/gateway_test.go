package fakediscord_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"archivist/bot/fakediscord"

	"github.com/gorilla/websocket"
)

// wire is a gateway client that does only what a test says.
type wire struct {
	t  *testing.T
	ws *websocket.Conn
}

type payload struct {
	Op int             `json:"op"`
	S  int64           `json:"s"`
	T  string          `json:"t"`
	D  json.RawMessage `json:"d"`
}

func dial(t *testing.T, url string) *wire {
	t.Helper()
	ws, _, err := websocket.DefaultDialer.DialContext(t.Context(), url+"?v=10&encoding=json", nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ws.Close() })
	return &wire{t, ws}
}

func (w *wire) send(op int, d any) {
	w.t.Helper()
	if err := w.ws.WriteJSON(map[string]any{"op": op, "d": d}); err != nil {
		w.t.Fatal(err)
	}
}

// next is the next payload, or the close code that came instead; 1006 = TCP ended.
func (w *wire) next() (payload, int) {
	w.t.Helper()
	if err := w.ws.SetReadDeadline(time.Now().Add(within)); err != nil {
		w.t.Fatal(err)
	}
	_, data, err := w.ws.ReadMessage()
	var closed *websocket.CloseError
	if errors.As(err, &closed) {
		return payload{}, closed.Code
	}
	if err != nil {
		return payload{}, 1006
	}
	var p payload
	if err := json.Unmarshal(data, &p); err != nil {
		w.t.Fatal(err)
	}
	return p, 0
}

// want reads one payload and holds it to an op, and to a type if there is one.
func (w *wire) want(op int, kind string) payload {
	w.t.Helper()
	p, code := w.next()
	if code != 0 || p.Op != op || p.T != kind {
		w.t.Fatalf("op %d %s, code %d; want op %d %s", p.Op, p.T, code, op, kind)
	}
	return p
}

func (w *wire) wantClose(code int) {
	w.t.Helper()
	if p, got := w.next(); got != code {
		w.t.Fatalf("closed with %d, op %d %s; want %d", got, p.Op, p.T, code)
	}
}

func identify(d *fakediscord.Discord) map[string]any {
	return map[string]any{"token": d.Token(), "intents": 4609, "properties": map[string]any{"os": "linux", "browser": "test", "device": "test"}}
}

// connected is a client past READY, and its session's id.
func connected(t *testing.T, d *fakediscord.Discord) (*wire, string) {
	t.Helper()
	w := dial(t, d.GatewayURL())
	w.want(10, "")
	w.send(2, identify(d))
	var ready struct {
		Session string `json:"session_id"`
		Resume  string `json:"resume_gateway_url"`
	}
	if err := json.Unmarshal(w.want(0, "READY").D, &ready); err != nil || ready.Resume != d.ResumeURL() {
		t.Fatalf("READY %+v, %v", ready, err)
	}
	return w, ready.Session
}

func resume(d *fakediscord.Discord, session string, seq int64) map[string]any {
	return map[string]any{"token": d.Token(), "session_id": session, "seq": seq}
}

func TestHelloAndHeartbeat(t *testing.T) {
	d := start(t, fakediscord.Options{Heartbeat: 30 * time.Second})
	w := dial(t, d.GatewayURL())
	if p := w.want(10, ""); string(p.D) != `{"_trace":[],"heartbeat_interval":30000}` {
		t.Errorf("hello %s", p.D)
	}
	w.send(1, nil)
	w.want(11, "")
	if d.Heartbeats() != 1 || d.Connections() != 1 {
		t.Errorf("%d heartbeats, %d connections", d.Heartbeats(), d.Connections())
	}
}

func TestNoHeartbeat(t *testing.T) {
	t.Parallel() // it lasts two intervals and a second
	d := start(t, fakediscord.Options{Heartbeat: 20 * time.Millisecond})
	w, session := connected(t, d)
	w.wantClose(4009)
	w = dial(t, d.ResumeURL())
	w.want(10, "")
	w.send(6, resume(d, session, 1))
	w.want(9, "")
}

func TestIdentifyRefused(t *testing.T) {
	for name, c := range map[string]struct {
		change func(map[string]any)
		code   int
	}{
		"token":                 {func(m map[string]any) { m["token"] = "wrong" }, 4004},
		"no intents":            {func(m map[string]any) { delete(m, "intents") }, 4013},
		"intents out of range":  {func(m map[string]any) { m["intents"] = 1 << 30 }, 4013},
		"message content":       {func(m map[string]any) { m["intents"] = 4609 | 1<<15 }, 4014},
		"members":               {func(m map[string]any) { m["intents"] = 4609 | 1<<1 }, 4014},
		"shard 1 of 1":          {func(m map[string]any) { m["shard"] = []int{1, 1} }, 4010},
		"a token with a prefix": {func(m map[string]any) { m["token"] = "Bot " + m["token"].(string) }, 0},
	} {
		t.Run(name, func(t *testing.T) {
			d := start(t, fakediscord.Options{})
			w := dial(t, d.GatewayURL())
			w.want(10, "")
			m := identify(d)
			c.change(m)
			w.send(2, m)
			if c.code == 0 {
				w.want(0, "READY")
			} else {
				w.wantClose(c.code)
			}
			clean(t, d)
		})
	}
}

func TestBadPayloads(t *testing.T) {
	for name, c := range map[string]struct {
		do   func(*wire, *fakediscord.Discord)
		code int
	}{
		"no JSON":         {func(w *wire, _ *fakediscord.Discord) { _ = w.ws.WriteMessage(websocket.TextMessage, []byte("{")) }, 4002},
		"too long":        {func(w *wire, _ *fakediscord.Discord) { w.send(1, string(make([]byte, 4096))) }, 4002},
		"unknown op":      {func(w *wire, _ *fakediscord.Discord) { w.send(99, nil) }, 4001},
		"presence first":  {func(w *wire, _ *fakediscord.Discord) { w.send(3, nil) }, 4003},
		"unknown session": {func(w *wire, d *fakediscord.Discord) { w.send(6, resume(d, "none", 0)) }, 0},
	} {
		t.Run(name, func(t *testing.T) {
			d := start(t, fakediscord.Options{})
			w := dial(t, d.GatewayURL())
			w.want(10, "")
			c.do(w, d)
			if c.code != 0 {
				w.wantClose(c.code)
			} else if p := w.want(9, ""); string(p.D) != "false" {
				t.Errorf("op 9 %s", p.D)
			}
		})
	}
}

func TestTooManyPayloads(t *testing.T) {
	d := start(t, fakediscord.Options{})
	w := dial(t, d.GatewayURL())
	w.want(10, "")
	for range 121 {
		w.send(1, nil)
	}
	for range 120 {
		w.want(11, "")
	}
	w.wantClose(4008)
	if v := d.Violations(); len(v) != 1 || v[0].Check.String() != "32 gateway" {
		t.Errorf("violations %v", v)
	}
}

func TestIdentifyPace(t *testing.T) {
	clock := fakediscord.NewClock(time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC))
	d := start(t, fakediscord.Options{Now: clock.Now, Starts: 2})
	connected(t, d)
	clock.Advance(4 * time.Second)
	w := dial(t, d.GatewayURL())
	w.want(10, "")
	w.send(2, identify(d))
	w.want(9, "")
	clock.Advance(2 * time.Second)
	w = dial(t, d.GatewayURL())
	w.want(10, "")
	w.send(2, identify(d))
	w.wantClose(4004) // the two starts are used
	if n := len(d.Violations()); n != 2 {
		t.Errorf("%d violations: %v", n, d.Violations())
	}
}

func TestResumeReplays(t *testing.T) {
	d := start(t, fakediscord.Options{})
	g := d.Guild("Herald readers")
	w, session := connected(t, d)
	last := w.want(0, "GUILD_CREATE").S
	d.Fault(fakediscord.Gateway(0).Drop())
	w.wantClose(1006)
	g.Channel("one")
	g.Channel("two")
	w = dial(t, d.ResumeURL())
	w.want(10, "")
	w.send(6, resume(d, session, last))
	for i, kind := range []string{"CHANNEL_CREATE", "CHANNEL_CREATE", "RESUMED"} {
		if p := w.want(0, kind); p.S != last+int64(i)+1 {
			t.Errorf("%s has number %d", kind, p.S)
		}
	}
	if d.Resumes() != 1 || d.Identifies() != 1 {
		t.Errorf("%d resumes, %d identifies", d.Resumes(), d.Identifies())
	}
	clean(t, d)

	// A number that was never sent is refused, and so is a session that said good-bye.
	w = dial(t, d.ResumeURL())
	w.want(10, "")
	w.send(6, resume(d, session, 99))
	w.wantClose(4007)
	w = dial(t, d.ResumeURL())
	w.want(10, "")
	w.send(6, resume(d, session, last))
	w.want(0, "CHANNEL_CREATE")
	if err := w.ws.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(1000, "")); err != nil {
		t.Fatal(err)
	}
	if err := d.Wait(soon(t), "the end", func() bool { return d.Connections() == 0 }); err != nil {
		t.Fatal(err)
	}
	w = dial(t, d.ResumeURL())
	w.want(10, "")
	w.send(6, resume(d, session, last))
	if p := w.want(9, ""); string(p.D) != "false" {
		t.Errorf("op 9 %s", p.D)
	}
}

func TestResumeAtTheFirstURL(t *testing.T) {
	d := start(t, fakediscord.Options{})
	w, session := connected(t, d)
	_ = w.ws.Close()
	w = dial(t, d.GatewayURL())
	w.want(10, "")
	w.send(6, resume(d, session, 1))
	w.want(0, "RESUMED")
	if v := d.Violations(); len(v) != 1 {
		t.Errorf("violations %v", v)
	}
}

func TestReplayIsBounded(t *testing.T) {
	d := start(t, fakediscord.Options{})
	w, session := connected(t, d)
	_ = w.ws.Close()
	ann := d.Person("Ann")
	for range 10_001 {
		if _, err := ann.Type(ann.DM(), "x"); err != nil {
			t.Fatal(err)
		}
	}
	w = dial(t, d.ResumeURL())
	w.want(10, "")
	w.send(6, resume(d, session, 1))
	w.want(9, "")
}

func TestShards(t *testing.T) {
	d := start(t, fakediscord.Options{Concurrency: 2})
	var guilds []*fakediscord.Guild
	for range 4 {
		guilds = append(guilds, d.Guild("g"))
	}
	seen := map[string]int{}
	for shard := range 2 {
		w := dial(t, d.GatewayURL())
		w.want(10, "")
		m := identify(d)
		m["shard"] = []int{shard, 2}
		w.send(2, m)
		var ready struct{ Guilds []struct{ ID string } }
		if err := json.Unmarshal(w.want(0, "READY").D, &ready); err != nil {
			t.Fatal(err)
		}
		for _, g := range ready.Guilds {
			seen[g.ID]++
		}
		if err := d.WaitReady(soon(t), shard); err != nil {
			t.Fatal(err)
		}
	}
	for _, g := range guilds {
		if seen[g.ID()] != 1 {
			t.Errorf("guild %s is on %d shards", g.ID(), seen[g.ID()])
		}
	}
	clean(t, d)
}
