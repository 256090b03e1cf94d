package main

import (
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// exits runs a command and wants its exit code: exits 2 archivist ask.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND [ARG...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	if exit, ok := err.(*exec.ExitError); ok {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// servePages serves a folder on loopback until the script ends and sets an environment variable to its host and port:
// serve-pages PAGES folder.
func servePages(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: serve-pages VARIABLE FOLDER")
	}
	server := httptest.NewServer(http.FileServer(http.Dir(ts.MkAbs(args[1]))))
	ts.Defer(server.Close)
	ts.Setenv(args[0], strings.TrimPrefix(server.URL, "http://"))
}

// TestCommandsHaveHelp holds every command to a sentence, examples and its own arguments check.
func TestCommandsHaveHelp(t *testing.T) {
	for _, command := range commands {
		c := command(&program{})
		if c.Short == "" || c.Args == nil || c.Name() != "version" && (c.Long == "" || c.Example == "") {
			t.Errorf("archivist %s: short %q, long and examples %t, arguments checked %t", c.Name(), c.Short, c.Long != "" && c.Example != "", c.Args != nil)
		}
	}
}
