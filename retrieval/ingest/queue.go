package ingest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime/debug"
	"sync"
	"time"

	"archivist"
	"archivist/retrieval/ingest/canon"
)

// Options of a Queue. Zero durations take the defaults named here.
type Options struct {
	Owner   string // names this process in leases; unique among the processes on one store
	Workers int    // jobs at the same time, 1 to 64
	Logger  *slog.Logger
	Lease   time.Duration // 60 s; renewed at a third of it, taken over by others after it
	Poll    time.Duration // 1 s: how soon jobs of other processes, or due again, are seen
	PerJob  time.Duration // 90 s: the most that one attempt may take
}

// A Queue works through the jobs of a store. Its methods may be called by many goroutines; Run by one.
type Queue struct {
	desk   Desk
	bench  Bench
	reader *Reader
	putter Putter
	o      Options
	wake   chan struct{} // holds one token: "look for jobs now"

	mu        sync.Mutex
	followers map[archivist.JobID][]chan archivist.Stage
}

// NewQueue returns a queue that does nothing until Run.
func NewQueue(desk Desk, bench Bench, reader *Reader, putter Putter, o Options) *Queue {
	o.Workers = min(max(o.Workers, 1), 64)
	for value, fallback := range map[*time.Duration]time.Duration{&o.Lease: time.Minute, &o.Poll: time.Second, &o.PerJob: 90 * time.Second} {
		if *value == 0 {
			*value = fallback
		}
	}
	return &Queue{
		desk: desk, bench: bench, reader: reader, putter: putter, o: o,
		wake: make(chan struct{}, 1), followers: map[archivist.JobID][]chan archivist.Stage{},
	}
}

// Submit makes a job of the address in job.URL, as typed, for its Library, Person and Channels; it is durable when it returns. A link whose job
// is still open gives that job. A text that is no link is a *archivist.Failure.
func (q *Queue) Submit(ctx context.Context, job archivist.Job) (archivist.Job, error) {
	address, err := canon.Normalise(job.URL)
	if err != nil {
		return archivist.Job{}, err
	}
	job.Kind, job.URL, job.Key, job.State = archivist.JobPage, address, canon.Key(address), archivist.JobQueued
	job.Due = time.Now()
	job.Created = job.Due
	if job, err = q.desk.Enqueue(ctx, job); err != nil {
		return archivist.Job{}, err
	}
	q.Wake()
	return job, nil
}

// Wake tells the workers that there are jobs, made by somebody else than Submit. They would find them after Poll.
func (q *Queue) Wake() {
	select {
	case q.wake <- struct{}{}:
	default: // a worker will look anyway
	}
}

// Follow waits until the job is done, failed, or put off, and returns it so. progress, which may be nil, is told each stage that this
// process sees; jobs of other processes are asked after every Poll.
func (q *Queue) Follow(ctx context.Context, id archivist.JobID, progress func(archivist.Stage)) (archivist.Job, error) {
	stages := make(chan archivist.Stage, 8)
	q.mu.Lock()
	q.followers[id] = append(q.followers[id], stages)
	q.mu.Unlock()
	defer q.unfollow(id, stages)
	tick := time.NewTicker(q.o.Poll)
	defer tick.Stop()
	for {
		job, err := q.desk.Job(ctx, id)
		if err != nil || !job.Open() || job.State == archivist.JobWaiting {
			return job, err
		}
		select {
		case <-ctx.Done():
			return job, ctx.Err()
		case stage := <-stages:
			if progress != nil && stage != "" {
				progress(stage)
			}
		case <-tick.C:
		}
	}
}

func (q *Queue) unfollow(id archivist.JobID, gone chan archivist.Stage) {
	q.mu.Lock()
	defer q.mu.Unlock()
	left := q.followers[id][:0]
	for _, c := range q.followers[id] {
		if c != gone {
			left = append(left, c)
		}
	}
	if q.followers[id] = left; len(left) == 0 {
		delete(q.followers, id)
	}
}

// tell gives a stage to the job's followers; "" means "look at the job again". Whoever is slow misses stages, never the end.
func (q *Queue) tell(id archivist.JobID, stage archivist.Stage) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, c := range q.followers[id] {
		select {
		case c <- stage:
		default:
		}
	}
}

