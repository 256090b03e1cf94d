package gateway

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"sync/atomic"

	"github.com/bwmarrin/discordgo"
	"github.com/gorilla/websocket"
)

// newSession is a discordgo session with all that it does of its own accord switched off (docs/decisions/0002).
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
	session.AddHandler(func(_ *discordgo.Session, e *discordgo.Event) {
		err := s.crashes.Guard(func() error { s.received(e.Sequence, e.Type, e.RawData); return nil })
		if err != nil {
			s.log.Error("receive an event", "type", e.Type, "error", err)
		}
	})
	session.AddHandler(func(*discordgo.Session, *discordgo.Disconnect) { s.signal(&s.disconnect) })
	return session
}

// dial is how discordgo connects.
func (s *shard) dial(address string, secure bool) (net.Conn, error) {
	wanted, err := gatewayURL(*s.wanted.Load())
	if err != nil {
		return nil, err
	}
	if address != hostPort(wanted) || secure != (wanted.Scheme == "wss") {
		s.refused.Store(true)
		return nil, errNotWanted
	}
	t, err := dialTap(s.life, address, secure, s.pace.ready)
	if err != nil {
		return nil, err
	}
	s.current.Store(t)
	return t, nil
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
