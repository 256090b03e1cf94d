package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strconv"
	"time"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/analysis/lang/en"
	"github.com/blevesearch/bleve/v2/mapping"
	index "github.com/blevesearch/bleve_index_api"
)

const textField = "t"

// bleveMapping is one English field, scored by BM25, of which nothing but postings is kept.
func bleveMapping() mapping.IndexMapping {
	field := bleve.NewTextFieldMapping()
	field.Analyzer = en.AnalyzerName
	field.Store, field.IncludeTermVectors, field.IncludeInAll, field.DocValues = false, false, false, false
	document := bleve.NewDocumentStaticMapping()
	document.AddFieldMappingsAt(textField, field)
	m := bleve.NewIndexMapping()
	m.DefaultMapping = document
	m.ScoringModel = index.BM25Scoring
	return m
}

// newBleve is bleve at its best: an index made offline, which leaves one segment, and only read.
func newBleve(ctx context.Context, folder string, passages []string) (*rival, error) {
	path := filepath.Join(folder, "bleve")
	began := time.Now()
	builder, err := bleve.NewBuilder(path, bleveMapping(), map[string]any{"buildPathPrefix": folder})
	if err != nil {
		return nil, err
	}
	for i, text := range passages {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err := builder.Index(strconv.Itoa(i+1), map[string]any{textField: text}); err != nil {
			return nil, err
		}
	}
	if err := builder.Close(); err != nil {
		return nil, err
	}
	built := time.Since(began)
	opened, err := bleve.OpenUsing(path, map[string]any{"read_only": true})
	if err != nil {
		return nil, err
	}
	r := &rival{name: "bleve, top 10", build: built, close: opened.Close}
	r.bytes, err = folderBytes(path)
	r.top = func(ctx context.Context, words []string) (numbers []int, err error) {
		any := bleve.NewMatchQuery(joined(words)) // its words are joined by OR
		any.SetField(textField)
		result, err := opened.SearchInContext(ctx, bleve.NewSearchRequestOptions(any, wanted, 0, false))
		if err != nil {
			return nil, err
		}
		for _, hit := range result.Hits {
			n, err := strconv.Atoi(hit.ID)
			if err != nil {
				return nil, fmt.Errorf("bleve: %w", err)
			}
			numbers = append(numbers, n)
		}
		return numbers, nil
	}
	return r, err
}
