package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"archivist"
	"archivist/retrieval/ingest"
	"archivist/retrieval/ingest/extract"
	"archivist/retrieval/ingest/file"
	"archivist/retrieval/ingest/worker"

	"github.com/spf13/cobra"
)

func extractCommand(p *program) *cobra.Command {
	var (
		url             string
		asJSON, explain bool
		asWorker        bool
	)
	command := &cobra.Command{
		Use:   "extract FILE",
		Short: "show what ingest would store of a saved page",
		Long:  "Read a saved HTML page or a PDF and print the article that ingest would store: its source, then its paragraphs by kind. Nothing is stored.",
		Example: `  archivist extract page.html --url https://herald.example.com/ferry-line-4
  archivist extract page.html --url https://herald.example.com/ferry-line-4 --json | jq .title
  archivist extract page.html --explain`,
		Args: func(c *cobra.Command, args []string) error {
			if asWorker {
				return noArguments(c, args)
			}
			return exactly(1, "one file")(c, args)
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if asWorker {
				return p.work()
			}
			intake, in, err := extractFile(args[0], url)
			if err != nil {
				return &sourceError{args[0], err}
			}
			article := intake.Article
			if asJSON {
				return json.NewEncoder(p.out).Encode(articleJSON(url, article))
			}
			fmt.Fprintf(p.out, "%s\n%s\nlanguage %s, %d paragraphs, %d words\n", citation(article.Head), article.URL, article.Language, len(article.Paragraphs), article.Words)
			printAbout(p.out, article.About)
			fmt.Fprintln(p.out)
			for _, paragraph := range article.Paragraphs {
				fmt.Fprintf(p.out, "[%s] %s\n", paragraph.Kind, paragraph.Text)
			}
			if explain && !isPDF(in.Body) {
				result, err := extract.HTML(in) // once more, for what an article no longer tells
				if err != nil {
					return &sourceError{args[0], err}
				}
				fmt.Fprintln(p.out, "\nLeft out:")
				for _, removal := range result.Removed {
					fmt.Fprintf(p.out, "[%s] %s\n", removal.Rule, removal.Text)
				}
			}
			return nil
		},
	}
	command.Flags().StringVar(&url, "url", "", "the `ADDRESS` that the page came from")
	command.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	command.Flags().BoolVar(&asWorker, "worker", false, "read pages for another Archivist, which starts this itself")
	command.Flags().BoolVar(&explain, "explain", false, "print also what was left out, and by which rule")
	return command
}

// extractFile reads a saved page or PDF, in this process: whoever waits for it can end it.
func extractFile(path, address string) (archivist.Intake, extract.Input, error) {
	body, err := readBounded(path, file.MaxPDF)
	in := extract.Input{Body: body, ContentType: "text/html", URL: address, Now: time.Now()}
	if err == nil && isPDF(body) {
		if address == "" {
			in.URL = "file:" + filepath.Base(path)
		}
		result, err := ingest.PDF(in)
		if err != nil {
			return archivist.Intake{}, in, err
		}
		return ingest.NewIntake(result.Article), in, nil
	}
	if err == nil {
		body, err = readPage(path)
	}
	if err != nil {
		return archivist.Intake{}, in, err
	}
	in.Body = body
	intake, err := ingest.FromHTML(in)
	return intake, in, err
}

// printAbout writes what a page says of its article beyond the head, a line for each thing.
func printAbout(w io.Writer, about archivist.About) {
	modified := ""
	if !about.Modified.IsZero() {
		modified = about.Modified.Format(time.RFC3339)
	}
	for _, line := range [][2]string{{"modified", modified}, {"section", about.Section}, {"tags", strings.Join(about.Tags, ", ")}, {"image", about.Image}} {
		if line[1] != "" {
			fmt.Fprintf(w, "%s %s\n", line[0], line[1])
		}
	}
}

// work reads pages for the Archivist that started this process, until it closes standard input.
func (p *program) work() error {
	if err := worker.Confine(); err != nil {
		return err
	}
	os.Stdout = os.Stderr // a library that prints must not break into the answers
	return worker.Serve(p.in, p.out, worker.Tasks{worker.TaskPage: extract.HTML, worker.TaskPDF: ingest.PDF}, p.logger(defaults()))
}

// jsonArticle is the object of `archivist extract --json`.
type jsonArticle struct {
	URL        string                `json:"url"`
	Canonical  string                `json:"canonical"`
	Title      string                `json:"title"`
	Authors    []string              `json:"authors"`
	Site       string                `json:"site"`
	Published  string                `json:"published"` // by the page's own clock
	Modified   string                `json:"modified"`
	Language   string                `json:"language"`
	Section    string                `json:"section"`
	Tags       []string              `json:"tags"`
	Image      string                `json:"image"`
	Words      int                   `json:"words"`
	Paragraphs []archivist.Paragraph `json:"paragraphs"`
}

func articleJSON(url string, a archivist.Article) jsonArticle {
	local := a.Head
	if !local.DayOnly {
		local.Published = local.Published.In(time.FixedZone("", 60*a.About.Zone))
	}
	modified := archivist.Head{Published: a.About.Modified}
	return jsonArticle{
		URL: url, Canonical: a.URL, Title: a.Title, Authors: append([]string{}, a.Authors...), Site: a.Site,
		Published: publishedText(local), Modified: publishedText(modified), Language: a.Language, Section: a.About.Section,
		Tags: append([]string{}, a.About.Tags...), Image: a.About.Image, Words: a.Words, Paragraphs: append([]archivist.Paragraph{}, a.Paragraphs...),
	}
}
