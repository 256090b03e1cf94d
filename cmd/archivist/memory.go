package main

import "github.com/KimMachineGun/automemlimit/memlimit"

const (
	leastMemory   = 16 << 20 // for libraries
	unknownMemory = 2 << 30  // of a machine that does not tell
)

// librariesBudget is how many bytes of libraries may be in memory: what memory.libraries says, or a quarter of what this process may use.
func (c config) librariesBudget() int64 {
	if c.Memory.Libraries > 0 {
		return int64(c.Memory.Libraries) << 20
	}
	return max(leastMemory, usableMemory(memlimit.FromSystem, memlimit.FromCgroup)/4)
}

// usableMemory is the least of what machine and control group allow, in bytes.
func usableMemory(sources ...memlimit.Provider) int64 {
	least := int64(0)
	for _, source := range sources {
		// A source that is not there, or sets no limit, is none.
		if limit, err := source(); err == nil && limit > 0 && limit < 1<<62 && (least == 0 || int64(limit) < least) {
			least = int64(limit)
		}
	}
	if least == 0 {
		return unknownMemory
	}
	return least
}
