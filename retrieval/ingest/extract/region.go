package extract

import "golang.org/x/net/html"

// region is our own choice: the words of long, link-poor blocks count for their parent (1), its parent (.7) and its parent's (.4); the
// best element's blocks that are no links are it.
func region(blocks []*block) votes {
	score := map[*html.Node]float64{}
	var best *html.Node
	for _, b := range blocks {
		if b.words < long || b.isLink() {
			continue
		}
		share := []float64{1, .7, .4}
		n := b.parent
		if n != nil && (n.Data == "p" || n.Data == "li" || n.Data == "tr") && n.Parent != nil {
			n = n.Parent
		}
		for _, part := range share {
			if n == nil {
				break
			}
			if score[n] += part * float64(b.words-b.linkWords); best == nil || score[n] > score[best] {
				best = n
			}
			n = n.Parent
		}
	}
	chosen := make(votes, len(blocks))
	for i, b := range blocks {
		chosen[i] = best != nil && !b.isLink() && within(b.parent, best)
	}
	return chosen
}

func within(n, ancestor *html.Node) bool {
	for ; n != nil; n = n.Parent {
		if n == ancestor {
			return true
		}
	}
	return false
}
