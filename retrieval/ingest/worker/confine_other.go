//go:build !linux

package worker

import "time"

// confine: other systems have no such limits, or others; the worker watches its own memory and time everywhere.
func confine() error { return nil }

// resident is how many bytes of memory a process has, 0 where that is not told.
func resident(int) int64 { return 0 }

// processorTime is what a process has used, 0 where that is not told.
func processorTime(int) time.Duration { return 0 }
