package ingest

import (
	"context"

	"archivist"
)

// Pages is the Handler of archivist.JobPage: it brings in the page behind a link.
type Pages struct {
	Reader  *Reader
	Putter  Putter
	Archive *Archive // asked for copies of pages that are gone; nil: none is offered
}

// Do reads the page and stores its article, which closes the job.
func (p *Pages) Do(ctx context.Context, job archivist.Job, stage func(archivist.Stage)) (stored bool, err error) {
	intake, err := p.Reader.Read(ctx, job.Library, job.URL, stage)
	if err != nil {
		return false, p.Archive.OrCopy(ctx, job.URL, err)
	}
	return p.put(ctx, job, intake, stage)
}

func (p *Pages) put(ctx context.Context, job archivist.Job, intake archivist.Intake, stage func(archivist.Stage)) (stored bool, err error) {
	stage(archivist.StageStoring)
	intake.Article.AddedBy, intake.Job, intake.Owner = job.Person, job.ID, job.Owner
	_, err = p.Putter.Put(ctx, job.Library, []archivist.Intake{intake})
	return err == nil, err
}

// FeedItems is the Handler of archivist.JobFeed: it brings in the page of a feed's item, or what the feed gives of it where the page cannot be
// read.
type FeedItems struct{ Pages }

// Do reads the page and stores its article, which closes the job.
func (f *FeedItems) Do(ctx context.Context, job archivist.Job, stage func(archivist.Stage)) (stored bool, err error) {
	intake, err := f.Reader.Read(ctx, job.Library, job.URL, stage)
	if err != nil && givenUp(err, job.Tries) {
		intake, err = f.Reader.orItem(ctx, job, err)
	}
	if err != nil {
		return false, err
	}
	return f.put(ctx, job, intake, stage)
}

// Copies is the Handler of archivist.JobArchive: it brings in an archive's copy of the page at the job's address.
type Copies struct{ Pages }

// Do reads the copy and stores its article, which closes the job.
func (c *Copies) Do(ctx context.Context, job archivist.Job, stage func(archivist.Stage)) (stored bool, err error) {
	intake, err := c.Archive.Read(ctx, job.Library, job.URL, stage)
	if err != nil {
		return false, err
	}
	return c.put(ctx, job, intake, stage)
}
