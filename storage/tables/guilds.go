package tables

import (
	"context"
	"strconv"
	"time"
)

// MeetGuilds takes Discord's list of the guilds of one shard: those on it are present, and those of the shard that are known and not on
// it were lost at a time, unless they were lost before. A guild's shard is its id without its lowest 22 bits, modulo shards.
func (s *Store) MeetGuilds(ctx context.Context, shard, shards int, present []string, at time.Time) error {
	return s.write(ctx, func(t *tx) error {
		here := map[string]bool{}
		for _, id := range present {
			here[id] = true
			if err := t.setGuild(id, nil); err != nil {
				return err
			}
		}
		var missing []string
		if err := t.rows(`SELECT id FROM guild WHERE lost IS NULL ORDER BY id`, nil, func(scan Scan) error {
			var id string
			err := scan(&id)
			if n, wrong := strconv.ParseUint(id, 10, 64); wrong == nil && int((n>>22)%uint64(shards)) == shard && !here[id] {
				missing = append(missing, id)
			}
			return err
		}); err != nil {
			return err
		}
		for _, id := range missing {
			if err := t.setGuild(id, at.UnixMilli()); err != nil {
				return err
			}
		}
		return nil
	})
}

// SetGuild notes that the bot is in a guild, or with a time that it was removed from it then; of two removals the first counts.
func (s *Store) SetGuild(ctx context.Context, id string, lost time.Time) error {
	return s.write(ctx, func(t *tx) error { return t.setGuild(id, millis(lost)) })
}

func (t *tx) setGuild(id string, lost any) error {
	err := t.do(`INSERT INTO guild (id, lost) VALUES (?, ?)
		ON CONFLICT (id) DO UPDATE SET lost = CASE WHEN excluded.lost IS NULL THEN NULL ELSE coalesce(guild.lost, excluded.lost) END`, id, lost)
	return err
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
