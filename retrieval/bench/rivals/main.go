// Rivals races Archivist's index and its whole Ask against bleve and SQLite's FTS5: the same passages, the same questions, in turns, in one
// run. It is a module of its own, so that the product depends on neither.
//
//	go run . -articles articles.jsonl.gz -questions questions.jsonl.gz -sizes 25k,100k,all
//
// Without articles it takes made-up news. Questions go to the rivals as their words joined by OR, without stop words.
package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"archivist"
	"archivist/retrieval/bench"
	"archivist/retrieval/bench/synthetic"
	"archivist/retrieval/eval"
	"archivist/retrieval/ingest/file"
	"archivist/retrieval/text"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "rivals:", err)
		os.Exit(1)
	}
}

type options struct {
	articles, questions, sizes, plot, markdown string
	rounds, limit                              int
	seed                                       uint64
	cpu                                        bool
}

const library archivist.LibraryID = "rivals"

// run races at each size, prints what was measured, also where it was interrupted, and writes it.
func run(ctx context.Context, args []string, out, progress io.Writer) error {
	var o options
	flags := flag.NewFlagSet("rivals", flag.ContinueOnError)
	flags.SetOutput(progress)
	flags.StringVar(&o.articles, "articles", "", "a .jsonl or .jsonl.gz `file` of articles (default: made-up news)")
	flags.StringVar(&o.questions, "questions", "", "a .jsonl.gz `file` of questions to ask of them")
	flags.StringVar(&o.sizes, "sizes", "25k,100k", "libraries to race at: passages (25k), the whole corpus (all), times that (2x)")
	flags.IntVar(&o.rounds, "rounds", 5, "rounds, of which the medians are taken")
	flags.IntVar(&o.limit, "limit", 200, "ask the first `n` questions in each round")
	flags.Uint64Var(&o.seed, "seed", 1, "of what is made up")
	flags.BoolVar(&o.cpu, "cpu", false, "count the processors' time (Linux), for a machine that other work shares, instead of the clock's")
	flags.StringVar(&o.plot, "plot", "", "draw p50 against passages into the SVG `file`")
	flags.StringVar(&o.markdown, "markdown", "", "write the table into `file` between the lines <!-- rivals --> and <!-- /rivals -->")
	if err := flags.Parse(args); err != nil {
		return err
	}
	sizes, err := bench.ParseSizes(o.sizes, o.articles != "")
	if err != nil {
		return err
	}
	if (o.articles == "") != (o.questions == "") || o.rounds < 1 || o.limit < 1 || flags.NArg() > 0 {
		return errors.New("-articles and -questions belong together, -rounds and -limit are at least 1, and there are no other arguments")
	}
	if o.cpu && bench.ProcessorTime() == 0 {
		return errors.New("-cpu: this system does not tell")
	}
	questions, err := o.ask()
	if err != nil {
		return err
	}
	var all []figures
	for i, size := range sizes {
		var f figures
		if f, err = o.race(ctx, size, questions, progress); err != nil {
			break
		}
		f.Size = strings.Split(o.sizes, ",")[i]
		all = append(all, f)
	}
	if len(all) > 0 {
		fmt.Fprint(out, table(all))
	}
	if err != nil {
		return err // a part of a table does not take the place of a whole one
	}
	return o.write(all)
}

// write draws the plot and keeps the table.
func (o options) write(all []figures) error {
	if o.plot != "" {
		f, err := os.Create(o.plot)
		if err != nil {
			return err
		}
		var drawn []bench.Figures
		for _, f := range all {
			drawn = append(drawn, f.Figures)
		}
		if err := errors.Join(bench.Plot(f, drawn), f.Close()); err != nil {
			return err
		}
	}
	if o.markdown != "" {
		return bench.Keep(o.markdown, "rivals", table(all))
	}
	return nil
}

// ask makes the questions ready.
func (o options) ask() (questions []archivist.Question, err error) {
	if o.articles == "" {
		for _, text := range synthetic.Questions(o.seed, o.limit) {
			questions = append(questions, archivist.Question{Library: library, Text: text, Asked: time.Now(), Limit: archivist.MaxPassages})
		}
		return questions, nil
	}
	f, err := os.Open(o.questions)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	list, err := eval.ReadQuestions(f)
	for _, q := range list[:min(o.limit, len(list))] {
		if len(words(q.Text)) == 0 {
			continue // nothing to ask the rivals
		}
		question, err := q.Of(library)
		if err != nil {
			return nil, err
		}
		questions = append(questions, question)
	}
	if err == nil && len(questions) == 0 {
		err = fmt.Errorf("%s holds no questions", o.questions)
	}
	return questions, err
}

// words are a question's words as they stand, each once, without stop words.
func words(question string) (list []string) {
	seen := map[string]bool{}
	for _, token := range text.Analyse(question, "en") {
		word := strings.ReplaceAll(question[token.Start:token.End], `"`, "")
		if !token.Stop && !seen[token.Term] {
			seen[token.Term] = true
			list = append(list, word)
		}
	}
	return list
}

func joined(words []string) string { return strings.Join(words, " ") }

// corpus is the articles that libraries are made of.
func (o options) corpus() bench.Articles {
	if o.articles == "" {
		return bench.MadeUp(o.seed)
	}
	return func(yield func(archivist.Article, error) bool) {
		f, err := os.Open(o.articles)
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
}
