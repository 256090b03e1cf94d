package gateway

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"archivist/bot"
)

// TestJudge holds judge to what each end of a connection means.
func TestJudge(t *testing.T) {
	const resume, identify, fatal = "resume", "identify", "fatal"
	for _, test := range []struct {
		end     ending
		content bool
		want    string
	}{
		{ending{op: 7}, false, resume},
		{ending{op: 9, resumable: true}, false, resume},
		{ending{op: 9}, false, identify},
		{ending{}, false, resume},
		{ending{code: 1001}, false, resume},
		{ending{code: 1006}, false, resume},
		{ending{err: io.EOF}, false, resume},
		{ending{zombie: true}, false, resume},
		{ending{code: 4000}, false, resume},
		{ending{code: 4001}, false, resume},
		{ending{code: 4002}, false, resume},
		{ending{code: 4005}, false, resume},
		{ending{code: 4008}, false, resume},
		{ending{code: 1000}, false, identify},
		{ending{code: 4003}, false, identify},
		{ending{code: 4007}, false, identify},
		{ending{code: 4009}, false, identify},
		{ending{code: 4004}, false, fatal},
		{ending{code: 4010}, false, fatal},
		{ending{code: 4011}, false, fatal},
		{ending{code: 4012}, false, fatal},
		{ending{code: 4013}, false, fatal},
		{ending{code: 4014}, false, fatal},
		{ending{code: 4014}, true, identify},
	} {
		s := judge(test.end, test.content)
		got := resume
		switch {
		case s.fatal != nil:
			got = fatal
		case s.identify:
			got = identify
		}
		if got != test.want {
			t.Errorf("judge(%+v) = %s, want %s", test.end, got, test.want)
		}
	}
	if s := judge(ending{op: 9}, false); s.least != time.Second || s.most != 5*time.Second {
		t.Errorf("op 9 waits %v to %v", s.least, s.most)
	}
}

func TestBackoff(t *testing.T) {
	for n, most := range map[int]time.Duration{0: time.Second, 1: 2 * time.Second, 5: 32 * time.Second, 6: time.Minute, 1000: time.Minute} {
		for range 200 {
			if d := usualPace.backoff(n); d < 0 || d > most {
				t.Fatalf("backoff(%d) = %v, want 0 to %v", n, d, most)
			}
		}
	}
}

// frame is a websocket frame, masked or not.
func frame(opcode byte, payload []byte, mask bool) []byte {
	out := []byte{0x80 | opcode}
	bit := byte(0)
	if mask {
		bit = 0x80
	}
	switch {
	case len(payload) < 126:
		out = append(out, bit|byte(len(payload)))
	case len(payload) < 1<<16:
		out = binary.BigEndian.AppendUint16(append(out, bit|126), uint16(len(payload)))
	default:
		out = binary.BigEndian.AppendUint64(append(out, bit|127), uint64(len(payload)))
	}
	if !mask {
		return append(out, payload...)
	}
	key := []byte{1, 2, 3, 4}
	out = append(out, key...)
	for i, b := range payload {
		out = append(out, b^key[i%4])
	}
	return out
}

const upgrade = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"

// TestFrames feeds frames cut at random places: what is kept back goes, all else comes out as it went in.
func TestFrames(t *testing.T) {
	for _, mask := range []bool{false, true} {
		in, want := []byte(upgrade), []byte(upgrade)
		var small []string
		for _, size := range []int{0, 1, 125, 126, 512, 513, 70_000} {
			kept := frame(opText, bytes.Repeat([]byte("x"), size), mask)
			in, want = append(in, kept...), append(want, kept...)
			in = append(in, frame(opText, []byte("drop me"), mask)...)
			if size <= maxSmall {
				small = append(small, strings.Repeat("x", size))
			}
		}
		for range 200 {
			var out []byte
			var seen []string
			f := frames{look: func(_ byte, p []byte) bool {
				if string(p) == "drop me" {
					return false
				}
				seen = append(seen, string(p))
				return true
			}}
			for rest := in; len(rest) > 0; {
				n := 1 + rand.N(min(len(rest), 1000))
				out = f.feed(out, rest[:n])
				rest = rest[n:]
			}
			if !bytes.Equal(out, want) || strings.Join(seen, ",") != strings.Join(small, ",") {
				t.Fatalf("masked %v: %d bytes came out, want %d; saw %d small frames, want %d", mask, len(out), len(want), len(seen), len(small))
			}
		}
	}
}

