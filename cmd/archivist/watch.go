package main

import (
	"context"
	"net"
	"strconv"
	"time"

	"archivist/monitor"
)

// listen is the server that tells how serve fares; nil where serve.listen names no address.
func (h *house) listen(ctx context.Context) (run func(context.Context) error, err error) {
	if h.config.Serve.Listen == "" {
		return nil, nil
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", h.config.Serve.Listen)
	if err != nil {
		return nil, usagef("serve.listen: %v", err)
	}
	h.log.Info("telling how it fares", "address", listener.Addr().String())
	return func(ctx context.Context) error { return h.monitor.Serve(ctx, listener, h.log) }, nil
}

// notify tells systemd how serve fares until ctx ends. Where that fails systemd will say so, by ending the service.
func (h *house) notify(ctx context.Context, systemd monitor.Notifier) {
	if err := systemd.Run(ctx, h.monitor); err != nil {
		h.log.Warn("systemd", "error", err)
	}
}

// systemd is how systemd wants to be told, if it started this process: sd_notify(3), sd_watchdog_enabled(3).
func (p *program) systemd() (monitor.Notifier, error) {
	n := monitor.Notifier{Socket: p.getenv("NOTIFY_SOCKET")}
	if every := p.getenv("WATCHDOG_USEC"); every != "" {
		micros, err := strconv.ParseInt(every, 10, 64)
		if err != nil || micros <= 0 {
			return n, usagef("WATCHDOG_USEC is %q, which is no time; systemd sets it", every)
		}
		n.Watchdog = time.Duration(micros) * time.Microsecond
	}
	return n, nil
}
