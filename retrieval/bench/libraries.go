package bench

import (
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"runtime"
	"slices"
	"sort"
	"strings"
	"sync/atomic"
	"time"

	"archivist"
	"archivist/retrieval"
	"archivist/retrieval/ingest"
)

// Many are libraries of very different sizes in one store, asked as guilds are: the few large or lively ones often, most seldom.
type Many struct {
	Count   int    // of libraries
	Largest int    // articles of the largest; the r-th has an r-th of that, and one at least (Zipf's law)
	Seed    uint64 // of articles, questions and who asks
	Asks    int    // that are measured, after a quarter of that to begin with
	Budget  int64  // bytes for libraries in memory; 0: a quarter of what all of them take
	corpus  countingCorpus
	sizes   []int
}

// LibrariesFigures are what Many measured.
type LibrariesFigures struct {
	Libraries, Articles int
	All, Budget         int64 // bytes of all libraries in memory, and those that may be
	Held                int64 // bytes in memory in the end
	InMemory            int   // libraries in the end
	Heap                int64 // of the process in the end, all it has
	Asks, Cold          int   // measured; of them with a load
	P50, P99            time.Duration
	WarmP50, WarmP99    time.Duration
	ColdP50, ColdP99    time.Duration
	ColdLargest         time.Duration // what the first ask of the largest library takes more than the next, median of several
}

// HitRate is the part of asks that met their library in memory.
func (f LibrariesFigures) HitRate() float64 { return 1 - float64(f.Cold)/float64(max(f.Asks, 1)) }

// A countingCorpus counts the loads of whole libraries.
type countingCorpus struct {
	retrieval.Corpus
	loads *atomic.Int64
}

func (c countingCorpus) Segments(ctx context.Context, library archivist.LibraryID, since uint64) (archivist.Segments, error) {
	if since == 0 {
		c.loads.Add(1)
	}
	return c.Corpus.Segments(ctx, library, since)
}

func manyID(rank int) archivist.LibraryID { return archivist.GuildLibrary(fmt.Sprint(rank + 1)) }

// Fill makes the libraries of made-up news in a store. told is called after each library with its number of articles.
func (m *Many) Fill(ctx context.Context, corpus retrieval.Corpus, told func(articles int)) error {
	m.corpus = countingCorpus{corpus, &atomic.Int64{}}
	engine := retrieval.New(corpus, retrieval.Options{})
	next, stop := iter.Pull2(MadeUp(m.Seed))
	defer stop()
	for rank := range m.Count {
		size := max(1, m.Largest/(rank+1))
		m.sizes = append(m.sizes, size)
		for left := size; left > 0; {
			var intakes []archivist.Intake
			for range min(left, 250) { // news has no end
				a, err, _ := next()
				if err != nil {
					return err
				}
				intakes = append(intakes, ingest.NewIntake(a))
			}
			if _, err := engine.Put(ctx, manyID(rank), intakes); err != nil {
				return err
			}
			left -= len(intakes)
		}
		if err := engine.Merge(ctx, manyID(rank)); err != nil {
			return err
		}
		told(size)
	}
	return nil
}

// Measure asks the libraries that Fill has made. told is called after each ask.
func (m *Many) Measure(ctx context.Context, questions []string, told func(asks int)) (f LibrariesFigures, err error) {
	f.Libraries, f.Asks = m.Count, m.Asks
	for _, size := range m.sizes {
		f.Articles += size
	}
	if f.All, err = m.all(ctx); err != nil {
		return f, err
	}
	if f.Budget = m.Budget; f.Budget == 0 {
		f.Budget = f.All / 4
	}
	if f.ColdLargest, err = m.cold(ctx, questions); err != nil {
		return f, err
	}
	engine := retrieval.New(m.corpus, retrieval.Options{Budget: f.Budget})
	asker := newAsker(m.Count, m.Seed)
	var all, warm, cold []time.Duration
	for i := -m.Asks / 4; i < m.Asks; i++ {
		q := archivist.Question{Library: manyID(asker.next()), Text: questions[asker.chance.IntN(len(questions))], Limit: archivist.MaxPassages}
		loads, began := m.corpus.loads.Load(), time.Now()
		if err := askAny(ctx, engine, q); err != nil {
			return f, err
		}
		took := time.Since(began)
		told(1)
		switch {
		case i < 0:
			continue
		case m.corpus.loads.Load() > loads:
			f.Cold++
			cold = append(cold, took)
		default:
			warm = append(warm, took)
		}
		all = append(all, took)
	}
	f.P50, f.P99 = quantile(all, .5), quantile(all, .99)
	f.WarmP50, f.WarmP99 = quantile(warm, .5), quantile(warm, .99)
	f.ColdP50, f.ColdP99 = quantile(cold, .5), quantile(cold, .99)
	f.InMemory, f.Held = engine.Held()
	runtime.GC()
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	f.Heap = int64(memory.HeapInuse)
	runtime.KeepAlive(engine)
	return f, nil
}

