package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"maps"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"archivist"
	"archivist/retrieval/ingest"

	"github.com/spf13/cobra"
)

func ingestCommand(p *program) *cobra.Command {
	var library string
	var lists linkSource
	var archived bool
	command := &cobra.Command{
		Use:   "ingest SOURCE...",
		Short: "bring articles into a library",
		Long: `Bring articles into a library. A SOURCE is
  an http or https address of an article,
  a file: .html, .htm, .xhtml, .txt, .md, .pdf, or .jsonl and .jsonl.gz with one article a line (url, title, text, authors, published),
  or a folder of such files.

With --list the addresses come from a file, one a line; with --sitemap from a site's own list of its pages (a sitemap, an index of them, or
any page of a site that has /sitemap.xml), the ones modified last first. For what is new from then on: archivist feed add.

Each article that is stored is told on standard output once it is durable: outcome, number, address. What is there already is left
alone, what has changed is replaced; so a run that was cut off is finished by running it again. It may run beside "archivist serve".

Exit code 3 says that some articles could not be brought in; each is named with its reason on standard error.`,
		Example: `  archivist ingest https://herald.example.com/ferry-line-4
  archivist ingest --library town pages/ notes.txt
  archivist ingest --library guild:1234567890 backlog.jsonl.gz
  archivist ingest --list links.txt
  archivist ingest --sitemap https://herald.example.com/sitemap.xml --limit 500`,
		Args: func(c *cobra.Command, args []string) error {
			if lists.limit < 1 || lists.limit > maxLinks {
				return usagef("--limit is %d; write 1 to %d", lists.limit, maxLinks)
			}
			if !lists.empty() {
				return nil
			}
			return atLeast(1, "at least one source")(c, args)
		},
		RunE: func(c *cobra.Command, args []string) error {
			id, err := archivist.ParseLibraryID(library)
			if err != nil {
				return usagef("--library: %v", err)
			}
			h, err := p.open(c.Context())
			if err != nil {
				return err
			}
			defer h.close()
			reader, err := h.reader()
			if err != nil {
				return err
			}
			if archived && h.config.Ingest.ArchiveAPI == "" {
				return usagef("--archived: no archive is configured; set ingest.archive_api")
			}
			run := &ingestRun{program: p, house: h, reader: reader, library: id, lists: lists, archived: archived}
			return run.all(c.Context(), args)
		},
	}
	command.Flags().StringArrayVar(&lists.lists, "list", nil, "bring in the pages whose addresses stand in `FILE`, one a line (- is standard input)")
	command.Flags().StringArrayVar(&lists.sitemaps, "sitemap", nil, "bring in the pages that the sitemap at `ADDRESS` lists")
	command.Flags().IntVar(&lists.limit, "limit", 100, "take at most `N` pages of each sitemap")
	command.Flags().BoolVar(&archived, "archived", false, "take the archive's copy of a page that is gone (ingest.archive_api)")
	command.Flags().StringVar(&library, "library", string(archivist.DefaultLibrary), "bring them into the library `NAME` (guild:ID, user:ID or a name)")
	return command
}

// maxFile is the most that a text or HTML file may hold; .jsonl streams and has no such limit.
const maxFile = 8 << 20

// An ingestRun is one run of the command.
type ingestRun struct {
	*program
	house   *house
	reader  *ingest.Reader
	library archivist.LibraryID
	lists   linkSource
	// archived takes the archive's copy of a page that is gone.
	archived bool
	bar      *progress
}

// all brings in every source and tells what became of them.
func (r *ingestRun) all(ctx context.Context, sources []string) error {
	defer collectSeldom()()
	r.bar = r.progress(-1, "articles")
	began := time.Now()
	report, err := ingest.Bulk(ctx, r.house.engine, r.library, r.read(ctx, sources), r.stored, r.failed)
	r.bar.finish()
	tellReport(r.err, report, time.Since(began))
	switch {
	case err != nil:
		return err
	case report.Failed > 0 && report.Done() == 0:
		return errSilent
	case report.Failed > 0:
		return errPartly
	}
	return nil
}

// collectSeldom lets garbage lie longer, up to a bound that this command stays below anyway: it saves a tenth of the time of a large file. The
// function returned undoes it.
func collectSeldom() (undo func()) {
	percent, limit := debug.SetGCPercent(400), debug.SetMemoryLimit(300<<20)
	return func() {
		debug.SetGCPercent(percent)
		debug.SetMemoryLimit(limit)
	}
}

// stored acknowledges a batch that is durable.
func (r *ingestRun) stored(batch []archivist.Intake, results []archivist.Stored) {
	var lines strings.Builder
	for i, result := range results {
		fmt.Fprintf(&lines, "%s %d %s\n", result.Outcome, result.ID, batch[i].Article.URL)
	}
	_, _ = io.WriteString(r.out, lines.String()) // a reader that has gone does not undo what is stored
	r.bar.add(len(batch))
}

func (r *ingestRun) failed(err error) {
	r.bar.clear()
	tellFailed(r.err, err)
}

// tellFailed says what failed, why, and what can be brought in instead.
func tellFailed(w io.Writer, err error) {
	fmt.Fprintf(w, "failed: %v\n", err)
	switch offer := archivist.OfferOf(err); offer.Kind {
	case archivist.OfferFeed:
		fmt.Fprintf(w, "  it has a feed: archivist feed add %s\n", offer.URL)
	case archivist.OfferArchive:
		fmt.Fprintf(w, "  there is a copy of %s: %s; --archived brings it in\n", offer.At.Format("2 January 2006"), offer.URL)
	}
}

// tellReport writes the last lines: what became of the articles.
func tellReport(w io.Writer, report ingest.Report, took time.Duration) {
	fmt.Fprintf(w, "%d added, %d updated, %d unchanged, %d duplicate, %d failed in %s\n",
		report.Added, report.Updated, report.Unchanged, report.Duplicate, report.Failed, took.Round(10*time.Millisecond))
	for _, code := range slices.Sorted(maps.Keys(report.Reasons)) {
		fmt.Fprintf(w, "  %d × %s\n", report.Reasons[code], code)
	}
}

// A sourceError names the source that failed.
type sourceError struct {
	source string
	err    error
}

func (e *sourceError) Error() string {
	var named *fs.PathError // names the file itself
	if errors.As(e.err, &named) {
		return named.Path + ": " + named.Err.Error()
	}
	return e.source + ": " + e.err.Error()
}

func (e *sourceError) Unwrap() error { return e.err }

// read yields the articles of all sources: files in order, then the web's as they arrive.
func (r *ingestRun) read(ctx context.Context, sources []string) iter.Seq2[archivist.Intake, error] {
	return func(yield func(archivist.Intake, error) bool) {
		var links []string
		for _, source := range sources {
			if isWeb(source) {
				links = append(links, source)
				continue
			}
			for path, err := range files(source) {
				if err != nil {
					if !yield(archivist.Intake{}, &sourceError{source, err}) {
						return
					}
					continue
				}
				for intake, err := range r.readFile(ctx, path, nameIn(source, path)) {
					if err != nil {
						err = &sourceError{path, err}
					}
					if !yield(intake, err) {
						return
					}
				}
			}
		}
		if links, goOn := r.gather(ctx, links, r.lists, yield); goOn {
			r.readLinks(ctx, links, yield)
		}
	}
}
