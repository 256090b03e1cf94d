package fetch

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"archivist"
	"archivist/retrieval/ingest/canon"
)

func testGuard(own ...string) *guard {
	var addresses []netip.Addr
	for _, s := range own {
		addresses = append(addresses, netip.MustParseAddr(s))
	}
	return &guard{
		nat64: []netip.Prefix{nat64, netip.MustParsePrefix("2a00:1:2:3::/96")},
		own:   func() ([]netip.Addr, error) { return addresses, nil },
	}
}

func TestPublicAddresses(t *testing.T) {
	g := testGuard("93.184.216.40", "2a00:5::1")
	for _, s := range strings.Fields(`8.8.8.8 1.1.1.1 93.184.216.34 100.63.255.255 100.128.0.0 172.15.255.255 172.32.0.1 192.0.1.1 198.17.0.1
		198.20.0.1 223.255.255.255 168.63.129.17 ::ffff:8.8.8.8 2a00:1450:4001::1 2606:4700::1111 2001:200::1 2003::1 64:ff9b::808:808
		2a00:1:2:3::8.8.8.8 2a00:9::5efe:808:808 2a00:9::200:5efe:808:808`) {
		if public, err := g.public(netip.MustParseAddr(s)); err != nil || !public {
			t.Errorf("%s is refused (%v)", s, err)
		}
	}
	for _, s := range strings.Fields(`0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.100.100.200 100.127.255.255 127.0.0.1 127.255.0.1
		169.254.169.254 169.254.0.1 172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.192 192.0.2.1 192.31.196.1 192.52.193.1 192.88.99.1
		192.168.0.1 192.175.48.1 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255
		168.63.129.16 93.184.216.40 2a00:5::1 ::ffff:93.184.216.40 64:ff9b::5db8:d828
		:: ::1 ::7f00:1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:0:127.0.0.1 64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 64:ff9b:1::808:808
		2a00:1:2:3::10.0.0.1 100::1 2001::1 2001:0:7f00:1:: 2001:10::1 2001:1ff::1 2001:db8::1 2002:7f00:1:: 2002:808:808:: 2620:4f:8000::1
		3fff::1 3fff:fff::1 4000::1 5f00::1 fc00::1 fd00:ec2::254 fe80::1 fe80::1%eth0 2a00:9::1%eth0 fec0::1 ff02::1
		2a00:9::5efe:7f00:1 2a00:9::200:5efe:a00:1 2a00:9::5efe:a9fe:a9fe`) {
		if public, err := g.public(netip.MustParseAddr(s)); err != nil || public {
			t.Errorf("%s passes (%v)", s, err)
		}
	}
	broken := &guard{own: func() ([]netip.Addr, error) { return nil, errors.New("no interfaces") }}
	if public, err := broken.public(netip.MustParseAddr("8.8.8.8")); err == nil || public {
		t.Error("not knowing the machine's own addresses, the guard lets pass")
	}
}

func TestOwnAddresses(t *testing.T) {
	own, err := ownAddresses()()
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(own, netip.Addr.IsLoopback) {
		t.Errorf("no loopback among %v", own)
	}
}

// spellings writes an IPv4 address in all the ways that some program somewhere reads.
func spellings(a, b, c, d int) []string {
	n := a<<24 | b<<16 | c<<8 | d
	list := []string{
		"%d.%d.%d.%d", "%d.%d.%d.%d.", "0%o.0%o.0%o.0%o", "0x%x.0x%x.0x%x.0x%x", "0X%X.0X%X.0X%X.0X%X", "00%o.%d.%d.%d", "%d.0x%x.0%o.%d",
		"[::ffff:%d.%d.%d.%d]", "[::%d.%d.%d.%d]", "[64:ff9b::%d.%d.%d.%d]", "[::ffff:0:%d.%d.%d.%d]", "[64:ff9b:1::%d.%d.%d.%d]",
		"[2001:470::5efe:%d.%d.%d.%d]", "[2001:470::200:5efe:%d.%d.%d.%d]", "[fe80::5efe:%d.%d.%d.%d]",
	}
	for i, format := range list {
		list[i] = fmt.Sprintf(format, a, b, c, d)
	}
	list = append(list,
		fmt.Sprint(n), fmt.Sprintf("0x%x", n), fmt.Sprintf("0X%08X", n), fmt.Sprintf("0%o", n), fmt.Sprintf("0%d", n), fmt.Sprintf("%d.", n),
		fmt.Sprintf("%d.%d", a, n&0xffffff), fmt.Sprintf("%d.%d.%d", a, b, n&0xffff), fmt.Sprintf("0x%x.%d", a, n&0xffffff),
		fmt.Sprintf("0%o.0x%x", a, n&0xffffff), fmt.Sprintf("%d.%d.0x%x", a, b, n&0xffff), fmt.Sprintf("%d.%d.%d.%d", a+256, b, c, d),
		fmt.Sprint(n+1<<32), fmt.Sprintf("%d.%d.%d.%d.%d", 0, a, b, c, d), fmt.Sprintf("%d%%2e%d%%2e%d%%2e%d", a, b, c, d),
		fmt.Sprintf("[2002:%x:%x::1]", n>>16, n&0xffff), fmt.Sprintf("[2001:0:%x:%x::]", n>>16, n&0xffff),
		fmt.Sprintf("[::ffff:%x:%x]", n>>16, n&0xffff), fmt.Sprintf("[0:0:0:0:0:FFFF:%X:%X]", n>>16, n&0xffff),
		fmt.Sprintf("[::%x:%x]", n>>16, n&0xffff), fmt.Sprintf("[64:ff9b::%x:%x]", n>>16, n&0xffff),
	)
	wide := func(r rune) rune {
		if '0' <= r && r <= '9' {
			return r - '0' + '０'
		}
		return r
	}
	dotted := fmt.Sprintf("%d.%d.%d.%d", a, b, c, d)
	return append(list, strings.Map(wide, dotted), strings.ReplaceAll(dotted, ".", "。"), strings.Map(wide, fmt.Sprint(n)))
}

