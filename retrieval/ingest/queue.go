package ingest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"archivist"
	"archivist/retrieval/ingest/canon"
	"archivist/retrieval/ingest/fetch"
)

// Options of a Queue. Zero durations take the defaults named here.
type Options struct {
	Owner   string // names this process in leases; unique among the processes on one store
	Workers int    // jobs at the same time, 1 to 64
	Logger  *slog.Logger
	Lease   time.Duration // 30 s; renewed at a third of it, taken over by others after it
	Poll    time.Duration // 1 s: how soon jobs of other processes, or due again, are seen
	PerJob  time.Duration // 10 min: the most that one attempt may take, waiting for its site's turn included. Each step has its own, shorter limit

	Ended func(kind archivist.JobKind, code archivist.Code) // told of each attempt that ended, "" with success, and returns at once; nil: nobody counts
}

// A Queue works through the jobs of a store. Its methods may be called by many goroutines; Run by one.
type Queue struct {
	desk     Desk
	bench    Bench
	handlers Handlers
	o        Options
	now      func() time.Time
	wake     chan struct{} // holds one token: "look for jobs now"
	state    atomic.Int32  // a pulse

	mu        sync.Mutex
	followers map[archivist.JobID][]chan archivist.Stage
	attempts  map[archivist.JobID]*attempt // under way here, until they are settled
	returned  map[archivist.JobID]int      // how often a job has gone back uncounted since it last ended otherwise
	reached   time.Time                    // when the store was asked last for what it did
}

// NewQueue returns a queue that does nothing until Run.
func NewQueue(desk Desk, bench Bench, handlers Handlers, o Options) *Queue {
	o.Workers = min(max(o.Workers, 1), 64)
	for value, fallback := range map[*time.Duration]time.Duration{&o.Lease: 30 * time.Second, &o.Poll: time.Second, &o.PerJob: 10 * time.Minute} {
		if *value == 0 {
			*value = fallback
		}
	}
	if o.Ended == nil {
		o.Ended = func(archivist.JobKind, archivist.Code) {}
	}
	return &Queue{
		desk: desk, bench: bench, handlers: handlers, o: o, now: time.Now, wake: make(chan struct{}, 1),
		followers: map[archivist.JobID][]chan archivist.Stage{}, attempts: map[archivist.JobID]*attempt{}, returned: map[archivist.JobID]int{},
	}
}

// Takes is the *archivist.Failure with which Submit would refuse an address, as typed; nil for a link.
func (q *Queue) Takes(address string) error {
	_, err := canon.Normalise(address)
	return err
}

// Submit makes a job of the address in job.URL, as typed, for its Library, Person, Channels and Lane; it is durable when it returns. A link whose
// job is still open gives that job. A text that is no link is a *archivist.Failure.
func (q *Queue) Submit(ctx context.Context, job archivist.Job) (archivist.Job, error) {
	job, err := PageJob(job, time.Now())
	if err != nil {
		return archivist.Job{}, err
	}
	if job, err = q.desk.Enqueue(ctx, job); err != nil {
		return archivist.Job{}, err
	}
	q.Wake()
	return job, nil
}

// PageJob completes a job for the page at job.URL, as typed: its address, key and times, and its kind, archivist.JobPage if it has none.
func PageJob(job archivist.Job, now time.Time) (archivist.Job, error) {
	address, err := canon.Normalise(job.URL)
	if err != nil {
		return archivist.Job{}, err
	}
	if job.Kind == "" {
		job.Kind = archivist.JobPage
	}
	job.URL, job.Key, job.State = address, canon.Key(address), archivist.JobQueued
	job.Due, job.Created = now, now
	return job, nil
}

// CancelJob takes an open job of a library back; false says that it was over already. An attempt under way stores nothing; if it is of this
// process it ends at once.
func (q *Queue) CancelJob(ctx context.Context, library archivist.LibraryID, id archivist.JobID) (cancelled bool, err error) {
	return q.Dismiss(ctx, library, id, archivist.Act{})
}

// Again queues a job that waits, failed or was cancelled as if it were new, with a moderator's entry for the audit log, and returns it as it is
// then; archivist.ErrNotFound says that the library has no such job.
func (q *Queue) Again(ctx context.Context, library archivist.LibraryID, id archivist.JobID, act archivist.Act) (archivist.Job, error) {
	job, err := q.desk.Again(ctx, library, id, act)
	if err == nil {
		q.Wake()
	}
	return job, err
}

// Dismiss is CancelJob by a moderator, with the entry for the audit log.
func (q *Queue) Dismiss(ctx context.Context, library archivist.LibraryID, id archivist.JobID, act archivist.Act) (cancelled bool, err error) {
	if cancelled, err = q.desk.CancelJob(ctx, library, id, act); err != nil || !cancelled {
		return false, err
	}
	q.mu.Lock()
	if a := q.attempts[id]; a != nil {
		a.end()
	}
	q.mu.Unlock()
	q.tell(id, "")
	return true, nil
}

// Wake tells Run that there are jobs, made by somebody else than Submit. It would find them after Poll.
func (q *Queue) Wake() {
	select {
	case q.wake <- struct{}{}:
	default: // it will look anyway
	}
}

