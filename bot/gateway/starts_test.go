package gateway

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
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

// TestStartsAreSpared: with fewer than fifty session starts left the bot waits until there are more.
func TestStartsAreSpared(t *testing.T) {
	const reset = 500 * time.Millisecond
	s := start(t, testOptions{discord: fakediscord.Options{Starts: 40, StartsReset: reset}})
	s.must(s.discord.WaitReady(s.ctx, 0))
	asked := s.discord.RequestsTo("GET gateway/bot")
	for _, e := range s.discord.Events() {
		if e.Kind == fakediscord.Received && e.Op == 2 {
			if waited := e.At.Sub(asked[len(asked)-1].At); waited < reset {
				t.Errorf("identified after %v, with 40 starts left for %v", waited, reset)
			}
		}
	}
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
