package main

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"archivist/bot/fakediscord"
)

// process starts the real program on the fake Discord; its streams are w.log.
func (w *wholeWay) process() *exec.Cmd {
	w.t.Helper()
	exe, err := exec.LookPath("archivist") // testscript.Main puts the test binary there under this name
	w.must(err)
	command := exec.CommandContext(w.ctx, exe, "serve", "--database", w.database)
	command.Env = append(command.Environ(), "DISCORD_TOKEN="+w.discord.Token(), "ARCHIVIST_DISCORD_API_BASE="+w.discord.APIBase())
	command.Stderr = w.log
	w.must(command.Start())
	return command
}

// failed waits for the program to end with an exit code, having said what is wanted.
func (w *wholeWay) failed(command *exec.Cmd, code int, parts ...string) {
	w.t.Helper()
	var exit *exec.ExitError
	if err := command.Wait(); !errors.As(err, &exit) || exit.ExitCode() != code {
		w.t.Errorf("the program ended with %v, want exit code %d", err, code)
	}
	for _, part := range parts {
		if !strings.Contains(w.log.String(), part) {
			w.t.Errorf("it did not say %q:\n%s", part, w.log)
		}
	}
}

// TestRefusedTokenEndsServe: where Discord refuses the token, trying again cannot help; the last line says what does, and the exit code keeps
// systemd from it (RestartPreventExitStatus in deploy/systemd/archivist.service).
func TestRefusedTokenEndsServe(t *testing.T) {
	w := newWholeWay(t)
	w.discord.Fault(fakediscord.Gateway(0).Close(4004))
	w.failed(w.process(), exitUsage, "archivist: Discord refused the token: reset it in the Developer Portal", "set DISCORD_TOKEN")
}

// TestSecondSignalEndsAtOnce: the first signal lets replies under way be finished, for ten seconds; the second does not wait for them.
func TestSecondSignalEndsAtOnce(t *testing.T) {
	w := newWholeWay(t)
	readers := w.discord.Guild("Herald readers")
	news, ann := readers.Channel("news"), readers.Member("Ann")
	command := w.process()
	w.must(w.discord.WaitReady(w.ctx, 0))
	w.must(w.discord.Wait(w.ctx, "the commands", func() bool { return w.discord.CommandChanges() > 0 }))
	w.discord.Fault(fakediscord.REST("PATCH @original").Status(503).Times(0)) // a reply that is not finished for long
	ann.Slash(news, "ask", fakediscord.Opt("question", "When was the stone bridge closed?"), fakediscord.Opt("private", true))
	w.must(w.discord.Wait(w.ctx, "a try to answer", func() bool { return len(w.discord.RequestsTo("PATCH @original")) > 0 }))
	began := time.Now()
	for _, signal := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
		w.must(command.Process.Signal(signal))
	}
	w.failed(command, exitFailed, "archivist: ended at once")
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("it took %s", took)
	}
}
