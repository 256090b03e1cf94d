package bench

import (
	"time"

	"golang.org/x/sys/unix"
)

// ProcessorTime is what all threads of the process have had of the processors. Other work on the machine takes nothing of it but caches.
func ProcessorTime() time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_PROCESS_CPUTIME_ID, &t); err != nil {
		return 0 // Linux has had this clock since 2.6.12
	}
	return time.Duration(t.Nano())
}
