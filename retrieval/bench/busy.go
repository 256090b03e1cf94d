package bench

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"archivist"
)

// A Busy is how a library answers while another one of the same store and process is filled.
type Busy struct {
	Idle, Busy Result
	Rate       float64 // articles a second that were brought in meanwhile
}

// DuringIngest asks in turns with nothing else to do and while the articles are brought in in bulk, over and over, each time into a new
// library. Merges run as they do beside serve.
func (l *Library) DuringIngest(ctx context.Context, c Course, questions []archivist.Question, articles Articles) (Busy, error) {
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
		rate, err = l.whileFilling(ctx, fmt.Sprint("bulk-", round), articles, func() error { return busy.run(ctx, c, ask) })
		if rates = append(rates, rate); c.Told != nil && err == nil {
			c.Told(round + 1)
		}
	}
	stop()
	return Busy{idle.result("idle"), busy.result("during a bulk ingest"), median(rates)}, errors.Join(err, <-merger)
}

// whileFilling runs do once an ingest runs, ends the ingest after it, and returns the ingest's articles a second.
func (l *Library) whileFilling(ctx context.Context, name string, articles Articles, do func() error) (rate float64, err error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	began, brought := time.Now(), 0
	running := make(chan struct{})
	told := func(n int) {
		if brought == 0 {
			close(running)
		}
		brought += n
	}
	ended := make(chan error, 1)
	go func() {
		var err error
		for n := 0; err == nil && ctx.Err() == nil; n++ {
			before := brought
			err = l.bring(ctx, archivist.LibraryID(fmt.Sprint(name, "-", n)), articles, told)
			if err == nil && brought == before {
				err = errors.New("there are no articles to bring in")
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
	if filling := <-ended; !errors.Is(filling, context.Canceled) {
		err = errors.Join(err, filling)
	}
	return float64(brought) / time.Since(began).Seconds(), err
}

// String writes a line for each state and the ratio between them.
func (b Busy) String() string {
	var s strings.Builder
	for _, r := range []Result{b.Idle, b.Busy} {
		fmt.Fprintf(&s, "%24s  p50 %8s µs  p99 %8s µs\n", r.Name, micros(r.P50), micros(r.P99))
	}
	fmt.Fprintf(&s, "%24s  p50 %8.2f     p99 %8.2f     %.0f articles/s brought in\n", "ratio", ratio(b.Busy.P50, b.Idle.P50), ratio(b.Busy.P99, b.Idle.P99), b.Rate)
	return s.String()
}

func ratio(a, b time.Duration) float64 { return float64(a) / float64(max(b, 1)) }
