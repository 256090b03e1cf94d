package postgres

import (
	"errors"
	"strings"
	"testing"

	"archivist"
	"archivist/storage/postgres/pgtest"
)

// TestReadOnly: what is opened to read alone is made by nobody, brought up to date by nobody, and cannot be written.
func TestReadOnly(t *testing.T) {
	address := pgtest.Database(t)
	refused := func(want string) {
		t.Helper()
		_, err := Open(t.Context(), address, Options{ReadOnly: true})
		var invalid *archivist.Invalid
		if !errors.As(err, &invalid) || !strings.Contains(invalid.Text, want) {
			t.Errorf("opened with %v, want %q", err, want)
		}
	}
	refused("holds nothing of Archivist yet")
	s := openTest(t, address, Options{})
	read := openTest(t, address, Options{ReadOnly: true})
	if err := read.SetSetting(t.Context(), "town", "k", "v", archivist.Act{}); err == nil {
		t.Error("it was written")
	}
	if settings, err := s.Settings(t.Context(), "town"); err != nil || len(settings) > 0 {
		t.Errorf("%v, %v", settings, err)
	}
	execute(t, address, `UPDATE schema_version SET version = 1`)
	refused("has schema 1")
}

// TestOwnerlessSubscription: a subscription to a feed that is not there is told.
func TestOwnerlessSubscription(t *testing.T) {
	address := pgtest.Database(t)
	s := openTest(t, address, Options{})
	sub := archivist.Subscription{Library: "town", Feed: archivist.Feed{URL: "https://herald.example/feed"}}
	if _, err := s.Subscribe(t.Context(), sub, 9); err != nil {
		t.Fatal(err)
	}
	for _, want := range []int{0, 1} {
		findings, err := s.Ownerless(t.Context())
		if err != nil || len(findings) != want || want > 0 && !strings.Contains(findings[0].Problem, "1 rows of table subscription") {
			t.Errorf("%+v, %v", findings, err)
		}
		execute(t, address, `DELETE FROM feed`)
	}
}
