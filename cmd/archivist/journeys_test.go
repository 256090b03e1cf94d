package main

import (
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"archivist"
	"archivist/bot"
	"archivist/storage/postgres/pgtest"
)

// journeys counts how often a client waits for its server: what it says at once, to have an answer, is one.
type journeys struct {
	mu sync.Mutex
	n  int
}

func (j *journeys) count(by int) (n int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.n += by
	return j.n
}

// carry carries a connection's bytes, and counts.
func (j *journeys) carry(near, far net.Conn) (there, back func()) {
	var mu sync.Mutex
	asked := false // since the server last said something
	pass := func(to io.Writer, from io.Reader, asks bool) func() {
		return func() {
			b := make([]byte, 64<<10)
			for {
				n, err := from.Read(b)
				if err != nil {
					return
				}
				mu.Lock()
				if asks && !asked {
					j.count(1)
				}
				asked = asks
				mu.Unlock()
				if _, err := to.Write(b[:n]); err != nil {
					return
				}
			}
		}
	}
	return pass(far, near, true), pass(near, far, false)
}

// TestJourneysOfAnAnswer: an answer takes three journeys to the database: what holds in the library, the texts with their version, and what is kept of
// it. A change of the settings by another process is seen by the next question, and costs none more.
func TestJourneysOfAnAnswer(t *testing.T) {
	const most = 3
	database := pgtest.Start(t).Database(t)
	var counted journeys
	address := throughDoor(t, database, counted.carry)
	at := func(address string) *house {
		h, err := (&program{streams: streams{strings.NewReader(""), io.Discard, io.Discard}, database: address, getenv: noEnvironment}).open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := h.close(); err != nil {
				t.Error(err)
			}
		})
		return h
	}
	here, other := at(address+"&pool_max_conns=1"), at(database)
	const guild = archivist.LibraryID("guild:1")
	if err := here.storeSamples(t.Context(), guild, heraldSamples, heraldAddress, "samples"); err != nil {
		t.Fatal(err)
	}
	queue, err := here.queue()
	if err != nil {
		t.Fatal(err)
	}
	b := here.bot(queue)
	const question = "When will ferry line 4 run again?"
	asked := 0
	ask := func(command string) bot.Card {
		asked++
		r := bot.Request{Library: guild, Person: "7", Channel: "9", Locale: "en", Asked: time.Now().Add(time.Duration(asked) * time.Hour)}
		if command == "" {
			r.Target = question
			ctx := bot.Together(t.Context())
			r.Locale = b.Locale(ctx, guild, "en")
			c, _ := b.Hear(ctx, r, true)
			return c
		}
		r.Command, r.Options = command, map[string]string{"question": question}
		return b.Do(t.Context(), r)
	}
	for _, command := range []string{"ask", ""} {
		for range 2 { // until the library is in memory, its salt is made and the statements are prepared
			ask(command)
		}
		before := counted.count(0)
		c := ask(command)
		if text := bot.RenderText(c); c.Kind != bot.KindAnswer || !strings.Contains(text, "2 March") || len(c.Buttons) == 0 {
			t.Fatalf("%q is answered by\n%s", command, text)
		}
		if n := counted.count(0) - before; n > most {
			t.Errorf("%q takes %d journeys, %d wanted", command, n, most)
		}
	}
	if err := other.store.SetSetting(t.Context(), guild, "user.blocked.7", "on", archivist.Act{}); err != nil {
		t.Fatal(err)
	}
	if c := ask("ask"); c.Kind == bot.KindAnswer {
		t.Errorf("whom another process keeps out is answered:\n%s", bot.RenderText(c))
	}
}
