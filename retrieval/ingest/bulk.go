package ingest

import (
	"context"
	"iter"
	"sync"
	"time"

	"archivist"
)

// bulkSize is how many articles a bulk transaction holds: beyond it a transaction's own cost no longer shows, and less than this is
// lost when the power goes.
const bulkSize = 250

// bulkWait is how long an article waits at most for the others of its transaction.
const bulkWait = time.Second

// A Report counts what became of articles.
type Report struct {
	Added, Updated, Unchanged, Duplicate, Failed int
	Reasons                                      map[archivist.Code]int // of the failed
}

// Count adds one outcome.
func (r *Report) Count(o archivist.Outcome) {
	switch o {
	case archivist.Added:
		r.Added++
	case archivist.Updated:
		r.Updated++
	case archivist.Unchanged:
		r.Unchanged++
	case archivist.Duplicate:
		r.Duplicate++
	}
}

// Fail adds one failure.
func (r *Report) Fail(code archivist.Code) {
	if r.Reasons == nil {
		r.Reasons = map[archivist.Code]int{}
	}
	r.Failed++
	r.Reasons[code]++
}

// Done is the number of articles that are in the library.
func (r *Report) Done() int { return r.Added + r.Updated + r.Unchanged + r.Duplicate }

// Bulk puts intakes into a library, many in one transaction. A failed intake (an error in the sequence) is counted and told to failed,
// and does not stop the others; an error of the store does. stored is told each batch once it is durable: what it was told survives.
// While one batch is put, the next is read: intakes runs on another goroutine, which has ended when Bulk returns.
func Bulk(ctx context.Context, putter Putter, library archivist.LibraryID, intakes iter.Seq2[archivist.Intake, error],
	stored func([]archivist.Intake, []archivist.Stored), failed func(error),
) (Report, error) {
	var report Report
	reading, stop := context.WithCancel(ctx)
	batches := make(chan batch, 1)
	var reader sync.WaitGroup
	reader.Go(func() {
		defer close(batches)
		inBatches(intakes, putter.Yield, func(b batch) bool {
			select {
			case batches <- b:
				return true
			case <-reading.Done():
				return false
			}
		})
	})
	defer reader.Wait()
	defer stop()
	for b := range batches {
		for _, err := range b.failures {
			report.Fail(archivist.CodeOf(err))
			failed(err)
		}
		if len(b.intakes) == 0 {
			continue
		}
		results, err := putter.Put(ctx, library, b.intakes)
		if err != nil {
			return report, err
		}
		for _, result := range results {
			report.Count(result.Outcome)
		}
		stored(b.intakes, results)
	}
	return report, ctx.Err()
}

// A batch is what one transaction stores, and what failed on the way to it.
type batch struct {
	intakes  []archivist.Intake
	failures []error
}

// inBatches gathers intakes until send refuses one. It calls yield after each.
func inBatches(intakes iter.Seq2[archivist.Intake, error], yield func(), send func(batch) bool) {
	var b batch
	last := time.Now()
	for intake, err := range intakes {
		yield()
		if err != nil {
			b.failures = append(b.failures, err)
		} else {
			b.intakes = append(b.intakes, intake)
		}
		if len(b.intakes)+len(b.failures) >= bulkSize || time.Since(last) > bulkWait {
			if !send(b) {
				return
			}
			b, last = batch{}, time.Now()
		}
	}
	send(b)
}
