package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"archivist"
	"archivist/retrieval"
	"archivist/storage"
	"archivist/storage/tables"

	"github.com/spf13/cobra"
)

// A move takes libraries from one store to another. It looks at all first and deletes what differs; then it copies what libraries share, and
// each library that is not there. In between, feeds without subscriptions would be forgotten with the last library that had them.
type move struct {
	*program
	from, to   *storage.Store
	put        func(ctx context.Context, t tables.Table, rows [][]any) error // into to
	only       archivist.LibraryID                                           // "" = all, and what they share
	verifyOnly bool
	deleteMore bool // libraries that only the new store has
	moved      int  // libraries
	same       int
	different  []string // what a look alone has found, or what was written meanwhile
}

func moveCommand(p *program) *cobra.Command {
	var from, to, library string
	m := &move{program: p}
	command := &cobra.Command{
		Use:   "move",
		Short: "take libraries to another database: from a file to a server, or back",
		Long: `Copy every library from one database to another, of either kind, and prove that nothing was lost: each table's rows are counted and compared by
SHA-256, index segments are decoded, and questions made of titles are answered alike by both, with the same ids and scores. A library that is there
already and the same is passed over, so that a move which was interrupted goes on where it was, and a second one takes what has changed since.

The old database is only read; it must be of this Archivist's schema. Move once while "archivist serve" runs on it, which may take long and says what
was written meanwhile; then stop serve, move again, which takes the rest, and start serve on the new database. Until a move has ended with all the
same, no other command takes the new database, but doctor. A library that was changed in the new database since is never overwritten: articles that
were stored or removed there, questions that were asked, settings, feeds and whatever else is in the audit log. Votes alone, and links that are still
queued, are not noticed and would be lost: do not move again once people use the new database. A library that only the new database has is deleted
with --delete alone.

With --library one library is copied, without its jobs, which should be finished before; to its feeds it subscribes anew. The new database may be in
use by other libraries before and after; stop serve on it meanwhile, which would answer from what is there so far. Where the copy of one library does
not end well, what is there of it is deleted; a move that is killed leaves that library incomplete, and no mark: move it again.`,
		Example: `  archivist move --from archivist.db --to postgres://archivist@db.example/archivist
  archivist move --from archivist.db --to postgres://archivist@db.example/archivist --verify-only
  archivist move --from postgres://archivist@db.example/archivist --to back.db`,
		Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) (err error) {
			if from == "" || to == "" {
				return usagef("move needs two databases: --from and --to")
			}
			if from == to { // other names of it are found by writing, which a look alone may not
				return sameDatabase(to)
			}
			if m.only, err = optionalLibrary(library); err != nil {
				return err
			}
			if m.only != "" && m.deleteMore {
				return usagef("--delete goes with all libraries, not with --library")
			}
			if err := m.open(c.Context(), from, to); err != nil {
				return err
			}
			return errors.Join(m.run(c.Context()), m.close())
		},
	}
	command.Flags().StringVar(&from, "from", "", "the `DATABASE` that is read: a file, or postgres://…")
	command.Flags().StringVar(&to, "to", "", "the `DATABASE` that is written; a file is made")
	command.Flags().StringVar(&library, "library", "", "move the library `NAME` alone (guild:ID, user:ID or a name)")
	command.Flags().BoolVar(&m.verifyOnly, "verify-only", false, "make and write nothing: tell whether both hold the same")
	command.Flags().BoolVar(&m.deleteMore, "delete", false, "delete libraries that only the new database has: they were deleted in the old one since the last move")
	return command
}

// open opens both stores, the new one only once the old one is known to have what is to be moved. A copy's statements run as long as a table is
// long. One database under two names is refused: what a move deletes first would be all that there is.
func (m *move) open(ctx context.Context, from, to string) (err error) {
	if err := mustExist(from, "--from"); err != nil {
		return err
	}
	if m.verifyOnly {
		if err := mustExist(to, "--to"); err != nil {
			return err
		}
	}
	if m.from, err = storage.OpenWith(ctx, from, storage.Options{ReadOnly: true, Unhurried: true}); err != nil {
		return fmt.Errorf("the old database: %w", err)
	}
	if err := m.has(ctx, from); err != nil {
		return errors.Join(err, m.from.Close())
	}
	if m.to, err = storage.OpenWith(ctx, to, storage.Options{ReadOnly: m.verifyOnly, Unhurried: true, HalfMoved: true}); err != nil {
		return errors.Join(fmt.Errorf("the new database: %w", err), m.from.Close())
	}
	m.put = m.to.PutRows
	if m.verifyOnly {
		return nil
	}
	same, err := m.from.Sees(ctx, m.to.Store)
	if err == nil && same {
		err = sameDatabase(to)
	}
	if err != nil {
		err = errors.Join(err, m.close())
	}
	return err
}

func sameDatabase(to string) error {
	return usagef("--from and --to are the same database, %s; name another one with --to", storage.Name(to))
}

// has is an error where the old database lacks the one library that is to be moved.
func (m *move) has(ctx context.Context, from string) error {
	if m.only == "" {
		return nil
	}
	_, err := m.from.Library(ctx, m.only)
	if errors.Is(err, archivist.ErrNotFound) {
		err = usagef("database %s has no library %s", storage.Name(from), m.only)
	}
	return err
}

func (m *move) close() error { return errors.Join(m.from.Close(), m.to.Close()) }

