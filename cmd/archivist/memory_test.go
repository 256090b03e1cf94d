package main

import (
	"errors"
	"math"
	"testing"

	"github.com/KimMachineGun/automemlimit/memlimit"
)

func TestLibrariesBudget(t *testing.T) {
	c := defaults()
	c.Memory.Libraries = 100
	if got := c.librariesBudget(); got != 100<<20 {
		t.Errorf("100 MiB are %d bytes", got)
	}
	c.Memory.Libraries = 0
	if got := c.librariesBudget(); got < leastMemory || got > 1<<50 {
		t.Errorf("a quarter of this machine is %d bytes", got)
	}
	none := func() (uint64, error) { return 0, errors.New("no control groups here") }
	for _, test := range []struct {
		machine, group memlimit.Provider
		want           int64
	}{
		{memlimit.Limit(8 << 30), none, 8 << 30},
		{memlimit.Limit(8 << 30), memlimit.Limit(1 << 30), 1 << 30},
		{memlimit.Limit(8 << 30), memlimit.Limit(64 << 30), 8 << 30},
		{memlimit.Limit(8 << 30), memlimit.Limit(math.MaxUint64), 8 << 30}, // no limit
		{none, none, unknownMemory},
	} {
		if got := usableMemory(test.machine, test.group); got != test.want {
			t.Errorf("%d bytes, want %d", got, test.want)
		}
	}
}
