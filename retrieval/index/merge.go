package index

import (
	"maps"
	"slices"
)

// Merge makes of consecutive changes merged segments of at most limit bytes (an article that alone is larger has one to itself), without
// the articles that later changes replace or remove. gone lists the articles that are removed by these changes and may stand in older
// ones: their tombstones have to stay.
func Merge(changes []Change, limit int) (merged [][]byte, gone []int64, err error) {
	living := map[int64]*bag{}
	size := map[int64]int{}
	removed := map[int64]bool{}
	var order []int64
	for _, c := range changes {
		if c.Kind == Gone {
			delete(living, c.Article)
			removed[c.Article] = true
			continue
		}
		bags, err := readBags(c.Bytes)
		if err != nil {
			return nil, nil, err
		}
		for _, b := range bags {
			if c.Kind == Add {
				b.id = c.Article
			}
			delete(removed, b.id)
			living[b.id] = b
			size[b.id] = len(c.Bytes)/len(bags)/2 + 64 // packed together they take about half; what this gets wrong, encodeWithin finds
			order = append(order, b.id)
		}
	}
	var group []*bag
	bytes := 0
	flush := func() error {
		if len(group) == 0 {
			return nil
		}
		segments, err := encodeWithin(group, limit)
		merged, group, bytes = append(merged, segments...), nil, 0
		return err
	}
	for _, id := range order {
		b := living[id]
		if b == nil {
			continue
		}
		delete(living, id) // an article that was replaced stands in order twice
		if bytes+size[id] > limit {
			if err := flush(); err != nil {
				return nil, nil, err
			}
		}
		group, bytes = append(group, b), bytes+size[id]
	}
	return merged, slices.Sorted(maps.Keys(removed)), flush()
}

// encodeWithin writes bags as segments of at most limit bytes, halving what is too large.
func encodeWithin(bags []*bag, limit int) ([][]byte, error) {
	segment, unpacked, err := encode(bags)
	if err != nil || len(segment) <= limit && unpacked <= maxBody || len(bags) == 1 {
		return [][]byte{segment}, err
	}
	half := len(bags) / 2
	left, err := encodeWithin(bags[:half], limit)
	if err != nil {
		return nil, err
	}
	right, err := encodeWithin(bags[half:], limit)
	return append(left, right...), err
}
