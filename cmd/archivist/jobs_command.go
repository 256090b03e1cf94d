package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"archivist"

	"github.com/spf13/cobra"
)

func jobsCommand(p *program) *cobra.Command {
	o := jobsOptions{}
	command := &cobra.Command{
		Use:   "jobs",
		Short: "see what is being brought in, try it again, take it back",
		Long: `List the jobs of all libraries, the newest first: links that are queued, running or waiting for a further try, and what became of those that
are over, each with its reason. A link that may succeed later (the site was busy, the network failed) waits and is tried six times more,
after 1, 5 and 30 minutes, 3, 12 and 24 hours; jobs are done while "archivist serve" runs. What is over is listed for 30 days.`,
		Example: `  archivist jobs
  archivist jobs --library guild:1234567890 --state waiting,failed
  archivist jobs count
  archivist jobs retry 17 18`,
		Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error { return p.listJobs(c.Context(), o) },
	}
	command.Flags().StringVar(&o.library, "library", "", "only jobs of the library `NAME` (guild:ID, user:ID or a name)")
	command.Flags().StringVar(&o.states, "state", "", "only jobs in these `STATES`, divided by commas: queued, running, waiting, done, failed, cancelled")
	command.Flags().IntVar(&o.limit, "limit", 50, "list at most `N` jobs")
	command.Flags().BoolVar(&o.asJSON, "json", false, "print one JSON object a job")
	command.AddCommand(jobsCountCommand(p), jobsRetryCommand(p), jobsCancelCommand(p))
	return command
}

// jobsOptions are what `archivist jobs` lists, and how.
type jobsOptions struct {
	library, states string
	limit           int
	asJSON          bool
}

// filter checks the options.
func (o jobsOptions) filter() (archivist.JobFilter, error) {
	f := archivist.JobFilter{Limit: o.limit}
	if o.limit < 1 {
		return f, usagef("--limit is at least 1")
	}
	var err error
	if f.Library, err = optionalLibrary(o.library); err != nil {
		return f, err
	}
	if o.states == "" {
		return f, nil
	}
	for word := range strings.SplitSeq(o.states, ",") {
		state := archivist.JobState(strings.TrimSpace(word))
		if !slices.Contains(archivist.JobStates, state) {
			return f, usagef("--state: %q is no state; they are %v", word, archivist.JobStates)
		}
		f.States = append(f.States, state)
	}
	return f, nil
}

// optionalLibrary reads a --library that may be left out.
func optionalLibrary(name string) (archivist.LibraryID, error) {
	if name == "" {
		return "", nil
	}
	id, err := archivist.ParseLibraryID(name)
	if err != nil {
		return "", usagef("--library: %v", err)
	}
	return id, nil
}

func (p *program) listJobs(ctx context.Context, o jobsOptions) error {
	filter, err := o.filter()
	if err != nil {
		return err
	}
	h, err := p.openExisting(ctx)
	if err != nil {
		return err
	}
	defer h.close()
	jobs, err := h.store.Jobs(ctx, filter)
	if err != nil {
		return err
	}
	if len(jobs) == 0 {
		return h.tellNone(ctx, p, filter.Library, "such jobs")
	}
	for _, job := range jobs {
		if err := p.showJob(job, o.asJSON); err != nil {
			return err
		}
	}
	return nil
}

// A jsonJob is a line of `archivist jobs --json`.
type jsonJob struct {
	ID      archivist.JobID     `json:"id"`
	Library archivist.LibraryID `json:"library"`
	Kind    archivist.JobKind   `json:"kind"`
	URL     string              `json:"url"`
	Person  string              `json:"person,omitempty"`
	State   archivist.JobState  `json:"state"`
	Code    archivist.Code      `json:"code,omitempty"`
	Tries   int                 `json:"tries"`
	Created time.Time           `json:"created"`
	Due     *time.Time          `json:"due,omitempty"` // of a job that waits
	Article archivist.ArticleID `json:"article,omitempty"`
	Outcome archivist.Outcome   `json:"outcome,omitempty"`
	Offer   *archivist.Offer    `json:"offer,omitempty"` // of a job that failed
}

// offerNames are what offers are called.
var offerNames = map[archivist.OfferKind]string{archivist.OfferFeed: "feed", archivist.OfferArchive: "copy"}

func (p *program) showJob(j archivist.Job, asJSON bool) error {
	if asJSON {
		line := jsonJob{
			ID: j.ID, Library: j.Library, Kind: j.Kind, URL: j.URL, Person: j.Person, State: j.State, Code: j.Code, Tries: j.Tries, Created: j.Created,
			Article: j.Article, Outcome: j.Outcome,
		}
		if j.State == archivist.JobWaiting {
			line.Due = &j.Due
		}
		if j.Offer.Kind != "" {
			line.Offer = &j.Offer
		}
		return json.NewEncoder(p.out).Encode(line)
	}
	line := fmt.Sprintf("%d %s", j.ID, j.State)
	if j.Code != "" && j.State != archivist.JobCancelled {
		line += ": " + string(j.Code)
	}
	line += fmt.Sprintf(" · %s · %s · %s", j.Library, j.Kind, j.URL)
	switch {
	case j.Offer.Kind != "":
		line += fmt.Sprintf(" · there is a %s: %s", offerNames[j.Offer.Kind], j.Offer.URL)
	case j.State == archivist.JobWaiting:
		line += fmt.Sprintf(" · tried %d times, next %s", j.Tries, j.Due.Local().Format("2006-01-02 15:04"))
	case j.Outcome != "":
		line += fmt.Sprintf(" · %s as article %d", j.Outcome, j.Article)
	}
	_, err := fmt.Fprintln(p.out, line)
	return err
}