func (m *move) run(ctx context.Context) error {
	began := time.Now()
	libraries, more, err := m.libraries(ctx)
	if err != nil {
		return err
	}
	differ, err := m.compare(ctx, libraries)
	switch {
	case err != nil:
		return err
	case m.verifyOnly:
		err = m.report(ctx, differ, more)
	default:
		if err = m.refuse(differ, more); err == nil {
			err = m.write(ctx, differ, more)
		}
	}
	if err != nil {
		return err
	}
	if m.only != "" && !m.verifyOnly {
		if err := m.subscribe(ctx, m.only); err != nil {
			return err
		}
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
	if err := m.tell(); err != nil {
		return err
	}
	if !m.verifyOnly {
		if err := m.to.EndMove(ctx, m.only); err != nil {
			return err
		}
	}
	fmt.Fprintf(m.out, "%s moved, %s there; all rows are the same, and %s answered alike (%s)\n",
		numbered(m.moved, "library", "libraries"), numbered(m.same, "was", "were"), numbered(asked, "question is", "questions are"), time.Since(began).Round(time.Second))
	return nil
}

// numbered is a number with its word, which has a form for one.
func numbered(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, more)
}

// libraries are those that move, and those that only the new store has.
func (m *move) libraries(ctx context.Context) (ids, more []archivist.LibraryID, err error) {
	if m.only != "" {
		return []archivist.LibraryID{m.only}, nil, nil
	}
	if ids, err = librariesOf(ctx, m.from); err != nil {
		return nil, nil, err
	}
	more, err = librariesOf(ctx, m.to)
	return ids, slices.DeleteFunc(more, func(id archivist.LibraryID) bool {
		_, found := slices.BinarySearch(ids, id)
		return found
	}), err
}

// compare looks at all libraries, and gives those that differ.
func (m *move) compare(ctx context.Context, libraries []archivist.LibraryID) (differ []pending, err error) {
	bar := m.progress(len(libraries), "libraries compared")
	defer bar.finish()
	for _, id := range libraries {
		p, err := m.look(ctx, id)
		if err != nil {
			return nil, fmt.Errorf("library %s: %w", id, err)
		}
		if len(p.tables) > 0 {
			differ = append(differ, p)
		} else {
			m.same++
		}
		bar.add(1)
	}
	return differ, nil
}

// report tells what differs, which ends a look alone.
func (m *move) report(ctx context.Context, differ []pending, more []archivist.LibraryID) error {
	names, err := m.sharedDiffer(ctx)
	if err != nil {
		return err
	}
	for _, name := range names {
		m.differ("table %s", name)
	}
	for _, p := range differ {
		newer := ""
		if p.newer {
			newer = ", written to in the new database"
		}
		m.differ("library %s: %v%s", p.id, p.tables, newer)
	}
	for _, id := range more {
		m.differ("library %s: only in the new database", id)
	}
	if err := m.to.Whole(ctx); err != nil {
		m.differ("%v", err)
	}
	return m.tell()
}

// refuse is an error where a move would destroy what only the new store has.
func (m *move) refuse(differ []pending, more []archivist.LibraryID) error {
	for _, p := range differ {
		if p.newer {
			return usagef("library %s was written to in the new database since it was moved, which a move would undo: if the old one is right all the same, move to a database that is empty; if the new one is, move is done", p.id)
		}
	}
	if len(more) > 0 && !m.deleteMore {
		return usagef("library %s and %d others are only in the new database: add --delete if they were deleted in the old one since, or move to a database that is empty", more[0], len(more)-1)
	}
	return nil
}

// write makes the new store the same as the old one. Until it is, it has a mark; one library alone has its own, as the store's would lock all others out.
func (m *move) write(ctx context.Context, differ []pending, more []archivist.LibraryID) error {
	if err := m.to.BeginMove(ctx, m.only); err != nil {
		return err
	}
	for _, p := range differ {
		more = append(more, p.id)
	}
	for _, id := range more {
		if err := m.to.DeleteLibrary(ctx, id); err != nil {
			return fmt.Errorf("library %s: %w", id, err)
		}
	}
	if err := m.shared(ctx); err != nil {
		return err
	}
	err := m.copyLibraries(ctx, differ)
	if m.only != "" && (err != nil || len(m.different) > 0) { // nothing keeps people from half a library
		ending := context.WithoutCancel(ctx)
		err = errors.Join(err, m.to.DeleteLibrary(ending, m.only), m.to.EndMove(ending, m.only))
	}
	if err != nil {
		return err
	}
	names, err := m.sharedDiffer(ctx)
	if err != nil {
		return err
	}
	for _, name := range names {
		m.differ("table %s", name)
	}
	return m.tell()
}

func (m *move) copyLibraries(ctx context.Context, list []pending) error {
	bar := m.progress(len(list), "libraries copied")
	defer bar.finish()
	for _, p := range list {
		if err := m.library(ctx, p); err != nil {
			return fmt.Errorf("library %s: %w", p.id, err)
		}
		bar.add(1)
	}
	return nil
}

func (m *move) differ(format string, args ...any) {
	m.different = append(m.different, fmt.Sprintf(format, args...))
}

// tell names what differs, which is an error then.
func (m *move) tell() error {
	for _, what := range m.different {
		fmt.Fprintf(m.err, "different: %s\n", what)
	}
	switch {
	case len(m.different) == 0:
		return nil
	case m.verifyOnly:
		fmt.Fprintln(m.err, "archivist: the databases do not hold the same; archivist move without --verify-only copies what differs")
		return errSilent
	}
	fmt.Fprintf(m.err, "archivist: %d libraries are moved; what differs was written meanwhile: stop archivist serve and move again\n", m.moved)
	return errPartly
}
