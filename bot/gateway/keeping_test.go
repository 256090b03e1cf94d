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
