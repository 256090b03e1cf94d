package bot

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"archivist"
)

// A Dispatcher changes what becomes of jobs, at once. Again queues a job that waits, failed or was cancelled, and returns it as it is then;
// Dismiss takes an open one back, and reports whether it was open.
type Dispatcher interface {
	Again(ctx context.Context, library archivist.LibraryID, id archivist.JobID, act archivist.Act) (archivist.Job, error)
	Dismiss(ctx context.Context, library archivist.LibraryID, id archivist.JobID, act archivist.Act) (cancelled bool, err error)
}

// jobsRead is how many of the newest jobs are looked at.
const jobsRead = 500

// jobStates are those that can be asked for, in the order of a job's life.
var jobStates = func() (names []string) {
	for _, s := range archivist.JobStates {
		names = append(names, string(s))
	}
	return names
}()

// stateKeys are the sentences of the states.
var stateKeys = map[archivist.JobState]string{
	archivist.JobQueued: "queue.queued", archivist.JobRunning: "queue.running", archivist.JobWaiting: "queue.waiting",
	archivist.JobDone: "queue.done", archivist.JobFailed: "queue.failed", archivist.JobCancelled: "queue.cancelled",
}

// adminQueue lists the links that are not done, with why they wait or failed, or those of one state; or it queues one again, or takes it back.
func (b *Bot) adminQueue(ctx context.Context, r Request) (Card, error) {
	switch {
	case r.Options["retry"] != "":
		return b.retryJob(ctx, r)
	case r.Options["cancel"] != "":
		return b.cancelJob(ctx, r)
	}
	states := []archivist.JobState{archivist.JobQueued, archivist.JobRunning, archivist.JobWaiting, archivist.JobFailed}
	if wanted := r.Options["state"]; wanted != "" {
		if !slices.Contains(jobStates, wanted) {
			return Card{}, &archivist.Invalid{Code: archivist.InvalidSetting, Text: "state is one of " + strings.Join(jobStates, ", ")}
		}
		states = []archivist.JobState{archivist.JobState(wanted)}
	}
	jobs, err := b.gauges.Jobs(ctx, archivist.JobFilter{Library: r.Library, States: states, Limit: jobsRead})
	if err != nil {
		return Card{}, err
	}
	jobs = slices.DeleteFunc(jobs, func(j archivist.Job) bool { return !r.view().Sees(j.Channels) })
	return b.pages(ctx, r, say(r.Locale, "queue.title"), "queue.none", func(skip, n int) (lines []Block, err error) {
		for _, j := range jobs[min(skip, len(jobs)):min(skip+n, len(jobs))] {
			lines = append(lines, jobLine(r, j))
		}
		return lines, nil
	})
}

// jobLine is a job with its state, and why it waits or failed.
func jobLine(r Request, j archivist.Job) Block {
	address := strings.TrimPrefix(strings.TrimPrefix(j.URL, "https://"), "http://")
	b := line(bold("#"+strconv.FormatInt(int64(j.ID), 10)), plain(" "), Part{Text: short(address, maxSite), Link: linkOf(j.URL)}, plain(" · "), r.text(stateKeys[j.State]))
	if j.Code != "" && j.State != archivist.JobCancelled {
		what, _ := explain(r.Locale, j.Code)
		b.Parts = append(b.Parts, plain(" · "+what))
	}
	if j.State == archivist.JobWaiting {
		b.Parts = append(b.Parts, plain(" "), Part{Time: j.Due, Away: true})
	} else {
		b.Parts = append(b.Parts, plain(" · "), moment(j.Created))
	}
	return b
}

// jobOf is the job whose number stands in an option, if it is one that is seen from here.
func (b *Bot) jobOf(ctx context.Context, r Request, option string) (archivist.Job, error) {
	id, err := strconv.ParseInt(strings.TrimPrefix(r.Options[option], "#"), 10, 64)
	if err != nil {
		return archivist.Job{}, archivist.ErrNotFound
	}
	job, err := b.gauges.Job(ctx, archivist.JobID(id))
	if err == nil && (job.Library != r.Library || !r.view().Sees(job.Channels)) {
		err = archivist.ErrNotFound
	}
	return job, err
}

func (b *Bot) retryJob(ctx context.Context, r Request) (Card, error) {
	job, err := b.jobOf(ctx, r, "retry")
	if err == nil {
		job, err = b.dispatcher.Again(ctx, r.Library, job.ID, r.act("job.retry", "#"+strconv.FormatInt(int64(job.ID), 10), "", ""))
	}
	if errors.Is(err, archivist.ErrNotFound) {
		return notice(KindNotice, r, "queue.unknown"), nil
	}
	if err != nil {
		return Card{}, err
	}
	return Card{Kind: KindNotice, Body: []Block{jobLine(r, job)}}, nil
}

func (b *Bot) cancelJob(ctx context.Context, r Request) (Card, error) {
	job, err := b.jobOf(ctx, r, "cancel")
	cancelled := false
	if err == nil {
		cancelled, err = b.dispatcher.Dismiss(ctx, r.Library, job.ID, r.act("job.cancel", "#"+strconv.FormatInt(int64(job.ID), 10), "", ""))
	}
	if errors.Is(err, archivist.ErrNotFound) {
		return notice(KindNotice, r, "queue.unknown"), nil
	}
	if err != nil {
		return Card{}, err
	}
	if !cancelled {
		return notice(KindNotice, r, "queue.over"), nil
	}
	job.State = archivist.JobCancelled
	return Card{Kind: KindNotice, Body: []Block{jobLine(r, job)}}, nil
}
