package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"archivist"
	"archivist/retrieval/ingest/canon"

	"github.com/spf13/cobra"
)

func articleCommand(p *program) *cobra.Command {
	var library string
	command := &cobra.Command{
		Use:   "article",
		Short: "list, show, look at again and remove stored articles",
		Long: `List, show, look at again and remove the articles of a library. An ARTICLE is its number, as "archivist article list" shows it, or its
address.

While "archivist serve" runs, and ingest.contact says who asks, the pages of articles are looked at again: after an hour, then ever more seldom
as long as nothing changes. A correction takes the old text's place, and the answer says when; a page that is gone is marked, and its text still
answers.`,
		Example: `  archivist article list
  archivist article show 17
  archivist article refresh https://herald.example.com/ferry-line-4`,
		Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	command.PersistentFlags().StringVar(&library, "library", string(archivist.DefaultLibrary), "the library `NAME` (guild:ID, user:ID or a name)")
	command.AddCommand(articleListCommand(p, &library), articleShowCommand(p, &library), articleRefreshCommand(p, &library), articleRemoveCommand(p, &library), articleRestoreCommand(p, &library))
	return command
}

// articleRun opens the house for a command about articles, does the work and the jobs that it made.
func (p *program) articleRun(ctx context.Context, library string, work func(context.Context, *jobRun) error) error {
	id, err := archivist.ParseLibraryID(library)
	if err != nil {
		return usagef("--library: %v", err)
	}
	h, err := p.openExisting(ctx)
	if err != nil {
		return err
	}
	defer h.close()
	h.hush(p)
	r, err := h.jobRun(p, id)
	if err != nil {
		return err
	}
	if err := work(ctx, r); err != nil {
		return err
	}
	return r.finish(ctx)
}

// article finds an article by its number or its address.
func (r *jobRun) article(ctx context.Context, named string) (archivist.Article, error) {
	var a archivist.Article
	id, err := strconv.ParseInt(strings.TrimPrefix(named, "#"), 10, 64)
	if err == nil {
		a, err = r.house.store.Article(ctx, r.library, archivist.ArticleID(id))
	} else {
		a, err = r.house.store.ArticleByKey(ctx, r.library, canon.Key(named))
	}
	if errors.Is(err, archivist.ErrNotFound) {
		return a, usagef("library %s has no article %s; archivist article list shows what it has", r.library, named)
	}
	return a, err
}

func articleListCommand(p *program, library *string) *cobra.Command {
	var limit int
	var before int64
	var asJSON bool
	command := &cobra.Command{
		Use:   "list",
		Short: "list a library's articles, the newest first",
		Long:  `List the articles of a library, the ones stored last first: number, title, site, authors, day, address.`,
		Example: `  archivist article list --limit 100
  archivist article list --before 900
  archivist article list --json | jq -r .url`,
		Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			if limit < 1 {
				return usagef("--limit is at least 1")
			}
			return p.articleRun(c.Context(), *library, func(ctx context.Context, r *jobRun) error {
				heads, err := r.house.store.Articles(ctx, r.library, archivist.Everything, archivist.ArticleID(before), limit)
				if err != nil {
					return err
				}
				if len(heads) == 0 {
					return r.house.tellNone(ctx, r.program, r.library, "such articles")
				}
				for _, h := range heads {
					if err := r.showHead(h, asJSON); err != nil {
						return err
					}
				}
				return nil
			})
		},
	}
	command.Flags().IntVar(&limit, "limit", 50, "list at most `N` articles")
	command.Flags().Int64Var(&before, "before", 0, "begin below the article with this `NUMBER`")
	command.Flags().BoolVar(&asJSON, "json", false, "print one JSON object an article")
	return command
}

