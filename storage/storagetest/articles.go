package storagetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"archivist"

	"github.com/google/go-cmp/cmp"
)

func roundTrip(t *testing.T, s Store) {
	in := put("bridge", "It was closed on 4 March.")
	in.Article.DayOnly = true
	in.Links = []string{"example.com/posted"}
	in.Page = &archivist.Page{URL: in.Article.URL, ContentType: "text/html", ETag: `"x"`, Modified: "Mon", Fetched: time.UnixMilli(77).UTC(), Body: []byte("<html>\x00\xff" + strings.Repeat("a", 5000))}
	before := time.Now().Add(-time.Second)
	stored := must(t, s, town, archivist.Added, in)[0]
	if stored.ID != 1 || stored.Version != 1 {
		t.Errorf("stored %+v, want id 1 and version 1", stored)
	}
	got, err := s.Article(t.Context(), town, stored.ID)
	if err != nil {
		t.Fatal(err)
	}
	if got.Added.Before(before) || !got.Updated.Equal(got.Added) {
		t.Errorf("added %s, updated %s", got.Added, got.Updated)
	}
	want := in.Article
	want.ID, want.Added, want.Updated = stored.ID, got.Added, got.Updated
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("article (-want +got):\n%s", diff)
	}
	for _, key := range []string{"example.com/bridge", "example.com/posted"} {
		if byKey, err := s.ArticleByKey(t.Context(), town, key); err != nil || byKey.ID != stored.ID || len(byKey.Paragraphs) != 2 {
			t.Errorf("by key %s: %+v, %v", key, byKey, err)
		}
	}
	long := put("long", "The first of many.")
	for i := range 40 {
		long.Article.Paragraphs = append(long.Article.Paragraphs, archivist.Paragraph{Kind: archivist.Kind(i % 7), Text: fmt.Sprint("paragraph ", i)})
	}
	longID := must(t, s, "elsewhere", archivist.Added, long)[0].ID
	if a, err := s.Article(t.Context(), "elsewhere", longID); err != nil || !slices.Equal(a.Paragraphs, long.Article.Paragraphs) {
		t.Errorf("a long article: %+v, %v", a.Paragraphs, err)
	}
	page, err := s.Page(t.Context(), town, stored.ID)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(*in.Page, page); diff != "" {
		t.Errorf("page (-want +got):\n%s", diff)
	}
	for _, kept := range []struct {
		age  time.Duration
		want error
	}{{time.Hour, nil}, {time.Hour - time.Millisecond, archivist.ErrNotFound}} {
		if err := s.Sweep(t.Context(), in.Page.Fetched.Add(time.Hour), archivist.Retention{Pages: kept.age}); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Page(t.Context(), town, stored.ID); !errors.Is(err, kept.want) {
			t.Errorf("a page that is an hour old and kept for %s: %v", kept.age, err)
		}
	}
	undated := put("undated", "No day.")
	undated.Article.Published, undated.Article.Authors = time.Time{}, nil
	id := must(t, s, town, archivist.Added, undated)[0].ID
	if a, err := s.Article(t.Context(), town, id); err != nil || !a.Published.IsZero() || len(a.Authors) != 0 {
		t.Errorf("undated: %+v, %v", a.Head, err)
	}
	about := put("about", "A page says more.")
	about.Article.About = archivist.About{
		Modified: time.Date(2026, 3, 5, 0, 0, 0, 0, time.UTC), Zone: 60, Section: "Town", Tags: []string{"bridges", "Ebb"}, Image: "https://example.com/bridge.jpg",
	}
	aboutID := must(t, s, "elsewhere", archivist.Added, about)[0].ID
	if a, err := s.Article(t.Context(), "elsewhere", aboutID); err != nil || !cmp.Equal(a.About, about.Article.About) {
		t.Errorf("about: %+v, %v", a.About, err)
	}
	for _, missing := range []error{
		errOf(s.Article(t.Context(), town, 99)), errOf(s.ArticleByKey(t.Context(), town, "x")), errOf(s.Page(t.Context(), town, id)),
		errOf(s.Library(t.Context(), "nowhere")),
	} {
		if !errors.Is(missing, archivist.ErrNotFound) {
			t.Errorf("a missing thing gives %v", missing)
		}
	}
	addresses := map[archivist.ArticleID]string{}
	if err := s.Addresses(t.Context(), town, func(id archivist.ArticleID, url string) { addresses[id] = url }); err != nil || len(addresses) != 2 {
		t.Errorf("addresses %v, %v", addresses, err)
	}
	for id, url := range addresses {
		if a, err := s.Article(t.Context(), town, id); err != nil || a.URL != url {
			t.Errorf("article %d is at %q, not at %q, %v", id, a.URL, url, err)
		}
	}
	sites, err := s.Sites(t.Context(), town, archivist.Everything)
	if err != nil || len(sites) != 1 || sites[0].Site != "Example" || sites[0].Articles != 2 || sites[0].Newest.IsZero() {
		t.Errorf("sites %+v, %v", sites, err)
	}
}

