package ingest

import (
	"context"
	"iter"
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
func Bulk(ctx context.Context, putter Putter, library archivist.LibraryID, intakes iter.Seq2[archivist.Intake, error],
	stored func([]archivist.Intake, []archivist.Stored), failed func(error),
) (Report, error) {
	var report Report
	last := time.Now()
	batch := make([]archivist.Intake, 0, bulkSize)
	flush := func() error {
		last = time.Now()
		if len(batch) == 0 {
			return nil
		}
		results, err := putter.Put(ctx, library, batch)
		if err != nil {
			return err
		}
		for _, result := range results {
			report.Count(result.Outcome)
		}
		stored(batch, results)
		batch = batch[:0]
		return nil
	}
	for intake, err := range intakes {
		if ctx.Err() != nil {
			break
		}
		if err != nil {
			report.Fail(archivist.CodeOf(err))
			failed(err)
			continue
		}
		if batch = append(batch, intake); len(batch) == bulkSize || time.Since(last) > bulkWait {
			if err := flush(); err != nil {
				return report, err
			}
		}
	}
	if err := ctx.Err(); err != nil {
		return report, err
	}
	return report, flush()
}
