package sqlite

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"archivist"
	"archivist/storage/tables"
)

// An undone engine runs each transaction, takes it back, lets something else happen, and runs it once more: what an engine with several writers
// does where two transactions meet.
type undone struct {
	engine
	between func()
}

var errUndone = errors.New("undone")

func (u undone) Write(ctx context.Context, do func(tables.Tx) error) error {
	if err := u.engine.Write(ctx, func(t tables.Tx) error { return errors.Join(do(t), errUndone) }); !errors.Is(err, errUndone) {
		return err
	}
	u.between()
	return u.engine.Write(ctx, do)
}

// TestNothingIsLeftOfARunBefore: what a transaction that runs again tells and does is of its last run alone, whatever has changed since the first.
func TestNothingIsLeftOfARunBefore(t *testing.T) {
	now := time.UnixMilli(1_700_000_000_000)
	ctx := t.Context()
	begin := func() (*Store, func(between func() error) *tables.Store) {
		s := openTest(t, filepath.Join(t.TempDir(), "test.db"), Options{})
		return s, func(between func() error) *tables.Store {
			return tables.New(undone{engine{s}, func() {
				if err := between(); err != nil {
					t.Error(err)
				}
			}}, time.Now)
		}
	}
	job := func(key, person string, channels ...string) archivist.Job {
		return archivist.Job{Library: "town", Kind: archivist.JobPage, URL: "https://" + key, Key: key, Person: person, Channels: channels, Due: now, Created: now}
	}
	t.Run("enqueue", func(t *testing.T) {
		s, again := begin()
		theirs, err := s.Enqueue(ctx, job("a.example/", "they"))
		if err != nil {
			t.Fatal(err)
		}
		mine, err := again(func() error {
			_, err := s.CancelJob(ctx, "town", theirs.ID, archivist.Act{})
			return err
		}).Enqueue(ctx, job("a.example/", "me", "9"))
		if err != nil || mine.ID == theirs.ID || mine.Person != "me" || len(mine.Channels) != 1 {
			t.Errorf("%+v, %v", mine, err)
		}
	})
	t.Run("enqueue what all see", func(t *testing.T) {
		s, _ := begin()
		_, err := s.Enqueue(ctx, job("a.example/", "they"))
		if got, err2 := s.Enqueue(ctx, job("a.example/", "me", "9")); errors.Join(err, err2) != nil || got.Channels != nil {
			t.Errorf("%+v, %v", got, errors.Join(err, err2))
		}
	})
	t.Run("claim", func(t *testing.T) {
		s, again := begin()
		first, err := s.Enqueue(ctx, job("a.example/", "me", "9"))
		second, err2 := s.Enqueue(ctx, job("b.example/", "me"))
		if err := errors.Join(err, err2); err != nil {
			t.Fatal(err)
		}
		got, found, err := again(func() error {
			_, err := s.CancelJob(ctx, "town", first.ID, archivist.Act{})
			return err
		}).Claim(ctx, "us", now, now.Add(time.Minute))
		if err != nil || !found || got.ID != second.ID || got.Channels != nil {
			t.Errorf("%+v, %v, %v", got, found, err)
		}
	})
	t.Run("setting", func(t *testing.T) {
		s, again := begin()
		if err := s.SetSetting(ctx, "town", "k", "old", archivist.Act{}); err != nil {
			t.Fatal(err)
		}
		err := again(func() error { return s.SetSetting(ctx, "town", "k", "", archivist.Act{}) }).SetSetting(ctx, "town", "k", "new", archivist.Act{Verb: "set"})
		if log, err2 := s.Audit(ctx, "town", 0, 9); errors.Join(err, err2) != nil || len(log) != 1 || log[0].Before != "" || log[0].After != "new" {
			t.Errorf("%+v, %v", log, errors.Join(err, err2))
		}
	})
	t.Run("subscribe", func(t *testing.T) {
		s, again := begin()
		sub := archivist.Subscription{Library: "town", Feed: archivist.Feed{URL: "https://a.example/feed"}, Added: now}
		created, err := again(func() error {
			_, err := s.Subscribe(ctx, sub, 9)
			return err
		}).Subscribe(ctx, sub, 9)
		if err != nil || created {
			t.Errorf("created: %v, %v", created, err)
		}
	})
}
