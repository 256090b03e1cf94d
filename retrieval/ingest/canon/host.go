package canon

import (
	"net/netip"
	"strings"
	"unicode"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"
)

// normalHost is the normal form of a host name or IP address (an IPv6 address in brackets).
func normalHost(s string) (string, error) {
	if inner, found := strings.CutPrefix(s, "["); found {
		inner, closed := strings.CutSuffix(inner, "]")
		address, err := netip.ParseAddr(inner)
		if !closed || err != nil || !address.Is6() || address.Zone() != "" {
			return "", bad("not an IPv6 address")
		}
		return "[" + address.String() + "]", nil
	}
	host := strings.ToLower(s)
	if !isASCII(host) || strings.HasPrefix(host, "xn--") || strings.Contains(host, ".xn--") {
		// Profile Lookup has the bidi and joiner rules. Names of plain ASCII do not go through it: it would refuse the underscores and
		// double hyphens that real hosts have.
		mapped, err := idna.Lookup.ToASCII(host)
		if err != nil {
			return "", bad("not a host name")
		}
		host = mapped
	}
	host = strings.TrimSuffix(host, ".")
	if len(host) > 253 {
		return "", bad("a host name of more than 253 characters")
	}
	labels := strings.Split(host, ".")
	for _, label := range labels {
		if !isLabel(label) {
			return "", bad("not a host name")
		}
	}
	if isNumber(labels[len(labels)-1]) {
		// Resolvers read 0x7f.1, 2130706433 and 0177.0.0.1 as 127.0.0.1. Only the one spelling that all agree on is an address.
		if _, err := netip.ParseAddr(host); err != nil {
			return "", bad("a host that is a number")
		}
	}
	return host, nil
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// isLabel holds for 1 to 63 of a-z, 0-9, "-" and "_" that neither begin nor end with "-".
func isLabel(s string) bool {
	for i := range len(s) {
		if !isAlphanumeric(s[i]) && s[i] != '-' && s[i] != '_' {
			return false
		}
	}
	return 0 < len(s) && len(s) <= 63 && s[0] != '-' && s[len(s)-1] != '-'
}

// isNumber holds for decimal, octal and hexadecimal numbers as resolvers read them.
func isNumber(label string) bool {
	digits, base := label, "0123456789"
	if hex, found := strings.CutPrefix(label, "0x"); found {
		digits, base = hex, "0123456789abcdef"
	}
	return strings.Trim(digits, base) == ""
}

// Domain is the registrable domain of a host in normal form: "bbc.co.uk" of "news.bbc.co.uk", "town.github.io" of itself. An IP
// address, a host of one label and a public suffix are their own.
func Domain(host string) string {
	if _, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return host
	}
	domain, err := publicsuffix.EffectiveTLDPlusOne(host)
	if err != nil {
		return host
	}
	return domain
}

// Host is how a host in normal form may be shown: in its own script, unless that can pass for another. A label of mixed scripts (but
// Han with kana, Han with hangul), or one whose letters all look like Latin ones, leaves the whole host in A-labels ("xn--…").
func Host(host string) string {
	if !strings.Contains(host, "xn--") {
		return host
	}
	shown, err := idna.Lookup.ToUnicode(host)
	if err != nil {
		return host
	}
	for label := range strings.SplitSeq(shown, ".") {
		if !oneScript(label) || lookalike(label) {
			return host
		}
	}
	return shown
}

// companions are scripts that one language writes together: only these may share a label.
var companions = map[string]string{"Hiragana": "Japanese", "Katakana": "Japanese", "Hangul": "Korean", "Bopomofo": "Chinese"}

func oneScript(label string) bool {
	seen, han := "", false
	for _, r := range label {
		script := scriptOf(r)
		switch {
		case script == "Common" || script == "Inherited":
			continue
		case script == "Han":
			han = true
			continue
		case companions[script] != "":
			script = companions[script]
		case script == "":
			return false
		}
		if seen != "" && seen != script {
			return false
		}
		seen = script
	}
	return !han || seen == "" || seen == "Japanese" || seen == "Korean" || seen == "Chinese"
}

func scriptOf(r rune) string {
	if r < 0x80 {
		if isAlphanumeric(byte(r)) && r > '9' {
			return "Latin"
		}
		return "Common"
	}
	for name, table := range unicode.Scripts {
		if unicode.Is(table, r) {
			return name
		}
	}
	return ""
}

// latinTwins are Cyrillic, Greek and Armenian small letters that a reader takes for Latin ones (Unicode's confusables, those of one
// letter). A label of nothing else is a disguise: "раураӏ".
const latinTwins = "асԁеһіјӏոорԛгѕսѵѡхуԝкмтзьвпαικνορστυχωϲ"

func lookalike(label string) bool {
	found := false
	for _, r := range label {
		switch {
		case strings.ContainsRune(latinTwins, r):
			found = true
		case r >= 0x80 || isAlphanumeric(byte(r)) && r > '9':
			return false
		}
	}
	return found
}
