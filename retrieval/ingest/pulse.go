package ingest

import "errors"

// What a queue's state says.
const (
	resting = iota // Run is not under way
	looking        // Run is, and the store gave the last job that it was asked for, or said that there is none
	blind          // Run is, and the store failed
)

func (q *Queue) looked(err error) {
	if err != nil {
		q.state.Store(blind)
		return
	}
	q.state.Store(looking)
}

// Trouble says why no jobs are being taken; nil: they are.
func (q *Queue) Trouble() error {
	switch q.state.Load() {
	case resting:
		return errors.New("it does not run")
	case blind:
		return errors.New("the store gives it no jobs")
	}
	return nil
}
