package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"archivist"
	"archivist/retrieval"
	"archivist/storage"
	"archivist/storage/tables"

	"github.com/spf13/cobra"
)

const (
	moveRows      = 500     // of a transaction, at most
	moveBytes     = 4 << 20 // of texts and bytes in a transaction, about
	moveQuestions = 20      // that both stores must answer alike
)

// A move takes libraries from one store to another.
type move struct {
	*program
	from, to   *storage.Store
	only       archivist.LibraryID // "" = all, and what they share
	verifyOnly bool
	moved      int // libraries
	same       int
	different  []string // what a look alone has found, or what was written meanwhile
}

func moveCommand(p *program) *cobra.Command {
	var from, to, library string
	var verifyOnly bool
	command := &cobra.Command{
		Use:   "move",
		Short: "take libraries to another database: from a file to a server, or back",
		Long: `Copy every library from one database to another, of either kind, and prove that nothing was lost: each table's rows are counted and compared by
SHA-256, index segments are decoded, and questions made of titles are answered alike by both, with the same ids and scores. A library that is there
already and the same is passed over, so that a move which was interrupted goes on where it was, and a second one takes what has changed since.

The old database is only read. Move once while "archivist serve" runs on it, which may take long; then stop serve, move again, which takes the rest,
and start serve on the new database. With --library one library is copied, without its jobs; finish them before.`,
		Example: `  archivist move --from archivist.db --to postgres://archivist@db.example/archivist
  archivist move --from archivist.db --to postgres://archivist@db.example/archivist --verify-only
  archivist move --from postgres://archivist@db.example/archivist --to back.db`,
		Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			if from == "" || to == "" || from == to {
				return usagef("move needs two databases: --from and --to")
			}
			only, err := optionalLibrary(library)
			if err != nil {
				return err
			}
			if err := mustExist(from); err != nil {
				return err
			}
			m := &move{program: p, only: only, verifyOnly: verifyOnly}
			return m.run(c.Context(), from, to)
		},
	}
	command.Flags().StringVar(&from, "from", "", "the `DATABASE` that is read: a file, or postgres://…")
	command.Flags().StringVar(&to, "to", "", "the `DATABASE` that is written; a file is made")
	command.Flags().StringVar(&library, "library", "", "move the library `NAME` alone (guild:ID, user:ID or a name)")
	command.Flags().BoolVar(&verifyOnly, "verify-only", false, "write nothing: tell whether both hold the same")
	return command
}

func (m *move) run(ctx context.Context, from, to string) (err error) {
	if m.from, err = storage.Open(ctx, from); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, m.from.Close()) }()
	if m.to, err = storage.Open(ctx, to); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, m.to.Close()) }()
	began := time.Now()
	libraries, err := m.libraries(ctx)
	if err != nil {
		return err
	}
	if m.only == "" {
		if err := m.shared(ctx); err != nil {
			return err
		}
	}
	bar := m.progress(len(libraries), "libraries")
	for _, library := range libraries {
		if err := m.library(ctx, library); err != nil {
			bar.finish()
			return fmt.Errorf("library %s: %w", library, err)
		}
		bar.add(1)
	}
	bar.finish()
	for _, what := range m.different {
		fmt.Fprintf(m.err, "different: %s\n", what)
	}
	switch {
	case len(m.different) > 0 && m.verifyOnly:
		fmt.Fprintln(m.err, "archivist: the databases do not hold the same; archivist move without --verify-only copies what differs")
		return errSilent
	case len(m.different) > 0:
		fmt.Fprintf(m.err, "archivist: %d libraries are moved; what differs was written meanwhile: stop archivist serve and move again\n", m.moved)
		return errPartly
	}
	findings, err := m.to.Check(ctx, retrieval.Inspect)
	if err != nil {
		return err
	}
	if len(findings) > 0 {
		return fmt.Errorf("the new database is not sound: %+v", findings[0])
	}
	asked, err := m.ask(ctx, libraries)
	if err != nil {
		return err
	}
	fmt.Fprintf(m.out, "%d libraries moved, %d were there; all rows are the same, and %d questions are answered alike (%s)\n",
		m.moved, m.same, asked, time.Since(began).Round(time.Second))
	return nil
}

// libraries are those that move.
func (m *move) libraries(ctx context.Context) (ids []archivist.LibraryID, err error) {
	if m.only != "" {
		if _, err := m.from.Library(ctx, m.only); err != nil {
			return nil, fmt.Errorf("library %s: %w", m.only, err)
		}
		return []archivist.LibraryID{m.only}, nil
	}
	for after := archivist.LibraryID(""); ; {
		list, err := m.from.Libraries(ctx, after, 100)
		if err != nil || len(list) == 0 {
			return ids, err
		}
		for _, l := range list {
			ids, after = append(ids, l.ID), l.ID
		}
	}
}

