package main

import (
	"io"
	"net"
	"sync"
	"testing"
)

// A cutLine passes bytes on to an address, until it is cut.
type cutLine struct {
	address string // http://host:port/
	mu      sync.Mutex
	isCut   bool
	ever    bool
	open    map[net.Conn]bool
}

func newCutLine(t *testing.T, to string) *cutLine {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := &cutLine{address: "http://" + listener.Addr().String() + "/", open: map[net.Conn]bool{}}
	var running sync.WaitGroup
	running.Go(func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("tcp", to)
			if err != nil || !l.keep(near, far) {
				_ = near.Close()
				continue
			}
			for from, to := range map[net.Conn]net.Conn{near: far, far: near} {
				running.Go(func() {
					_, _ = io.Copy(to, from) // ends when either side does
					_, _ = near.Close(), far.Close()
				})
			}
		}
	})
	t.Cleanup(func() { _ = listener.Close(); l.cut(); running.Wait() })
	return l
}

func (l *cutLine) keep(conns ...net.Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range conns {
		if l.isCut {
			_ = c.Close()
		}
		l.open[c] = true
	}
	return !l.isCut
}

func (l *cutLine) cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.isCut, l.ever = true, true
	for c := range l.open {
		_ = c.Close()
	}
	clear(l.open)
}

func (l *cutLine) mend() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.isCut = false
}

// wasCut tells whether the browser may complain of lost connections.
func (l *cutLine) wasCut() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.ever
}
