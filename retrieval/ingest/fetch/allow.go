package fetch

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"

	"archivist/retrieval/ingest/canon"
)

// An allowList names what may be read inside a network.
type allowList struct {
	hosts    map[string]bool // "host" or "host:port", in normal form, IPv6 addresses without brackets where they have no port
	networks []netip.Prefix
}

// parseAllow reads entries: a host, host:port, an IP address with or without a port, or a network in CIDR notation.
func parseAllow(entries []string) (allowList, error) {
	list := allowList{hosts: map[string]bool{}}
	for _, entry := range entries {
		entry = strings.TrimSpace(entry)
		if network, err := netip.ParsePrefix(entry); err == nil {
			list.networks = append(list.networks, network.Masked())
			continue
		}
		if address, err := netip.ParseAddr(entry); err == nil && address.Zone() == "" {
			address = address.Unmap()
			list.networks = append(list.networks, netip.PrefixFrom(address, address.BitLen()))
			list.hosts[address.String()] = true
			continue
		}
		host, port, err := net.SplitHostPort(entry)
		if err != nil {
			host, port = entry, ""
		}
		if strings.Contains(host, ":") {
			host = "[" + host + "]"
		}
		normal, err := canon.Normalise("http://" + host + ":" + port + "/")
		if err != nil || strings.ContainsAny(entry, "/?#") {
			return allowList{}, fmt.Errorf("%q is no host, host:port or CIDR", entry)
		}
		u, err := url.Parse(normal)
		if err != nil {
			return allowList{}, fmt.Errorf("%q is no host, host:port or CIDR", entry)
		}
		if port == "" {
			list.hosts[u.Hostname()] = true
		} else {
			list.hosts[net.JoinHostPort(u.Hostname(), strings.TrimLeft(port, "0"))] = true
		}
	}
	return list, nil
}

// names reports whether the list names this host and port, or the network that the host is a literal address of.
func (l allowList) names(host, port string) bool {
	if l.hosts[host] || l.hosts[net.JoinHostPort(host, port)] {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && l.contains(address)
}

// contains reports whether the address is within one of the list's networks.
func (l allowList) contains(address netip.Addr) bool {
	return address.Zone() == "" && within(l.networks, address.Unmap())
}
