package playground_test

import (
	"bufio"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"archivist/bot/fakediscord"
)

// A listener reads an event stream.
type listener struct {
	b     *browser
	resp  *http.Response
	lines *bufio.Reader
}

type event struct {
	id       string
	Messages []struct{ ID, HTML string }
	Gone     []string
	Reload   bool
	Around   *struct {
		Places, People string
		Online         bool
	}
}

func (b *browser) open(last string) *http.Response {
	b.tw.t.Helper()
	r, err := http.NewRequestWithContext(soon(b.tw.t), http.MethodGet, b.at+"/events", nil)
	if err != nil {
		b.tw.t.Fatal(err)
	}
	if last != "" {
		r.Header.Set("Last-Event-ID", last)
	}
	resp, err := b.client.Do(r)
	if err != nil {
		b.tw.t.Fatal(err)
	}
	return resp
}

// listen opens a stream and reads its first event, which tells what is around.
func (b *browser) listen(last string) *listener {
	b.tw.t.Helper()
	resp := b.open(last)
	if resp.StatusCode != http.StatusOK {
		b.tw.t.Fatalf("stream: %d", resp.StatusCode)
	}
	return &listener{b, resp, bufio.NewReader(resp.Body)}
}

func (l *listener) Close() error { return l.resp.Body.Close() }

// next reads one event.
func (l *listener) next() (e event) {
	l.b.tw.t.Helper()
	for {
		line, err := l.lines.ReadString('\n')
		if err != nil {
			l.b.tw.t.Fatal(err)
		}
		line = strings.TrimSuffix(line, "\n")
		if id, is := strings.CutPrefix(line, "id: "); is {
			e.id = id
		}
		if data, is := strings.CutPrefix(line, "data: "); is {
			if err := json.Unmarshal([]byte(data), &e); err != nil {
				l.b.tw.t.Fatal(err)
			}
		}
		if line == "" && e.id != "" {
			return e
		}
	}
}

// until reads events until one fits.
func (l *listener) until(what string, fits func(event) bool) event {
	l.b.tw.t.Helper()
	for range 100 {
		if e := l.next(); fits(e) {
			return e
		}
	}
	l.b.tw.t.Fatalf("no event has %s", what)
	return event{}
}

func has(text string) func(event) bool {
	return func(e event) bool {
		for _, m := range e.Messages {
			if strings.Contains(m.HTML, text) {
				return true
			}
		}
		return false
	}
}

// TestStream follows what is new, edited and deleted, and comes back after a lost connection to what was missed, and to nothing else.
func TestStream(t *testing.T) {
	tw := newTown(t, false)
	b := tw.browser(tw.mia, tw.news)
	l := b.listen("0")
	if e := l.next(); e.Around == nil || !e.Around.Online || !strings.Contains(e.Around.Places, "news") || len(e.Messages) > 0 {
		t.Fatalf("first %+v", e)
	}
	b.tell("say", "content", "/ask When?")
	card := l.until("the card", has("Twice a day"))
	b.tell("press", "message", card.Messages[0].ID, "press", "next")
	edited := l.until("the edit", has("page two"))
	if len(edited.Messages) != 1 || edited.Messages[0].ID != card.Messages[0].ID {
		t.Errorf("%+v", edited)
	}
	_ = l.Close()

	said, err := tw.max.Type(tw.news, "while you were away")
	if err != nil {
		t.Fatal(err)
	}
	gone := b.last(tw.news, tw.mia)
	if err := tw.max.Delete(fakediscord.Message{ID: edited.Messages[0].ID}); err != nil {
		t.Fatal(err)
	}
	l = b.listen(edited.id)
	if e := l.next(); len(e.Messages) != 1 || e.Messages[0].ID != said.ID || len(e.Gone) != 1 || e.Gone[0] != edited.Messages[0].ID || e.Reload {
		t.Errorf("after coming back: %+v; the last was %s", e, gone.ID)
	}
	_ = l.Close()
	if e := b.listen("999999").next(); !e.Reload {
		t.Errorf("a number of another server: %+v", e)
	}
	for range 300 { // more deletions than are remembered
		m, err := tw.mia.Type(tw.news, "x")
		if err == nil {
			err = tw.mia.Delete(m)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if e := b.listen(edited.id).next(); !e.Reload {
		t.Errorf("after too many deletions: %+v", e)
	}
}

// TestPresence shows when the bot goes, and comes back.
func TestPresence(t *testing.T) {
	tw := newTown(t, false)
	l := tw.browser(tw.mia, tw.news).listen("0")
	online := func(want bool) func(event) bool {
		return func(e event) bool { return e.Around != nil && e.Around.Online == want }
	}
	l.until("online", online(true))
	_ = tw.ws.Close()
	l.until("offline", online(false))
	tw.connect()
	l.until("online again", online(true))
	tw.herald.Channel("sports")
	l.until("the new channel", func(e event) bool { return e.Around != nil && strings.Contains(e.Around.Places, "sports") })
	tw.news.Delete()
	l.until("the end", func(e event) bool { return e.Reload })
}

// TestClose ends the streams.
func TestClose(t *testing.T) {
	tw := newTown(t, true)
	l := tw.browser(tw.mia, tw.news).listen("0")
	l.next()
	tw.page.Close()
	if _, err := l.lines.ReadString('\n'); err == nil {
		t.Error("the stream goes on")
	}
}
