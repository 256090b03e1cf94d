package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"archivist"
	"archivist/bot"
	"archivist/monitor"
	"archivist/retrieval"
	"archivist/retrieval/ingest"
	"archivist/retrieval/ingest/fetch"
	"archivist/retrieval/ingest/worker"
	"archivist/storage"
)

// A house is what a command that reads or writes articles works with: the store and the engine over it.
type house struct {
	config  config
	log     *slog.Logger
	store   *storage.Store
	engine  *retrieval.Engine
	owner   string           // names this process in leases
	monitor *monitor.Monitor // nil where nobody watches
	pages   *ingest.Reader   // made by reader: the one way to the web, which knows when each site was last asked
	pool    *worker.Pool     // which reads pages; nil where that is done in this process
	stderr  io.Writer
}

// config is the configuration in force: file, environment, flags.
func (p *program) config() (config, error) {
	c, err := loadConfig(p.configFile, p.getenv)
	if p.database != "" {
		c.Database = p.database
	}
	return c, err
}

// logger writes to standard error what the options ask for.
func (p *program) logger(c config) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.Log.Level)); err != nil {
		level = slog.LevelInfo // config.check has refused every other word
	}
	options := &slog.HandlerOptions{Level: level}
	if c.Log.Format == "json" {
		return slog.New(slog.NewJSONHandler(p.err, options))
	}
	return slog.New(slog.NewTextHandler(p.err, options))
}

// open opens the store of the configuration and an engine over it. The caller closes it.
func (p *program) open(ctx context.Context) (*house, error) {
	c, err := p.config()
	if err != nil {
		return nil, err
	}
	return p.openDatabase(ctx, c)
}

// openExisting is open for commands that make no sense on a database that is not there: a slip in its name must not make a new one.
func (p *program) openExisting(ctx context.Context) (*house, error) {
	c, err := p.config()
	if err != nil {
		return nil, err
	}
	if err := mustExist(c.Database, databaseOption); err != nil {
		return nil, err
	}
	return p.openDatabase(ctx, c)
}

// databaseOption is how all commands but move are told their database.
const databaseOption = "--database or ARCHIVIST_DATABASE; archivist ingest makes a new one"

// mustExist refuses a file that is not there, and says how another one is named; a server says itself what it has.
func mustExist(database, named string) error {
	if _, err := os.Stat(database); !storage.OnServer(database) && errors.Is(err, fs.ErrNotExist) {
		return usagef("there is no database %s; name yours with %s", database, named)
	}
	return nil
}

// tellNone says on standard error why a list of a library, or of all where library is "", is empty: what it has none of, or that it is not there.
func (h *house) tellNone(ctx context.Context, p *program, library archivist.LibraryID, what string) error {
	if library == "" {
		fmt.Fprintf(p.err, "there are no %s\n", what)
		return nil
	}
	_, err := h.store.Library(ctx, library)
	switch {
	case errors.Is(err, archivist.ErrNotFound):
		fmt.Fprintf(p.err, "there is no library %s\n", library)
		return nil
	case err == nil:
		fmt.Fprintf(p.err, "library %s has no %s\n", library, what)
	}
	return err
}

func (p *program) openDatabase(ctx context.Context, c config) (*house, error) {
	return p.openWatched(ctx, c, nil)
}

// openWatched is openDatabase for a house whose work a monitor counts; nil: none does.
func (p *program) openWatched(ctx context.Context, c config, m *monitor.Monitor) (*house, error) {
	store, err := p.openStore(ctx, c, storage.Options{})
	if err != nil {
		return nil, err
	}
	log := p.logger(c)
	options := retrieval.Options{Budget: c.librariesBudget(), Logger: log}
	if m != nil {
		options.Took = m.Took
	}
	return &house{config: c, log: log, store: store, engine: retrieval.New(store, options), owner: ownName(), monitor: m, stderr: p.err}, nil
}

// openStore opens the store of a configuration alone, and tells if its schema was brought up to date.
func (p *program) openStore(ctx context.Context, c config, o storage.Options) (*storage.Store, error) {
	if !storage.OnServer(c.Database) {
		if err := os.MkdirAll(filepath.Dir(c.Database), 0o700); err != nil {
			return nil, err
		}
	}
	store, err := storage.OpenWith(ctx, c.Database, o)
	if err != nil {
		return nil, err
	}
	if u := store.Upgraded(); u.Kept != "" {
		p.logger(c).Info("the database was brought up to date; what it was before is kept", "schema", u.To, "before", u.From, "kept", u.Kept)
	}
	return store, nil
}

