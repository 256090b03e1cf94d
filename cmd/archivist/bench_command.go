package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"archivist"
	"archivist/retrieval/bench"
	"archivist/retrieval/bench/synthetic"
	"archivist/retrieval/ingest/file"
	"archivist/storage"

	"github.com/spf13/cobra"
)

type benchOptions struct {
	articles, questions, sizes, cores, plot, markdown string
	rounds, limit                                     int
	seed                                              uint64
	duringIngest, duringBackup, asJSON                bool
}

// Sizes that are measured where none are named: with a corpus, and of made-up news.
const (
	corpusSizes = "1000a,25k,100k,all,2x,5x"
	madeUpSizes = "1000a,25k,100k,200k,400k,1m"
	busySize    = "100k"
)

func benchCommand(p *program) *cobra.Command {
	var o benchOptions
	command := &cobra.Command{
		Use:   "bench",
		Short: "measure how fast questions are answered, and what libraries cost",
		Long: `Measure speed and size: build temporary libraries of several sizes and print, for each, how long questions take in the index alone and as
a whole (the median, the 99th of a hundred, the 999th of a thousand), how many are answered a second, bytes a posting, and times of
building, loading and of finding a new article. Figures are medians of rounds that take turns.

Without --articles the library is made-up news; with them it goes on with variants of the articles where a size is beyond them. Sizes are
passages (25k), articles (1000a), the whole corpus (all) or times that (2x).

With --during-ingest, ask in turns with nothing else to do and while articles are brought into other libraries of the same database; with
--during-backup, while one backup of it after the other is made.

Interrupted, it prints what was measured so far and writes no file.`,
		Example: `  archivist bench --sizes 25k,100k
  archivist bench --articles articles.jsonl.gz --questions questions.jsonl.gz --plot bench.svg --markdown BENCHMARKS.md
  archivist bench --during-ingest --json`,
		Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error { return p.bench(c.Context(), o) },
	}
	command.Flags().StringVar(&o.articles, "articles", "", "the corpus: a .jsonl or .jsonl.gz `FILE` of articles (default: made-up news)")
	command.Flags().StringVar(&o.questions, "questions", "", "a .jsonl.gz `FILE` of questions to ask of the articles")
	command.Flags().StringVar(&o.sizes, "sizes", "", fmt.Sprintf("the libraries to measure (default %s; without articles %s)", corpusSizes, madeUpSizes))
	command.Flags().StringVar(&o.cores, "cores", "1,2", "numbers of processors to count questions a second on")
	command.Flags().IntVar(&o.rounds, "rounds", 5, "rounds, of which the medians are taken")
	command.Flags().IntVar(&o.limit, "limit", 1000, "ask the first `N` questions in each round")
	command.Flags().Uint64Var(&o.seed, "seed", 1, "of what is made up")
	command.Flags().StringVar(&o.plot, "plot", "", "draw p50 against passages into the SVG `FILE`")
	command.Flags().StringVar(&o.markdown, "markdown", "", "write the table into `FILE` between the lines <!-- bench --> and <!-- /bench -->")
	command.Flags().BoolVar(&o.duringIngest, "during-ingest", false, "compare asking with nothing else to do and during a bulk ingest")
	command.Flags().BoolVar(&o.duringBackup, "during-backup", false, "compare asking with nothing else to do and while backups are made")
	command.Flags().BoolVar(&o.asJSON, "json", false, "print one JSON object a size; times are in nanoseconds")
	command.AddCommand(benchLibrariesCommand(p), benchDiscordCommand(p), benchSoakCommand(p))
	return command
}

func (p *program) bench(ctx context.Context, o benchOptions) error {
	b, err := o.prepare(p)
	if err != nil {
		return err
	}
	if o.duringIngest || o.duringBackup {
		if o.plot != "" || o.markdown != "" || o.duringIngest && o.duringBackup {
			return usagef("--during-ingest and --during-backup print two lines, one of them at a time; they have nothing for --plot or --markdown")
		}
		return b.busy(ctx)
	}
	var all []bench.Figures
	for i, size := range b.sizes {
		fmt.Fprintf(p.err, "measuring %s\n", b.names[i])
		var f bench.Figures
		if f, err = b.measure(ctx, size); err != nil {
			break
		}
		f.Size = b.names[i]
		all = append(all, f)
	}
	if len(all) == 0 {
		return err
	}
	err = errors.Join(err, b.show(all))
	if err != nil {
		return err // a part of a table does not take the place of a whole one
	}
	return b.write(all)
}

// A benchRun is one run of the command.
type benchRun struct {
	*program
	benchOptions
	sizes     []bench.Size
	names     []string // of the sizes
	course    bench.Course
	corpus    bench.Articles
	questions []archivist.Question
}

// most bounds rounds and processors: more would only be a slip.
const most = 1000

// prepare checks the options and makes articles and questions ready.
func (o benchOptions) prepare(p *program) (*benchRun, error) {
	switch {
	case (o.articles == "") != (o.questions == ""):
		return nil, usagef("--articles and --questions belong together; without both, both are made up")
	case o.rounds < 1 || o.rounds > most:
		return nil, usagef("--rounds is 1 to %d", most)
	case o.limit < 1:
		return nil, usagef("--limit is at least 1")
	}
	whole := o.articles != ""
	if o.sizes == "" {
		o.sizes = madeUpSizes
		if whole {
			o.sizes = corpusSizes
		}
		if o.duringIngest || o.duringBackup {
			o.sizes = busySize
		}
	}
	b := &benchRun{program: p, benchOptions: o, names: strings.Split(o.sizes, ",")}
	var err error
	if b.sizes, err = bench.ParseSizes(o.sizes, whole); err != nil {
		return nil, usagef("--sizes: %v", err)
	}
	for word := range strings.SplitSeq(o.cores, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(word))
		if err != nil || n < 1 || n > most {
			return nil, usagef("--cores: %q is no number of processors", word)
		}
		b.course.Cores = append(b.course.Cores, n)
	}
	b.course.Rounds = o.rounds
	return b, b.read()
}

