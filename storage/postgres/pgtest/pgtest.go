// Package pgtest gives tests a real PostgreSQL server: one that ARCHIVIST_TEST_POSTGRES names, or else one of their own, started from
// installed binaries as an ordinary user in a private folder and stopped with the tests. Where neither is there, tests are skipped and say
// what to install. Only tests import it.
//
// A package calls Main from its TestMain, and its tests Database; one that stops and starts the server has a Start of its own.
package pgtest

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Variable is the environment variable with the address (postgres://…) of a server that tests may use. Its user must be allowed to make
// databases; each test makes one and drops it again.
const Variable = "ARCHIVIST_TEST_POSTGRES"

// shared is the server of this test process, started by the first test that asks for a database.
var shared struct {
	once    sync.Once
	cluster *Cluster
	err     error
}

// Main runs a package's tests, stops the server that they may have started, and ends the process.
func Main(m *testing.M) {
	code := m.Run()
	if shared.cluster != nil {
		if err := shared.cluster.Close(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = max(code, 1)
		}
	}
	os.Exit(code)
}

// benchmarks reports whether the test process takes times.
func benchmarks() bool {
	bench := flag.Lookup("test.bench")
	return bench != nil && bench.Value.String() != ""
}

// Database makes an empty database for one test and gives its address. Its server does not wait for the disk, unless benchmarks run. Where the server is not ours, it is dropped at the test's end.
func Database(t testing.TB) string {
	t.Helper()
	if address := os.Getenv(Variable); address != "" {
		name := database(t, address)
		t.Cleanup(func() {
			if err := admin(address, "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
				t.Error(err)
			}
		})
		return in(t, address, name)
	}
	shared.once.Do(func() { shared.cluster, shared.err = start(benchmarks()) })
	skipWithout(t, shared.err)
	return in(t, shared.cluster.Address, database(t, shared.cluster.Address)) // which goes with the cluster: dropping it takes a checkpoint
}

// Start starts a server for one test alone, which may stop and start it. It is skipped where the binaries are not installed.
func Start(t testing.TB) *Cluster {
	t.Helper()
	c, err := start(true)
	skipWithout(t, err)
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

// Database makes an empty database in a server of one's own and gives its address.
func (c *Cluster) Database(t testing.TB) string {
	t.Helper()
	return in(t, c.Address, database(t, c.Address))
}

func skipWithout(t testing.TB, err error) {
	t.Helper()
	if errors.Is(err, errNotInstalled) {
		t.Skipf("NOT TESTED against PostgreSQL: %v; install it (Debian: apt-get install postgresql), or name a server in %s", err, Variable)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// database makes an empty database and gives its name.
func database(t testing.TB, server string) string {
	t.Helper()
	name := "archivist_test_" + strings.ToLower(rand.Text()[:12])
	if err := admin(server, "CREATE DATABASE "+name); err != nil {
		t.Fatal(err)
	}
	return name
}

// admin runs a statement. A test's own context is over when its database is dropped.
func admin(server, statement string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, statement)
	return errors.Join(err, conn.Close(ctx))
}

// in is the address of a server's database.
func in(t testing.TB, server, name string) string {
	t.Helper()
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	return u.String()
}
