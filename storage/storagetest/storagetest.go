// Package storagetest is the contract of a storage engine: Run holds an engine to what retrieval, ingest and bot rely on. Every engine
// passes it; what makes a second engine a drop-in is that it does.
package storagetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"archivist"
)

// A Store is what the contract speaks of: the methods of every engine.
type Store interface {
	libraries
	articles
	bin
	records
	index
	memory
	jobs
	watched
	feeds
	checks
	people
	cards
	requests
	guilds
	processes
	moves
	Close() error
}

type libraries interface {
	Library(ctx context.Context, id archivist.LibraryID) (archivist.Library, error)
	Libraries(ctx context.Context, after archivist.LibraryID, n int) ([]archivist.Library, error)
	DeleteLibrary(ctx context.Context, id archivist.LibraryID) error
	Settings(ctx context.Context, library archivist.LibraryID) (map[string]string, error)
	SetSetting(ctx context.Context, library archivist.LibraryID, key, value string, act archivist.Act) error
}

type articles interface {
	PutArticles(ctx context.Context, library archivist.LibraryID, puts []archivist.Put) ([]archivist.Stored, error)
	Article(ctx context.Context, library archivist.LibraryID, id archivist.ArticleID) (archivist.Article, error)
	ArticleByKey(ctx context.Context, library archivist.LibraryID, key string) (archivist.Article, error)
	Articles(ctx context.Context, library archivist.LibraryID, view archivist.View, before archivist.ArticleID, n int) ([]archivist.Head, error)
	Addresses(ctx context.Context, library archivist.LibraryID, take func(id archivist.ArticleID, url string)) error
	Sites(ctx context.Context, library archivist.LibraryID, view archivist.View) ([]archivist.SiteCount, error)
	Page(ctx context.Context, library archivist.LibraryID, id archivist.ArticleID) (archivist.Page, error)
}

type bin interface {
	RemoveArticles(ctx context.Context, library archivist.LibraryID, ids []archivist.ArticleID, act archivist.Act) (archivist.Removal, error)
	Removed(ctx context.Context, library archivist.LibraryID, view archivist.View, skip, n int) ([]archivist.Removed, error)
	RemovedArticles(ctx context.Context, library archivist.LibraryID, pick archivist.Pick) ([]archivist.Article, error)
	RestoreArticles(ctx context.Context, library archivist.LibraryID, segments map[archivist.ArticleID][]byte, act archivist.Act) (archivist.Removal, error)
}

type records interface {
	Audit(ctx context.Context, library archivist.LibraryID, skip, n int) ([]archivist.Entry, error)
	Note(ctx context.Context, library archivist.LibraryID, act archivist.Act) error
}

type index interface {
	Segments(ctx context.Context, library archivist.LibraryID, since uint64) (archivist.Segments, error)
	ReplaceSegments(ctx context.Context, library archivist.LibraryID, expect, merged []archivist.Segment) error
	Passages(ctx context.Context, library archivist.LibraryID, ranges []archivist.Range) (archivist.Texts, error)
	Check(ctx context.Context, inspect func(archivist.Segment) ([]archivist.Range, error)) ([]archivist.Finding, error)
}

type memory interface {
	Learned(ctx context.Context, library archivist.LibraryID, host string) ([]archivist.Learned, error)
	SeenIn(ctx context.Context, library archivist.LibraryID, hash archivist.ParagraphHash) ([]archivist.ArticleID, error)
	Printed(ctx context.Context, library archivist.LibraryID, prints []archivist.ParagraphHash) (map[archivist.ParagraphHash][]archivist.ArticleID, error)
	KeepParagraph(ctx context.Context, library archivist.LibraryID, hash archivist.ParagraphHash, act archivist.Act) error
	FurnitureMarked(ctx context.Context, library archivist.LibraryID, learned []archivist.Learned) error
	MarkArticles(ctx context.Context, library archivist.LibraryID, puts []archivist.Put) (version uint64, err error)
}

