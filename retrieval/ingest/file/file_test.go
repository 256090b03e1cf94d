package file

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"archivist"
)

func texts(a archivist.Article) []string {
	var list []string
	for _, p := range a.Paragraphs {
		list = append(list, p.Text)
	}
	return list
}

func TestText(t *testing.T) {
	long := strings.Repeat("word ", 30)
	for _, c := range []struct {
		name, body, title string
		want              []string
	}{
		{"a.txt", "The bridge\n\nIt closed\non 4 March.\n\n\nIt opens in May.\n", "The bridge", []string{"It closed on 4 March.", "It opens in May."}},
		{"a.txt", "\r\n# The bridge\r\nIt closed.\r\n", "The bridge", []string{"It closed."}},
		{"notes/old bridge.txt", "It closed on 4 March.\nAnd opened.", "old bridge", []string{"It closed on 4 March. And opened."}},
		{"one.txt", "Only a line", "one", []string{"Only a line"}},
		{"lines.txt", long + "\n" + long, "lines", []string{strings.TrimSpace(long), strings.TrimSpace(long)}},
		{"l1.txt", "Caf\xe9\n\nDas Caf\xe9 \x96 zu.", "Café", []string{"Das Café – zu."}},
		{"u16.txt", "\xff\xfeH\x00i\x00\n\x00\n\x00y\x00o\x00", "Hi", []string{"yo"}},
		{"bom.txt", "\ufeffTitle\n\ntext \u202ehid\u200bden\U000e0041 e\u0301", "Title", []string{"text hidden é"}},
	} {
		got, err := Text(c.name, []byte(c.body))
		if err != nil || got.Title != c.title || !slices.Equal(texts(got), c.want) || got.URL != "file:"+c.name {
			t.Errorf("Text(%q) = %q %q %q, %v; want %q %q", c.body, got.URL, got.Title, texts(got), err, c.title, c.want)
		}
	}
	for body, want := range map[string]archivist.Code{
		"": archivist.EmptyPage, " \n\t\n\u200b": archivist.EmptyPage, "\x00\x01\x02abc": archivist.WrongType,
	} {
		if _, err := Text("x.txt", []byte(body)); archivist.CodeOf(err) != want {
			t.Errorf("Text(%q): %v, want %s", body, err, want)
		}
	}
}

