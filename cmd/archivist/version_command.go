package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"archivist/monitor"

	"github.com/spf13/cobra"
)

// What is running, set by the release build: -ldflags "-X main.version=1.2.3 -X main.commit=0123abc -X main.date=2026-11-27T12:00:00Z". The date is
// the commit's, so that the same commit makes the same bytes.
var (
	version = "dev"
	commit  = ""
	date    = ""
)

func versionCommand(p *program) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "print the version, its commit and date",
		Args:  noArguments,
		RunE: func(*cobra.Command, []string) error {
			b := p.build()
			_, err := fmt.Fprintf(p.out, "archivist %s (commit %s of %s, %s %s/%s)\n", b.Version, b.Commit, b.Date, runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return err
		},
	}
}

// build is what is running: what the release build says, else what Go noted of the clone that it was built in.
func (p *program) build() monitor.Build {
	info, _ := debug.ReadBuildInfo() // nil: a binary without
	return buildOf(monitor.Build{Version: version, Commit: commit, Date: date}, info)
}

const unknown = "unknown"

func buildOf(b monitor.Build, info *debug.BuildInfo) monitor.Build {
	if info != nil && b.Commit == "" {
		for _, s := range info.Settings {
			switch {
			case s.Key == "vcs.revision":
				b.Commit = s.Value
			case s.Key == "vcs.time":
				b.Date = s.Value
			case s.Key == "vcs.modified" && s.Value == "true":
				b.Version += "+changed"
			}
		}
	}
	if b.Commit == "" {
		b.Commit = unknown
	}
	if b.Date == "" {
		b.Date = unknown
	}
	return b
}
