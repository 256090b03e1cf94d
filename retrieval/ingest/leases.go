package ingest

import (
	"context"
	"errors"
	"time"

	"archivist"
)

// An attempt is under way at a job until the job is settled, which takes as long as the store is away.
type attempt struct {
	end    context.CancelFunc
	deaths int // the job's, as it was claimed last
}

// underWay reports whether an attempt of this process has the job that this process has just claimed: the attempt has outlived its lease, as the clock
// has jumped ahead or the store was away, and has it on the new lease. That has cost the job a death. A job without a new one was
// put back, and what is left of its attempt is over.
func (q *Queue) underWay(job archivist.Job) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	a := q.attempts[job.ID]
	if a == nil || job.Deaths <= a.deaths {
		return false
	}
	a.deaths = job.Deaths
	return true
}

// begin notes an attempt at a job until over is called, and ends one that is there of before the job was put back.
func (q *Queue) begin(job archivist.Job, end context.CancelFunc) (over func()) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if before := q.attempts[job.ID]; before != nil {
		before.end()
	}
	a := &attempt{end: end, deaths: job.Deaths}
	q.attempts[job.ID] = a
	return func() {
		q.mu.Lock()
		defer q.mu.Unlock()
		if q.attempts[job.ID] == a {
			delete(q.attempts, job.ID)
		}
	}
}

// claim claims a job. Where the store was away for so long that leases may have run out that nobody could renew, they begin anew first: whoever has one still
// has it, and what its process has died under comes back a lease later. So an outage counts as nobody's death.
func (q *Queue) claim(ctx context.Context) (job archivist.Job, found bool, err error) {
	now, began := q.now(), time.Now()
	q.mu.Lock()
	away := began.Sub(q.reached)
	q.mu.Unlock()
	// Leases are renewed each third of their time, so none runs out in less than two thirds.
	if away > q.o.Lease/2 && away > 2*q.o.Poll {
		err = q.bench.Extend(ctx, now, now.Add(q.o.Lease))
	}
	if err == nil {
		job, found, err = q.bench.Claim(ctx, q.o.Owner, now, now.Add(q.o.Lease))
	}
	if err == nil {
		q.reach(began)
	}
	return job, found, err
}

// reach notes that the store has done what it was asked for at a time: one that hung until now was away since.
func (q *Queue) reach(asked time.Time) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if asked.After(q.reached) {
		q.reached = asked
	}
}

// renew keeps the lease while the attempt runs. A lease that is lost ends the attempt: the job was cancelled, or somebody else has it now. A store
// that is away, busy or full takes no lease from anybody, and is asked again soon: the next moment at which it is there is enough.
func (q *Queue) renew(ctx context.Context, cancel context.CancelFunc, job archivist.Job) {
	next := time.NewTimer(q.o.Lease / 3)
	defer next.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-next.C:
			began := time.Now()
			err := q.bench.Renew(ctx, job.ID, q.o.Owner, q.now().Add(q.o.Lease))
			next.Reset(min(q.o.Poll, q.o.Lease/3))
			if err == nil {
				q.reach(began)
				next.Reset(q.o.Lease/3 - time.Since(began))
			}
			if err == nil || ctx.Err() != nil {
				continue
			}
			q.o.Logger.Warn("renew a job's lease", "job", job.ID, "error", err)
			if errors.Is(err, archivist.ErrLeaseLost) {
				cancel()
				return
			}
		}
	}
}

// conclude settles a job whose attempt ended in err, nil for one that had nothing to store. Where the store does not take it, it tries again until the
// store does, the job is another's, or ctx ends: a job whose lease runs out counts as one that its process has died of. It ends: a store that
// takes nothing of one job alone gives that job up at its second death, and then says that the lease is lost.
func (q *Queue) conclude(ctx context.Context, job archivist.Job, err error, free bool) error {
	if err != nil && !free && ctx.Err() == nil && !errors.Is(err, archivist.ErrLeaseLost) {
		q.report(job, err)
	}
	for try := 1; ; try++ {
		// It must be written although ctx may have ended; a store that hangs must leave room for a further try within the lease.
		settling, done := context.WithTimeout(context.WithoutCancel(ctx), min(5*time.Second, q.o.Lease/3))
		failed := q.settle(settling, job, err, free || ctx.Err() != nil)
		done()
		if failed == nil || errors.Is(failed, archivist.ErrLeaseLost) || ctx.Err() != nil {
			return failed
		}
		if try == 1 {
			q.o.Logger.Warn("settle a job: it is tried again", "job", job.ID, "error", failed)
		}
		select {
		case <-time.After(q.o.Poll):
		case <-ctx.Done():
		}
	}
}

const (
	returnsMost  = 3    // times in a row that a job goes back uncounted: an article that the store dies of must not be fetched for ever
	returnedMost = 1000 // jobs that this is known of; beyond, all begin anew
)

// returns reports whether a job whose attempt ended in err goes back at once, uncounted, since the store was away. What comes to that
// more than returnsMost times in a row may be why the store was away: it counts, and waits, as any other failure.
func (q *Queue) returns(id archivist.JobID, err error) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !away(err) {
		delete(q.returned, id)
		return false
	}
	if len(q.returned) >= returnedMost {
		clear(q.returned)
	}
	q.returned[id]++
	return q.returned[id] <= returnsMost
}

// away reports whether an error says that the store cannot be reached.
func away(err error) bool { return err != nil && archivist.CodeOf(err) == archivist.DatabaseAway }
