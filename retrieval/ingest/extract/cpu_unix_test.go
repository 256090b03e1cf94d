//go:build unix

package extract

import (
	"syscall"
	"time"
)

// spent is the processor's time that the tests have taken so far: what a page costs does not grow with what else the machine does.
func spent() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
