package canon

import (
	"net/url"
	"slices"
	"strings"
)

// Key is the identity of an address, under which its article is found; it is never fetched. It is the normal form without scheme,
// default port (of either scheme), "www." and final slashes, its query sorted. What is no web address, such as "file:notes.txt", is its
// own key. Key(Key(x)) = Key(x).
func Key(address string) string {
	address = strings.TrimSpace(address)
	if strings.HasPrefix(address, "file:") {
		return address
	}
	raw := address
	if lower := strings.ToLower(address); !strings.HasPrefix(lower, "http://") && !strings.HasPrefix(lower, "https://") {
		raw = "http://" + address
	}
	normal, err := Normalise(raw)
	if err != nil {
		return address
	}
	_, rest, _ := strings.Cut(normal, "://")
	slash := strings.IndexByte(rest, '/')
	host, path := rest[:slash], rest[slash:]
	host = strings.TrimSuffix(strings.TrimSuffix(host, ":80"), ":443")
	for strings.HasPrefix(host, "www.") && strings.Contains(host[4:], ".") {
		host = host[4:]
	}
	path, fragment, hasFragment := strings.Cut(path, "#")
	path, query, hasQuery := strings.Cut(path, "?")
	key := host + strings.TrimRight(path, "/")
	if hasQuery {
		parameters := strings.Split(query, "&")
		slices.Sort(parameters)
		key += "?" + strings.Join(parameters, "&")
	}
	if hasFragment {
		key += "#" + fragment
	}
	return key
}

// Identity is the address that stands for a page: the first of those that it declares (link rel=canonical, then og:url; absolute or
// relative to final) that may speak for it, else final, where it was found; final and the result are in normal form. A page speaks
// for its own registrable domain only (else any page could overwrite another site's article), and not for a site's front page, which
// careless templates name on every page.
func Identity(declared []string, final string) string {
	for _, reference := range declared {
		if strings.TrimSpace(reference) == "" {
			continue
		}
		address, err := Resolve(final, reference)
		if err != nil || domainOf(address) != domainOf(final) || (isRoot(address) && !isRoot(final)) {
			continue
		}
		return address
	}
	return final
}

func domainOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return Domain(u.Hostname())
}

// isRoot holds for a site's front page: scheme and host, and nothing behind them.
func isRoot(address string) bool {
	_, rest, _ := strings.Cut(address, "://")
	return strings.IndexByte(rest, '/') == len(rest)-1
}
