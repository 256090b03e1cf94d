package main

import (
	"context"
	"embed"
	"errors"
	"io/fs"
	"iter"
	"path"
	"slices"
	"strings"
	"time"

	"archivist"
	"archivist/retrieval/ingest"
	"archivist/retrieval/ingest/extract"
)

// sampleFiles are pages of an invented newspaper and of an invented astronomy club, our own writing, for a first look without a library
// of one's own. Those under playground/links are stored nowhere until somebody adds them.
//
//go:embed samples/*.html playground/club/*.html playground/links/*.html
var sampleFiles embed.FS

// Where the sample pages stand in sampleFiles.
const (
	heraldSamples = "samples"
	clubSamples   = "playground/club"
	linkSamples   = "playground/links"
)

// Where the newspaper and the newsletter would be, if there were any.
const (
	heraldAddress = "https://herald.example.com/"
	clubAddress   = "https://darkhours.example.com/"
)

// samplePages are the pages of a folder of sampleFiles, by their names without an ending, in order.
func samplePages(folder string) iter.Seq2[string, []byte] {
	return func(yield func(string, []byte) bool) {
		names, err := fs.Glob(sampleFiles, path.Join(folder, "*.html"))
		if err != nil || len(names) == 0 {
			panic("no samples in " + folder) // they are embedded: only a slip in the name comes here
		}
		for _, name := range names {
			body, err := sampleFiles.ReadFile(name)
			if err != nil {
				panic(err) // as above
			}
			if !yield(strings.TrimSuffix(path.Base(name), ".html"), body) {
				return
			}
		}
	}
}

// storeSamples puts the pages of a folder of samples into a library, the oldest first, as read at an address that ends in "/" and added by a
// person; those that are there already stay as they are.
func (h *house) storeSamples(ctx context.Context, library archivist.LibraryID, folder, address, person string) error {
	var samples []archivist.Intake
	for name, body := range samplePages(folder) {
		intake, err := ingest.FromHTML(extract.Input{Body: body, ContentType: "text/html; charset=utf-8", URL: address + name, Now: time.Now()})
		if err != nil {
			return err
		}
		intake.Article.AddedBy = person
		samples = append(samples, intake)
	}
	slices.SortStableFunc(samples, func(a, b archivist.Intake) int { return a.Article.Published.Compare(b.Article.Published) })
	intakes := func(yield func(archivist.Intake, error) bool) {
		for _, intake := range samples {
			if !yield(intake, nil) {
				return
			}
		}
	}
	var failed error
	none := func([]archivist.Intake, []archivist.Stored) {}
	_, err := ingest.Bulk(ctx, h.engine, library, intakes, none, func(err error) { failed = errors.Join(failed, err) })
	return errors.Join(err, failed)
}
