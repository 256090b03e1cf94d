package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"sync"

	"archivist"
	"archivist/retrieval/ingest/canon"
	"archivist/retrieval/ingest/file"
)

// maxLinks is how many pages one call brings in from lists.
const maxLinks = 20_000

// A linkSource is a list of links beside the sources that stand on the command line.
type linkSource struct {
	lists    []string // files of addresses; "-" is standard input
	sitemaps []string
	limit    int // pages of each sitemap, the newest
}

func (s linkSource) empty() bool { return len(s.lists)+len(s.sitemaps) == 0 }

// links calls take with each link of the lists and sitemaps, until it returns false. What cannot be read is told to failed.
func (r *ingestRun) links(ctx context.Context, s linkSource, take func(string) bool, failed func(error) bool) {
	for _, name := range s.lists {
		if !r.listed(name, take, failed) {
			return
		}
	}
	for _, address := range s.sitemaps {
		places, found, err := r.reader.Sitemap(ctx, r.library, address, s.limit, func(address string, err error) { failed(&sourceError{address, err}) })
		if err != nil {
			if !failed(&sourceError{address, err}) {
				return
			}
			continue
		}
		if len(places) < found {
			fmt.Fprintf(r.err, "%s: the newest %d of %d pages; --limit takes more\n", address, len(places), found)
		}
		for _, place := range places {
			if !take(place.URL) {
				return
			}
		}
	}
}

// listed reads a file of addresses, one a line.
func (r *ingestRun) listed(name string, take func(string) bool, failed func(error) bool) bool {
	in := io.NopCloser(r.in)
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return failed(&sourceError{name, err})
		}
		in = f
	}
	defer in.Close()
	for link, err := range file.URLs(in) {
		if err != nil && !failed(&sourceError{name, err}) || err == nil && !take(link) {
			return false
		}
	}
	return true
}

// gather collects the links of all sources, each once, at most maxLinks. What failed goes to yield.
func (r *ingestRun) gather(ctx context.Context, links []string, s linkSource, yield func(archivist.Intake, error) bool) (all []string, goOn bool) {
	seen := map[string]bool{}
	goOn = true
	take := func(link string) bool {
		if seen[link] {
			return true
		}
		if len(all) == maxLinks {
			fmt.Fprintf(r.err, "more than %d pages: the first %d are brought in\n", maxLinks, maxLinks)
			return false
		}
		seen[link] = true
		all = append(all, link)
		return true
	}
	for _, link := range links {
		if !take(link) {
			return all, true
		}
	}
	r.links(ctx, s, take, func(err error) bool {
		goOn = goOn && yield(archivist.Intake{}, err)
		return goOn
	})
	return all, goOn
}

// readLinks reads pages, several at a time, and yields each as it arrives.
func (r *ingestRun) readLinks(ctx context.Context, links []string, yield func(archivist.Intake, error) bool) {
	type result struct {
		intake archivist.Intake
		err    error
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	todo, results := make(chan string), make(chan result)
	var workers sync.WaitGroup
	for range min(r.house.config.Ingest.Workers, len(links)) {
		workers.Go(func() {
			for link := range todo {
				intake, err := r.readLink(ctx, link)
				select {
				case results <- result{intake, err}:
				case <-ctx.Done():
					return
				}
			}
		})
	}
	go func() {
		defer close(results)
		defer workers.Wait()
		defer close(todo)
		for _, link := range links {
			select {
			case todo <- link:
			case <-ctx.Done():
				return
			}
		}
	}()
	for result := range results {
		if !yield(result.intake, result.err) {
			cancel()
			for range results { // the workers end before their store is closed
			}
			return
		}
	}
}

func (r *ingestRun) readLink(ctx context.Context, link string) (archivist.Intake, error) {
	address, err := canon.Normalise(link)
	if err != nil {
		return archivist.Intake{}, &sourceError{link, err}
	}
	archive := r.house.archive(r.reader)
	intake, err := r.reader.Read(ctx, r.library, address, func(archivist.Stage) {})
	if r.archived && archive != nil && archivist.CodeOf(err) == archivist.Gone {
		intake, err = archive.Read(ctx, r.library, address, func(archivist.Stage) {})
	} else {
		err = archive.OrCopy(ctx, address, err)
	}
	if err != nil {
		return archivist.Intake{}, &sourceError{link, err}
	}
	intake.Article.AddedBy = "cli"
	return intake, nil
}
