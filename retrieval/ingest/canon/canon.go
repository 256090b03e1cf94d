// Package canon knows addresses of pages: their normal form (Normalise), who may be asked at all (Public), the identity of what
// stands behind them (Key, Identity), the domain that answers for them (Domain), and how a host may be shown (Host). It is pure: it
// resolves no name and opens no connection, so that what it says about a link is the same everywhere and at any time.
//
// Begin with Normalise: all other functions expect what it returns.
package canon

import (
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"unicode"

	"archivist"
)

// MaxLength of an address, in bytes, as given and as normalised.
const MaxLength = 2048

// Normalise gives the normal form of the text of a link, the form that is fetched: scheme and host in lower case, host as A-labels, no
// default port, no user, no dot segments, percent-encoding in upper case and only where needed, no parameters that merely track, no
// fragment but "#!…". Blanks around the text are ignored. Normalise(Normalise(x)) = Normalise(x).
//
// Errors are *archivist.Failure: BadScheme (neither http nor https), UserInfo, BadPort (no number of 1 to 65535), BadURL (all else).
// Whether host and port are those of the public web is not decided here but by Public: addresses of the inside can be allowed.
func Normalise(raw string) (string, error) {
	raw = strings.TrimSpace(raw)
	if len(raw) > MaxLength {
		return "", bad("longer than 2048 bytes")
	}
	for _, r := range raw {
		if unicode.IsControl(r) || unicode.IsSpace(r) || r == '\\' {
			return "", bad("a control character, blank or backslash")
		}
	}
	scheme, rest, found := strings.Cut(raw, ":")
	scheme = strings.ToLower(scheme)
	if !found || (scheme != "http" && scheme != "https") {
		return "", &archivist.Failure{Code: archivist.BadScheme, Detail: "neither http nor https"}
	}
	rest, found = strings.CutPrefix(rest, "//")
	if !found {
		return "", bad("no host")
	}
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	host, err := authority(scheme, rest[:end])
	if err != nil {
		return "", err
	}
	path, fragment, _ := strings.Cut(rest[end:], "#")
	path, query, _ := strings.Cut(path, "?")
	normal := scheme + "://" + host + dotless(Escape(path))
	if query = cleanQuery(Escape(query)); query != "" {
		normal += "?" + query
	}
	if len(fragment) > 1 && fragment[0] == '!' {
		normal += "#" + Escape(fragment)
	}
	if len(normal) > MaxLength {
		return "", bad("longer than 2048 bytes")
	}
	// net/url will read it next; what it cannot read must not leave this room.
	if u, err := url.Parse(normal); err != nil || u.Host != host {
		return "", bad("not an address")
	}
	return normal, nil
}

// Resolve gives the normal form of reference, absolute or relative, as found on the page at base, which is in normal form. Errors are
// those of Normalise.
func Resolve(base, reference string) (string, error) {
	reference = strings.TrimSpace(reference)
	scheme, rest, _ := strings.Cut(base, "://")
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		return "", bad("not an address")
	}
	origin := scheme + "://" + rest[:end]
	path, _, _ := strings.Cut(rest[end:], "#")
	path, _, _ = strings.Cut(path, "?")
	first, _, _ := strings.Cut(reference, "/")
	first, _, _ = strings.Cut(first, "?")
	first, _, _ = strings.Cut(first, "#")
	switch {
	case strings.Contains(first, ":"): // has a scheme of its own
		return Normalise(reference)
	case strings.HasPrefix(reference, "//"):
		return Normalise(scheme + ":" + reference)
	case strings.HasPrefix(reference, "/"):
		return Normalise(origin + reference)
	case reference == "" || reference[0] == '#':
		whole, _, _ := strings.Cut(base, "#")
		return Normalise(whole + reference)
	case reference[0] == '?':
		return Normalise(origin + path + reference)
	}
	return Normalise(origin + path[:strings.LastIndexByte(path, '/')+1] + reference)
}

