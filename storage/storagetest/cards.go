package storagetest

import (
	"context"
	"errors"
	"testing"

	"archivist"
)

type cards interface {
	SaveCard(ctx context.Context, c archivist.CardState) error
	Card(ctx context.Context, library archivist.LibraryID, id string) (archivist.CardState, error)
	ChangeCards(ctx context.Context, changes archivist.CardChanges) error
}

// cardsGo: a card goes with its message, its channel or its thread; those of other messages and libraries stay.
func cardsGo(t *testing.T, s Store) {
	ctx := t.Context()
	const village archivist.LibraryID = "village"
	place := func(library archivist.LibraryID, card, channel, message string) archivist.CardPlace {
		err := s.SaveCard(ctx, archivist.CardState{ID: card, Library: library, Person: "7", Channel: "9", Kind: "answer", State: `{}`, Created: noon})
		if err != nil {
			t.Fatal(err)
		}
		return archivist.CardPlace{Library: library, Card: card, Channel: channel, Message: message}
	}
	change := func(what string, c archivist.CardChanges, left ...string) {
		t.Helper()
		if err := s.ChangeCards(ctx, c); err != nil {
			t.Fatal(err)
		}
		known := map[string]bool{}
		for _, id := range left {
			known[id] = true
		}
		for _, id := range []string{"a", "b", "c", "d", "e"} {
			library := town
			if id == "e" {
				library = village
			}
			_, err := s.Card(ctx, library, id)
			if gone := errors.Is(err, archivist.ErrNotFound); err != nil && !gone || gone == known[id] {
				t.Errorf("%s: card %s: %v", what, id, err)
			}
		}
	}
	gone := func(library archivist.LibraryID, messages ...string) (list []archivist.CardPlace) {
		for _, message := range messages {
			list = append(list, archivist.CardPlace{Library: library, Message: message})
		}
		return list
	}
	shown := []archivist.CardPlace{place(town, "a", "9", "100"), place(town, "b", "9", "101"), place(town, "c", "20", "102"), place(village, "e", "9", "103")}
	place(town, "d", "", "") // nobody tells where it is shown
	change("shown", archivist.CardChanges{Shown: shown}, "a", "b", "c", "d", "e")
	change("no message", archivist.CardChanges{Messages: gone(town, "", "104")}, "a", "b", "c", "d", "e")
	change("a message of another library", archivist.CardChanges{Messages: gone(village, "100", "101")}, "a", "b", "c", "d", "e")
	change("a message", archivist.CardChanges{Messages: append(gone(village, "104"), gone(town, "104", "100")...)}, "b", "c", "d", "e")
	change("shown and deleted at once", archivist.CardChanges{Shown: []archivist.CardPlace{{Library: town, Card: "b", Channel: "9", Message: "105"}}, Messages: gone(town, "105")}, "c", "d", "e")
	change("a thread", archivist.CardChanges{Channels: []archivist.CardPlace{{Library: town, Channel: "20"}}}, "d", "e")
	change("a channel", archivist.CardChanges{Channels: []archivist.CardPlace{{Library: town, Channel: "9"}}}, "e")
	change("nothing", archivist.CardChanges{}, "e")
}