// FuzzFrames holds that nothing crashes, and that what passes is what came, however it is cut.
func FuzzFrames(f *testing.F) {
	f.Add([]byte(upgrade), 3)
	f.Add(append([]byte(upgrade), frame(opText, []byte(`{"op":7}`), false)...), 5)
	f.Add(append([]byte(upgrade), 0x81, 127, 255, 255, 255, 255, 255, 255, 255, 255, 1, 2), 7)
	f.Fuzz(func(t *testing.T, in []byte, cut int) {
		pass := func(byte, []byte) bool { return true }
		a, b := frames{look: pass}, frames{look: pass}
		whole := a.feed(nil, in)
		cut = max(0, min(cut, len(in)))
		parts := b.feed(b.feed(nil, in[:cut]), in[cut:])
		if !bytes.Equal(whole, parts) || !bytes.HasPrefix(in, whole) || len(in)-len(whole) > maxSmall+14 {
			t.Fatalf("%d bytes in, %d out whole, %d in parts", len(in), len(whole), len(parts))
		}
	})
}

// TestTapVerdicts sends single frames of Discord's and reads what discordgo gets of them.
func TestTapVerdicts(t *testing.T) {
	for _, test := range []struct {
		name   string
		sent   []byte
		passes bool
		want   *ending
	}{
		{"hello", frame(opText, []byte(`{"op":10,"d":{"heartbeat_interval":1000}}`), false), true, nil},
		{"op 7", frame(opText, []byte(`{"op":7,"d":null}`), false), false, &ending{op: 7}},
		{"op 9 true", frame(opText, []byte(`{"op":9,"d":true}`), false), false, &ending{op: 9, resumable: true}},
		{"op 9 false", frame(opText, []byte(`{"op":9,"d":false}`), false), false, &ending{op: 9}},
		{"close", frame(opClose, []byte{0x0f, 0xa4}, false), true, &ending{code: 4004}},
		{"ack before READY", frame(opText, []byte(`{"op":11}`), false), false, nil},
		{"empty dispatch", frame(opText, []byte(`{"op":0,"t":"GUILD_CREATE","s":1,"d":{}}`), false), false, nil},
		{"null dispatch", frame(opText, []byte(`{"op":0,"t":"GUILD_CREATE","s":1,"d":null}`), false), false, nil},
		{"RESUMED", frame(opText, []byte(`{"op":0,"t":"RESUMED","s":1,"d":null}`), false), true, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			ours, theirs := net.Pipe()
			tap := newTap(ours, ours, time.Minute)
			var sending sync.WaitGroup
			sending.Go(func() {
				_, _ = theirs.Write(append([]byte(upgrade), test.sent...)) // an abandoned tap hangs up
				_ = theirs.Close()
			})
			got, _ := io.ReadAll(tap) // ends with the pipe
			sending.Wait()
			if passed := len(got) > len(upgrade); passed != test.passes {
				t.Errorf("passed %v, want %v: %q", passed, test.passes, got)
			}
			if test.want != nil && tap.ended() != *test.want {
				t.Errorf("ended with %+v, want %+v", tap.ended(), *test.want)
			}
		})
	}
}

// TestTapKeepsTheSession: a close frame leaves only when we say good-bye; else the connection ends without one.
func TestTapKeepsTheSession(t *testing.T) {
	for _, leaving := range []bool{false, true} {
		ours, theirs := net.Pipe()
		tap := newTap(ours, ours, time.Minute)
		tap.leaving.Store(leaving)
		heard := make(chan []byte)
		go func() {
			all, _ := io.ReadAll(theirs) // ends with the pipe
			heard <- all
		}()
		head, goodbye := []byte("GET / HTTP/1.1\r\n\r\n"), frame(opClose, []byte{3, 232}, true)
		for _, p := range [][]byte{head, goodbye} {
			if n, err := tap.Write(p); n != len(p) || err != nil {
				t.Fatalf("Write = %d, %v: discordgo must not notice", n, err)
			}
		}
		tap.abandon(ending{})
		if got := bytes.Contains(<-heard, goodbye); got != leaving {
			t.Errorf("leaving %v: a close frame was sent: %v", leaving, got)
		}
	}
}

