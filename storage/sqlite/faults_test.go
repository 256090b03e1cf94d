package sqlite

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"archivist"
)

// walHeader and walFrame are the sizes of a log's parts, with pages of 4 KiB (https://sqlite.org/fileformat2.html, section 4).
const (
	walHeader = 32
	walFrame  = 24 + 4096
)

// TestTornLog cuts the log beside a database at each boundary of its frames and in the middle of each, and flips a bit in each: the database
// opens and is sound; what had left the log is all there, and of the rest what was stored first: never an article without those before it.
func TestTornLog(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "live.db")
	const checkpointed, logged = 5, 6
	stored(t, path) // an article of which nothing is in the log
	live := openTest(t, path, Options{})
	put := func(n int) {
		if _, err := live.PutArticles(t.Context(), "town", []archivist.Put{article(fmt.Sprint(n), fmt.Sprint("text ", n))}); err != nil {
			t.Fatal(err)
		}
	}
	for n := range checkpointed {
		put(n)
	}
	if _, err := live.writer.ExecContext(t.Context(), "PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
		t.Fatal(err)
	}
	for n := range logged {
		put(checkpointed + n)
	}
	database, err := os.ReadFile(path)
	log, wrong := os.ReadFile(path + "-wal")
	if err := errors.Join(err, wrong); err != nil || len(log) < walHeader+logged*walFrame {
		t.Fatalf("a log of %d bytes, %v", len(log), err)
	}
	most := 0
	torn := func(name string, log []byte) (articles int) {
		t.Helper()
		at := filepath.Join(t.TempDir(), "torn.db")
		if err := errors.Join(os.WriteFile(at, database, 0o600), os.WriteFile(at+"-wal", log, 0o600)); err != nil {
			t.Fatal(err)
		}
		s, err := Open(t.Context(), at, Options{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			return 0
		}
		defer s.Close()
		heads, err := s.Articles(t.Context(), "town", archivist.Everything, 0, 100)
		if err != nil || len(heads) < 1+checkpointed || len(heads) > 1+checkpointed+logged {
			t.Errorf("%s: %d articles, %v", name, len(heads), err)
		}
		for _, head := range heads {
			if int(head.ID) > len(heads) {
				t.Errorf("%s: of %d articles one is number %d", name, len(heads), head.ID)
			}
			whole, err := s.Article(t.Context(), "town", head.ID)
			if err != nil || len(whole.Paragraphs) != 1 {
				t.Errorf("%s: article %d: %+v, %v", name, head.ID, whole.Paragraphs, err)
			}
		}
		findings, err := s.Check(t.Context(), func(r archivist.Segment) ([]archivist.Range, error) {
			return []archivist.Range{{Article: r.Article}}, nil
		})
		if err != nil || len(findings) > 0 {
			t.Errorf("%s: %+v, %v", name, findings, err)
		}
		if _, err := s.PutArticles(t.Context(), "town", []archivist.Put{article("after", "the fault")}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		most = max(most, len(heads))
		return len(heads)
	}
	last := 0
	for cut := walHeader; cut <= len(log); cut += walFrame {
		frame := (cut - walHeader) / walFrame
		whole := torn(fmt.Sprintf("cut after frame %d", frame), log[:cut])
		if whole < last {
			t.Errorf("after %d frames there are %d articles, before there were %d", frame, whole, last)
		}
		last = whole
		if cut+walFrame > len(log) {
			continue
		}
		if half := torn(fmt.Sprintf("cut in frame %d", frame), log[:cut+walFrame/2]); half != whole {
			t.Errorf("half of frame %d makes %d articles of %d", frame, half, whole)
		}
		flipped := append([]byte(nil), log...)
		flipped[cut+24+frame*97%4096] ^= 0x10
		if got := torn(fmt.Sprintf("a bit of frame %d", frame), flipped); got != whole {
			t.Errorf("a bit of frame %d makes %d articles of %d", frame, got, whole)
		}
	}
	if most != 1+checkpointed+logged || torn("no log", nil) != 1+checkpointed {
		t.Errorf("%d articles with the whole log", most)
	}
}

// TestDamagedPage overwrites a page that holds a text: what is lost is named by library, article and table, other libraries are read as before, and
// a backup mends it all.
func TestDamagedPage(t *testing.T) {
	folder := t.TempDir()
	path, backup := filepath.Join(folder, "live.db"), filepath.Join(folder, "backup.db")
	s, err := Open(t.Context(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	text := func(n int) string {
		return fmt.Sprintf("text %d ", n) + strings.Repeat("is long enough for a page of its own ", 200)
	}
	for n := range 20 {
		for _, library := range []archivist.LibraryID{"town", "village"} {
			if _, err := s.PutArticles(t.Context(), library, []archivist.Put{article(fmt.Sprint(n), string(library)+" "+text(n))}); err != nil {
				t.Fatal(err)
			}
		}
	}
	_, flushed := s.writer.ExecContext(t.Context(), "PRAGMA wal_checkpoint(TRUNCATE)")
	if err := errors.Join(flushed, s.Backup(t.Context(), backup), s.Close()); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.Index(whole, []byte("town text 7 ")) / 4096 * 4096
	copy(whole[at:], make([]byte, 4096))
	if err := os.WriteFile(path, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	s, err = Open(t.Context(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	findings, err := s.Check(t.Context(), func(r archivist.Segment) ([]archivist.Range, error) {
		return []archivist.Range{{Article: r.Article}}, nil
	})
	var all []string
	for _, f := range findings {
		all = append(all, f.Problem)
		if !strings.Contains(f.Advice, "restore") {
			t.Errorf("%s: %s", f.Problem, f.Advice)
		}
	}
	told := strings.Join(all, "\n")
	for _, want := range []string{"table or index paragraph: ", "library town cannot be read whole", "library town: the text of article 8, \"7\", is lost"} {
		if !strings.Contains(told, want) {
			t.Errorf("nothing says %q (%v):\n%s", want, err, told)
		}
	}
	if strings.Contains(told, "village") {
		t.Errorf("the other library is said to be damaged:\n%s", told)
	}
	for id := range archivist.ArticleID(20) {
		if a, err := s.Article(t.Context(), "village", id+1); err != nil || a.Paragraphs[0].Text != "village "+text(int(id)) {
			t.Errorf("village %d: %v", id+1, err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Restore(t.Context(), backup, path, true); err != nil {
		t.Fatal(err)
	}
	s = openTest(t, path, Options{})
	if a, err := s.Article(t.Context(), "town", 8); err != nil || a.Paragraphs[0].Text != "town "+text(7) {
		t.Errorf("after the restore: %v", err)
	}
}

// TestFaultsSayWhatToDo: an error of a damaged file, and of one that may not be written, says what helps.
func TestFaultsSayWhatToDo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "live.db")
	stored(t, path)
	s := openTest(t, path, Options{})
	_, err := s.reader.ExecContext(t.Context(), "DELETE FROM article")
	if err = explain(err); err == nil || !strings.Contains(err.Error(), "may not be written: see that") {
		t.Errorf("of a read-only connection: %v", err)
	}
	broken := filepath.Join(t.TempDir(), "broken.db")
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(broken, append(whole[:4096:4096], make([]byte, len(whole)-4096)...), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err = Open(t.Context(), broken, Options{}); err == nil {
		t.Fatal("a file of zeros behind its first page was opened")
	}
	if !strings.Contains(err.Error(), "archivist doctor names what is lost, archivist restore") {
		t.Error(err)
	}
}
