//go:build !race

package worker

const (
	mostMemory    = 300 << 20 // bytes: the worker ends
	mostAddresses = 2 << 30   // bytes of address space
)
