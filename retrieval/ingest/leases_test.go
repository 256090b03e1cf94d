package ingest

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"archivist"
)

// A shakyBench is a bench whose store fails now and then. Its leases last a minute longer than the queue thinks, so that none runs out under a slow test.
type shakyBench struct {
	Bench
	trouble           error        // with which it fails; nil: it hangs
	renewals, returns atomic.Int32 // that fail
	renewed           chan error   // what became of each renewal
}

var errAway = &archivist.Invalid{Code: archivist.DatabaseAway, Text: "the database server cannot be reached"}

func (b *shakyBench) fail(ctx context.Context) error {
	if b.trouble == nil {
		<-ctx.Done()
		return ctx.Err()
	}
	return b.trouble
}

func (b *shakyBench) Claim(ctx context.Context, owner string, now, until time.Time) (archivist.Job, bool, error) {
	return b.Bench.Claim(ctx, owner, now, until.Add(time.Minute))
}

func (b *shakyBench) Renew(ctx context.Context, id archivist.JobID, owner string, until time.Time) (err error) {
	if b.renewals.Add(-1) >= 0 {
		err = errors.Join(b.trouble) // none that hangs: its renewals are the next tick's
	} else {
		err = b.Bench.Renew(ctx, id, owner, until.Add(time.Minute))
	}
	b.renewed <- err
	return err
}

func (b *shakyBench) Retry(ctx context.Context, id archivist.JobID, owner string, code archivist.Code, due time.Time) error {
	if b.returns.Add(-1) >= 0 {
		return b.fail(ctx)
	}
	return b.Bench.Retry(ctx, id, owner, code, due)
}

// TestStoreAwayUnderAJob: a store that is away for a while, hangs, is busy or full takes no job from who has it, and what failed since it was away is done
// again at once when it is back: neither as a failure of the job's, nor as one that its process has died of.
func TestStoreAwayUnderAJob(t *testing.T) {
	for name, trouble := range map[string]error{
		"away": errAway, "hangs": nil, "busy": &archivist.Invalid{Code: archivist.DatabaseBusy}, "full": &archivist.Invalid{Code: archivist.DatabaseFull},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, Options{Lease: 1500 * time.Millisecond})
			shaky := &shakyBench{Bench: b.store, trouble: trouble, renewed: make(chan error, 100)}
			shaky.renewals.Store(1)
			shaky.returns.Store(2)
			b.queue.bench = shaky
			attempts := 0
			b.queue.handlers = Handlers{"kept": handlerFunc(func(ctx context.Context, _ archivist.Job, _ func(archivist.Stage)) (bool, error) {
				if attempts++; attempts > 1 {
					return false, nil
				}
				for range 2 {
					select {
					case <-shaky.renewed:
					case <-ctx.Done():
						return false, ctx.Err()
					}
				}
				return false, errAway
			})}
			defer b.run(t)()
			job := b.follow(t, b.enqueue(t, "kept"))
			if job.State != archivist.JobDone || job.Tries != 1 || job.Deaths != 0 || attempts != 2 || shaky.returns.Load() >= 0 {
				t.Errorf("after %d attempts %+v", attempts, job)
			}
		})
	}
}

// enqueue makes a job of a kind that has no page.
func (b *bench) enqueue(t *testing.T, kind archivist.JobKind) archivist.Job {
	t.Helper()
	now := time.Now()
	job, err := b.store.Enqueue(t.Context(), archivist.Job{Library: town, Kind: kind, Key: string(kind), Due: now, Created: now})
	if err != nil {
		t.Fatal(err)
	}
	return job
}

// follow is the job once it is over or put off, for which it has twenty seconds.
func (b *bench) follow(t *testing.T, job archivist.Job) archivist.Job {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	job, err := b.queue.Follow(ctx, job.ID, nil)
	if err != nil {
		t.Fatalf("%+v, %v", job, err)
	}
	return job
}

// TestStoreDiesOfAJob: a job at which the store is away each time goes back a few times, and then waits as after any other failure.
func TestStoreDiesOfAJob(t *testing.T) {
	b := newBench(t, Options{})
	var attempts atomic.Int32
	b.queue.handlers = Handlers{"deadly": handlerFunc(func(context.Context, archivist.Job, func(archivist.Stage)) (bool, error) {
		attempts.Add(1)
		return false, errAway
	})}
	defer b.run(t)()
	job := b.follow(t, b.enqueue(t, "deadly"))
	if job.State != archivist.JobWaiting || job.Code != archivist.DatabaseAway || job.Tries != 1 || time.Until(job.Due) < 40*time.Second || attempts.Load() != returnsMost+1 {
		t.Errorf("after %d attempts %+v", attempts.Load(), job)
	}
}

