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
	"time"

	"archivist"
	"archivist/retrieval"
	"archivist/retrieval/eval"
	"archivist/retrieval/ingest"
	"archivist/retrieval/ingest/file"
	"archivist/retrieval/rank"

	"github.com/spf13/cobra"
)

func evalCommand(p *program) *cobra.Command {
	var o evalOptions
	command := &cobra.Command{
		Use:   "eval",
		Short: "measure answers or extraction on questions and pages with known truth",
		Long: `Measure how good answers are: build a temporary library of the articles, or take one that is there, ask every question on its own
day, and print hit@k, mrr and the other figures. With --without, print them beside those of a formula that lacks a feature or the rule of
time, and the questions that only one of the two has right at 1. With --pages, measure extraction on a folder of saved pages with their
true texts, and with --knock-out also what each rule of it is worth and what is left when an extractor fails. With --set-threshold, a library refuses from then on what is less sure than all but the lowest 5% of its right answers.`,
		Example: `  archivist eval --articles articles.jsonl.gz --questions questions.jsonl.gz
  archivist eval --articles articles.jsonl.gz --questions questions.jsonl.gz --limit 100 --run run.jsonl --json
  archivist eval --library town --questions questions.jsonl
  archivist eval --library town --questions questions.jsonl --without time
  archivist eval --library town --questions questions.jsonl --set-threshold
  archivist eval --articles articles.jsonl.gz --questions questions.jsonl.gz --fit weights.tsv
  archivist eval --articles articles.jsonl.gz --questions questions.jsonl.gz --typos 1
  archivist eval --pages pages/ --run pages.json
  archivist eval --pages pages/ --knock-out`,
		Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) (err error) {
			if o.lacks, err = rank.ParseWithout(o.without); err != nil {
				return usagef("--without: %v", err)
			}
			switch {
			case o.pages != "" && (o.articles != "" || o.library != "" || o.questions != ""):
				return usagef("--pages measures extraction, --articles and --questions answers; give one or the other")
			case o.knockOut && o.pages == "":
				return usagef("--knock-out measures extraction; give --pages")
			case o.knockOut && o.run != "":
				return usagef("--knock-out has many texts of a page; --run writes one")
			case o.knockOut:
				return p.knockOut(c.Context(), o)
			case o.pages != "":
				return p.evalPages(c.Context(), o)
			case o.articles != "" && o.library != "":
				return usagef("--articles makes a library, --library takes one that is there; give one or the other")
			case o.articles == "" && o.library == "" || o.questions == "":
				return usagef("eval needs --articles (or --library) and --questions, or --pages; see archivist eval --help")
			case o.setThreshold && (o.library == "" || o.fit != "" || o.typos != 0 || len(o.without) > 0):
				return usagef("--set-threshold needs --library, asked with the whole formula and the questions as they are")
			case o.fit != "" && len(o.without) > 0:
				return usagef("--fit fits the whole formula, --without measures a part of it; give one or the other")
			}
			return p.evalQuestions(c.Context(), o)
		},
	}
	command.Flags().StringVar(&o.articles, "articles", "", "the library: a .jsonl or .jsonl.gz `FILE` of articles")
	command.Flags().StringVar(&o.library, "library", "", "ask the library `NAME` of the database instead of making one")
	command.Flags().StringVar(&o.questions, "questions", "", "a .jsonl.gz `FILE` of questions with their answers")
	command.Flags().StringVar(&o.pages, "pages", "", "a `FOLDER` of pages with truth.json")
	command.Flags().BoolVar(&o.knockOut, "knock-out", false, "of --pages: measure each step, without each rule, and with failing extractors")
	command.Flags().StringVar(&o.run, "run", "", "write what was answered (or extracted) to `FILE`, for a referee; with --without, what the lesser formula answered to FILE.without")
	command.Flags().StringVar(&o.fit, "fit", "", "fit the weights of ranking on the questions and write their table to `FILE`")
	command.Flags().StringSliceVar(&o.without, "without", nil, "measure also without the `FEATURE` of ranking, or \"time\", the rule by which age yields; several by commas")
	command.Flags().IntVar(&o.limit, "limit", 0, "ask only the first `N` questions")
	command.Flags().Uint64Var(&o.typos, "typos", 0, "mistype the rarest word of each question, by chance of this `SEED` (1 or more), and print what that costs")
	command.Flags().BoolVar(&o.setThreshold, "set-threshold", false, "set the confidence below which the library refuses, so that 5% of the right answers of the questions would be")
	command.Flags().BoolVar(&o.asJSON, "json", false, "print one JSON object")
	return command
}

