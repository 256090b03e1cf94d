package storagetest

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"

	"archivist"
)

type requests interface {
	SaveRequests(ctx context.Context, requests []archivist.Pending) error
	Requests(ctx context.Context) ([]archivist.Pending, error)
	Request(ctx context.Context, id string) (archivist.Pending, error)
	ForgetRequests(ctx context.Context, before time.Time) error
}

type guilds interface {
	MeetGuilds(ctx context.Context, shard, shards int, present []string, at time.Time) error
	SetGuild(ctx context.Context, id string, lost time.Time) error
	LostGuilds(ctx context.Context, before time.Time) ([]string, error)
	ForgetGuild(ctx context.Context, id string) error
}

func requestsCase(t *testing.T, s Store) {
	ctx, now := t.Context(), time.UnixMilli(1_700_000_000_000).UTC()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	first := archivist.Pending{ID: "20", Guild: "7", Event: []byte(`{"token":"secret"}`), Created: now}
	second := archivist.Pending{ID: "10", Event: []byte(`{}`), Created: now.Add(time.Second)}
	must(s.SaveRequests(ctx, []archivist.Pending{second, first}))
	kept := func() []archivist.Pending {
		t.Helper()
		list, err := s.Requests(ctx)
		must(err)
		return list
	}
	if got := kept(); !reflect.DeepEqual(got, []archivist.Pending{first, second}) {
		t.Errorf("requests %+v", got)
	}
	// Once answered, the token is gone and the reply is known.
	first.Event, first.Reply = nil, "99"
	must(s.SaveRequests(ctx, []archivist.Pending{first}))
	if got := kept(); !reflect.DeepEqual(got, []archivist.Pending{first, second}) {
		t.Errorf("requests after an answer: %+v", got)
	}
	if got, err := s.Request(ctx, "20"); err != nil || !reflect.DeepEqual(got, first) {
		t.Errorf("the answered request: %+v, %v", got, err)
	}
	must(s.ForgetRequests(ctx, now.Add(time.Second)))
	if _, err := s.Request(ctx, "20"); !errors.Is(err, archivist.ErrNotFound) {
		t.Errorf("a forgotten request: %v", err)
	}
	if got := kept(); len(got) != 1 {
		t.Errorf("what is not older went too: %+v", got)
	}
	must(s.SaveRequests(ctx, nil))
}

func guildsCase(t *testing.T, s Store) {
	ctx, now := t.Context(), time.UnixMilli(1_700_000_000_000).UTC()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	lost := func(before time.Time, want ...string) {
		t.Helper()
		if got, err := s.LostGuilds(ctx, before); err != nil || !slices.Equal(got, want) {
			t.Errorf("lost before %v: %v, %v; want %v", before, got, err, want)
		}
	}
	// 1<<22 and 3<<22 are of shard 1 of 2, 2<<22 of shard 0.
	one, two, three := "4194304", "8388608", "12582912"
	must(s.MeetGuilds(ctx, 1, 2, []string{one, three}, now))
	must(s.MeetGuilds(ctx, 0, 2, []string{two}, now))
	must(s.MeetGuilds(ctx, 1, 2, []string{three}, now.Add(time.Hour))) // one went while nobody looked
	lost(now.Add(time.Hour))
	lost(now.Add(2*time.Hour), one)
	must(s.MeetGuilds(ctx, 1, 2, []string{three}, now.Add(5*time.Hour)))
	must(s.SetGuild(ctx, one, now.Add(6*time.Hour)))
	lost(now.Add(2*time.Hour), one) // the first loss counts
	must(s.SetGuild(ctx, two, now))
	lost(now.Add(2*time.Hour), one, two)
	must(s.SetGuild(ctx, two, time.Time{})) // invited anew
	must(s.MeetGuilds(ctx, 1, 2, []string{one, three}, now))
	lost(now.Add(24 * time.Hour))
	must(s.ForgetGuild(ctx, two))
	must(s.SetGuild(ctx, two, now))
	lost(now.Add(time.Hour), two)
	must(s.ForgetGuild(ctx, two))
	lost(now.Add(time.Hour))
	must(s.ForgetGuild(ctx, two))
}