// ownName names this process among those on one store: for people by host and number, and unlike all before it.
func ownName() string {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return fmt.Sprintf("%s-%d-%d", host, os.Getpid(), time.Now().UnixNano())
}

// hush is for commands that tell themselves what becomes of their jobs: the log has only what went wrong with us, unless it was asked for
// more.
func (h *house) hush(p *program) {
	if quiet := h.config; quiet.Log.Level == "info" {
		quiet.Log.Level = "warn"
		h.log = p.logger(quiet)
	}
}

func (h *house) close() error {
	if h.pool != nil {
		h.pool.Close()
	}
	return h.store.Close()
}

// reader is the way of a page into this house.
func (h *house) reader() (*ingest.Reader, error) {
	if h.pages != nil {
		return h.pages, nil
	}
	web, err := fetch.New(h.config.web())
	if err != nil {
		return nil, err
	}
	extractor, err := h.extractor()
	if err != nil {
		return nil, err
	}
	h.pages = &ingest.Reader{Extractor: extractor, Web: web, Rules: h.store, Desk: h.store, Items: h.store, Inside: h.config.mayReadInside, KeepPages: h.config.Ingest.KeepPages}
	return h.pages, nil
}

// extractor reads pages as ingest.worker says, two at a time where there are as many processors.
func (h *house) extractor() (ingest.Extractor, error) {
	size := min(2, runtime.NumCPU())
	if h.config.Ingest.Worker == workerInline {
		return ingest.NewInline(size), nil
	}
	program, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program, to start it as a worker (or set ingest.worker to %q): %w", workerInline, err)
	}
	h.pool = worker.NewPool(worker.Options{Command: []string{program, "archivist", "extract", "--worker"}, Size: size, Stderr: h.stderr, Logger: h.log})
	return h.pool, nil
}

// archive has copies of pages that are gone; nil where none is configured.
func (h *house) archive(reader *ingest.Reader) *ingest.Archive {
	if h.config.Ingest.ArchiveAPI == "" {
		return nil
	}
	return &ingest.Archive{Reader: reader, API: h.config.Ingest.ArchiveAPI}
}

// queue works on this house's jobs once it is run.
func (h *house) queue() (*ingest.Queue, error) {
	reader, err := h.reader()
	if err != nil {
		return nil, err
	}
	pages := ingest.Pages{Reader: reader, Putter: h.engine, Archive: h.archive(reader)}
	handlers := ingest.Handlers{archivist.JobPage: &pages, archivist.JobFeed: &ingest.FeedItems{Pages: pages}}
	handlers[archivist.JobFile] = &ingest.Files{Pages: pages}
	handlers[archivist.JobRefresh] = &ingest.Refresh{Pages: pages}
	if pages.Archive != nil {
		handlers[archivist.JobArchive] = &ingest.Copies{Pages: pages}
	}
	options := ingest.Options{Owner: h.owner, Workers: h.config.Ingest.Workers, Logger: h.log}
	if h.monitor != nil {
		options.Ended = h.monitor.Ended
	}
	return ingest.NewQueue(h.store, h.store, handlers, options), nil
}

// poller asks for what is new in this house's feeds, and gives the jobs to queue.
func (h *house) poller(queue *ingest.Queue) (*ingest.Poller, error) {
	reader, err := h.reader()
	if err != nil {
		return nil, err
	}
	return &ingest.Poller{Desk: h.store, Web: reader.Web, Rules: h.store, Inside: reader.Inside, Wake: queue.Wake, Logger: h.log}, nil
}

// bot is what talks to people, over this house.
func (h *house) bot(queue *ingest.Queue) *bot.Bot {
	var asker bot.Asker = h.engine
	if h.monitor != nil {
		asker = h.monitor.Asker(asker)
	}
	return bot.New(bot.Options{
		Asker: asker, Adder: queue, Remover: h.engine, Store: h.store, Jobs: queue, Feeds: feeds{h.store, h, queue},
		Limits: h.config.botLimits(), Logger: h.log,
	})
}
