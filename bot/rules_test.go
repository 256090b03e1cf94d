package bot

import (
	"context"
	"maps"
	"testing"

	"archivist"
)

// countedShelf counts how often settings are read.
type countedShelf struct {
	*shelf
	reads int
}

func (s *countedShelf) Settings(ctx context.Context, library archivist.LibraryID) (map[string]string, error) {
	s.reads++
	settings, err := s.shelf.Settings(ctx, library)
	return maps.Clone(settings), err // as from a store: what changes there does not change here
}

// TestSettingsOnceARequest: a request reads the settings once, and again after it has changed some; the next request sees what others have changed.
func TestSettingsOnceARequest(t *testing.T) {
	s, _, r := fixture()
	s.answer = ferryAnswer(s, archivist.GradeAnswer)
	store := &countedShelf{shelf: s}
	b := New(Options{Asker: s, Adder: s, Remover: s, Store: store})
	r.Moderator = false
	r.Command, r.Options = "ask", map[string]string{"question": "When does it run?"}
	b.Do(t.Context(), r) // which makes the library's salt
	for what, do := range map[string]func() Card{
		"a question": func() Card { return b.Do(t.Context(), r) },
		"a mention": func() Card {
			ctx, heard := Together(t.Context()), r
			heard.Target, heard.Locale = "When does it run?", b.Locale(ctx, r.Library, "en")
			c, _ := b.Hear(ctx, heard, true)
			return c
		},
	} {
		store.reads = 0
		c := do()
		if c.Kind != KindAnswer || store.reads != 1 {
			t.Errorf("%s read settings %d times for %s", what, store.reads, RenderText(c))
		}
		store.reads = 0
		if c := b.Press(t.Context(), r, customID(actionForth, c.ID)); c.Kind != KindAnswer || store.reads != 1 {
			t.Errorf("a button read settings %d times for %s", store.reads, RenderText(c))
		}
	}
	s.settings[settingBlocked+r.Person] = "on"
	if c := b.Do(t.Context(), r); c.Kind == KindAnswer {
		t.Errorf("whom others keep out since is answered: %s", RenderText(c))
	}
	delete(s.settings, settingBlocked+r.Person)
	r.Moderator, r.Command, r.Options = true, "admin language", map[string]string{"language": "de"}
	wants(t, b.Do(t.Context(), r), languageName(r.Locale, "de"))
}

// TestSaltOfTwo: the salt that another request has made is taken, though this one read the settings when there was none.
func TestSaltOfTwo(t *testing.T) {
	s, b, r := fixture()
	ctx := Together(t.Context())
	if settings, err := b.rules.Settings(ctx, r.Library); err != nil || settings[saltSetting] != "" {
		t.Fatal(settings, err)
	}
	s.settings = map[string]string{saltSetting: "another's"} // as read before stays as it was
	if hash, err := b.hash(ctx, r); err != nil || hash != hashed("another's", r.Person) {
		t.Errorf("hashed with a salt of its own: %s, %v", hash, err)
	}
}
