package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"archivist"
	"archivist/retrieval/ingest"
)

// A jobRun brings in what a command made jobs of, and tells what became of each.
type jobRun struct {
	*program
	house   *house
	library archivist.LibraryID
	queue   *ingest.Queue
	jobs    []archivist.JobID
	looked  map[archivist.JobID]archivist.ArticleID // that these jobs look at again
	did     bool                                    // something, beside the jobs
	report  ingest.Report
}

func (h *house) jobRun(p *program, library archivist.LibraryID) (*jobRun, error) {
	queue, err := h.queue()
	if err != nil {
		return nil, err
	}
	return &jobRun{program: p, house: h, library: library, queue: queue, looked: map[archivist.JobID]archivist.ArticleID{}}, nil
}

func (r *jobRun) failed(err error) {
	r.report.Fail(archivist.CodeOf(err))
	tellFailed(r.err, err)
}

// finish works on the queue until the run's own jobs of its library have ended or wait for a further try.
func (r *jobRun) finish(ctx context.Context) error {
	began := time.Now()
	if len(r.jobs) > 0 {
		working, stop := context.WithCancel(ctx)
		ended := make(chan error, 1)
		go func() { ended <- r.queue.Run(working) }()
		err := r.follow(ctx)
		stop()
		if err := errors.Join(err, <-ended); err != nil {
			return err
		}
		tellReport(r.err, r.report, time.Since(began))
	}
	switch {
	case r.report.Failed > 0 && r.report.Done() == 0 && !r.did:
		return errSilent
	case r.report.Failed > 0:
		return errPartly
	}
	return nil
}

func (r *jobRun) follow(ctx context.Context) error {
	bar := r.progress(len(r.jobs), "articles")
	defer bar.finish()
	for _, id := range r.jobs {
		job, err := r.house.store.Job(ctx, id)
		if err == nil && job.Library == r.library {
			job, err = r.queue.Follow(ctx, id, nil)
		}
		if err != nil {
			return err
		}
		bar.add(1)
		if job.Library != r.library { // that one waits for its own queue
			continue
		}
		bar.clear()
		switch job.State {
		case archivist.JobDone:
			if job.Outcome == "" { // it looked at an article again, and found it as it was
				job.Outcome, job.Article = archivist.Unchanged, r.looked[id]
			}
			r.report.Count(job.Outcome)
			fmt.Fprintf(r.out, "%s %d %s\n", job.Outcome, job.Article, job.URL)
		case archivist.JobWaiting:
			r.report.Fail(job.Code)
			fmt.Fprintf(r.err, "waiting: %s: %s; tried again after %s\n", job.URL, job.Code, job.Due.Local().Format("15:04"))
		default:
			r.failed(&sourceError{job.URL, &archivist.Failure{Code: job.Code, Offer: job.Offer}})
		}
	}
	return nil
}