func errOf[T any](_ T, err error) error { return err }

func outcomes(t *testing.T, s Store) {
	first := must(t, s, town, archivist.Added, put("a", "one"))[0]
	if again := must(t, s, town, archivist.Unchanged, put("a", "one"))[0]; again != (archivist.Stored{ID: first.ID, Outcome: archivist.Unchanged, Version: 1}) {
		t.Errorf("again: %+v", again)
	}
	changed := must(t, s, town, archivist.Updated, put("a", "two"))[0]
	if changed.ID != first.ID || changed.Version != 2 {
		t.Errorf("changed: %+v", changed)
	}
	a, err := s.Article(t.Context(), town, first.ID)
	if err != nil || len(a.Paragraphs) != 2 || a.Paragraphs[1].Text != "two" || a.Updated.Before(a.Added) {
		t.Errorf("after the change: %+v, %v", a, err)
	}
	if dup := must(t, s, town, archivist.Duplicate, put("copy", "two"))[0]; dup.ID != first.ID || dup.Version != 2 {
		t.Errorf("copy: %+v", dup)
	}
	if byCopy, err := s.ArticleByKey(t.Context(), town, "example.com/copy"); err != nil || byCopy.ID != first.ID {
		t.Errorf("by the copy's key: %+v, %v", byCopy.Head, err)
	}
	// The copy's page changes: it is found by its link, so that the article it stands for changes.
	if moved := must(t, s, town, archivist.Updated, put("copy", "three"))[0]; moved.ID != first.ID {
		t.Errorf("by link: %+v", moved)
	}
	// Two versions of one article in one transaction: the later one wins.
	both, err := s.PutArticles(t.Context(), town, []archivist.Put{put("b", "old"), put("b", "new")})
	if err != nil || both[0].Outcome != archivist.Added || both[1].Outcome != archivist.Updated || both[0].ID != both[1].ID {
		t.Errorf("both: %+v, %v", both, err)
	}
	for i := range 9 {
		must(t, s, town, archivist.Updated, put("b", fmt.Sprintf("version %d", i)))
	}
	if heads, err := s.Articles(t.Context(), town, archivist.Everything, 0, 10); err != nil || len(heads) != 2 || heads[0].ID <= heads[1].ID {
		t.Errorf("articles: %+v, %v", heads, err)
	}
}