// askAny asks; that a question is not fit for a small library, in which all its words are common, is an answer too.
func askAny(ctx context.Context, e *retrieval.Engine, q archivist.Question) error {
	_, err := e.Ask(ctx, q)
	if err != nil && archivist.CodeOf(err) != archivist.Internal && ctx.Err() == nil {
		return nil
	}
	return err
}

// all is how many bytes the libraries take in memory, all at once.
func (m *Many) all(ctx context.Context) (bytes int64, err error) {
	engine := retrieval.New(m.corpus, retrieval.Options{Budget: budget})
	for rank := range m.Count {
		if _, err := engine.Stats(ctx, manyID(rank)); err != nil {
			return 0, err
		}
	}
	_, bytes = engine.Held()
	return bytes, nil
}

// cold is what the first ask of the largest library takes more than the next one.
func (m *Many) cold(ctx context.Context, questions []string) (time.Duration, error) {
	var more []time.Duration
	for i := range 11 {
		engine := retrieval.New(m.corpus, retrieval.Options{Budget: budget})
		q := archivist.Question{Library: manyID(0), Text: questions[i%len(questions)], Limit: archivist.MaxPassages}
		var took [2]time.Duration
		for n := range took {
			began := time.Now()
			if err := askAny(ctx, engine, q); err != nil {
				return 0, err
			}
			took[n] = time.Since(began)
		}
		more = append(more, took[0]-took[1])
	}
	return median(more), nil
}

// An asker chooses libraries by Zipf's law: the r-th of an order of chance is asked in proportion to 1/r. So a large library need not be lively.
type asker struct {
	chance *rand.Rand
	order  []int
	sums   []float64 // of 1/r up to each rank
}

func newAsker(count int, seed uint64) *asker {
	a := &asker{chance: rand.New(rand.NewPCG(seed, 13)), sums: make([]float64, count)}
	a.order = a.chance.Perm(count)
	sum := 0.
	for r := range a.sums {
		sum += 1 / float64(r+1)
		a.sums[r] = sum
	}
	return a
}

func (a *asker) next() int {
	at := a.chance.Float64() * a.sums[len(a.sums)-1]
	return a.order[min(sort.SearchFloat64s(a.sums, at), len(a.order)-1)]
}

// quantile is the value below which that part of durations lies; 0 of none. It sorts them.
func quantile(d []time.Duration, q float64) time.Duration {
	if len(d) == 0 {
		return 0
	}
	slices.Sort(d)
	return d[min(int(q*float64(len(d))), len(d)-1)]
}

// String is a table of the figures for people.
func (f LibrariesFigures) String() string {
	var s strings.Builder
	line := func(name, format string, values ...any) {
		fmt.Fprintf(&s, "%-34s"+format+"\n", append([]any{name}, values...)...)
	}
	mib := func(bytes int64) float64 { return float64(bytes) / (1 << 20) }
	line("libraries", "%d", f.Libraries)
	line("articles", "%d", f.Articles)
	line("memory of all libraries", "%.1f MiB", mib(f.All))
	line("budget", "%.1f MiB", mib(f.Budget))
	line("in memory at the end", "%.1f MiB, %d libraries", mib(f.Held), f.InMemory)
	line("heap at the end", "%.1f MiB", mib(f.Heap))
	line("asks", "%d", f.Asks)
	line("that met their library in memory", "%.1f%%", 100*f.HitRate())
	line("ask, p50 and p99", "%s and %s", f.P50.Round(time.Microsecond), f.P99.Round(time.Microsecond))
	line("  in memory", "%s and %s", f.WarmP50.Round(time.Microsecond), f.WarmP99.Round(time.Microsecond))
	line("  with a load", "%s and %s", f.ColdP50.Round(time.Microsecond), f.ColdP99.Round(time.Microsecond))
	line("a load of the largest library", "%s", f.ColdLargest.Round(10*time.Microsecond))
	return s.String()
}