type evalOptions struct {
	articles, library, questions, pages, run, fit string
	without                                       []string
	lacks                                         rank.Without // the same, read
	limit                                         int
	typos                                         uint64
	setThreshold, asJSON, knockOut                bool
}

// evalQuestions asks the questions of a library and prints the figures.
func (p *program) evalQuestions(ctx context.Context, o evalOptions) error {
	questions, err := readQuestions(o.questions)
	if err != nil {
		return err
	}
	if o.limit > 0 {
		questions = questions[:min(o.limit, len(questions))]
	}
	l, err := p.measuredLibrary(ctx, o)
	if err != nil {
		return err
	}
	defer l.close()
	stats, err := l.house.engine.Stats(ctx, l.id)
	if err != nil {
		return err
	}
	if o.fit != "" {
		return p.fit(ctx, o.fit, l, questions)
	}
	if o.typos != 0 {
		return p.evalTypos(ctx, l, questions, o)
	}
	runs, err := p.ask(ctx, l.house.engine, l.id, questions)
	if err != nil {
		return err
	}
	if o.run != "" {
		if err := writeFile(o.run, func(w io.Writer) error { return eval.WriteRuns(w, runs) }); err != nil {
			return err
		}
	}
	if len(o.without) > 0 {
		return p.compare(ctx, o, l, questions, runs)
	}
	if o.setThreshold {
		if err := l.setThreshold(ctx, questions, runs); err != nil {
			return err
		}
	}
	figures := append(eval.Score(questions, runs),
		eval.Figure{Name: "articles", Value: float64(stats.Articles)}, eval.Figure{Name: "passages", Value: float64(stats.Passages)})
	if o.library == "" {
		figures = append(figures, eval.Figure{Name: "build s", Value: float64(l.build.Milliseconds()) / 1000})
	}
	figures = append(figures,
		eval.Figure{Name: "disk bytes", Value: float64(diskBytes(l.house.config.Database))}, eval.Figure{Name: "index bytes", Value: float64(stats.Bytes)},
		eval.Figure{Name: "heap peak bytes", Value: float64(heapPeak())})
	return p.printFigures(figures, o.asJSON)
}

// ask asks all questions, under a bar of progress.
func (p *program) ask(ctx context.Context, engine *retrieval.Engine, library archivist.LibraryID, questions []eval.Question) ([]eval.Run, error) {
	bar := p.progress(len(questions), "questions")
	defer bar.finish()
	return eval.Ask(ctx, engine, library, questions, func() { bar.add(1) })
}

// A measuredLibrary is the library that questions are asked of: one of the database, or one made of a file in a folder of its own.
type measuredLibrary struct {
	house  *house
	id     archivist.LibraryID
	folder string        // removed in the end; "" where the library was there
	build  time.Duration // of making it
}

func (p *program) measuredLibrary(ctx context.Context, o evalOptions) (*measuredLibrary, error) {
	if o.library != "" {
		id, err := archivist.ParseLibraryID(o.library)
		if err != nil {
			return nil, usagef("--library: %v", err)
		}
		h, err := p.openExisting(ctx)
		if err != nil {
			return nil, err
		}
		return &measuredLibrary{house: h, id: id}, nil
	}
	folder, err := os.MkdirTemp("", "archivist-eval-")
	if err != nil {
		return nil, err
	}
	c := defaults()
	c.Database = filepath.Join(folder, "eval.db")
	h, err := p.openDatabase(ctx, c)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(folder))
	}
	l := &measuredLibrary{house: h, id: "eval", folder: folder}
	began := time.Now()
	if err := h.build(ctx, p, l.id, o.articles); err != nil {
		return nil, errors.Join(err, l.close())
	}
	l.build = time.Since(began)
	return l, nil
}

