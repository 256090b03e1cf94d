package fetch

import (
	"bufio"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync/atomic"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"

	"archivist"
)

const (
	maxLayers    = 2       // of Content-Encoding
	ratioFree    = 1 << 20 // unpacked bytes for which no ratio counts: a small page of one repeated line is no attack
	zstdWindow   = 8 << 20 // bytes that a zstd stream may want to look back
	sniffedBytes = 1024
)

func tooLarge(format string, args ...any) error {
	return &archivist.Failure{Code: archivist.TooLarge, Detail: fmt.Sprintf(format, args...)}
}

// limited gives an error once more than left bytes were read: an answer that is too large must not pass as one that ended.
type limited struct {
	r    io.Reader
	left int64
	err  error // what it then gives
}

func (l *limited) Read(p []byte) (int, error) {
	if l.left < 0 {
		return 0, l.err
	}
	if int64(len(p)) > l.left+1 {
		p = p[:l.left+1]
	}
	n, err := l.r.Read(p)
	if l.left -= int64(n); l.left < 0 {
		return n - 1, l.err // n >= 1: only reading takes from left
	}
	return n, err
}

// A wire counts what arrives, and remembers how it ended: an error of the network is no damage to what was packed.
type wire struct {
	r     io.Reader
	bytes atomic.Int64
	err   error
}

func (w *wire) Read(p []byte) (int, error) {
	n, err := w.r.Read(p)
	w.bytes.Add(int64(n))
	if err != nil && w.err == nil {
		w.err = err
	}
	return n, err
}

// encodings reads the Content-Encoding headers: the layers in the order in which they were put on.
func encodings(headers []string) ([]string, error) {
	var layers []string
	for name := range strings.SplitSeq(strings.Join(headers, ","), ",") {
		switch name = strings.ToLower(strings.TrimSpace(name)); name {
		case "", "identity":
		case "gzip", "x-gzip", "br", "zstd", "deflate":
			layers = append(layers, name)
		default:
			return nil, &archivist.Failure{Code: archivist.BadEncoding, Detail: "an unknown encoding"}
		}
	}
	if len(layers) > maxLayers {
		return nil, &archivist.Failure{Code: archivist.BadEncoding, Detail: "more than 2 layers of encoding"}
	}
	return layers, nil
}

// unpack takes the layers off r, the last one put on first. Each layer reads through a limit of its own, so that a bomb costs its
// limit. The function that it returns gives back what the layers hold.
func unpack(r io.Reader, layers []string, limit int64) (io.Reader, func(), error) {
	var closers []func()
	release := func() {
		for _, c := range closers {
			c()
		}
	}
	for i := len(layers) - 1; i >= 0; i-- {
		next, closer, err := layer(r, layers[i])
		if err != nil {
			release()
			return nil, nil, err
		}
		closers = append(closers, closer)
		r = &limited{r: next, left: limit, err: tooLarge("unpacks to more than %d MiB", limit>>20)}
	}
	return r, release, nil
}

func layer(r io.Reader, name string) (io.Reader, func(), error) {
	switch name {
	case "br":
		return brotli.NewReader(r), func() {}, nil
	case "zstd":
		d, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(zstdWindow))
		if err != nil {
			return nil, nil, err
		}
		return d, d.Close, nil
	case "deflate":
		// The standard says zlib, some servers send the raw stream. A zlib header says so and has a check sum.
		in := bufio.NewReader(r)
		head, err := in.Peek(2)
		if err == nil && head[0]&15 == 8 && (int(head[0])<<8|int(head[1]))%31 == 0 {
			z, err := zlib.NewReader(in)
			return z, func() {}, err
		}
		return flate.NewReader(in), func() {}, nil
	}
	g, err := gzip.NewReader(r)
	return g, func() {}, err
}

// A thrifty reader ends a body that unpacks to more than ratio times what came over the wire.
type thrifty struct {
	r     io.Reader
	wire  *wire
	ratio int64
	out   int64
}

func (t *thrifty) Read(p []byte) (int, error) {
	n, err := t.r.Read(p)
	t.out += int64(n)
	if t.out > ratioFree && t.out-ratioFree > t.ratio*t.wire.bytes.Load() {
		return 0, tooLarge("unpacks to more than %d times its size", t.ratio)
	}
	return n, err
}

// readBody reads and unpacks a body within the limits. check sees the first 1,024 bytes unpacked (all, if there are fewer) and may end
// the reading there, or tells how many bytes such a body may have. truncate gives the bytes up to that instead of an error beyond it.
func readBody(w *wire, layers []string, l Limits, check func([]byte) (decoded int64, err error), truncate bool) ([]byte, error) {
	raw := io.Reader(&limited{r: w, left: l.Wire, err: tooLarge("longer than %d MiB", l.Wire>>20)})
	unpacked, release, err := unpack(raw, layers, max(l.Wire, l.Decoded))
	if err != nil {
		return nil, w.blame(err)
	}
	defer release()
	if len(layers) > 0 {
		unpacked = &thrifty{r: unpacked, wire: w, ratio: l.Ratio}
	}
	in := bufio.NewReaderSize(unpacked, 16<<10)
	head, err := in.Peek(sniffedBytes)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, w.blame(err)
	}
	decoded, err := check(head)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(io.LimitReader(in, decoded+1))
	if err != nil {
		return nil, w.blame(err)
	}
	if int64(len(body)) > decoded {
		if body = body[:decoded]; !truncate {
			return nil, tooLarge("longer than %d MiB", decoded>>20)
		}
	}
	return body, nil
}

// blame finds out whose fault an error of reading is: a limit's (as it is), the network's, or the packing's.
func (w *wire) blame(err error) error {
	var failure *archivist.Failure
	switch {
	case errors.As(err, &failure):
		return failure
	case w.err != nil && !errors.Is(w.err, io.EOF):
		return w.err
	}
	return &archivist.Failure{Code: archivist.BadEncoding, Detail: "damaged", Err: err}
}
