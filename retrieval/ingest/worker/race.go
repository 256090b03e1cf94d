//go:build race

package worker

import "math"

// The race detector wants terabytes of addresses, and several times the memory.
const (
	mostMemory    = 3 << 30
	mostAddresses = math.MaxUint64
)
