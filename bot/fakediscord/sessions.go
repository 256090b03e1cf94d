package fakediscord

import (
	"context"
	"fmt"
	"strconv"
)

// maxReplay is how many events a session keeps for a resume; older ones are lost, and a resume from before them fails.
const maxReplay = 10_000

// session is what Discord remembers of a bot between its connections. All of it is guarded by Discord.mu.
type session struct {
	id            string
	shard, shards int
	intents       int64
	seq, lost     int64 // last event, last event that is no longer in buffer
	buffer        [][]byte
	conn          *conn // nil while the bot is away
	dead          bool
	held          []byte // an event kept back by Reorder
}

// shard is (id >> 22) mod n, Discord's rule.
func (g *Guild) shard(n int) int {
	id, _ := strconv.ParseUint(g.id, 10, 64) // our own ids are numbers
	return int((id >> 22) % uint64(n))
}

// dispatch gives an event to the session that it belongs to: of the guild's shard, or shard 0 without a guild. intents are the bits
// of which one is needed; 0 = none. It reports whether the bot is connected and hears of it. The lock is held.
func (d *Discord) dispatch(g *Guild, intents int64, kind string, data object) (heard bool) {
	for _, s := range d.sessions {
		if s.dead || (g != nil && g.shard(s.shards) != s.shard) || (g == nil && s.shard != 0) || (intents != 0 && s.intents&intents == 0) {
			continue
		}
		d.dispatchTo(s, kind, data)
		heard = heard || s.conn != nil && !s.conn.closing && !s.conn.hung
	}
	d.touch()
	return heard
}

// dispatchTo numbers an event, keeps it for a resume, and sends it when the bot is there. The lock is held.
func (d *Discord) dispatchTo(s *session, kind string, data object) {
	frames := [][]byte{nil}
	f := d.takeEvent(s.shard, kind)
	s.seq++
	frames[0] = encode(object{"op": 0, "s": s.seq, "t": kind, "d": data})
	switch {
	case f == nil:
	case f.kind == faultDuplicate:
		frames = append(frames, frames[0])
	case f.kind == faultTruncate:
		frames[0] = encode(object{"op": 0, "s": s.seq, "t": kind, "d": object{}})
	case f.kind == faultReorder && s.held == nil:
		s.keep(frames[0])
		s.held = frames[0]
		d.note(Event{Kind: Sent, Shard: s.shard, Seq: s.seq, Type: kind, Data: encode(data), Fault: f.String()})
		return
	}
	event := Event{Kind: Sent, Shard: s.shard, Seq: s.seq, Type: kind, Data: encode(data)}
	if f != nil {
		event.Fault = f.String()
	}
	d.note(event)
	s.keep(frames[0])
	if s.held != nil {
		frames = append(frames, s.held)
		s.held = nil
	}
	if s.conn != nil {
		for _, data := range frames {
			s.conn.push(frame{data: data})
		}
	}
}

// keep stores an event for a resume.
func (s *session) keep(data []byte) {
	if s.buffer = append(s.buffer, data); len(s.buffer) > maxReplay {
		s.buffer = s.buffer[1:]
		s.lost++
	}
}

// live is the newest session of a shard that has a connection; nil if there is none. The lock is held.
func (d *Discord) live(shard int) *session {
	for i := len(d.sessions) - 1; i >= 0; i-- {
		if s := d.sessions[i]; s.shard == shard && s.conn != nil && !s.conn.closing && !s.dead {
			return s
		}
	}
	return nil
}

// WaitReady waits until the bot has identified or resumed on a shard and is connected.
func (d *Discord) WaitReady(ctx context.Context, shard int) error {
	return d.wait(ctx, fmt.Sprintf("shard %d to be ready", shard), func() bool { return d.live(shard) != nil })
}

// Connections counts the bot's open gateway connections.
func (d *Discord) Connections() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.conns)
}
