package index

// kth is the k-th greatest of sums below 2^15, 1 ≤ k ≤ len(sums). It counts them by their high byte, then those of one high byte by their
// low bits: two looks at each, and no branch that depends on them.
func kth(k int, sums []uint16) uint16 {
	const low = 7
	var counts [1 << (15 - low)]int32
	for _, sum := range sums {
		counts[uint8(sum>>low)]++
	}
	high := len(counts) - 1
	for ; k > int(counts[high]); high-- {
		k -= int(counts[high])
	}
	var rest [1 << low]int32
	for _, sum := range sums {
		if int(sum>>low) == high {
			rest[sum%(1<<low)]++
		}
	}
	lowest := len(rest) - 1
	for ; k > int(rest[lowest]); lowest-- {
		k -= int(rest[lowest])
	}
	return uint16(high<<low | lowest)
}
