package ingest

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"archivist"
	"archivist/retrieval/ingest/fetch"
)

// checkSteps is the schedule of an article's page: how long after it was read it is looked at again, step by step, as long as nothing changes.
// Behind the last step the time doubles, up to maxCheck.
var checkSteps = [...]time.Duration{
	time.Hour, 6 * time.Hour, 24 * time.Hour, 3 * 24 * time.Hour, 10 * 24 * time.Hour, 30 * 24 * time.Hour, 90 * 24 * time.Hour,
}

const (
	maxCheck      = 360 * 24 * time.Hour
	changedStep   = 2                  // where the schedule goes on after a change: a day
	missedPause   = 2 * 24 * time.Hour // until a page that was not there is looked at again
	missedTimes   = 3                  // so often in a row within missedWithin, and it is dead
	missedSpan    = 7 * 24 * time.Hour
	checkPause    = 24 * time.Hour // until a claimed check of which nothing was heard, or a suspicious one, is made again
	checksAtATime = 50
	retimeEvery   = time.Hour // how often it is looked whether a clock was ahead; and whenever it was set back while this runs
)

// CheckAfter is the time from one look at an article's page to the next, by the step of the schedule: CheckAfter(0) = 1 h, CheckAfter(2) = 24 h,
// CheckAfter(7) = 180 days.
func CheckAfter(step int) time.Duration {
	last := len(checkSteps) - 1
	if step <= last {
		return checkSteps[max(step, 0)]
	}
	after := checkSteps[last]
	for range min(step-last, 8) {
		after = min(2*after, maxCheck)
	}
	return after
}

// firstCheck is the check of a page that was just read.
func firstCheck(response *fetch.Response) *archivist.Check {
	return &archivist.Check{
		URL: response.URL, ETag: response.ETag, Modified: response.Modified, Checked: response.Fetched, Due: response.Fetched.Add(CheckAfter(0)),
	}
}

// A Calendar says which articles' pages are due to be looked at.
type Calendar interface {
	// ClaimChecks makes jobs of what is due at now, and makes it due again at until.
	ClaimChecks(ctx context.Context, now, until time.Time, n int) (jobs int, err error)
	// Retime takes looks at pages and polls of feeds that a clock ahead of now made for made at now.
	Retime(ctx context.Context, now time.Time) (n int, err error)
}

// A CheckDesk keeps when the pages of articles are looked at again, and the articles.
type CheckDesk interface {
	NextCheck(ctx context.Context, library archivist.LibraryID, id archivist.ArticleID) (archivist.Check, error)
	SaveCheck(ctx context.Context, library archivist.LibraryID, id archivist.ArticleID, c archivist.Check, dead bool) error
	ArticleByKey(ctx context.Context, library archivist.LibraryID, key string) (archivist.Article, error)
}

// A Scheduler makes jobs of the articles whose pages are due to be looked at.
type Scheduler struct {
	Desk   Calendar
	Wake   func() // told that there are jobs
	Logger *slog.Logger
	Every  time.Duration // how often due articles are looked for; 0: a minute
}

