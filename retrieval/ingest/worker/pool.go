package worker

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os/exec"
	"time"

	"archivist"
	"archivist/retrieval/ingest/extract"
)

// Options of a Pool. Zero numbers take the defaults named here.
type Options struct {
	Command []string  // the program, the name that it is called by, and its arguments: what calls Confine and Serve
	Size    int       // workers at the same time; 0: 1
	Stderr  io.Writer // what the workers and the libraries in them print; written by several goroutines at a time unless it is a file
	Logger  *slog.Logger

	// Limits on processor time, where the system tells it, and on five times as much by the clock: a machine with much to do loses no page by
	// that, and what hangs is ended. Elsewhere they are by the clock.
	PageTime time.Duration // 2 s: what one page may take
	PDFTime  time.Duration // 20 s: what one PDF may take

	Memory int64         // 300 MiB: the most that a worker may have resident
	Pages  int           // 200: after so many a worker is replaced, as libraries may leak
	Age    time.Duration // 15 min: likewise
}

// A Pool is the workers of a process. Its methods may be called by many goroutines.
type Pool struct {
	o     Options
	slots chan *process // one for each worker that may be; nil: it is not running
}

// NewPool returns a pool that starts its workers when they are needed.
func NewPool(o Options) *Pool {
	o.Size = max(o.Size, 1)
	if o.PageTime == 0 {
		o.PageTime = 2 * time.Second
	}
	if o.PDFTime == 0 {
		o.PDFTime = 20 * time.Second
	}
	if o.Memory == 0 {
		o.Memory = mostMemory
	}
	if o.Pages == 0 {
		o.Pages = 200
	}
	if o.Age == 0 {
		o.Age = 15 * time.Minute
	}
	if o.Stderr == nil {
		o.Stderr = io.Discard
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	p := &Pool{o: o, slots: make(chan *process, o.Size)}
	for range o.Size {
		p.slots <- nil
	}
	return p
}

// Extract has a worker read an HTML page. Errors are those of extract.HTML, TooComplex where the worker had to be killed, ctx's, and others
// where no worker can be started.
func (p *Pool) Extract(ctx context.Context, in extract.Input) (extract.Result, error) {
	return p.Do(ctx, TaskPage, in, p.o.PageTime)
}

// ExtractPDF has a worker read a PDF. Errors are those of the task, and those of Extract.
func (p *Pool) ExtractPDF(ctx context.Context, in extract.Input) (extract.Result, error) {
	return p.Do(ctx, TaskPDF, in, p.o.PDFTime)
}

// Do has a worker do a task within limit. It waits for a worker that is free.
func (p *Pool) Do(ctx context.Context, task Task, in extract.Input, limit time.Duration) (extract.Result, error) {
	var w *process
	select {
	case w = <-p.slots:
	case <-ctx.Done():
		return extract.Result{}, ctx.Err()
	}
	defer func() { p.slots <- w }()
	if w != nil && (w.pages >= p.o.Pages || time.Since(w.began) >= p.o.Age) {
		w.end()
		w = nil
	}
	if w == nil {
		var err error
		if w, err = p.start(); err != nil {
			return extract.Result{}, fmt.Errorf("start a worker: %w", err)
		}
	}
	a, err := p.ask(ctx, w, request{task, in, limit})
	if err != nil {
		w.kill()
		w = nil
		if ctx.Err() != nil {
			return extract.Result{}, ctx.Err()
		}
		p.o.Logger.Warn("a page ended its reader", "url", in.URL, "error", err)
		return extract.Result{}, &archivist.Failure{Code: archivist.TooComplex, Detail: "the page took too long or too much memory to read", Err: err}
	}
	return a.result()
}

// Close ends the workers, after the pages that they are at.
func (p *Pool) Close() {
	for range p.o.Size {
		if w := <-p.slots; w != nil {
			w.end()
		}
	}
	for range p.o.Size {
		p.slots <- nil
	}
}

// A process is one worker.
type process struct {
	command *exec.Cmd
	in      io.WriteCloser
	out     io.ReadCloser
	began   time.Time
	pages   int
}

func (p *Pool) start() (*process, error) {
	command := &exec.Cmd{Path: p.o.Command[0], Args: p.o.Command[1:], Env: []string{}, Stderr: p.o.Stderr}
	in, err := command.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	return &process{command: command, in: in, out: out, began: time.Now()}, command.Start()
}

// ask gives a worker a request and waits for its answer. After an error the worker must be killed.
func (p *Pool) ask(ctx context.Context, w *process, r request) (a answer, err error) {
	w.pages++
	done := make(chan error, 1)
	go func() { // ends at the latest when the worker is killed, which closes its pipes
		err := writeFrame(w.in, r)
		if err == nil {
			err = readFrame(w.out, &a)
		}
		done <- err
	}()
	began, used := time.Now(), processorTime(w.command.Process.Pid)
	look := time.NewTicker(lookAtWorker)
	defer look.Stop()
	for {
		select {
		case err := <-done:
			return a, err
		case <-ctx.Done():
			err = ctx.Err()
		case <-look.C:
			pid, passed := w.command.Process.Pid, time.Since(began)
			if size := resident(pid); size > p.o.Memory {
				err = fmt.Errorf("%d MiB of memory", size>>20)
			} else if now := processorTime(pid); passed > r.Limit && (now == 0 || now-used > r.Limit || passed > patience*r.Limit) {
				err = fmt.Errorf("more than %s", r.Limit)
			}
		}
		if err != nil {
			w.kill()
			<-done
			return answer{}, err
		}
	}
}

// kill ends a worker at once. A second time does nothing.
func (w *process) kill() {
	_ = w.command.Process.Kill() // it may have ended by itself
	_ = w.command.Wait()         // how it ended does not matter: that the page failed is told
}

// end lets a worker end, which it does when its input does; it has nothing to do.
func (w *process) end() {
	late := time.AfterFunc(time.Second, func() { _ = w.command.Process.Kill() })
	defer late.Stop()
	_ = w.in.Close()
	_ = w.command.Wait()
}
