package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// loopbackOnly refuses an address that other machines can reach: the page lets everybody be a moderator.
func loopbackOnly(address string) error {
	host, port, err := net.SplitHostPort(address)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		return usagef("--listen is %q; write it as %s", address, tryAddress)
	}
	if ip, err := netip.ParseAddr(host); host != "localhost" && (err != nil || !ip.IsLoopback()) {
		return usagef("--listen is %q; the playground is for this machine only: write it as %s", address, tryAddress)
	}
	return nil
}

// near listens on an address, or, where its port cannot be had, on another port of that host, and says which.
func (t *trial) near(address string) (net.Listener, error) {
	l, refused := net.Listen("tcp", address)
	if refused == nil {
		return l, nil
	}
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, refused
	}
	l, err = net.Listen("tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		return nil, refused
	}
	fmt.Fprintf(t.err, "archivist: %v; taking port %d instead\n", refused, l.Addr().(*net.TCPAddr).Port)
	return l, nil
}

// A localServer is a web server of this machine's own, until it is closed.
type localServer struct {
	address string // http://host:port/
	server  *http.Server
	ended   chan struct{}
}

// serve starts a server near an address; its handler is made for the address that it got.
func (t *trial) serve(address string, handler func(address string) http.Handler) (*localServer, error) {
	l, err := t.near(address)
	if err != nil {
		return nil, err
	}
	s := &localServer{address: "http://" + l.Addr().String() + "/", ended: make(chan struct{})}
	s.server = &http.Server{Handler: handler(s.address), ReadHeaderTimeout: 10 * time.Second}
	go func() {
		defer close(s.ended)
		_ = s.server.Serve(l) // always http.ErrServerClosed: close ends it
	}()
	return s, nil
}

// host is the server's host:port.
func (s *localServer) host() string { return strings.Trim(strings.TrimPrefix(s.address, "http:"), "/") }

// close lets what is being answered be answered, for two seconds.
func (s *localServer) close() {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if s.server.Shutdown(ctx) != nil {
		_ = s.server.Close() // closing the rest: an error would help nobody
	}
	<-s.ended
}

// openBrowser opens an address as the system does when one is clicked.
func openBrowser(ctx context.Context, address string) error {
	words := []string{"xdg-open", address}
	switch runtime.GOOS {
	case "darwin":
		words[0] = "open"
	case "windows":
		words = []string{"rundll32", "url.dll,FileProtocolHandler", address}
	}
	return exec.CommandContext(ctx, words[0], words[1:]...).Run()
}
