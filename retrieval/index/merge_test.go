package index

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// TestMergesToTheBit grows libraries by random changes in batches of all sizes. One that is read from merged rows gives the same hits, the
// same scores to the last bit, and the same words with their marks.
func TestMergesToTheBit(t *testing.T) {
	for seed := range uint64(20) {
		chance := rand.New(rand.NewPCG(seed, 3))
		grown := Empty()
		var history []Change
		for range 12 {
			var batch []Change
			for range 1 + chance.IntN(30) {
				id := 1 + chance.Int64N(90)
				if chance.IntN(5) == 0 {
					batch = append(batch, Change{Kind: Gone, Article: id})
					continue
				}
				d := randomDocument(chance)
				for _, p := range d.Passages {
					for i := range p.Tokens {
						p.Tokens[i].Marks = Marks(chance.IntN(256))
					}
				}
				batch = append(batch, Change{Add, id, encoded(t, d)})
			}
			var err error
			if grown, err = grown.Apply(batch); err != nil {
				t.Fatal(err)
			}
			history = append(history, batch...)
		}
		for range 3 {
			history = mergedHistory(t, history, 1<<(8+chance.IntN(12)))
		}
		merged, err := Empty().Apply(history)
		if err != nil {
			t.Fatal(err)
		}
		for range 40 {
			q, k := randomQuery(chance), 1+chance.IntN(60)
			a, b := grown.Top(q, k, nil), merged.Top(q, k, nil)
			if !slices.Equal(a, b) {
				t.Fatalf("seed %d, %v:\n grown %+v\nmerged %+v", seed, q.Terms, a, b)
			}
			if a, b := spelled(grown, a), spelled(merged, b); a != b {
				t.Fatalf("seed %d, %v:\n grown %s\nmerged %s", seed, q.Terms, a, b)
			}
		}
	}
}

// spelled is the words of hits and titles with their marks.
func spelled(s *Snapshot, hits []Hit) (all string) {
	r := s.Read(hits, nil)
	defer r.Release()
	for i := range hits {
		for _, words := range [][]Word{r.Passages[i], r.Titles[i]} {
			for _, w := range words {
				all += fmt.Sprintf("%s/%x ", r.Text(w.Term()), w.Marks())
			}
			all += "| "
		}
	}
	return all
}

// TestUnpackingIsBounded: a segment that would be huge when unpacked is none.
func TestUnpackingIsBounded(t *testing.T) {
	huge := must(zstd.NewWriter(nil)).EncodeAll(make([]byte, maxBody+1), []byte{format, 2, 1, 2})
	if _, err := Inspect(huge); len(huge) > 1<<16 || !errors.Is(err, ErrFormat) {
		t.Errorf("%d bytes that unpack to more than %d: %v, want ErrFormat", len(huge), maxBody, err)
	}
}
