package main

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
)

// TestPanicBesideServe: what runs beside the gateway begins again after a panic, which the log has; its own end is its end.
func TestPanicBesideServe(t *testing.T) {
	var log bytes.Buffer
	own, turns := errors.New("its own end"), 0
	err := goOn(t.Context(), slog.New(slog.NewTextHandler(&log, nil)), func(context.Context) error {
		if turns++; turns == 1 {
			panic("a bomb beside serve")
		}
		return own
	})
	if !errors.Is(err, own) || turns != 2 || !strings.Contains(log.String(), "a bomb beside serve") {
		t.Errorf("%v after %d turns\n%s", err, turns, log.String())
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if err := goOn(ended, slog.New(slog.DiscardHandler), func(context.Context) error { panic("at the end") }); err != nil {
		t.Errorf("at the end: %v", err)
	}
}
