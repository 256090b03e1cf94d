package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"archivist/retrieval"
	"archivist/retrieval/eval"
)

// compare asks the questions once more of a formula that lacks what --without names, and prints both formulas' figures side by side and the
// questions that only one of them has right at 1.
func (p *program) compare(ctx context.Context, o evalOptions, l *measuredLibrary, questions []eval.Question, whole []eval.Run) error {
	engine := retrieval.New(l.house.store, retrieval.Options{
		Budget: int64(l.house.config.Memory.Libraries) << 20, Logger: l.house.log, Without: o.lacks,
	})
	part, err := p.ask(ctx, engine, l.id, questions)
	if err != nil {
		return err
	}
	if o.run != "" {
		if err := writeFile(o.run+".without", func(w io.Writer) error { return eval.WriteRuns(w, part) }); err != nil {
			return err
		}
	}
	c := eval.Compare(questions, whole, part)
	if o.asJSON {
		return json.NewEncoder(p.out).Encode(c)
	}
	fmt.Fprintf(p.out, "%16s  %-8s  without %s\n", "", "whole", strings.Join(o.without, ", "))
	for i, figure := range c.Whole {
		fmt.Fprintf(p.out, "%16s  %-8v  %v\n", figure.Name, figure.Value, c.Without[i].Value)
	}
	fmt.Fprintf(p.out, "%16s  %d  %s\n", "won at 1", len(c.Won), strings.Join(c.Won, " "))
	_, err = fmt.Fprintf(p.out, "%16s  %d  %s\n", "lost at 1", len(c.Lost), strings.Join(c.Lost, " "))
	return err
}
