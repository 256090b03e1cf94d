package archivist

import (
	"cmp"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write docs/DEPENDENCIES.md anew")

const dependenciesPage = "docs/DEPENDENCIES.md"

// A dependency is a module whose code is in the binary.
type dependency struct {
	version, folder, licence, why string

	direct  bool
	through map[string]bool // the modules that import it
}

// TestDependencies holds docs/DEPENDENCIES.md to the modules that the binary is made of, on all systems that releases are for: each with its
// version, a licence that we know, and why it is there.
func TestDependencies(t *testing.T) {
	found := dependencies(t)
	page, err := os.ReadFile(dependenciesPage)
	if err != nil && !*update {
		t.Fatal(err)
	}
	head, rest, _ := strings.Cut(string(page), "|---|---|---|---|\n")
	why := map[string]string{}
	for line := range strings.Lines(rest) {
		if cells := strings.Split(line, " | "); len(cells) == 4 {
			why[strings.TrimPrefix(cells[0], "| ")] = strings.TrimSuffix(strings.TrimSpace(cells[3]), " |")
		}
	}
	var rows strings.Builder
	for _, name := range slices.Sorted(maps.Keys(found)) {
		d := found[name]
		d.why = "through " + strings.Join(slices.Sorted(maps.Keys(d.through)), ", ")
		if d.direct {
			d.why = why[name]
		}
		if d.why == "" || d.why == "?" {
			t.Errorf("docs/DEPENDENCIES.md does not say why there is %s", name)
			d.why = "?"
		}
		fmt.Fprintf(&rows, "| %s | %s | %s | %s |\n", name, d.version, d.licence, d.why)
	}
	want := head + "|---|---|---|---|\n" + rows.String()
	if *update {
		if err := os.WriteFile(dependenciesPage, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if string(page) != want {
		t.Errorf("docs/DEPENDENCIES.md is out of date: go test . -run TestDependencies -update, then say why there is what is new. It should have\n%s", rows.String())
	}
}

// dependencies asks the go command, for each system: modules differ between them.
func dependencies(t *testing.T) map[string]*dependency {
	found, modules := map[string]*dependency{}, map[string]string{} // a package's module
	imports := map[string][]string{}
	for _, system := range []string{"linux", "darwin", "windows"} {
		list := exec.Command("go", "list", "-deps", "-f", `{{.ImportPath}}|{{with .Module}}{{.Path}}|{{.Version}}|{{.Dir}}{{end}}|{{range .Imports}}{{.}} {{end}}`, "./cmd/archivist")
		list.Env = append(os.Environ(), "GOOS="+system, "GOARCH=amd64", "CGO_ENABLED=0")
		out, err := list.Output()
		if err != nil {
			t.Fatalf("go list: %v", err)
		}
		for line := range strings.Lines(string(out)) {
			cells := strings.Split(strings.TrimSpace(line), "|")
			if len(cells) != 5 || cells[1] == "" {
				continue // of the standard library
			}
			modules[cells[0]] = cells[1]
			imports[cells[0]] = append(imports[cells[0]], strings.Fields(cells[4])...)
			if cells[1] != "archivist" && found[cells[1]] == nil {
				found[cells[1]] = &dependency{version: cells[2], folder: cells[3], through: map[string]bool{}}
			}
		}
	}
	for from, list := range imports {
		for _, to := range list {
			d := found[modules[to]]
			switch {
			case d == nil || modules[from] == modules[to]:
			case modules[from] == "archivist":
				d.direct = true
			default:
				d.through[modules[from]] = true
			}
		}
	}
	for name, d := range found {
		if d.licence = licenceOf(d.folder); d.licence == "" {
			t.Errorf("%s has no licence that is known here", name)
		}
	}
	if len(found) < 20 {
		t.Fatalf("the binary is made of %d modules", len(found))
	}
	return found
}

// licences are known by a sentence that each has and no other. All let a program with an MIT licence be made of them and given away as a binary.
var licences = []struct{ name, sentence string }{
	{"Apache-2.0", "Apache License Version 2.0, January 2004"},
	{"MPL-2.0", "Mozilla Public License Version 2.0"},
	{"ISC", "Permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby granted"},
	{"BSD-3-Clause", "may be used to endorse or promote products derived from this software without specific prior written permission"},
	{"BSD-2-Clause", "Redistributions in binary form must reproduce the above copyright notice, this list of conditions and the following disclaimer in the documentation"},
	{"MIT", "Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files"},
	{"OFL-1.1", "SIL OPEN FONT LICENSE Version 1.1"},
	{"Unlicense", "This is free and unencumbered software released into the public domain"},
	{"FTL", "Use of the Freetype-Go software is subject to your choice of exactly one of the following two licenses: The FreeType License"},
	{"CC-BY-4.0", "Creative Commons Attribution 4.0 International Public License"},
}

// licenceOf is the licence of the module in a folder, several where it has several; "" where none is known.
func licenceOf(folder string) string {
	if strings.HasSuffix(filepath.ToSlash(folder), "retrieval/ingest/extract/dateparser") {
		return "ours, in its place" // go.mod replaces it
	}
	var names []string
	for _, pattern := range []string{"LICEN[CS]E*", "license*", "licence*", "COPYING*", "UNLICENSE*"} {
		files, err := filepath.Glob(filepath.Join(folder, pattern))
		if err != nil {
			return ""
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				continue // a folder
			}
			words := strings.Join(strings.Fields(strings.ReplaceAll(string(text), "*", " ")), " ")
			for _, l := range licences {
				if strings.Contains(strings.ToLower(words), strings.ToLower(l.sentence)) {
					names = append(names, l.name)
					break
				}
			}
		}
	}
	slices.Sort(names)
	return cmp.Or(strings.Join(slices.Compact(names), " and "), "")
}
