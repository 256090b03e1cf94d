package archivist

import (
	"errors"
	"fmt"
	"testing"
)

func TestParseLibraryID(t *testing.T) {
	for _, good := range []string{"guild:1", "user:12345678901234567890", "main", "town-2_b"} {
		if id, err := ParseLibraryID(good); err != nil || string(id) != good {
			t.Errorf("ParseLibraryID(%q) = %q, %v", good, id, err)
		}
	}
	for _, bad := range []string{"", "guild:", "guild:x", "guild:123456789012345678901", "user:1;drop", "Town", "a b", "other:1", "-a", "../x"} {
		var invalid *Invalid
		if _, err := ParseLibraryID(bad); !errors.As(err, &invalid) || invalid.Code != InvalidLibrary {
			t.Errorf("ParseLibraryID(%q): %v, want an Invalid", bad, err)
		}
	}
	if !DefaultLibrary.Local() || GuildLibrary("1").Local() || UserLibrary("1").Local() {
		t.Error("Local is wrong about main, guild:1 or user:1")
	}
}

func TestDomainAllowed(t *testing.T) {
	rules := func(pairs ...string) map[string]string {
		m := map[string]string{}
		for i := 0; i < len(pairs); i += 2 {
			m[SettingDomain+pairs[i]] = pairs[i+1]
		}
		return m
	}
	tests := []struct {
		rules map[string]string
		host  string
		want  bool
	}{
		{nil, "example.org", true},
		{rules("example.org", "block"), "example.org", false},
		{rules("example.org", "block"), "news.Example.org.", false},
		{rules("example.org", "block"), "badexample.org", true}, // a suffix is not a subdomain
		{rules("example.org", "block", "news.example.org", "allow"), "news.example.org", true},
		{rules("example.org", "allow"), "example.org", true},
		{rules("example.org", "allow"), "other.org", false}, // an allow list closes all else
	}
	for _, test := range tests {
		if got := DomainAllowed(test.rules, test.host); got != test.want {
			t.Errorf("DomainAllowed(%v, %q) = %v", test.rules, test.host, got)
		}
	}
}

func TestCodeOf(t *testing.T) {
	cause := errors.New("dial refused")
	failure := fmt.Errorf("add: %w", &Failure{Code: Network, Err: cause})
	if CodeOf(failure) != Network || !errors.Is(failure, cause) || !CodeOf(failure).Retryable() {
		t.Errorf("CodeOf(%v) = %q", failure, CodeOf(failure))
	}
	if CodeOf(&Invalid{Code: QuestionLong}) != QuestionLong || CodeOf(cause) != Internal || CodeOf(nil) != "" || Gone.Retryable() || !DatabaseFull.Retryable() || !DatabaseBusy.Retryable() || !DatabaseAway.Retryable() {
		t.Error("CodeOf or Retryable is wrong about an Invalid, another error, nil or gone")
	}
}

func TestParseThreshold(t *testing.T) {
	for value, want := range map[string]float64{"0": 0, "0.25": .25, "1": 1} {
		if got, err := ParseThreshold(value); err != nil || got != want {
			t.Errorf("%q is %v, %v", value, got, err)
		}
	}
	for _, value := range []string{"", "NaN", "-0.1", "1.1", "Inf", "half"} {
		if got, err := ParseThreshold(value); CodeOf(err) != InvalidSetting {
			t.Errorf("%q is %v, %v; want a setting that is invalid", value, got, err)
		}
	}
}
