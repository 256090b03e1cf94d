package bench

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"archivist"
)

// A Busy is how a library answers while something else is done with the same store in the same process.
type Busy struct {
	Idle, Busy Result
	Rate       float64 // of what was done meanwhile, a second
	What       string  // that is
}

// A chore is done over and over in the nth round until ctx ends, and tells how much was done as it goes.
type chore func(ctx context.Context, n int, told func(int)) error

// DuringIngest asks in turns with nothing else to do and while the articles are brought in in bulk, over and over, each time into a new
// library. Merges run as they do beside serve.
func (l *Library) DuringIngest(ctx context.Context, c Course, questions []archivist.Question, articles Articles) (Busy, error) {
	times := map[int]int{} // by round
	return l.during(ctx, c, questions, "during a bulk ingest", "articles/s brought in", func(ctx context.Context, round int, told func(int)) error {
		name := fmt.Sprintf("bulk-%d-%d", round, times[round])
		times[round]++
		return l.bring(ctx, archivist.LibraryID(name), articles, told)
	})
}

// DuringBackup asks in turns with nothing else to do and while one backup after the other is made.
func (l *Library) DuringBackup(ctx context.Context, c Course, questions []archivist.Question, backup func(context.Context) error) (Busy, error) {
	return l.during(ctx, c, questions, "during backups", "backups/s made", func(ctx context.Context, _ int, told func(int)) error {
		told(0)
		err := backup(ctx)
		told(1)
		return err
	})
}

// during asks in turns with nothing else to do and while a chore is done.
func (l *Library) during(ctx context.Context, c Course, questions []archivist.Question, name, what string, do chore) (Busy, error) {
	contenders, err := l.Contenders(ctx, questions)
	if err != nil {
		return Busy{}, err
	}
	ask := contenders[len(contenders)-1]
	c.Questions, c.Cores = len(questions), nil
	ctx, stop := context.WithCancel(ctx)
	merger := make(chan error)
	go func() { merger <- l.Engine.Run(ctx) }()
	var idle, busy rounds
	var rates []float64
	for round := 0; round < c.Rounds && err == nil; round++ {
		if err = idle.run(ctx, c, ask); err != nil {
			break
		}
		var rate float64
		rate, err = while(ctx, func(ctx context.Context, told func(int)) error { return do(ctx, round, told) }, func() error { return busy.run(ctx, c, ask) })
		if rates = append(rates, rate); c.Told != nil && err == nil {
			c.Told(round + 1)
		}
	}
	stop()
	return Busy{idle.result("idle"), busy.result(name), median(rates), what}, errors.Join(err, <-merger)
}

// while runs do once a chore has told that it goes on, ends the chore after it, and returns how much of it was done a second.
func while(ctx context.Context, chore func(context.Context, func(int)) error, do func() error) (rate float64, err error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	began, done := time.Now(), 0
	running := make(chan struct{})
	begun := sync.OnceFunc(func() { close(running) })
	told := func(n int) {
		done += n
		begun()
	}
	ended := make(chan error, 1)
	go func() {
		var err error
		for err == nil && ctx.Err() == nil {
			before := done
			if err = chore(ctx, told); err == nil && done == before {
				err = errors.New("there is nothing to do")
			}
		}
		ended <- err
	}()
	select {
	case <-running:
		err = do()
	case err = <-ended:
		return 0, err
	}
	stop()
	if last := <-ended; ctx.Err() == nil || !cutShort(last) {
		err = errors.Join(err, last)
	}
	return float64(done) / time.Since(began).Seconds(), err
}

// cutShort reports whether an error says only that its context had ended; SQLite has its own word for it.
func cutShort(err error) bool {
	return err == nil || errors.Is(err, context.Canceled) || strings.Contains(err.Error(), "interrupted")
}

// String writes a line for each state and the ratio between them.
func (b Busy) String() string {
	var s strings.Builder
	for _, r := range []Result{b.Idle, b.Busy} {
		fmt.Fprintf(&s, "%24s  p50 %8s µs  p99 %8s µs\n", r.Name, micros(r.P50), micros(r.P99))
	}
	fmt.Fprintf(&s, "%24s  p50 %8.2f     p99 %8.2f     %.3g %s\n", "ratio", ratio(b.Busy.P50, b.Idle.P50), ratio(b.Busy.P99, b.Idle.P99), b.Rate, b.What)
	return s.String()
}

func ratio(a, b time.Duration) float64 { return float64(a) / float64(max(b, 1)) }
