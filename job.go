package archivist

import "time"

// A JobID numbers a job over all libraries; 0 is none.
type JobID int64

// A JobKind says what a job does. Later kinds join here: refresh, file, archive.
type JobKind string

// The kinds of jobs.
const (
	JobPage JobKind = "page" // brings in the page behind a link that somebody gave
	JobFeed JobKind = "feed" // brings in the page of a feed's item
)

// A JobState says how far a job is.
type JobState string

// The states. Queued, Running and Waiting are open: at most one open job for each (library, key).
const (
	JobQueued  JobState = "queued"
	JobRunning JobState = "running" // leased by Owner until Until
	JobWaiting JobState = "waiting" // will be tried again at Due
	JobDone    JobState = "done"
	JobFailed  JobState = "failed"
)

// A Job is a piece of work that must not be lost: it is durable before it is acknowledged.
type Job struct {
	ID      JobID
	Library LibraryID
	Kind    JobKind
	URL     string // as posted, normalised
	Key     string // identity of the link: adding it twice finds the open job
	Person  string // who asked for it: a Discord user id, or "cli"
	State   JobState
	Tries   int       // attempts begun
	Due     time.Time // not before
	Owner   string    // of the lease
	Until   time.Time // end of the lease
	Code    Code      // why it waits or failed
	Article ArticleID // what became of it, once done
	Outcome Outcome   // likewise
	Created time.Time

	Channels []string // that alone will see its article, as they are not open to all; nil: everybody will
}

// Open reports whether the job still has to be done.
func (j Job) Open() bool {
	return j.State == JobQueued || j.State == JobRunning || j.State == JobWaiting
}

// A Stage is a step of a job that people see while they wait.
type Stage string

// The stages of a page.
const (
	StageQueued   Stage = "queued"
	StageFetching Stage = "fetching"
	StageReading  Stage = "reading"
	StageStoring  Stage = "storing"
)

// A CardState is what a button needs to know after a restart: the card it hangs on.
type CardState struct {
	ID       string // 16 characters of base32, the id within custom_id
	Library  LibraryID
	Person   string // Discord user id of the owner
	Channel  string
	Kind     string // "answer", …
	Question string
	State    string // JSON that only bot reads
	Created  time.Time
}
