//go:build !race

package extract

// slower is how much longer things may take here.
const slower = 1
