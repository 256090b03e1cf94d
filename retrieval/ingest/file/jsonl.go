package file

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/url"
	"strings"
	"time"

	"archivist"
)

// maxLine is the most bytes that a line may have. A longer one is skipped and named; it never lies in memory whole.
const maxLine = 4 << 20

// record is one line of a file of articles.
type record struct {
	URL       string          `json:"url"`
	Title     string          `json:"title"`
	Text      string          `json:"text"`
	Authors   json.RawMessage `json:"authors"`
	Published string          `json:"published"`
}

// JSONL reads articles, one JSON object a line: url (http or https), title, text (paragraphs divided by newlines), authors (a list, or
// one name), published ("2006-01-02" or RFC 3339; anything else is an unknown day). Other fields are passed over. r may be compressed
// with gzip. Articles come one at a time, so that any number takes the memory of one line.
//
// A bad line gives a *archivist.Failure that names it ("line 17: no text") and reading goes on: WrongType (no such object), TooLarge
// (more than 4 MiB), BadURL, EmptyPage. An error that ends the reading (a damaged archive, a reader's own) comes last.
func JSONL(r io.Reader) iter.Seq2[archivist.Article, error] {
	return func(yield func(archivist.Article, error) bool) {
		for line, err := range lines(r) {
			var article archivist.Article
			if err == nil && len(bytes.TrimSpace(line.text)) == 0 {
				continue
			}
			if err == nil {
				article, err = parseRecord(line.text)
			}
			var failure *archivist.Failure
			if errors.As(err, &failure) {
				err = &archivist.Failure{Code: failure.Code, Detail: fmt.Sprintf("line %d: %s", line.number, failure.Detail), Err: failure.Err}
			}
			if !yield(article, err) {
				return
			}
		}
	}
}

// URLs reads a list of addresses, one a line. Empty lines and what follows "#" at a line's beginning or after a blank are passed over;
// the addresses are not checked. Errors are those of JSONL, of long lines and of reading.
func URLs(r io.Reader) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for line, err := range lines(r) {
			text := strings.TrimSpace(string(line.text))
			if i := strings.Index(text, " #"); i >= 0 {
				text = strings.TrimSpace(text[:i])
			}
			if err == nil && (text == "" || text[0] == '#') {
				continue
			}
			if !yield(text, err) {
				return
			}
		}
	}
}

type line struct {
	number int    // from 1
	text   []byte // valid until the next one
}

// lines divides r, unpacked where it is gzip, at newlines. A line that is too long gives a Failure and reading goes on; any other error
// is the last thing yielded.
func lines(r io.Reader) iter.Seq2[line, error] {
	return func(yield func(line, error) bool) {
		in := bufio.NewReaderSize(r, 64<<10)
		if magic, _ := in.Peek(2); string(magic) == "\x1f\x8b" { // an error will show again when reading
			unpacked, err := gzip.NewReader(in)
			if err != nil {
				yield(line{}, fmt.Errorf("unpack: %w", err))
				return
			}
			in = bufio.NewReaderSize(unpacked, 64<<10)
		}
		if mark, _ := in.Peek(3); string(mark) == "\ufeff" {
			_, _ = in.Discard(3) // they lie in the buffer
		}
		var buffer []byte
		for number := 1; ; number++ {
			buffer = buffer[:0]
			long := false
			var err error
			for {
				var part []byte
				part, err = in.ReadSlice('\n')
				if long = long || len(buffer)+len(part) > maxLine; !long {
					buffer = append(buffer, part...)
				}
				if !errors.Is(err, bufio.ErrBufferFull) {
					break
				}
			}
			if err != nil && !errors.Is(err, io.EOF) {
				yield(line{number: number}, fmt.Errorf("line %d: %w", number, err))
				return
			}
			switch {
			case long:
				failure := &archivist.Failure{Code: archivist.TooLarge, Detail: "more than 4 MiB"}
				if !yield(line{number: number}, failure) {
					return
				}
			case len(buffer) > 0:
				if !yield(line{number, buffer}, nil) {
					return
				}
			}
			if err != nil {
				return
			}
		}
	}
}

func parseRecord(text []byte) (archivist.Article, error) {
	var r record
	if err := json.Unmarshal(text, &r); err != nil {
		return archivist.Article{}, &archivist.Failure{Code: archivist.WrongType, Detail: "no object of url, title, text, authors, published", Err: err}
	}
	address := strings.TrimSpace(r.URL)
	u, err := url.Parse(address)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" || u.User != nil {
		return archivist.Article{}, &archivist.Failure{Code: archivist.BadURL, Detail: "url is no web address"}
	}
	site := strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.")
	article := archivist.Article{Head: archivist.Head{URL: address, Title: cleanLine(r.Title), Site: site}}
	if article.Title == "" {
		article.Title = site
	}
	if article.Authors, err = authors(r.Authors); err != nil {
		return archivist.Article{}, err
	}
	article.Published, article.DayOnly = published(r.Published)
	for paragraph := range strings.SplitSeq(r.Text, "\n") {
		if paragraph = clean(paragraph); paragraph != "" {
			article.Paragraphs = append(article.Paragraphs, archivist.Paragraph{Text: paragraph})
		}
	}
	if len(article.Paragraphs) == 0 {
		return archivist.Article{}, &archivist.Failure{Code: archivist.EmptyPage, Detail: "no text"}
	}
	return article, nil
}

func authors(raw json.RawMessage) ([]string, error) {
	if len(raw) == 0 {
		return nil, nil
	}
	var list []string
	if raw[0] == '"' {
		list = make([]string, 1)
		if err := json.Unmarshal(raw, &list[0]); err != nil {
			return nil, &archivist.Failure{Code: archivist.WrongType, Detail: "authors", Err: err}
		}
	} else if err := json.Unmarshal(raw, &list); err != nil {
		return nil, &archivist.Failure{Code: archivist.WrongType, Detail: "authors is no list of names", Err: err}
	}
	var kept []string
	for _, name := range list {
		if name = cleanLine(name); name != "" && len(kept) < maxAuthors {
			kept = append(kept, name)
		}
	}
	return kept, nil
}

// published reads a day or a time. What is neither leaves the day unknown: a wrong date is no reason to lose an article.
func published(s string) (at time.Time, dayOnly bool) {
	s = strings.TrimSpace(s)
	if day, err := time.Parse(time.DateOnly, s); err == nil && day.Year() > 0 {
		return day, true
	}
	if at, err := time.Parse(time.RFC3339, s); err == nil && at.Year() > 0 {
		return at.UTC(), false
	}
	return time.Time{}, false
}
