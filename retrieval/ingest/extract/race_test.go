//go:build race

package extract

// slower is how much longer things may take here: the race detector watches every access.
const slower = 15
