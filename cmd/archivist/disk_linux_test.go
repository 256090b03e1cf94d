package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"archivist"
	"archivist/bot/fakediscord"
	"archivist/retrieval"
	"archivist/storage"
)

// A disk is a file system of its own, in memory.
type disk struct {
	t      *testing.T
	folder string
}

// newDisk mounts a disk of so many bytes, for which one has to be root.
func newDisk(t *testing.T, bytes int) disk {
	d := disk{t, t.TempDir()}
	if err := syscall.Mount("tmpfs", d.folder, "tmpfs", 0, fmt.Sprintf("size=%d,mode=0700", bytes)); err != nil {
		t.Skipf("a disk of its own cannot be mounted (%v): what a full one does was not tested", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(d.folder, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return d
}

func (d disk) filler() string { return filepath.Join(d.folder, "filler") }

// fill leaves no byte free.
func (d disk) fill() {
	d.t.Helper()
	f, err := os.OpenFile(d.filler(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		d.t.Fatal(err)
	}
	defer f.Close()
	for err == nil {
		_, err = f.Write(make([]byte, 4096))
	}
	if !errors.Is(err, syscall.ENOSPC) {
		d.t.Fatal(err)
	}
}

// makeRoom gives back what fill took.
func (d disk) makeRoom() {
	d.t.Helper()
	if err := os.Remove(d.filler()); err != nil {
		d.t.Fatal(err)
	}
}

// TestDiskFillsUp runs the bot on a disk that becomes full: it answers from what it has, says why nothing can be added, goes on when there is
// room again, and has kept all that it said it had.
func TestDiskFillsUp(t *testing.T) {
	w := newWholeWay(t)
	d := newDisk(t, 16<<20)
	w.database = filepath.Join(d.folder, "bot.db")
	readers := w.discord.Guild("Herald readers")
	news, ann := readers.Channel("news"), readers.Member("Ann")
	w.reading = archivist.GuildLibrary(readers.ID())
	w.serve()
	const answer = "**The stone bridge over the Ebb was closed to all traffic on 4 March"
	add := func(page string) *fakediscord.Interaction {
		return ann.Slash(news, "add", fakediscord.Opt("url", w.pages+"/"+page))
	}
	ask := func() {
		t.Helper()
		w.reply(ann.Slash(news, "ask", fakediscord.Opt("question", "When was the stone bridge closed?")), answer)
	}
	stored := []string{"bridge"}
	w.reply(add("bridge"), "Old bridge closes", "Jonas Weber")
	ask()

	full := false
	for n := 0; !full; n++ {
		d.fill() // again: the log of the database has room of its own, which it uses up
		page := fmt.Sprint("page", n)
		said := w.reply(add(page)).Text()
		if full = strings.Contains(said, "My store is full") && strings.Contains(said, "make room"); !full {
			w.reply(add(page), "Old bridge closes")
			stored = append(stored, page)
		}
		if n > 500 {
			t.Fatalf("the disk is full, and still is added\n%s", said)
		}
	}
	t.Logf("%d articles were stored before the disk was full", len(stored))
	unkept := func() bool { return strings.Contains(w.log.String(), "a question is answered without buttons") }
	for n := 0; !unkept() && n < 200; n++ { // what is kept of a question is small: the log may have room for some
		d.fill()
		ask()
	}
	if !unkept() {
		t.Error("questions were kept: the disk was not full")
	}
	d.makeRoom()
	w.reply(add("later"), "Old bridge closes", "Jonas Weber")
	stored = append(stored, "later")
	ask()
	if code := w.stop(); code != exitDone {
		t.Errorf("serve ended with exit code %d\n%s", code, w.log)
	}

	store, err := storage.Open(w.ctx, w.database)
	w.must(err)
	defer store.Close()
	if findings, err := store.Check(w.ctx, retrieval.Inspect); err != nil || len(findings) > 0 {
		t.Errorf("the store is not sound: %v, %v", findings, err)
	}
	there := map[string]bool{}
	heads, err := store.Articles(w.ctx, w.reading, archivist.Everything, 0, 1000)
	w.must(err)
	for _, h := range heads {
		there[h.URL] = true
	}
	for _, page := range stored {
		if !there[w.pages+"/"+page] {
			t.Errorf("/%s was stored, it was said, and is not there", page)
		}
	}
}

// TestReadOnlyDisk: on a disk that may not be written each command ends with the way out of it, and leaves the file as it was.
func TestReadOnlyDisk(t *testing.T) {
	d := newDisk(t, 16<<20)
	database := filepath.Join(d.folder, "bot.db")
	store, err := storage.Open(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(database)
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("", d.folder, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Skipf("the disk cannot be made read-only (%v)", err)
	}
	for _, args := range [][]string{{"serve"}, {"ask", "When?"}, {"ingest", "samples"}, {"doctor"}} {
		var out, problems syncBuffer
		environment := map[string]string{"DISCORD_TOKEN": "not.a.token", "ARCHIVIST_DATABASE": database}
		code := run(t.Context(), args, streams{strings.NewReader(""), &out, &problems}, func(name string) string { return environment[name] })
		if code != exitFailed || !strings.Contains(problems.String(), "may not be written: see that its file and folder belong to who runs this, and are not mounted read-only") {
			t.Errorf("%q ends with %d and says %s", args, code, problems.String())
		}
	}
	after, err := os.ReadFile(database)
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("the file has changed: %v", err)
	}
}
