package gateway

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"archivist"
	"archivist/bot/fakediscord"
	"archivist/storage/sqlite"
)

// hung is a store that does not tell settings before it is free.
type hung struct {
	*town
	free chan struct{}
}

func (h *hung) Settings(ctx context.Context, library archivist.LibraryID) (map[string]string, error) {
	select {
	case <-h.free:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return h.town.Settings(ctx, library)
}

// TestHelpWaitsForNoStore: what is answered at once is, while the store hangs; all else is acknowledged, and answered after.
func TestHelpWaitsForNoStore(t *testing.T) {
	h := &hung{free: make(chan struct{})}
	s := start(t, testOptions{store: h, before: func(s *stage) { h.town = s.town }}).ready()
	x := s.ann.Slash(s.news, "ask", fakediscord.Opt("question", "When does the ferry run?"))
	m, err := s.ann.Slash(s.news, "help").Reply(s.ctx)
	s.must(err)
	s.wants(m, "/ask")
	close(h.free)
	m, err = x.Reply(s.ctx)
	s.must(err)
	s.wants(m, "Ferry line 4 will run")
}

// TestFullDiskOnDiscord fills a real store to its bound: questions are answered without buttons, whoever presses one of before is told an incident,
// which the log has once, and with room again the same bot answers as ever.
func TestFullDiskOnDiscord(t *testing.T) {
	file := filepath.Join(t.TempDir(), "full.db")
	store, err := sqlite.Open(t.Context(), file, sqlite.Options{MaxPages: 150})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { // after the bot has left
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	log := &lines{}
	s := start(t, testOptions{log: log, store: store}).ready()
	first := s.ask() // after which the library has its salt
	fill := func(write func(n int) error) {
		t.Helper()
		for n := range 10_000 {
			if err = write(n); err != nil {
				break
			}
		}
		if archivist.CodeOf(err) != archivist.DatabaseFull {
			t.Fatalf("the store does not fill: %v", err)
		}
	}
	for _, words := range []int{500, 1} { // until not even a short one fits
		fill(func(int) error {
			return store.SaveQuestion(s.ctx, archivist.Asked{Library: "town", Channel: "1", Person: "hash", Text: strings.Repeat("ferry ", words), At: time.Now()})
		})
	}
	fill(func(n int) error { // what votes have room for in their pages is used up too
		return store.SaveFeedback(s.ctx, archivist.Feedback{Library: "town", Card: "a card", Person: fmt.Sprint(n), Vote: 1, At: time.Now()})
	})
	const button = "[More context]"
	m := s.ask()
	for i := 0; i < 200 && strings.Contains(m.Text(), button); i++ { // and what cards have
		m = s.ask()
	}
	if m = s.answered(s.news, ferryQuestion); strings.Contains(m.Text(), button) || m.Ephemeral {
		t.Errorf("on a full disk: %s", m.Text())
	}
	s.wants(m, "**Ferry line 4 will run again from 2 March, twice a day.**")
	for range 3 {
		told, err := s.ann.Press(first, "👍").Reply(s.ctx)
		s.must(err)
		if s.wants(told, "My store is full", "Incident "); !told.Ephemeral {
			t.Error("told to all")
		}
	}
	if n := strings.Count(log.String(), "msg=incident"); n != 1 {
		t.Errorf("the log has %d incidents, want one", n)
	}
	if err := store.DeleteLibrary(s.ctx, "town"); err != nil {
		t.Fatal(err)
	}
	s.wants(s.ask(), button)
}
