package sqlite

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"archivist"
)

func article(name, text string) archivist.Put {
	p := archivist.Put{
		Intake: archivist.Intake{Article: archivist.Article{
			Head:       archivist.Head{URL: "https://example.com/" + name, Key: "example.com/" + name, Title: name, Language: "en"},
			Paragraphs: []archivist.Paragraph{{Text: text}},
		}},
		Segment: []byte(name),
	}
	p.Hash = sha256.Sum256([]byte(name + text))
	return p
}

func code(t *testing.T, err error, want archivist.Code) {
	t.Helper()
	var invalid *archivist.Invalid
	if !errors.As(err, &invalid) || invalid.Code != want {
		t.Errorf("error %v, want an Invalid with code %s", err, want)
	}
}

// TestPragmas asks every connection for what the DSN promises; the writer's synchronous=FULL (2) is what "acknowledged" rests on.
func TestPragmas(t *testing.T) {
	s := openTest(t, filepath.Join(t.TempDir(), "test.db"), Options{})
	if _, err := s.PutArticles(t.Context(), "town", []archivist.Put{article("a", "b")}); err != nil {
		t.Fatal(err)
	}
	ask := func(query interface {
		QueryRowContext(context.Context, string, ...any) *sql.Row
	}, pragma, want string,
	) {
		t.Helper()
		var got string
		if err := query.QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&got); err != nil || got != want {
			t.Errorf("%s is %q, %v, want %q", pragma, got, err, want)
		}
	}
	ask(s.writer, "synchronous", "2")
	ask(s.writer, "journal_mode", "wal")
	ask(s.writer, "foreign_keys", "1")
	ask(s.writer, "busy_timeout", "5000")
	var held []*sql.Conn
	for range 3 { // each connection of the pool, not just the first
		conn, err := s.reader.Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		held = append(held, conn)
		ask(conn, "query_only", "1")
		ask(conn, "mmap_size", "1073741824")
	}
	for _, conn := range held {
		if err := conn.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestNewerIsRefusedUntouched(t *testing.T) {
	path := filepath.Join(t.TempDir(), "newer.db")
	s, err := Open(t.Context(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.writer.ExecContext(t.Context(), fmt.Sprintf("PRAGMA user_version = %d", schemaVersion()+1)); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	refusedUntouched(t, path, archivist.DatabaseNewer)
}

func TestForeignIsRefusedUntouched(t *testing.T) {
	folder := t.TempDir()
	other := filepath.Join(folder, "other.db")
	db, err := sql.Open("sqlite", address(other, nil))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), "CREATE TABLE theirs (x)"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	refusedUntouched(t, other, archivist.DatabaseNotOurs)
	for name, content := range map[string]string{"short": "hello", "long": strings.Repeat("not a database ", 100)} {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		refusedUntouched(t, path, archivist.DatabaseNotOurs)
	}
}

func refusedUntouched(t *testing.T, path string, want archivist.Code) {
	t.Helper()
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = Open(t.Context(), path, Options{})
	code(t, err, want)
	after, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("%s was changed (%v)", path, err)
	}
	if _, err := os.Stat(path + "-wal"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a log was left beside %s", path)
	}
}

// TestFullDisk fills the file to its bound: the write fails whole, what was there stays, and room makes it go on.
func TestFullDisk(t *testing.T) {
	path := filepath.Join(t.TempDir(), "full.db")
	small, err := Open(t.Context(), path, Options{MaxPages: 200})
	if err != nil {
		t.Fatal(err)
	}
	stored := 0
	for ; stored < 1000; stored++ {
		_, err = small.PutArticles(t.Context(), "town", []archivist.Put{article(fmt.Sprint(stored), strings.Repeat("text ", 2000))})
		if err != nil {
			break
		}
	}
	code(t, err, archivist.DatabaseFull)
	if stored == 0 {
		t.Fatal("nothing fitted: the test proves nothing")
	}
	library, err := small.Library(t.Context(), "town")
	if err != nil || library.Articles != stored || library.Version != uint64(stored) {
		t.Errorf("%+v, %v, want %d articles", library, err, stored)
	}
	if err := small.Close(); err != nil {
		t.Fatal(err)
	}
	s := openTest(t, path, Options{})
	findings, err := s.Check(t.Context(), func(r archivist.Segment) ([]archivist.Range, error) {
		return []archivist.Range{{Article: r.Article}}, nil
	})
	if err != nil || len(findings) != 0 {
		t.Errorf("after the full disk: %+v, %v", findings, err)
	}
	if _, err := s.PutArticles(t.Context(), "town", []archivist.Put{article("more", "room")}); err != nil {
		t.Errorf("with room again: %v", err)
	}
}

func TestBackupAndRestore(t *testing.T) {
	folder := t.TempDir()
	path, backup := filepath.Join(folder, "live.db"), filepath.Join(folder, "backup.db")
	s, err := Open(t.Context(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.PutArticles(t.Context(), "town", []archivist.Put{article("kept", "in the backup")}); err != nil {
		t.Fatal(err)
	}
	writing := make(chan error, 1) // a backup is taken while others write
	stop := make(chan struct{})
	go func() {
		for i := 0; ; i++ {
			select {
			case <-stop:
				writing <- nil
				return
			default:
			}
			if _, err := s.PutArticles(context.Background(), "busy", []archivist.Put{article(fmt.Sprint(i), "x")}); err != nil {
				writing <- err
				return
			}
		}
	}()
	if err := s.Backup(t.Context(), backup); err != nil {
		t.Fatal(err)
	}
	code(t, s.Backup(t.Context(), backup), archivist.DatabaseExists)
	close(stop)
	if err := <-writing; err != nil {
		t.Fatal(err)
	}
	if _, err := s.PutArticles(t.Context(), "town", []archivist.Put{article("later", "not in the backup")}); err != nil {
		t.Fatal(err)
	}
	_, err = Restore(t.Context(), backup, path, true)
	code(t, err, archivist.DatabaseBusy) // we have it open
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	_, err = Restore(t.Context(), backup, path, false)
	code(t, err, archivist.DatabaseExists)
	aside, err := Restore(t.Context(), backup, path, true)
	if err != nil {
		t.Fatal(err)
	}
	heads := func(path string) []archivist.Head {
		heads, err := openTest(t, path, Options{}).Articles(t.Context(), "town", archivist.Everything, 0, 10)
		if err != nil {
			t.Fatal(err)
		}
		return heads
	}
	if got := heads(path); len(got) != 1 || got[0].Title != "kept" {
		t.Errorf("restored: %+v", got)
	}
	if got := heads(aside); len(got) != 2 {
		t.Errorf("kept aside: %+v", got)
	}
	fresh := filepath.Join(folder, "new", "place.db")
	if aside, err := Restore(t.Context(), backup, fresh, false); err != nil || aside != "" {
		t.Errorf("restore to a new place: %q, %v", aside, err)
	}
	info, err := os.Stat(backup)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the backup may be read by others: %v, %v", info.Mode(), err)
	}
}

func TestRestoreRefusesDamage(t *testing.T) {
	folder := t.TempDir()
	path, backup := filepath.Join(folder, "live.db"), filepath.Join(folder, "backup.db")
	s, err := Open(t.Context(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 50 {
		if _, err := s.PutArticles(t.Context(), "town", []archivist.Put{article(fmt.Sprint(i), strings.Repeat("x", 5000))}); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(s.Backup(t.Context(), backup), s.Close()); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(backup)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 8 { // zeros over a page in the middle of the file
		copy(whole[(20+i)*4096:], make([]byte, 4096))
	}
	if err := os.WriteFile(backup, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = Restore(t.Context(), backup, path, true)
	code(t, err, archivist.BackupUnreadable)
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the database was touched (%v)", err)
	}
	_, err = Restore(t.Context(), filepath.Join(folder, "missing"), path, true)
	code(t, err, archivist.BackupUnreadable)
}

// TestMigrationWaitsForOthers: two processes may have the file, but neither may change its schema under the other.
func TestMigrationWaitsForOthers(t *testing.T) {
	path := filepath.Join(t.TempDir(), "old.db")
	first := openTest(t, path, Options{})
	openTest(t, path, Options{}) // a second one beside it is fine
	if _, err := first.writer.ExecContext(t.Context(), "PRAGMA user_version = 0"); err != nil {
		t.Fatal(err)
	}
	if _, err := first.writer.ExecContext(t.Context(), "PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
		t.Fatal(err)
	}
	_, err := Open(t.Context(), path, Options{LockWait: 50 * time.Millisecond})
	code(t, err, archivist.DatabaseBusy)
}

// released are the SHA-256 of migrations that have been released: they are never edited, a change is a new file.
var released = map[string]string{
	"0001_first.sql":         "86cab67e1ce286a49ff60a4e268e3dd0cbb820b9e2e5d65c94c7107d13194fd6",
	"0002_private.sql":       "4208f0503fb8ada5c5815709c85142c6cf87ae5f9855cf10f698eb7bd974f94f",
	"0003_removed.sql":       "e82a5f55e3e6cc99d89b1ed2af38700d8a8802ef5ca0cea0bbef982d7ceb843c",
	"0004_queue.sql":         "c0161ac766f2ca4f0d0f6151a26da4b078e8d889b3c8ebbbc16cfe4751e0c248",
	"0005_about.sql":         "7cd7190b7d4ae87d098a8ddac6175019ab190f714e9f0c7c51bd8e1ce0acaedf",
	"0006_learned.sql":       "03e64fa9a0027d162c72ad732e3a460c60cccf04f440a2b37533d17ee6b23351",
	"0007_feeds.sql":         "5281be56bddded6d93dfb6288b1f10ff710944525e8d8816bc3e41f8e9ba4dc2",
	"0008_offers.sql":        "43fe6a0ef47bbc48b726cb581252f9dc8999673b900eae1a9a63a49cf0dcf08f",
	"0009_refresh.sql":       "89364f584d06131a9b4103e97a0534ed6f544165b0aa9988e6a74651c2648aca",
	"0010_looked.sql":        "bc2a07aa3f686156c69cc26690895e0bd7b781ed82058328988ca54e4b925409",
	"0011_people.sql":        "4aac4402b70c999d04f59f9a60b31773ac50e68e8ceb470f075834b031f73d32",
	"0012_discord.sql":       "a2572228e9a145f1e00af7eb0b821e710d1a8613b2df2dd31ef055e671bc39ae",
	"0013_activity.sql":      "850428b953375c590d36fc745a0861fe6d7431cd33d672e99702abe4c612e004",
	"0014_audit.sql":         "187a8e5ef26616af4d366a287b9ef17d164d879c0214b05a77c167a9a9fc54b4",
	"0015_paused.sql":        "d2608d31640ab42b9da3eb9e73b3e48d8e88ff0666636618fa7c7f76237904e9",
	"0016_feed_channels.sql": "ce4c6683cb1053df242a9210ae2291bbb5c190f15f41abe91a57cc11fcffaec9",
	"0017_feed_day.sql":      "c160c03b420eb2f522ff9e2bd06c3815cfb7b956e296a494492c86b1435f9666",
	"0018_card_message.sql":  "8c5ece8edfc467f25b1742a251c446abf8ebab25610b836b1e9c007172bc3d12",
	"0019_counters.sql":      "1733123f9aedaae055287bb6d2559e788a8766337923439fa79f36471bebcd2e",
	"0020_process.sql":       "f04f2fcfb37f931655ed93bb3256913fc5fbc911d1a6893cedea770b175e27be",
	"0021_card_packed.sql":   "215bcbc12dec023cc923f7488d2ea2588342aed947c2421969aff597ded21245",
	"0022_marked.sql":        "202eb3aa33a73fdd540f74a3f321be5733026f3e0a8e04c5e57a22cce06592ec",
	"0023_page_fetched.sql":  "8f8803616e68b0d6142ad12c9d3550e2ae6712e5ab491c5ae6bb364229f58964",
}

func TestReleasedMigrationsStay(t *testing.T) {
	names, err := fs.Glob(migrationFiles, "migrations/*.sql")
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	for name := range released {
		if !slices.Contains(names, "migrations/"+name) {
			t.Errorf("%s is gone", name)
		}
	}
	for i, name := range names {
		if !strings.HasPrefix(filepath.Base(name), fmt.Sprintf("%04d_", i+1)) {
			t.Errorf("%s is not number %d", name, i+1)
		}
		text, err := migrationFiles.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(text)
		if want, ok := released[filepath.Base(name)]; ok && want != hex.EncodeToString(sum[:]) {
			t.Errorf("%s was edited after its release", name)
		}
	}
}

func BenchmarkPut(b *testing.B) {
	for _, size := range []int{1, 250} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			s := openTest(b, filepath.Join(b.TempDir(), "bench.db"), Options{})
			n := 0
			for b.Loop() {
				var puts []archivist.Put
				for range size {
					p := article(fmt.Sprint(n), fmt.Sprint(n))
					for range 39 {
						p.Article.Paragraphs = append(p.Article.Paragraphs, archivist.Paragraph{Text: strings.Repeat("word ", 35)})
					}
					puts = append(puts, p)
					n++
				}
				if _, err := s.PutArticles(b.Context(), "town", puts); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "articles/s")
		})
	}
}

func BenchmarkPassages(b *testing.B) {
	s := openTest(b, filepath.Join(b.TempDir(), "bench.db"), Options{})
	for i := range 20 {
		var puts []archivist.Put
		for j := range 100 {
			p := article(fmt.Sprint(i, j), fmt.Sprint(i, j))
			for range 39 {
				p.Article.Paragraphs = append(p.Article.Paragraphs, archivist.Paragraph{Text: strings.Repeat("word ", 35)})
			}
			puts = append(puts, p)
		}
		if _, err := s.PutArticles(b.Context(), "town", puts); err != nil {
			b.Fatal(err)
		}
	}
	n := 0
	for b.Loop() {
		var ranges []archivist.Range
		for i := range 20 {
			n++
			ranges = append(ranges, archivist.Range{Article: archivist.ArticleID(n*997%2000 + 1), First: i, Last: i + 3})
		}
		if _, err := s.Passages(b.Context(), "town", ranges); err != nil {
			b.Fatal(err)
		}
	}
}
