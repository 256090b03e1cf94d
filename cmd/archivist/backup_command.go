package main

import (
	"fmt"
	"os"

	"archivist/storage"

	"github.com/spf13/cobra"
)

func backupCommand(p *program) *cobra.Command {
	return &cobra.Command{
		Use:   "backup FILE",
		Short: "write a consistent copy of the database, also while serving",
		Long: `Write a copy of the database as it is at this moment to FILE, checked and durable when the command returns.
It may run beside "archivist serve". A FILE that exists is not overwritten.`,
		Example: `  archivist backup archivist-2026-11-24.db
  archivist backup --database /srv/archivist.db /backup/archivist.db`,
		Args: exactly(1, "one file"),
		RunE: func(c *cobra.Command, args []string) error {
			h, err := p.openExisting(c.Context())
			if err != nil {
				return err
			}
			defer h.close()
			if err := h.store.Backup(c.Context(), args[0]); err != nil {
				return err
			}
			info, err := os.Stat(args[0])
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(p.out, "%s: %.1f MiB, checked\n", args[0], float64(info.Size())/(1<<20))
			return err
		},
	}
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