// benchLibrary is the library that is asked.
const benchLibrary archivist.LibraryID = "bench"

// read makes articles and questions ready.
func (b *benchRun) read() error {
	if b.articles == "" {
		b.corpus = bench.MadeUp(b.seed)
		for _, text := range synthetic.Questions(b.seed, min(b.limit, most)) {
			b.questions = append(b.questions, archivist.Question{Library: benchLibrary, Text: text, Asked: time.Now(), Limit: archivist.MaxPassages})
		}
		return nil
	}
	b.corpus = func(yield func(archivist.Article, error) bool) {
		f, err := os.Open(b.articles)
		if err != nil {
			yield(archivist.Article{}, err)
			return
		}
		defer f.Close()
		for a, err := range file.JSONL(bufio.NewReader(f)) {
			if !yield(a, err) {
				return
			}
		}
	}
	if _, err := os.Stat(b.articles); err != nil {
		return err
	}
	questions, err := readQuestions(b.benchOptions.questions)
	if err != nil {
		return err
	}
	for _, q := range questions[:min(b.limit, len(questions))] {
		question, err := q.Of(benchLibrary)
		if err != nil {
			return err
		}
		b.questions = append(b.questions, question)
	}
	if len(b.questions) == 0 {
		return usagef("%s holds no questions", b.benchOptions.questions)
	}
	return nil
}

// with builds a library in a temporary folder, has do work with it, and removes it.
func (b *benchRun) with(ctx context.Context, size bench.Size, do func(l *bench.Library, build time.Duration) error) error {
	folder, err := os.MkdirTemp("", "archivist-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	c := defaults()
	c.Database = filepath.Join(folder, "bench.db")
	h, err := b.openDatabase(ctx, c)
	if err != nil {
		return err
	}
	defer h.close()
	bar := b.progress(-1, "articles")
	l, build, err := bench.Build(ctx, h.store, benchLibrary, size.Of(b.corpus, b.seed), bar.add)
	bar.finish()
	if err != nil {
		return err
	}
	if failed := l.Failed(); failed != nil {
		fmt.Fprintf(b.err, "not all articles could be read; the first that could not: %v\n", failed)
	}
	defer runtime.GC() // the next library does not pay for this one
	return do(l, build)
}

// measure takes the figures of one size.
func (b *benchRun) measure(ctx context.Context, size bench.Size) (f bench.Figures, err error) {
	err = b.with(ctx, size, func(l *bench.Library, build time.Duration) error {
		bar := b.progress(b.rounds, "rounds")
		b.course.Told = func(int) { bar.add(1) }
		defer bar.finish()
		f, err = l.Measure(ctx, b.course, b.questions)
		f.Build = build
		return err
	})
	return f, err
}

// show prints what was measured.
func (b *benchRun) show(all []bench.Figures) error {
	if !b.asJSON {
		_, err := fmt.Fprint(b.out, bench.Table(all, b.course.Cores))
		return err
	}
	encoder := json.NewEncoder(b.out)
	for _, f := range all {
		if err := encoder.Encode(f); err != nil {
			return err
		}
	}
	return nil
}

// write draws the plot and keeps the table.
func (b *benchRun) write(all []bench.Figures) error {
	if b.plot != "" {
		if err := writeFile(b.plot, func(w io.Writer) error { return bench.Plot(w, all) }); err != nil {
			return err
		}
	}
	if b.markdown != "" {
		return bench.Keep(b.markdown, "bench", bench.Table(all, b.course.Cores))
	}
	return nil
}

// busy compares idle and busy asking at the first size.
func (b *benchRun) busy(ctx context.Context) error {
	return b.with(ctx, b.sizes[0], func(l *bench.Library, _ time.Duration) error {
		bar := b.progress(b.rounds, "rounds")
		b.course.Told = func(int) { bar.add(1) }
		var busy bench.Busy
		var err error
		if b.duringBackup {
			busy, err = l.DuringBackup(ctx, b.course, b.questions, backups(l))
		} else {
			busy, err = l.DuringIngest(ctx, b.course, b.questions, b.filling())
		}
		bar.finish()
		switch {
		case err != nil:
			return err
		case b.asJSON:
			return json.NewEncoder(b.out).Encode(busy)
		}
		_, err = fmt.Fprint(b.out, busy)
		return err
	})
}

// backups makes one backup of the library's store at each call, and removes it.
func backups(l *bench.Library) func(context.Context) error {
	return func(ctx context.Context) error {
		folder, err := os.MkdirTemp("", "archivist-bench-")
		if err != nil {
			return err
		}
		err = l.Corpus.(storage.Copier).Backup(ctx, filepath.Join(folder, "backup.db"))
		return errors.Join(err, os.RemoveAll(folder))
	}
}

// fillingArticles is how many articles each library that is filled gets.
const fillingArticles = 10_000

// filling is what is brought in while questions are asked: other articles than those of the library where they are made up.
func (b *benchRun) filling() bench.Articles {
	corpus := b.corpus
	if b.articles == "" {
		corpus = bench.MadeUp(b.seed + 1)
	}
	return bench.Size{Articles: fillingArticles}.Of(corpus, b.seed)
}
