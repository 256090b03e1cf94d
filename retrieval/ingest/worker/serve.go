package worker

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"time"

	"archivist"
	"archivist/retrieval/ingest/extract"
)

const (
	softMemory  = 128 << 20 // the collector works harder from here on
	maxStack    = 64 << 20
	exitTooMuch = 3 // exit code of a worker that ended itself

	lookAtWorker = 20 * time.Millisecond
	patience     = 5 // times its limit of processor time that a task may take by the clock
)

// Confine takes from this process what a worker does not need. It is called once, before Serve.
func Confine() error {
	runtime.GOMAXPROCS(1) // there are as many workers as may use processors
	debug.SetMemoryLimit(softMemory)
	debug.SetGCPercent(400) // below that there is no need to collect often: a page leaves nothing behind
	debug.SetMaxStack(maxStack)
	return confine()
}

// Serve does one request after the other until in ends, which is its parent's way to say so. It ends the whole process where a task takes
// longer than its request allows, or more memory than a worker may have: there is no other way to stop one.
func Serve(in io.Reader, out io.Writer, tasks Tasks, log *slog.Logger) error {
	go watchMemory()
	for {
		var r request
		if err := readFrame(in, &r); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		watchdog := time.AfterFunc(patience*r.Limit+time.Second, func() { os.Exit(exitTooMuch) })
		a := answered(do(tasks, r, log))
		watchdog.Stop()
		if err := writeFrame(out, a); err != nil {
			return err
		}
	}
}

// do does one request. A panic fails it alone.
func do(tasks Tasks, r request, log *slog.Logger) (result extract.Result, err error) {
	defer func() {
		if p := recover(); p != nil {
			log.Error("panic while reading a page", "url", r.Input.URL, "panic", p, "stack", string(debug.Stack()))
			err = &archivist.Failure{Code: archivist.TooComplex, Detail: "the page broke its reader"}
		}
	}()
	task := tasks[r.Task]
	if task == nil {
		return result, fmt.Errorf("no task %q", r.Task)
	}
	return task(r.Input)
}

// watchMemory ends the process when it holds more than a worker may. The parent looks too, where the system tells it.
func watchMemory() {
	sample := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	for range time.Tick(lookAtWorker) {
		metrics.Read(sample)
		if sample[0].Value.Uint64()-sample[1].Value.Uint64() > mostMemory {
			os.Exit(exitTooMuch)
		}
	}
}