// Run makes jobs as articles become due until ctx ends, then returns nil.
func (s *Scheduler) Run(ctx context.Context) error {
	every := s.Every
	if every == 0 {
		every = time.Minute
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	var retimed time.Time
	for {
		now := time.Now().Round(0) // by the wall clock, as what is stored
		if since := now.Sub(retimed); since < 0 || since >= retimeEvery {
			s.retime(ctx, now)
			retimed = now
		}
		jobs, err := s.Desk.ClaimChecks(ctx, now, now.Add(checkPause), checksAtATime)
		if err != nil && ctx.Err() == nil {
			s.Logger.Error("make jobs of articles to look at again", "error", err)
		}
		if jobs > 0 {
			s.Wake()
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// retime mends what a clock left behind that was ahead: nothing waits for the time that it told.
func (s *Scheduler) retime(ctx context.Context, now time.Time) {
	n, err := s.Desk.Retime(ctx, now)
	if err != nil && ctx.Err() == nil {
		s.Logger.Error("time anew what a clock that was ahead left behind", "error", err)
	}
	if n > 0 {
		s.Logger.Warn("the clock was ahead, and is not any more: feeds and looks at articles are timed anew", "number", n)
	}
}

// Refresh is the Handler of archivist.JobRefresh: it looks at the page of an article again. What has changed takes the place of the old text,
// which is kept as a former one; what looks wrong, or is not there, leaves the text as it is.
type Refresh struct{ Pages }

// Do looks at the page once. A page that is unchanged ends the job without an article; one that is not there, cannot be read or looks wrong fails
// it with the reason.
func (f *Refresh) Do(ctx context.Context, job archivist.Job, stage func(archivist.Stage)) (stored bool, err error) {
	article, err := f.Reader.Desk.ArticleByKey(ctx, job.Library, job.Key)
	if errors.Is(err, archivist.ErrNotFound) { // removed meanwhile
		return false, nil
	}
	if err != nil {
		return false, err
	}
	check, err := f.Reader.Desk.NextCheck(ctx, job.Library, article.ID)
	if errors.Is(err, archivist.ErrNotFound) {
		check, err = archivist.Check{URL: article.URL}, nil
	}
	if err != nil {
		return false, err
	}
	intake, response, err := f.Reader.again(ctx, job.Library, check, stage)
	now := time.Now()
	switch {
	case ctx.Err() != nil:
		return false, ctx.Err()
	case err == nil && response.NotModified, err == nil && sameText(article, intake):
		return false, f.Reader.Desk.SaveCheck(ctx, job.Library, article.ID, unchanged(check, response, now), false)
	case err == nil:
		return f.changed(ctx, job, article, check, intake, stage)
	case archivist.CodeOf(err) == archivist.Gone:
		next, dead := missed(check, now)
		return false, errors.Join(f.Reader.Desk.SaveCheck(ctx, job.Library, article.ID, next, dead || article.Dead), err)
	case archivist.CodeOf(err).Retryable(): // the queue tries again, and the schedule a day later
		return false, err
	}
	check.Checked, check.Due = now, now.Add(CheckAfter(check.Step+1))
	check.Step++
	return false, errors.Join(f.Reader.Desk.SaveCheck(ctx, job.Library, article.ID, check, article.Dead), err)
}

// changed stores the new text, unless it looks wrong and was not found before.
func (f *Refresh) changed(ctx context.Context, job archivist.Job, old archivist.Article, check archivist.Check, intake archivist.Intake, stage func(archivist.Stage)) (bool, error) {
	if left := kept(old, intake.Article); suspicious(old, intake.Article, left) && check.Pending != intake.Hash {
		return false, errors.Join(f.Reader.Desk.SaveCheck(ctx, job.Library, old.ID, pending(check, intake), false), unbelieved(old, left))
	}
	intake.Check.Step = changedStep
	intake.Check.Due = intake.Check.Checked.Add(CheckAfter(changedStep))
	// It is this article's page whatever it now says its address is.
	intake.Links = append(intake.Links, intake.Article.Key)
	intake.Article.URL, intake.Article.Key, intake.Article.Channels = old.URL, old.Key, old.Channels
	return f.put(ctx, job, intake, stage)
}

// again reads the page that a check is about, if it has changed since.
func (r *Reader) again(ctx context.Context, library archivist.LibraryID, c archivist.Check, stage func(archivist.Stage)) (archivist.Intake, *fetch.Response, error) {
	response, err := r.get(ctx, library, fetch.Request{URL: c.URL, Takes: fetch.KindPDF, Unhurried: true, ETag: c.ETag, Modified: c.Modified}, stage)
	if err != nil || response.NotModified {
		return archivist.Intake{}, response, err
	}
	stage(archivist.StageReading)
	intake, err := r.take(ctx, library, response, c.URL, true) // half of it would look like a change
	return intake, response, err
}

// sameText reports whether the words of a page are those of the article.
func sameText(a archivist.Article, intake archivist.Intake) bool {
	return hashOf(a) == intake.Hash
}

// hashOf is the hash of a stored article's text.
func hashOf(a archivist.Article) [32]byte { return hashWords(a.Title, keptText(a.Paragraphs)) }

// pending is the check after a look that found a text which is not believed before it is found twice.
func pending(c archivist.Check, intake archivist.Intake) archivist.Check {
	c.Checked, c.Due, c.Pending = intake.Check.Checked, intake.Check.Checked.Add(checkPause), intake.Hash
	c.Missed, c.MissedSince = 0, time.Time{}
	return c
}

// unchanged is the check after a look that found nothing new.
func unchanged(c archivist.Check, response *fetch.Response, now time.Time) archivist.Check {
	if !response.NotModified {
		c.URL, c.ETag, c.Modified = response.URL, response.ETag, response.Modified
	}
	c.Step++
	c.Checked, c.Due = now, now.Add(CheckAfter(c.Step))
	c.Missed, c.MissedSince, c.Pending = 0, time.Time{}, [32]byte{}
	return c
}

// missed is the check after an answer that there is no such page; dead says that it has been so three times within seven days.
func missed(c archivist.Check, now time.Time) (next archivist.Check, dead bool) {
	if c.Missed == 0 || now.Sub(c.MissedSince) > missedSpan {
		c.Missed, c.MissedSince = 0, now
	}
	c.Missed++
	c.Checked, c.Due = now, now.Add(missedPause)
	if dead = c.Missed >= missedTimes; dead { // it may come back: it is looked at as seldom as there is
		c.Due = now.Add(maxCheck)
	}
	return c, dead
}

// kept counts the paragraphs of the old text that stand in the new one, word for word.
func kept(old, fresh archivist.Article) (n int) {
	there := map[string]bool{}
	for _, p := range fresh.Paragraphs {
		there[p.Text] = true
	}
	for _, p := range old.Paragraphs {
		if there[p.Text] {
			n++
		}
	}
	return n
}

// suspicious holds for a text of which less than half of the paragraphs are left, and which has fewer than half of the words: a paywall, an
// error, another site.
func suspicious(old, fresh archivist.Article, left int) bool {
	return 2*left < len(old.Paragraphs) && 2*fresh.Words < old.Words
}
