package tables

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"archivist"
)

// SaveCard keeps what a card's buttons need; an older state of the same card is replaced.
func (s *Store) SaveCard(ctx context.Context, c archivist.CardState) error {
	row := cardRow(c)
	return s.writeTogether(ctx, func(t *tx) error {
		if err := t.ensureLibrary(c.Library); err != nil {
			return err
		}
		return t.do(insertCard, row...)
	})
}

// insertCard keeps the row of a card in a library that is there. A state is packed, or, where it is too short for that, text.
const insertCard = `INSERT INTO card (library, id, person, channel, kind, question, state, packed, created) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
	ON CONFLICT (library, id) DO UPDATE SET state = excluded.state, packed = excluded.packed`

func cardRow(c archivist.CardState) []any {
	text, packed := packState(c.State)
	var bytes any // NULL
	if len(packed) > 0 {
		bytes = packed
	}
	return []any{c.Library, c.ID, c.Person, c.Channel, c.Kind, c.Question, text, bytes, c.Created.UnixMilli()}
}

// Card reads a card's state, or archivist.ErrNotFound.
func (s *Store) Card(ctx context.Context, library archivist.LibraryID, id string) (archivist.CardState, error) {
	c := archivist.CardState{Library: library, ID: id}
	var created sql.NullInt64
	var text string
	var packed []byte
	found, err := s.row(ctx, `SELECT person, channel, kind, question, state, packed, created FROM card WHERE library = ? AND id = ?`, []any{library, id},
		&c.Person, &c.Channel, &c.Kind, &c.Question, &text, &packed, &created)
	if err == nil && !found {
		err = archivist.ErrNotFound
	}
	if err == nil {
		if c.State, err = unpackState(text, packed); err != nil {
			err = fmt.Errorf("the state of card %s: %w", id, err)
		}
	}
	c.Created = fromMillis(created)
	return c, err
}

// ChangeCards notes in which messages cards are shown, and takes away the cards of messages, channels and threads that are no more.
func (s *Store) ChangeCards(ctx context.Context, changes archivist.CardChanges) error {
	messages := map[archivist.LibraryID][][1]string{} // deleted, each as a list of one
	for _, p := range changes.Messages {
		messages[p.Library] = append(messages[p.Library], [1]string{cleanText(p.Message)})
	}
	return s.write(ctx, func(t *tx) error {
		for _, p := range changes.Shown {
			if err := t.do(`UPDATE card SET message = ?, place = ? WHERE library = ? AND id = ?`, p.Message, p.Channel, p.Library, p.Card); err != nil {
				return err
			}
		}
		for _, library := range slices.Sorted(maps.Keys(messages)) {
			packed, err := json.Marshal(messages[library])
			if err != nil {
				return err
			}
			if err := t.do(`DELETE FROM card INDEXED BY card_message WHERE library = ? AND message IN (SELECT r.value ->> 0 FROM json_each(?) r) AND message != ''`,
				library, string(packed)); err != nil {
				return err
			}
		}
		for _, p := range changes.Channels {
			if err := t.do(`DELETE FROM card WHERE library = ?1 AND (channel = ?2 OR place = ?2)`, p.Library, p.Channel); err != nil {
				return err
			}
		}
		return nil
	})
}
