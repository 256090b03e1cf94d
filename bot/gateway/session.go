package gateway

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"sync"
	"sync/atomic"

	"github.com/bwmarrin/discordgo"
	"github.com/gorilla/websocket"
)

// Opcodes that begin a session, or take it up.
const (
	opIdentify = 2
	opResume   = 6
)

// A sessionState is what it takes to take a session of Discord's up, in this process or in another. Without an id there is none.
type sessionState struct {
	id       string
	sequence int64 // of the last event
	url      string
}

// newSession is a discordgo session with all that it does of its own accord switched off (docs/decisions/0002). It serves one connection: to
// close one takes discordgo a second, in which the next would have to wait. It can resume only what it has identified itself, so that where a
// session of Discord's is taken up it has nothing to say, and the tap says what is right instead.
func (s *shard) newSession() *discordgo.Session {
	session, _ := discordgo.New("Bot " + s.client.token) // its error is always nil
	session.ShouldReconnectOnError = false
	session.ShouldReconnectVoiceOnSessionError = false
	session.ShouldRetryOnRateLimit = false
	session.StateEnabled = false
	session.Compress = false
	session.MaxRestRetries = 0
	session.SyncEvents = true
	session.Identify.Compress = false
	session.ShardID, session.ShardCount = s.id, s.count
	session.Identify.Intents = intents
	if s.content {
		session.Identify.Intents |= intentContent
	}
	session.Identify.Presence.Status = "online"
	session.Client = &http.Client{Transport: answerGateway{wanted: &s.wanted}}
	session.Dialer = &websocket.Dialer{
		HandshakeTimeout:  dialWithin,
		NetDialContext:    func(_ context.Context, _, address string) (net.Conn, error) { return s.dial(address, false) },
		NetDialTLSContext: func(_ context.Context, _, address string) (net.Conn, error) { return s.dial(address, true) },
	}
	if s.resuming() {
		// As short as can be, for the tap must see it whole (maxSmall): no token, no shard.
		session.Identify, session.Token, session.ShardCount = discordgo.Identify{}, "", 0
	}
	session.AddHandler(func(from *discordgo.Session, e *discordgo.Event) {
		err := s.crashes.Guard(func() error { s.receive(from, e); return nil })
		if err != nil {
			s.log.Error("receive an event", "type", e.Type, "error", err)
		}
	})
	gone := make(chan struct{})
	letGo := sync.OnceFunc(func() { close(gone) })
	session.AddHandler(func(*discordgo.Session, *discordgo.Disconnect) { letGo() })
	s.gone = gone
	return session
}

// take makes a session the one whose events are taken in; nil: none is. When it returns, no event of another is being taken in.
func (s *shard) take(session *discordgo.Session) {
	s.taking.Lock()
	defer s.taking.Unlock()
	s.session = session
}

func (s *shard) receive(from *discordgo.Session, e *discordgo.Event) {
	s.taking.Lock()
	defer s.taking.Unlock()
	if from == s.session {
		s.received(e.Sequence, e.Type, e.RawData)
	}
}

// dial is how discordgo connects.
func (s *shard) dial(address string, secure bool) (net.Conn, error) {
	wanted, err := gatewayURL(*s.wanted.Load())
	if err != nil {
		return nil, err
	}
	if address != hostPort(wanted) || secure != (wanted.Scheme == "wss") {
		return nil, errNotWanted
	}
	t, err := dialTap(s.life, address, secure, s.pace.ready)
	if err != nil {
		return nil, err
	}
	if s.resuming() {
		t.instead = s.resumption()
	}
	s.current.Store(t)
	return t, nil
}

// adopt has the shard take up the session of another process. It is called before run.
func (s *shard) adopt(old sessionState) {
	if old.id != "" && old.url != "" {
		s.state, s.sessions = old, 1
	}
}

// resumption is the frame that resumes the session.
func (s *shard) resumption() []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	type resume struct {
		Token    string `json:"token"`
		Session  string `json:"session_id"`
		Sequence int64  `json:"seq"`
	}
	payload, err := json.Marshal(struct {
		Op   int    `json:"op"`
		Data resume `json:"d"`
	}{opResume, resume{"Bot " + s.client.token, s.state.id, s.state.sequence}})
	if err != nil {
		panic("gateway: " + err.Error()) // strings and numbers always marshal
	}
	return masked(payload)
}

// stands is the session as it stands.
func (s *shard) stands() sessionState {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state
}

// answerGateway is the whole REST that discordgo may speak: it asks for the gateway's address before it dials, and is told the one
// that is wanted next. All other calls are ours, by client, as discordgo's rate limiter and retries are not fit (D10 to D13).
type answerGateway struct{ wanted *atomic.Pointer[string] }

func (a answerGateway) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method != http.MethodGet || r.URL.String() != discordgo.EndpointGateway {
		return nil, fmt.Errorf("discordgo must not call %s %s", r.Method, r.URL.Path)
	}
	body, err := json.Marshal(map[string]string{"url": *a.wanted.Load()})
	if err != nil {
		return nil, err
	}
	return jsonResponse(r, body), nil
}