// Run works on jobs until ctx ends, then gives the ones under way back and returns nil. Jobs of a process that died return with their
// lease's end.
func (q *Queue) Run(ctx context.Context) error {
	var workers sync.WaitGroup
	for range q.o.Workers {
		workers.Go(func() { q.work(ctx) })
	}
	workers.Wait()
	return nil
}

func (q *Queue) work(ctx context.Context) {
	poll := time.NewTicker(q.o.Poll)
	defer poll.Stop()
	for ctx.Err() == nil {
		now := time.Now()
		job, found, err := q.bench.Claim(ctx, q.o.Owner, now, now.Add(q.o.Lease))
		if err != nil && ctx.Err() == nil {
			q.o.Logger.Error("claim a job", "error", err)
		}
		if found {
			q.do(ctx, job)
			continue
		}
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
	attempt, cancel := context.WithTimeout(ctx, q.o.PerJob)
	defer cancel()
	renewing := make(chan struct{})
	go func() {
		defer close(renewing)
		q.renew(attempt, cancel, job)
	}()
	err := q.attempt(attempt, job)
	cancel()
	<-renewing
	if err == nil {
		return
	}
	// The settlement must be written although ctx may have ended: the job would stay leased until its lease runs out.
	settle, done := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer done()
	if err := q.settle(settle, ctx.Err() != nil, job, err); err != nil {
		q.o.Logger.Error("settle a job", "job", job.ID, "error", err)
	}
}

// renew keeps the lease while the attempt runs. A lease that is lost ends the attempt: somebody else has the job now.
func (q *Queue) renew(ctx context.Context, cancel context.CancelFunc, job archivist.Job) {
	tick := time.NewTicker(q.o.Lease / 3)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-tick.C:
			if err := q.bench.Renew(ctx, job.ID, q.o.Owner, now.Add(q.o.Lease)); err != nil && ctx.Err() == nil {
				q.o.Logger.Warn("lost a job's lease", "job", job.ID, "error", err)
				cancel()
				return
			}
		}
	}
}

// attempt reads the page and stores its article, which closes the job. A panic in a library costs this page alone.
func (q *Queue) attempt(ctx context.Context, job archivist.Job) (err error) {
	defer func() {
		if p := recover(); p != nil {
			q.o.Logger.Error("panic while reading a page", "job", job.ID, "panic", p, "stack", string(debug.Stack()))
			err = &archivist.Failure{Code: archivist.TooComplex, Detail: "the page broke its reader", Err: fmt.Errorf("panic: %v", p)}
		}
	}()
	intake, err := q.reader.Read(ctx, job.Library, job.URL, func(s archivist.Stage) { q.tell(job.ID, s) })
	if err != nil && job.Kind == archivist.JobFeed && givenUp(err, job.Tries) {
		intake, err = q.reader.orItem(ctx, job, err)
	}
	if err != nil {
		return err
	}
	q.tell(job.ID, archivist.StageStoring)
	intake.Article.AddedBy, intake.Job, intake.Owner = job.Person, job.ID, q.o.Owner
	_, err = q.putter.Put(ctx, job.Library, []archivist.Intake{intake})
	return err
}

// settle puts a job back whose attempt ended in err: at once if we are stopping, later if that can help, else it failed.
func (q *Queue) settle(ctx context.Context, stopping bool, job archivist.Job, err error) error {
	if stopping {
		return q.bench.Retry(ctx, job.ID, q.o.Owner, "", time.Now())
	}
	code := archivist.CodeOf(err)
	if errors.Is(err, context.DeadlineExceeded) {
		code = archivist.Timeout
	}
	if code == archivist.Internal {
		q.o.Logger.Error("job", "job", job.ID, "library", job.Library, "try", job.Tries, "error", err)
	} else {
		q.o.Logger.Info("job", "job", job.ID, "library", job.Library, "try", job.Tries, "code", code)
	}
	pause := retryAfter(job.Tries, rand.Float64())
	if !code.Retryable() || pause == 0 {
		return q.bench.Fail(ctx, job.ID, q.o.Owner, code)
	}
	return q.bench.Retry(ctx, job.ID, q.o.Owner, code, time.Now().Add(pause))
}