type jobs interface {
	Enqueue(ctx context.Context, job archivist.Job) (archivist.Job, error)
	Claim(ctx context.Context, owner string, now, until time.Time) (archivist.Job, bool, error)
	Renew(ctx context.Context, id archivist.JobID, owner string, until time.Time) error
	Retry(ctx context.Context, id archivist.JobID, owner string, code archivist.Code, due time.Time) error
	Fail(ctx context.Context, id archivist.JobID, owner string, code archivist.Code, offer archivist.Offer) error
	Job(ctx context.Context, id archivist.JobID) (archivist.Job, error)
	Finish(ctx context.Context, id archivist.JobID, owner string) error
	CancelJob(ctx context.Context, library archivist.LibraryID, id archivist.JobID, act archivist.Act) (bool, error)
	Again(ctx context.Context, library archivist.LibraryID, id archivist.JobID, act archivist.Act) (archivist.Job, error)
	Jobs(ctx context.Context, f archivist.JobFilter) ([]archivist.Job, error)
	JobCounts(ctx context.Context, library archivist.LibraryID) ([]archivist.JobCount, error)
}

type watched interface {
	Vitals(ctx context.Context) (archivist.Vitals, error)
	Writable(ctx context.Context) error
}

type feeds interface {
	Subscribe(ctx context.Context, sub archivist.Subscription, most int) (created bool, err error)
	Unsubscribe(ctx context.Context, library archivist.LibraryID, feed string, act archivist.Act) error
	PauseFeed(ctx context.Context, library archivist.LibraryID, feed string, paused bool, act archivist.Act) error
	Subscriptions(ctx context.Context, library archivist.LibraryID) ([]archivist.Subscription, error)
	Subscribers(ctx context.Context, feed string) ([]archivist.LibraryID, error)
	ClaimFeed(ctx context.Context, now, until time.Time) (archivist.Feed, bool, error)
	SavePoll(ctx context.Context, from string, feed archivist.Feed, items []archivist.FeedItem, most int) (added int, jobs []archivist.JobID, err error)
	FeedItem(ctx context.Context, library archivist.LibraryID, key string) (archivist.FeedItem, error)
	Notices(ctx context.Context, n int, ours func(archivist.LibraryID) bool) ([]archivist.Notice, error)
	Told(ctx context.Context, notice archivist.Notice) error
}

type checks interface {
	NextCheck(ctx context.Context, library archivist.LibraryID, id archivist.ArticleID) (archivist.Check, error)
	SaveCheck(ctx context.Context, library archivist.LibraryID, id archivist.ArticleID, c archivist.Check, dead bool) error
	ClaimChecks(ctx context.Context, now, until time.Time, n int) (jobs int, err error)
	Retime(ctx context.Context, now time.Time) (n int, err error)
	Formers(ctx context.Context, library archivist.LibraryID, id archivist.ArticleID) ([]archivist.Former, error)
}

type people interface {
	SaveQuestion(ctx context.Context, q archivist.Asked, reply ...archivist.CardState) error
	Questions(ctx context.Context, library archivist.LibraryID, n int) ([]archivist.Asked, error)
	Spend(ctx context.Context, library archivist.LibraryID, at time.Time, quotas ...archivist.Quota) error
	Unanswered(ctx context.Context, library archivist.LibraryID, view archivist.View, skip, n int) ([]archivist.Unanswered, error)
	Activity(ctx context.Context, library archivist.LibraryID, since time.Time) (archivist.Activity, error)
	SaveFeedback(ctx context.Context, f archivist.Feedback) error
	Feedback(ctx context.Context, library archivist.LibraryID, n int) ([]archivist.Feedback, error)
	Sweep(ctx context.Context, now time.Time, keep archivist.Retention) error
	Daily(ctx context.Context, library archivist.LibraryID, since time.Time) ([]archivist.DayCount, error)
	Buckets(ctx context.Context, each func(archivist.Bucket)) error
	SaveBuckets(ctx context.Context, buckets []archivist.Bucket) error
	Kept(ctx context.Context, library archivist.LibraryID, person, hash string, each func(archivist.Kept) error) error
	Forget(ctx context.Context, library archivist.LibraryID, person, hash string) (map[string]int, error)
}