// A claimedAgain bench takes no job back until its lease has run out and it was claimed again.
type claimedAgain struct {
	Bench
	claims, refused atomic.Int32
}

func (b *claimedAgain) Claim(ctx context.Context, owner string, now, until time.Time) (archivist.Job, bool, error) {
	job, found, err := b.Bench.Claim(ctx, owner, now, until)
	if found {
		b.claims.Add(1)
	}
	return job, found, err
}

func (b *claimedAgain) Retry(ctx context.Context, id archivist.JobID, owner string, code archivist.Code, due time.Time) error {
	if b.claims.Load() < 2 {
		b.refused.Add(1)
		return errAway
	}
	return b.Bench.Retry(ctx, id, owner, code, due)
}

// TestClaimedAgainUnsettled: a job whose lease runs out while it waits to be settled is not begun a second time by the process that has it, and is begun
// anew when it has been put back.
func TestClaimedAgainUnsettled(t *testing.T) {
	b := newBench(t, Options{Lease: 2 * time.Second, Workers: 2})
	again := &claimedAgain{Bench: b.store}
	b.queue.bench = again
	var attempts atomic.Int32
	b.queue.handlers = Handlers{"kept": handlerFunc(func(context.Context, archivist.Job, func(archivist.Stage)) (bool, error) {
		if attempts.Add(1) == 1 {
			return false, errAway
		}
		return false, nil
	})}
	defer b.run(t)()
	job := b.follow(t, b.enqueue(t, "kept"))
	if job.State != archivist.JobDone || job.Deaths != 1 || attempts.Load() != 2 || again.claims.Load() != 3 || again.refused.Load() < 1 {
		t.Errorf("after %d claims and %d attempts %+v", again.claims.Load(), attempts.Load(), job)
	}
}

// An absentBench fails with everything while it is away.
type absentBench struct {
	Bench
	away  atomic.Bool
	asked atomic.Int32
}

// looks waits until the queue has asked so often more, which it does each Poll at least.
func (b *absentBench) looks(t *testing.T, n int32) {
	for until := b.asked.Load() + n; b.asked.Load() < until; time.Sleep(time.Millisecond) {
		if t.Context().Err() != nil {
			t.FailNow()
		}
	}
}

func (b *absentBench) try(do func() error) error {
	b.asked.Add(1)
	if b.away.Load() {
		return errAway
	}
	return do()
}

func (b *absentBench) Claim(ctx context.Context, owner string, now, until time.Time) (job archivist.Job, found bool, err error) {
	err = b.try(func() (err error) { job, found, err = b.Bench.Claim(ctx, owner, now, until); return err })
	return job, found, err
}

func (b *absentBench) Renew(ctx context.Context, id archivist.JobID, owner string, until time.Time) error {
	return b.try(func() error { return b.Bench.Renew(ctx, id, owner, until) })
}

func (b *absentBench) Extend(ctx context.Context, now, until time.Time) error {
	return b.try(func() error { return b.Bench.Extend(ctx, now, until) })
}

func (b *absentBench) Finish(ctx context.Context, id archivist.JobID, owner string) error {
	return b.try(func() error { return b.Bench.Finish(ctx, id, owner) })
}

// TestStoreAwayForLeases: a store that is away for longer than a lease, again and again, costs the job under way neither a try nor a death, and nobody else
// gets it; what is left of a process that has died comes back a lease later.
func TestStoreAwayForLeases(t *testing.T) {
	const lease, poll = time.Second, 10 * time.Millisecond // as newBench has it
	b := newBench(t, Options{Lease: lease, Workers: 2})
	absent := &absentBench{Bench: b.store}
	b.queue.bench = absent
	started, finish := make(chan struct{}, 9), make(chan struct{})
	b.queue.handlers = Handlers{"kept": handlerFunc(func(ctx context.Context, _ archivist.Job, _ func(archivist.Stage)) (bool, error) {
		started <- struct{}{}
		select {
		case <-finish:
			return false, nil
		case <-ctx.Done():
			return false, ctx.Err()
		}
	})}
	left := b.enqueue(t, "left") // which a process has that is no more
	now := time.Now()
	if _, found, err := b.store.Claim(t.Context(), "dead", now, now.Add(lease)); err != nil || !found {
		t.Fatal(found, err)
	}
	defer b.run(t)()
	kept := b.enqueue(t, "kept")
	<-started
	for range 3 {
		absent.away.Store(true)
		absent.looks(t, int32(2*lease/poll))
		absent.away.Store(false)
		absent.looks(t, int32(lease/poll/2)) // and a renewal
	}
	if job, err := b.store.Job(t.Context(), kept.ID); err != nil || job.State != archivist.JobRunning || job.Deaths != 0 || job.Tries != 1 {
		t.Errorf("after three outages %+v, %v", job, err)
	}
	close(finish)
	if job := b.follow(t, kept); job.State != archivist.JobDone || job.Deaths != 0 || len(started) != 0 {
		t.Errorf("in the end %+v, begun %d times more", job, len(started))
	}
	if job := b.follow(t, left); job.Deaths != 1 || job.Tries != 2 {
		t.Errorf("what a dead process had: %+v", job)
	}
}

