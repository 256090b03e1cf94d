package main

import (
	"fmt"

	"archivist"
	"archivist/retrieval"
	"archivist/storage"

	"github.com/spf13/cobra"
)

func doctorCommand(p *program) *cobra.Command {
	return &cobra.Command{
		Use:   "doctor",
		Short: "check that the database is sound, and say what to do if not",
		Long: `Check the database: its integrity and schema, that every posting of the index has its passage and every passage its article,
that nothing is left over, and that settings can be read. Each finding says what to do. Nothing is changed, but that a database of an older
schema is first brought up to date, as by every command.`,
		Example: `  archivist doctor
  archivist doctor --database /srv/archivist.db`,
		Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			config, err := p.config()
			if err != nil {
				return err
			}
			if err := mustExist(config.Database, databaseOption); err != nil {
				return err
			}
			store, err := p.openStore(c.Context(), config, storage.Options{HalfMoved: true})
			if err != nil {
				return err
			}
			defer store.Close()
			findings, err := store.Check(c.Context(), retrieval.Inspect)
			if err != nil {
				return err
			}
			if err := store.Whole(c.Context()); err != nil {
				findings = append(findings, archivist.Finding{Problem: err.Error(), Advice: "nothing is answered from it until then"})
			}
			half, err := store.HalfMoved(c.Context())
			if err != nil {
				return err
			}
			for _, id := range half {
				findings = append(findings, archivist.Finding{
					Problem: fmt.Sprintf("library %s is half moved: an archivist move of it alone was ended before it had all of it", id),
					Advice:  fmt.Sprintf("archivist move --library %s again, from any database that has it, puts it in order", id),
				})
			}
			for _, finding := range findings {
				fmt.Fprintf(p.out, "✗ %s\n  %s\n", finding.Problem, finding.Advice)
			}
			if len(findings) > 0 {
				return errSilent
			}
			_, err = fmt.Fprintf(p.out, "✓ %s is sound\n", storage.Name(config.Database))
			return err
		},
	}
}
