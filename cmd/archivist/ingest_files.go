package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"archivist"
	"archivist/retrieval/ingest"
	"archivist/retrieval/ingest/extract"
	"archivist/retrieval/ingest/file"
)

// fileKinds are the endings that a folder is searched for.
var fileKinds = []string{".html", ".htm", ".xhtml", ".txt", ".md", ".pdf", ".jsonl", ".jsonl.gz"}

// files yields source itself, or the files of known kinds below it.
func files(source string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		info, err := os.Stat(source)
		if errors.Is(err, fs.ErrNotExist) {
			yield("", &archivist.Failure{Code: archivist.InvalidArgument, Detail: "no such file; addresses begin with http:// or https://"})
			return
		}
		if err != nil || !info.IsDir() {
			yield(source, err)
			return
		}
		walkErr := filepath.WalkDir(source, func(path string, d fs.DirEntry, err error) error {
			known := slices.ContainsFunc(fileKinds, func(kind string) bool { return strings.HasSuffix(strings.ToLower(path), kind) })
			if err == nil && (d.IsDir() || !known) {
				return nil
			}
			if !yield(path, err) {
				return fs.SkipAll
			}
			return nil
		})
		if walkErr != nil {
			yield("", walkErr)
		}
	}
}

// nameIn is what an article without an address of its own is known by: the file's name, below a folder with the folder's name and the
// way from there, so that two files of one name in two folders are two articles. It tells nothing of where the folder lies.
func nameIn(source, path string) string {
	below, err := filepath.Rel(source, path)
	if err != nil || below == "." {
		return filepath.Base(path)
	}
	folder, err := filepath.Abs(source)
	if err != nil {
		folder = source
	}
	return filepath.ToSlash(filepath.Join(filepath.Base(folder), below))
}

// readFile yields the articles of the file at path, by its ending. name stands in for an address.
func (r *ingestRun) readFile(ctx context.Context, path, name string) iter.Seq2[archivist.Intake, error] {
	return func(yield func(archivist.Intake, error) bool) {
		lower := strings.ToLower(path)
		if strings.HasSuffix(lower, ".jsonl") || strings.HasSuffix(lower, ".jsonl.gz") {
			f, err := os.Open(path)
			if err != nil {
				yield(archivist.Intake{}, err)
				return
			}
			defer f.Close()
			for article, err := range file.JSONL(f) {
				if err != nil {
					if !yield(archivist.Intake{}, err) {
						return
					}
					continue
				}
				if !yield(r.complete(article), nil) {
					return
				}
			}
			return
		}
		if strings.HasSuffix(lower, ".txt") || strings.HasSuffix(lower, ".md") {
			read := file.Text
			if strings.HasSuffix(lower, ".md") {
				read = file.Markdown
			}
			var article archivist.Article
			body, err := readBounded(path, maxFile)
			if err == nil {
				article, err = read(name, body)
			}
			yield(r.complete(article), err)
			return
		}
		if strings.HasSuffix(lower, ".pdf") {
			yield(r.readPDF(ctx, path, name))
			return
		}
		body, err := readPage(path)
		if err != nil {
			yield(archivist.Intake{}, err)
			return
		}
		intake, err := r.reader.FromHTML(ctx, extract.Input{Body: body, ContentType: "text/html", URL: "file:" + name, Now: time.Now()})
		intake.Article.AddedBy = "cli"
		yield(intake, err)
	}
}

func (r *ingestRun) complete(article archivist.Article) archivist.Intake {
	intake := ingest.NewIntake(article)
	intake.Article.AddedBy = "cli"
	return intake
}

// readPDF reads the text of a PDF, in a process that can be stopped.
func (r *ingestRun) readPDF(ctx context.Context, path, name string) (archivist.Intake, error) {
	body, err := readBounded(path, file.MaxPDF)
	if err == nil && !isPDF(body) {
		err = &archivist.Failure{Code: archivist.WrongType, Detail: http.DetectContentType(body) + ", no PDF"}
	}
	if err != nil {
		return archivist.Intake{}, err
	}
	intake, err := r.reader.FromPDF(ctx, extract.Input{Body: body, URL: "file:" + name, Now: time.Now()})
	intake.Article.AddedBy = "cli"
	return intake, err
}

// isPDF looks for the mark of a PDF, which may have something before it.
func isPDF(body []byte) bool { return bytes.Contains(body[:min(len(body), 1024)], []byte("%PDF-")) }

// readPage reads a file that must hold text: the parser of HTML would find words in a PDF too.
func readPage(path string) ([]byte, error) {
	body, err := readBounded(path, maxFile)
	if kind := http.DetectContentType(body); err == nil && !strings.HasPrefix(kind, "text/") {
		err = &archivist.Failure{Code: archivist.WrongType, Detail: kind + ", no page"}
	}
	return body, err
}

// readBounded reads a file of at most most bytes.
func readBounded(name string, most int64) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	body, err := io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && int64(len(body)) > most {
		err = &archivist.Failure{Code: archivist.TooLarge, Detail: fmt.Sprintf("more than %d MiB", most>>20)}
	}
	return body, err
}
