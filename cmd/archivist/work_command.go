package main

import (
	"context"
	"sync"

	"github.com/spf13/cobra"
)

func workCommand(p *program) *cobra.Command {
	return &cobra.Command{
		Use:   "work",
		Short: "do jobs without Discord, beside archivist serve",
		Long: `Bring in links, poll feeds and look at articles again, as "archivist serve" does, but without Discord: a further process, on this machine or
another one, for a database that it shares with others. It takes jobs from the same queue, within the same limits; no job is done by two
processes, and what a process leaves that dies is taken over within 30 seconds. A signal (Ctrl-C, SIGTERM) ends it: jobs under way go back to the
queue. It needs no token.`,
		Example: `  archivist work --database /srv/archivist.db
  archivist work --config /etc/archivist.toml`,
		Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			h, err := p.openExisting(c.Context())
			if err != nil {
				return err
			}
			defer h.close()
			return h.work(c.Context())
		},
	}
}

// work does what needs no Discord until ctx ends or a part of it fails; then the others end too.
func (h *house) work(ctx context.Context) error {
	queue, err := h.queue()
	if err != nil {
		return err
	}
	background, err := h.background(queue)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	h.log.Info("working on jobs", "workers", h.config.Ingest.Workers)
	var running sync.WaitGroup
	failed := make(chan error, len(background))
	for _, run := range background {
		running.Go(func() {
			if err := goOn(ctx, h.log, run); err != nil {
				failed <- err
				cancel(err)
			}
		})
	}
	running.Wait()
	close(failed)
	return <-failed // nil where there is none
}
