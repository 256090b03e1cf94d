// Package archivist holds the words that every room of the house shares: libraries, articles, questions, answers, jobs and the
// errors that people read. It does no I/O, keeps no log and knows no clock. A type stands here only if two rooms need it; plan_test.go
// says who may enter whom.
package archivist

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A LibraryID names what one guild, or one person, may read: "guild:ID", "user:ID", or a local name such as "town".
// It is the unit of isolation: no statistic, answer or setting ever crosses it.
type LibraryID string

var (
	snowflake = regexp.MustCompile(`^[0-9]{1,20}$`)
	localName = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,39}$`)
)

// DefaultLibrary is the local library that the command line uses where none is named.
const DefaultLibrary LibraryID = "main"

// GuildLibrary is the library of the guild with this Discord id.
func GuildLibrary(id string) LibraryID { return LibraryID("guild:" + id) }

// UserLibrary is the own library of the person with this Discord id.
func UserLibrary(id string) LibraryID { return LibraryID("user:" + id) }

// ParseLibraryID reads "guild:ID", "user:ID" (ID of 1 to 20 digits) or a local name of 1 to 40 of a-z, 0-9, "-" and "_".
// Anything else is an *Invalid.
func ParseLibraryID(s string) (LibraryID, error) {
	kind, id, typed := strings.Cut(s, ":")
	if typed && (kind == "guild" || kind == "user") && snowflake.MatchString(id) {
		return LibraryID(s), nil
	}
	if !typed && localName.MatchString(s) {
		return LibraryID(s), nil
	}
	return "", &Invalid{Code: InvalidLibrary, Text: fmt.Sprintf("%q is no library; write guild:ID, user:ID or a name of a-z, 0-9, - and _", s)}
}

// Local reports whether the library belongs to the command line rather than to a guild or a person on Discord.
func (l LibraryID) Local() bool { return !strings.Contains(string(l), ":") }

// Own reports whether the library is a person's own.
func (l LibraryID) Own() bool { return strings.HasPrefix(string(l), "user:") }

// A View is the part of a library that somebody sees: what is open to all, and what is private to the channel where they are.
type View struct {
	Channel string // a Discord channel id; "" outside the channels
	Thread  string // the id of a thread of that channel; "" outside the threads
	Whole   bool   // everything: for whoever runs the store, and for our own work
}

// Everything is the view of whoever runs the store.
var Everything = View{Whole: true}

// Sees reports whether an article that is private to channels (none: open to all) belongs to the view.
func (v View) Sees(channels []string) bool {
	return v.Whole || len(channels) == 0 || slices.Contains(channels, v.Channel) || slices.Contains(channels, v.Thread)
}

// A Library is one row of the list of libraries.
type Library struct {
	ID       LibraryID
	Version  uint64 // rises by one with each change of its articles
	Articles int
}

// Keys of the settings that a library keeps. A setting that is not there has its default, written behind the key.
const (
	// SettingChannel + channel id + ".mode": "off", "mention" (default), "links" or "auto".
	// SettingChannel + channel id + ".private": "on" where what is added stays in the channel, though everybody sees it.
	SettingChannel = "channel."
	// SettingDomain + registrable domain or host: "allow" or "block". Where one domain is allowed, all others are blocked.
	SettingDomain = "domain."
	// SettingThreshold: the confidence below which a question is refused, "0" to "1"; by default the one that ranking was fitted with.
	SettingThreshold = "threshold"
)

// ParseThreshold reads a value of SettingThreshold.
func ParseThreshold(value string) (confidence float64, err error) {
	confidence, err = strconv.ParseFloat(value, 64)
	if err != nil || !(confidence >= 0 && confidence <= 1) {
		return 0, &Invalid{Code: InvalidSetting, Text: "a threshold is a confidence of 0 to 1"}
	}
	return confidence, nil
}

// DomainAllowed reports whether settings let articles of host in. A rule covers its domain and every name below it; the longest
// matching rule wins, and without a match the host is allowed unless some domain is on the allow list.
func DomainAllowed(settings map[string]string, host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	for name := host; ; {
		switch settings[SettingDomain+name] {
		case "allow":
			return true
		case "block":
			return false
		}
		_, rest, found := strings.Cut(name, ".")
		if !found {
			break
		}
		name = rest
	}
	for key, rule := range settings {
		if rule == "allow" && strings.HasPrefix(key, SettingDomain) {
			return false
		}
	}
	return true
}

// An Act says who did what to a library, for its audit log. One without a verb leaves no entry.
type Act struct {
	Actor  string // a Discord user id, or "cli"
	Verb   string // "article.remove", "channel.mode", …
	Target string
	Before string
	After  string
}