// copies: a print tells which articles have it, and what the Engine says is a copy becomes a link of its original, until it is one no more.
func copies(t *testing.T, s Store) {
	ctx := t.Context()
	named := func(host, text string) archivist.Put {
		p := put("x", text)
		p.Article.URL, p.Article.Key, p.Print = "https://"+host+"/x", host+"/x", 7
		printed, err := s.Printed(ctx, town, []archivist.ParagraphHash{7})
		if err != nil {
			t.Fatal(err)
		}
		p.Compared = printed[7]
		return p
	}
	copyOf := func(p archivist.Put, key string) archivist.Put {
		p.CopyOf = key
		return p
	}
	first := must(t, s, town, archivist.Added, named("a.example", "one"))[0]
	both, err := s.PutArticles(ctx, town, []archivist.Put{copyOf(named("b.example", "one, a copy"), "a.example/x"), copyOf(named("c.example", "one, another"), "b.example/x")})
	if err != nil || both[0] != (archivist.Stored{ID: first.ID, Outcome: archivist.Duplicate, Version: 1}) || both[1] != both[0] {
		t.Fatalf("copies: %+v, %v", both, err)
	}
	must(t, s, town, archivist.Duplicate, copyOf(named("b.example", "one, a copy"), "a.example/x"))
	if a, err := s.ArticleByKey(ctx, town, "c.example/x"); err != nil || a.ID != first.ID || a.Paragraphs[1].Text != "one" {
		t.Errorf("by the key of a copy: %+v, %v", a, err)
	}
	must(t, s, town, archivist.Added, copyOf(named("d.example", "of nothing that is there"), "gone.example/x"))
	late := named("e.example", "compared before the next was there")
	own := must(t, s, town, archivist.Added, named("b.example", "two"))[0]
	if stored, err := s.PutArticles(ctx, town, []archivist.Put{put("f", "another"), late}); !errors.Is(err, archivist.ErrOutdated) || stored != nil {
		t.Errorf("what was compared too early: %+v, %v", stored, err)
	}
	for _, key := range []string{late.Article.Key, put("f", "another").Article.Key} {
		if a, err := s.ArticleByKey(ctx, town, key); !errors.Is(err, archivist.ErrNotFound) {
			t.Errorf("stored all the same: %+v, %v", a.Head, err)
		}
	}
	if a, err := s.ArticleByKey(ctx, town, "b.example/x"); err != nil || a.ID != own.ID || own.ID == first.ID {
		t.Errorf("a copy that is one no more: %+v, %v", a.Head, err)
	}
	other := named("b.example", "three")
	other.Print = 1<<64 - 1
	must(t, s, town, archivist.Updated, other)
	asked := []archivist.ParagraphHash{7, other.Print, 8, 7}
	if ids, err := s.Printed(ctx, town, asked); err != nil || len(ids) != 2 || len(ids[7]) != 2 || ids[7][0] != first.ID || !slices.Equal(ids[other.Print], []archivist.ArticleID{own.ID}) {
		t.Errorf("articles with the prints: %v, %v", ids, err)
	}
	if ids, err := s.Printed(ctx, "elsewhere", asked); err != nil || len(ids) != 0 {
		t.Errorf("in another library: %v, %v", ids, err)
	}
}

func remove(t *testing.T, s Store) {
	id := must(t, s, town, archivist.Added, put("a", "one"))[0].ID
	ids := []archivist.ArticleID{id}
	if done, err := s.RemoveArticles(t.Context(), town, ids, archivist.Act{Actor: "7", Verb: "article.remove", Target: "a"}); err != nil || done != (archivist.Removal{ID: 1, Articles: 1, Version: 2}) {
		t.Errorf("remove: %+v, %v", done, err)
	}
	if _, err := s.RemoveArticles(t.Context(), town, ids, archivist.Act{}); !errors.Is(err, archivist.ErrNotFound) {
		t.Errorf("remove again: %v", err)
	}
	if v := version(t, s, town); v != 2 {
		t.Errorf("version %d after a removal that failed", v)
	}
	if _, err := s.ArticleByKey(t.Context(), town, "example.com/a"); !errors.Is(err, archivist.ErrNotFound) {
		t.Errorf("still found: %v", err)
	}
	if texts, err := s.Passages(t.Context(), town, []archivist.Range{{Article: id, First: 0, Last: 9}}); err != nil || len(texts.Heads)+len(texts.Paragraphs[id]) != 0 {
		t.Errorf("texts of the removed: %+v, %v", texts, err)
	}
	segments, err := s.Segments(t.Context(), town, 1)
	if err != nil || len(segments.Rows) != 1 || segments.Rows[0].Kind != archivist.SegmentGone || segments.Rows[0].Article != id {
		t.Errorf("segments after the removal: %+v, %v", segments, err)
	}
	if back := must(t, s, town, archivist.Added, put("a", "one"))[0]; back.ID == id {
		t.Error("an id was used twice")
	}
}

