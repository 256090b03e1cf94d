package index

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
)

// everything scores all living passages that allow lets in, exactly, and sorts them all: what Top must give, to the last bit.
func everything(s *Snapshot, q Query, k int, allow func(int64) bool) []Hit {
	var l lookup
	l.prepare(s, q)
	hits := []Hit{}
	for i, v := range s.parts {
		sums := [fields][]float64{make([]float64, v.passages()), make([]float64, v.articles()), make([]float64, v.articles())}
		holds := make([]uint64, v.articles())
		for t := range l.terms {
			for f := range fields {
				if number := l.terms[t].numbers[i]; number >= 0 && l.terms[t].weight[f] > 0 {
					for _, posting := range v.list(f, uint32(number)) {
						sums[f][posting>>8] += l.value(&l.terms[t], f, posting&0xff)
						if f == inArticle {
							holds[posting>>8] |= 1 << l.terms[t].place
						}
					}
				}
			}
		}
		for p := range uint32(v.passages()) {
			a := v.owner[p]
			h := Hit{
				Article: v.ids[a], Passage: int(p - v.firsts[a]), Extent: v.extent(p), Day: v.days[a],
				InPassage: sums[inPassage][p], InTitle: sums[inTitle][a], InArticle: sums[inArticle][a],
			}
			h.Score, h.Holds = h.InPassage+h.InTitle+h.InArticle, holds[a]
			if h.Score > 0 && !v.isDead(a) && (allow == nil || allow(h.Article)) {
				hits = append(hits, h)
			}
		}
	}
	slices.SortFunc(hits, better)
	return hits[:min(k, len(hits))]
}

// spread is the distance between the numbers of terms in use: some share their last ten bits.
const spread = 16

// shelf makes a snapshot of parts with so many articles each. A third of the passages are alike, so that many scores tie; the others go to
// the extremes of length and tf.
func shelf(t testing.TB, chance *rand.Rand, sizes ...int) *Snapshot {
	s, id := &Snapshot{}, int64(0)
	for _, articles := range sizes {
		b := newChunk(4)
		for i := range uint32(spread * 200) {
			b.number([]byte(spell(i)))
		}
		word := func() uint32 { return spread * (uint32(chance.ExpFloat64()*30) % 200) }
		for range articles {
			id++
			title := make([]uint32, chance.IntN(4))
			for i := range title {
				title[i] = word()
			}
			b.article(id, int32(chance.IntN(5)), "en", title)
			for place := range chance.IntN(12) {
				words := []uint32{spread << 8, 2 * spread << 8, 3 * spread << 8}
				switch chance.IntN(30) {
				case 0:
					words = words[:0]
				case 1:
					words = make([]uint32, 100+chance.IntN(150))
				default:
					if chance.IntN(3) > 0 {
						words = make([]uint32, 1+chance.IntN(20))
					}
				}
				if len(words) != 3 {
					for i := range words {
						words[i] = word() << 8
					}
				}
				b.passage(Extent{place, 0, place, 9}, words)
			}
			b.close()
		}
		p := inverted(t, b)
		s.parts = append(s.parts, view{part: p})
	}
	return recounted(s)
}

