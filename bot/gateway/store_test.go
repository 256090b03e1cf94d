package gateway

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"archivist"
	"archivist/bot/fakediscord"
	"archivist/storage/sqlite"
)

// TestFullDiskOnDiscord fills a real store to its bound: whoever asks is acknowledged and told an incident, which the log has once, and with room
// again the same bot answers.
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
	s.ask()                               // after which the library has its salt
	for _, words := range []int{500, 1} { // until not even a short one fits
		err = nil
		for i := 0; err == nil && i < 10_000; i++ {
			err = store.SaveQuestion(s.ctx, archivist.Asked{Library: "town", Channel: "1", Person: "hash", Text: strings.Repeat("ferry ", words), At: time.Now()})
		}
		if archivist.CodeOf(err) != archivist.DatabaseFull {
			t.Fatalf("the store does not fill: %v", err)
		}
	}
	ask := func() fakediscord.Message {
		m, err := s.ann.Slash(s.news, "ask", fakediscord.Opt("question", "When does the ferry run?")).Reply(s.ctx)
		s.must(err)
		return m
	}
	m := ask()
	for range 200 { // what other tables have room for in their pages is used up too
		if m.Ephemeral {
			break
		}
		m = ask()
	}
	for range 3 {
		m = ask()
		if s.wants(m, "My store is full", "Incident "); !m.Ephemeral {
			t.Error("told to all")
		}
	}
	s.wants(s.answered(s.news, ferryQuestion), "My store is full", "Incident ")
	if n := strings.Count(log.String(), "msg=incident"); n != 1 {
		t.Errorf("the log has %d incidents, want one", n)
	}
	if err := store.DeleteLibrary(s.ctx, "town"); err != nil {
		t.Fatal(err)
	}
	s.ask()
}
