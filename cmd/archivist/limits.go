package main

import "archivist/bot"

// limitsConfig is how much may be asked: a burst at once, and so many a minute after that.
type limitsConfig struct {
	PersonBurst      int `toml:"person_burst"`
	PersonPerMinute  int `toml:"person_per_minute"`
	ChannelPerMinute int `toml:"channel_per_minute"`
	LibraryPerMinute int `toml:"library_per_minute"`
	PressesPerMinute int `toml:"presses_per_minute"`
}

// botLimits are the limits as the bot takes them. Where many people share a bucket, a third of a minute's requests may come at once.
func (c config) botLimits() bot.Limits {
	rate := func(burst, perMinute int) bot.Rate {
		return bot.Rate{Burst: float64(burst), PerMinute: float64(perMinute)}
	}
	shared := func(perMinute int) bot.Rate { return rate((perMinute+2)/3, perMinute) }
	return bot.Limits{
		PersonDay: c.Ingest.PerPersonDay, ChannelDay: c.Ingest.PerChannelDay, LibraryDay: c.Ingest.PerLibraryDay,
		Person:  rate(c.Limits.PersonBurst, c.Limits.PersonPerMinute),
		Channel: shared(c.Limits.ChannelPerMinute), Library: shared(c.Limits.LibraryPerMinute), Presses: shared(c.Limits.PressesPerMinute),
	}
}

// maxLimit is the most that one of them may be: beyond it a limit is none.
const maxLimit = 10_000

// check is an error, which names the option, where one of them is none.
func (l limitsConfig) check() error {
	for _, option := range []struct {
		name string
		n    int
	}{
		{"person_burst", l.PersonBurst},
		{"person_per_minute", l.PersonPerMinute},
		{"channel_per_minute", l.ChannelPerMinute},
		{"library_per_minute", l.LibraryPerMinute},
		{"presses_per_minute", l.PressesPerMinute},
	} {
		if option.n < 1 || option.n > maxLimit {
			return usagef("limits.%s is %d; write 1 to %d", option.name, option.n, maxLimit)
		}
	}
	return nil
}
