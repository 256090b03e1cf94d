package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"archivist"
	"archivist/bot/fakediscord"
)

// TestServeKeepsBackups: a backup is there when the program has served for a moment, is not made anew by a restart, and what is restored from it
// answers.
func TestServeKeepsBackups(t *testing.T) {
	w := newWholeWay(t)
	readers := w.discord.Guild("Herald readers")
	news, ann := readers.Channel("news"), readers.Member("Ann")
	w.reading = archivist.GuildLibrary(readers.ID())
	w.serve()
	w.reply(ann.Slash(news, "add", fakediscord.Opt("url", w.pages+"/bridge")), "Old bridge closes")
	w.stop()

	w.backups = filepath.Join(t.TempDir(), "backups")
	list := func() []string {
		names, err := filepath.Glob(filepath.Join(w.backups, "archivist-*.db"))
		w.must(err)
		return names
	}
	w.serve()
	for len(list()) == 0 {
		w.must(w.ctx.Err())
		time.Sleep(5 * time.Millisecond)
	}
	w.reply(ann.Slash(news, "ask", fakediscord.Opt("question", "When was the stone bridge closed?")), "4 March")
	w.stop()
	w.serve()
	w.stop()
	made := list()
	if len(made) != 1 || strings.Count(w.log.String(), "a backup was made") != 1 {
		t.Fatalf("backups %v\n%s", made, w.log)
	}
	info, err := os.Stat(made[0])
	w.must(err)
	if info.Mode().Perm() != 0o600 {
		t.Errorf("others may read it: %v", info.Mode())
	}
	restored := filepath.Join(t.TempDir(), "restored.db")
	var out syncBuffer
	for _, args := range [][]string{{"restore", made[0]}, {"doctor"}, {"ask", "--library", string(w.reading), "When was the stone bridge closed?"}} {
		if code := run(t.Context(), append(args, "--database", restored), streams{strings.NewReader(""), &out, &out}, noEnvironment); code != exitDone {
			t.Errorf("%v: exit code %d\n%s", args, code, out.String())
		}
	}
	if !strings.Contains(out.String(), "closed to all traffic on 4 March") {
		t.Errorf("the backup does not answer:\n%s", out.String())
	}
}
