package tables

import (
	"context"
	"time"

	"archivist"
)

// What a clock wrote that was ahead, and has been set right since, must not keep anything waiting until then.
const (
	clockAhead = time.Minute    // a lease that runs longer than a new one by more than this is of such a clock, and over
	longest    = 30 * time.Hour // no pause between the tries of a job is longer: what waits for later is due
)

const (
	deathsMost = 2  // attempts that die with their process before their job is given up
	hostMost   = 2  // jobs of one site under way: one reads, one waits for the pause between, so that neither the site nor we are kept waiting
	hostWindow = 32 // jobs of one person that are looked at for one whose site is free
)

// Claim leases the next job to owner until a time; false says that there is none at now. It is of the lowest lane, there of the library whose
// last turn lies furthest back, there of the person of whom that is true, there the oldest; a job is passed over while hostMost jobs of
// its site are under way, or one with another owner: who reads a site's pages keeps the pause between them. So nobody's thousand links keep another's one waiting, and one slow site does not keep the others waiting.
//
// First, jobs that wait become due, and jobs whose lease has run out, for their process died, go back to the queue; at the second death a
// job fails with archivist.TooComplex. A job that waits beyond the longest pause, and a lease that ends long after until, are of a clock that
// was ahead: the one is due, the other over.
func (s *Store) Claim(ctx context.Context, owner string, now, until time.Time) (job archivist.Job, found bool, err error) {
	// Most looks find nothing: they are made without the writing connection.
	late, over := now.Add(longest).UnixMilli(), until.Add(clockAhead).UnixMilli()
	if found, err = s.row(ctx, `SELECT 1 FROM job WHERE state = 'queued' OR (state = 'waiting' AND due <= ?1) OR (state = 'waiting' AND due > ?2)
		OR (state = 'running' AND until < ?1) OR (state = 'running' AND until > ?3) LIMIT 1`, []any{now.UnixMilli(), late, over}, new(int)); err != nil || !found {
		return job, false, err
	}
	err = s.write(ctx, func(t *tx) error {
		found = false
		// One claim after the other: what is fair, and how many jobs of a site are under way, only one can know at a time.
		turn, err := t.count("turn")
		if err != nil {
			return err
		}
		if err := t.do(`UPDATE job SET state = 'queued' WHERE state = 'waiting' AND (due <= ? OR due > ?)`, now.UnixMilli(), late); err != nil {
			return err
		}
		if err := t.do(`UPDATE job SET owner = '', deaths = deaths + 1, state = CASE WHEN deaths + 1 < ?2 THEN 'queued' ELSE 'failed' END,
			code = CASE WHEN deaths + 1 < ?2 THEN code ELSE ?3 END WHERE state = 'running' AND (until < ?1 OR until > ?4)`,
			now.UnixMilli(), deathsMost, archivist.TooComplex, over); err != nil {
			return err
		}
		for !found {
			id, err := claim{t, owner}.next()
			if err != nil || id == 0 {
				return err
			}
			// It may have been cancelled meanwhile, which is not a claim.
			if err := t.rows(`UPDATE job SET state = 'running', owner = ?, until = ?, tries = tries + 1 WHERE id = ? AND state = 'queued' RETURNING `+jobColumns,
				[]any{owner, until.UnixMilli(), id}, func(scan Scan) error {
					found = true
					return scanJob(scan, &job)
				}); err != nil {
				return err
			}
		}
		return claim{t, owner}.tookTurn(job, turn)
	})
	return job, found && err == nil, err
}

// A claim looks for the next job within one transaction. What it lists it reads by leaps through the index job_queued, so that the number of
// jobs does not matter.
type claim struct {
	*tx
	owner string
}

func (c claim) next() (archivist.JobID, error) {
	for lane := archivist.LaneInteractive; lane <= archivist.LaneBulk; lane++ {
		libraries, err := c.list(`WITH RECURSIVE each (library) AS (
			SELECT (SELECT library FROM job WHERE state = 'queued' AND lane = ?1 ORDER BY library LIMIT 1)
			UNION ALL SELECT (SELECT library FROM job WHERE state = 'queued' AND lane = ?1 AND library > each.library ORDER BY library LIMIT 1)
				FROM each WHERE library IS NOT NULL)
			SELECT each.library FROM each LEFT JOIN library_turn ON library_turn.library = each.library WHERE each.library IS NOT NULL
			ORDER BY coalesce(library_turn.turn, 0), each.library`, lane)
		if err != nil {
			return 0, err
		}
		for _, library := range libraries {
			if id, err := c.ofLibrary(lane, library); err != nil || id != 0 {
				return id, err
			}
		}
	}
	return 0, nil
}

// ofLibrary is the next job of a library in a lane, 0 if all their sites are under way.
func (c claim) ofLibrary(lane archivist.Lane, library string) (id archivist.JobID, err error) {
	people, err := c.list(`WITH RECURSIVE each (person) AS (
		SELECT (SELECT person FROM job WHERE state = 'queued' AND lane = ?1 AND library = ?2 ORDER BY person LIMIT 1)
		UNION ALL SELECT (SELECT person FROM job WHERE state = 'queued' AND lane = ?1 AND library = ?2 AND person > each.person ORDER BY person LIMIT 1)
			FROM each WHERE person IS NOT NULL)
		SELECT each.person FROM each LEFT JOIN turn ON turn.library = ?2 AND turn.person = each.person WHERE each.person IS NOT NULL
		ORDER BY coalesce(turn.turn, 0), each.person`, lane, library)
	if err != nil {
		return 0, err
	}
	for _, person := range people {
		found, err := c.row(`SELECT id FROM (SELECT id, host FROM job WHERE state = 'queued' AND lane = ?1 AND library = ?2 AND person = ?3 ORDER BY id LIMIT ?4) AS first
			WHERE (SELECT count(*) FROM job r WHERE r.state = 'running' AND r.host = first.host) < ?5
			AND NOT EXISTS (SELECT 1 FROM job r WHERE r.state = 'running' AND r.host = first.host AND r.owner <> ?6) ORDER BY id LIMIT 1`,
			[]any{lane, library, person, hostWindow, hostMost, c.owner}, &id)
		if err != nil || found {
			return id, err
		}
	}
	return 0, nil
}

// tookTurn puts the library and the person of a job behind all others.
func (c claim) tookTurn(job archivist.Job, turn int64) error {
	if err := c.do(`INSERT INTO library_turn (library, turn) VALUES (?, ?) ON CONFLICT (library) DO UPDATE SET turn = excluded.turn`, job.Library, turn); err != nil {
		return err
	}
	return c.do(`INSERT INTO turn (library, person, turn) VALUES (?, ?, ?) ON CONFLICT (library, person) DO UPDATE SET turn = excluded.turn`, job.Library, job.Person, turn)
}

// list reads a query of one column.
func (c claim) list(query string, args ...any) (values []string, err error) {
	err = c.rows(query, args, func(scan Scan) error {
		var value string
		err := scan(&value)
		values = append(values, value)
		return err
	})
	return values, err
}
