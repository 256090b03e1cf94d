package tables

import (
	"context"
	"database/sql"
	"encoding/json"
	"math"
	"strings"
	"time"

	"archivist"
)

const jobColumns = `id, library, kind, url, key, lane, person, state, tries, deaths, due, owner, until, code, article, outcome, created, channels, offer`

func scanJob(scan Scan, j *archivist.Job) error {
	var due, until, created sql.NullInt64
	var channels, offer string
	err := scan(&j.ID, &j.Library, &j.Kind, &j.URL, &j.Key, &j.Lane, &j.Person, &j.State, &j.Tries, &j.Deaths, &due, &j.Owner, &until, &j.Code, &j.Article, &j.Outcome, &created, &channels, &offer)
	j.Due, j.Until, j.Created = fromMillis(due), fromMillis(until), fromMillis(created)
	j.Channels, j.Offer = nil, archivist.Offer{} // another job may have been read into it before
	if channels != "" {
		j.Channels = strings.Fields(channels)
	}
	if err == nil && offer != "" {
		err = json.Unmarshal([]byte(offer), &j.Offer)
	}
	return err
}

// Enqueue makes a job durable and returns it with its id: queued, or waiting where it is due later than it was created. If the library has an
// open job of the same key, that one is returned; where it waits for a further try, it becomes due now: somebody asks for it again. Its article will
// be seen where any of those who asked for it see it. A look at a page again (archivist.JobRefresh) becomes the job of whoever asks for that page: it
// would end without an article where nothing has changed. An attempt at it that is under way has lost its lease.
func (s *Store) Enqueue(ctx context.Context, job archivist.Job) (stored archivist.Job, err error) {
	err = s.write(ctx, func(t *tx) error {
		if err := t.ensureLibrary(job.Library); err != nil {
			return err
		}
		id, err := t.enqueue(job)
		if err == nil {
			err = t.audit(job.Library, job.Act)
		}
		if err != nil {
			return err
		}
		return t.rows(`SELECT `+jobColumns+` FROM job WHERE id = ?`, []any{id}, func(scan Scan) error { return scanJob(scan, &stored) })
	})
	return stored, err
}

// enqueue is Enqueue within a transaction, in which the library is not deleted; 0 says that it is not there.
func (t *tx) enqueue(job archivist.Job) (id archivist.JobID, err error) {
	state := archivist.JobQueued
	if job.Due.After(job.Created) {
		state = archivist.JobWaiting
	}
	channels := strings.Join(job.Channels, " ")
	if job.Kind != archivist.JobRefresh {
		if err := t.do(`UPDATE job SET kind = ?, person = ?, state = 'queued', owner = '', code = '', tries = 0, deaths = 0
			WHERE library = ? AND key = ? AND kind = 'refresh' AND state IN ('queued', 'running', 'waiting')`, job.Kind, job.Person, job.Library, job.Key); err != nil {
			return 0, err
		}
	}
	var next int64
	there, err := t.row(`SELECT coalesce((SELECT id FROM job WHERE library = ?1 AND key = ?2 AND state IN ('queued', 'running', 'waiting')), 0)
		FROM library WHERE id = ?1 /* FOR KEY SHARE */`, []any{job.Library, job.Key}, &next)
	if err != nil || !there {
		return 0, err
	}
	if next == 0 {
		if next, err = t.count("job"); err != nil {
			return 0, err
		}
	}
	_, err = t.row(`INSERT INTO job (id, library, kind, url, key, host, lane, person, state, due, created, channels) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (library, key) WHERE state IN ('queued', 'running', 'waiting') DO UPDATE SET
			due = CASE WHEN excluded.due < job.due THEN excluded.due ELSE job.due END,
			lane = CASE WHEN excluded.lane < job.lane THEN excluded.lane ELSE job.lane END,
			state = CASE WHEN job.state = 'waiting' AND excluded.state = 'queued' THEN 'queued' ELSE job.state END,
			channels = CASE WHEN job.channels = '' OR excluded.channels = '' THEN '' WHEN instr(' ' || job.channels || ' ', ' ' || excluded.channels || ' ') > 0 THEN job.channels
				ELSE job.channels || ' ' || excluded.channels END
		RETURNING id`,
		[]any{next, job.Library, job.Kind, job.URL, job.Key, hostOf(job.Key), job.Lane, job.Person, state, job.Due.UnixMilli(), job.Created.UnixMilli(), channels}, &id)
	return id, err
}

// leased changes a job that owner has the lease of; without it, archivist.ErrLeaseLost.
func (s *Store) leased(ctx context.Context, id archivist.JobID, owner, set string, args ...any) error {
	return s.write(ctx, func(t *tx) error {
		n, err := t.exec(`UPDATE job SET `+set+` WHERE id = ? AND owner = ? AND state = 'running'`, append(args, id, owner)...)
		if err == nil && n == 0 {
			err = archivist.ErrLeaseLost
		}
		return err
	})
}

// Renew makes a lease longer; archivist.ErrLeaseLost says that owner has it no more.
func (s *Store) Renew(ctx context.Context, id archivist.JobID, owner string, until time.Time) error {
	return s.leased(ctx, id, owner, `until = ?`, until.UnixMilli())
}

// Extend gives the leases that have run out at now, whosever they are, until a time: the store was away, and nobody could renew them. Those of a process
// that has died run out again.
func (s *Store) Extend(ctx context.Context, now, until time.Time) error {
	return s.write(ctx, func(t *tx) error {
		return t.do(`UPDATE job SET until = ? WHERE state = 'running' AND until < ?`, until.UnixMilli(), now.UnixMilli())
	})
}