func jobsCountCommand(p *program) *cobra.Command {
	var library string
	var asJSON bool
	command := &cobra.Command{
		Use:   "count",
		Short: "count jobs by library, state and reason",
		Long:  `Count the jobs of all libraries, or of one, by state and reason.`,
		Example: `  archivist jobs count
  archivist jobs count --library town --json`,
		Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			id, err := optionalLibrary(library)
			if err != nil {
				return err
			}
			h, err := p.openExisting(c.Context())
			if err != nil {
				return err
			}
			defer h.close()
			counts, err := h.store.JobCounts(c.Context(), id)
			if err != nil {
				return err
			}
			if len(counts) == 0 {
				return h.tellNone(c.Context(), p, id, "jobs")
			}
			for _, n := range counts {
				if asJSON {
					err = json.NewEncoder(p.out).Encode(map[string]any{"library": n.Library, "state": n.State, "code": n.Code, "jobs": n.Jobs})
				} else {
					_, err = fmt.Fprintln(p.out, strings.TrimSpace(fmt.Sprintf("%s %d %s %s", n.Library, n.Jobs, n.State, n.Code)))
				}
				if err != nil {
					return err
				}
			}
			return nil
		},
	}
	command.Flags().StringVar(&library, "library", "", "only jobs of the library `NAME` (guild:ID, user:ID or a name)")
	command.Flags().BoolVar(&asJSON, "json", false, "print one JSON object a line")
	return command
}

func jobsRetryCommand(p *program) *cobra.Command {
	return &cobra.Command{
		Use:   "retry ID...",
		Short: "queue jobs that wait, failed or were cancelled once more",
		Long: `Queue jobs that wait, failed or were cancelled once more, as if they were new. "archivist serve" does them when it is their turn. What is done
or under way stays as it is.`,
		Example: `  archivist jobs retry 17
  archivist jobs --state failed --json | jq .id | xargs archivist jobs retry`,
		Args: atLeast(1, "at least one job's number"),
		RunE: func(c *cobra.Command, args []string) error {
			return p.changeJobs(c.Context(), args, func(ctx context.Context, h *house, job archivist.Job) (bool, error) {
				again, err := h.store.Again(ctx, job.Library, job.ID, jobAct("job.retry", job.ID))
				return again.State == archivist.JobQueued, err
			})
		},
	}
}

func jobsCancelCommand(p *program) *cobra.Command {
	return &cobra.Command{
		Use:   "cancel ID...",
		Short: "take jobs back that are not done yet",
		Long: `Take jobs back that are queued, running or waiting: nothing of them is stored. What is done already stays; remove the article for that.
It works beside "archivist serve", which gives up an attempt under way within 20 seconds.`,
		Example: `  archivist jobs cancel 17 18`,
		Args:    atLeast(1, "at least one job's number"),
		RunE: func(c *cobra.Command, args []string) error {
			return p.changeJobs(c.Context(), args, func(ctx context.Context, h *house, job archivist.Job) (bool, error) {
				return h.store.CancelJob(ctx, job.Library, job.ID, jobAct("job.cancel", job.ID))
			})
		},
	}
}

// changeJobs changes jobs by their numbers and tells what they are then. One that is not there, or that does not change, is told and does not
// stop the others.
func (p *program) changeJobs(ctx context.Context, numbers []string, change func(context.Context, *house, archivist.Job) (bool, error)) error {
	ids := make([]archivist.JobID, len(numbers))
	for i, number := range numbers {
		n, err := strconv.ParseInt(number, 10, 64)
		if err != nil || n < 1 {
			return usagef("%q is no job's number; archivist jobs shows them", number)
		}
		ids[i] = archivist.JobID(n)
	}
	h, err := p.openExisting(ctx)
	if err != nil {
		return err
	}
	defer h.close()
	changed := 0
	for _, id := range ids {
		did := false
		job, err := h.store.Job(ctx, id)
		if err == nil {
			did, err = change(ctx, h, job)
		}
		if errors.Is(err, archivist.ErrNotFound) {
			fmt.Fprintf(p.err, "there is no job %d\n", id)
			continue
		}
		if err == nil {
			job, err = h.store.Job(ctx, id)
		}
		if err != nil {
			return err
		}
		if !did {
			fmt.Fprintf(p.err, "job %d stays %s\n", id, job.State)
			continue
		}
		changed++
		if err := p.showJob(job, false); err != nil {
			return err
		}
	}
	switch changed {
	case len(ids):
		return nil
	case 0:
		return errSilent
	}
	return errPartly
}

// jobAct is the audit entry of what somebody at the command line does to a job.
func jobAct(verb string, id archivist.JobID) archivist.Act {
	return archivist.Act{Actor: "cli", Verb: verb, Target: fmt.Sprintf("#%d", id)}
}
