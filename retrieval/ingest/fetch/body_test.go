package fetch

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"

	"archivist"
)

func discardLog() *log.Logger { return log.New(io.Discard, "", 0) }

// packer puts one layer of encoding on what is written to it.
func packer(w io.Writer, name string) io.WriteCloser {
	switch name {
	case "br":
		return brotli.NewWriterLevel(w, 1)
	case "zstd":
		z, _ := zstd.NewWriter(w, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1))
		return z
	case "deflate":
		return zlib.NewWriter(w)
	case "raw deflate":
		z, _ := flate.NewWriter(w, 1)
		return z
	}
	z, _ := gzip.NewWriterLevel(w, 1)
	return z
}

func pack(b []byte, layers ...string) []byte {
	for _, name := range layers {
		var packed bytes.Buffer
		w := packer(&packed, name)
		w.Write(b)
		w.Close()
		b = packed.Bytes()
	}
	return b
}

func TestEncodings(t *testing.T) {
	var header string
	var body []byte
	server, f := serve(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Encoding", header)
		w.Write(body)
	})
	get := func() (*Response, error) {
		return f.Get(t.Context(), Request{URL: server.URL, Inside: true})
	}
	for _, c := range []struct {
		header string
		layers []string
	}{
		{"gzip", []string{"gzip"}},
		{"X-GZIP", []string{"gzip"}},
		{"br", []string{"br"}},
		{"zstd", []string{"zstd"}},
		{"deflate", []string{"deflate"}},
		{"deflate", []string{"raw deflate"}},
		{"identity", nil},
		{"", nil},
		{"gzip, br", []string{"gzip", "br"}},
		{"identity, deflate, identity, zstd", []string{"deflate", "zstd"}},
	} {
		header, body = c.header, pack([]byte(page), c.layers...)
		if r, err := get(); err != nil || string(r.Body) != page {
			t.Errorf("%s: %v", c.header, err)
		}
	}
	whole := pack([]byte(page), "gzip")
	for what, c := range map[string]struct {
		header string
		body   []byte
	}{
		"three layers": {"gzip, gzip, gzip", pack([]byte(page), "gzip", "gzip", "gzip")},
		"unknown":      {"compress", []byte(page)},
		"not packed":   {"gzip", []byte(page)},
		"damaged":      {"gzip", append(bytes.Clone(whole[:20]), whole[24:]...)},
		"cut":          {"gzip", whole[:len(whole)-12]},
		"empty br":     {"br", nil},
		"zstd window":  {"zstd", []byte{0x28, 0xb5, 0x2f, 0xfd, 0, 21 << 3, 1, 0, 0}}, // a frame that wants 2 GiB to look back
	} {
		header, body = c.header, c.body
		_, err := get()
		wantCode(t, what, err, archivist.BadEncoding)
	}
}

// zeros writes 2 GB of zeros into w, packed in one of the layers. Members of gzip and frames of zstd can stand behind each other, so
// that one megabyte, packed once, is enough.
func zeros(w io.Writer, name string) {
	block := make([]byte, 1<<20)
	out := w
	if name == "gzip" || name == "zstd" {
		w.Write(pack([]byte(page), name))
		block = pack(block, name)
	} else {
		p := packer(w, name)
		defer p.Close()
		io.WriteString(p, page)
		out = p
	}
	for range 2 << 10 {
		if _, err := out.Write(block); err != nil {
			return
		}
	}
}

// TestBombs: 2 GB of zeros in every packing, streamed. Each must end early, and cost what its limit says.
func TestBombs(t *testing.T) {
	for _, layers := range [][]string{{"gzip"}, {"br"}, {"zstd"}, {"deflate"}, {"gzip", "gzip"}, {"zstd", "br"}} {
		server, f := serve(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", strings.Join(layers, ", "))
			w.Header().Set("Content-Type", "text/html")
			out := io.Writer(w)
			if len(layers) == 2 {
				p := packer(w, layers[1])
				defer p.Close()
				out = p
			}
			zeros(out, layers[0])
		})
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		began := time.Now()
		_, err := f.Get(t.Context(), Request{URL: server.URL, Inside: true})
		took := time.Since(began)
		runtime.ReadMemStats(&after)
		wantCode(t, fmt.Sprint(layers), err, archivist.TooLarge) // not Timeout: the limit of size came first
		// All that was ever allocated, by the server's packing too, so the peak is below it.
		grown := (after.TotalAlloc - before.TotalAlloc) >> 20
		t.Logf("%v: %d MiB allocated in %v", layers, grown, took)
		if grown > 64 {
			t.Errorf("%v: %d MiB allocated", layers, grown)
		}
	}
}

