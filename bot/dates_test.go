package bot

import (
	"testing"
	"time"
)

func TestParseDay(t *testing.T) {
	now := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC) // a Tuesday
	for typed, want := range map[string]string{
		"2026-11-03": "2026-11-03", "2026-3-4": "2026-03-04", "2026-11": "2026-11-01", "3d": "2026-11-21", "2w": "2026-11-10", "2 W": "2026-11-10",
		"5m": "2026-06-24", "1y": "2025-11-24", "0d": "2026-11-24", "today": "2026-11-24", "Gestern": "2026-11-23", "ayer": "2026-11-23",
		"this week": "2026-11-23", "letzte  Woche": "2026-11-16", "la semana pasada": "2026-11-16", "this month": "2026-11-01",
		"last month": "2026-10-01", "Letzter Monat": "2026-10-01", "el mes pasado": "2026-10-01", "last year": "2025-01-01", "este año": "2026-01-01",
		"": "", "never": "", "2026-13-01": "", "2026-02-30": "", "99999d": "", "-3d": "", "3 days": "", "2026": "2026-01-01", "0000": "", "20261": "",
	} {
		day, ok := parseDay(typed, now)
		got := day.Format(time.DateOnly)
		if !ok {
			got = ""
		}
		if got != want {
			t.Errorf("parseDay(%q) = %q, want %q", typed, got, want)
		}
	}
	for day, want := range map[int]string{22: "2026-11-16", 23: "2026-11-23", 29: "2026-11-23"} { // Sunday, Monday, Sunday
		if got, _ := parseDay("this week", time.Date(2026, 11, day, 23, 0, 0, 0, time.UTC)); got.Format(time.DateOnly) != want {
			t.Errorf("the week of the %dth begins on %s", day, got.Format(time.DateOnly))
		}
	}
}
