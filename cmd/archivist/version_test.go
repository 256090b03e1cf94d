package main

import (
	"os"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	"archivist/monitor"
)

func TestBuild(t *testing.T) {
	clone := &debug.BuildInfo{Settings: []debug.BuildSetting{{Key: "vcs.revision", Value: "0123abc"}, {Key: "vcs.time", Value: "2026-11-27T12:00:00Z"}, {Key: "vcs.modified", Value: "true"}}}
	for name, test := range map[string]struct {
		built monitor.Build
		info  *debug.BuildInfo
		want  monitor.Build
	}{
		"a release":     {monitor.Build{Version: "1.2.3", Commit: "fedcba9", Date: "2026-11-01T00:00:00Z"}, clone, monitor.Build{Version: "1.2.3", Commit: "fedcba9", Date: "2026-11-01T00:00:00Z"}},
		"a clone":       {monitor.Build{Version: "dev"}, clone, monitor.Build{Version: "dev+changed", Commit: "0123abc", Date: "2026-11-27T12:00:00Z"}},
		"nothing known": {monitor.Build{Version: "dev"}, nil, monitor.Build{Version: "dev", Commit: "unknown", Date: "unknown"}},
	} {
		if got := buildOf(test.built, test.info); got != test.want {
			t.Errorf("%s: %+v, want %+v", name, got, test.want)
		}
	}
}

// TestReleaseTargets holds the releases to the systems that .ci/run builds for, and their variables to those of this package.
func TestReleaseTargets(t *testing.T) {
	release, err := os.ReadFile("../../.goreleaser.yaml")
	if err != nil {
		t.Fatal(err)
	}
	ci, err := os.ReadFile("../../.ci/run")
	if err != nil {
		t.Fatal(err)
	}
	list := func(key string) []string {
		m := regexp.MustCompile(`(?m)^ *` + key + `: \[(.*)\]$`).FindSubmatch(release)
		if m == nil {
			t.Fatalf(".goreleaser.yaml has no %s", key)
		}
		return strings.Split(string(m[1]), ", ")
	}
	var released []string
	for _, system := range list("goos") {
		for _, processor := range list("goarch") {
			released = append(released, system+"/"+processor)
		}
	}
	m := regexp.MustCompile(`(?m)^targets="(.*)"$`).FindSubmatch(ci)
	if m == nil {
		t.Fatal(".ci/run has no targets")
	}
	if built := strings.Fields(string(m[1])); !slices.Equal(built, released) || len(built) != 6 {
		t.Errorf(".ci/run builds %v, releases are for %v", built, released)
	}
	if !slices.Equal(list("env"), []string{"CGO_ENABLED=0"}) || !slices.Equal(list("flags"), []string{"-trimpath"}) {
		t.Errorf("releases are built with %v %v", list("env"), list("flags"))
	}
	for _, name := range []string{"main.version", "main.commit", "main.date"} { // that version_command.go declares
		if !strings.Contains(string(release), "-X "+name+"={{") {
			t.Errorf("releases do not set %s", name)
		}
	}
}
