package main

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"archivist/storage"

	"codeberg.org/go-pdf/fpdf"
	"github.com/rogpeppe/go-internal/testscript"
)

// exits runs a command and wants its exit code: exits 2 archivist ask.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND [ARG...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	if exit, ok := err.(*exec.ExitError); ok {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// servePages serves a folder on loopback until the script ends and sets an environment variable to its host and port:
// serve-pages PAGES folder.
func servePages(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: serve-pages VARIABLE FOLDER")
	}
	files := http.FileServer(http.Dir(ts.MkAbs(args[1])))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Header.Del("If-Modified-Since") // of one second's grain, in which a script changes files more than once
		files.ServeHTTP(w, r)
	}))
	ts.Defer(server.Close)
	ts.Setenv(args[0], strings.TrimPrefix(server.URL, "http://"))
}

// addsUp wants the reasons that the last command printed, as lines or as JSON, to add up to the score behind them.
func addsUp(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 0 {
		ts.Fatalf("usage: adds-up")
	}
	printed := ts.ReadFile("stdout")
	if strings.HasPrefix(printed, "{") {
		var answer jsonAnswer
		ts.Check(json.Unmarshal([]byte(printed), &answer))
		for _, p := range answer.Passages {
			sum := 0.0
			for _, r := range p.Reasons {
				sum += r.Value
			}
			if math.Abs(sum-p.Score) > 1e-9 || len(p.Reasons) == 0 {
				ts.Fatalf("%d reasons add up to %v, the score is %v", len(p.Reasons), sum, p.Score)
			}
		}
		return
	}
	sum, reasons, scores := 0.0, 0, 0
	for line := range strings.Lines(printed) {
		fields := strings.Fields(line)
		if len(fields) < 2 {
			continue
		}
		value, err := strconv.ParseFloat(fields[0], 64)
		switch {
		case err != nil:
		case fields[1] == "score;":
			if math.Abs(sum-value) > 0.0005*float64(reasons+1) { // each is rounded to three digits
				ts.Fatalf("%d reasons add up to %.3f, the score is %.3f", reasons, sum, value)
			}
			sum, reasons, scores = 0, 0, scores+1
		case strings.ContainsAny(fields[0][:1], "+-"):
			sum, reasons = sum+value, reasons+1
		}
	}
	if scores == 0 {
		ts.Fatalf("no score was printed")
	}
}

// keys wants the last command's output to be one JSON object of these keys, in this order.
func keys(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: keys KEY...")
	}
	decoder := json.NewDecoder(strings.NewReader(ts.ReadFile("stdout")))
	_, err := decoder.Token()
	ts.Check(err)
	var got []string
	for decoder.More() {
		key, err := decoder.Token()
		ts.Check(err)
		var value json.RawMessage
		ts.Check(decoder.Decode(&value))
		got = append(got, fmt.Sprint(key))
	}
	if !slices.Equal(got, args) {
		ts.Fatalf("keys %q, want %q", got, args)
	}
}

// holdStore is another process that has a database open until the script ends: hold-store FILE.
func holdStore(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: hold-store FILE")
	}
	store, err := storage.Open(context.Background(), ts.MkAbs(args[0]))
	ts.Check(err)
	ts.Defer(func() { _ = store.Close() })
}

// The places of two numbers in a SQLite file's header (https://sqlite.org/fileformat.html): the schema's version and whose file it is.
var headerFields = map[string]int64{"version": 60, "application": 68}

// header writes a number into a database's header: header FILE version|application NUMBER.
func header(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 || headerFields[args[1]] == 0 {
		ts.Fatalf("usage: header FILE version|application NUMBER")
	}
	n, err := strconv.ParseUint(args[2], 10, 32)
	ts.Check(err)
	f, err := os.OpenFile(ts.MkAbs(args[0]), os.O_RDWR, 0)
	ts.Check(err)
	_, err = f.WriteAt(binary.BigEndian.AppendUint32(nil, uint32(n)), headerFields[args[1]])
	ts.Check(err)
	ts.Check(f.Close())
}

