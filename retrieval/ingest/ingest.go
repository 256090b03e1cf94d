// Package ingest brings articles in: from a link to a stored article, durably. A link becomes a job before anything else happens
// (Queue), a worker reads its page (Reader: fetch, extract, identify), and the finished article goes into its library by one call of
// Putter. Files of articles take the short way (Bulk). Nothing here knows how articles are indexed or where they lie.
//
// Begin with Queue.Submit and Queue.Run; Reader.Read is the way of one page.
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
}

// A Desk is where links are handed in and asked after.
type Desk interface {
	// Enqueue makes the job durable and returns it with its id, or the open job of the same library and key.
	Enqueue(ctx context.Context, job archivist.Job) (archivist.Job, error)
	Job(ctx context.Context, id archivist.JobID) (archivist.Job, error)
}

// A Bench is where workers take jobs from and put unfinished ones back. A finished job is closed by Putter.
type Bench interface {
	// Claim leases the next job that is due at now to owner until the given time; false means that none is due.
	Claim(ctx context.Context, owner string, now, until time.Time) (archivist.Job, bool, error)
	Renew(ctx context.Context, id archivist.JobID, owner string, until time.Time) error
	// Retry puts the job back, to be tried at due.
	Retry(ctx context.Context, id archivist.JobID, owner string, code archivist.Code, due time.Time) error
	Fail(ctx context.Context, id archivist.JobID, owner string, code archivist.Code) error
}

// Rules tells a library's settings, among them which domains it lets in.
type Rules interface {
	Settings(ctx context.Context, library archivist.LibraryID) (map[string]string, error)
}

// A Web fetches pages: *fetch.Fetcher, or a recorded web in tests.
type Web interface {
	Get(ctx context.Context, request fetch.Request) (*fetch.Response, error)
}
