package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"archivist"
	"archivist/bot"

	"github.com/spf13/cobra"
	"golang.org/x/term"
)

func chatCommand(p *program) *cobra.Command {
	var library string
	var withSamples bool
	command := &cobra.Command{
		Use:   "chat",
		Short: "talk to the bot in a console, without Discord",
		Long: `Talk to the bot in a console: the same commands as in Discord, no token. What you type is a question, a link to store, or a
command; /help lists them. Arrow keys edit the line and bring earlier ones back; Ctrl-D or /quit ends, and so does Ctrl-C, also while a link is
read: it stays queued.

With --samples it opens a library of a few sample articles, stored on the first run, beside your own.`,
		Example: `  archivist chat --samples
  archivist chat --library town
  echo 'When will ferry line 4 run again?' | archivist chat --samples`,
		Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			if withSamples && !c.Flags().Changed("library") {
				library = "samples"
			}
			id, err := archivist.ParseLibraryID(library)
			if err != nil {
				return usagef("--library: %v", err)
			}
			config, err := p.config()
			if err != nil {
				return err
			}
			if config.Log.Level == defaults().Log.Level {
				config.Log.Level = "warn" // the cards tell what becomes of a link; a log between them disturbs
			}
			h, err := p.openDatabase(c.Context(), config)
			if err != nil {
				return err
			}
			defer h.close()
			if withSamples {
				if err := h.storeSamples(c.Context(), id, heraldSamples, heraldAddress, "samples"); err != nil {
					return err
				}
			}
			return h.chat(c.Context(), p, id, withSamples)
		},
	}
	command.Flags().StringVar(&library, "library", string(archivist.DefaultLibrary), "talk about the library `NAME`")
	command.Flags().BoolVar(&withSamples, "samples", false, "with a few sample articles, in the library \"samples\"")
	return command
}

// chat reads lines until they end, and shows a card for each. Links are brought in by a queue of its own.
func (h *house) chat(ctx context.Context, p *program, library archivist.LibraryID, withSamples bool) error {
	queue, err := h.queue()
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	var running sync.WaitGroup
	talking := h.bot(queue)
	for _, run := range []func(context.Context) error{queue.Run, talking.Run} {
		running.Go(func() {
			if err := run(ctx); err != nil {
				h.log.Error("behind the chat", "error", err)
			}
		})
	}
	defer running.Wait()
	defer stop()
	console, err := p.console()
	if err != nil {
		return err
	}
	defer console.close()
	fmt.Fprint(console, greeting(withSamples))
	talker := bot.NewConsole(talking)
	for {
		typed, err := console.readUntil(ctx)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if typed = strings.TrimSpace(typed); typed == "" {
			continue
		}
		if typed == "/quit" || typed == "/exit" {
			return nil
		}
		card := talker.Line(ctx, bot.Request{
			Library: library, Person: "cli", Moderator: true, Locale: "en", Reads: true, Asked: time.Now(), Stopping: ctx.Done(), Progress: console.progress(),
		}, typed)
		if err := ctx.Err(); err != nil {
			return err
		}
		fmt.Fprintf(console, "\n%s\n\n", bot.RenderText(card))
		for _, f := range card.Files {
			if err := saveNew(console, f); err != nil {
				fmt.Fprintf(console, "%v\n\n", err)
			}
		}
	}
}

func greeting(withSamples bool) string {
	if withSamples {
		return "Ask about an invented town, for example: When will ferry line 4 run again?\nType /help for the commands, /quit to end.\n"
	}
	return "Type a question, a link to store, or /help.  /quit ends.\n"
}

// A console is where a person types lines: a terminal with editing and history, or a pipe.
type console struct {
	io.Writer
	read  func() (string, error)
	close func()
	raw   func() (restore func(), err error) // has a terminal give each key as it is pressed, so that the line can be edited; nil: a pipe
}

// readUntil is read, or ctx's end: a signal ends the program also while nobody types. The reading that is left behind ends with it. Only meanwhile
// is a terminal raw: while a line is worked on, Ctrl-C is a signal.
func (c *console) readUntil(ctx context.Context) (string, error) {
	if c.raw != nil {
		restore, err := c.raw()
		if err != nil {
			return "", err
		}
		defer restore()
	}
	type line struct {
		text string
		err  error
	}
	typed := make(chan line, 1)
	go func() {
		text, err := c.read()
		typed <- line{text, err}
	}()
	select {
	case l := <-typed:
		return l.text, l.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// progress shows on a terminal how far the work on one line is: of each card what is new on it. A pipe has the last card alone.
func (c *console) progress() func(bot.Card) {
	if c.raw == nil {
		return nil
	}
	last := ""
	return func(card bot.Card) {
		newest := bot.RenderText(bot.Card{Body: card.Body[max(0, len(card.Body)-1):]})
		if newest != last {
			last = newest
			fmt.Fprintf(c, "%s\n", newest)
		}
	}
}

const prompt = "> "

func (p *program) console() (*console, error) {
	in, ok := p.in.(*os.File)
	if !ok || !term.IsTerminal(int(in.Fd())) {
		lines := bufio.NewReader(io.LimitReader(p.in, maxFile))
		return &console{Writer: p.out, read: func() (string, error) {
			line, err := lines.ReadString('\n')
			if line != "" {
				return line, nil
			}
			return "", err
		}, close: func() {}}, nil
	}
	terminal := term.NewTerminal(struct {
		io.Reader
		io.Writer
	}{in, p.out}, prompt)
	history := loadHistory(filepath.Join(filepath.Dir(defaultDatabase(p.getenv)), "history"))
	terminal.History = history
	if width, height, err := term.GetSize(int(in.Fd())); err == nil && width > 0 {
		_ = terminal.SetSize(width, height) // a terminal of unknown size is 80 wide
	}
	return &console{Writer: terminal, read: terminal.ReadLine, close: history.save, raw: func() (func(), error) {
		before, err := term.MakeRaw(int(in.Fd()))
		return func() { _ = term.Restore(int(in.Fd()), before) }, err
	}}, nil
}

// saveNew writes an attached file into the working directory, under a name that none there has, and says under which.
func saveNew(console io.Writer, f bot.File) error {
	ending := filepath.Ext(f.Name)
	stem := strings.TrimSuffix(filepath.Base(f.Name), ending)
	for n := 1; ; n++ {
		name := stem + ending
		if n > 1 {
			name = fmt.Sprintf("%s-%d%s", stem, n, ending)
		}
		out, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if errors.Is(err, fs.ErrExist) && n < 1000 {
			continue
		}
		if err != nil {
			return err
		}
		_, err = out.Write(f.Bytes)
		if err = errors.Join(err, out.Close()); err == nil {
			fmt.Fprintf(console, "saved as %s\n\n", name)
		}
		return err
	}
}
