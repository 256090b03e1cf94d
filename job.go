package archivist

import "time"

// A JobID numbers a job over all libraries; 0 is none.
type JobID int64

// A JobKind says what a job does; ingest.Handlers has a row for each.
type JobKind string

// The kinds of jobs.
const (
	JobPage    JobKind = "page"    // brings in the page behind a link that somebody gave
	JobArchive JobKind = "archive" // brings in an archive's copy of the page behind a link
	JobFeed    JobKind = "feed"    // brings in the page of a feed's item
	JobRefresh JobKind = "refresh" // looks at the page of an article again
	JobFile    JobKind = "file"    // brings in a file that somebody attached, from where it was put for us
)

// JobKinds lists the kinds.
var JobKinds = []JobKind{JobPage, JobArchive, JobFeed, JobRefresh, JobFile}

// A JobState says how far a job is.
type JobState string

// The states. Queued, Running and Waiting are open: at most one open job for each (library, key).
const (
	JobQueued    JobState = "queued"  // may begin as soon as it is its turn
	JobRunning   JobState = "running" // leased by Owner until Until
	JobWaiting   JobState = "waiting" // will be queued again at Due
	JobDone      JobState = "done"
	JobFailed    JobState = "failed"
	JobCancelled JobState = "cancelled" // somebody took it back before it was done
)

// JobStates lists the states in the order of a job's life.
var JobStates = []JobState{JobQueued, JobRunning, JobWaiting, JobDone, JobFailed, JobCancelled}

// A Lane says who waits for a job: those of a lower one go first. Its values are stored: never renumber them.
type Lane uint8

// The lanes.
const (
	LaneInteractive Lane = iota // somebody looks at a card
	LaneFeed
	LaneRefresh
	LaneBulk
)

// A Job is a piece of work that must not be lost: it is durable before it is acknowledged.
type Job struct {
	ID      JobID
	Library LibraryID
	Kind    JobKind
	URL     string // as posted, normalised
	Key     string // identity of the link: adding it twice finds the open job
	Lane    Lane
	Person  string // who asked for it: a Discord user id, or "cli"
	State   JobState
	Tries   int       // attempts begun
	Deaths  int       // attempts whose process died over them
	Due     time.Time // not before
	Owner   string    // of the lease
	Until   time.Time // end of the lease
	Code    Code      // why it waits or failed
	Offer   Offer     // where it failed, what could be brought in instead
	Article ArticleID // what became of it, once done
	Outcome Outcome   // likewise
	Created time.Time

	Act      Act      // of a moderator, for the audit log; it goes in with the job, and is not read back
	Channels []string // that alone will see its article, as they are not open to all; nil: everybody will
}

// Open reports whether the job still has to be done.
func (j Job) Open() bool {
	return j.State == JobQueued || j.State == JobRunning || j.State == JobWaiting
}

// A JobFilter says which jobs to list. Zero fields let all through.
type JobFilter struct {
	Library LibraryID
	States  []JobState
	Before  JobID // only jobs with a smaller id
	Limit   int   // at most so many; at least 1
}

// A JobCount is how many jobs of a library are in a state for a reason.
type JobCount struct {
	Library LibraryID
	State   JobState
	Code    Code
	Jobs    int
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

// A CardPlace is the message that shows a card to all: only of such messages does Discord tell that they were deleted.
type CardPlace struct {
	Library LibraryID
	Card    string
	Channel string // or thread, that the message stands in
	Message string
}

// CardChanges are what became of cards' messages. What was deleted was deleted after it had been shown.
type CardChanges struct {
	Shown    []CardPlace
	Messages []CardPlace // deleted: Library and Message alone
	Channels []CardPlace // deleted with all that stood in them: Library and Channel alone, of a channel or a thread
}
