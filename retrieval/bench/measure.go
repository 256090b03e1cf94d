package bench

import (
	"context"
	"time"

	"archivist"
)

// Figures are what a library of one size costs.
type Figures struct {
	Size         string // as it was asked for
	Articles     int
	Passages     int
	Postings     int // of all fields
	Build        time.Duration
	Resident     int // bytes of the index in memory
	Stored       int // bytes of its segments as they were written
	StoredMerged int // and once merged
	Load         time.Duration
	LoadMerged   time.Duration
	Found        time.Duration // from the commit of a new article to an answer from it
	Results      []Result      // index over one field, over three, whole ask
}

// Measure takes the figures of a library that has just been built, and merges it.
func (l *Library) Measure(ctx context.Context, c Course, questions []archivist.Question) (f Figures, err error) {
	stats, err := l.Engine.Stats(ctx, l.ID)
	if err != nil {
		return f, err
	}
	f = Figures{Articles: stats.Articles, Passages: stats.Passages, Postings: stats.Postings, Resident: stats.Bytes}
	if f.Stored, err = l.stored(ctx); err != nil {
		return f, err
	}
	if f.Load, err = l.load(ctx); err != nil {
		return f, err
	}
	if err = l.Engine.Merge(ctx, l.ID); err != nil {
		return f, err
	}
	if f.StoredMerged, err = l.stored(ctx); err != nil {
		return f, err
	}
	if f.LoadMerged, err = l.load(ctx); err != nil {
		return f, err
	}
	contenders, err := l.Contenders(ctx, questions)
	if err != nil {
		return f, err
	}
	c.Questions = len(questions)
	if f.Results, err = Race(ctx, c, contenders); err != nil {
		return f, err
	}
	f.Found, err = l.found(ctx)
	return f, err
}
