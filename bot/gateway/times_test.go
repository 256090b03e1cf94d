package gateway

import (
	"io"
	"log/slog"
	"net"
	"testing"
	"testing/synctest"
	"time"
)

// The times of the design's sections 2.2 and 2.3, with the usual pace and a made-up clock.

const interval = 41250 * time.Millisecond // of heartbeats

var hello = append([]byte(upgrade), frame(opText, []byte(`{"op":10,"d":{"heartbeat_interval":41250}}`), false)...)

// TestSilenceIsBounded: without a hello a connection is left after 30 s, with half-open TCP after two intervals of heartbeats, with a peer that
// reads nothing after 10 s.
func TestSilenceIsBounded(t *testing.T) {
	for _, test := range []struct {
		name   string
		peer   func(*tap, net.Conn) // ends when it falls silent
		zombie bool
		want   time.Duration // after that
	}{
		{"no hello", func(*tap, net.Conn) {}, false, 30 * time.Second},
		{"no READY", func(_ *tap, c net.Conn) { send(c, hello) }, false, 30 * time.Second},
		{"half-open", func(tap *tap, c net.Conn) {
			send(c, hello)
			time.Sleep(20 * time.Second)
			tap.ready.Store(true) // which the shard does at READY
			send(c, frame(opText, []byte(`{"op":0,"t":"READY","s":1,"d":{"v":10}}`), false))
			time.Sleep(2*interval - time.Second) // not yet silent for too long
			send(c, frame(opText, []byte(`{"op":11}`), false))
		}, true, 2 * interval},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ours, theirs := net.Pipe()
				defer theirs.Close()
				tap := newTap(ours, ours, usualPace.ready)
				silent := make(chan time.Time, 1)
				go func() {
					test.peer(tap, theirs)
					silent <- time.Now()
				}()
				if _, err := io.Copy(io.Discard, tap); err != nil {
					t.Error(err)
				}
				if took := time.Since(<-silent); took != test.want || tap.ended().zombie != test.zombie {
					t.Errorf("left %v after the last word, want %v: %+v", took, test.want, tap.ended())
				}
			})
		})
	}
}

func send(c net.Conn, what []byte) { _, _ = c.Write(what) } // an abandoned tap hangs up

// TestWriteDeadline: a peer that takes nothing is left after 10 s, and discordgo does not notice.
func TestWriteDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ours, theirs := net.Pipe()
		defer theirs.Close()
		tap, began := newTap(ours, ours, usualPace.ready), time.Now()
		n, err := tap.Write([]byte("GET / HTTP/1.1\r\n\r\n"))
		if took := time.Since(began); took != 10*time.Second || n != 18 || err != nil || tap.ended().err == nil {
			t.Errorf("left after %v; %d bytes, %v; %+v", took, n, err, tap.ended())
		}
	})
}

// TestNoAnswerToHeartbeats: events go on, and no heartbeat is answered: the connection is left when the next one is due.
func TestNoAnswerToHeartbeats(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ours, theirs := net.Pipe()
		tap := newTap(ours, ours, usualPace.ready)
		tap.ready.Store(true)
		go func() { _, _ = io.Copy(io.Discard, theirs) }()
		go func() { _, _ = io.Copy(io.Discard, tap) }()
		send(theirs, hello)
		beat := func(wait time.Duration) {
			time.Sleep(wait)
			send(tap, frame(opText, []byte(`{"op":1,"d":7}`), true))
			synctest.Wait()
		}
		send(tap, []byte("GET / HTTP/1.1\r\n\r\n"))
		beat(0)
		send(theirs, frame(opText, []byte(`{"op":11}`), false))
		beat(interval) // the first that nobody answers
		since := time.Now()
		beat(time.Second) // which Discord asked for, and proves nothing
		for range 4 {
			send(theirs, frame(opText, []byte(`{"op":0,"t":"TYPING_START","s":2,"d":{"a":1}}`), false))
			time.Sleep(10 * time.Second)
		}
		select {
		case <-tap.done:
			t.Fatalf("left after %v: %+v", time.Since(since), tap.ended())
		default:
		}
		beat(interval - time.Since(since))
		select {
		case <-tap.done:
		default:
			t.Fatal("not left when the next heartbeat was due")
		}
		if took := time.Since(since); !tap.ended().zombie || took > 2*interval {
			t.Errorf("left after %v: %+v", took, tap.ended())
		}
	})
}

// TestWaitsAfterEnds: how long after the end of a connection the next one begins.
func TestWaitsAfterEnds(t *testing.T) {
	for _, test := range []struct {
		name     string
		end      ending
		ready    time.Duration
		failures int // before
		least    time.Duration
		most     time.Duration
	}{
		{"op 7", ending{op: 7}, time.Minute, 0, 0, 0},
		{"the network", ending{}, time.Minute, 0, 0, 0},
		{"4000", ending{code: 4000}, time.Minute, 0, 0, 0},
		{"op 9", ending{op: 9}, time.Minute, 0, time.Second, 5 * time.Second},
		{"op 9, resumable", ending{op: 9, resumable: true}, time.Minute, 0, time.Second, 5 * time.Second},
		{"4008", ending{code: 4008}, time.Minute, 0, time.Minute, time.Minute},
		{"the network again", ending{}, time.Minute, 1, 0, time.Second},
		{"the network once more", ending{}, time.Minute, 3, 0, 4 * time.Second},
		{"the network for long", ending{}, time.Minute, 20, 0, time.Minute},
		{"the network after 5 minutes", ending{}, 5 * time.Minute, 20, 0, 0},
		{"op 7 again", ending{op: 7}, 5 * time.Second, 3, 0, 0},
		{"op 7 at once", ending{op: 7}, 4 * time.Second, 3, 0, 4 * time.Second},
		{"no connection", ending{}, 0, 2, 0, 2 * time.Second},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				least, most := time.Hour, time.Duration(0)
				for range 300 {
					s := &shard{pace: usualPace, log: slog.New(slog.DiscardHandler), failures: test.failures}
					began := time.Now()
					if err := s.follow(t.Context(), test.end, true, test.ready); err != nil {
						t.Fatal(err)
					}
					least, most = min(least, time.Since(began)), max(most, time.Since(began))
				}
				width := test.most - test.least
				if least < test.least || most > test.most || least > test.least+width/4 || most < test.most-width/4 {
					t.Errorf("waits of %v to %v, want %v to %v", least, most, test.least, test.most)
				}
			})
		})
	}
}

// TestThirdFailedResume ends the session; one that is ready in between begins the count anew.
func TestThirdFailedResume(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shard{pace: usualPace, log: slog.New(slog.DiscardHandler), state: sessionState{url: "wss://gateway.example"}}
		for i, ready := range []time.Duration{0, 0, time.Minute, 0, 0, 0} {
			if !s.resuming() {
				t.Fatalf("the session was given up before connection %d", i)
			}
			if err := s.follow(t.Context(), ending{}, true, ready); err != nil {
				t.Fatal(err)
			}
		}
		if s.resuming() {
			t.Error("three resumes failed, and the session is kept")
		}
	})
}
