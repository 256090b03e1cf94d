package main

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"archivist/bot"
	"archivist/bot/gateway"
	"archivist/monitor"
	"archivist/retrieval/ingest"
	"archivist/storage"

	"github.com/spf13/cobra"
)

func serveCommand(p *program) *cobra.Command {
	return &cobra.Command{
		Use:   "serve",
		Short: "run the bot on Discord",
		Long: `Connect to Discord and answer, until a signal (Ctrl-C, SIGTERM) ends it: replies under way are finished within ten seconds, links
under way stay queued. A second signal ends it at once, with exit code 1. Meanwhile feeds are polled and articles are looked at again, where
ingest.contact says who asks. The token comes from DISCORD_TOKEN, or from discord.token in the configuration. Where serve.listen names an address, /healthz, /readyz and /metrics are told there;
where serve.backup.path names a folder, backups are kept in it.`,
		Example: `  DISCORD_TOKEN=... archivist serve
  archivist serve --config /etc/archivist.toml --database /srv/archivist.db`,
		Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			config, err := p.config()
			if err != nil {
				return err
			}
			if config.Discord.Token == "" {
				return usagef("no token: set DISCORD_TOKEN to your bot's token (Developer Portal, Bot, Reset Token); to try without Discord: archivist try")
			}
			if config.Serve.Backup.Path != "" && storage.OnServer(config.Database) {
				return usagef("serve.backup keeps backups of a file; back the server up with PostgreSQL's own tools, and leave serve.backup.path empty")
			}
			h, err := p.openWatched(c.Context(), config, monitor.New(p.build()))
			if err != nil {
				return err
			}
			defer h.close()
			systemd, err := p.systemd()
			if err != nil {
				return err
			}
			return h.serve(c.Context(), systemd)
		},
	}
}

// background is what is done without anybody asking: jobs, feeds, articles that are looked at again, merges of segments. Each runs until its
// context ends.
func (h *house) background(queue *ingest.Queue) ([]func(context.Context) error, error) {
	if allowed := h.config.Ingest.AllowAddresses; len(allowed) > 0 {
		h.log.Warn("addresses inside the network may be read", "addresses", allowed, "libraries", h.config.Ingest.AllowLibraries)
	}
	all := []func(context.Context) error{queue.Run, h.engine.Run}
	if h.config.Ingest.Contact == "" {
		h.log.Warn("feeds are not polled and articles not looked at again: sites must be able to reach who does it; set ingest.contact")
		return all, nil
	}
	poller, err := h.poller(queue)
	if err != nil {
		return nil, err
	}
	scheduler := &ingest.Scheduler{Desk: h.store, Wake: queue.Wake, Logger: h.log}
	return append(all, poller.Run, scheduler.Run), nil
}

// serve runs gateway, queue, engine and what the bot does beside requests until ctx ends or one of them fails; then the others end too.
func (h *house) serve(ctx context.Context, systemd monitor.Notifier) error {
	queue, err := h.queue()
	if err != nil {
		return err
	}
	background, err := h.background(queue)
	if err != nil {
		return err
	}
	talker := h.bot(queue)
	background = append(background, talker.Run)
	if b := h.config.Serve.Backup; b.Path != "" {
		keeper := &storage.Keeper{Store: h.store, Folder: b.Path, Every: time.Duration(b.Every) * time.Hour, Keep: b.Keep, Logger: h.log}
		background = append(background, keeper.Run)
	}
	options := h.config.gateway()
	options.Logger, options.Meter, options.Owner, options.Leases = h.log, h.monitor, h.owner, h.store
	options.Ledger, options.Cards, options.Register, options.Purger, options.Board = h.store, h.store, h.store, h.engine, h.store
	discord, err := gateway.New(options, talker)
	if err != nil {
		return usagef("%v", err)
	}
	h.monitor.Watch(monitor.Sources{Discord: discord, Store: h.store, Libraries: h.engine.Held, Queue: queue.Trouble})
	tell, err := h.listen(ctx)
	if err != nil {
		return err
	}
	if tell != nil {
		background = append(background, tell)
	}
	// The gateway finishes its replies first; those that wait for a link need the queue until then.
	behind, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	front, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var running sync.WaitGroup
	for _, run := range background {
		running.Go(func() {
			if err := goOn(behind, h.log, run); err != nil {
				cancel(err)
			}
		})
	}
	running.Go(func() { h.notify(front, systemd) })
	err = discord.Run(front)
	cancel(nil)
	stop()
	running.Wait()
	if cause := context.Cause(front); err == nil && ctx.Err() == nil && cause != nil && !errors.Is(cause, context.Canceled) {
		err = cause
	}
	return err
}

// resumeAfter is how long after a panic work begins again.
const resumeAfter = time.Second

// goOn runs what is to run as long as the process. A panic in it is an incident in the log, and it begins again after a while.
func goOn(ctx context.Context, log *slog.Logger, run func(context.Context) error) error {
	var crashes bot.Crashes
	for {
		var ended error
		crash := crashes.Guard(func() error {
			ended = run(ctx)
			return nil
		})
		if crash == nil {
			return ended
		}
		log.Error("work beside requests was broken off, and begins again", "error", crash)
		select {
		case <-time.After(resumeAfter):
		case <-ctx.Done():
			return nil
		}
	}
}