// A jsonStored is a line of `archivist article list --json`; show adds the texts.
type jsonStored struct {
	ID         archivist.ArticleID   `json:"id"`
	URL        string                `json:"url"`
	Title      string                `json:"title"`
	Site       string                `json:"site"`
	Authors    []string              `json:"authors"`
	Published  string                `json:"published"`
	Language   string                `json:"language"`
	Words      int                   `json:"words"`
	Added      time.Time             `json:"added"`
	Updated    time.Time             `json:"updated"`
	Dead       bool                  `json:"dead,omitempty"`
	Archived   string                `json:"archived,omitempty"`
	Due        *time.Time            `json:"due,omitempty"` // when its page is looked at again
	Paragraphs []archivist.Paragraph `json:"paragraphs,omitempty"`
	Former     []archivist.Former    `json:"former,omitempty"`
}

func storedJSON(h archivist.Head) jsonStored {
	return jsonStored{
		ID: h.ID, URL: h.URL, Title: h.Title, Site: h.Site, Authors: append([]string{}, h.Authors...), Published: publishedText(h), Language: h.Language,
		Words: h.Words, Added: h.Added, Updated: h.Updated, Dead: h.Dead, Archived: h.Archived,
	}
}

func (r *jobRun) showHead(h archivist.Head, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(r.out).Encode(storedJSON(h))
	}
	_, err := fmt.Fprintf(r.out, "%d %s\n  %s\n", h.ID, citation(h), h.URL)
	return err
}

func articleShowCommand(p *program, library *string) *cobra.Command {
	var asJSON, former bool
	command := &cobra.Command{
		Use:   "show ARTICLE",
		Short: "show an article as it is stored",
		Long: `Show an article as it is stored, paragraph by paragraph, and when its page is looked at again. With --former also the texts that it had
before, the last one first; five are kept.`,
		Example: `  archivist article show 17
  archivist article show --former https://herald.example.com/ferry-line-4`,
		Args: exactly(1, "one article, its number or its address"),
		RunE: func(c *cobra.Command, args []string) error {
			return p.articleRun(c.Context(), *library, func(ctx context.Context, r *jobRun) error {
				return r.showArticle(ctx, args[0], former, asJSON)
			})
		},
	}
	command.Flags().BoolVar(&former, "former", false, "show the former texts too")
	command.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return command
}

func (r *jobRun) showArticle(ctx context.Context, named string, former, asJSON bool) error {
	a, err := r.article(ctx, named)
	if err != nil {
		return err
	}
	check, err := r.house.store.NextCheck(ctx, r.library, a.ID)
	checked := err == nil
	if err != nil && !errors.Is(err, archivist.ErrNotFound) {
		return err
	}
	var formers []archivist.Former
	if former {
		if formers, err = r.house.store.Formers(ctx, r.library, a.ID); err != nil {
			return err
		}
	}
	if asJSON {
		line := storedJSON(a.Head)
		line.Paragraphs, line.Former = a.Paragraphs, formers
		if checked {
			line.Due = &check.Due
		}
		return json.NewEncoder(r.out).Encode(line)
	}
	if err := r.showHead(a.Head, false); err != nil {
		return err
	}
	if checked {
		fmt.Fprintf(r.out, "  last looked at %s, again %s\n", check.Checked.Local().Format("2006-01-02 15:04"), check.Due.Local().Format("2006-01-02 15:04"))
	}
	r.showText(a.Paragraphs)
	for _, f := range formers {
		fmt.Fprintf(r.out, "\nUntil %s: %s\n", f.Until.Local().Format("2006-01-02 15:04"), f.Title)
		r.showText(f.Paragraphs)
	}
	return nil
}

func (r *jobRun) showText(paragraphs []archivist.Paragraph) {
	for _, p := range paragraphs {
		kind := ""
		if p.Kind != archivist.KindParagraph {
			kind = "[" + p.Kind.String() + "] "
		}
		fmt.Fprintf(r.out, "\n%s%s\n", kind, p.Text)
	}
}

