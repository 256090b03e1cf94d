//go:build unix && !race

package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

// maxResident is the most memory, in MiB, that a bad page may cost the program: a tenth of what the bomb unpacks to. It holds
// without the race detector only, which takes several times as much.
const maxResident = 200

// TestBadPages gives the real program pages made to harm it. Each is told with its reason; none is stored; none costs much memory.
func TestBadPages(t *testing.T) {
	if testing.Short() {
		t.Skip("reads pages of many megabytes")
	}
	server := httptest.NewServer(badPages())
	t.Cleanup(server.Close)
	for _, test := range []struct {
		path, reason string
		code         int
	}{
		{"/metadata", "address_refused", exitFailed},
		{"/gzip-bomb", "too_large: unpacks to more than", exitFailed},
		{"/nested-bomb", "too_large: unpacks to more than", exitFailed},
		{"/endless", "too_large", exitFailed},
		{"/divs", "empty: 0 words", exitFailed},
		{"/divs-with-text", "1 added", exitDone},
		{"/paragraphs", "1 added", exitDone},
		{"/loop", "redirect", exitFailed},
		{"/pdf", "type: no PDF that can be read", exitFailed},
		{"/gone", "gone: HTTP 404", exitFailed},
		{"/teapot", "HTTP 418", exitFailed},
		{"/empty", "empty", exitFailed},
	} {
		t.Run(strings.Trim(test.path, "/"), func(t *testing.T) {
			database := filepath.Join(t.TempDir(), "bad.db")
			code, errors, resident := ingestAddress(t, database, server.URL, test.path)
			t.Logf("%d MiB, exit code %d\n%s", resident, code, errors)
			if code != test.code || !strings.Contains(errors, test.reason) {
				t.Errorf("exit code %d, want %d; want %q", code, test.code, test.reason)
			}
			if resident > maxResident {
				t.Errorf("%d MiB of memory, want at most %d", resident, maxResident)
			}
			var out syncBuffer
			if code := run(t.Context(), []string{"doctor", "--database", database}, streams{strings.NewReader(""), &out, &out}, noEnvironment); code != exitDone {
				t.Errorf("doctor: %s", out.String())
			}
		})
	}
}

// ingestAddress runs the program on one page of a server that it may read, and returns also its greatest resident memory in MiB.
func ingestAddress(t *testing.T, database, server, path string) (code int, errors string, resident int64) {
	exe, err := exec.LookPath("archivist") // testscript.Main puts the test binary there under this name
	if err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), exe, "ingest", "--database", database, "--library", "bad", server+path)
	command.Env = append(os.Environ(), "ARCHIVIST_INGEST_ALLOW_ADDRESSES="+strings.TrimPrefix(server, "http://"))
	var told bytes.Buffer
	command.Stderr = &told
	if err := command.Run(); err != nil && command.ProcessState == nil {
		t.Fatal(err)
	}
	if usage, ok := command.ProcessState.SysUsage().(*syscall.Rusage); ok && runtime.GOOS == "linux" {
		resident = usage.Maxrss >> 10 // KiB there, other units elsewhere
	}
	return command.ProcessState.ExitCode(), told.String(), resident
}

// badPages makes what it serves while it serves it.
func badPages() http.Handler {
	mux := http.NewServeMux()
	page := func(path string, write func(out http.ResponseWriter)) {
		mux.HandleFunc(path, func(out http.ResponseWriter, _ *http.Request) {
			out.Header().Set("Content-Type", "text/html; charset=utf-8")
			write(out)
		})
	}
	for path, to := range map[string]string{"/metadata": "http://169.254.169.254/latest/meta-data/", "/loop": "/loop"} {
		mux.Handle(path, http.RedirectHandler(to, http.StatusFound))
	}
	for path, code := range map[string]int{"/gone": http.StatusNotFound, "/teapot": http.StatusTeapot} {
		page(path, func(out http.ResponseWriter) { out.WriteHeader(code) })
	}
	page("/pdf", func(out http.ResponseWriter) {
		out.Header().Set("Content-Type", "application/pdf")
		fmt.Fprint(out, "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n")
	})
	page("/empty", func(http.ResponseWriter) {})
	page("/gzip-bomb", func(out http.ResponseWriter) {
		out.Header().Set("Content-Encoding", "gzip")
		writeBomb(gzip.NewWriter(out), 2<<30)
	})
	page("/nested-bomb", func(out http.ResponseWriter) {
		out.Header().Set("Content-Encoding", "gzip, gzip")
		outer := gzip.NewWriter(out)
		writeBomb(gzip.NewWriter(outer), 256<<20) // more would only keep this side busy: nothing is sent before its end
		_ = outer.Close()                         // the reader has hung up, as it should
	})
	page("/endless", func(out http.ResponseWriter) { repeat(out, "<p>The same words again and again.</p>\n", 2<<30) })
	page("/divs", func(out http.ResponseWriter) {
		fmt.Fprint(out, "<!doctype html><title>Deep</title><body>")
		repeat(out, "<div>", 5_000_000)
	})
	page("/divs-with-text", func(out http.ResponseWriter) {
		fmt.Fprint(out, `<!doctype html><html lang="en"><title>Deep</title><body>`)
		repeat(out, "<div>", 5_000_000)
		for range 20 {
			fmt.Fprint(out, "<p>At the bottom of a very deep page, the harbour master wrote down what the divers had seen that morning.</p>")
		}
	})
	page("/paragraphs", func(out http.ResponseWriter) {
		fmt.Fprint(out, `<!doctype html><html lang="en"><title>The long register</title><body><article><h1>The long register</h1>`)
		for i := range 20_000 {
			if _, err := fmt.Fprintf(out, "<p>Entry %d of the harbour's register names a ship, its captain and its cargo of salt.</p>\n", i); err != nil {
				return
			}
		}
		fmt.Fprint(out, "</article>")
	})
	return mux
}

// writeBomb packs a page of size bytes until its reader hangs up.
func writeBomb(z *gzip.Writer, size int) {
	repeat(z, "<p>aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</p>\n", size)
	_ = z.Close() // the reader has hung up, as it should
}

// repeat writes text until size bytes are written or nobody reads them.
func repeat(w io.Writer, text string, size int) {
	block := []byte(strings.Repeat(text, 1+(64<<10)/len(text)))
	block = block[:len(block)/len(text)*len(text)]
	for size > 0 {
		n, err := w.Write(block[:min(size, len(block))])
		if err != nil {
			return
		}
		size -= n
	}
}
