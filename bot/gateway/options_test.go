package gateway

import (
	"log/slog"
	"testing"

	"archivist/bot"
)

// TestCheck: options are refused where New would refuse them, and nowhere else.
func TestCheck(t *testing.T) {
	talker := bot.New(bot.Options{Logger: slog.New(slog.DiscardHandler)})
	for name, test := range map[string]struct {
		options Options
		good    bool
	}{
		"nothing":        {Options{}, true},
		"one process":    {Options{Processes: 1}, true},
		"64 processes":   {Options{Processes: 64}, true},
		"65 processes":   {Options{Processes: 65}, false},
		"-1 processes":   {Options{Processes: -1}, false},
		"no shards":      {Options{Shards: "many"}, false},
		"no guild":       {Options{CommandsGuild: "1/2"}, false},
		"an address":     {Options{APIBase: "nowhere"}, false},
		"a token broken": {Options{Token: "a b"}, false},
	} {
		if err := test.options.Check(); (err == nil) != test.good {
			t.Errorf("%s: Check says %v", name, err)
		}
		if test.options.Token == "" {
			test.options.Token = "x"
		}
		g, err := New(test.options, talker)
		if (err == nil) != test.good {
			t.Errorf("%s: New says %v", name, err)
		}
		if err == nil && g.options.Processes != max(1, test.options.Processes) {
			t.Errorf("%s: %d processes", name, g.options.Processes)
		}
	}
}