func articleRefreshCommand(p *program, library *string) *cobra.Command {
	var stored bool
	command := &cobra.Command{
		Use:   "refresh ARTICLE...",
		Short: "look at the pages of articles again, now",
		Long: `Look at the pages of articles again, whether due or not. A text that has changed takes the old one's place, which is kept as a former
one. A page that is gone, or of which most of the text is missing, leaves the article as it is.

With --stored nothing is fetched: the pages that are kept (ingest.keep_pages, 30 days) are read again, of all articles where none is named, which is of
use after an update of Archivist that reads pages better.`,
		Example: `  archivist article refresh 17
  archivist article refresh https://herald.example.com/ferry-line-4
  archivist article refresh --stored --library town`,
		RunE: func(c *cobra.Command, args []string) error {
			if stored {
				return p.articleRun(c.Context(), *library, func(ctx context.Context, r *jobRun) error { return r.reread(ctx, args) })
			}
			if err := atLeast(1, "at least one article, its number or its address")(c, args); err != nil {
				return err
			}
			return p.articleRun(c.Context(), *library, func(ctx context.Context, r *jobRun) error {
				for _, named := range args {
					a, err := r.article(ctx, named)
					if err != nil {
						return err
					}
					if !isWeb(a.URL) {
						r.failed(&sourceError{named, &archivist.Failure{Code: archivist.InvalidArgument, Detail: "it came from a file: bring that in again"}})
						continue
					}
					now := time.Now()
					job, err := r.house.store.Enqueue(ctx, archivist.Job{
						Library: r.library, Kind: archivist.JobRefresh, URL: a.URL, Key: a.Key, Channels: a.Channels, Person: "cli", Due: now, Created: now,
					})
					if err != nil {
						return err
					}
					r.jobs, r.looked[job.ID] = append(r.jobs, job.ID), a.ID
				}
				return nil
			})
		},
	}
	command.Flags().BoolVar(&stored, "stored", false, "read the pages that are kept again, by the rules of this version")
	return command
}

func articleRemoveCommand(p *program, library *string) *cobra.Command {
	return &cobra.Command{
		Use:     "remove ARTICLE...",
		Short:   "remove articles from a library",
		Long:    `Remove articles from a library. They can be put back for seven days: archivist article restore.`,
		Example: `  archivist article remove 17 18`,
		Args:    atLeast(1, "at least one article, its number or its address"),
		RunE: func(c *cobra.Command, args []string) error {
			return p.articleRun(c.Context(), *library, func(ctx context.Context, r *jobRun) error {
				for _, named := range args {
					a, err := r.article(ctx, named)
					if err != nil {
						return err
					}
					act := archivist.Act{Actor: "cli", Verb: "article.remove", Target: fmt.Sprintf("#%d", a.ID)}
					if err := r.house.engine.Remove(ctx, r.library, a.ID, act); err != nil {
						return err
					}
					fmt.Fprintf(r.out, "removed %d %s\n", a.ID, a.URL)
				}
				return nil
			})
		},
	}
}

func articleRestoreCommand(p *program, library *string) *cobra.Command {
	return &cobra.Command{
		Use:     "restore NUMBER...",
		Short:   "put back articles that were removed",
		Long:    `Put back articles that were removed within the last seven days, by their numbers.`,
		Example: `  archivist article restore 17`,
		Args:    atLeast(1, "at least one article's number"),
		RunE: func(c *cobra.Command, args []string) error {
			return p.articleRun(c.Context(), *library, func(ctx context.Context, r *jobRun) error {
				for _, named := range args {
					id, err := strconv.ParseInt(strings.TrimPrefix(named, "#"), 10, 64)
					if err != nil {
						return usagef("%q is no number of an article", named)
					}
					act := archivist.Act{Actor: "cli", Verb: "article.restore", Target: fmt.Sprintf("#%d", id)}
					_, err = r.house.engine.Restore(ctx, r.library, archivist.Pick{Article: archivist.ArticleID(id)}, act)
					if errors.Is(err, archivist.ErrNotFound) {
						return usagef("there is no removed article %d that could be put back: it is too long ago, or its address is stored anew", id)
					}
					if err != nil {
						return err
					}
					fmt.Fprintf(r.out, "restored %d\n", id)
				}
				return nil
			})
		},
	}
}
