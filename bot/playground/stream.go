package playground

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"time"

	"archivist/bot/fakediscord"
)

// pingEvery is how often a stream on which nothing happens says that it is there, so that both sides notice when the other is not.
const pingEvery = 15 * time.Second

// An update is one event of the stream: its id is the number of the last change that it tells of, with which a browser that lost the
// connection comes back.
type update struct {
	Messages []drawn  `json:"messages,omitempty"`
	Gone     []string `json:"gone,omitempty"`
	Reload   bool     `json:"reload,omitempty"` // too much has happened: the page is to be loaded anew
	Around   *around  `json:"around,omitempty"`
}

type drawn struct {
	ID   string `json:"id"`
	HTML string `json:"html"`
}

// around is what stands around the messages: HTML of the places and of the people, and whether the bot is there.
type around struct {
	Places string `json:"places"`
	People string `json:"people"`
	Online bool   `json:"online"`
}

// stream pushes what changes in the channel as server-sent events, each as soon as it is there.
func (s *Server) stream(v *visit) {
	ctx, cancel := context.WithCancel(v.r.Context())
	defer cancel()
	defer context.AfterFunc(s.open, cancel)() // Close ends the waits
	v.r = v.r.WithContext(ctx)
	select {
	case s.streams <- struct{}{}:
		defer func() { <-s.streams }()
	default:
		http.Error(v.w, "Too many tabs are open.", http.StatusServiceUnavailable)
		return
	}
	out := http.NewResponseController(v.w)
	v.w.Header().Set("Content-Type", "text/event-stream")
	seq := lastSeen(v.r)
	var before state
	for {
		u, now, err := s.next(v, &before, seq)
		if err != nil {
			return // the browser, or the server, is gone
		}
		seq = now
		_ = out.SetWriteDeadline(time.Now().Add(2 * pingEvery)) // not every writer has deadlines
		if _, err = fmt.Fprint(v.w, u.event(seq)); err != nil || out.Flush() != nil || u.Reload {
			return
		}
	}
}

// lastSeen is the number that the browser has: of the event before the connection was lost, or else of its page.
func lastSeen(r *http.Request) uint64 {
	for _, s := range []string{r.Header.Get("Last-Event-ID"), r.URL.Query().Get("after")} {
		if n, err := strconv.ParseUint(s, 10, 64); err == nil {
			return n
		}
	}
	return 0
}

// next waits for something to tell; without anything for a while it returns an empty update. The first time it tells what is around.
func (s *Server) next(v *visit, before *state, seq uint64) (u update, now uint64, err error) {
	ctx := v.r.Context()
	var changes fakediscord.Changes
	var frame state
	look := func() bool { // after each change of anything, so it only compares: drawing comes after it
		changes, frame = v.ch.Changes(v.who, seq), s.state(v)
		return changes.Lost || len(changes.Messages) > 0 || len(changes.Gone) > 0 || !reflect.DeepEqual(frame, *before) || !v.who.Sees(v.ch)
	}
	waiting, stop := context.WithTimeout(ctx, pingEvery)
	defer stop()
	if err := s.d.Wait(waiting, "news for a tab", look); err != nil {
		if ctx.Err() != nil || waiting.Err() == nil {
			return update{}, seq, err
		}
		return update{}, seq, nil
	}
	u.Gone, u.Reload = changes.Gone, changes.Lost || !v.who.Sees(v.ch)
	if !reflect.DeepEqual(frame, *before) {
		*before = frame
		if u.Around, err = s.around(frame); err != nil {
			return u, seq, err
		}
	}
	for _, m := range s.show(v, changes.Messages) {
		html, err := s.html("message", m)
		if err != nil {
			return u, seq, err
		}
		u.Messages = append(u.Messages, drawn{m.ID, html})
	}
	return u, changes.Seq, nil
}

func (s *Server) around(now state) (*around, error) {
	places, err := s.html("places", now)
	if err != nil {
		return nil, err
	}
	people, err := s.html("members", now)
	return &around{places, people, now.Online}, err
}

// event is the update as it goes over the wire: a comment if there is nothing in it.
func (u update) event(seq uint64) string {
	raw, err := json.Marshal(u)
	if err != nil || string(raw) == "{}" {
		return ": still here\n\n"
	}
	return "id: " + strconv.FormatUint(seq, 10) + "\ndata: " + strings.TrimSpace(string(raw)) + "\n\n"
}
