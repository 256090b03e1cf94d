package sqlite

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"archivist"
)

const jobColumns = `id, library, kind, url, key, person, state, tries, due, owner, until, code, article, outcome, created, channels`

func scanJob(scan func(...any) error, j *archivist.Job) error {
	var due, until, created sql.NullInt64
	var channels string
	err := scan(&j.ID, &j.Library, &j.Kind, &j.URL, &j.Key, &j.Person, &j.State, &j.Tries, &due, &j.Owner, &until, &j.Code, &j.Article, &j.Outcome, &created, &channels)
	j.Due, j.Until, j.Created = fromMillis(due), fromMillis(until), fromMillis(created)
	if channels != "" {
		j.Channels = strings.Fields(channels)
	}
	return err
}

// Enqueue makes a job durable and returns it with its id. If the library has an open job of the same key, that one is returned; where it
// waits for a further try, it becomes due now: somebody asks for it again. Its article will be seen where any of those who asked for it see it.
func (s *Store) Enqueue(ctx context.Context, job archivist.Job) (archivist.Job, error) {
	err := s.write(ctx, func(t *tx) error {
		if err := t.ensureLibrary(job.Library); err != nil {
			return err
		}
		id, err := t.enqueue(job)
		if err != nil {
			return err
		}
		return t.rows(`SELECT `+jobColumns+` FROM job WHERE id = ?`, []any{id}, func(scan func(...any) error) error { return scanJob(scan, &job) })
	})
	return job, err
}

// enqueue is Enqueue within a transaction, for a library that is there.
func (t *tx) enqueue(job archivist.Job) (id archivist.JobID, err error) {
	channels := strings.Join(job.Channels, " ")
	found, err := t.row(`UPDATE job SET due = min(due, ?1), state = iif(state = 'waiting', 'queued', state),
			channels = CASE WHEN channels = '' OR ?2 = '' THEN '' WHEN channels = ?2 THEN channels ELSE channels || ' ' || ?2 END
		WHERE library = ?3 AND key = ?4 AND state IN ('queued', 'running', 'waiting') RETURNING id`,
		[]any{job.Due.UnixMilli(), channels, job.Library, job.Key}, &id)
	if err == nil && !found {
		_, err = t.row(`INSERT INTO job (library, kind, url, key, person, state, due, created, channels) VALUES (?, ?, ?, ?, ?, 'queued', ?, ?, ?) RETURNING id`,
			[]any{job.Library, job.Kind, job.URL, job.Key, job.Person, job.Due.UnixMilli(), job.Created.UnixMilli(), channels}, &id)
	}
	return id, err
}

// claimQuery leases one job: of those that are due, and of those whose lease has run out, one of the library with the fewest under way,
// then of the person with the fewest, then the oldest. So nobody's hundred links keep another's one waiting.
const claimQuery = `UPDATE job SET state = 'running', owner = ?1, until = ?2, tries = tries + 1 WHERE id = (
	SELECT j.id FROM job j WHERE (j.state IN ('queued', 'waiting') AND j.due <= ?3) OR (j.state = 'running' AND j.until < ?3)
	ORDER BY (SELECT count(*) FROM job r WHERE r.library = j.library AND r.state = 'running' AND r.until >= ?3),
		(SELECT count(*) FROM job r WHERE r.library = j.library AND r.person = j.person AND r.state = 'running' AND r.until >= ?3), j.due, j.id LIMIT 1)
	RETURNING id`

// Claim leases the next job to owner until a time; false says that none is due at now.
func (s *Store) Claim(ctx context.Context, owner string, now, until time.Time) (job archivist.Job, found bool, err error) {
	// Most looks find nothing: they are made without the writing connection.
	if found, err = s.row(ctx, `SELECT 1 FROM job WHERE (state IN ('queued', 'waiting') AND due <= ?1) OR (state = 'running' AND until < ?1) LIMIT 1`,
		[]any{now.UnixMilli()}, new(int)); err != nil || !found {
		return job, false, err
	}
	err = s.write(ctx, func(t *tx) error {
		var id archivist.JobID
		if found, err = t.row(claimQuery, []any{owner, until.UnixMilli(), now.UnixMilli()}, &id); err != nil || !found {
			return err
		}
		return t.rows(`SELECT `+jobColumns+` FROM job WHERE id = ?`, []any{id}, func(scan func(...any) error) error { return scanJob(scan, &job) })
	})
	return job, found, err
}

// leased changes a job that owner has the lease of; without it, archivist.ErrNotFound.
func (s *Store) leased(ctx context.Context, id archivist.JobID, owner, set string, args ...any) error {
	return s.write(ctx, func(t *tx) error {
		n, err := t.exec(`UPDATE job SET `+set+` WHERE id = ? AND owner = ? AND state = 'running'`, append(args, id, owner)...)
		if err == nil && n == 0 {
			err = archivist.ErrNotFound
		}
		return err
	})
}

// Renew makes a lease longer; archivist.ErrNotFound says that owner has it no more.
func (s *Store) Renew(ctx context.Context, id archivist.JobID, owner string, until time.Time) error {
	return s.leased(ctx, id, owner, `until = ?`, until.UnixMilli())
}

// Retry gives a leased job back, to be tried again at due. Without a code it was not the job's fault: the try does not count.
func (s *Store) Retry(ctx context.Context, id archivist.JobID, owner string, code archivist.Code, due time.Time) error {
	if code == "" {
		return s.leased(ctx, id, owner, `state = 'queued', owner = '', tries = tries - 1, due = ?`, due.UnixMilli())
	}
	return s.leased(ctx, id, owner, `state = 'waiting', owner = '', code = ?, due = ?`, code, due.UnixMilli())
}

// Fail ends a leased job without success.
func (s *Store) Fail(ctx context.Context, id archivist.JobID, owner string, code archivist.Code) error {
	return s.leased(ctx, id, owner, `state = 'failed', owner = '', code = ?`, code)
}

// closeJob ends the job of an intake within the transaction that stores it.
func (t *tx) closeJob(intake archivist.Intake, stored archivist.Stored) error {
	if intake.Job == 0 {
		return nil
	}
	n, err := t.exec(`UPDATE job SET state = 'done', owner = '', code = '', article = ?, outcome = ? WHERE id = ? AND owner = ? AND state = 'running'`,
		stored.ID, stored.Outcome, intake.Job, intake.Owner)
	if err == nil && n == 0 {
		err = errLease
	}
	return err
}

// Job reads a job, or archivist.ErrNotFound.
func (s *Store) Job(ctx context.Context, id archivist.JobID) (archivist.Job, error) {
	var j archivist.Job
	err := s.rows(ctx, `SELECT `+jobColumns+` FROM job WHERE id = ?`, []any{id}, func(scan func(...any) error) error { return scanJob(scan, &j) })
	if err == nil && j.ID == 0 {
		err = archivist.ErrNotFound
	}
	return j, err
}

// Jobs lists the newest n jobs of a library.
func (s *Store) Jobs(ctx context.Context, library archivist.LibraryID, n int) ([]archivist.Job, error) {
	var jobs []archivist.Job
	err := s.rows(ctx, `SELECT `+jobColumns+` FROM job WHERE library = ? ORDER BY id DESC LIMIT ?`, []any{library, n}, func(scan func(...any) error) error {
		var j archivist.Job
		err := scanJob(scan, &j)
		jobs = append(jobs, j)
		return err
	})
	return jobs, err
}
