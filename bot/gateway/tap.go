package gateway

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// The patience of a tap.
const (
	writeWithin      = 10 * time.Second // one write
	defaultHeartbeat = 41250 * time.Millisecond
)

var errLateClose = errors.New("discordgo closed it of its own accord")

// ending says how a connection came to its end.
type ending struct {
	code      int   // the close code that was received; 0 = none
	op        int   // 7 or 9 when that ended it
	resumable bool  // the d of op 9
	zombie    bool  // heartbeats without answers, or a clock that jumped
	err       error // of the network, or of the dial
}

// A tap is the connection to Discord as discordgo has it, with us reading along. It sees close codes and small messages before
// discordgo does, swallows those that discordgo would stumble over (docs/decisions/0002: D2, D3, D9), sets the deadlines that discordgo
// lacks (D6), notices zombies (D5), and when it is abandoned ends TCP without a close frame, so that the session stays resumable
// (D5), and swallows what a late goroutine still writes (D7). A close frame that we did not ask for, as of a websocket library that does not
// like what it reads, never leaves: the connection is abandoned instead, and can be resumed.
type tap struct {
	net.Conn              // TLS, or TCP
	raw      net.Conn     // TCP
	until    time.Time    // READY or RESUMED has to be seen
	ready    atomic.Bool  // READY or RESUMED was seen, which the shard tells
	interval atomic.Int64 // of heartbeats, in nanoseconds
	dropped  atomic.Int64 // dispatches without content
	leaving  atomic.Bool  // we say good-bye: a close frame may pass
	done     chan struct{}
	instead  []byte // the frame that goes out in the place of discordgo's identify or resume; nil = theirs does

	in   frames // owned by the reading goroutine, with the two below
	pass []byte // what may be read
	buf  []byte

	mu       sync.Mutex // guards the rest
	out      frames
	over     bool // abandoned or ended
	end      ending
	doom     *ending   // what sent has found: the end comes with this write
	replaced bool      // what sent has found: instead goes out with this write
	beat     time.Time // the last heartbeat that is not answered yet; zero: none
	latency  time.Duration
}

func newTap(conn, raw net.Conn, readyWithin time.Duration) *tap {
	t := &tap{Conn: conn, raw: raw, until: time.Now().Add(readyWithin), done: make(chan struct{}), buf: make([]byte, 16<<10)}
	t.interval.Store(int64(defaultHeartbeat))
	t.in.look, t.out.look = t.received, t.sent
	return t
}

// abandon ends the connection without a word to Discord. The first reason counts.
func (t *tap) abandon(e ending) {
	t.mu.Lock()
	first := !t.over
	if first {
		t.over, t.end = true, e
		close(t.done)
	}
	t.mu.Unlock()
	if first {
		_ = t.raw.Close() // TCP alone: whatever it says, we are gone
	}
}

// ended is how the connection ended; only after done is closed.
func (t *tap) ended() ending {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.end
}

// Read gives discordgo what may pass. It fails as soon as the connection has ended.
func (t *tap) Read(p []byte) (int, error) {
	for len(t.pass) == 0 {
		until := t.until
		if t.ready.Load() {
			until = time.Now().Add(2 * time.Duration(t.interval.Load()))
		}
		if err := t.Conn.SetReadDeadline(until); err != nil {
			return 0, t.failed(err)
		}
		n, err := t.Conn.Read(t.buf)
		t.pass = t.in.feed(t.pass[:0], t.buf[:n])
		select {
		case <-t.done: // the verdict came with these bytes; a close frame passes, all else is void
			if len(t.pass) == 0 {
				return 0, io.EOF
			}
		default:
			if err != nil {
				return 0, t.failed(err)
			}
		}
	}
	n := copy(p, t.pass)
	t.pass = t.pass[n:]
	return n, nil
}

func (t *tap) failed(err error) error {
	// A deadline that passes after READY means that not even answers to heartbeats came: half-open TCP.
	t.abandon(ending{err: err, zombie: errors.Is(err, errTimeout) && t.ready.Load()})
	return io.EOF
}