func passages(t *testing.T, s Store) {
	p := put("long", "x")
	p.Article.Paragraphs = nil
	for i := range 10 {
		p.Article.Paragraphs = append(p.Article.Paragraphs, archivist.Paragraph{Kind: archivist.Kind(i % 7), Text: fmt.Sprint("paragraph ", i)})
	}
	long := must(t, s, town, archivist.Added, p)[0].ID
	short := must(t, s, town, archivist.Added, put("short", "y"))[0].ID
	texts, err := s.Passages(t.Context(), town, []archivist.Range{{Article: long, First: -2, Last: 1}, {Article: long, First: 8, Last: 12}, {Article: short, First: 1, Last: 1}, {Article: 99}})
	if err != nil {
		t.Fatal(err)
	}
	var numbers []int
	for i := range 13 {
		if got, ok := texts.Paragraphs[long][i]; ok {
			numbers = append(numbers, i)
			if got != p.Article.Paragraphs[i] {
				t.Errorf("paragraph %d is %+v", i, got)
			}
		}
	}
	if fmt.Sprint(numbers) != "[0 1 8 9]" || texts.Paragraphs[short][1].Text != "y" || len(texts.Heads) != 2 || texts.Heads[long].Title != "About long" || texts.Version != 2 {
		t.Errorf("texts: numbers %v, %+v", numbers, texts)
	}
	head, err := s.Passages(t.Context(), town, []archivist.Range{{Article: short, First: 0, Last: -1}})
	if err != nil || head.Heads[short].Title != "About short" || len(head.Paragraphs[short]) != 0 {
		t.Errorf("an empty range: %+v, %v", head, err)
	}
	if empty, err := s.Passages(t.Context(), "elsewhere", nil); err != nil || empty.Version != 0 || len(empty.Heads) != 0 {
		t.Errorf("of no library: %+v, %v", empty, err)
	}
}

func writers(t *testing.T, s Store) {
	const each = 20
	for _, libraries := range []int{1, 8} {
		var all sync.WaitGroup
		for w := range 8 {
			library := archivist.LibraryID(fmt.Sprintf("writers-%d-%d", libraries, w%libraries))
			all.Go(func() {
				for i := range each {
					if _, err := s.PutArticles(t.Context(), library, []archivist.Put{put(fmt.Sprintf("w%d-%d", w, i), fmt.Sprintf("text %d %d", w, i))}); err != nil {
						t.Errorf("writer %d: %v", w, err)
						return
					}
				}
			})
		}
		all.Wait()
		want := uint64(each * 8 / libraries)
		for l := range libraries {
			library, err := s.Library(t.Context(), archivist.LibraryID(fmt.Sprintf("writers-%d-%d", libraries, l)))
			if err != nil || library.Version != want || library.Articles != int(want) {
				t.Errorf("%+v, %v, want %d versions and articles", library, err, want)
			}
		}
	}
}