// Run works on jobs, Workers of them at a time, until ctx ends; then it gives the ones under way back and returns nil. Jobs of a process that
// died return with their lease's end.
func (q *Queue) Run(ctx context.Context) error {
	var attempts sync.WaitGroup
	defer attempts.Wait()
	q.reach(time.Now())
	q.state.Store(looking)
	defer q.state.Store(resting)
	poll := time.NewTicker(q.o.Poll)
	defer poll.Stop()
	free := make(chan struct{}, q.o.Workers)
	for {
		select {
		case free <- struct{}{}:
		case <-ctx.Done():
			return nil
		}
		job, found, err := q.claim(ctx)
		if err != nil && ctx.Err() == nil {
			q.o.Logger.Error("claim a job", "error", err)
		}
		q.looked(err)
		if found && !q.underWay(job) {
			attempts.Go(func() {
				guarded(q.o.Logger, "a job", func() { q.do(ctx, job) })
				<-free
				q.Wake() // a job of the same site may have waited for this one
			})
			continue
		}
		<-free
		select {
		case <-ctx.Done():
		case <-q.wake:
		case <-poll.C:
		}
	}
}

// do makes one attempt at a job and settles it.
func (q *Queue) do(ctx context.Context, job archivist.Job) {
	defer q.tell(job.ID, "")
	working, cancel := context.WithTimeout(ctx, q.o.PerJob)
	defer cancel()
	defer q.begin(job, cancel)()
	renewing := make(chan struct{})
	go func() {
		defer close(renewing)
		q.renew(working, cancel, job)
	}()
	stored, err := q.handle(working, job)
	ended := working.Err()
	cancel()
	<-renewing
	free := q.returns(job.ID, err)
	if stored || !errors.Is(ended, context.Canceled) && !errors.Is(err, archivist.ErrLeaseLost) { // else it was not the job that ended
		q.o.Ended(job.Kind, codeOf(err))
	}
	if stored {
		return
	}
	if err != nil && ctx.Err() == nil && errors.Is(ended, context.Canceled) {
		return // it was cancelled, or is another's by now
	}
	if err = q.conclude(ctx, job, err, free); err != nil && !errors.Is(err, archivist.ErrLeaseLost) {
		q.o.Logger.Error("settle a job", "job", job.ID, "error", err)
	}
}

// handle has the job's handler do it. A panic in a library costs this job alone.
func (q *Queue) handle(ctx context.Context, job archivist.Job) (stored bool, err error) {
	defer func() {
		if p := recover(); p != nil {
			q.o.Logger.Error("panic while working on a job", "job", job.ID, "panic", p, "stack", string(debug.Stack()))
			stored, err = false, &archivist.Failure{Code: archivist.TooComplex, Detail: "the page broke its reader", Err: fmt.Errorf("panic: %v", p)}
		}
	}()
	handler := q.handlers[job.Kind]
	if handler == nil { // of a newer version, which may come to it while this one puts it off
		return false, fmt.Errorf("no handler for jobs of kind %q", job.Kind)
	}
	return handler.Do(ctx, job, func(s archivist.Stage) { q.tell(job.ID, s) })
}

// settle puts a job off whose attempt ended in err if trying again can help; else it failed. Where it was free, not being the job's fault, the job goes
// back, and the try does not count.
func (q *Queue) settle(ctx context.Context, job archivist.Job, err error, free bool) error {
	switch {
	case err == nil:
		return q.bench.Finish(ctx, job.ID, q.o.Owner)
	case free:
		return q.bench.Retry(ctx, job.ID, q.o.Owner, "", time.Now())
	case errors.Is(err, archivist.ErrLeaseLost):
		return err
	}
	code := codeOf(err)
	pause := retryAfter(job.Tries, rand.Float64())
	if !code.Retryable() || pause == 0 {
		return q.bench.Fail(ctx, job.ID, q.o.Owner, code, archivist.OfferOf(err))
	}
	due := time.Now().Add(pause)
	if asked := new(fetch.Pause); errors.As(err, &asked) && asked.Until.After(due) {
		due = asked.Until
	}
	return q.bench.Retry(ctx, job.ID, q.o.Owner, code, due)
}

// report logs an attempt that failed.
func (q *Queue) report(job archivist.Job, err error) {
	if code := codeOf(err); code == archivist.Internal {
		q.o.Logger.Error("job", "job", job.ID, "library", job.Library, "try", job.Tries, "error", err)
	} else {
		q.o.Logger.Info("job", "job", job.ID, "library", job.Library, "try", job.Tries, "code", code)
	}
}

// codeOf is why an attempt failed, "" where it did not.
func codeOf(err error) archivist.Code {
	switch {
	case err == nil:
		return ""
	case errors.Is(err, context.DeadlineExceeded):
		return archivist.Timeout
	}
	return archivist.CodeOf(err)
}

// pauses stand between the tries of a job: it is tried once, and once after each of them.
var pauses = [...]time.Duration{time.Minute, 5 * time.Minute, 30 * time.Minute, 3 * time.Hour, 12 * time.Hour, 24 * time.Hour}

// retryAfter is the pause after that many tries, 0 where there is no further one. jitter in 0…1 spreads it by ±20%, so that what failed
// together is not tried together.
func retryAfter(tries int, jitter float64) time.Duration {
	if tries < 1 || tries > len(pauses) {
		return 0
	}
	return time.Duration(float64(pauses[tries-1]) * (.8 + .4*jitter))
}
