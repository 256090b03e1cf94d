package main

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// newTerminal is a terminal: what is written to keys is typed there, and what is shown there can be read from it.
func newTerminal(t *testing.T) (keys, terminal *os.File) {
	t.Helper()
	open := func(name string) *os.File {
		f, err := os.OpenFile(name, os.O_RDWR|syscall.O_NOCTTY, 0)
		if err != nil {
			t.Skipf("there are no terminals here (%v): a chat in one was not tested", err)
		}
		t.Cleanup(func() { _ = f.Close() })
		return f
	}
	keys = open("/dev/ptmx")
	n, err := unix.IoctlGetInt(int(keys.Fd()), unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(int(keys.Fd()), unix.TIOCSPTLCK, 0)
	}
	if err != nil {
		t.Fatal(err)
	}
	return keys, open(fmt.Sprintf("/dev/pts/%d", n))
}

// TestChatIsInterrupted: in a terminal, Ctrl-C ends a chat also while a link is read; until then one sees how far that is.
func TestChatIsInterrupted(t *testing.T) {
	asked, done := make(chan struct{}), make(chan struct{})
	site := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/lamp" {
			close(asked)
			select { // a page that takes its time
			case <-done:
			case <-r.Context().Done():
			}
		}
	}))
	defer site.Close()
	defer close(done)
	keys, terminal := newTerminal(t)
	exe, err := exec.LookPath("archivist")
	if err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), exe, "chat", "--database", filepath.Join(t.TempDir(), "test.db"))
	command.Env = append(command.Environ(), "HOME="+t.TempDir(), "ARCHIVIST_INGEST_ALLOW_ADDRESSES="+strings.TrimPrefix(site.URL, "http://"))
	command.Stdin, command.Stdout, command.Stderr = terminal, terminal, terminal
	command.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	kill := time.AfterFunc(30*time.Second, func() { _ = command.Process.Kill() })
	defer kill.Stop()
	_ = terminal.Close() // or reading would not end with the program
	shown, read := "", make([]byte, 4096)
	until := func(part string) {
		t.Helper()
		for !strings.Contains(shown, part) {
			n, err := keys.Read(read)
			if err != nil {
				t.Fatalf("%v; it showed\n%s", err, shown)
			}
			shown += string(read[:n])
		}
	}
	until("> ")
	_, err = fmt.Fprintf(keys, "%s/lamp\r", site.URL)
	if err != nil {
		t.Fatal(err)
	}
	select {
	case <-asked:
	case <-time.After(20 * time.Second):
		t.Fatal("the page was not asked for")
	}
	until("In the queue")
	if _, err := keys.WriteString("\x03"); err != nil {
		t.Fatal(err)
	}
	var exit *exec.ExitError
	if err := command.Wait(); !errors.As(err, &exit) || exit.ExitCode() != exitInterrupted {
		t.Errorf("it ended with %v, having shown\n%s", err, shown)
	}
}