func isolation(t *testing.T, s Store) {
	const other archivist.LibraryID = "guild:2"
	mine := must(t, s, town, archivist.Added, put("a", "ours"))[0].ID
	theirs := must(t, s, other, archivist.Added, put("a", "theirs"))[0].ID
	if mine != theirs {
		t.Fatalf("ids %d and %d: the case wants equal ones", mine, theirs)
	}
	// The same text in another library is no copy.
	must(t, s, other, archivist.Added, put("b", "ours"))
	if _, err := s.RemoveArticles(t.Context(), other, []archivist.ArticleID{theirs}, archivist.Act{}); err != nil {
		t.Fatal(err)
	}
	if a, err := s.Article(t.Context(), town, mine); err != nil || a.Paragraphs[1].Text != "ours" {
		t.Errorf("their removal reached ours: %+v, %v", a, err)
	}
	if list, err := s.RemovedArticles(t.Context(), town, archivist.Pick{Article: mine}); err != nil || len(list) != 0 {
		t.Errorf("their removed article: %+v, %v", list, err)
	}
	if err := s.SetSetting(t.Context(), other, "k", "v", archivist.Act{}); err != nil {
		t.Fatal(err)
	}
	if err := s.SaveCard(t.Context(), archivist.CardState{ID: "c", Library: other, Created: time.Now()}); err != nil {
		t.Fatal(err)
	}
	if m, err := s.Settings(t.Context(), town); err != nil || len(m) != 0 {
		t.Errorf("their settings: %v, %v", m, err)
	}
	if _, err := s.Card(t.Context(), town, "c"); !errors.Is(err, archivist.ErrNotFound) {
		t.Errorf("their card: %v", err)
	}
	texts, err := s.Passages(t.Context(), town, []archivist.Range{{Article: 2, First: 0, Last: 1}})
	if err != nil || len(texts.Heads) != 0 {
		t.Errorf("their article 2: %+v, %v", texts, err)
	}
	if err := s.DeleteLibrary(t.Context(), other); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Library(t.Context(), other); !errors.Is(err, archivist.ErrNotFound) {
		t.Errorf("deleted: %v", err)
	}
	if segments, err := s.Segments(t.Context(), other, 0); err != nil || len(segments.Rows) != 0 || segments.Version != 0 {
		t.Errorf("rows of the deleted: %+v, %v", segments, err)
	}
	if libraries, err := s.Libraries(t.Context(), "", 10); err != nil || len(libraries) != 1 || libraries[0].ID != town || libraries[0].Articles != 1 {
		t.Errorf("libraries: %+v, %v", libraries, err)
	}
}

func cancelled(t *testing.T, s Store) {
	must(t, s, town, archivist.Added, put("a", "one"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.PutArticles(ctx, town, many(50, "never")); err == nil {
		t.Error("a cancelled write says it was done")
	}
	for i := range 20 { // cancelled somewhere in the middle
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(i)*200*time.Microsecond)
		before := version(t, s, town)
		stored, err := s.PutArticles(ctx, town, many(100, fmt.Sprint("torn", i)))
		cancel()
		library, lookErr := s.Library(t.Context(), town)
		if lookErr != nil {
			t.Fatal(lookErr)
		}
		if want := before + uint64(len(stored))/100; library.Version != want {
			t.Fatalf("version %d after %d stored (%v), want %d", library.Version, len(stored), err, want)
		}
	}
	must(t, s, town, archivist.Added, put("after", "still writing"))
}

func paging(t *testing.T, s Store) {
	must(t, s, town, archivist.Added, many(25, "page")...)
	seen := map[archivist.ArticleID]bool{}
	for before := archivist.ArticleID(0); ; {
		heads, err := s.Articles(t.Context(), town, archivist.Everything, before, 10)
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range heads {
			if seen[h.ID] {
				t.Errorf("article %d twice", h.ID)
			}
			seen[h.ID], before = true, h.ID
		}
		must(t, s, town, archivist.Added, put(fmt.Sprint("new", before), fmt.Sprint("new", before)))
		if len(heads) < 10 {
			break
		}
	}
	if len(seen) != 25 {
		t.Errorf("%d articles paged, want the 25 from before", len(seen))
	}
}

// stored is a text as it comes back: UTF-8 without U+0000, which PostgreSQL cannot hold.
func stored(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
}

func oddTexts(t *testing.T, s Store) {
	for i, text := range []string{"nul \x00 inside", "no UTF-8 \xff\xfe here", "four bytes 𝔸😀", strings.Repeat("long ", 1<<18), "'; DROP TABLE article; --", "%_\\"} {
		p := put(fmt.Sprint("odd", i), text)
		p.Article.Key += text[:min(len(text), 99)] // in keys too
		p.Article.Title = text[:min(len(text), 100)]
		id := must(t, s, town, archivist.Added, p)[0].ID
		got, err := s.Article(t.Context(), town, id)
		if err != nil || got.Paragraphs[1].Text != stored(text) || got.Title != stored(p.Article.Title) {
			t.Errorf("text %d came back changed (%v)", i, err)
		}
		if found, err := s.ArticleByKey(t.Context(), town, p.Article.Key); err != nil || found.ID != id {
			t.Errorf("text %d: by its key: article %d, %v", i, found.ID, err)
		}
	}
}
