package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"archivist"
	"archivist/retrieval/query"

	"github.com/spf13/cobra"
)

func askCommand(p *program) *cobra.Command {
	var o struct {
		library       string
		asJSON        bool
		explain       bool
		since, before string
		verbatim      bool
		limit         int
	}
	command := &cobra.Command{
		Use:   "ask QUESTION",
		Short: "answer one question from a library",
		Long: `Answer a question with the passage that answers, word for word, the answering sentence between >> and <<,
or say that the library does not hold the answer and name the nearest headlines.

A word that no article has is read as the nearest one that the library knows, and that is told. Beside its words a question may have
  "let it be"       only passages with these words just so, if there are any
  -planet           no article with this word; also -"a phrase"
  site:example.org  only articles of this site and of all below it
  title:timetable   only articles with this in their title; also title:"line 4"
  since:2021-03     only articles published from then on; also since:2021 or since:2021-03-15
  before:2022       only articles published before`,
		Example: `  archivist ask 'When will ferry line 4 run again?'
  archivist ask --library town --limit 3 'Who won the prize for the best honey?'
  archivist ask --since 2026-01-01 --before 2026-07-01 'Why was the bridge closed?'
  archivist ask 'Who sang "let it be" first? -beatles site:example.org since:2021'
  archivist ask --json 'How much did the new pier cost?' | jq .passages[0].text`,
		Args: atLeast(1, "a question"),
		RunE: func(c *cobra.Command, args []string) error {
			library, err := archivist.ParseLibraryID(o.library)
			if err != nil {
				return usagef("--library: %v", err)
			}
			if o.limit < 1 || o.limit > archivist.MaxPassages {
				return usagef("--limit is %d; write 1 to %d", o.limit, archivist.MaxPassages)
			}
			question := archivist.Question{Library: library, View: archivist.Everything, Text: strings.Join(args, " "), Asked: time.Now(), Limit: o.limit, Verbatim: o.verbatim}
			if question.Since, err = day("--since", o.since); err != nil {
				return err
			}
			if question.Before, err = day("--before", o.before); err != nil {
				return err
			}
			h, err := p.openExisting(c.Context())
			if err != nil {
				return err
			}
			defer h.close()
			answer, err := h.engine.Ask(c.Context(), question)
			if err != nil {
				return err
			}
			if o.asJSON {
				return json.NewEncoder(p.out).Encode(answerJSON(question, answer))
			}
			printAnswer(p.out, answer, o.explain)
			return nil
		},
	}
	command.Flags().StringVar(&o.library, "library", string(archivist.DefaultLibrary), "ask the library `NAME` (guild:ID, user:ID or a name)")
	command.Flags().IntVar(&o.limit, "limit", 1, "show up to `N` passages, at most 20")
	command.Flags().StringVar(&o.since, "since", "", "only articles published on `DAY` or later, such as 2026-01-31, 2026-01 or 2026")
	command.Flags().StringVar(&o.before, "before", "", "only articles published before `DAY`")
	command.Flags().BoolVar(&o.verbatim, "verbatim", false, "take every word as it is typed")
	command.Flags().BoolVar(&o.asJSON, "json", false, "print one JSON object")
	command.Flags().BoolVar(&o.explain, "explain", false, "print the reasons that add up to each score")
	return command
}

// day reads the day of a flag; the zero time where it was not given.
func day(flag, s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	t, ok := query.Day(s)
	if !ok {
		return time.Time{}, usagef("%s: %q is no day; write it as 2026-01-31, 2026-01 or 2026", flag, s)
	}
	return t, nil
}

// jsonAnswer is the object of `archivist ask --json`.
type jsonAnswer struct {
	Question   string           `json:"question"`
	Refused    bool             `json:"refused"`
	Grade      string           `json:"grade"`
	Confidence float64          `json:"confidence"`
	Passages   []jsonPassage    `json:"passages"`
	Nearest    []jsonHeadline   `json:"nearest"`
	Notes      []archivist.Note `json:"notes"`
}

type jsonPassage struct {
	Text      string         `json:"text"`
	Sentence  string         `json:"sentence"`
	Score     float64        `json:"score"`
	URL       string         `json:"url"`
	Link      string         `json:"link"`
	Title     string         `json:"title"`
	Site      string         `json:"site"`
	Authors   []string       `json:"authors"`
	Published string         `json:"published"`
	Updated   string         `json:"updated,omitempty"`  // when the text last changed, if it did
	Dead      bool           `json:"dead,omitempty"`     // the page is gone
	Archived  string         `json:"archived,omitempty"` // the copy that it was read from
	Also      []jsonHeadline `json:"also"`               // other articles that say the same
	Reasons   []jsonReason   `json:"reasons"`
}

type jsonReason struct {
	Name  string  `json:"name"`
	Note  string  `json:"note"`
	Value float64 `json:"value"`
}

type jsonHeadline struct {
	Title     string `json:"title"`
	URL       string `json:"url"`
	Site      string `json:"site"`
	Published string `json:"published"`
}