// fills puts the script's variables into files: fills FILE... replaces $PAGES and its kin.
func fills(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: fills FILE...")
	}
	for _, name := range args {
		ts.Check(os.WriteFile(ts.MkAbs(name), []byte(os.Expand(ts.ReadFile(name), ts.Getenv)), 0o600))
	}
}

// bakesPDF makes a PDF of paragraphs: bakes-pdf FILE TEXT...
func bakesPDF(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: bakes-pdf FILE TEXT...")
	}
	d := fpdf.New("P", "pt", "A4", "")
	d.AddPage()
	for i, text := range args[1:] {
		d.SetFont("Times", "", 12)
		if i == 0 {
			d.SetFont("Helvetica", "B", 20)
		}
		d.MultiCell(0, 16, text, "", "L", false)
		d.Ln(10)
	}
	ts.Check(d.OutputFileAndClose(ts.MkAbs(args[0])))
}

// bakesBomb makes a PDF of few bytes whose page is a stream of 200 MB of numbers: bakes-bomb FILE.
func bakesBomb(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: bakes-bomb FILE")
	}
	var stream bytes.Buffer
	z := zlib.NewWriter(&stream)
	numbers := bytes.Repeat([]byte("1 "), 1<<20)
	for range 100 {
		_, err := z.Write(numbers)
		ts.Check(err)
	}
	ts.Check(z.Close())
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n")
	var places []int
	for i, object := range []string{
		"<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>", "<< /Type /Page /Parent 2 0 R /Contents 4 0 R >>",
		fmt.Sprintf("<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream", stream.Len(), stream.Bytes()),
	} {
		places = append(places, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, object)
	}
	table := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(places)+1)
	for _, at := range places {
		fmt.Fprintf(&b, "%010d 00000 n \n", at)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(places)+1, table)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), b.Bytes(), 0o600))
}

// packs compresses a file: packs FILE writes FILE.gz.
func packs(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: packs FILE")
	}
	f, err := os.Create(ts.MkAbs(args[0]) + ".gz")
	ts.Check(err)
	z := gzip.NewWriter(f)
	_, err = io.WriteString(z, ts.ReadFile(args[0]))
	ts.Check(err)
	ts.Check(z.Close())
	ts.Check(f.Close())
}

// TestInterrupted wants a command that a signal ends to say so, by its exit code too, and a conversation to end while nobody types.
func TestInterrupted(t *testing.T) {
	nobody, typist := io.Pipe()
	defer typist.Close()
	database := filepath.Join(t.TempDir(), "x.db")
	opened(t, database) // as ask makes none
	for _, args := range [][]string{{"ask", "Where?"}, {"ingest", "samples"}, {"bench"}, {"chat"}} {
		ctx, cancel := context.WithCancel(t.Context())
		out := &syncBuffer{}
		code := make(chan int)
		if args[0] != "chat" {
			cancel()
		}
		go func() {
			code <- run(ctx, append(args, "--database", database), streams{nobody, out, out}, noEnvironment)
		}()
		for args[0] == "chat" && !strings.Contains(out.String(), "/quit ends") {
			runtime.Gosched()
		}
		cancel()
		if got := <-code; got != exitInterrupted || !strings.Contains(out.String(), "interrupted") {
			t.Errorf("archivist %v: exit code %d, want %d\n%s", args, got, exitInterrupted, out)
		}
	}
}

// TestCommandsHaveHelp holds every command to a sentence, examples and its own arguments check.
func TestCommandsHaveHelp(t *testing.T) {
	for _, command := range commands {
		c := command(&program{})
		if c.Short == "" || c.Args == nil || c.Name() != "version" && (c.Long == "" || c.Example == "") {
			t.Errorf("archivist %s: short %q, long and examples %t, arguments checked %t", c.Name(), c.Short, c.Long != "" && c.Example != "", c.Args != nil)
		}
	}
}
