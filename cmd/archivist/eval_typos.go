package main

import (
	"context"
	"slices"
	"strings"

	"archivist/retrieval/eval"
)

// evalTypos prints what a slip in the rarest word of each question costs, as it is typed and with the look-up of unknown words, beside the
// questions as they are.
func (p *program) evalTypos(ctx context.Context, l *measuredLibrary, questions []eval.Question, o evalOptions) error {
	broken, err := eval.Mistype(ctx, l.house.engine, l.id, questions, o.typos)
	if err != nil {
		return err
	}
	verbatim := slices.Clone(broken)
	for i := range verbatim {
		verbatim[i].Verbatim = true
	}
	var figures eval.Figures
	for _, set := range []struct {
		name      string
		questions []eval.Question
	}{{"intact", questions}, {"mistyped, verbatim", verbatim}, {"mistyped", broken}} {
		bar := p.progress(len(set.questions), set.name)
		runs, err := eval.Ask(ctx, l.house.engine, l.id, set.questions, func() { bar.add(1) })
		bar.finish()
		if err != nil {
			return err
		}
		for _, figure := range eval.Score(set.questions, runs) {
			if slices.Contains([]string{"hit@1", "mrr@10", "auroc", "refused at 5%", "p50 us"}, figure.Name) {
				figures = append(figures, eval.Figure{Name: strings.Join([]string{set.name, figure.Name}, ": "), Value: figure.Value})
			}
		}
	}
	return p.printFigures(figures, o.asJSON)
}
