// Package worker has pages read by a process of its own, since the libraries that read them cannot be stopped: a page that makes one loop,
// grow or break costs that page alone. The process is the same binary (archivist extract --worker); it has no network, no store, no
// secrets (its environment is empty) and bounds on memory, time, files.
//
// A Pool is the parent's side: it starts workers, gives each one page at a time, kills what takes too long or too much, and starts
// another. Serve is the worker's side. Between them go frames on the worker's standard input and output:
//
//	┌──────────────┬──────────────────────────────┐
//	│ length       │ a request or an answer (gob) │
//	│ 4 bytes, big │                              │
//	└──────────────┴──────────────────────────────┘
//
// Each frame has an encoder of its own, so that one can be read without those before it.
package worker

import (
	"bytes"
	"encoding/binary"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"time"

	"archivist"
	"archivist/retrieval/ingest/extract"
)

// A Task is a way to read what was fetched.
type Task string

// The tasks.
const (
	TaskPage Task = "page" // reads an HTML page
	TaskPDF  Task = "pdf"  // reads the text layer of a PDF
)

// Tasks is the table of what a worker can do.
type Tasks map[Task]func(extract.Input) (extract.Result, error)

// maxFrame is the most bytes of a frame: the largest document that is fetched has 20 MiB.
const maxFrame = 24 << 20

// A request is one page for a worker.
type request struct {
	Task  Task
	Input extract.Input
	Limit time.Duration // of processor time. After patience times it, and a second more, the worker ends by itself: its parent may be gone
}

// An answer is what became of it: a result, or a failure.
type answer struct {
	Result extract.Result
	Code   archivist.Code // "" for none
	Detail string
	Offer  archivist.Offer
}

// answered is a result or an error as an answer.
func answered(result extract.Result, err error) answer {
	var failure *archivist.Failure
	switch {
	case err == nil:
		return answer{Result: result}
	case errors.As(err, &failure):
		return answer{Code: failure.Code, Detail: failure.Detail, Offer: failure.Offer}
	}
	return answer{Code: archivist.CodeOf(err), Detail: err.Error()}
}

// result is an answer as a result or an error.
func (a answer) result() (extract.Result, error) {
	if a.Code != "" {
		return extract.Result{}, &archivist.Failure{Code: a.Code, Detail: a.Detail, Offer: a.Offer}
	}
	return a.Result, nil
}

func writeFrame(w io.Writer, message any) error {
	frame := bytes.NewBuffer(make([]byte, 4))
	if err := gob.NewEncoder(frame).Encode(message); err != nil {
		return err
	}
	if frame.Len()-4 > maxFrame {
		return tooLong(frame.Len() - 4)
	}
	binary.BigEndian.PutUint32(frame.Bytes(), uint32(frame.Len()-4))
	_, err := w.Write(frame.Bytes())
	return err
}

// readFrame reads a frame into message, which is a pointer. io.EOF says that there is no further one.
func readFrame(r io.Reader, message any) error {
	var length [4]byte
	if _, err := io.ReadFull(r, length[:]); err != nil {
		return err
	}
	n := binary.BigEndian.Uint32(length[:])
	if n > maxFrame {
		return tooLong(int(n))
	}
	frame := make([]byte, n)
	if _, err := io.ReadFull(r, frame); err != nil {
		return fmt.Errorf("a frame of %d bytes: %w", n, err)
	}
	return gob.NewDecoder(bytes.NewReader(frame)).Decode(message)
}

func tooLong(n int) error { return fmt.Errorf("a frame of %d bytes, more than %d", n, maxFrame) }
