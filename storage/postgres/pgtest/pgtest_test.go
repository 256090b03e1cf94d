package pgtest

import (
	"os"
	"testing"

	"github.com/jackc/pgx/v5"
)

func TestMain(m *testing.M) { Main(m) }

func write(t *testing.T, address, statement string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(t.Context(), statement); err != nil {
		t.Error(err)
	}
	if err := conn.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestDatabases: each is empty, and none of them sees another's tables.
func TestDatabases(t *testing.T) {
	for range 2 {
		write(t, Database(t), "CREATE TABLE mine (n bigint)")
	}
}

// TestStopAndStart: what was committed is there again after a stop and after a crash, and nothing is left once the server is closed.
func TestStopAndStart(t *testing.T) {
	folder := ""
	t.Run("a server", func(t *testing.T) {
		c := Start(t)
		folder = c.folder
		address := c.Database(t)
		write(t, address, "CREATE TABLE kept (n bigint)")
		for _, stop := range []func() error{c.Stop, c.Crash} {
			if err := stop(); err != nil {
				t.Fatal(err)
			}
			if _, err := pgx.Connect(t.Context(), address); err == nil {
				t.Error("it answers while it is stopped")
			}
			if err := c.Start(); err != nil {
				t.Fatal(err)
			}
			write(t, address, "INSERT INTO kept VALUES (1)")
		}
	})
	if _, err := os.Stat(folder); !os.IsNotExist(err) {
		t.Errorf("its folder is left: %v", err)
	}
}
