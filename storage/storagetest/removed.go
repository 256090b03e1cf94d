package storagetest

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"archivist"

	"github.com/google/go-cmp/cmp"
)

// segmentsOf makes segments for articles to be put back with.
func segmentsOf(ids ...archivist.ArticleID) map[archivist.ArticleID][]byte {
	segments := map[archivist.ArticleID][]byte{}
	for _, id := range ids {
		segments[id] = fmt.Appendf(nil, "segment of %d, again", id)
	}
	return segments
}

func removeAll(t *testing.T, s Store, ids ...archivist.ArticleID) archivist.Removal {
	t.Helper()
	done, err := s.RemoveArticles(t.Context(), town, ids, archivist.Act{Actor: "7", Verb: "article.remove", Target: "example.com"})
	if err != nil {
		t.Fatal(err)
	}
	return done
}

// restore: number, text, links, page, former keys and channels of an article survive its removal.
func restore(t *testing.T, s Store) {
	ctx := t.Context()
	in := put("bridge", "It was closed on 4 March.")
	in.Links = []string{"example.com/posted"}
	in.Article.Channels = []string{"11", "22"}
	in.Page = &archivist.Page{URL: in.Article.URL, ContentType: "text/html", ETag: `"x"`, Fetched: time.UnixMilli(77).UTC(), Body: []byte("<html>\x00\xff")}
	in.Print, in.Check = 77, &archivist.Check{URL: in.Article.URL, Due: time.UnixMilli(99).UTC()}
	id := must(t, s, town, archivist.Added, in)[0].ID
	in.Article.Paragraphs[1].Text, in.Hash[0], in.Compared = "It was closed on 5 March.", 'x', []archivist.ArticleID{id}
	must(t, s, town, archivist.Updated, in) // so that it has a former text
	second := must(t, s, town, archivist.Added, put("second", "two"))[0].ID
	before, err := s.Article(ctx, town, id)
	if err != nil {
		t.Fatal(err)
	}
	done := removeAll(t, s, id, second, 99)
	if done.Articles != 2 || done.ID != 1 {
		t.Errorf("removed %+v", done)
	}
	if list, err := s.Removed(ctx, town, archivist.View{}, 0, 10); err != nil || len(list) != 1 || list[0].ID != second || list[0].Removal != done.ID || time.Since(list[0].At) > time.Minute {
		t.Errorf("listed for all: %+v, %v", list, err)
	}
	list, err := s.Removed(ctx, town, archivist.View{Channel: "22"}, 1, 10)
	if err != nil || len(list) != 1 || cmp.Diff(before.Head, list[0].Head) != "" {
		t.Errorf("the second that the channel sees: %+v, %v", list, err)
	}
	kept, err := s.RemovedArticles(ctx, town, archivist.Pick{Removal: done.ID})
	if err != nil || len(kept) != 2 || cmp.Diff(before, kept[0]) != "" {
		t.Errorf("kept: %+v, %v", kept, err)
	}
	version := version(t, s, town)
	back, err := s.RestoreArticles(ctx, town, segmentsOf(id, second), archivist.Act{Actor: "8", Verb: "article.restore", Target: "1"})
	if err != nil || back != (archivist.Removal{Articles: 2, Version: version + 1}) {
		t.Errorf("restored: %+v, %v", back, err)
	}
	after, err := s.Article(ctx, town, id)
	if diff := cmp.Diff(before, after); err != nil || diff != "" {
		t.Errorf("%v, after (-want +got):\n%s", err, diff)
	}
	if byKey, err := s.ArticleByKey(ctx, town, "example.com/posted"); err != nil || byKey.ID != id {
		t.Errorf("by its link: %+v, %v", byKey.Head, err)
	}
	if page, err := s.Page(ctx, town, id); err != nil || cmp.Diff(*in.Page, page) != "" {
		t.Errorf("page: %+v, %v", page, err)
	}
	if printed, err := s.Printed(ctx, town, []archivist.ParagraphHash{77}); err != nil || !slices.Contains(printed[77], id) {
		t.Errorf("by its print: %v, %v", printed, err)
	}
	if check, err := s.NextCheck(ctx, town, id); err != nil || check.URL != in.Article.URL {
		t.Errorf("its page is looked at: %+v, %v", check, err)
	}
	if _, err := s.NextCheck(ctx, town, second); !errors.Is(err, archivist.ErrNotFound) {
		t.Errorf("a page is looked at for what had none: %v", err)
	}
	rows, err := s.Segments(ctx, town, version)
	if err != nil || len(rows.Rows) != 2 || string(rows.Rows[0].Bytes) != "segment of 1, again" || len(rows.Private[id]) != 2 {
		t.Errorf("segments: %+v, %v", rows, err)
	}
	must(t, s, town, archivist.Unchanged, in) // its hash is there too
	if list, err := s.Removed(ctx, town, archivist.Everything, 0, 10); err != nil || len(list) != 0 {
		t.Errorf("still listed: %+v, %v", list, err)
	}
	if again := removeAll(t, s, id); again.ID != 2 { // and it can be removed once more
		t.Errorf("removed again: %+v", again)
	}
	if gone, err := s.Forget(ctx, town, "cli", "hash"); err != nil || gone[archivist.KeptArticle] != 1 { // of the one that is there
		t.Errorf("forgotten: %v, %v", gone, err)
	}
	one, err := s.RemovedArticles(ctx, town, archivist.Pick{Article: id})
	if err != nil || one[0].AddedBy != "" {
		t.Errorf("after its adder was forgotten: %+v, %v", one, err)
	}
	entries, err := s.Audit(ctx, town, 0, 9)
	if err != nil || len(entries) != 3 || entries[1].Verb != "article.restore" || entries[1].After != "2" || entries[2].Before != "2" ||
		entries[0].Before != "About bridge https://example.com/bridge" {
		t.Errorf("audit: %+v, %v", entries, err)
	}
}

