package ingest

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"archivist"
)

// TestReread: of a page that is kept, what the rules of today find takes the place of what others found, and nothing else of the article changes.
func TestReread(t *testing.T) {
	b := newBench(t, Options{})
	b.web.pages["https://example.com/bridge"] = page("The bridge", "https://example.com/bridge", "The bridge was closed.")
	b.web.pages["https://example.com/story"] = paged(1, "/story/2")
	b.web.pages["https://example.com/story/2"] = paged(2)
	reader := b.queue.handlers[archivist.JobPage].(*Pages).Reader
	reader.KeepPages = true
	read := func(address string) (archivist.Article, archivist.Page) {
		t.Helper()
		intake, err := reader.Read(t.Context(), town, address, func(archivist.Stage) {})
		if err != nil || intake.Page == nil {
			t.Fatalf("%s: %+v, %v", address, intake.Page, err)
		}
		return intake.Article, *intake.Page
	}
	article, kept := read("https://example.com/bridge")
	if _, changed, err := reader.Reread(t.Context(), article, kept); err != nil || changed {
		t.Errorf("the same rules find something else: %v, %v", changed, err)
	}
	before := article // as rules had read it that lost a paragraph
	before.Paragraphs = slices.Delete(slices.Clone(article.Paragraphs), 1, 2)
	before.URL, before.Key, before.Channels, before.AddedBy, before.Archived = "https://example.com/was", "example.com/was", []string{"5"}, "7", "https://archive.example/1"
	before.Updated = time.UnixMilli(77)
	intake, changed, err := reader.Reread(t.Context(), before, kept)
	a := intake.Article
	if err != nil || !changed || !slices.Equal(a.Paragraphs, article.Paragraphs) || intake.Check != nil || !intake.Web || !intake.Reread.Equal(before.Updated) || !reflect.DeepEqual(*intake.Page, kept) {
		t.Errorf("%v, %v: %+v", changed, err, intake)
	}
	if a.URL != before.URL || a.Key != before.Key || a.AddedBy != "7" || a.Archived != before.Archived || !slices.Equal(a.Channels, before.Channels) {
		t.Errorf("what is no text changed too: %+v", a.Head)
	}
	rich := before // of which the rules of today would leave little
	for n := range 9 {
		rich.Paragraphs = append(rich.Paragraphs, archivist.Paragraph{Text: fmt.Sprintf("Witness %d of the evening tells what the bridge was to the town.", n)})
	}
	rich.Words = 1000
	if _, _, err := reader.Reread(t.Context(), rich, kept); archivist.CodeOf(err) != archivist.Suspicious {
		t.Errorf("most of the text is gone: %v", err)
	}
	if _, _, err := reader.Reread(t.Context(), archivist.Article{}, archivist.Page{URL: "https://example.com/", Body: []byte("<html></html>")}); archivist.CodeOf(err) != archivist.EmptyPage {
		t.Errorf("a page without words: %v", err)
	}
	article, kept = read("https://example.com/story")
	if _, _, err := reader.Reread(t.Context(), article, kept); archivist.CodeOf(err) != archivist.InvalidArgument {
		t.Errorf("the first page of several: %v", err)
	}
}
