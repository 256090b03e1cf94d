// Package ingest brings articles in: from a link to a stored article, durably. A link becomes a job before anything else happens
// (Queue), a handler does it (Pages: fetch, extract, identify, by a Reader), and the finished article goes into its library by one call
// of Putter. Files of articles take the short way (Bulk). Nothing here knows how articles are indexed or where they lie.
//
// Begin with Queue.Submit and Queue.Run; Reader.Read is the way of one page. A further kind of job is a Handler and its row in Handlers.
package ingest

import (
	"context"
	"time"

	"archivist"
	"archivist/retrieval/ingest/fetch"
)

// A Putter takes finished articles into a library: the Engine.
type Putter interface {
	// Put stores the articles with their index and closes their jobs, all in one transaction. The results are in the order given.
	Put(ctx context.Context, library archivist.LibraryID, intakes []archivist.Intake) ([]archivist.Stored, error)
	// Yield is called between small pieces of work for many articles: it lets questions go first.
	Yield()
}

// A Desk is where links are handed in, asked after and taken back.
type Desk interface {
	// Enqueue makes the job durable and returns it with its id, or the open job of the same library and key.
	Enqueue(ctx context.Context, job archivist.Job) (archivist.Job, error)
	Job(ctx context.Context, id archivist.JobID) (archivist.Job, error)
	// CancelJob takes a job back that is still open; false says that it was over already.
	CancelJob(ctx context.Context, library archivist.LibraryID, id archivist.JobID, act archivist.Act) (bool, error)
	// Again queues a job that waits, failed or was cancelled, and returns it as it is then.
	Again(ctx context.Context, library archivist.LibraryID, id archivist.JobID, act archivist.Act) (archivist.Job, error)
}

// A Bench is where the queue takes jobs from and puts unfinished ones back. But for Claim, archivist.ErrLeaseLost says that owner has the
// job no more.
type Bench interface {
	// Claim leases the job whose turn it is to owner until the given time; false means that there is none at now.
	Claim(ctx context.Context, owner string, now, until time.Time) (archivist.Job, bool, error)
	Renew(ctx context.Context, id archivist.JobID, owner string, until time.Time) error
	// Extend gives leases that have run out at now, whosever they are, until the given time.
	Extend(ctx context.Context, now, until time.Time) error
	// Finish ends a job that stored nothing; one that did is ended by Putter.
	Finish(ctx context.Context, id archivist.JobID, owner string) error
	// Retry puts the job back, to be tried again at due; without a code the try does not count.
	Retry(ctx context.Context, id archivist.JobID, owner string, code archivist.Code, due time.Time) error
	Fail(ctx context.Context, id archivist.JobID, owner string, code archivist.Code, offer archivist.Offer) error
}

// A Handler makes attempts at jobs of one kind. Do is given a job that is leased to this process (job.Owner), tells the stages that it comes
// through, and ends in one of three ways:
//   - stored: what the job was for is in its library, and the same transaction has closed the job (Putter.Put of an intake with job.ID
//     and job.Owner, which fails and stores nothing if the job was cancelled meanwhile);
//   - neither stored nor an error: there was nothing to store, and the queue closes the job as done;
//   - an error: the queue puts the job off where its code is retryable (archivist.Code.Retryable), to the time that a *fetch.Pause in its
//     chain names if that is later, and else fails it. Any other error than a *archivist.Failure counts as archivist.Internal.
//
// ctx ends when the process stops, the lease is lost, the job is cancelled or the attempt takes too long. A panic is caught by the queue and
// fails the job with archivist.TooComplex. A job may be tried again after an attempt that died at any point: what Do writes outside
// Put must bear being written twice.
type Handler interface {
	Do(ctx context.Context, job archivist.Job, stage func(archivist.Stage)) (stored bool, err error)
}

// Handlers is the table of kinds: what a queue can do.
type Handlers map[archivist.JobKind]Handler

// Rules tells a library's settings, among them which domains it lets in.
type Rules interface {
	Settings(ctx context.Context, library archivist.LibraryID) (map[string]string, error)
}

// A Web fetches pages: *fetch.Fetcher, or a recorded web in tests.
type Web interface {
	Get(ctx context.Context, request fetch.Request) (*fetch.Response, error)
}
