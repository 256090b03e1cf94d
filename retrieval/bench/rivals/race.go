package main

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"archivist"
	"archivist/retrieval/bench"
	"archivist/storage"
)

// wanted is how many passages a rival returns.
const wanted = 10

// A rival is another search library over some passages, which it numbers from 1.
type rival struct {
	name  string
	build time.Duration
	bytes int64 // on disk
	top   func(ctx context.Context, words []string) ([]int, error)
	close func() error
}

// race builds a library of a size in all of them and has them answer in turns.
func (o options) race(ctx context.Context, size bench.Size, questions []archivist.Question, progress io.Writer) (f figures, err error) {
	folder, err := os.MkdirTemp("", "archivist-rivals-")
	if err != nil {
		return f, err
	}
	defer os.RemoveAll(folder)
	store, err := storage.Open(ctx, filepath.Join(folder, "ours.db"))
	if err != nil {
		return f, err
	}
	defer store.Close()
	l, build, err := bench.Build(ctx, store, library, size.Of(o.corpus(), o.seed), func(int) {})
	if err != nil {
		return f, err
	}
	fmt.Fprintf(progress, "ours is built in %.1f s\n", build.Seconds())
	if err := l.Engine.Merge(ctx, library); err != nil {
		return f, err
	}
	stats, err := l.Engine.Stats(ctx, library)
	if err != nil {
		return f, err
	}
	f.Figures = bench.Figures{Articles: stats.Articles, Passages: stats.Passages, Postings: stats.Postings, Build: build, Resident: stats.Bytes}
	contenders, err := l.Contenders(ctx, questions)
	if err != nil {
		return f, err
	}
	passages, err := l.Passages(ctx)
	if err != nil {
		return f, err
	}
	for _, open := range []func(context.Context, string, []string) (*rival, error){newBleve, newFTS5} {
		r, err := open(ctx, folder, passages)
		if err != nil {
			return f, err
		}
		defer r.close()
		fmt.Fprintf(progress, "%s is built in %.1f s\n", r.name, r.build.Seconds())
		f.rivals = append(f.rivals, *r)
		contenders = append(contenders, r.contender(questions))
	}
	passages = nil
	runtime.GC()
	course := bench.Course{Questions: len(questions), Rounds: o.rounds, Told: func(round int) { fmt.Fprintf(progress, "round %d of %d\n", round, o.rounds) }}
	if o.cpu {
		course.Clock = bench.ProcessorTime
	}
	f.Results, err = bench.Race(ctx, course, contenders)
	return f, err
}

func (r *rival) contender(questions []archivist.Question) bench.Contender {
	asked := make([][]string, len(questions))
	for i, q := range questions {
		asked[i] = words(q.Text)
	}
	return bench.Contender{Name: r.name, Ask: func(ctx context.Context, i int) error {
		_, err := r.top(ctx, asked[i])
		return err
	}}
}

// folderBytes is what the files of a folder take.
func folderBytes(folder string) (bytes int64, err error) {
	err = filepath.WalkDir(folder, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			bytes += info.Size()
		}
		return err
	})
	return bytes, err
}
