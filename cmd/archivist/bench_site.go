package main

import (
	"errors"
	"fmt"
	"html"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"archivist"
	"archivist/retrieval/bench/synthetic"
)

// A madeUpSite serves pages of made-up news on loopback. Each time that a page is asked for, its text is another: so as many articles as there
// are pages are enough for any number of changes.
type madeUpSite struct {
	listener net.Listener
	server   http.Server
	ended    chan error

	mu       sync.Mutex
	articles []archivist.Article
	asked    []int // how often each was
}

func newMadeUpSite(pages int, seed uint64) (*madeUpSite, error) {
	s := &madeUpSite{ended: make(chan error, 1), asked: make([]int, pages)}
	for a := range synthetic.NewNewsroom(seed + 1).Articles() {
		if len(s.articles) == pages {
			break
		}
		s.articles = append(s.articles, a)
	}
	var err error
	if s.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		return nil, err
	}
	s.server = http.Server{Handler: http.HandlerFunc(s.page), ReadHeaderTimeout: 10 * time.Second}
	go func() { s.ended <- s.server.Serve(s.listener) }()
	return s, nil
}

// Close returns when nothing of the site runs any more.
func (s *madeUpSite) Close() error {
	err := s.server.Close()
	if ended := <-s.ended; !errors.Is(ended, http.ErrServerClosed) {
		err = errors.Join(err, ended)
	}
	return err
}

// address is that of page 0 without its number.
func (s *madeUpSite) address() string { return "http://" + s.listener.Addr().String() + "/" }

func (s *madeUpSite) page(w http.ResponseWriter, r *http.Request) {
	n, err := strconv.Atoi(strings.TrimPrefix(r.URL.Path, "/"))
	if err != nil || n < 0 || n >= len(s.articles) {
		http.NotFound(w, r)
		return
	}
	s.mu.Lock()
	s.asked[n]++
	edition := s.asked[n]
	s.mu.Unlock()
	a := s.articles[n]
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	fmt.Fprintf(w, "<!doctype html><html lang=en><head><title>%[1]s</title></head><body><article><h1>%[1]s</h1><time datetime=%[2]q>%[2]s</time>\n",
		html.EscapeString(a.Title), a.Published.Format(time.DateOnly))
	fmt.Fprintf(w, "<p>This is edition number %d of the article, and the editors have looked at every line of it since the one before.</p>\n", edition)
	for i := range a.Paragraphs {
		fmt.Fprintf(w, "<p>%s</p>\n", html.EscapeString(a.Paragraphs[(i+edition)%len(a.Paragraphs)].Text))
	}
	fmt.Fprint(w, "</article></body></html>")
}
