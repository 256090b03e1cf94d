package archivist

import "time"

// Vitals are how a store fares, as whoever watches over it sees it: figures, nothing of what is in it.
type Vitals struct {
	Jobs   []JobTally // open jobs, by state and kind
	Oldest time.Time  // since when the job that was queued first waits for its turn; zero: none is queued
	Bytes  int64      // of the database
	Log    int64      // of its log of what is written last, where it keeps one beside it
}

// A JobTally is how many jobs of a kind are in a state, at least one.
type JobTally struct {
	State JobState
	Kind  JobKind
	Jobs  int
}
