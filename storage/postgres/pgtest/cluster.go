package pgtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
)

// User is the role that owns the server. It comes in without a password; any other role needs one (scram-sha-256).
const User = "archivist"

var errNotInstalled = errors.New("its server's programs initdb and postgres are not installed")

// A Cluster is a server of the tests' own, reached by a Unix socket in a folder that only its user may enter.
type Cluster struct {
	Address string // of the database "postgres"

	durable          bool // what it acknowledges is on the disk, so that its times count
	folder, programs string
	server           *exec.Cmd
	leash            io.WriteCloser // the server lives as long as this is open, so that it does not outlive a test process that is killed
	log              bytes.Buffer
}

func start(durable bool) (*Cluster, error) {
	programs, err := findPrograms()
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("", "archivist-pg-") // short, as a socket's path has room for 107 bytes
	if err != nil {
		return nil, err
	}
	c := &Cluster{durable: durable, folder: folder, programs: programs}
	c.Address = (&url.URL{Scheme: "postgres", User: url.User(User), Path: "/postgres", RawQuery: url.Values{"host": {folder}}.Encode()}).String()
	if err := c.initialise(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(folder))
	}
	if err := c.Start(); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

// findPrograms is the folder of initdb and postgres: of the path, or the newest of those where Debian keeps them.
func findPrograms() (string, error) {
	folders, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil {
		return "", err
	}
	slices.SortFunc(folders, func(a, b string) int { return len(b) - len(a) + bytes.Compare([]byte(b), []byte(a)) })
	if path, err := exec.LookPath("initdb"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			folders = append([]string{filepath.Dir(path)}, folders...)
		}
	}
	for _, folder := range folders {
		if _, err := os.Stat(filepath.Join(folder, "postgres")); err == nil {
			return folder, nil
		}
	}
	return "", errNotInstalled
}

func (c *Cluster) initialise() error {
	if err := giveAway(c.folder); err != nil {
		return err
	}
	initdb := c.command(filepath.Join(c.programs, "initdb"), "-D", c.data(), "-U", User, "--auth=trust", "-E", "UTF8", "--locale=C", "--no-sync")
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, out)
	}
	access := fmt.Sprintf("local all %s trust\nlocal all all scram-sha-256\n", User)
	if err := os.WriteFile(filepath.Join(c.data(), "pg_hba.conf"), []byte(access), 0o600); err != nil {
		return err
	}
	return giveAway(filepath.Join(c.data(), "pg_hba.conf"))
}

func (c *Cluster) data() string { return filepath.Join(c.folder, "data") }

// command is a program that runs as an ordinary user, in a folder that this user may enter.
func (c *Cluster) command(program string, args ...string) *exec.Cmd {
	cmd := exec.Command(program, args...)
	cmd.Dir = c.folder
	cmd.SysProcAttr = ordinaryUser()
	return cmd
}

// Start starts a server that was stopped, and returns once it answers.
func (c *Cluster) Start() error {
	// The shell stops the server when our end of its input is closed, or is gone with us; as a crash does, when told a signal's name.
	const keeper = `"$0" "$@" & server=$!; read -r how; kill -${how:-INT} $server; wait $server`
	c.log.Reset()
	c.server = c.command("/bin/sh", "-c", keeper, filepath.Join(c.programs, "postgres"), "-D", c.data(), "-k", c.folder, "-h", "", "-c", "log_min_messages=fatal", "-c", fmt.Sprintf("fsync=%t", c.durable))
	leash, err := c.server.StdinPipe()
	if err != nil {
		return err
	}
	c.leash = leash
	c.server.Stdout, c.server.Stderr = &c.log, &c.log
	if err := c.server.Start(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	for {
		conn, err := pgx.Connect(ctx, c.Address)
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-ctx.Done():
			return errors.Join(fmt.Errorf("the server did not answer: %w", err), c.Stop())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Stop stops the server as an operator does (a fast shutdown): who is connected is cut off, what was acknowledged is kept.
func (c *Cluster) Stop() error {
	if c.server == nil {
		return nil
	}
	server := c.server
	c.server = nil
	closed := c.leash.Close()
	hung := time.AfterFunc(30*time.Second, func() { _ = server.Process.Kill() })
	defer hung.Stop()
	if err := server.Wait(); err != nil {
		return errors.Join(closed, fmt.Errorf("the server ended with %w: %s", err, &c.log))
	}
	return closed
}

// Crash ends the server without any order (an immediate shutdown): what was acknowledged is found in its log at the next start.
func (c *Cluster) Crash() error {
	if _, err := io.WriteString(c.leash, "QUIT\n"); err != nil {
		return err
	}
	if err := c.Stop(); err != nil && !errors.As(err, new(*exec.ExitError)) { // which it ends with
		return err
	}
	return nil
}

// Close stops the server and removes its folder.
func (c *Cluster) Close() error { return errors.Join(c.Stop(), os.RemoveAll(c.folder)) }
