package ingest

import (
	"context"
	"time"

	"archivist"
)

// Follow waits until the job is done, failed, or put off, and returns it so. progress, which may be nil, is told each stage that this
// process sees; jobs of other processes are asked after every Poll.
func (q *Queue) Follow(ctx context.Context, id archivist.JobID, progress func(archivist.Stage)) (archivist.Job, error) {
	stages := make(chan archivist.Stage, 8)
	q.mu.Lock()
	q.followers[id] = append(q.followers[id], stages)
	q.mu.Unlock()
	defer q.unfollow(id, stages)
	tick := time.NewTicker(q.o.Poll)
	defer tick.Stop()
	for {
		job, err := q.desk.Job(ctx, id)
		if err != nil || !job.Open() || job.State == archivist.JobWaiting {
			return job, err
		}
		select {
		case <-ctx.Done():
			return job, ctx.Err()
		case stage := <-stages:
			if progress != nil && stage != "" {
				progress(stage)
			}
		case <-tick.C:
		}
	}
}

func (q *Queue) unfollow(id archivist.JobID, gone chan archivist.Stage) {
	q.mu.Lock()
	defer q.mu.Unlock()
	left := q.followers[id][:0]
	for _, c := range q.followers[id] {
		if c != gone {
			left = append(left, c)
		}
	}
	if q.followers[id] = left; len(left) == 0 {
		delete(q.followers, id)
	}
}

// tell gives a stage to the job's followers; "" means "look at the job again". Whoever is slow misses stages, never the end.
func (q *Queue) tell(id archivist.JobID, stage archivist.Stage) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, c := range q.followers[id] {
		select {
		case c <- stage:
		default:
		}
	}
}
