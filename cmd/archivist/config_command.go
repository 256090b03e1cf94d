package main

import (
	"io"

	"archivist/storage"

	"github.com/pelletier/go-toml/v2"
	"github.com/spf13/cobra"
)

func configCommand(p *program) *cobra.Command {
	return &cobra.Command{
		Use:   "config",
		Short: "print the options in force, secrets masked",
		Long:  "Print every option as it is in force after defaults, --config and the environment, as TOML. Secrets are masked.",
		Example: `  archivist config
  ARCHIVIST_LOG_LEVEL=debug archivist config --config archivist.toml`,
		Args: noArguments,
		RunE: func(*cobra.Command, []string) error {
			c, err := p.config()
			if err != nil {
				return err
			}
			return printConfig(p.out, c)
		},
	}
}

func printConfig(w io.Writer, c config) error {
	c.Discord.Token = secret(c.Discord.Token.String()) // the TOML encoder writes strings without asking them
	c.Database = storage.Name(c.Database)
	text, err := toml.Marshal(c)
	if err != nil {
		return err
	}
	_, err = w.Write(text)
	return err
}
