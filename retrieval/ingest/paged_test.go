package ingest

import (
	"fmt"
	"strings"
	"testing"

	"archivist"
)

// paged is page n of a story, with links to the addresses given.
func paged(n int, links ...string) string {
	var next strings.Builder
	for _, link := range links {
		fmt.Fprintf(&next, `<a rel="next" href="%s">further</a> `, link)
	}
	return fmt.Sprintf(`<html lang="en"><head><title>The long story</title></head><body><article><h1>The long story</h1>
<p>On page %d of the story the fishers went out before dawn, as they had done on every day of that long and windy year.</p>
<p>They came back %d hours later with their boats half full, and said that the lamp on the south mole had not been lit.</p></article><p>%s</p></body></html>`, n, n, next.String())
}

func TestPagedArticle(t *testing.T) {
	b := newBench(t, Options{})
	const story = "https://example.com/story"
	at := func(n int) string { return fmt.Sprintf("%s/%d", story, n) }
	b.web.pages[story] = paged(1, "https://example.com/other", at(2))
	b.web.pages[at(2)] = paged(2, at(3), "https://evil.example/story/3")
	b.web.pages[at(3)] = paged(3, story, at(2), "https://example.com/other-story")
	b.web.pages["https://example.com/other"] = paged(7)
	for n := 1; n <= 14; n++ {
		b.web.pages[fmt.Sprintf("https://example.com/endless?page=%d", n)] = paged(n, fmt.Sprintf("/endless?page=%d", n+1))
	}
	b.web.pages["https://example.com/torn"] = paged(1, "/torn/2")
	b.web.pages["https://example.com/same"] = paged(1, "/same/2")
	b.web.pages["https://example.com/same/2"] = paged(1, "/same/3")
	b.web.pages["https://example.com/same/3"] = paged(3)
	b.web.pages["https://example.com/moved"] = paged(1, "/moved/2")
	b.web.hops["https://example.com/moved/2"] = "https://example.com/other"
	reader := b.queue.handlers[archivist.JobPage].(*Pages).Reader
	for address, want := range map[string]int{story: 6, "https://example.com/endless?page=1": 20, "https://example.com/torn": 2, "https://example.com/same": 2, "https://example.com/moved": 2} {
		intake, err := reader.Read(t.Context(), town, address, func(archivist.Stage) {})
		if err != nil || len(intake.Article.Paragraphs) != want {
			t.Errorf("%s: %d paragraphs, want %d (%v)", address, len(intake.Article.Paragraphs), want, err)
		}
		if address == story && strings.Join(intake.Links, " ") != "example.com/story/2 example.com/story/3" {
			t.Errorf("links %v", intake.Links)
		}
	}
	if _, _, err := reader.again(t.Context(), town, archivist.Check{URL: "https://example.com/torn"}, func(archivist.Stage) {}); archivist.CodeOf(err) != archivist.Gone {
		t.Errorf("a refresh takes half an article: %v", err)
	}
}