// noRestore: what is stored anew, is in the library, was never there or is forgotten stays as it is.
func noRestore(t *testing.T, s Store) {
	ctx := t.Context()
	id := must(t, s, town, archivist.Added, put("a", "one"))[0].ID
	other := must(t, s, town, archivist.Added, put("b", "two"))[0].ID
	removeAll(t, s, id)
	must(t, s, town, archivist.Added, put("a", "one, anew"))
	version0 := version(t, s, town)
	for _, ids := range [][]archivist.ArticleID{{id}, {other}, {99}, nil} {
		if _, err := s.RestoreArticles(ctx, town, segmentsOf(ids...), archivist.Act{}); !errors.Is(err, archivist.ErrNotFound) {
			t.Errorf("restored %v: %v", ids, err)
		}
	}
	if v := version(t, s, town); v != version0 {
		t.Errorf("version %d, was %d", v, version0)
	}
	if _, err := s.RemoveArticles(ctx, "elsewhere", []archivist.ArticleID{1}, archivist.Act{}); !errors.Is(err, archivist.ErrNotFound) {
		t.Errorf("of a library that is not there: %v", err)
	}
}

func auditLog(t *testing.T, s Store) {
	ctx := t.Context()
	for i := range 5 {
		act := archivist.Act{Actor: "7", Verb: "export", Target: fmt.Sprint(i), Before: "a", After: "b"}
		if err := s.Note(ctx, town, act); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Note(ctx, town, archivist.Act{}); err != nil {
		t.Fatal(err)
	}
	job := newJob("a", time.Now())
	job.Act = archivist.Act{Actor: "8", Verb: "article.refresh", Target: "#1"}
	for range 2 { // the second finds the job, and is an act as well
		if _, err := s.Enqueue(ctx, job); err != nil {
			t.Fatal(err)
		}
	}
	if last, err := s.Audit(ctx, town, 0, 2); err != nil || last[0].Act != job.Act || last[1].Act != job.Act {
		t.Errorf("acts of jobs: %+v, %v", last, err)
	}
	page, err := s.Audit(ctx, town, 3, 2)
	if err != nil || len(page) != 2 || page[0].Target != "3" || page[1].ID != 3 || page[0].Actor != "7" || page[0].After != "b" || time.Since(page[0].At) > time.Minute {
		t.Errorf("the second page: %+v, %v", page, err)
	}
}

// remade: a library that comes into being again has a version that none had before, and whoever knew the former reads all of its index.
func remade(t *testing.T, s Store) {
	for _, text := range []string{"one", "two", "three"} {
		must(t, s, town, archivist.Added, put(text, text))
	}
	must(t, s, village, archivist.Added, put("village", "text"))
	former := version(t, s, town)
	for _, library := range []archivist.LibraryID{town, village, village} { // the lower version last, and once where nothing is
		if err := s.DeleteLibrary(t.Context(), library); err != nil {
			t.Fatal(err)
		}
	}
	if segments, err := s.Segments(t.Context(), town, former); err != nil || segments.Version != 0 || len(segments.Rows) != 0 {
		t.Errorf("deleted: %+v, %v", segments, err)
	}
	if err := s.SetSetting(t.Context(), town, "locale", "de", archivist.Act{}); err != nil { // which makes it, without an article
		t.Fatal(err)
	}
	must(t, s, town, archivist.Added, put("four", "four"))
	must(t, s, town, archivist.Added, put("five", "five"))
	if now := version(t, s, town); now != former+2 {
		t.Errorf("version %d after two puts, and %d before the deletion", now, former)
	}
	for since := range former + 1 {
		segments, err := s.Segments(t.Context(), town, since)
		if err != nil || len(segments.Rows) != 2 || segments.Floor <= since {
			t.Errorf("since %d: %+v, %v; want all of the index, and a floor above", since, segments, err)
		}
	}
	if segments, err := s.Segments(t.Context(), town, former+1); err != nil || len(segments.Rows) != 1 || segments.Floor > former+1 {
		t.Errorf("since its first version: %+v, %v; want one row", segments, err)
	}
}