func TestSizes(t *testing.T) {
	noise := make([]byte, 300<<10)
	random := rand.New(rand.NewPCG(1, 2))
	for i := range noise {
		noise[i] = 'a' + byte(random.UintN(26))
	}
	var encoding string
	var body []byte
	var length string
	limits := Limits{Wire: 200 << 10, Decoded: 100 << 10}
	server, f := serve(t, Options{Limits: limits}, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Encoding", encoding)
		w.Header().Set("Content-Type", "text/plain")
		if length != "" {
			w.Header().Set("Content-Length", length)
		}
		w.(http.Flusher).Flush()
		w.Write(body)
	})
	get := func() (*Response, error) { return f.Get(t.Context(), Request{URL: server.URL, Inside: true}) }
	body = noise[:100<<10]
	if r, err := get(); err != nil || len(r.Body) != 100<<10 {
		t.Errorf("exactly the limit: %v", err)
	}
	body = noise[:100<<10+1]
	_, err := get()
	wantCode(t, "a byte more", err, archivist.TooLarge)
	encoding, body = "gzip", pack(noise[:150<<10], "gzip")
	_, err = get()
	wantCode(t, "too large unpacked", err, archivist.TooLarge)
	body = pack(noise, "deflate")
	encoding = "gzip"                                                           // not even looked at: the wire's limit would come first
	body = append(pack(nil, "gzip"), bytes.Repeat(pack(nil, "gzip"), 20000)...) // 460 KB of empty members
	_, err = get()
	wantCode(t, "much on the wire for nothing", err, archivist.TooLarge)
	encoding, body, length = "", []byte(page), "1000000000000"
	_, err = get()
	wantCode(t, "a huge length", err, archivist.TooLarge)
	if want := "too_large: longer than 0 MiB"; err.Error() != want {
		t.Errorf("error %q, want %q", err, want)
	}
}

// raw serves whatever write puts on the connection in answer to each request but robots.txt.
func raw(t *testing.T, write func(net.Conn)) (address string) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go answerRaw(conn, write)
		}
	}()
	return listener.Addr().String()
}

func TestLies(t *testing.T) {
	for what, c := range map[string]struct {
		answer string
		want   archivist.Code
	}{
		"short body":          {"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + page, archivist.Network},
		"cut chunk":           {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n100\r\n" + page, archivist.Network},
		"cut gzip":            {"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 500\r\n\r\n" + string(pack([]byte(page), "gzip")[:30]), archivist.Network},
		"body too long":       {fmt.Sprintf("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%sxxxxx", len(page), page), ""},
		"no HTTP":             {"SSH-2.0-OpenSSH_9.6\r\n", archivist.Network},
		"nothing":             {"", archivist.Network},
		"endless header":      {"HTTP/1.1 200 OK\r\n" + strings.Repeat("X-Filler: "+strings.Repeat("x", 1000)+"\r\n", 100), archivist.Network},
		"one long header":     {"HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", 1<<20), archivist.Network},
		"five informational":  {strings.Repeat("HTTP/1.1 103 Early Hints\r\n\r\n", 5) + "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nsome text", ""},
		"1xx flood":           {strings.Repeat("HTTP/1.1 103 Early Hints\r\n\r\n", 10000), archivist.TooLarge},
		"two lengths":         {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello", archivist.Network},
		"PDF called HTML":     {"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 20\r\n\r\n%PDF-1.7 some binary", archivist.WrongType},
		"HTML called PDF":     {fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\nContent-Length: %d\r\n\r\n%s", len(page), page), ""},
		"a film, announced":   {"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nContent-Length: 9000000000\r\n\r\n", archivist.WrongType},
		"odd redirect":        {"HTTP/1.1 302 Found\r\nLocation: http://[::1\r\nContent-Length: 0\r\n\r\n", archivist.BadURL},
		"Latin-1 in Location": {"HTTP/1.1 302 Found\r\nLocation: http://caf\xe9.example/\r\nContent-Length: 0\r\n\r\n", archivist.BadURL},
	} {
		address := raw(t, func(conn net.Conn) { io.WriteString(conn, c.answer) })
		f := newFetcher(t, Options{Allow: []string{address}})
		_, err := f.Get(t.Context(), Request{URL: "http://" + address, Inside: true})
		if c.want == "" && err != nil {
			t.Errorf("%s: %v", what, err)
		} else if c.want != "" {
			wantCode(t, what, err, c.want)
		}
	}
}

func TestEndlessBody(t *testing.T) {
	address := raw(t, func(conn net.Conn) {
		io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n")
		line := bytes.Repeat([]byte("never ending story "), 1000)
		for {
			if _, err := conn.Write(line); err != nil {
				return
			}
		}
	})
	f := newFetcher(t, Options{Allow: []string{address}})
	_, err := f.Get(t.Context(), Request{URL: "http://" + address, Inside: true})
	wantCode(t, "endless", err, archivist.TooLarge)
}

func FuzzDecode(f *testing.F) {
	for _, name := range []string{"gzip", "br", "zstd", "deflate", "raw deflate"} {
		f.Add(pack([]byte(page), name), strings.TrimPrefix(name, "raw "))
	}
	f.Add(pack([]byte(page), "gzip", "br"), "gzip,br")
	f.Add([]byte{0x28, 0xb5, 0x2f, 0xfd, 0, 21 << 3, 1, 0, 0}, "zstd")
	f.Fuzz(func(t *testing.T, body []byte, header string) {
		layers, err := encodings([]string{header})
		if err == nil {
			limits := Limits{Wire: 64 << 10, Decoded: 32 << 10}.orDefault()
			check := func(head []byte) (int64, error) {
				if len(head) > sniffedBytes {
					t.Errorf("%d bytes to look at", len(head))
				}
				return limits.Decoded, nil
			}
			body, err = readBody(&wire{r: bytes.NewReader(body)}, layers, limits, check, false)
			if int64(len(body)) > limits.Decoded {
				t.Errorf("%d bytes", len(body))
			}
		}
		var failure *archivist.Failure
		if err != nil && (!errors.As(err, &failure) || failure.Code != archivist.BadEncoding && failure.Code != archivist.TooLarge) {
			t.Errorf("%v", err)
		}
	})
}
