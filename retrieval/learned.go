package retrieval

import (
	"context"
	"errors"

	"archivist"
	"archivist/retrieval/index"
)

// A Memory is what a library has learned to be furniture of its sites.
type Memory interface {
	// Learned lists it, of one host or of all ("").
	Learned(ctx context.Context, library archivist.LibraryID, host string) ([]archivist.Learned, error)
	// SeenIn lists the articles that have a paragraph.
	SeenIn(ctx context.Context, library archivist.LibraryID, hash archivist.ParagraphHash) ([]archivist.ArticleID, error)
	// Printed lists the articles that have a print (archivist.Put), for each of a list.
	Printed(ctx context.Context, library archivist.LibraryID, prints []archivist.ParagraphHash) (map[archivist.ParagraphHash][]archivist.ArticleID, error)
	// KeepParagraph notes that a paragraph is no furniture, or gives archivist.ErrNotFound.
	KeepParagraph(ctx context.Context, library archivist.LibraryID, hash archivist.ParagraphHash, act archivist.Act) error
	// FurnitureMarked notes that the library's articles are marked by what was learned, if that still is as it was read.
	FurnitureMarked(ctx context.Context, library archivist.LibraryID, learned []archivist.Learned) error
	// MarkArticles stores the marks of articles with their segments; those whose text has changed since are passed over.
	MarkArticles(ctx context.Context, library archivist.LibraryID, puts []archivist.Put) (version uint64, err error)
}

const markedAtOnce = 50 // articles in one transaction

// mark marks the paragraphs of pages that the library knows to be furniture, before they are indexed.
func (e *Engine) mark(ctx context.Context, library archivist.LibraryID, intakes []archivist.Intake) error {
	known := map[string]map[archivist.ParagraphHash]bool{}
	for i := range intakes {
		host := archivist.HostOf(intakes[i].Article.URL)
		if !intakes[i].Web || host == "" {
			continue
		}
		if known[host] == nil {
			var err error
			if known[host], err = e.furniture(ctx, library, host); err != nil {
				return err
			}
		}
		markParagraphs(host, intakes[i].Article.Paragraphs, known[host])
	}
	return nil
}

// furniture is what a library knows to be furniture of a host.
func (e *Engine) furniture(ctx context.Context, library archivist.LibraryID, host string) (map[archivist.ParagraphHash]bool, error) {
	learned, err := e.corpus.Learned(ctx, library, host)
	known := make(map[archivist.ParagraphHash]bool, len(learned))
	for _, l := range learned {
		known[l.Hash] = !l.Kept
	}
	return known, err
}

// markParagraphs marks by what is known, and tells whether a mark has changed.
func markParagraphs(host string, paragraphs []archivist.Paragraph, known map[archivist.ParagraphHash]bool) (changed bool) {
	for i, p := range paragraphs {
		marked := len(known) > 0 && known[archivist.HashParagraph(host, p.Text)]
		changed = changed || marked != p.Boilerplate
		paragraphs[i].Boilerplate = marked
	}
	return changed
}

// remark marks the articles of a host that are there by what the library knows by now, and indexes them anew.
func (e *Engine) remark(ctx context.Context, library archivist.LibraryID, host string) error {
	learned, err := e.corpus.Learned(ctx, library, host)
	if err != nil {
		return err
	}
	known, articles := map[archivist.ParagraphHash]bool{}, map[archivist.ArticleID]bool{}
	for _, l := range learned {
		known[l.Hash] = !l.Kept
		ids, err := e.corpus.SeenIn(ctx, library, l.Hash)
		if err != nil {
			return err
		}
		for _, id := range ids {
			articles[id] = true
		}
	}
	var puts []archivist.Put
	store := func() error {
		version, err := e.corpus.MarkArticles(ctx, library, puts)
		if err == nil {
			e.changed(library, version)
		}
		puts = puts[:0]
		return err
	}
	for id := range articles {
		article, err := e.corpus.Article(ctx, library, id)
		if errors.Is(err, archivist.ErrNotFound) {
			continue // removed meanwhile
		}
		if err != nil {
			return err
		}
		if !markParagraphs(host, article.Paragraphs, known) {
			continue
		}
		segment, err := index.Encode(document(article))
		if err != nil {
			return err
		}
		if puts = append(puts, archivist.Put{Intake: archivist.Intake{Article: article}, Segment: segment}); len(puts) == markedAtOnce {
			if err := store(); err != nil {
				return err
			}
		}
	}
	if len(puts) > 0 {
		if err := store(); err != nil {
			return err
		}
	}
	if len(learned) == 0 {
		return nil
	}
	return e.corpus.FurnitureMarked(ctx, library, learned)
}

// Keep undoes what a library has learned of a paragraph, for good: its articles are indexed and shown with it again.
func (e *Engine) Keep(ctx context.Context, library archivist.LibraryID, hash archivist.ParagraphHash, act archivist.Act) error {
	learned, err := e.corpus.Learned(ctx, library, "")
	if err != nil {
		return err
	}
	for _, l := range learned {
		if l.Hash == hash {
			if err := e.corpus.KeepParagraph(ctx, library, hash, act); err != nil {
				return err
			}
			return e.remark(ctx, library, l.Host)
		}
	}
	return archivist.ErrNotFound
}

// Learned lists what a library has learned to be furniture, of one host or of all (""), with a text of each.
func (e *Engine) Learned(ctx context.Context, library archivist.LibraryID, host string) ([]archivist.Learned, error) {
	all, err := e.corpus.Learned(ctx, library, host)
	if err != nil {
		return nil, err
	}
	for i := range all {
		ids, err := e.corpus.SeenIn(ctx, library, all[i].Hash)
		if err != nil {
			return nil, err
		}
		if len(ids) == 0 {
			continue
		}
		article, err := e.corpus.Article(ctx, library, ids[0])
		if err != nil && !errors.Is(err, archivist.ErrNotFound) { // one that was removed meanwhile has no text to show
			return nil, err
		}
		for _, p := range article.Paragraphs {
			if archivist.HashParagraph(all[i].Host, p.Text) == all[i].Hash {
				all[i].Text = p.Text
				break
			}
		}
	}
	return all, nil
}
