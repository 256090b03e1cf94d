package bench

import (
	"context"
	"errors"
	"fmt"
	"time"

	"archivist"
	"archivist/retrieval"
	"archivist/retrieval/index"
	"archivist/retrieval/ingest"
)

// A Library is one that is measured: in a store of its own, so that nothing else weighs.
type Library struct {
	ID     archivist.LibraryID
	Corpus retrieval.Corpus
	Engine *retrieval.Engine // has it in memory
	failed error             // the first article that could not be read
}

// budget of the engines: nothing is ever evicted.
const budget = 1 << 40

// Build puts articles into a new library of a store and tells how long that took, what made the articles included. told is called after
// each transaction with its number of articles.
func Build(ctx context.Context, corpus retrieval.Corpus, id archivist.LibraryID, articles Articles, told func(articles int)) (*Library, time.Duration, error) {
	l := &Library{ID: id, Corpus: corpus, Engine: retrieval.New(corpus, retrieval.Options{Budget: budget})}
	began := time.Now()
	err := l.bring(ctx, id, articles, told)
	return l, time.Since(began), err
}

// bring puts articles into any library of the store.
func (l *Library) bring(ctx context.Context, id archivist.LibraryID, articles Articles, told func(articles int)) error {
	intakes := func(yield func(archivist.Intake, error) bool) {
		for a, err := range articles {
			var intake archivist.Intake
			if err == nil {
				intake = ingest.NewIntake(a)
			}
			if !yield(intake, err) {
				return
			}
		}
	}
	_, err := ingest.Bulk(ctx, l.Engine, id, intakes, func(batch []archivist.Intake, _ []archivist.Stored) { told(len(batch)) }, func(err error) {
		if l.failed == nil {
			l.failed = err
		}
	})
	return err
}

// Failed is the first article that could not be read, nil if all could.
func (l *Library) Failed() error { return l.failed }

// firstStage is how many passages Ask has the index find.
const firstStage = 150

// Contenders are the index alone, over the passages' field and over all three, and the whole Ask with its texts from the store. A
// question that the Engine finds invalid, say for its stop words alone, is answered by that.
func (l *Library) Contenders(ctx context.Context, questions []archivist.Question) ([]Contender, error) {
	terms := make([][]string, len(questions))
	for i, q := range questions {
		var err error
		if terms[i], err = l.Engine.Terms(ctx, q); err != nil {
			return nil, err
		}
	}
	alone := func(w index.Weights) func(context.Context, int) error {
		return func(ctx context.Context, i int) error {
			_, err := l.Engine.Hits(ctx, l.ID, index.Query{Terms: terms[i], Weights: w}, firstStage)
			return errors.Join(err, ctx.Err())
		}
	}
	return []Contender{
		{"index, one field", alone(index.Plain)},
		{"index, three fields", alone(index.FirstStage)},
		{"whole ask", func(ctx context.Context, i int) error {
			_, err := l.Engine.Ask(ctx, questions[i])
			if err != nil && archivist.CodeOf(err) == archivist.Internal {
				return err
			}
			return ctx.Err()
		}},
	}, nil
}

// loads is how often a load and a found article are timed; their medians are the figures.
const loads = 5

// load is how long the first question of a fresh process waits for the library.
func (l *Library) load(ctx context.Context) (time.Duration, error) {
	var times []time.Duration
	for range loads {
		fresh := retrieval.New(l.Corpus, retrieval.Options{Budget: budget})
		began := time.Now()
		if _, err := fresh.Stats(ctx, l.ID); err != nil {
			return 0, err
		}
		times = append(times, time.Since(began))
	}
	return median(times), nil
}

// stored is how many bytes of segments the store holds.
func (l *Library) stored(ctx context.Context) (bytes int, err error) {
	segments, err := l.Corpus.Segments(ctx, l.ID, 0)
	for _, row := range segments.Rows {
		bytes += len(row.Bytes)
	}
	return bytes, err
}

// found is how long after its commit a new article answers.
func (l *Library) found(ctx context.Context) (time.Duration, error) {
	var times []time.Duration
	for i := range loads {
		word := fmt.Sprintf("quibbleflock%c", 'a'+i) // in no other text
		intake := ingest.NewIntake(archivist.Article{
			Head:       archivist.Head{URL: "https://synthetic.example.com/found/" + word, Title: "The new " + word},
			Paragraphs: []archivist.Paragraph{{Text: "The " + word + " was opened at the old harbour on the second of March."}},
		})
		if _, err := l.Engine.Put(ctx, l.ID, []archivist.Intake{intake}); err != nil {
			return 0, err
		}
		began := time.Now()
		for {
			answer, err := l.Engine.Ask(ctx, archivist.Question{Library: l.ID, Text: "When was the " + word + " opened?"})
			if err != nil {
				return 0, err
			}
			if len(answer.Passages) > 0 && answer.Passages[0].Article.URL == intake.Article.URL {
				break
			}
			if time.Since(began) > time.Minute {
				return 0, fmt.Errorf("an article is not found a minute after its commit")
			}
		}
		times = append(times, time.Since(began))
	}
	return median(times), nil
}

// Passages are the texts of all passages of the library, for those who index them otherwise.
func (l *Library) Passages(ctx context.Context) (texts []string, err error) {
	for before := archivist.ArticleID(0); ; {
		heads, err := l.Corpus.Articles(ctx, l.ID, archivist.Everything, before, 100)
		if err != nil || len(heads) == 0 {
			return texts, err
		}
		for _, head := range heads {
			article, err := l.Corpus.Article(ctx, l.ID, head.ID)
			if err != nil {
				return nil, err
			}
			texts = append(texts, retrieval.Cut(article)...)
			before = head.ID
		}
	}
}