func answerJSON(q archivist.Question, a archivist.Answer) jsonAnswer {
	out := jsonAnswer{
		Question: q.Text, Refused: a.Refused(), Grade: string(a.Grade), Confidence: a.Confidence,
		Passages: []jsonPassage{}, Nearest: headlinesJSON(a.Nearest), Notes: append([]archivist.Note{}, a.Notes...),
	}
	for _, p := range a.Passages {
		passage := jsonPassage{
			Text: p.Text, Sentence: p.Answering(), Score: p.Score, URL: p.Article.URL, Link: p.Link, Title: p.Article.Title,
			Site: p.Article.Site, Authors: append([]string{}, p.Article.Authors...), Published: publishedText(p.Article), Also: headlinesJSON(p.Also), Reasons: []jsonReason{},
			Dead: p.Article.Dead, Archived: p.Article.Archived,
		}
		if p.Article.Updated.After(p.Article.Added) {
			passage.Updated = p.Article.Updated.Format(time.RFC3339)
		}
		for _, r := range p.Reasons {
			passage.Reasons = append(passage.Reasons, jsonReason(r))
		}
		out.Passages = append(out.Passages, passage)
	}
	return out
}

func headlinesJSON(heads []archivist.Head) []jsonHeadline {
	list := make([]jsonHeadline, len(heads))
	for i, h := range heads {
		list[i] = jsonHeadline{Title: h.Title, URL: h.URL, Site: h.Site, Published: publishedText(h)}
	}
	return list
}

// publishedText is the day, or the moment where it is known, in RFC 3339; "" where nothing is known.
func publishedText(h archivist.Head) string {
	switch {
	case h.Published.IsZero():
		return ""
	case h.DayOnly:
		return h.Published.Format(time.DateOnly)
	}
	return h.Published.Format(time.RFC3339)
}

// printAnswer writes an answer for people.
func printAnswer(w io.Writer, a archivist.Answer, explain bool) {
	for _, note := range a.Notes {
		fmt.Fprintf(w, "%s\n\n", noteText(note))
	}
	switch a.Grade {
	case archivist.GradeRefusal:
		fmt.Fprintln(w, "Nothing in this library answers that.")
		if len(a.Nearest) > 0 {
			fmt.Fprintln(w, "\nThe nearest headlines:")
		}
		for _, h := range a.Nearest {
			fmt.Fprintf(w, "  %s\n", citation(h))
		}
		if !explain || len(a.Passages) == 0 {
			return
		}
		fmt.Fprint(w, "\nWhat would have been shown, had it been surer:\n\n")
	case archivist.GradeClosest:
		fmt.Fprint(w, "The closest passage in this library:\n\n")
	}
	for i, p := range a.Passages {
		if i > 0 {
			fmt.Fprintln(w)
		}
		printPassage(w, p)
		if explain {
			for _, r := range p.Reasons {
				fmt.Fprintf(w, "  %+8.3f  %-10s %s\n", r.Value, r.Name, r.Note)
			}
			fmt.Fprintf(w, "  %8.3f  score; confidence of the answer %.2f\n", p.Score, a.Confidence)
		}
	}
}

func printPassage(w io.Writer, p archivist.Passage) {
	fmt.Fprintln(w, mark(p))
	fmt.Fprintf(w, "\n  %s\n", citation(p.Article))
	if p.Link != "" {
		fmt.Fprintf(w, "  %s\n", p.Link)
	}
	for _, h := range p.Also {
		fmt.Fprintf(w, "  also in: %s\n", citation(h))
	}
}

// noteText says how a part of the question was read.
func noteText(n archivist.Note) string {
	switch n.Kind {
	case archivist.NoteLoose:
		return fmt.Sprintf("No passage has %q word for word; this is without the quotation marks.", n.Typed)
	case archivist.NoteFiltered:
		return "No article that the question's filters let in has any of its words."
	}
	return fmt.Sprintf("Read %q as %q.", n.Typed, n.Read)
}

// mark shows the passage with its answering sentence between >> and <<: terminals differ in bold, and files have none.
func mark(p archivist.Passage) string {
	if p.Answering() == "" {
		return p.Text
	}
	return p.Text[:p.Sentence.Start] + ">>" + p.Answering() + "<<" + p.Text[p.Sentence.End:]
}

// citation is title, site, authors and day on one line.
func citation(h archivist.Head) string {
	parts := []string{h.Title}
	if h.Site != "" {
		parts = append(parts, h.Site)
	}
	if len(h.Authors) > 0 {
		parts = append(parts, strings.Join(h.Authors, ", "))
	}
	if h.Published.IsZero() {
		parts = append(parts, "date unknown")
	} else {
		parts = append(parts, h.Published.Format("2 January 2006"))
	}
	if h.Updated.After(h.Added) {
		parts = append(parts, "updated "+h.Updated.Format("2 January 2006"))
	}
	if h.Dead {
		parts = append(parts, "the page is gone")
	}
	if h.Archived != "" {
		parts = append(parts, "read from "+h.Archived)
	}
	return strings.Join(parts, " · ")
}
