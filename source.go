package archivist

import "time"

// A FeedState says whether a feed is polled.
type FeedState string

// The states of a feed.
const (
	FeedActive FeedState = "active"
	FeedPaused FeedState = "paused" // 30 days without a good answer; polled again once somebody adds it or polls it by hand
	FeedEnded  FeedState = "ended"  // the site said that it is gone for good (410)
)

// A Feed is an address that lists new articles. It is polled once for all libraries that subscribe to it.
type Feed struct {
	URL            string // as polled, in normal form
	Title          string
	Home           string // the page it belongs to; may be empty
	State          FeedState
	ETag, Modified string        // validators of the last answer, as given
	Every          time.Duration // half the median gap between its items, within bounds; the interval as long as there is something new
	Pause          time.Duration // what the feed itself asks for between two polls; 0: nothing
	Digest         string        // of the keys of its items: whether there is something new
	Due            time.Time     // of the next poll
	Polled         time.Time     // last asked; zero: never
	Good           time.Time     // last answered well, or added
	Unchanged      int           // good answers in a row that brought nothing new
	Failed         int           // polls in a row without a good answer
	Code           Code          // why the last poll failed; "" where it did not
	MovedTo        string        // where it was last redirected to for good
	MovedAt        time.Time     // when that was first seen
	Items          int           // known by now
}

// FeedDay is how many articles one feed brings into a library that is not local in a day by UTC. What it lists beyond that waits for the next
// day; but of what stands in a feed as it is added, the newest that are left come and the rest does not.
const FeedDay = 50

// A FeedItem is one entry of a feed, in the order of the feed from new to old.
type FeedItem struct {
	URL       string // of its page, in normal form
	Key       string // canon.Key of URL
	Title     string
	Published time.Time // zero: unknown
	Content   string    // its own text in HTML where that is long enough to stand for the page, else empty
}

// A Subscription is a library's wish for what is new in a feed.
type Subscription struct {
	Library LibraryID
	Feed    Feed
	Channel string // a Discord channel id where new articles are announced; "" for none
	Person  string // who asked for it: a Discord user id, or "cli"
	Added   time.Time
	Paused  bool // moderators want nothing of it brought in for now
	// Channels alone will see its articles, as Job.Channels; nil: everybody will. They are those of the first wish: a later one for the same
	// feed, from wherever, does not change them.
	Channels []string
	Act      Act // of a moderator, for the audit log; it goes in with the subscription, and is not read back
}

// A Notice is something about a feed that a library's channel is to be told once.
type Notice struct {
	Library LibraryID
	Channel string // a Discord channel id
	Feed    string // its URL
	Title   string // of the feed
	What    NoticeKind
	Job     JobID     // of NoticeArticle
	Article ArticleID // likewise
}

// A NoticeKind says what a notice is about.
type NoticeKind string

// The kinds of notices.
const (
	NoticeArticle NoticeKind = "article" // a new article is in the library
	NoticePaused  NoticeKind = "paused"  // the feed became FeedPaused
	NoticeEnded   NoticeKind = "ended"   // the feed became FeedEnded
)

// A Check is when the page of an article is looked at again, and what is known from the last look.
type Check struct {
	URL            string // the address that answered
	ETag, Modified string // its validators, as given
	Checked        time.Time
	Due            time.Time // of the next look
	Step           int       // place in the schedule (ingest.CheckAfter)
	Missed         int       // answers in a row that there is no such page
	MissedSince    time.Time // the first of them
	Pending        [32]byte  // Intake.Hash of a suspicious text that was found once; zero: none
}

// A Former is a text that an article had before.
type Former struct {
	Title      string
	Until      time.Time // when another took its place
	Paragraphs []Paragraph
}
