package bot

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"archivist"
)

const (
	// exportPart is how many bytes a file of an export has at most: what Discord takes of an app, less what the message around it needs.
	exportPart = 10<<20 - 64<<10
	// exportArticles is how many articles a part has at most, so that it is made while somebody waits.
	exportArticles = 2000
)

// An exported is a line of an export: what `archivist ingest` reads of it, and what else is known.
type exported struct {
	URL       string    `json:"url"`
	Title     string    `json:"title"`
	Text      string    `json:"text"` // paragraphs divided by newlines
	Authors   []string  `json:"authors,omitempty"`
	Published string    `json:"published,omitempty"` // "2006-01-02" or RFC 3339
	Site      string    `json:"site,omitempty"`
	Language  string    `json:"language,omitempty"`
	Number    int64     `json:"number"`
	Added     time.Time `json:"added"`
	AddedBy   string    `json:"added_by,omitempty"`
	Channels  []string  `json:"channels,omitempty"` // that alone see it
}

// adminExport gives the articles that are seen from here as JSON lines, the newest first, in parts; a button gives the next.
func (b *Bot) adminExport(ctx context.Context, r Request) (Card, error) {
	part := r.admin.Page + 1
	file, ids, more, err := b.exportedPart(ctx, r, r.admin.Highest)
	if err != nil {
		return Card{}, err
	}
	if len(ids) == 0 {
		return notice(KindNotice, r, "article.empty"), nil
	}
	if err := b.ledger.Note(ctx, r.Library, r.act("export", fmt.Sprint(part), "", "")); err != nil {
		return Card{}, err
	}
	c := Card{Kind: KindNotice, Private: true, Body: []Block{line(r.text("export.part", part, say(r.Locale, "count.articles", len(ids)), number(ids[0]), number(ids[len(ids)-1])))}}
	c.Files = []File{{Name: fmt.Sprintf("library-%d.jsonl", part), Bytes: file}}
	if !more {
		c.Body = append(c.Body, line(r.text("export.last")))
		return c, nil
	}
	c.Buttons = [][]Button{{{Label: say(r.Locale, "button.part"), ID: adminNext}}}
	return c, b.keepAdmin(ctx, r, &c, adminState{Page: r.admin.Page, Highest: ids[len(ids)-1]})
}

// exportedPart writes articles below a number, 0 for all, until the part is full. An article that is larger than a part alone is left out.
func (b *Bot) exportedPart(ctx context.Context, r Request, before archivist.ArticleID) (file []byte, ids []archivist.ArticleID, more bool, err error) {
	var out bytes.Buffer
	var failed error
	err = b.each(ctx, r, r.view(), before, func(h archivist.Head) bool {
		a, err := b.shelf.Article(ctx, r.Library, h.ID)
		if errors.Is(err, archivist.ErrNotFound) { // removed in the meantime
			return true
		}
		if failed = err; err != nil {
			return false
		}
		line, err := exportLine(a)
		if failed = err; err != nil {
			return false
		}
		if len(line) > exportPart {
			return true
		}
		if more = len(ids) == exportArticles || out.Len()+len(line) > exportPart; more {
			return false
		}
		out.Write(line)
		ids = append(ids, a.ID)
		return true
	})
	return out.Bytes(), ids, more, errors.Join(err, failed)
}

func exportLine(a archivist.Article) ([]byte, error) {
	e := exported{
		URL: a.URL, Title: a.Title, Authors: a.Authors, Site: a.Site, Language: a.Language, Number: int64(a.ID), Added: a.Added, AddedBy: a.AddedBy, Channels: a.Channels,
	}
	switch {
	case a.Published.IsZero():
	case a.DayOnly:
		e.Published = a.Published.Format(time.DateOnly)
	default:
		e.Published = a.Published.Format(time.RFC3339)
	}
	var texts []string
	for _, p := range a.Paragraphs {
		texts = append(texts, p.Text)
	}
	e.Text = strings.Join(texts, "\n")
	line, err := json.Marshal(e)
	return append(line, '\n'), err
}
