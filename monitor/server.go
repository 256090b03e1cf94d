package monitor

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
	"golang.org/x/net/netutil"
)

// Bounds of the server: whoever reaches it may be anybody.
const (
	headersWithin = 5 * time.Second
	answerWithin  = 15 * time.Second
	idleFor       = time.Minute
	headersAtMost = 8 << 10 // bytes; net/http adds 4 KiB to it
	guestsAtMost  = 64      // connections
	scrapesAtOnce = 3
)

// Serve answers on l until ctx ends; then it finishes what it has begun and returns nil.
func (m *Monitor) Serve(ctx context.Context, l net.Listener, log *slog.Logger) error {
	server := &http.Server{
		Handler: m.handler(), ReadHeaderTimeout: headersWithin, ReadTimeout: headersWithin, WriteTimeout: answerWithin, IdleTimeout: idleFor,
		MaxHeaderBytes: headersAtMost, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(netutil.LimitListener(l, guestsAtMost)) }()
	select {
	case err := <-ended:
		return fmt.Errorf("serve.listen: %w", err)
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), headersWithin)
	defer cancel()
	err := server.Shutdown(last)
	if errors.Is(err, context.DeadlineExceeded) {
		err = server.Close()
	}
	<-ended
	return err
}

// handler has three pages, to be read alone.
func (m *Monitor) handler() http.Handler {
	pages := http.NewServeMux()
	pages.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{MaxRequestsInFlight: scrapesAtOnce, Timeout: answerWithin - time.Second}))
	pages.HandleFunc("GET /healthz", func(w http.ResponseWriter, r *http.Request) {
		if err := m.Alive(r.Context()); err != nil {
			tell(w, http.StatusServiceUnavailable, err.Error())
			return
		}
		tell(w, http.StatusOK, "alive")
	})
	pages.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		if missing := m.Missing(r.Context()); len(missing) > 0 {
			tell(w, http.StatusServiceUnavailable, "not ready\n"+strings.Join(missing, "\n"))
			return
		}
		tell(w, http.StatusOK, "ready")
	})
	return pages
}

func tell(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	fmt.Fprintln(w, text) // whoever asked may have gone
}