// setThreshold makes the library refuse as its questions tell.
func (l *measuredLibrary) setThreshold(ctx context.Context, questions []eval.Question, runs []eval.Run) error {
	threshold, ok := eval.Threshold(questions, runs)
	if !ok {
		return usagef("--set-threshold: too few questions are answered right to tell where to refuse")
	}
	return l.house.store.SetSetting(ctx, l.id, archivist.SettingThreshold, strconv.FormatFloat(threshold, 'f', 3, 64),
		archivist.Act{Actor: "cli", Verb: "threshold", Target: string(l.id)})
}

func (l *measuredLibrary) close() error {
	err := l.house.close()
	if l.folder != "" {
		err = errors.Join(err, os.RemoveAll(l.folder))
	}
	return err
}

// fit fits the formula's weights for the kind of library that the articles make, prints what they are worth, and writes the table.
func (p *program) fit(ctx context.Context, name string, l *measuredLibrary, questions []eval.Question) error {
	news, err := l.house.engine.News(ctx, l.id)
	if err != nil {
		return err
	}
	bar := p.progress(len(questions), "questions")
	lessons, err := eval.Study(ctx, l.house.engine, l.id, questions, news >= .5, func() { bar.add(1) })
	bar.finish()
	if err != nil {
		return err
	}
	table := eval.Fit(lessons, rank.Weights(), p.out)
	return writeFile(name, func(w io.Writer) error {
		_, err := io.WriteString(w, table.String())
		return err
	})
}

// build brings the articles of a file into a library.
func (h *house) build(ctx context.Context, p *program, library archivist.LibraryID, articles string) error {
	f, err := os.Open(articles)
	if err != nil {
		return err
	}
	defer f.Close()
	bar := p.progress(-1, "articles")
	var firstFailure error
	report, err := ingest.Bulk(ctx, h.engine, library, func(yield func(archivist.Intake, error) bool) {
		for article, err := range file.JSONL(f) {
			intake := archivist.Intake{}
			if err == nil {
				intake = ingest.NewIntake(article)
			}
			if !yield(intake, err) {
				return
			}
		}
	}, func(batch []archivist.Intake, _ []archivist.Stored) {
		bar.add(len(batch))
	}, func(err error) {
		if firstFailure == nil {
			firstFailure = err
		}
	})
	bar.finish()
	if err != nil {
		return err
	}
	if report.Failed > 0 {
		fmt.Fprintf(p.err, "%d articles could not be read, the first: %v\n", report.Failed, firstFailure)
	}
	return nil
}

func readQuestions(name string) ([]eval.Question, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	questions, err := eval.ReadQuestions(f)
	if err != nil {
		return nil, &sourceError{name, err}
	}
	return questions, nil
}

// writeFile writes a file whole, or says why it is not.
func writeFile(name string, write func(io.Writer) error) (err error) {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	w := bufio.NewWriter(f)
	if err := write(w); err != nil {
		return err
	}
	return w.Flush()
}

// diskBytes is what a database file takes with its log; 0 on a server.
func diskBytes(database string) (n int64) {
	for _, name := range []string{database, database + "-wal"} {
		if info, err := os.Stat(name); err == nil {
			n += info.Size()
		}
	}
	return n
}

// heapPeak is the most memory that the program has had from the system, in bytes.
func heapPeak() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.Sys
}

func (p *program) printFigures(f eval.Figures, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(p.out).Encode(f)
	}
	_, err := fmt.Fprint(p.out, f)
	return err
}
