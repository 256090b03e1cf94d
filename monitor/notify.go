package monitor

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"
)

// A Notifier tells systemd how the service fares: sd_notify(3), which is a datagram of a line to a socket. A library of others for that would
// be ten times as long as this.
type Notifier struct {
	Socket   string        // $NOTIFY_SOCKET; "": nobody waits for news, and all methods do nothing
	Watchdog time.Duration // $WATCHDOG_USEC: how soon systemd ends a service that says nothing; 0: never
}

// Tell sends states such as READY=1 or STOPPING=1.
func (n Notifier) Tell(state string) error {
	if n.Socket == "" {
		return nil
	}
	to, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: n.Socket, Net: "unixgram"}) // a name that begins with @ is an abstract one
	if err != nil {
		return fmt.Errorf("notify systemd: %w", err)
	}
	defer to.Close() // it was sent, or was not
	if _, err := to.Write([]byte(state)); err != nil {
		return fmt.Errorf("notify systemd: %w", err)
	}
	return nil
}

// Run tells READY=1, then STATUS whenever that changes, and WATCHDOG=1 at half the watchdog's time as long as m is alive; when ctx ends
// STOPPING=1. A Discord that is away does not keep the service from being ready for systemd, which would start it again and again for it.
func (n Notifier) Run(ctx context.Context, m *Monitor) error {
	if n.Socket == "" {
		return nil
	}
	every := time.Second
	if half := n.Watchdog / 2; half > 0 && half < every {
		every = half
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	told, fed := "", time.Now()
	err := n.Tell("READY=1")
	for err == nil {
		if status := m.status(); status != told {
			told = status
			err = n.Tell("STATUS=" + status)
		}
		if err == nil && n.Watchdog > 0 && time.Since(fed) >= n.Watchdog/2-every && m.Alive(ctx) == nil {
			fed = time.Now()
			err = n.Tell("WATCHDOG=1")
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return errors.Join(err, n.Tell("STOPPING=1"))
		}
	}
	return err
}