// TestEditor shows the latest of what comes too fast, and nothing after its end.
func TestEditor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex // the editor shows cards from goroutines of its timers
		var shown string
		e := &editor{every: 2 * time.Second, guard: func(work func()) { work() }, show: func(c bot.Card) {
			mu.Lock()
			defer mu.Unlock()
			shown += c.Title
		}}
		seen := func() string {
			synctest.Wait()
			mu.Lock()
			defer mu.Unlock()
			return shown
		}
		for _, title := range []string{"a", "b", "c"} {
			e.progress(bot.Card{Title: title})
		}
		time.Sleep(time.Second) // in the bubble's time
		e.progress(bot.Card{Title: "d"})
		e.progress(bot.Card{Title: "e"})
		time.Sleep(500 * time.Millisecond)
		if got := seen(); len(got) != 1 {
			t.Errorf("after 1.5 s: %q, want one card", got)
		}
		time.Sleep(time.Second)
		e.progress(bot.Card{Title: "f"})
		e.finish()
		e.progress(bot.Card{Title: "g"})
		time.Sleep(time.Minute)
		if got := seen(); len(got) != 2 || got[1] != 'e' {
			t.Errorf("shown %q, want two cards, the last e", got)
		}
	})
}

func TestRetryAfter(t *testing.T) {
	for _, test := range []struct {
		header, body string
		want         time.Duration
	}{
		{"2", "<html>", 2 * time.Second},
		{"1", `{"retry_after":0.25}`, 250 * time.Millisecond},
		{"60", `{"retry_after":0.25}`, time.Minute},
		{"", `{"retry_after":3.5}`, 3500 * time.Millisecond},
		{"", "<html>", time.Minute},
		{"-5", "", 0},
	} {
		a := answer{header: http.Header{}, body: []byte(test.body)}
		a.header.Set("Retry-After", test.header)
		if got := retryAfter(a); got != test.want {
			t.Errorf("retryAfter(%q, %q) = %v, want %v", test.header, test.body, got, test.want)
		}
	}
}

// TestSame: Discord's listing of what we registered, with its own fields and order, is the same; a changed word is not.
func TestSame(t *testing.T) {
	want := registrations(bot.Commands(), true)
	text, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	listed := strings.ReplaceAll(string(text), `{"name":"ask"`, `{"id":"1","version":"2","nsfw":false,"name_localizations":null,"name":"ask"`)
	var have []command
	if err := json.Unmarshal([]byte(listed), &have); err != nil {
		t.Fatal(err)
	}
	have[0], have[1] = have[1], have[0]
	have[0].Contexts = []int{2, 1, 0}
	if !same(want, have, true) {
		t.Error("the same commands look different")
	}
	have[0].Description += "!"
	if same(want, have, true) {
		t.Error("another description looks the same")
	}
}

func TestParseBase(t *testing.T) {
	for base, fine := range map[string]bool{
		"": true, "https://proxy.example/api/v10": true, "http://127.0.0.1:80/x": true, "http://localhost": true, "http://[::1]:1": true,
		"http://proxy.example": false, "ftp://x.example": false, "proxy": false, "https://u:p@x.example": false, "https://x.example?q": false,
	} {
		if _, err := parseBase(base, false); (err == nil) != fine {
			t.Errorf("parseBase(%q): %v", base, err)
		}
	}
	if _, err := parseBase("http://proxy.example", true); err != nil {
		t.Error(err)
	}
	for raw, fine := range map[string]bool{"wss://gateway.example": true, "ws://127.0.0.1:1": true, "ws://gateway.example": false, "https://x.example": false} {
		if _, err := gatewayURL(raw); (err == nil) != fine {
			t.Errorf("gatewayURL(%q): %v", raw, err)
		}
	}
}

