package bench

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// A Contender answers questions by their number. Ask may be called by many goroutines.
type Contender struct {
	Name string
	Ask  func(ctx context.Context, question int) error
}

// A Result is how fast a contender was: the medians over the rounds of each round's quantiles and rates.
type Result struct {
	Name           string
	P50, P99, P999 time.Duration
	Rates          []float64 // questions a second, by the cores of the race
}

// A Course is how contenders race.
type Course struct {
	Questions int                  // that each round asks
	Rounds    int                  // at least 1
	Cores     []int                // numbers of processors to measure rates on; none: no rates
	Clock     func() time.Duration // what a question's time is read from, such as ProcessorTime; nil: the clock on the wall
	Told      func(round int)      // after each round; nil: nobody is told
}

// wall is the time since some moment.
func wall() func() time.Duration {
	began := time.Now()
	return func() time.Duration { return time.Since(began) }
}

// Race has contenders answer all questions in turns: within a round each asks every question, one after the other, then as many askers
// as there are processors for each rate. Another one begins each round. A first question to each is not counted.
func Race(ctx context.Context, c Course, contenders []Contender) ([]Result, error) {
	rounds := make([]rounds, len(contenders))
	for _, contender := range contenders {
		if err := contender.Ask(ctx, 0); err != nil {
			return nil, err
		}
	}
	for round := range c.Rounds {
		for i := range contenders {
			at := (round + i) % len(contenders)
			if err := rounds[at].run(ctx, c, contenders[at]); err != nil {
				return nil, err
			}
		}
		if c.Told != nil {
			c.Told(round + 1)
		}
	}
	results := make([]Result, len(contenders))
	for i, r := range rounds {
		results[i] = r.result(contenders[i].Name)
	}
	return results, nil
}

// rounds are the figures of one contender, one a round.
type rounds struct {
	p50, p99, p999 []time.Duration
	rates          [][]float64 // by cores
}

// run adds one round.
func (r *rounds) run(ctx context.Context, c Course, contender Contender) error {
	runtime.GC() // so that nobody pays for another's garbage
	now := c.Clock
	if now == nil {
		now = wall()
	}
	times := make([]time.Duration, c.Questions)
	for i := range times {
		began := now()
		if err := contender.Ask(ctx, i); err != nil {
			return err
		}
		times[i] = now() - began
	}
	r.p50 = append(r.p50, Quantile(times, .5))
	r.p99 = append(r.p99, Quantile(times, .99))
	r.p999 = append(r.p999, Quantile(times, .999))
	for i, cores := range c.Cores {
		rate, err := rateOn(ctx, cores, c.Questions, contender)
		if err != nil {
			return err
		}
		if len(r.rates) <= i {
			r.rates = append(r.rates, nil)
		}
		r.rates[i] = append(r.rates[i], rate)
	}
	return nil
}

func (r *rounds) result(name string) Result {
	result := Result{Name: name, P50: median(r.p50), P99: median(r.p99), P999: median(r.p999)}
	for _, rates := range r.rates {
		result.Rates = append(result.Rates, median(rates))
	}
	return result
}

// rateOn is how many questions a second so many askers have answered on so many processors.
func rateOn(ctx context.Context, cores, questions int, contender Contender) (float64, error) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(cores))
	var next atomic.Int64
	errs := make([]error, cores)
	began := time.Now()
	var askers sync.WaitGroup
	for asker := range cores {
		askers.Go(func() {
			for errs[asker] == nil {
				i := int(next.Add(1)) - 1
				if i >= questions {
					return
				}
				errs[asker] = contender.Ask(ctx, i)
			}
		})
	}
	askers.Wait()
	elapsed := time.Since(began)
	for _, err := range errs {
		if err != nil {
			return 0, err
		}
	}
	return float64(questions) / elapsed.Seconds(), nil
}