// Write lets discordgo's bytes out, and notes heartbeats. After the end it swallows them.
func (t *tap) Write(p []byte) (int, error) {
	t.mu.Lock()
	if t.over {
		t.mu.Unlock()
		return len(p), nil
	}
	out := p
	if passed := t.out.feed(nil, p); t.replaced {
		out, t.replaced = append(passed, t.instead...), false
	}
	doom := t.doom
	t.mu.Unlock()
	if doom != nil {
		t.abandon(*doom)
		return len(p), nil
	}
	if err := t.Conn.SetWriteDeadline(time.Now().Add(writeWithin)); err != nil {
		return len(p), t.lost(err)
	}
	if _, err := t.Conn.Write(out); err != nil {
		return len(p), t.lost(err)
	}
	return len(p), nil
}

// lost ends the connection for a write that failed. discordgo is not told: its reading ends at once.
func (t *tap) lost(err error) error {
	t.abandon(ending{err: err})
	return nil
}

// envelope is what every message of the gateway has around it.
type envelope struct {
	Op   int             `json:"op"`
	Type string          `json:"t"`
	Data json.RawMessage `json:"d"`
}

// received looks at a small frame from Discord and decides whether discordgo gets it.
func (t *tap) received(opcode byte, payload []byte) bool {
	if opcode == opClose {
		code := 0
		if len(payload) >= 2 {
			code = int(binary.BigEndian.Uint16(payload))
		}
		t.abandon(ending{code: code})
		return true
	}
	var m envelope
	if opcode != opText || json.Unmarshal(payload, &m) != nil {
		return true
	}
	switch m.Op {
	case 0:
		if m.Type == "RESUMED" || hasFields(m.Data) {
			return true
		}
		t.dropped.Add(1) // D9: an empty GUILD_CREATE ends discordgo's process
		return false
	case 7:
		t.abandon(ending{op: 7})
		return false
	case 9:
		t.abandon(ending{op: 9, resumable: bytes.Equal(bytes.TrimSpace(m.Data), []byte("true"))})
		return false
	case 10:
		var hello struct {
			Interval int64 `json:"heartbeat_interval"`
		}
		if json.Unmarshal(m.Data, &hello) == nil && hello.Interval > 0 {
			t.interval.Store(hello.Interval * int64(time.Millisecond))
		}
	case 11:
		t.mu.Lock()
		if !t.beat.IsZero() {
			t.latency = time.Since(t.beat)
		}
		t.beat = time.Time{}
		t.mu.Unlock()
		return t.ready.Load() // D2: before READY it would wait for a lock that Open holds
	}
	return true
}

// hasFields reports whether d is an object with at least one field.
func hasFields(d json.RawMessage) bool {
	d = bytes.TrimSpace(d)
	return len(d) > 2 && d[0] == '{' && len(bytes.TrimSpace(d[1:len(d)-1])) > 0
}

// sent looks at a small frame to Discord. mu is held. A heartbeat that is due while the last one is unanswered makes a zombie; one
// that Discord asked for (op 1) may follow the last one closely and proves nothing.
func (t *tap) sent(opcode byte, payload []byte) bool {
	if opcode == opClose && !t.leaving.Load() {
		t.doom = &ending{err: errLateClose}
		return false
	}
	var m envelope
	if opcode != opText || json.Unmarshal(payload, &m) != nil {
		return true
	}
	if t.instead != nil && (m.Op == opIdentify || m.Op == opResume) {
		t.replaced = true
		return false
	}
	if m.Op != 1 {
		return true
	}
	now := time.Now()
	if !t.beat.IsZero() && now.Sub(t.beat) > time.Duration(t.interval.Load())/2 {
		t.doom = &ending{zombie: true}
		return false
	}
	if t.beat.IsZero() {
		t.beat = now
	}
	return true
}
