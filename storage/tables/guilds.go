package tables

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// MeetGuilds takes Discord's list of the guilds of one shard: those on it are present, and those of the shard that are known and not on
// it were lost at a time, unless they were lost before. A guild's shard is its id without its lowest 22 bits, modulo shards.
func (s *Store) MeetGuilds(ctx context.Context, shard, shards int, present []string, at time.Time) error {
	ids := make([][1]string, 0, len(present))
	for _, id := range slices.Compact(slices.Sorted(slices.Values(present))) {
		if _, err := strconv.ParseInt(id, 10, 64); err != nil {
			return fmt.Errorf("guild %q: %w", id, err)
		}
		ids = append(ids, [1]string{id})
	}
	list, err := json.Marshal(ids)
	if err != nil {
		return err
	}
	return s.write(ctx, func(t *tx) error {
		// All of the shard are lost, until the list says that they are not.
		if err := t.do(`UPDATE guild SET lost = ? WHERE lost IS NULL AND (CAST(id AS BIGINT) >> 22) % ? = ?`, at.UnixMilli(), shards, shard); err != nil {
			return err
		}
		return t.do(`INSERT INTO guild (id, lost) SELECT r.value ->> 0, NULL FROM json_each(?) r WHERE true ON CONFLICT (id) DO UPDATE SET lost = NULL`, string(list))
	})
}

// SetGuild notes that the bot is in a guild, or with a time that it was removed from it then; of two removals the first counts.
func (s *Store) SetGuild(ctx context.Context, id string, lost time.Time) error {
	if _, err := strconv.ParseInt(id, 10, 64); err != nil { // what MeetGuilds reckons with
		return fmt.Errorf("guild %q: %w", id, err)
	}
	return s.write(ctx, func(t *tx) error {
		return t.do(`INSERT INTO guild (id, lost) VALUES (?, ?)
			ON CONFLICT (id) DO UPDATE SET lost = CASE WHEN excluded.lost IS NULL THEN NULL ELSE coalesce(guild.lost, excluded.lost) END`, id, millis(lost))
	})
}

// LostGuilds lists the guilds that were lost before a time, by id.
func (s *Store) LostGuilds(ctx context.Context, before time.Time) ([]string, error) {
	var ids []string
	err := s.rows(ctx, `SELECT id FROM guild WHERE lost < ? ORDER BY id`, []any{before.UnixMilli()}, func(scan Scan) error {
		var id string
		err := scan(&id)
		ids = append(ids, id)
		return err
	})
	return ids, err
}

// ForgetGuild removes what is known of a lost guild, once its library is gone. One that the bot is in stays.
func (s *Store) ForgetGuild(ctx context.Context, id string) error {
	return s.write(ctx, func(t *tx) error {
		err := t.do(`DELETE FROM guild WHERE id = ? AND lost IS NOT NULL`, id)
		return err
	})
}
