package extract

import "testing"

func TestPageNumber(t *testing.T) {
	for _, c := range []struct {
		first, address string
		want           int
	}{
		{"https://a.example/story", "https://a.example/story/2", 2},
		{"https://a.example/story/", "https://a.example/story/3/", 3},
		{"https://a.example/story/", "https://a.example/story/page/2/", 2},
		{"https://a.example/story.html", "https://a.example/story-2.html", 2},
		{"https://a.example/story.html", "https://a.example/story,page-10.html", 10},
		{"https://a.example/story", "https://a.example/story?page=2", 2},
		{"https://a.example/story?page=1", "https://a.example/story?page=2", 2},
		{"https://a.example/story?id=7", "https://a.example/story?id=7&page=2", 2},
		{"https://a.example/story/seite-1", "https://a.example/story/seite-2", 2},
		{"https://a.example/story", "https://b.example/story/2", 0},
		{"https://a.example/story-1", "https://a.example/story-2", 0},
		{"https://a.example/1", "https://a.example/2", 0},
		{"https://a.example/story1", "https://a.example/story12", 0},
		{"https://a.example/story", "https://a.example/story/1", 0},
		{"https://a.example/story", "https://a.example/story/comment-page-2", 0},
		{"https://a.example/story", "https://a.example/story/2026", 0},
		{"https://a.example/story", "https://a.example/another-story", 0},
		{"https://a.example/story", "https://a.example/story", 0},
		{"file:story.html", "file:story-2.html", 0},
	} {
		if got := PageNumber(c.first, c.address); got != c.want {
			t.Errorf("%s after %s: %d, want %d", c.address, c.first, got, c.want)
		}
	}
}
