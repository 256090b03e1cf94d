//go:build !unix

package extract

import "time"

var began = time.Now()

// spent is the time since the tests began, where the processor's own is not to be had.
func spent() time.Duration { return time.Since(began) }