// Retry gives a leased job back, to be tried again at due. Without a code it was not the job's fault: the try does not count.
func (s *Store) Retry(ctx context.Context, id archivist.JobID, owner string, code archivist.Code, due time.Time) error {
	if code == "" {
		return s.leased(ctx, id, owner, `state = 'queued', owner = '', tries = tries - 1, due = ?`, due.UnixMilli())
	}
	return s.leased(ctx, id, owner, `state = 'waiting', owner = '', code = ?, due = ?`, code, due.UnixMilli())
}

// Fail ends a leased job without success, and keeps what can be brought in instead.
func (s *Store) Fail(ctx context.Context, id archivist.JobID, owner string, code archivist.Code, offer archivist.Offer) error {
	packed := ""
	if offer.Kind != "" {
		text, err := json.Marshal(offer)
		if err != nil {
			return err
		}
		packed = string(text)
	}
	return s.leased(ctx, id, owner, `state = 'failed', owner = '', code = ?, offer = ?`, code, packed)
}

// Finish ends a leased job that had nothing to store.
func (s *Store) Finish(ctx context.Context, id archivist.JobID, owner string) error {
	return s.leased(ctx, id, owner, `state = 'done', owner = '', code = ''`)
}

// CancelJob takes back an open job of a library: false says that it was over already, or is not there. What an attempt under way finds is not
// stored.
func (s *Store) CancelJob(ctx context.Context, library archivist.LibraryID, id archivist.JobID, act archivist.Act) (cancelled bool, err error) {
	err = s.write(ctx, func(t *tx) error {
		n, err := t.exec(`UPDATE job SET state = 'cancelled', owner = '', code = ? WHERE id = ? AND library = ? AND state IN ('queued', 'running', 'waiting')`,
			archivist.Cancelled, id, library)
		if cancelled = n > 0; err != nil || !cancelled {
			return err
		}
		return t.audit(library, act)
	})
	return cancelled, err
}

// Again queues a job that waits, or that failed or was cancelled, as if it were new, and returns it as it is then: what is done or under way
// stays so, and likewise where another job of the same key is open. archivist.ErrNotFound says that the library has no such job.
func (s *Store) Again(ctx context.Context, library archivist.LibraryID, id archivist.JobID, act archivist.Act) (job archivist.Job, err error) {
	err = s.write(ctx, func(t *tx) error {
		n, err := t.exec(`UPDATE job SET state = 'queued', code = '', tries = 0, deaths = 0, due = 0 WHERE id = ?1 AND library = ?2
			AND state IN ('waiting', 'failed', 'cancelled') AND NOT EXISTS (SELECT 1 FROM job o WHERE o.library = ?2 AND o.key = job.key
				AND o.id <> ?1 AND o.state IN ('queued', 'running', 'waiting'))`, id, library)
		if err == nil && n > 0 {
			err = t.audit(library, act)
		}
		if err != nil {
			return err
		}
		return t.rows(`SELECT `+jobColumns+` FROM job WHERE id = ? AND library = ?`, []any{id, library}, func(scan Scan) error { return scanJob(scan, &job) })
	})
	if err == nil && job.ID == 0 {
		err = archivist.ErrNotFound
	}
	return job, err
}

// closeJob ends the job of an intake within the transaction that stores it.
func (t *tx) closeJob(intake archivist.Intake, stored archivist.Stored) error {
	if intake.Job == 0 {
		return nil
	}
	n, err := t.exec(`UPDATE job SET state = 'done', owner = '', code = '', article = ?, outcome = ? WHERE id = ? AND owner = ? AND state = 'running'`,
		stored.ID, stored.Outcome, intake.Job, intake.Owner)
	if err == nil && n == 0 {
		err = archivist.ErrLeaseLost
	}
	return err
}

// Job reads a job, or archivist.ErrNotFound.
func (s *Store) Job(ctx context.Context, id archivist.JobID) (archivist.Job, error) {
	var j archivist.Job
	err := s.rows(ctx, `SELECT `+jobColumns+` FROM job WHERE id = ?`, []any{id}, func(scan Scan) error { return scanJob(scan, &j) })
	if err == nil && j.ID == 0 {
		err = archivist.ErrNotFound
	}
	return j, err
}

// Jobs lists jobs, the newest first.
func (s *Store) Jobs(ctx context.Context, f archivist.JobFilter) ([]archivist.Job, error) {
	states := ""
	for _, state := range f.States {
		states += " " + string(state) + " "
	}
	if f.Before == 0 {
		f.Before = math.MaxInt64
	}
	var jobs []archivist.Job
	where := `library = ?1` // a condition that holds for all would keep its index from being used
	if f.Library == "" {
		where = `?1 = ''`
	}
	err := s.rows(ctx, `SELECT `+jobColumns+` FROM job WHERE `+where+` AND (?2 = '' OR instr(?2, ' ' || state || ' ') > 0)
		AND id < ?3 ORDER BY id DESC LIMIT ?4`, []any{f.Library, states, f.Before, f.Limit}, func(scan Scan) error {
		var j archivist.Job
		err := scanJob(scan, &j)
		jobs = append(jobs, j)
		return err
	})
	return jobs, err
}

// JobCounts counts the jobs of a library, or of all where it is "", by library, state and reason, in this order.
func (s *Store) JobCounts(ctx context.Context, library archivist.LibraryID) ([]archivist.JobCount, error) {
	var counts []archivist.JobCount
	err := s.rows(ctx, `SELECT library, state, code, count(*) FROM job WHERE ?1 = '' OR library = ?1 GROUP BY library, state, code ORDER BY library, state, code`,
		[]any{library}, func(scan Scan) error {
			var c archivist.JobCount
			err := scan(&c.Library, &c.State, &c.Code, &c.Jobs)
			counts = append(counts, c)
			return err
		})
	return counts, err
}
