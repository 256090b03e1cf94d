package ingest

import (
	"context"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"archivist"
)

// awayBench is a bench whose store cannot be reached now and then.
type awayBench struct {
	Bench
	renewals, returns atomic.Int32 // that fail
	renewed           chan error   // what became of each renewal
}

var errAway = &archivist.Invalid{Code: archivist.DatabaseAway, Text: "the database server cannot be reached"}

func (b *awayBench) Renew(ctx context.Context, id archivist.JobID, owner string, until time.Time) (err error) {
	if err = errAway; b.renewals.Add(-1) < 0 {
		err = b.Bench.Renew(ctx, id, owner, until)
	}
	b.renewed <- err
	return err
}

func (b *awayBench) Retry(ctx context.Context, id archivist.JobID, owner string, code archivist.Code, due time.Time) error {
	if b.returns.Add(-1) >= 0 {
		return errAway
	}
	return b.Bench.Retry(ctx, id, owner, code, due)
}

// TestStoreAwayUnderAJob: a store that is away for a while takes no job from who has it, and what failed for it alone is done again at once when it is
// back: neither as a failure of the job's, nor as one that its process has died of.
func TestStoreAwayUnderAJob(t *testing.T) {
	b := newBench(t, Options{Lease: 3 * time.Second})
	away := &awayBench{Bench: b.store, renewed: make(chan error, 100)}
	away.renewals.Store(1)
	away.returns.Store(2)
	b.queue.bench = away
	attempts := 0
	b.queue.handlers = Handlers{"kept": handlerFunc(func(ctx context.Context, _ archivist.Job, _ func(archivist.Stage)) (bool, error) {
		if attempts++; attempts > 1 {
			return false, nil
		}
		for range 2 {
			select {
			case <-away.renewed:
			case <-ctx.Done():
				return false, ctx.Err()
			}
		}
		return false, errAway
	})}
	defer b.run(t)()
	now := time.Now()
	job, err := b.store.Enqueue(t.Context(), archivist.Job{Library: town, Kind: "kept", Key: "kept", Due: now, Created: now})
	if err != nil {
		t.Fatal(err)
	}
	if job, err = b.queue.Follow(t.Context(), job.ID, nil); err != nil || job.State != archivist.JobDone || job.Tries != 1 || job.Deaths != 0 {
		t.Errorf("after %d attempts %+v, %v", attempts, job, err)
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