// TestRender: hostile text in every place of a card becomes no markup, and nobody is ever pinged.
func TestRender(t *testing.T) {
	evil := "@everyone [x](https://evil.example) **b** <@1>\n# h"
	text, err := json.Marshal(render(bot.Card{
		Kind: bot.KindAnswer, Site: evil, Title: evil, URL: "https://a.example", Footer: evil,
		Body: []bot.Block{{Quote: true, Parts: []bot.Part{{Text: evil, Bold: true}, {Text: evil, Link: "https://a.example/(x)"}}}}, Fields: []bot.Field{{Name: "By", Value: []bot.Part{{Text: evil}}}},
	}))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"allowed_mentions":{"parse":[],"replied_user":false}`, `(https://a.example/%28x%29)`, `"content":""`, `"components":[]`} {
		if !bytes.Contains(text, []byte(want)) {
			t.Errorf("%s lacks %s", text, want)
		}
	}
	var b body
	if err := json.Unmarshal(text, &b); err != nil {
		t.Fatal(err)
	}
	for _, shown := range []string{b.Embeds[0].Description, b.Embeds[0].Title, b.Embeds[0].Fields[0].Value} {
		if strings.Contains(shown, "(https://evil") || strings.Contains(strings.ReplaceAll(shown, `\@`, ""), "@") {
			t.Errorf("hostile text takes effect: %s", shown)
		}
	}
	if got := around(" a \n\nb ", true); got != " **a** \n\n**b** " {
		t.Errorf("bold over lines: %q", got)
	}
}

// FuzzDecode: whatever Discord sends is decoded or left, and never ends the process.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"id":"1","token":"t","type":2,"member":{"user":{"id":"7"},"permissions":"32"},"data":{"name":"admin","options":[{"type":1,"name":"list","options":[{"type":4,"name":"before","value":3}]}]}}`))
	f.Add([]byte(`{"id":"1","channel_id":"2","author":{"id":"3"},"content":"<@9> hi","embeds":[{"url":"https://a.example"}],"mentions":[{"id":"9"}],"message_snapshots":[{"message":{"content":"x"}}]}`))
	f.Add([]byte(`{"id":1,"token":[],"options":{}}`))
	f.Fuzz(func(_ *testing.T, raw []byte) {
		decodeInteraction(raw)
		decodeMessage(raw, "9")
	})
}

func TestDecodeInteraction(t *testing.T) {
	i, ok := decodeInteraction(json.RawMessage(`{"id":"1","token":"t","type":2,"guild_id":"5","channel_id":"6","channel":{"type":11,"parent_id":"4"},"member":{"user":{"id":"7"},"permissions":"32","roles":3},
		"data":{"name":"admin","options":[{"type":1,"name":"list","options":[{"type":4,"name":"before","value":3},{"type":5,"name":"yes","value":true},{"type":3,"name":"text","value":"a \"b\""}]}]}}`))
	if !ok || i.name != "admin list" || i.options["before"] != "3" || i.options["yes"] != "true" || i.options["text"] != `a "b"` || !i.moderator || i.guild != "5" || i.settled != "4" {
		t.Errorf("decoded %+v", i)
	}
	i, ok = decodeInteraction(json.RawMessage(`{"id":"1","token":"t","guild_id":"5","user":{"id":"7"},"authorizing_integration_owners":{"1":"7"},"data":7}`))
	if !ok || i.guild != "" || i.moderator {
		t.Errorf("installed by a person alone: %+v", i)
	}
}

// TestBucketsAreForgotten: a bucket whose window is over tells nothing, and is not kept.
func TestBucketsAreForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimits(1)
		header := http.Header{"X-Ratelimit-Remaining": {"4"}, "X-Ratelimit-Reset-After": {"1.0"}}
		for _, id := range []string{"1", "2", "3"} {
			l.learn(call{name: "POST callback", top: id, token: true}, answer{status: http.StatusNoContent, header: header})
		}
		l.learn(call{name: "PATCH @original", top: "1", token: true}, answer{status: http.StatusTooManyRequests, header: http.Header{"Retry-After": {"60"}}})
		if n := l.size(time.Now()); n != 4 {
			t.Errorf("%d buckets, want 4", n)
		}
		time.Sleep(sweepBuckets + time.Second)
		if n := l.size(time.Now()); n != 1 {
			t.Errorf("%d buckets, want the blocked one", n)
		}
		if err := l.wait(t.Context(), call{name: "PATCH @original", top: "1", token: true}); err != nil {
			t.Error(err)
		}
	})
}
