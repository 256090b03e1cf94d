package bot

import (
	"context"
	"time"

	"archivist"
)

// An Asker answers questions. Its errors that the asker can mend are *archivist.Invalid.
// Warm says that a library is likely to be asked soon.
type Asker interface {
	Ask(ctx context.Context, q archivist.Question) (archivist.Answer, error)
	Warm(ctx context.Context, library archivist.LibraryID) error
}

// An Adder brings links in. Takes is the error with which Submit would refuse an address, as typed. Submit makes a job of the address, as typed, for its library, person and channels, and returns it once it is
// durable; Follow once it is done, failed or put off, or ctx has ended. CancelJob reports whether the job was still open.
type Adder interface {
	Takes(address string) error
	Submit(ctx context.Context, job archivist.Job) (archivist.Job, error)
	Follow(ctx context.Context, id archivist.JobID, progress func(archivist.Stage)) (archivist.Job, error)
	CancelJob(ctx context.Context, library archivist.LibraryID, id archivist.JobID) (cancelled bool, err error)
}

// A Remover takes articles out of a library, and puts them back for archivist.UndoWindow, with the entry in the audit log; or it takes the
// whole library away.
type Remover interface {
	RemoveAll(ctx context.Context, library archivist.LibraryID, ids []archivist.ArticleID, act archivist.Act) (archivist.Removal, error)
	Restore(ctx context.Context, library archivist.LibraryID, pick archivist.Pick, act archivist.Act) (articles int, err error)
	Delete(ctx context.Context, library archivist.LibraryID) error
}

// Store is what one storage engine offers the bot.
type Store interface {
	Shelf
	Rulebook
	Diary
	Memoir
	Moderation
	Upkeep
}

// A Shelf is where stored articles are read; whoever reads one by its id looks at its Channels. Articles lists heads with ids below before,
// newest first; before 0 begins at the newest.
type Shelf interface {
	Article(ctx context.Context, library archivist.LibraryID, id archivist.ArticleID) (archivist.Article, error)
	Articles(ctx context.Context, library archivist.LibraryID, view archivist.View, before archivist.ArticleID, n int) ([]archivist.Head, error)
	Sites(ctx context.Context, library archivist.LibraryID, view archivist.View) ([]archivist.SiteCount, error)
}

// A Rulebook keeps a library's settings; each change carries its entry for the audit log.
type Rulebook interface {
	Settings(ctx context.Context, library archivist.LibraryID) (map[string]string, error)
	SetSetting(ctx context.Context, library archivist.LibraryID, key, value string, act archivist.Act) error
}

// A Diary keeps what people did, without their names: questions, each with the card of its reply, votes, and cards for their buttons.
type Diary interface {
	SaveQuestion(ctx context.Context, q archivist.Asked, reply ...archivist.CardState) error
	SaveFeedback(ctx context.Context, f archivist.Feedback) error
	SaveCard(ctx context.Context, c archivist.CardState) error
	Card(ctx context.Context, library archivist.LibraryID, id string) (archivist.CardState, error)
}

// A Memoir tells and erases what a library keeps of a person, known by Discord id or by the library's hash of it. Libraries lists up to n
// of them with ids behind after.
type Memoir interface {
	Libraries(ctx context.Context, after archivist.LibraryID, n int) ([]archivist.Library, error)
	Kept(ctx context.Context, library archivist.LibraryID, person, hash string, each func(archivist.Kept) error) error
	Forget(ctx context.Context, library archivist.LibraryID, person, hash string) (map[string]int, error)
}

// Upkeep keeps limits over a restart, and takes away what has been kept long enough. Spend takes one of each of the quotas of
// a day, or, where one is used up, none: then the error is an *archivist.Invalid with TooManyRequests.
type Upkeep interface {
	Spend(ctx context.Context, library archivist.LibraryID, day time.Time, quotas ...archivist.Quota) error
	Sweep(ctx context.Context, now time.Time, keep archivist.Retention) error
	Buckets(ctx context.Context, each func(archivist.Bucket)) error
	SaveBuckets(ctx context.Context, buckets []archivist.Bucket) error
}
