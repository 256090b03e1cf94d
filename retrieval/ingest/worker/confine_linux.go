package worker

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// confine sets the limits of a worker that the system knows. The address space is the Go runtime's reservations too: at 1 GB it dies with 50 MB
// in use.
func confine() error {
	for _, limit := range []struct {
		name     string
		resource int
		most     uint64
	}{
		{"processor seconds", syscall.RLIMIT_CPU, 900},
		{"files", syscall.RLIMIT_NOFILE, 32},
		{"bytes of a file", syscall.RLIMIT_FSIZE, 0},
		{"bytes of a core", syscall.RLIMIT_CORE, 0},
		{"address space", syscall.RLIMIT_AS, mostAddresses},
	} {
		if err := syscall.Setrlimit(limit.resource, &syscall.Rlimit{Cur: limit.most, Max: limit.most}); err != nil {
			return fmt.Errorf("limit of %s: %w", limit.name, err)
		}
	}
	return nil
}

// resident is how many bytes of memory a process has, 0 where that is not told.
func resident(pid int) int64 {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/statm")
	fields := strings.Fields(string(text))
	if err != nil || len(fields) < 2 {
		return 0
	}
	pages, err := strconv.ParseInt(fields[1], 10, 64)
	if err != nil {
		return 0
	}
	return pages * int64(os.Getpagesize())
}

// tick is the unit of times in /proc: 1/100 s on every system that Go runs on (proc_pid_stat(5), sysconf(_SC_CLK_TCK)).
const tick = time.Second / 100

// processorTime is what a process has used, its own and the system's for it; 0 where that is not told.
func processorTime(pid int) time.Duration {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	_, rest, _ := strings.Cut(string(text), ") ") // behind the program's name, which is ours and has no bracket
	fields := strings.Fields(rest)
	if err != nil || len(fields) < 13 {
		return 0
	}
	own, err1 := strconv.ParseInt(fields[11], 10, 64)
	system, err2 := strconv.ParseInt(fields[12], 10, 64)
	if err1 != nil || err2 != nil {
		return 0
	}
	return time.Duration(own+system) * tick
}
