package fetch

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"
)

func prefixes(list ...string) []netip.Prefix {
	parsed := make([]netip.Prefix, len(list))
	for i, s := range list {
		parsed[i] = netip.MustParsePrefix(s)
	}
	return parsed
}

var (
	// refused4 are the IPv4 networks that are not the public internet (IANA's special registry, multicast, reserved), and two that
	// are in it but answer for the machine's own cloud.
	refused4 = prefixes(
		"0.0.0.0/8", "10.0.0.0/8",
		"100.64.0.0/10", // carriers' NAT; also 100.100.100.200, a cloud's metadata
		"127.0.0.0/8",
		"169.254.0.0/16", // link-local; also 169.254.169.254, metadata
		"172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16",
		"192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
		"168.63.129.16/32", // a cloud's host agent
	)
	// global6 is all of IPv6 that may pass, less refused6. So ::1, fc00::/7, fe80::/10, ff00::/8 and the like need no entry.
	global6  = netip.MustParsePrefix("2000::/3")
	refused6 = prefixes(
		"2001::/23",     // Teredo, benchmarks, ORCHID
		"2001:db8::/32", // documentation
		"2002::/16",     // 6to4
		"2620:4f:8000::/48", "3fff::/20",
	)
	nat64 = netip.MustParsePrefix("64:ff9b::/96")
)

// A guard decides which addresses may be connected to.
type guard struct {
	nat64 []netip.Prefix // all of 96 bits: the last 32 of such an address are an IPv4 address
	own   func() ([]netip.Addr, error)
}

// public reports whether address is on the public internet and not this machine's own. An error means that this cannot be known.
func (g *guard) public(address netip.Addr) (bool, error) {
	if !address.IsValid() || address.Zone() != "" {
		return false, nil
	}
	address = address.Unmap()
	own, err := g.own()
	if err != nil {
		return false, fmt.Errorf("read the machine's own addresses: %w", err)
	}
	if slices.Contains(own, address) {
		return false, nil
	}
	if address.Is4() {
		return !within(refused4, address), nil
	}
	bytes := address.As16()
	embedded := netip.AddrFrom4([4]byte(bytes[12:]))
	if within(g.nat64, address) {
		return g.public(embedded)
	}
	if !global6.Contains(address) || within(refused6, address) {
		return false, nil
	}
	// ISATAP (RFC 5214): the interface identifier carries an IPv4 address, to which a router on the way would tunnel.
	if id := [4]byte(bytes[8:12]); id == [4]byte{0, 0, 0x5e, 0xfe} || id == [4]byte{2, 0, 0x5e, 0xfe} {
		return g.public(embedded)
	}
	return true, nil
}

func within(list []netip.Prefix, address netip.Addr) bool {
	return slices.ContainsFunc(list, func(p netip.Prefix) bool { return p.Contains(address) })
}

// ownAddresses returns a function that lists the addresses of this machine's interfaces, read again when they are older than 60 s.
func ownAddresses() func() ([]netip.Addr, error) {
	var (
		mu   sync.Mutex
		read time.Time
		own  []netip.Addr
	)
	return func() ([]netip.Addr, error) {
		mu.Lock()
		defer mu.Unlock()
		if own != nil && time.Since(read) < time.Minute {
			return own, nil
		}
		interfaces, err := net.InterfaceAddrs()
		if err != nil {
			return nil, err
		}
		fresh := make([]netip.Addr, 0, len(interfaces))
		for _, i := range interfaces {
			if prefix, err := netip.ParsePrefix(i.String()); err == nil {
				fresh = append(fresh, prefix.Addr().Unmap())
			}
		}
		own, read = fresh, time.Now()
		return own, nil
	}
}
