package main

import (
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets the test binary be the program itself: scripts and the kill test start it as a real process.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"archivist": main})
}

// TestScripts runs testdata/script: the real program, a fresh folder, exit code, streams, files.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			env.Setenv("HOME", env.WorkDir)
			env.Setenv("ARCHIVIST_DATABASE", env.WorkDir+"/test.db")
			samples, err := os.Getwd()
			env.Setenv("SAMPLES", samples+"/samples")
			return err
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "serve-pages": servePages, "adds-up": addsUp, "keys": keys, "hold-store": holdStore, "header": header, "packs": packs, "fills": fills, "bakes-pdf": bakesPDF, "bakes-bomb": bakesBomb,
		},
	})
}