// inverted makes a part of a chunk.
func inverted(t testing.TB, c *chunk) *part {
	p, err := assemble([]*chunk{c})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// recounted sums up the statistics, as Apply does.
func recounted(s *Snapshot) *Snapshot {
	s.stats = totals{}
	for _, v := range s.parts {
		s.stats.add(v.totals(), 1)
		s.stats.add(v.lost, -1)
	}
	return s
}

// thinned is a snapshot without a share of its articles.
func thinned(s *Snapshot, chance *rand.Rand, share float64) *Snapshot {
	gone := map[int64]int{}
	next := &Snapshot{}
	for _, v := range s.parts {
		for _, id := range v.ids {
			if chance.Float64() < share {
				gone[id] = 0
			}
		}
		next.parts = append(next.parts, v.without(gone))
	}
	return recounted(next)
}

func manyTerms(chance *rand.Rand, n int) (terms []string) {
	for range n {
		terms = append(terms, spell(spread*uint32(chance.IntN(210)))) // some that nothing has
	}
	return terms
}

// TestTopIsExact wants the hits and scores of everything: in one part and in several, across the border of a window, with dead articles, a
// filter, one term to more than count, few results and more than there are.
func TestTopIsExact(t *testing.T) {
	for _, sizes := range [][]int{{1}, {30}, {2000}, {900, 70, 20, 3}, {14000, 100}} {
		t.Run(fmt.Sprint(sizes), func(t *testing.T) {
			t.Parallel()
			chance := rand.New(rand.NewPCG(5, uint64(sizes[0])))
			whole := shelf(t, chance, sizes...)
			if sizes[0] == 14000 && whole.parts[0].passages() < window {
				t.Fatalf("%d passages do not fill a window", whole.parts[0].passages())
			}
			for _, s := range []*Snapshot{whole, thinned(whole, chance, .3)} {
				for range 40 {
					weights := []Weights{FirstStage, Plain, {Title: BM25{Weight: 1, K1: 1, B: 1}}, {Article: BM25{Weight: 9}}}[chance.IntN(4)]
					q := Query{manyTerms(chance, []int{1, 2, 10, 64, 120}[chance.IntN(5)]), weights}
					k := []int{1, 10, 150, 1000, 1e6}[chance.IntN(5)]
					asked := map[int64]int{}
					var allow func(int64) bool
					if remainder := chance.Int64N(6); remainder > 0 {
						allow = func(id int64) bool { return id%6 == remainder }
					}
					counting := allow
					if allow != nil {
						counting = func(id int64) bool { asked[id]++; return allow(id) }
					}
					got, want := s.Top(q, k, counting), everything(s, q, k, allow)
					if !slices.Equal(got, want) {
						t.Fatalf("%v, k %d: %d hits, want %d; first difference at %d", q, k, len(got), len(want), difference(got, want))
					}
					for id, times := range asked {
						if times > 1 {
							t.Fatalf("allow was asked %d times about article %d", times, id)
						}
					}
				}
			}
		})
	}
}

func difference(a, b []Hit) int {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return i
		}
	}
	return min(len(a), len(b))
}

// TestTopIsShared has many readers of two snapshots at once, which lend each other their memory.
func TestTopIsShared(t *testing.T) {
	chance := rand.New(rand.NewPCG(6, 6))
	shelves := []*Snapshot{shelf(t, chance, 500, 20), shelf(t, chance, 40)}
	var group sync.WaitGroup
	for reader := range uint64(8) {
		group.Go(func() {
			chance := rand.New(rand.NewPCG(reader, 1))
			for range 30 {
				s, q := shelves[chance.IntN(2)], Query{manyTerms(chance, 5), FirstStage}
				if got, want := s.Top(q, 20, nil), everything(s, q, 20, nil); !slices.Equal(got, want) {
					t.Errorf("%v: hits differ at %d", q.Terms, difference(got, want))
				}
			}
		})
	}
	group.Wait()
}

// TestTopAfterPanic wants a filter that fails to spoil no later question.
func TestTopAfterPanic(t *testing.T) {
	s := shelf(t, rand.New(rand.NewPCG(8, 8)), 300)
	q := Query{[]string{"w16", "w80"}, FirstStage}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic of allow did not come through")
			}
		}()
		s.Top(q, 5, func(int64) bool { panic("no") })
	}()
	for range 5 {
		if got, want := s.Top(q, 5, nil), everything(s, q, 5, nil); !slices.Equal(got, want) {
			t.Fatalf("hits differ at %d", difference(got, want))
		}
	}
}

