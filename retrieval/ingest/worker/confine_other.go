//go:build !linux

package worker

// confine: other systems have no such limits, or others; the worker watches its own memory and time everywhere.
func confine() error { return nil }

// resident is how many bytes of memory a process has, 0 where that is not told.
func resident(int) int64 { return 0 }
