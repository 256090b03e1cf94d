package fakediscord

import (
	"testing"
	"time"
)

// TestQuantiles by hand: of 1 to 100 ms the median is 50 ms, the 99th of a hundred 99 ms.
func TestQuantiles(t *testing.T) {
	var times []time.Duration
	for n := 100; n > 0; n-- {
		times = append(times, time.Duration(n)*time.Millisecond)
	}
	if got, want := quantiles(times), (Times{50 * time.Millisecond, 99 * time.Millisecond, 100 * time.Millisecond}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if got := quantiles(nil); got != (Times{}) {
		t.Errorf("of nothing %+v", got)
	}
}
