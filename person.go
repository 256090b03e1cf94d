package archivist

import "time"

// A Feedback is one person's vote on an answer, with the reason if there is one.
type Feedback struct {
	Library  LibraryID
	Card     string // the id of its CardState
	Person   string // salted hash
	Vote     int    // 1 or -1
	Reason   string // of -1: "wrong", "outdated", "missing", "other", or "" where none was given
	Text     string // in the person's own words, at most 500 characters
	Question string
	Article  ArticleID // that the passage shown was of
	At       time.Time
	Channels []string // that alone may learn of it, as they are not open to all; nil: everybody
}

// A Quota is what somebody may do so often in a day.
type Quota struct {
	Person string // salted hash; "": all together
	What   string // for example "ingest"
	Limit  int    // times a day
}

// Retention says how long what people did is kept. Questions and votes are counted by day when they go.
type Retention struct {
	Questions time.Duration // questions and votes, with their texts
	Cards     time.Duration // what their buttons need
	Audit     time.Duration
	Jobs      time.Duration // that are over
	Pages     time.Duration // as fetched
}

// A DayCount is how many of something there were in a day: "question." + grade, "vote.up", "vote.down", "article" (stored, and there still).
type DayCount struct {
	Day  time.Time // 00:00 UTC
	What string
	N    int
}

// An Unanswered is a question that was refused, asked in the same words so many times.
type Unanswered struct {
	Text  string
	Times int
	Last  time.Time
}

// An Activity is what happened in a library since a day.
type Activity struct {
	Days     []DayCount // in order
	Median   time.Duration
	Slowest  time.Duration // the 99th percentile of how long questions took
	Measured int           // questions that these two are of; 0: neither is known
}

// A Kept is one thing that is kept of a person. Fields that its kind lacks are empty.
type Kept struct {
	Kind     string    `json:"kind"`               // one of the kinds below
	Where    string    `json:"where,omitempty"`    // filled in by whoever tells the person
	At       time.Time `json:"at,omitzero"`        // when it came about
	Channel  string    `json:"channel,omitempty"`  // a Discord channel id
	Question string    `json:"question,omitempty"` // that was asked, or that a vote or a card is about
	Grade    string    `json:"grade,omitempty"`    // of the answer
	Vote     int       `json:"vote,omitempty"`
	Reason   string    `json:"reason,omitempty"`
	Text     string    `json:"text,omitempty"` // in the person's own words; of an own article, its text
	Title    string    `json:"title,omitempty"`
	URL      string    `json:"url,omitempty"`
	What     string    `json:"what,omitempty"` // of a counter, what it counts; of a card, its kind; of a link, what became of it
	N        int       `json:"n,omitempty"`    // of a counter
}

// The kinds of what is kept of a person.
const (
	KeptQuestion = "question"
	KeptVote     = "vote"
	KeptCard     = "card"
	KeptLink     = "link"    // that the person asked to bring in
	KeptFeed     = "feed"    // to which the person subscribed the library
	KeptArticle  = "article" // that stands with the person's name, or in the person's own library
	KeptCounter  = "counter" // of a day's quota
)

// A Bucket is a token bucket as it is stored.
type Bucket struct {
	Library LibraryID
	Key     string
	Tokens  float64
	At      time.Time // when it held them
}
