package fakediscord

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestQuantiles by hand: of 1 to 100 ms the median is 50 ms, the 99th of a hundred 99 ms.
func TestQuantiles(t *testing.T) {
	var times []time.Duration
	for n := 100; n > 0; n-- {
		times = append(times, time.Duration(n)*time.Millisecond)
	}
	if got, want := quantiles(times), (Times{50 * time.Millisecond, 99 * time.Millisecond, 100 * time.Millisecond}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if got := quantiles(nil); got != (Times{}) {
		t.Errorf("of nothing %+v", got)
	}
}

// TestCrowdWaits: whoever asked or pressed a button last is waited for too, although the bot takes its time after it has acknowledged.
func TestCrowdWaits(t *testing.T) {
	d, err := New(Options{Token: "secret"})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 15*time.Second)
	defer cancel()
	call := func(method, path, body string) {
		r, err := http.NewRequestWithContext(ctx, method, d.APIBase()+path, strings.NewReader(body))
		if err != nil {
			t.Error(err)
			return
		}
		r.Header.Set("Authorization", "Bot secret")
		r.Header.Set("User-Agent", "DiscordBot (https://example.org, 1)")
		r.Header.Set("Content-Type", "application/json")
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Error(err)
			return
		}
		if response.Body.Close(); response.StatusCode >= 300 {
			t.Errorf("%s %s: %d", method, path, response.StatusCode)
		}
	}
	call("PUT", "/applications/"+d.ApplicationID()+"/commands", `[{"name":"ask","description":"Ask","integration_types":[0],"contexts":[0],
		"options":[{"type":3,"name":"question","description":"What","required":true}]}]`)
	crowd := Crowd{Guilds: 1, People: 1, PerSecond: 2, For: 900 * time.Millisecond, Presses: 1, Questions: []string{"When?"}}
	crowd.Gather(d)
	answer := func(x *Interaction, kind int, pause time.Duration) {
		call("POST", "/interactions/"+x.id+"/"+x.token+"/callback", fmt.Sprintf(`{"type":%d}`, kind))
		time.Sleep(pause)
		call("PATCH", "/webhooks/"+d.ApplicationID()+"/"+x.token+"/messages/@original",
			`{"content":"Twice a day.","components":[{"type":1,"components":[{"type":2,"style":2,"label":"More","custom_id":"more"}]}],"allowed_mentions":{"parse":[]}}`)
	}
	done := make(chan struct{})
	go func() { // the bot
		defer close(done)
		for served := map[string]bool{}; len(served) < 2 && ctx.Err() == nil; time.Sleep(5 * time.Millisecond) {
			var next *Interaction
			d.mu.Lock()
			for id, x := range d.interactions {
				if !served[id] {
					next = x
				}
			}
			d.mu.Unlock()
			switch {
			case next == nil:
				continue
			case next.kind == kindCommand:
				answer(next, 5, 0)
			default:
				answer(next, 6, time.Second)
			}
			served[next.id] = true
		}
	}()
	tally, err := crowd.Run(ctx)
	<-done
	if err != nil || tally.Asked != 2 || tally.Pressed != 1 || tally.Answered != 2 || tally.Never != 0 {
		t.Errorf("%+v, %v", tally, err)
	}
}
