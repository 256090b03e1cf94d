package tables

import (
	"context"
	"time"

	"archivist"
)

const leaseColumns = `shard, shards, owner, until, session, sequence, resume, wanted`

func scanLease(scan Scan) (l archivist.ShardLease, err error) {
	var until int64
	err = scan(&l.Shard, &l.Shards, &l.Owner, &until, &l.Session, &l.Sequence, &l.Resume, &l.Wanted)
	l.Until = time.UnixMilli(until).UTC()
	return l, err
}

// ShardLeases lists the leases of shards, also those that are over, by shard.
func (s *Store) ShardLeases(ctx context.Context) ([]archivist.ShardLease, error) {
	var list []archivist.ShardLease
	err := s.rows(ctx, `SELECT `+leaseColumns+` FROM process ORDER BY shard`, nil, func(scan Scan) error {
		l, err := scanLease(scan)
		list = append(list, l)
		return err
	})
	return list, err
}

// LeaseShard gives l.Shard of l.Shards to l.Owner until l.Until, with the session that was left of it. false says that it is another's at now, or
// that leases of another number of shards are not over: Discord must not meet two numbers at once. A lease that ends long after l.Until is of a
// clock that was ahead, and over.
func (s *Store) LeaseShard(ctx context.Context, l archivist.ShardLease, now time.Time) (got archivist.ShardLease, ok bool, err error) {
	err = s.write(ctx, func(t *tx) error {
		ok = false
		return t.rows(`INSERT INTO process (shard, shards, owner, until, session, sequence, resume, wanted)
			SELECT CAST(?1 AS BIGINT), CAST(?2 AS BIGINT), CAST(?3 AS TEXT), CAST(?4 AS BIGINT), '', 0, '', '' WHERE NOT EXISTS (SELECT 1 FROM process o WHERE o.shards <> ?2 AND o.until > ?5 AND o.until <= ?6)
			ON CONFLICT (shard) DO UPDATE SET shards = excluded.shards, owner = excluded.owner, until = excluded.until, wanted = '',
				session = CASE WHEN process.shards = excluded.shards THEN process.session ELSE '' END
			WHERE process.owner = excluded.owner OR process.until <= ?5 OR process.until > ?6 RETURNING `+leaseColumns,
			[]any{l.Shard, l.Shards, l.Owner, l.Until.UnixMilli(), now.UnixMilli(), l.Until.Add(clockAhead).UnixMilli()}, func(scan Scan) (err error) {
				ok = true
				got, err = scanLease(scan)
				return err
			})
	})
	return got, ok && err == nil, err
}

// RenewShards writes down leases with their sessions, each if its owner still has it; one whose Until has come is so given back. It returns the
// shards that are others' by now.
func (s *Store) RenewShards(ctx context.Context, leases []archivist.ShardLease) (lost []int, err error) {
	err = s.write(ctx, func(t *tx) error {
		lost = nil
		for _, l := range leases {
			n, err := t.exec(`UPDATE process SET until = ?3, session = ?4, sequence = ?5, resume = ?6 WHERE shard = ?1 AND owner = ?2`,
				l.Shard, l.Owner, l.Until.UnixMilli(), l.Session, l.Sequence, l.Resume)
			if err != nil {
				return err
			}
			if n == 0 {
				lost = append(lost, l.Shard)
			}
		}
		return nil
	})
	return lost, err
}

// WantShard notes that a process would like to have a shard; whoever runs it sees that when it renews its lease.
func (s *Store) WantShard(ctx context.Context, shard int, by string) error {
	return s.write(ctx, func(t *tx) error {
		_, err := t.exec(`UPDATE process SET wanted = ?2 WHERE shard = ?1`, shard, by)
		return err
	})
}
