// Archivist answers questions from stored articles, word for word, on Discord and on the command line. This package knows every room
// of the house and wires them; each command has its own file, and commands in this file is their table, in help order.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	_ "time/tzdata" // half a megabyte, for systems that have no time zones of their own: an empty container, Windows

	"archivist/bot/gateway"

	"github.com/spf13/cobra"
)

// Exit codes. They are part of the interface: scripts test for them.
const (
	exitDone        = 0
	exitFailed      = 1
	exitUsage       = 2
	exitPartly      = 3
	exitInterrupted = 130
)

func main() {
	os.Exit(run(untilSignal(), os.Args[1:], streams{os.Stdin, os.Stdout, os.Stderr}, os.Getenv))
}

// untilSignal is a context that SIGINT or SIGTERM ends, which asks for an orderly end. A second signal does not wait for that: it ends
// the process.
func untilSignal() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-signals
		cancel()
		<-signals
		fmt.Fprintln(os.Stderr, "archivist: ended at once")
		os.Exit(exitFailed)
	}()
	return ctx
}

// streams is how a command meets its user: results go to out, everything else to err.
type streams struct {
	in  io.Reader
	out io.Writer
	err io.Writer
}

// A program is one run of the binary: its streams, its environment, and the flags that all commands share.
type program struct {
	streams
	getenv     func(string) string
	configFile string
	database   string
}

// commands is the table of commands, in help order.
var commands = []func(*program) *cobra.Command{
	tryCommand, chatCommand, askCommand, ingestCommand, feedCommand, sourcesCommand, articleCommand, jobsCommand, extractCommand, serveCommand, workCommand,
	evalCommand, benchCommand, backupCommand, restoreCommand, doctorCommand, moveCommand, configCommand, versionCommand,
}

// Help shows the table's order. cobra knows this for all programs of a process only.
func init() { cobra.EnableCommandSorting = false }

const longHelp = `Archivist answers questions from articles that you have stored: the passage that answers, word for word, with its source.
Where the library does not hold the answer, it says so.

Exit codes: 0 done, 1 failed, 2 wrong usage or settings, 3 done in part, 130 interrupted.`

// run executes one command line and returns its exit code. It touches the world through its arguments alone.
func run(ctx context.Context, args []string, s streams, getenv func(string) string) int {
	p := &program{streams: s, getenv: getenv}
	root := &cobra.Command{
		Use:           "archivist",
		Short:         "answer questions from stored articles, word for word",
		Long:          longHelp,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          noArguments,
		RunE:          func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.SetIn(s.in)
	root.SetOut(s.out)
	root.SetErr(s.err)
	root.SetArgs(args)
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return usagef("%v; see %s --help", err, c.CommandPath())
	})
	root.PersistentFlags().StringVar(&p.configFile, "config", "", "read options from `FILE` (TOML; see config.example.toml)")
	root.PersistentFlags().StringVar(&p.database, "database", "", "use the database `FILE` (default: archivist.db in your data folder), or postgres://…")
	for _, command := range commands {
		root.AddCommand(command(p))
	}
	refuseUnknown(root)
	err := root.ExecuteContext(ctx)
	code := exitCode(ctx, err)
	switch {
	case code == exitInterrupted:
		fmt.Fprintln(s.err, "archivist: interrupted")
	case err != nil && !errors.Is(err, errSilent):
		fmt.Fprintf(s.err, "archivist: %v\n", err)
	}
	return code
}

// errSilent is an exit code whose message has been told already.
var errSilent = errors.New("told already")

// errPartly ends a command that did some of its work and told what was left.
var errPartly = fmt.Errorf("done in part: %w", errSilent)

// A usageError is a command line, option or configuration that its writer can mend.
type usageError struct{ text string }

func (e *usageError) Error() string { return e.text }

func usagef(format string, args ...any) error { return &usageError{fmt.Sprintf(format, args...)} }

// exitCode is the only way from an error to an exit code.
func exitCode(ctx context.Context, err error) int {
	var usage *usageError
	var refused *gateway.Fatal
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &usage), errors.As(err, &refused) && refused.Setup:
		return exitUsage
	case errors.Is(err, errPartly):
		return exitPartly
	case errors.Is(err, context.Canceled) && ctx.Err() != nil:
		return exitInterrupted
	}
	return exitFailed
}

// refuseUnknown has cobra's own two commands refuse what they do not know, instead of telling something else.
func refuseUnknown(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		switch c.Name() {
		case "help":
			c.Args = func(_ *cobra.Command, args []string) error {
				if _, unknown, err := root.Find(args); err != nil || len(unknown) > 0 {
					return usagef("there is no command %q; see archivist --help", strings.Join(args, " "))
				}
				return nil
			}
		case "completion":
			c.Args, c.RunE = noArguments, func(c *cobra.Command, _ []string) error { return c.Help() }
		}
	}
}

// noArguments and atLeast are cobra's checks with our words and exit code.
func noArguments(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if c.HasSubCommands() {
		return usagef("unknown command %q; see %s --help", args[0], c.CommandPath())
	}
	return usagef("%s takes no argument, got %q; see %s --help", c.Name(), args[0], c.CommandPath())
}

func atLeast(n int, what string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) < n {
			return usagef("%s needs %s; see %s --help", c.Name(), what, c.CommandPath())
		}
		return nil
	}
}

func atMost(n int, what string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) > n {
			return usagef("%s takes %s at most, got %d arguments; see %s --help", c.Name(), what, len(args), c.CommandPath())
		}
		return nil
	}
}

func exactly(n int, what string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) != n {
			return usagef("%s takes %s, got %d arguments; see %s --help", c.Name(), what, len(args), c.CommandPath())
		}
		return nil
	}
}
