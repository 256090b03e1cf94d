package fetch

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"

	"archivist"
	"archivist/retrieval/ingest/canon"
)

// errRefused names no address: what lies inside is nobody's business.
func errRefused() error {
	return &archivist.Failure{Code: archivist.AddressRefused, Detail: "not on the public internet"}
}

// A door connects to the web: the outer one to the public internet only, the inner one also to what the allow list names. Each has
// connections of its own, else one that the inner door opened could later serve a request that must not go there.
type door struct {
	guard *guard
	allow allowList // empty for the outer door
	inner bool
	// dialer resolves and connects. Its ControlContext, if it has one, is asked about what the guard let pass.
	dialer net.Dialer
	client *http.Transport
}

func newDoor(g *guard, allow allowList, inner bool, o Options) *door {
	d := &door{guard: g, allow: allow, inner: inner, dialer: net.Dialer{Timeout: o.Limits.Connect, KeepAlive: -1}}
	d.client = &http.Transport{
		Proxy:                  nil, // the environment's proxy would make the connections, unchecked
		DialContext:            d.dial,
		ForceAttemptHTTP2:      true,
		DisableCompression:     true, // unpacked by us, within limits
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
		MaxResponseHeaderBytes: o.Limits.Header,
		TLSHandshakeTimeout:    o.Limits.Handshake,
		ResponseHeaderTimeout:  o.Limits.FirstByte,
		MaxConnsPerHost:        2,
		MaxIdleConns:           64,
		IdleConnTimeout:        30 * time.Second,
	}
	return d
}

// dial connects to "host:port" of a request. The check stands in ControlContext: it sees the very address that is about to be
// connected, after the name was resolved and for each of several, so that a name which resolves well at first and badly later gains
// nothing.
func (d *door) dial(ctx context.Context, network, hostPort string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(hostPort)
	if err != nil {
		return nil, err
	}
	dialer := d.dialer
	dialer.ControlContext = func(ctx context.Context, network, address string, conn syscall.RawConn) error {
		if err := d.check(host, port, network, address); err != nil || d.dialer.ControlContext == nil {
			return err
		}
		return d.dialer.ControlContext(ctx, network, address, conn)
	}
	return dialer.DialContext(ctx, network, hostPort)
}

// check decides about the address that a request for host and port is about to be connected to.
func (d *door) check(host, port, network, address string) error {
	target, err := netip.ParseAddrPort(address)
	if err != nil || (network != "tcp4" && network != "tcp6") {
		return errRefused()
	}
	if d.inner && (d.allow.names(host, port) || d.allow.contains(target.Addr())) {
		return nil
	}
	public, err := d.guard.public(target.Addr())
	if err != nil {
		return err
	}
	// Behind the inner door, names and ports that the public web does not have may lead to allowed networks only.
	webby := (port == "80" || port == "443") && canon.PublicName(host) == nil
	if !public || !webby {
		return errRefused()
	}
	return nil
}

// admits reports why an address in normal form may not be asked for through this door, as far as its text tells: see canon.Public.
// Where networks are allowed it must be left to dial what a name stands for.
func (d *door) admits(address, host, port string) error {
	if d.inner && (len(d.allow.networks) > 0 || d.allow.names(host, port)) {
		return nil
	}
	return canon.Public(address)
}