// Run holds the engine to the contract. open gives an empty store, closed by the test's end.
func Run(t *testing.T, open func(t *testing.T) Store) {
	for _, c := range []struct {
		name string
		run  func(t *testing.T, s Store)
	}{
		{"an article comes back as it went in", roundTrip},
		{"the same link twice, a changed text, a copy", outcomes},
		{"a page is kept as long as its text", pageOfText},
		{"what is read anew replaces the text that it was read for", rereadsCase},
		{"copies are links of their original", copies},
		{"what recurs on a site's pages is learned", learned},
		{"remove", remove},
		{"what was removed comes back as it was", restore},
		{"what was removed and cannot come back", noRestore},
		{"the audit log", auditLog},
		{"acts of jobs", jobActs},
		{"a feed is paused", pausedFeed},
		{"versions rise by one and segments follow them", versions},
		{"a merge replaces exactly what it saw", merge},
		{"passages are of one version", passages},
		{"many writers", writers},
		{"jobs", jobsCase},
		{"claimers never share a job", claimers},
		{"a feed is one, its subscriptions are the libraries'", subscriptions},
		{"a poll makes jobs for each subscription once", polls},
		{"notices", notices},
		{"notices of others", noticesOfOthers},
		{"a feed that moves", movedFeed},
		{"a feed is told where its articles are seen", toldWhere},
		{"a feed of a place that not everybody sees", privateFeed},
		{"how much of a feed a day", feedDay},
		{"jobs take fair turns", turns},
		{"jobs are taken back and tried again", takenBack},
		{"jobs that die", deaths},
		{"how the store fares", vitals},
		{"pages are looked at again when they are due", checksCase},
		{"former texts", formers},
		{"libraries see nothing of each other", isolation},
		{"a library that comes into being again", remade},
		{"settings and their audit", settings},
		{"questions, quotas and cards", peopleCase},
		{"votes", votes},
		{"what is kept long enough goes and is counted", sweep},
		{"what is unanswered", unanswered},
		{"activity by day", activity},
		{"buckets", buckets},
		{"what is kept of a person is told, and erased", privacy},
		{"requests from Discord", requestsCase},
		{"guilds come and go", guildsCase},
		{"shards are leased", shardLeases},
		{"a shard has one owner", oneOwner},
		{"a move has a mark until it has ended", moveMarks},
		{"a clock that was days ahead keeps nothing", clockSteps},
		{"what a clock timed that was ahead is timed anew", retimed},
		{"cancelled writes leave nothing", cancelled},
		{"cards go with their messages", cardsGo},
		{"what is private to channels", private},
		{"jobs of private channels", privateJob},
		{"a link is asked for whose page is looked at again", askedFor},
		{"paging under inserts", paging},
		{"odd texts", oddTexts},
		{"check finds what does not belong together", check},
	} {
		t.Run(c.name, func(t *testing.T) { c.run(t, open(t)) })
	}
}

const town archivist.LibraryID = "town"

// put makes an article whose url, key and text follow from its name.
func put(name, text string) archivist.Put {
	p := archivist.Put{
		Intake: archivist.Intake{Article: archivist.Article{
			Head: archivist.Head{
				URL: "https://example.com/" + name, Key: "example.com/" + name, Title: "About " + name, Site: "Example", Authors: []string{"Ana Ruiz"},
				Published: time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC), Language: "en", Words: 3, AddedBy: "cli",
			},
			Paragraphs: []archivist.Paragraph{{Kind: archivist.KindHeading, Text: name}, {Text: text}},
		}},
		Segment: []byte("segment of " + name + ": " + text),
	}
	copy(p.Hash[:], text)
	return p
}

// must stores articles and wants these outcomes.
func must(t *testing.T, s Store, library archivist.LibraryID, want archivist.Outcome, puts ...archivist.Put) []archivist.Stored {
	t.Helper()
	stored, err := s.PutArticles(t.Context(), library, puts)
	if err != nil {
		t.Fatal(err)
	}
	if len(stored) != len(puts) {
		t.Fatalf("%d results for %d articles", len(stored), len(puts))
	}
	for i, result := range stored {
		if result.Outcome != want || result.ID == 0 {
			t.Fatalf("%s: %+v, want %s", puts[i].Article.URL, result, want)
		}
	}
	return stored
}

func version(t *testing.T, s Store, library archivist.LibraryID) uint64 {
	t.Helper()
	l, err := s.Library(t.Context(), library)
	if err != nil {
		t.Fatal(err)
	}
	return l.Version
}

func many(n int, text string) (puts []archivist.Put) {
	for i := range n {
		puts = append(puts, put(fmt.Sprintf("%s-%d", text, i), fmt.Sprintf("%s number %d", text, i)))
	}
	return puts
}
