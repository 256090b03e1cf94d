package main

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"archivist/retrieval/eval"
	"archivist/retrieval/ingest/extract"
)

// evalPages extracts every page of a folder and prints how much of its true text came out.
func (p *program) evalPages(ctx context.Context, o evalOptions) error {
	defer collectSeldom()() // as workers do, so that its times are theirs
	bar := p.progress(-1, "pages")
	figures, texts, err := eval.Pages(o.pages, func(url string, html []byte) ([]string, error) {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		result, err := extract.HTML(savedPage(url, html))
		return textsOf(result), err
	}, func() { bar.add(1) })
	bar.finish()
	if err := errors.Join(err, ctx.Err()); err != nil {
		return err
	}
	if o.run != "" {
		if err := writeFile(o.run, func(w io.Writer) error { return json.NewEncoder(w).Encode(texts) }); err != nil {
			return err
		}
	}
	return p.printFigures(figures, o.asJSON)
}

func savedPage(url string, html []byte) extract.Input {
	return extract.Input{Body: html, ContentType: "text/html; charset=utf-8", URL: url, Now: time.Now()}
}

func textsOf(result extract.Result) (texts []string) {
	for _, paragraph := range result.Article.Paragraphs {
		texts = append(texts, paragraph.Text)
	}
	return texts
}

// A pageTrial is one line of the table of --knock-out.
type pageTrial struct {
	name  string
	trial extract.Trial // its hole is for every fifth page
}

// pageTrials are the steps of extraction, one after the other; the whole without each of its rules; and the whole when extractors fail.
func pageTrials() []pageTrial {
	names := []string{}
	for _, rule := range extract.Rules() {
		names = append(names, rule.Name)
	}
	trials := []pageTrial{{"both votes", extract.Trial{Without: names}}}
	for i, name := range names {
		trials = append(trials, pageTrial{"+ " + name, extract.Trial{Without: names[i+1:]}})
	}
	for _, name := range names {
		trials = append(trials, pageTrial{"without " + name, extract.Trial{Without: []string{name}}})
	}
	holes := []string{"hole", "twin"} // either fills what was lost
	return append(trials,
		pageTrial{"T gone", extract.Trial{Lost: "T"}}, pageTrial{"R gone", extract.Trial{Lost: "R"}}, pageTrial{"T and R gone", extract.Trial{Lost: "TR"}},
		pageTrial{"T holed", extract.Trial{Hole: 'T'}}, pageTrial{"R holed", extract.Trial{Hole: 'R'}},
		pageTrial{"T holed, without hole and twin", extract.Trial{Hole: 'T', Without: holes}}, pageTrial{"R holed, without hole and twin", extract.Trial{Hole: 'R', Without: holes}})
}

// knockOut measures what each step and rule of extraction is worth on the pages of a folder, and what is left of it when the extractors
// fail: one is gone, or loses a piece of every fifth page. Which pages, and where, is told by the hash of a page's id.
func (p *program) knockOut(ctx context.Context, o evalOptions) error {
	trials := pageTrials()
	bar := p.progress(-1, "pages")
	figures, err := eval.PageTrials(o.pages, len(trials), func(id, url string, html []byte) (func(int) []string, error) {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		reading, err := extract.Read(savedPage(url, html))
		if err != nil {
			return nil, err
		}
		hash := sha256.Sum256([]byte(id))
		return func(i int) []string {
			trial := trials[i].trial
			if trial.At = float64(hash[1]) / 256; hash[0]%5 != 0 {
				trial.Hole = 0
			}
			result, _ := reading.Decide(trial) // an error is an empty text
			return textsOf(result)
		}, nil
	}, func() { bar.add(1) })
	bar.finish()
	if err := errors.Join(err, ctx.Err()); err != nil {
		return err
	}
	if o.asJSON {
		for i, f := range figures {
			if err := json.NewEncoder(p.out).Encode(map[string]any{"trial": trials[i].name, "figures": f}); err != nil {
				return err
			}
		}
		return nil
	}
	return printTrials(p.out, trials, figures)
}

func printTrials(out io.Writer, trials []pageTrial, figures []eval.Figures) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	head := []string{""}
	for _, figure := range figures[0][1:] { // without the number of pages
		head = append(head, figure.Name)
	}
	fmt.Fprintln(table, strings.Join(head, "\t"))
	for i, row := range figures {
		cells := []string{trials[i].name}
		for _, figure := range row[1:] {
			cells = append(cells, fmt.Sprintf("%.4f", figure.Value))
		}
		fmt.Fprintln(table, strings.Join(cells, "\t"))
	}
	return table.Flush()
}