// moves reports whether a table moves with a single library: numbers of jobs are the whole database's.
func (m *move) moves(t tables.Table) bool {
	if m.only == "" {
		return true
	}
	switch t.Name {
	case "job", "turn", "library_turn", "notice", "subscription":
		return false
	}
	return true
}

// shared copies what belongs to no library: feeds, guilds, counters.
func (m *move) shared(ctx context.Context) error {
	for _, t := range tables.Tables {
		if t.OfLibrary() {
			continue
		}
		same, err := m.isSame(ctx, t, "")
		if err != nil {
			return err
		}
		if same {
			continue
		}
		if m.verifyOnly {
			m.different = append(m.different, "table "+t.Name)
			continue
		}
		if err := m.copy(ctx, t, ""); err != nil {
			return err
		}
	}
	return nil
}

// library copies a library that is not there, or not the same.
func (m *move) library(ctx context.Context, id archivist.LibraryID) error {
	var differs []string
	for _, t := range tables.Tables {
		if !t.OfLibrary() || !m.moves(t) {
			continue
		}
		same, err := m.isSame(ctx, t, id)
		if err != nil {
			return err
		}
		if !same {
			differs = append(differs, t.Name)
		}
	}
	switch {
	case len(differs) == 0:
		m.same++
		return nil
	case m.verifyOnly:
		m.different = append(m.different, fmt.Sprintf("library %s: %v", id, differs))
		return nil
	}
	if err := m.to.DeleteLibrary(ctx, id); err != nil {
		return err
	}
	for _, t := range tables.Tables {
		if t.OfLibrary() && m.moves(t) {
			if err := m.copy(ctx, t, id); err != nil {
				return fmt.Errorf("table %s: %w", t.Name, err)
			}
		}
	}
	for _, t := range tables.Tables {
		if !t.OfLibrary() || !m.moves(t) {
			continue
		}
		same, err := m.isSame(ctx, t, id)
		if err != nil {
			return err
		}
		if !same {
			m.different = append(m.different, fmt.Sprintf("library %s: [%s]", id, t.Name))
			return nil
		}
	}
	m.moved++
	return nil
}

func (m *move) isSame(ctx context.Context, t tables.Table, library archivist.LibraryID) (bool, error) {
	theirs, err := m.from.Digest(ctx, t, library)
	if err != nil {
		return false, err
	}
	ours, err := m.to.Digest(ctx, t, library)
	return theirs == ours, err
}

func (m *move) copy(ctx context.Context, t tables.Table, library archivist.LibraryID) error {
	var rows [][]any
	size := 0
	put := func() error {
		if len(rows) == 0 {
			return nil
		}
		err := m.to.PutRows(ctx, t, rows)
		rows, size = nil, 0
		return err
	}
	err := m.from.Rows(ctx, t, library, func(row []any) error {
		rows = append(rows, row)
		for _, value := range row {
			switch v := value.(type) {
			case string:
				size += len(v)
			case []byte:
				size += len(v)
			}
		}
		if len(rows) < moveRows && size < moveBytes {
			return nil
		}
		return put()
	})
	if err != nil {
		return err
	}
	return put()
}

// ask has both stores answer questions made of titles, of the libraries in turn.
func (m *move) ask(ctx context.Context, libraries []archivist.LibraryID) (asked int, err error) {
	before, after := retrieval.New(m.from, retrieval.Options{}), retrieval.New(m.to, retrieval.Options{})
	for _, library := range libraries {
		heads, err := m.from.Articles(ctx, library, archivist.Everything, 0, moveQuestions)
		if err != nil {
			return asked, err
		}
		for _, head := range heads {
			if asked == moveQuestions {
				return asked, nil
			}
			q := archivist.Question{Library: library, Text: head.Title, View: archivist.Everything, Limit: archivist.MaxPassages}
			one, errOne := before.Ask(ctx, q)
			two, errTwo := after.Ask(ctx, q)
			if archivist.CodeOf(errOne) != archivist.CodeOf(errTwo) || !alike(one, two) {
				return asked, errors.Join(errOne, errTwo, fmt.Errorf("library %s answers %q otherwise than before", library, head.Title))
			}
			if errOne == nil {
				asked++
			}
		}
	}
	return asked, nil
}

// alike reports whether two answers have the same passages with the same scores.
func alike(a, b archivist.Answer) bool {
	if a.Grade != b.Grade || a.Confidence != b.Confidence || len(a.Passages) != len(b.Passages) {
		return false
	}
	for i, p := range a.Passages {
		q := b.Passages[i]
		if p.Article.ID != q.Article.ID || p.First != q.First || p.Last != q.Last || p.Score != q.Score || p.Text != q.Text {
			return false
		}
	}
	return true
}