// specialNames are domains that are never on the public internet (RFC 6761, 6762, 7686, 8375, and ICANN's .internal).
var specialNames = []string{
	"local", "internal", "localhost", "home.arpa", "onion", "test", "invalid", "in-addr.arpa", "ip6.arpa",
}

// Public reports why an address in normal form cannot be one of the public web: a port that is not its scheme's (BadPort), a host of
// one label, or a name that is special to a network or a machine (both AddressRefused). IP addresses pass: they are judged where every
// address is, at the connection.
func Public(address string) error {
	u, err := url.Parse(address)
	if err != nil {
		return bad("not an address")
	}
	if u.Port() != "" { // the scheme's own was dropped
		return &archivist.Failure{Code: archivist.BadPort, Detail: "a port other than 80 for http, 443 for https"}
	}
	return PublicName(u.Hostname())
}

// PublicName is Public's rule about hosts.
func PublicName(host string) error {
	if _, err := netip.ParseAddr(host); err == nil {
		return nil
	}
	refused := !strings.Contains(host, ".")
	for _, name := range specialNames {
		refused = refused || strings.HasSuffix(host, "."+name)
	}
	if refused {
		return &archivist.Failure{Code: archivist.AddressRefused, Detail: "a name within a network"}
	}
	return nil
}

func bad(detail string) error { return &archivist.Failure{Code: archivist.BadURL, Detail: detail} }

// authority is the normal form of the part between "//" and the path: host, and port where it is not the scheme's own.
func authority(scheme, s string) (string, error) {
	if strings.Contains(s, "@") {
		return "", &archivist.Failure{Code: archivist.UserInfo, Detail: "a name or password within the address"}
	}
	name, port := s, ""
	if i := strings.LastIndexByte(s, ':'); i > strings.LastIndexByte(s, ']') {
		name, port = s[:i], s[i+1:]
	}
	host, err := normalHost(name)
	if err != nil || port == "" {
		return host, err
	}
	for _, r := range port {
		if r < '0' || r > '9' {
			return "", &archivist.Failure{Code: archivist.BadPort, Detail: "not a number"}
		}
	}
	n, err := strconv.Atoi(port)
	if err != nil || n < 1 || n > 65535 {
		return "", &archivist.Failure{Code: archivist.BadPort, Detail: "not within 1 to 65535"}
	}
	if (scheme == "http" && n == 80) || (scheme == "https" && n == 443) {
		return host, nil
	}
	return host + ":" + strconv.Itoa(n), nil
}

// plain are the bytes besides letters and digits that stand as they are behind the host: unreserved ones, sub-delimiters, and those
// with a meaning of their own there. RFC 3986 section 3.3.
const plain = "-._~!$&'()*+,;=:@/?"

// Escape gives what stands behind an address's host (a path, a query) the percent-encoding of the normal form: in upper case, decoded
// where the character needs none (RFC 3986 section 2.3), and encoded what may not stand plain, a lone "%" among it.
// Escape(Escape(x)) = Escape(x).
func Escape(s string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		encoded := false
		if c == '%' && i+2 < len(s) {
			if n, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				c, encoded = byte(n), true
				i += 2
			}
		}
		unreserved := isAlphanumeric(c) || strings.IndexByte("-._~", c) >= 0
		if unreserved || (!encoded && strings.IndexByte(plain, c) >= 0) {
			b.WriteByte(c)
		} else {
			b.WriteByte('%')
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
		}
	}
	return b.String()
}

func isAlphanumeric(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}

// dotless removes the segments "." and ".." as RFC 3986 section 5.2.4 does. The empty path is "/".
func dotless(path string) string {
	path = strings.TrimPrefix(path, "/")
	var kept []string
	segments := strings.Split(path, "/")
	for i, segment := range segments {
		last := i == len(segments)-1
		switch segment {
		case ".", "..":
			if segment == ".." && len(kept) > 0 {
				kept = kept[:len(kept)-1]
			}
			if last {
				kept = append(kept, "") // the folder keeps its final slash
			}
		default:
			kept = append(kept, segment)
		}
	}
	return "/" + strings.Join(kept, "/")
}
