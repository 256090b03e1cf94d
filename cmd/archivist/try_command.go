package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"archivist"
	"archivist/bot/playground"

	"github.com/spf13/cobra"
)

// A trial is one run of the playground.
type trial struct {
	*program
	listen, screenshots string
	fresh, open         bool
}

// Where the page and the sample site are, if these ports are free. The site keeps its port between runs for the sake of the links to it in
// the playground's library.
const (
	tryAddress  = "127.0.0.1:8420"
	siteAddress = "127.0.0.1:8421"
)

func tryCommand(p *program) *cobra.Command {
	t := trial{program: p}
	command := &cobra.Command{
		Use:   "try",
		Short: "try the bot in a browser, without Discord",
		Long: `Start a playground: a page on this machine that looks and works like a Discord channel, with the real bot behind it, some people to be, and
a library of sample articles. No token, no configuration; open the address that it prints. What is stored there is kept for the next time,
in a database of the playground's own. Ctrl-C ends it.

With --screenshots it takes pictures of the page instead, for documents, and ends; that needs Chromium.`,
		Example: `  archivist try
  archivist try --open
  archivist try --fresh --listen 127.0.0.1:9000
  archivist try --screenshots docs/screenshots`,
		Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error { return t.run(c.Context()) },
	}
	command.Flags().StringVar(&t.listen, "listen", tryAddress, "serve the page at this `ADDRESS` of this machine; where its port is in use, another is taken")
	command.Flags().BoolVar(&t.fresh, "fresh", false, "forget what former runs have stored")
	command.Flags().BoolVar(&t.open, "open", false, "open the page in your browser")
	command.Flags().StringVar(&t.screenshots, "screenshots", "", "take pictures of the page into the `FOLDER`, and end")
	command.AddCommand(tryBotCommand(p))
	return command
}

func (t *trial) run(ctx context.Context) error {
	if err := loopbackOnly(t.listen); err != nil {
		return err
	}
	if t.screenshots != "" {
		if _, err := findBrowser(); err != nil {
			return err
		}
	}
	database, forget, err := t.itsDatabase()
	if err != nil {
		return err
	}
	defer forget()
	r, err := t.start(ctx, database)
	if err != nil {
		return err
	}
	defer r.close()
	if t.screenshots != "" {
		return t.takeScreenshots(ctx, r)
	}
	fmt.Fprintf(t.out, "The playground is open: %s\nIts library is %s; Ctrl-C ends.\n", r.page.address, database)
	if t.open {
		opening, stop := context.WithCancel(ctx)
		var browser sync.WaitGroup
		browser.Go(func() { // some systems return when the browser's window is shut
			if err := openBrowser(opening, r.page.address); err != nil && opening.Err() == nil {
				fmt.Fprintf(t.err, "archivist: no browser was opened (%v); open the address yourself\n", err)
			}
		})
		defer browser.Wait()
		defer stop()
	}
	select {
	case <-ctx.Done(): // a signal, which is how a playground ends
		return nil
	case err := <-r.failed:
		return err
	}
}

// A running playground.
type runningTrial struct {
	town       *town
	page, site *localServer
	bot        *botKeeper
	failed     chan error // has an error when the bot does not get going
	stops      []func()   // what close does, last first
}

// close ends everything, and returns when it has ended.
func (r *runningTrial) close() {
	for _, stop := range slices.Backward(r.stops) {
		stop()
	}
}

// start opens the playground over a database, and returns when the bot is there.
func (t *trial) start(ctx context.Context, database string) (_ *runningTrial, err error) {
	r := &runningTrial{failed: make(chan error, 1)}
	defer func() {
		if err != nil {
			r.close()
		}
	}()
	listen := t.listen
	if t.screenshots != "" {
		listen = "127.0.0.1:0"
	}
	if r.site, err = t.serve(siteAddress, sampleSite); err != nil {
		return nil, err
	}
	r.stops = append(r.stops, r.site.close)
	if r.town, err = newTown(); err != nil {
		return nil, err
	}
	r.stops = append(r.stops, r.town.discord.Close)
	if err := t.stock(ctx, database, r.town, r.site.address); err != nil {
		return nil, err
	}
	if err := r.town.open(r.site.address); err != nil {
		return nil, err
	}
	page := playground.New(r.town.discord)
	if r.page, err = t.serve(listen, func(string) http.Handler { return page.Handler() }); err != nil {
		return nil, err
	}
	r.stops = append(r.stops, r.page.close, page.Close)
	r.bot = &botKeeper{stderr: t.err, order: botOrder{
		Token: r.town.discord.Token(), API: r.town.discord.APIBase(), Database: database, Site: r.site.host(), Libraries: r.town.libraries(),
		Log: t.getenv("ARCHIVIST_LOG_LEVEL"),
	}}
	running, stop := context.WithCancel(ctx)
	var keeping sync.WaitGroup
	keeping.Go(func() { r.failed <- r.bot.run(running) })
	r.stops = append(r.stops, func() { stop(); keeping.Wait() })
	return r, r.town.ready(ctx, r.failed)
}

// itsDatabase is the file that the playground's libraries are kept in; forget removes it where it is for this run only.
func (t *trial) itsDatabase() (file string, forget func(), err error) {
	if t.screenshots != "" {
		folder, err := os.MkdirTemp("", "archivist-try-")
		return filepath.Join(folder, "playground.db"), func() { _ = os.RemoveAll(folder) }, err // the system's folder for such files is emptied anyway
	}
	if t.database != "" {
		if t.fresh {
			return "", nil, usagef("--fresh removes the playground's own database; where you name one, name a new file instead")
		}
		return t.database, func() {}, nil
	}
	file = filepath.Join(filepath.Dir(defaultDatabase(t.getenv)), "playground.db")
	if t.fresh {
		if err := removeDatabase(file); err != nil {
			return "", nil, fmt.Errorf("forget what was stored: %w", err)
		}
	}
	return file, func() {}, nil
}

// removeDatabase removes a database, if there is one, and what SQLite and upgrades keep beside it.
func removeDatabase(file string) error {
	entries, err := os.ReadDir(filepath.Dir(file))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, entry := range entries {
		part, ours := strings.CutPrefix(entry.Name(), filepath.Base(file))
		schema, upgraded := strings.CutPrefix(part, ".schema-")
		upgraded = upgraded && strings.Trim(schema, "0123456789") == ""
		if ours && (upgraded || slices.Contains([]string{"", "-wal", "-shm"}, part)) {
			err = errors.Join(err, os.Remove(filepath.Join(filepath.Dir(file), entry.Name())))
		}
	}
	return err
}

// stock stores the sample articles; on later runs they are there already.
func (t *trial) stock(ctx context.Context, database string, place *town, address string) error {
	c := defaults()
	c.Database, c.Log.Level = database, "error"
	h, err := t.openDatabase(ctx, c)
	if err != nil {
		return err
	}
	for folder, library := range map[string]archivist.LibraryID{
		heraldSamples: archivist.GuildLibrary(place.readers.ID()), clubSamples: archivist.GuildLibrary(place.club.ID()),
	} {
		if err := h.storeSamples(ctx, library, folder, address, place.max.ID()); err != nil {
			return errors.Join(err, h.close())
		}
	}
	return h.close()
}
