package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"archivist"
	"archivist/storage"

	"github.com/spf13/cobra"
)

func backupCommand(p *program) *cobra.Command {
	var guild string
	command := &cobra.Command{
		Use:   "backup FILE",
		Short: "write a consistent copy of the database, also while serving",
		Long: `Write a copy of the database as it is at this moment to FILE, checked and durable when the command returns.
It may run beside "archivist serve". A FILE that exists is not overwritten. One that is killed may leave FILE.part behind, or a folder
.archivist-backup-… beside FILE, with all that it has copied: delete it.

With --guild, FILE is a database with the library of one guild alone, to be handed to a community that leaves: its articles, settings, feeds, questions,
votes and audit log, but no jobs. It may come from a server's database too. To take it into another database: archivist move --from FILE --library
guild:ID --to DATABASE.`,
		Example: `  archivist backup archivist-2026-11-24.db
  archivist backup --database /srv/archivist.db /backup/archivist.db
  archivist backup --guild 105551200000000001 rowers.db`,
		Args: exactly(1, "one file"),
		RunE: func(c *cobra.Command, args []string) error {
			if _, err := os.Stat(args[0]); err == nil { // which the store would tell only when a library has been copied
				return &archivist.Invalid{Code: archivist.DatabaseExists, Text: args[0] + " exists; name a new file for the backup"}
			}
			if guild == "" {
				return p.backup(c.Context(), args[0])
			}
			library, err := archivist.ParseLibraryID(string(archivist.GuildLibrary(guild)))
			if err != nil {
				return usagef("--guild: %q is no guild's id; copy it from Discord (Developer Mode, Copy Server ID)", guild)
			}
			return p.backupLibrary(c.Context(), library, args[0])
		},
	}
	command.Flags().StringVar(&guild, "guild", "", "only the library of the guild with this `ID`")
	return command
}

func (p *program) backup(ctx context.Context, file string) error {
	h, err := p.openExisting(ctx)
	if err != nil {
		return err
	}
	defer h.close()
	if err := h.store.Backup(ctx, file); err != nil {
		return err
	}
	return p.tellBackup(file)
}

// backupTries is how often a library is copied that is written to meanwhile.
const backupTries = 3

// backupLibrary moves a library to a database of its own, in a folder beside the file, and backs that up: the file is complete, or not there.
func (p *program) backupLibrary(ctx context.Context, library archivist.LibraryID, file string) (err error) {
	config, err := p.config()
	if err != nil {
		return err
	}
	if err := mustExist(config.Database, databaseOption); err != nil {
		return err
	}
	folder, err := os.MkdirTemp(filepath.Dir(file), ".archivist-backup-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	own := filepath.Join(folder, "library.db")
	quiet := *p
	quiet.out, quiet.err = io.Discard, io.Discard
	for try := 1; ; try++ {
		m := &move{program: &quiet, only: library}
		if err := m.open(ctx, config.Database, own); err != nil {
			return err
		}
		err := errors.Join(m.run(ctx), m.close())
		if err == nil {
			break
		}
		if !errors.Is(err, errPartly) {
			return err
		}
		if try == backupTries {
			return fmt.Errorf("library %s was written to meanwhile, %d times; try again when there is less to do, or stop archivist serve", library, try)
		}
	}
	store, err := storage.Open(ctx, own)
	if err != nil {
		return err
	}
	if err := errors.Join(store.Backup(ctx, file), store.Close()); err != nil {
		return err
	}
	return p.tellBackup(file)
}

func (p *program) tellBackup(file string) error {
	info, err := os.Stat(file)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.out, "%s: %.1f MiB, checked\n", file, float64(info.Size())/(1<<20))
	return err
}

func restoreCommand(p *program) *cobra.Command {
	var force bool
	command := &cobra.Command{
		Use:   "restore FILE",
		Short: "put a backup in the database's place",
		Long: `Check the backup FILE and put a copy of it in the database's place. A database that is there is only replaced with --force,
and even then kept beside it under a new name. Refused while another process has the database open.`,
		Example: `  archivist restore /backup/archivist.db
  archivist restore --force archivist-2026-11-24.db`,
		Args: exactly(1, "one file"),
		RunE: func(c *cobra.Command, args []string) error {
			config, err := p.config()
			if err != nil {
				return err
			}
			aside, err := storage.Restore(c.Context(), args[0], config.Database, force)
			if err != nil {
				return err
			}
			if aside != "" {
				fmt.Fprintf(p.out, "the database that was there is kept as %s\n", aside)
			}
			_, err = fmt.Fprintf(p.out, "%s restored from %s\n", storage.Name(config.Database), args[0])
			return err
		},
	}
	command.Flags().BoolVar(&force, "force", false, "replace a database that is there; it is kept beside the new one")
	return command
}
