package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"archivist"

	"github.com/spf13/cobra"
)

func sourcesCommand(p *program) *cobra.Command {
	var (
		library, keep string
		asJSON        bool
	)
	command := &cobra.Command{
		Use:   "sources [HOST]",
		Short: "show the lines that recur on a site's pages, which are not answered with",
		Long: `List the paragraphs that a library has learned to belong to a site and to no article, such as a line that asks for money below each article:
they recur at the beginning or end of three of its pages or more, and of one in fifty, under different titles. They stay stored but are neither
found nor shown, in articles that came before as well. Each library learns from its own articles alone. --keep undoes it for a paragraph, for good.`,
		Example: `  archivist sources
  archivist sources herald.example.com
  archivist sources --keep 1f2e3d4c5b6a7988`,
		Args: atMost(1, "one host"),
		RunE: func(c *cobra.Command, args []string) error {
			id, err := archivist.ParseLibraryID(library)
			if err != nil {
				return usagef("--library: %v", err)
			}
			h, err := p.openExisting(c.Context())
			if err != nil {
				return err
			}
			defer h.close()
			if keep != "" {
				return h.keep(c.Context(), p, id, keep)
			}
			return h.learned(c.Context(), p, id, strings.TrimPrefix(strings.Join(args, ""), "www."), asJSON)
		},
	}
	command.Flags().StringVar(&library, "library", string(archivist.DefaultLibrary), "the library `NAME` (guild:ID, user:ID or a name)")
	command.Flags().StringVar(&keep, "keep", "", "the paragraph of this `HASH` is no furniture: index and show it again")
	command.Flags().BoolVar(&asJSON, "json", false, "print one JSON object a paragraph")
	return command
}

func (h *house) keep(ctx context.Context, p *program, library archivist.LibraryID, keep string) error {
	hash, err := archivist.ParseParagraphHash(keep)
	if err != nil {
		return usagef("--keep: %v", err)
	}
	if err := h.engine.Keep(ctx, library, hash, archivist.Act{Actor: "cli", Verb: "paragraph.keep", Target: hash.String()}); err != nil {
		return fmt.Errorf("paragraph %s: %w", hash, err)
	}
	_, err = fmt.Fprintf(p.out, "%s is kept\n", hash)
	return err
}

// jsonLearned is the object of `archivist sources --json`.
type jsonLearned struct {
	Host     string    `json:"host"`
	Hash     string    `json:"hash"`
	Articles int       `json:"articles"`
	Since    time.Time `json:"since"`
	Kept     bool      `json:"kept"`
	Text     string    `json:"text"`
}

const shownText = 70 // characters of a paragraph in a list

func (h *house) learned(ctx context.Context, p *program, library archivist.LibraryID, host string, asJSON bool) error {
	all, err := h.engine.Learned(ctx, library, host)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return h.tellNone(ctx, p, library, "paragraphs that are known to recur")
	}
	for _, l := range all {
		if asJSON {
			if err := json.NewEncoder(p.out).Encode(jsonLearned{l.Host, l.Hash.String(), l.Articles, l.Since, l.Kept, l.Text}); err != nil {
				return err
			}
			continue
		}
		state, text := "", []rune(strings.Join(strings.Fields(l.Text), " "))
		if l.Kept {
			state = "kept, "
		}
		if len(text) > shownText {
			text = append(text[:shownText], '…')
		}
		fmt.Fprintf(p.out, "%s  %s  %s%d articles  %s\n", l.Hash, l.Host, state, l.Articles, string(text))
	}
	return nil
}
