package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"archivist/monitor"

	"github.com/spf13/cobra"
)

// A botOrder is what the playground's bot is told: one JSON object on its standard input, which stays open as long as the bot shall run.
type botOrder struct {
	Token, API, Database string
	Site                 string   // host:port of the sample pages, which may be read though they are inside this machine
	Libraries            []string // by these libraries
	Log                  string   // the level of its log; "" = error
}

// config is that of `archivist serve`, with the order in it, and without limits: there is one person.
func (o botOrder) config() (config, error) {
	c := defaults()
	c.Discord.Token, c.Discord.APIBase, c.Discord.MessageContent = secret(o.Token), o.API, true
	c.Database, c.Log.Level = o.Database, "error" // the page shows the rest
	if o.Log != "" {
		c.Log.Level = o.Log
	}
	files, _, _ := strings.Cut(strings.TrimPrefix(o.API, "http://"), "/") // what people attach lies at the fake Discord's own address
	c.Ingest.AllowAddresses, c.Ingest.AllowLibraries = []string{o.Site, files}, o.Libraries
	c.Limits = limitsConfig{maxLimit, maxLimit, maxLimit, maxLimit, maxLimit}
	return c, c.check()
}

// tryBotCommand is the playground's bot: `archivist serve` in a process of its own, so that the page outlives its crashes.
func tryBotCommand(p *program) *cobra.Command {
	return &cobra.Command{
		Use: "bot", Hidden: true, Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			var order botOrder
			if err := json.NewDecoder(io.LimitReader(p.in, 64<<10)).Decode(&order); err != nil {
				return fmt.Errorf("this is started by `archivist try`: %w", err)
			}
			config, err := order.config()
			if err != nil {
				return err
			}
			ctx, cancel := context.WithCancel(c.Context())
			defer cancel()
			go func() { // ends with the input, at the latest when the process ends
				_, _ = io.Copy(io.Discard, p.in)
				cancel()
			}()
			h, err := p.openWatched(ctx, config, monitor.New(p.build()))
			if err != nil {
				return err
			}
			return errors.Join(h.serve(ctx, monitor.Notifier{}), h.close())
		},
	}
}

// A botKeeper runs the playground's bot, and starts it again when it ends.
type botKeeper struct {
	order  botOrder
	stderr io.Writer

	mu      sync.Mutex
	process *os.Process // of the bot that runs now; nil between two
}

const (
	restartAfter = time.Second
	quickly      = 10 * time.Second // a bot that ends sooner has not got going
	quickEnds    = 5                // as often in a row is too often
)

// run keeps a bot running until ctx ends, and returns nil; an error is a bot that does not get going.
func (k *botKeeper) run(ctx context.Context) error {
	for quick := 0; ; {
		began := time.Now()
		err := k.once(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if quick++; time.Since(began) > quickly {
			quick = 0
		}
		if quick == quickEnds {
			return fmt.Errorf("the bot ended %d times in a row: %w", quick, err)
		}
		fmt.Fprintf(k.stderr, "archivist: the bot ended (%v); starting it again\n", err)
		select {
		case <-time.After(restartAfter):
		case <-ctx.Done():
			return nil
		}
	}
}

// once runs one bot to its end. The end of ctx asks it to come to one, and kills it ten seconds later.
func (k *botKeeper) once(ctx context.Context) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	order, err := json.Marshal(k.order)
	if err != nil {
		return err
	}
	command := exec.CommandContext(ctx, self)
	command.Args = []string{"archivist", "try", "bot"}
	command.Stderr = k.stderr
	in, err := command.StdinPipe()
	if err != nil {
		return err
	}
	command.Cancel, command.WaitDelay = in.Close, 10*time.Second
	if err := command.Start(); err != nil {
		return err
	}
	k.set(command.Process)
	defer k.set(nil)
	if _, err := in.Write(order); err != nil {
		return errors.Join(err, command.Process.Kill(), command.Wait())
	}
	if err := command.Wait(); err != nil {
		return err
	}
	return errors.New("without an error")
}

func (k *botKeeper) set(p *os.Process) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.process = p
}

// crash kills the bot that runs, as a crash would; it is then started again.
func (k *botKeeper) crash() {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.process != nil {
		_ = k.process.Kill() // an error is a bot that has ended by itself
	}
}