// TestSumsFit wants the greatest possible sum to leave the highest bit free, with as many terms as count and three fields each.
func TestSumsFit(t *testing.T) {
	var all []uint32
	for i := range uint32(maxQueryTerms) {
		all = append(all, i, i, i, i)
	}
	b := newChunk(4)
	for i := range maxQueryTerms {
		b.number([]byte(spell(uint32(i))))
	}
	b.article(1, 0, "en", all)
	words := make([]uint32, len(all))
	for i, word := range all {
		words[i] = word << 8
	}
	b.passage(Extent{}, words)
	b.close()
	p := inverted(t, b)
	s := recounted(&Snapshot{parts: []view{{part: p}}})
	var q Query
	for i := range maxQueryTerms {
		q.Terms = append(q.Terms, spell(uint32(i)))
	}
	q.Weights = Weights{BM25{Weight: 5}, BM25{Weight: .1}, BM25{Weight: 3}} // without K1 every gain is 1, the most there is
	var r search
	r.prepare(s, q)
	r.quantize()
	r.begin(1, nil)
	r.sumArticles(0, &s.parts[0])
	add(&r.sums, &r.open(0, &s.parts[0], inPassage)[0], 1)
	most := 0
	for i := range r.terms {
		for f := range fields {
			most += int(slices.Max(r.tables[i][f][:]))
		}
	}
	if most >= 1<<15 || most < full {
		t.Errorf("impacts add up to %d, want %d to %d", most, full, 1<<15-1)
	}
	if got, want := s.Top(q, 1, nil), everything(s, q, 1, nil); !slices.Equal(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
}

// TestAdd wants a cursor to stop at the end of a window, whatever the codes there.
func TestAdd(t *testing.T) {
	var impact [256]uint16
	impact[0], impact[9], impact[255] = 1, 5, 30
	for _, test := range []struct {
		list      []uint32
		end       uint32
		taken     int
		at0, last uint16 // the sums of the first and of the last passage
	}{
		{nil, 1, 0, 0, 0},
		{[]uint32{9, window << 8}, window, 1, 5, 0},
		{[]uint32{9, 1<<8 | 9, 2<<8 | 9, 3<<8 | 9, (window-1)<<8 | 255, window << 8, window<<8 | 9}, window, 5, 5, 30},
		{[]uint32{9, 1<<8 | 9, 2<<8 | 9, window << 8, window<<8 | 9}, window, 3, 5, 0},
		{[]uint32{(maxOrdinal - window + 1) << 8, maxOrdinal<<8 | 255}, maxOrdinal + 1, 2, 1, 30},
	} {
		var sums [window]uint16
		c := cursor{test.list, &impact}
		taken := add(&sums, &c, test.end)
		if len(taken) != test.taken || len(c.list) != len(test.list)-test.taken || sums[0] != test.at0 || sums[window-1] != test.last {
			t.Errorf("%v until %d: took %d, left %d, sums %d … %d, want %+v", test.list, test.end, len(taken), len(c.list), sums[0], sums[window-1], test)
		}
	}
}

func TestKth(t *testing.T) {
	chance := rand.New(rand.NewPCG(9, 9))
	for range 300 {
		sums := make([]uint16, 1+chance.IntN(500))
		for i := range sums {
			sums[i] = uint16(chance.IntN(1 << (1 + chance.IntN(15))))
		}
		sorted := slices.Clone(sums)
		slices.Sort(sorted)
		k := 1 + chance.IntN(len(sums))
		if got, want := kth(k, sums), sorted[len(sorted)-k]; got != want {
			t.Fatalf("kth(%d) of %v is %d, want %d", k, sums, got, want)
		}
	}
}

func TestFound(t *testing.T) {
	for at := range row {
		var sums [row]uint16
		for i := range sums {
			sums[i] = 99
		}
		sums[at] = 100
		sums[(at+7)%row] = 1<<15 - 1
		if got, want := found(&sums, (1<<15-100)*lanes), uint64(1)<<at|1<<((at+7)%row); got != want {
			t.Errorf("a sum at %d and one after it: %b, want %b", at, got, want)
		}
	}
}

func TestAtMost(t *testing.T) {
	for _, test := range []struct {
		list       []uint32
		keys, want [4]uint32
	}{
		{nil, [4]uint32{1, 2, 3, 4}, [4]uint32{none, none, none, none}},
		{[]uint32{5}, [4]uint32{1, 5, 6, 9}, [4]uint32{5, 5, 5, 5}},
		{[]uint32{5, 7, 9, 1<<32 - 2}, [4]uint32{4, 7, 8, 1<<32 - 1}, [4]uint32{5, 7, 7, 1<<32 - 2}},
		{[]uint32{1, 2, 3, 4, 5, 6, 7}, [4]uint32{1, 3, 6, 7}, [4]uint32{1, 3, 6, 7}},
	} {
		if got := atMost(test.list, &test.keys); got != test.want {
			t.Errorf("atMost(%v, %v) is %v, want %v", test.list, test.keys, got, test.want)
		}
	}
}