// TestPutBackUnderAnAttempt: a job that is put back, and claimed again, before its attempt here has ended is begun anew, and the old one ends.
func TestPutBackUnderAnAttempt(t *testing.T) {
	q := NewQueue(nil, nil, nil, Options{})
	var ended, endedAnew int
	over := q.begin(archivist.Job{ID: 7}, func() { ended++ })
	if q.underWay(archivist.Job{ID: 7}) {
		t.Error("it was put back: without a death nobody works on it")
	}
	if !q.underWay(archivist.Job{ID: 7, Deaths: 1}) || q.underWay(archivist.Job{ID: 7, Deaths: 1}) {
		t.Error("a death is its lease's end, and the next claim without a further one is of what was put back")
	}
	anew := q.begin(archivist.Job{ID: 7, Deaths: 1}, func() { endedAnew++ })
	over() // must leave the new one
	if !q.underWay(archivist.Job{ID: 7, Deaths: 2}) || ended != 1 || endedAnew != 0 {
		t.Errorf("the old attempt was ended %d times, the new one %d times", ended, endedAnew)
	}
	if anew(); len(q.attempts) != 0 {
		t.Error("it is over")
	}
}

// TestClockStepsUnderAJob steps the clock an hour ahead while a page is read. The process that reads it works on, and begins no second time; another
// one that looks first takes it for a dead one's job and reads it too, but one article comes of it, once.
func TestClockStepsUnderAJob(t *testing.T) {
	const link = "https://example.com/a"
	for _, owners := range [][]string{{"first"}, {"first", "second"}} {
		t.Run(strings.Join(owners, " and "), func(t *testing.T) {
			b := newBench(t, Options{})
			b.web.pages[link] = page("Bridge", link, "It was closed on Monday.")
			started, release := make(chan string, 10), make(chan struct{})
			reading := b.queue.handlers[archivist.JobPage]
			handlers := Handlers{archivist.JobPage: handlerFunc(func(ctx context.Context, job archivist.Job, stage func(archivist.Stage)) (bool, error) {
				started <- job.Owner
				<-release
				return reading.Do(context.WithoutCancel(ctx), job, stage) // as one does that has not heard yet of a lease that is lost
			})}
			var ahead atomic.Int64
			work := func(owner string, poll time.Duration) (stop func()) {
				b.queue = NewQueue(b.store, b.store, handlers, Options{Owner: owner, Workers: 2, Poll: poll, Logger: slog.New(slog.DiscardHandler)})
				b.queue.now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
				return b.run(t)
			}
			look := 10 * time.Millisecond
			if len(owners) > 1 {
				look = time.Hour // the other one is to look first
			}
			defer work(owners[0], look)()
			job, err := b.queue.Submit(t.Context(), archivist.Job{Library: town, URL: link, Person: "7"})
			if err != nil {
				t.Fatal(err)
			}
			<-started
			ahead.Store(int64(time.Hour))
			if len(owners) > 1 {
				defer work(owners[1], 10*time.Millisecond)()
				if again := <-started; again != owners[1] {
					t.Fatalf("begun again by %s", again)
				}
			}
			for job.Tries < 2 { // the claim on the new time
				if job, err = b.store.Job(t.Context(), job.ID); err != nil {
					t.Fatal(err)
				}
			}
			close(release)
			if job, err = b.queue.Follow(t.Context(), job.ID, nil); err != nil || job.State != archivist.JobDone || job.Outcome != archivist.Added {
				t.Errorf("%+v, %v", job, err)
			}
			if len(started) != 0 {
				t.Errorf("begun again by %s", <-started)
			}
			list, err := b.store.Articles(t.Context(), town, archivist.View{}, 0, 10)
			if err != nil || len(list) != 1 {
				t.Errorf("%d articles, %v", len(list), err)
			}
			if l, err := b.store.Library(t.Context(), town); err != nil || l.Version != 1 {
				t.Errorf("%+v, %v", l, err)
			}
		})
	}
}
