package sqlite

import (
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"

	"archivist/storage/tables"
)

// TestViewsGoOn: while views have all reading connections, somebody asks what nobody has asked before, and waits for one to prepare it on. The
// views must not wait for him.
func TestViewsGoOn(t *testing.T) {
	s := openTest(t, filepath.Join(t.TempDir(), "test.db"), Options{})
	var all, begun sync.WaitGroup
	waiting := make(chan struct{})
	for range 2 * runtime.NumCPU() {
		begun.Add(1)
		all.Go(func() {
			err := engine{s}.View(t.Context(), func(in tables.Reader) error {
				begun.Done()
				<-waiting
				_, err := in.Row(tables.Viewed[0], []any{"town"}, new(int), new(int))
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	begun.Wait()
	all.Go(func() {
		if _, err := raw(t, s).Row(`SELECT 1 AS new`, nil, new(int)); err != nil {
			t.Error(err)
		}
	})
	for deadline := time.Now().Add(10 * time.Second); s.reader.Stats().WaitCount == 0; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("nobody waits for a connection")
		}
	}
	close(waiting)
	ended := make(chan struct{})
	go func() { all.Wait(); close(ended) }()
	select {
	case <-ended:
	case <-time.After(10 * time.Second):
		t.Fatal("they wait for each other")
	}
}