func TestJSONL(t *testing.T) {
	const input = "\ufeff" + `{"url":"https://www.Example.com/a","title":" The\nbridge ","text":"One.\n\nTwo  words.","authors":["Ann Lee","", "Bo"],"published":"2024-03-04","more":1}

{"url":"https://example.com/b","text":"Text.","authors":"Ann","published":"2024-03-04T22:30:00+02:00"}
not json
{"url":"file:///etc/passwd","text":"x"}
{"url":"https://example.com/c","text":" \n "}
{"url":"https://example.com/d","text":"Text.","authors":7}
["https://example.com/e"]
{"url":"https://example.com/f","title":"Last","text":"Text.","published":"yesterday","authors":null}`
	var articles []archivist.Article
	var failures []string
	for article, err := range JSONL(strings.NewReader(input)) {
		if err != nil {
			failures = append(failures, err.Error())
			continue
		}
		articles = append(articles, article)
	}
	wantFailures := []string{
		"type: line 4: no object of url, title, text, authors, published", "bad_url: line 5: url is no web address", "empty: line 6: no text",
		"type: line 7: authors is no list of names", "type: line 8: no object of url, title, text, authors, published",
	}
	if !slices.Equal(failures, wantFailures) {
		t.Errorf("failures %q, want %q", failures, wantFailures)
	}
	if len(articles) != 3 {
		t.Fatalf("%d articles, want 3", len(articles))
	}
	a, b, f := articles[0], articles[1], articles[2]
	if a.URL != "https://www.Example.com/a" || a.Title != "The bridge" || a.Site != "example.com" ||
		!slices.Equal(a.Authors, []string{"Ann Lee", "Bo"}) || !slices.Equal(texts(a), []string{"One.", "Two words."}) ||
		!a.DayOnly || !a.Published.Equal(time.Date(2024, 3, 4, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("first article %+v", a)
	}
	if b.Title != "example.com" || b.DayOnly || !b.Published.Equal(time.Date(2024, 3, 4, 20, 30, 0, 0, time.UTC)) || len(b.Authors) != 1 {
		t.Errorf("second article %+v", b)
	}
	if !f.Published.IsZero() || f.DayOnly || f.Authors != nil {
		t.Errorf("last article %+v", f)
	}
}

func TestJSONLStops(t *testing.T) {
	n := 0
	for range JSONL(strings.NewReader(strings.Repeat("x\n", 100))) {
		if n++; n == 3 {
			break
		}
	}
	if n != 3 {
		t.Errorf("went on to %d", n)
	}
}

// endless yields count lines like the one of format, and counts what lies in memory while it does.
type endless struct {
	count, at int
	rest      []byte
	line      func(i int) string
}

func (e *endless) Read(p []byte) (int, error) {
	if len(e.rest) == 0 {
		if e.at == e.count {
			return 0, io.EOF
		}
		e.rest = []byte(e.line(e.at))
		e.at++
	}
	n := copy(p, e.rest)
	e.rest = e.rest[n:]
	return n, nil
}

func TestJSONLStreams(t *testing.T) {
	const count = 20000 // 40 MB of lines
	filler := strings.Repeat("many words here ", 125)
	source := &endless{count: count, line: func(i int) string {
		return fmt.Sprintf(`{"url":"https://example.com/%d","title":"T","text":"%s"}`+"\n", i, filler)
	}}
	var before, now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	n, peak := 0, uint64(0)
	for _, err := range JSONL(source) {
		if err != nil {
			t.Fatal(err)
		}
		if n++; n%5000 == 0 {
			runtime.GC()
			runtime.ReadMemStats(&now)
			peak = max(peak, now.HeapAlloc)
		}
	}
	if n != count || peak > before.HeapAlloc+4<<20 {
		t.Errorf("%d articles with %d bytes more in memory, want %d and under 4 MiB", n, peak-before.HeapAlloc, count)
	}
}

func TestJSONLLongLine(t *testing.T) {
	chunk := strings.Repeat("x", 1<<20)
	source := &endless{count: 102, line: func(i int) string { // 100 MiB without a newline, then a good line
		switch i {
		case 100:
			return "\n"
		case 101:
			return `{"url":"https://example.com/","title":"T","text":"Text."}`
		}
		return chunk
	}}
	var got []string
	for article, err := range JSONL(source) {
		got = append(got, fmt.Sprint(article.Title, err))
	}
	if want := []string{"too_large: line 1: more than 4 MiB", "T<nil>"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestJSONLGzip(t *testing.T) {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	for i := range 100 {
		fmt.Fprintf(w, `{"url":"https://example.com/%d","title":"T","text":"Text."}`+"\n", i)
	}
	w.Close()
	read := func(b []byte) (n int, last error) {
		for _, err := range JSONL(bytes.NewReader(b)) {
			if last = err; err == nil {
				n++
			}
		}
		return n, last
	}
	if n, err := read(packed.Bytes()); n != 100 || err != nil {
		t.Errorf("%d articles, %v", n, err)
	}
	if _, err := read(packed.Bytes()[:packed.Len()-9]); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("a cut archive gave %v", err)
	}
	if _, err := read([]byte("\x1f\x8bnonsense")); err == nil {
		t.Error("a damaged archive was read")
	}
}

func TestURLs(t *testing.T) {
	var got []string
	for address, err := range URLs(strings.NewReader("# list\nhttps://a.example/#!x\r\n\n https://b.example/ # why\n#no")) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, address)
	}
	if want := []string{"https://a.example/#!x", "https://b.example/"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// checkClean holds archivist.Paragraph's promise.
func checkClean(t *testing.T, a archivist.Article) {
	for _, s := range append(texts(a), a.Title) {
		if s == "" || !norm.NFC.IsNormalString(s) || strings.TrimSpace(s) != s || strings.ContainsFunc(s, unicode.IsControl) {
			t.Errorf("not clean: %q", s)
		}
	}
}

func FuzzText(f *testing.F) {
	for _, seed := range []string{"Title\n\ntext", "\xff\xfea\x00", "\xff\xfe\x00\xd8", "a\u2028b\n\n\u0301c \u200b", "# \nx", "\xe9\xe8"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		article, err := Text("x.txt", body)
		if err == nil {
			checkClean(t, article)
		} else if archivist.CodeOf(err) == archivist.Internal {
			t.Errorf("%v is no Failure", err)
		}
	})
}

func FuzzJSONL(f *testing.F) {
	f.Add([]byte(`{"url":"https://example.com/","title":"T\u200b\ud800","text":"a\u0301\nb"}` + "\n\nx\n"))
	f.Add([]byte("\x1f\x8b\x08\x00"))
	f.Fuzz(func(t *testing.T, body []byte) {
		for article, err := range JSONL(bytes.NewReader(body)) {
			if err == nil {
				checkClean(t, article)
			}
		}
	})
}