// TestSpellings asks for private addresses in hundreds of spellings; the recorder stands where the connection would be made.
func TestSpellings(t *testing.T) {
	var hosts []string
	for _, a := range [][4]int{{127, 0, 0, 1}, {10, 0, 0, 1}, {169, 254, 169, 254}, {192, 168, 1, 1}, {172, 16, 0, 1}, {100, 100, 100, 200}, {0, 0, 0, 0}} {
		hosts = append(hosts, spellings(a[0], a[1], a[2], a[3])...)
	}
	hosts = append(hosts, "localhost", "LOCALHOST.", "x.localhost", "[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[fd00:ec2::254]", "[fe80::1]",
		"[fe80::1%25lo]", "[::1%25lo]", "metadata.google.internal", "printer.local", "metadata", "[fec0::1]", "[ff02::1]", "[3fff::1]")
	if len(hosts) < 200 {
		t.Fatalf("only %d spellings", len(hosts))
	}
	f := newFetcher(t, Options{})
	connected := record(f.outer)
	for _, host := range hosts {
		_, err := f.Get(t.Context(), Request{URL: "http://" + host + "/"})
		if code := archivist.CodeOf(err); code != archivist.AddressRefused && code != archivist.BadURL {
			t.Errorf("%s: %v", host, err)
		}
	}
	if got := connected(); len(got) > 0 {
		t.Errorf("connections to %v", got)
	}
	// The recorder does record.
	for _, host := range []string{"93.184.216.34", "[2606:4700::1111]", "[::ffff:93.184.216.35]"} {
		_, _ = f.Get(t.Context(), Request{URL: "http://" + host + "/"})
	}
	want := []string{"93.184.216.34:80", "[2606:4700::1111]:80", "93.184.216.35:80"}
	if got := connected(); !slices.Equal(got, want) {
		t.Errorf("recorded %v, want %v", got, want)
	}
}

var errRecorded = errors.New("recorded, not connected")

// record lets no connection of the door happen and lists those that the guard let pass.
func record(d *door) (connected func() []string) {
	var mu sync.Mutex
	var list []string
	d.dialer.ControlContext = func(_ context.Context, _, address string, _ syscall.RawConn) error {
		mu.Lock()
		defer mu.Unlock()
		list = append(list, address)
		return errRecorded
	}
	return func() []string {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(list)
	}
}

func TestParseAllow(t *testing.T) {
	list, err := parseAllow([]string{"Wiki.Corp", "box:8080", "10.1.0.0/16", "127.0.0.1:9000", "192.168.7.7", "[::1]:80", "fd00::/8", "web.corp:443", "bücher.corp"})
	if err != nil {
		t.Fatal(err)
	}
	for hostPort, want := range map[[2]string]bool{
		{"wiki.corp", "80"}: true, {"wiki.corp", "8443"}: true, {"a.wiki.corp", "80"}: false, {"box", "8080"}: true, {"box", "80"}: false,
		{"10.1.2.3", "99"}: true, {"10.2.0.1", "80"}: false, {"127.0.0.1", "9000"}: true, {"127.0.0.1", "9001"}: false, {"::1", "80"}: true,
		{"::1", "81"}: false, {"192.168.7.7", "1"}: true, {"fd00::7", "80"}: true, {"web.corp", "443"}: true, {"web.corp", "80"}: false,
		{"xn--bcher-kva.corp", "80"}: true,
	} {
		if got := list.names(hostPort[0], hostPort[1]); got != want {
			t.Errorf("%v: %v, want %v", hostPort, got, want)
		}
	}
	for _, entry := range []string{"", "http://wiki.corp", "wiki.corp/path", "wiki corp", "a:b", "a:0", "10.0.0.0/40", "1.2.3", "user@host", "fe80::1%eth0", "host?x"} {
		if _, err := parseAllow([]string{entry}); err == nil {
			t.Errorf("%q was taken", entry)
		}
	}
}

func FuzzAddress(f *testing.F) {
	for _, s := range []string{"8.8.8.8", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2a00:9::5efe:a00:1", "2002:7f00:1::"} {
		b := netip.MustParseAddr(s).As16()
		f.Add(b[:])
	}
	g := testGuard()
	f.Fuzz(func(t *testing.T, b []byte) {
		address, ok := netip.AddrFromSlice(b)
		if !ok {
			return
		}
		public, err := g.public(address)
		if err != nil {
			t.Fatal(err)
		}
		// An independent view: what the standard library knows as special must not pass.
		u := address.Unmap()
		if public && (u.IsPrivate() || u.IsLoopback() || u.IsLinkLocalUnicast() || u.IsMulticast() || u.IsUnspecified()) {
			t.Errorf("%s passes", address)
		}
		// What NAT64 carries is judged as if it came alone.
		if u.Is4() {
			b4 := u.As4()
			plain, _ := g.public(u)
			wrapped, _ := g.public(netip.AddrFrom16([16]byte{0, 0x64, 0xff, 0x9b, 12: b4[0], 13: b4[1], 14: b4[2], 15: b4[3]}))
			if plain != wrapped {
				t.Errorf("%s: %v, within NAT64 %v", u, plain, wrapped)
			}
		}
		host := u.String()
		if u.Is6() {
			host = "[" + host + "]"
		}
		if _, err := canon.Normalise("http://" + host + "/"); err != nil && u.Zone() == "" {
			t.Errorf("%s: %v", host, err)
		}
	})
}
