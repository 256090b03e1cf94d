package gateway

import (
	"context"
	"time"

	"archivist"
)

// What the town keeps of people plays no part in these tests.

func (w *town) SaveFeedback(context.Context, archivist.Feedback) error { return nil }

func (w *town) Libraries(context.Context, archivist.LibraryID, int) ([]archivist.Library, error) {
	return nil, nil
}

func (w *town) Kept(context.Context, archivist.LibraryID, string, string, func(archivist.Kept) error) error {
	return nil
}

func (w *town) Forget(context.Context, archivist.LibraryID, string, string) (map[string]int, error) {
	return nil, nil
}

func (w *town) Sweep(context.Context, time.Time, archivist.Retention) error { return nil }

func (w *town) Buckets(context.Context, func(archivist.Bucket)) error { return nil }

func (w *town) SaveBuckets(context.Context, []archivist.Bucket) error { return nil }

// Activity is a quiet day's.
func (w *town) Activity(_ context.Context, _ archivist.LibraryID, since time.Time) (archivist.Activity, error) {
	return archivist.Activity{
		Days:     []archivist.DayCount{{Day: since, What: "question.answer", N: 3}, {Day: since, What: "question.refusal", N: 1}, {Day: since, What: "vote.up", N: 2}},
		Measured: 4, Median: 12 * time.Millisecond, Slowest: 40 * time.Millisecond,
	}, nil
}
