package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"archivist/retrieval/bench"
	"archivist/retrieval/bench/synthetic"
	"archivist/storage"

	"github.com/spf13/cobra"
)

// questionsOfMany is how many different questions the libraries are asked.
const questionsOfMany = 1000

func benchLibrariesCommand(p *program) *cobra.Command {
	var many bench.Many
	var memory int
	var asJSON bool
	command := &cobra.Command{
		Use:   "libraries",
		Short: "ask many libraries of very different sizes with memory for some",
		Long: `Fill a temporary database with libraries of made-up news, the r-th of which has an r-th of the largest one's articles, and ask them as guilds
are asked: the r-th of an order of chance in proportion to 1/r. Print how many asks met their library in memory, what memory was kept to, and how
long asks took, with a load and without.`,
		Example: `  archivist bench libraries
  archivist bench libraries --libraries 500 --memory 16 --json`,
		Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			switch {
			case many.Count < 1 || many.Count > 100_000:
				return usagef("--libraries is 1 to 100000")
			case many.Largest < 1 || many.Largest > 100_000:
				return usagef("--articles is 1 to 100000")
			case many.Asks < 1 || many.Asks > 10_000_000:
				return usagef("--asks is 1 to 10000000")
			case memory < 0 || memory > 1<<20:
				return usagef("--memory is 0 to %d", 1<<20)
			}
			many.Budget = int64(memory) << 20
			return p.benchLibraries(c.Context(), many, asJSON)
		},
	}
	command.Flags().IntVar(&many.Count, "libraries", 2000, "how many")
	command.Flags().IntVar(&many.Largest, "articles", 1000, "articles of the largest")
	command.Flags().IntVar(&many.Asks, "asks", 20_000, "questions that are measured; a quarter of that comes before")
	command.Flags().IntVar(&memory, "memory", 0, "`MiB` for libraries in memory; 0: a quarter of what all of them take")
	command.Flags().Uint64Var(&many.Seed, "seed", 1, "of what is made up")
	command.Flags().BoolVar(&asJSON, "json", false, "print one JSON object; times are in nanoseconds, sizes in bytes")
	return command
}

func (p *program) benchLibraries(ctx context.Context, many bench.Many, asJSON bool) error {
	folder, err := os.MkdirTemp("", "archivist-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	store, err := storage.Open(ctx, filepath.Join(folder, "bench.db"))
	if err != nil {
		return err
	}
	defer store.Close()
	bar := p.progress(-1, "articles")
	err = many.Fill(ctx, store, bar.add)
	bar.finish()
	if err != nil {
		return err
	}
	bar = p.progress(many.Asks+many.Asks/4, "asks")
	figures, err := many.Measure(ctx, synthetic.Questions(many.Seed, questionsOfMany), bar.add)
	bar.finish()
	switch {
	case err != nil:
		return err
	case asJSON:
		return json.NewEncoder(p.out).Encode(figures)
	}
	_, err = fmt.Fprint(p.out, figures)
	return err
}
