package gateway

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"archivist/bot/fakediscord"
)

// TestOp7WhileIdentifying: told to leave between its identify and READY, the bot has no session yet and identifies again.
func TestOp7WhileIdentifying(t *testing.T) {
	for name, fault := range map[string]fakediscord.Fault{
		"op 7": fakediscord.Gateway(0).Op7(), "op 9": fakediscord.Gateway(0).Op9(false), "op 9 resumable": fakediscord.Gateway(0).Op9(true), "dropped": fakediscord.Gateway(0).Drop(),
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t, testOptions{before: func(s *stage) { s.discord.Fault(fault.At(fakediscord.AfterIdentify)) }}).ready()
			s.must(s.discord.Wait(s.ctx, "the second try", func() bool { return s.discord.Identifies()+s.discord.Resumes() >= 2 }))
			s.must(s.discord.WaitReady(s.ctx, 0))
			s.ask()
		})
	}
}

// TestIdentifiesArePaced: whatever ends the session, the fake sees no two identifies in less than their pace (its check 32).
func TestIdentifiesArePaced(t *testing.T) {
	every := 400 * time.Millisecond
	s := start(t, testOptions{discord: fakediscord.Options{IdentifyEvery: every}, pace: func(p *pace) { p.identifyEvery = every + 20*time.Millisecond }}).ready()
	for n := 2; n <= 3; n++ {
		s.discord.Fault(fakediscord.Gateway(0).Op9(false))
		s.must(s.discord.Wait(s.ctx, "an identify", func() bool { return s.discord.Identifies() == n }))
		s.must(s.discord.WaitReady(s.ctx, 0))
	}
	s.ask()
}

// TestStartsAreSpared: with fewer than fifty session starts left, or none, the bot begins no session before Discord's reset. It tells so in the log
// and to moderators, and asks Discord no more often than it has to.
func TestStartsAreSpared(t *testing.T) {
	const reset = 300 * time.Millisecond
	for _, left := range []int{40, 0} {
		t.Run(fmt.Sprint(left), func(t *testing.T) {
			clock, log := fakediscord.NewClock(time.Now()), &lines{}
			began := time.Now()
			s := start(t, testOptions{
				discord: fakediscord.Options{Starts: cmp.Or(left, -1), StartsReset: reset, Now: clock.Now}, log: log,
				pace: func(p *pace) { p.most = time.Millisecond },
			})
			asked := func() int { return len(s.discord.RequestsTo("GET gateway/bot")) }
			s.must(s.discord.Wait(s.ctx, "some waits", func() bool { return asked() >= 4 })) // one for the number of shards, one before each wait
			if n, most := asked(), 2+int(time.Since(began)/reset)+1; n > most {
				t.Errorf("asked %d times in %v, want at most %d", n, time.Since(began), most)
			}
			s.until("word of the wait", func() bool {
				h := s.gateway.Health().Shards[0]
				return !h.Ready && h.StartsTold && h.Starts == left && time.Until(h.Waits) > 0
			})
			if n := s.discord.Identifies(); n != 0 || !strings.Contains(log.String(), fmt.Sprintf(`msg="too many session starts today; waiting" left=%d`, left)) {
				t.Errorf("%d identifies; the log:\n%s", n, log)
			}
			clock.Advance(reset)
			s.ready() // a question could look late: Discord's clock stands still
			if h := s.gateway.Health().Shards[0]; !h.Waits.IsZero() || h.Starts != 1000 {
				t.Errorf("after the reset: %+v", h)
			}
		})
	}
}

// lines is a log.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// TestTunnel reaches an address through an HTTP proxy, with its user's name and without; a proxy that refuses says why.
func TestTunnel(t *testing.T) {
	for _, test := range []struct {
		name, user, answer, want, problem string
	}{
		{"open", "", "HTTP/1.1 200 Connection established\r\n\r\n", "", ""},
		{"with a user", "ann:secret", "HTTP/1.1 200 OK\r\n\r\n", "Basic YW5uOnNlY3JldA==", ""},
		{"refused", "", "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n", "", "407"},
		{"no HTTP", "", "hello\r\n\r\n", "", "malformed"},
	} {
		t.Run(test.name, func(t *testing.T) {
			ours, theirs := net.Pipe()
			got := make(chan error, 1)
			go func() {
				r, err := http.ReadRequest(bufio.NewReader(theirs))
				if err == nil && (r.Method != http.MethodConnect || r.Host != "gateway.example:443" || r.Header.Get("Proxy-Authorization") != test.want) {
					err = fmt.Errorf("the proxy was asked %s %s with %q", r.Method, r.Host, r.Header.Get("Proxy-Authorization"))
				}
				if err == nil {
					_, err = io.WriteString(theirs, test.answer)
				}
				got <- err
			}()
			proxy := &url.URL{Scheme: "http", Host: "proxy.example"}
			if name, password, ok := strings.Cut(test.user, ":"); ok {
				proxy.User = url.UserPassword(name, password)
			}
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			err := tunnel(ctx, ours, proxy, "gateway.example:443")
			if wrong := <-got; wrong != nil {
				t.Error(wrong)
			}
			if (err == nil) != (test.problem == "") || err != nil && !strings.Contains(err.Error(), test.problem) {
				t.Errorf("the tunnel: %v, want %q", err, test.problem)
			}
		})
	}
}
