package fetch

import (
	"context"
	"io"
	"net"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/dns/dnsmessage"

	"archivist"
)

// fakeDNS resolves each name to the next of its answers, the last one for ever; a name without answers does not exist.
func fakeDNS(t *testing.T, answers map[string][][]string) *net.Resolver {
	asked := map[string]int{}
	queries := make(chan []byte)
	replies := make(chan []byte)
	go func() {
		for query := range queries {
			replies <- dnsReply(t, query, answers, asked)
		}
	}()
	t.Cleanup(func() { close(queries) })
	return &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		client, server := net.Pipe()
		go func() {
			defer server.Close()
			for { // DNS over a stream: two bytes of length before each message
				var length [2]byte
				if _, err := io.ReadFull(server, length[:]); err != nil {
					return
				}
				query := make([]byte, int(length[0])<<8|int(length[1]))
				if _, err := io.ReadFull(server, query); err != nil {
					return
				}
				queries <- query
				reply := <-replies
				if _, err := server.Write(append([]byte{byte(len(reply) >> 8), byte(len(reply))}, reply...)); err != nil {
					return
				}
			}
		}()
		return client, nil
	}}
}

func dnsReply(t *testing.T, query []byte, answers map[string][][]string, asked map[string]int) []byte {
	var m dnsmessage.Message
	if err := m.Unpack(query); err != nil || len(m.Questions) != 1 {
		t.Errorf("a strange query: %v", err)
		return nil
	}
	m.Response, m.RecursionAvailable, m.Additionals = true, true, nil
	q := m.Questions[0]
	name := strings.TrimSuffix(q.Name.String(), ".")
	list := answers[name]
	if list == nil {
		m.RCode = dnsmessage.RCodeNameError
	} else if q.Type == dnsmessage.TypeA {
		for _, s := range list[min(asked[name], len(list)-1)] {
			m.Answers = append(m.Answers, dnsmessage.Resource{
				Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class, TTL: 0},
				Body:   &dnsmessage.AResource{A: [4]byte(net.ParseIP(s).To4())},
			})
		}
		asked[name]++
	}
	reply, err := m.Pack()
	if err != nil {
		t.Error(err)
	}
	return reply
}

// TestRebinding: a name that resolves well at first and badly later, one that mixes both, one that is bad, one that is not there.
func TestRebinding(t *testing.T) {
	f := newFetcher(t, Options{})
	f.outer.dialer.Resolver = fakeDNS(t, map[string][][]string{
		"turns.example.com": {{"93.184.216.34"}, {"127.0.0.1"}},
		"mixed.example.com": {{"169.254.169.254", "93.184.216.35", "10.0.0.1"}},
		"bad.example.com":   {{"192.168.0.1"}},
	})
	connected := record(f.outer)
	_, err := f.Get(t.Context(), Request{URL: "http://turns.example.com/"})
	wantCode(t, "at first", err, archivist.Network) // it would have connected
	_, err = f.Get(t.Context(), Request{URL: "http://turns.example.com/"})
	wantCode(t, "rebound", err, archivist.AddressRefused)
	_, _ = f.Get(t.Context(), Request{URL: "http://mixed.example.com/"})
	_, err = f.Get(t.Context(), Request{URL: "http://bad.example.com/"})
	wantCode(t, "bad", err, archivist.AddressRefused)
	_, err = f.Get(t.Context(), Request{URL: "http://none.example.com/"})
	wantCode(t, "none", err, archivist.DNS)
	if got, want := connected(), []string{"93.184.216.34:80", "93.184.216.35:80"}; !slices.Equal(got, want) {
		t.Errorf("connections to %v, want %v", got, want)
	}
}
