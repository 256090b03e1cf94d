package postgres

import (
	"errors"
	"net"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"archivist"
	"archivist/storage/postgres/pgtest"
	"archivist/storage/tables"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// A mute carries bytes between us and the server, and none of the server's while it is hung, as a server does that stands still, or a network
// that loses its answers.
type mute struct {
	address string // of the database, through it
	hung    atomic.Bool
}

// behindMute is a mute before the server of a database.
func behindMute(t *testing.T, address string) *mute {
	t.Helper()
	config, err := pgx.ParseConfig(address)
	if err != nil {
		t.Fatal(err)
	}
	network, server := pgconn.NetworkAddress(config.Host, config.Port)
	door, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = door.Close() })
	m := &mute{}
	go func() {
		for {
			us, err := door.Accept()
			if err != nil {
				return
			}
			go m.carry(us, network, server)
		}
	}()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	u.Host = door.Addr().String()
	query := u.Query()
	query.Del("host")
	query.Del("port")
	query.Set("sslmode", "disable")
	query.Set("pool_max_conns", "8")
	u.RawQuery = query.Encode()
	m.address = u.String()
	return m
}

func (m *mute) carry(us net.Conn, network, server string) {
	defer us.Close()
	them, err := net.Dial(network, server)
	if err != nil {
		return
	}
	defer them.Close()
	go func() {
		bytes := make([]byte, 1<<16)
		for {
			n, err := us.Read(bytes)
			if err != nil {
				_ = them.Close()
				return
			}
			if _, err := them.Write(bytes[:n]); err != nil {
				return
			}
		}
	}()
	bytes := make([]byte, 1<<16)
	for {
		n, err := them.Read(bytes)
		if err != nil {
			return
		}
		if m.hung.Load() {
			continue // lost
		}
		if _, err := us.Write(bytes[:n]); err != nil {
			return
		}
	}
}

func away(t *testing.T, what string, err error) {
	t.Helper()
	var invalid *archivist.Invalid
	if !errors.As(err, &invalid) || invalid.Code != archivist.DatabaseAway {
		t.Errorf("%s: %v, want %s", what, err, archivist.DatabaseAway)
	}
}

// TestHungServer: who asks a server that has gone silent is told so, in bounded time, though he set no bound himself. Of a commit nobody knows
// what became: it is told as an error that claims nothing, and never run again.
func TestHungServer(t *testing.T) {
	direct := pgtest.Database(t)
	m := behindMute(t, direct)
	s := openTest(t, m.address, Options{})
	if want := 60*time.Second + grace; s.patience != want {
		t.Errorf("patience is %v, want %v", s.patience, want)
	}
	if err := s.Writable(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.patience = time.Second
	m.hung.Store(true)
	_, err := s.Libraries(t.Context(), "", 1)
	away(t, "reading", err)
	_, err = s.Segments(t.Context(), "town", 0)
	away(t, "a view", err)
	away(t, "writing", s.Writable(t.Context()))
	m.hung.Store(false)
	s.patience = grace
	runs := 0
	raise := func(hangs bool) error {
		return engine{s}.Write(t.Context(), func(t tables.Tx) error {
			runs++
			if _, err := t.Row(`SELECT 1`, nil, new(int)); err != nil {
				return err
			}
			if hangs {
				m.hung.Store(true)
				s.patience = time.Second
			}
			return t.Do(`INSERT INTO counter (name, n) VALUES ('hung', 1) ON CONFLICT (name) DO UPDATE SET n = counter.n + 1`)
		})
	}
	if err := raise(false); err != nil { // which prepares the statements on the one connection
		t.Fatal(err)
	}
	err = raise(true)
	away(t, "a commit", err)
	if runs != 2 || strings.Contains(err.Error(), "nothing was changed") {
		t.Errorf("%d runs: %v", runs, err)
	}
	m.hung.Store(false)
	s.patience = grace
	n := 0
	if _, err := (engine{s}).Read(t.Context()).Row(`SELECT n FROM counter WHERE name = 'hung'`, nil, &n); err != nil || n != 2 {
		t.Errorf("it was done %d times, %v", n, err)
	}
}

// TestSilentHost: a host that takes a connection and says nothing is away, and not a riddle.
func TestSilentHost(t *testing.T) {
	door, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer door.Close()
	_, err = Open(t.Context(), "postgres://ann@"+door.Addr().String()+"/db?sslmode=disable&connect_timeout=1", Options{})
	away(t, "opening", err)
}

// TestErrorPassedOver: what the server has taken back is no success, though the transaction's own function saw no error.
func TestErrorPassedOver(t *testing.T) {
	s := openTest(t, pgtest.Database(t), Options{})
	err := engine{s}.Write(t.Context(), func(t tables.Tx) error {
		_, _ = t.Exec(`SELECT 1 / 0`)
		return nil
	})
	if err == nil {
		t.Error("nothing was written, and nobody was told")
	}
}

// TestIsolation: transactions are READ COMMITTED whatever the database's default is.
func TestIsolation(t *testing.T) {
	address := pgtest.Database(t)
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	query := u.Query()
	query.Set("default_transaction_isolation", "serializable")
	u.RawQuery = query.Encode()
	s := openTest(t, u.String(), Options{})
	level := ""
	if err := (engine{s}).Write(t.Context(), func(t tables.Tx) error {
		_, err := t.Row(`SELECT current_setting('transaction_isolation')`, nil, &level)
		return err
	}); err != nil || level != "read committed" {
		t.Errorf("%q, %v", level, err)
	}
}

// TestChangedUnderPreparedStatements: where a newer process has changed the type of a column meanwhile, the server refuses the plans of prepared
// statements once a connection. A transaction runs again; a question of its own fails at most once.
func TestChangedUnderPreparedStatements(t *testing.T) {
	address := pgtest.Database(t)
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	query := u.Query()
	query.Set("pool_max_conns", "1")
	u.RawQuery = query.Encode()
	s := openTest(t, u.String(), Options{})
	act := archivist.Act{Verb: "set"}
	if err := s.SetSetting(t.Context(), "town", "k", "one", act); err != nil {
		t.Fatal(err)
	}
	execute(t, address, `ALTER TABLE setting ALTER COLUMN value TYPE varchar`)
	if err := s.SetSetting(t.Context(), "town", "k", "two", act); err != nil {
		t.Error(err)
	}
}
