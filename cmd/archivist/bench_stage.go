package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"archivist"
	"archivist/bot/gateway"
	"archivist/retrieval/bench"
	"archivist/retrieval/bench/synthetic"
	"archivist/retrieval/ingest"

	"github.com/spf13/cobra"
)

// A stage is the bot as a whole under load: the fake Discord and its crowd run in another process, the bot in this one. The load test and the
// soak have it in common.
type stage struct {
	*program
	guilds, people, rate, articles int
	asJSON, together               bool
	seed                           uint64
}

func (s *stage) flags(command *cobra.Command) {
	command.Flags().IntVar(&s.guilds, "guilds", s.guilds, "guilds, 1 to 1000")
	command.Flags().IntVar(&s.people, "people", s.people, "people in all the guilds together, at least one each")
	command.Flags().IntVar(&s.rate, "rate", s.rate, "interactions a second, 1 to 2000")
	command.Flags().IntVar(&s.articles, "articles", 200, "made-up articles in each guild's library, 1 to 100000")
	command.Flags().Uint64Var(&s.seed, "seed", 1, "of what is made up")
	command.Flags().BoolVar(&s.asJSON, "json", false, "print one JSON object; times are in nanoseconds")
	command.Flags().BoolVar(&s.together, "one-process", false, "run the fake Discord in this process too, which makes figures worse")
}

// A span is the range of an option.
type span struct {
	name              string
	value, least, top int
}

// check holds the options to their ranges.
func (s *stage) check(more ...span) error {
	for _, option := range append(more,
		span{"guilds", s.guilds, 1, 1000}, span{"people", s.people, s.guilds, 1_000_000}, span{"rate", s.rate, 1, 2000},
		span{"articles", s.articles, 1, 100_000},
	) {
		if option.value < option.least || option.value > option.top {
			return usagef("--%s is %d to %d", option.name, option.least, option.top)
		}
	}
	return nil
}

// A scene is what stands on a stage: the bot is connected and the crowd has begun.
type scene struct {
	*house
	crowdHello
	queue   *ingest.Queue
	gateway *gateway.Gateway
	hear    *json.Decoder // of the crowd's reports
}

// report is the crowd's next one.
func (s scene) report() (r crowdReport, err error) {
	if err := s.hear.Decode(&r); err != nil {
		return r, fmt.Errorf("the fake Discord: %w", err)
	}
	return r, nil
}

// warm waits until the bot has read its libraries into memory, as it does when it hears of guilds: a load test is of a bot that runs. Where not all
// of them fit, it waits until no more come.
func (s scene) warm(ctx context.Context) error {
	limit, cancel := context.WithTimeoutCause(ctx, time.Minute, errors.New("the bot did not read its libraries into memory within a minute"))
	defer cancel()
	held, since := 0, time.Now()
	for {
		n, _ := s.engine.Held()
		if n != held {
			held, since = n, time.Now()
		}
		if n >= len(s.Guilds) || n > 0 && time.Since(since) > 5*time.Second {
			return nil
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-limit.Done():
			return context.Cause(limit)
		}
	}
}

// play starts crowd and bot, has do watch them, and ends both.
func (s *stage) play(ctx context.Context, order crowdOrder, do func(context.Context, scene) error) error {
	order.Guilds, order.People, order.Rate, order.Seed = s.guilds, s.people, s.rate, s.seed
	order.Questions = synthetic.Questions(s.seed, s.articles)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	toCrowd, fromCrowd, wait, err := s.start(ctx)
	if err != nil {
		return err
	}
	err = s.perform(ctx, order, json.NewEncoder(toCrowd), json.NewDecoder(bufio.NewReader(fromCrowd)), do)
	if err != nil {
		cancel()
	}
	if ended := errors.Join(toCrowd.Close(), wait()); err == nil { // the end of its input lets the crowd go
		err = ended
	}
	return err
}

// start starts the crowd; wait returns when it has ended.
func (s *stage) start(ctx context.Context) (to io.WriteCloser, from io.Reader, wait func() error, err error) {
	if s.together {
		itsIn, toIt := io.Pipe()
		fromIt, itsOut := io.Pipe()
		done := make(chan error, 1)
		go func() {
			err := crowd(ctx, itsIn, itsOut)
			done <- errors.Join(err, itsOut.CloseWithError(io.EOF), itsIn.Close())
		}()
		return toIt, fromIt, func() error { return <-done }, nil
	}
	self, err := os.Executable()
	if err != nil {
		return nil, nil, nil, err
	}
	command := exec.CommandContext(ctx, self, "bench", "discord", "crowd")
	command.Stderr = s.err
	if to, err = command.StdinPipe(); err != nil {
		return nil, nil, nil, err
	}
	if from, err = command.StdoutPipe(); err != nil {
		return nil, nil, nil, err
	}
	return to, from, command.Wait, command.Start()
}

func (s *stage) perform(ctx context.Context, order crowdOrder, tell *json.Encoder, hear *json.Decoder, do func(context.Context, scene) error) (err error) {
	if err := tell.Encode(order); err != nil {
		return err
	}
	on := scene{hear: hear}
	if err := hear.Decode(&on.crowdHello); err != nil {
		return fmt.Errorf("the fake Discord did not start: %w", err)
	}
	folder, err := os.MkdirTemp("", "archivist-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	c := defaults()
	c.Database, c.Log.Level = filepath.Join(folder, "bench.db"), "error"
	c.Limits = limitsConfig{maxLimit, maxLimit, maxLimit, maxLimit, maxLimit}
	if on.Pages != "" {
		c.Ingest.AllowAddresses = []string{strings.TrimSuffix(strings.TrimPrefix(on.Pages, "http://"), "/")}
		for _, id := range on.Guilds {
			c.Ingest.AllowLibraries = append(c.Ingest.AllowLibraries, string(archivist.GuildLibrary(id)))
		}
	}
	if s.together {
		c.Ingest.Worker = workerInline
	}
	if on.house, err = s.openDatabase(ctx, c); err != nil {
		return err
	}
	defer on.close()
	bar := s.progress(-1, "articles")
	for _, id := range on.Guilds {
		if _, _, err := bench.Build(ctx, on.store, archivist.GuildLibrary(id), bench.Size{Articles: s.articles}.Of(bench.MadeUp(s.seed), s.seed), bar.add); err != nil {
			return err
		}
	}
	bar.finish()
	if on.queue, err = on.house.queue(); err != nil {
		return err
	}
	talker := on.bot(on.queue)
	if on.gateway, err = gateway.New(gateway.Options{
		Token: on.Token, APIBase: on.API, Version: version, Logger: on.log, Ledger: on.store, Cards: on.store, Register: on.store, Purger: on.engine,
	}, talker); err != nil {
		return err
	}
	running, stop := context.WithCancel(ctx)
	background := []func(context.Context) error{talker.Run, on.gateway.Run}
	if on.Pages != "" {
		background = append(background, on.queue.Run, on.engine.Run)
	}
	ended := make(chan error, len(background))
	for _, run := range background {
		go func() { ended <- run(running) }()
	}
	defer func() {
		stop()
		for range background {
			err = errors.Join(err, <-ended)
		}
	}()
	if err := on.warm(ctx); err != nil {
		return err
	}
	if err := tell.Encode("begin"); err != nil {
		return err
	}
	var begun string
	if err := hear.Decode(&begun); err != nil {
		return fmt.Errorf("the fake Discord: %w", err)
	}
	return do(ctx, on)
}
