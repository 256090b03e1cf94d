package playground_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"archivist/bot/fakediscord"
	"archivist/bot/playground"
)

// A town is a playground with a small app behind it, which answers as its script says.
type town struct {
	t        *testing.T
	d        *fakediscord.Discord
	page     *playground.Server
	url      string // of the server
	herald   *fakediscord.Guild
	news     *fakediscord.Channel
	chess    *fakediscord.Guild
	lounge   *fakediscord.Channel
	mia, max *fakediscord.Member // a member of both guilds, and a moderator of the first
	ws       *websocket.Conn
}

const calm = `"allowed_mentions":{"parse":[]}`

// script is what the app does with commands, buttons and forms: a callback by the name of the command or the custom_id.
var script = map[string]string{
	"ask": `{"type":4,"data":{` + calm + `,"embeds":[{"title":"Ferry","url":"https://herald.example/ferry","color":3046763,"author":{"name":"Harbour Herald"},
		"description":"> **Twice a day** <at> *dawn*\n> \n> and dusk\nBy Ana · <t:1700000000:R>","fields":[{"name":"Number","value":"#1","inline":true}],"footer":{"text":"Passage 1 of 3"}}],
		"components":[{"type":1,"components":[{"type":2,"style":5,"label":"Open source","url":"https://herald.example/ferry"},{"type":2,"style":1,"label":"Next","custom_id":"next"},
		{"type":2,"style":2,"label":"Tell","custom_id":"form"},{"type":2,"style":2,"emoji":{"name":"👍"},"custom_id":"up","disabled":true}]},
		{"type":1,"components":[{"type":3,"custom_id":"why","placeholder":"Why?","options":[{"label":"Wrong","value":"w"},{"label":"Old","value":"o"}]}]}]}}`,
	"secret": `{"type":4,"data":{` + calm + `,"content":"between us","flags":64,
		"components":[{"type":1,"components":[{"type":2,"style":1,"label":"Share","custom_id":"share"}]}]}}`,
	"share":        `{"type":4,"data":{` + calm + `,"content":"for all"}}`,
	"admin":        `{"type":4,"data":{` + calm + `,"content":"the audit","flags":64}}`,
	"next":         `{"type":7,"data":{` + calm + `,"content":"page two","embeds":[],"components":[]}}`,
	"why":          `{"type":4,"data":{` + calm + `,"content":"noted","flags":64}}`,
	"form":         `{"type":9,"data":{"custom_id":"told","title":"Tell us","components":[{"type":18,"label":"What is wrong?","component":{"type":4,"style":2,"custom_id":"text","max_length":100}}]}}`,
	"told":         `{"type":4,"data":{` + calm + `,"content":"thank you","flags":64}}`,
	"Answer this":  `{"type":4,"data":{` + calm + `,"content":"answered","flags":64}}`,
	"complete/ask": `{"type":8,"data":{"choices":[{"name":"Ferry line","value":"ferry"}]}}`,
}

const registered = `[
 {"name":"ask","description":"Answer a question","name_localizations":{"de":"fragen"},"description_localizations":{"de":"Beantwortet eine Frage"},"contexts":[0,1],
  "options":[{"type":3,"name":"question","description":"Your question","required":true,"autocomplete":true},{"type":5,"name":"private","description":"Only you see it"}]},
 {"name":"secret","description":"A private reply"},
 {"name":"Answer this","type":3},
 {"name":"admin","description":"For moderators","default_member_permissions":"32","options":[{"type":1,"name":"audit","description":"What was done"}]}]`

// newTown makes it; the app is connected, unless it is to stay away.
func newTown(t *testing.T, away bool) *town {
	t.Helper()
	d, err := fakediscord.New(fakediscord.Options{Strict: true, IdentifyEvery: -1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	tw := &town{t: t, d: d, herald: d.Guild("Herald readers"), chess: d.Guild("Chess club")}
	tw.news, tw.lounge = tw.herald.Channel("news"), tw.chess.Channel("lounge")
	tw.mia = tw.herald.Member("Mia")
	tw.chess.Join(tw.mia)
	tw.max = tw.herald.Member("Max", fakediscord.In(tw.herald.Role("Moderator", fakediscord.ManageGuild|fakediscord.ManageMessages)))
	tw.page = playground.New(d)
	server := httptest.NewServer(tw.page.Handler())
	t.Cleanup(server.Close)
	t.Cleanup(tw.page.Close) // before the server, which waits for its streams
	tw.url = server.URL
	tw.api("PUT", "/applications/"+d.ApplicationID()+"/commands", registered)
	if !away {
		tw.connect()
	}
	return tw
}

func (tw *town) api(method, path, body string) {
	r, err := http.NewRequest(method, tw.d.APIBase()+path, strings.NewReader(body))
	if err != nil {
		tw.t.Error(err)
		return
	}
	r.Header.Set("Authorization", "Bot "+tw.d.Token())
	r.Header.Set("User-Agent", "DiscordBot (https://example.org, 1)")
	r.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		tw.t.Error(err)
		return
	}
	answer, _ := io.ReadAll(resp.Body)
	if err := resp.Body.Close(); err != nil || resp.StatusCode >= 300 {
		tw.t.Errorf("%s %s: %d %s %v", method, path, resp.StatusCode, answer, err)
	}
}

// connect starts the app: it identifies, and answers interactions by the script and mentions with a reply.
func (tw *town) connect() {
	tw.t.Helper()
	ws, _, err := websocket.DefaultDialer.Dial(tw.d.GatewayURL()+"?v=10&encoding=json", nil)
	if err != nil {
		tw.t.Fatal(err)
	}
	tw.ws = ws
	identify := fmt.Sprintf(`{"op":2,"d":{"token":%q,"intents":4609,"properties":{"os":"linux","browser":"archivist","device":"archivist"}}}`, tw.d.Token())
	if err := ws.WriteMessage(websocket.TextMessage, []byte(identify)); err != nil {
		tw.t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			var e struct {
				T string
				D struct {
					ID, Token string
					Type      int
					Data      struct {
						Name     string
						CustomID string `json:"custom_id"`
					}
					Author    struct{ Bot bool }
					ChannelID string `json:"channel_id"`
					Content   string
				}
			}
			if ws.ReadJSON(&e) != nil {
				return
			}
			switch {
			case e.T == "INTERACTION_CREATE":
				key := e.D.Data.Name + e.D.Data.CustomID
				if e.D.Type == 4 {
					key = "complete/" + key
				}
				tw.api("POST", "/interactions/"+e.D.ID+"/"+e.D.Token+"/callback", script[key])
			case e.T == "MESSAGE_CREATE" && !e.D.Author.Bot && e.D.Content != "":
				tw.api("POST", "/channels/"+e.D.ChannelID+"/messages", `{"content":"I heard you","nonce":"`+e.D.ID[:19]+`","enforce_nonce":true,`+calm+`,"message_reference":{"message_id":"`+e.D.ID+`"}}`)
			}
		}
	}()
	tw.t.Cleanup(func() { _ = ws.Close(); <-done })
	if err := tw.d.WaitReady(soon(tw.t), 0); err != nil {
		tw.t.Fatal(err)
	}
}

func soon(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// A browser is one with cookies, as one person in one channel.
type browser struct {
	tw     *town
	client *http.Client
	at     string
}

func (tw *town) browser(who *fakediscord.Member, ch *fakediscord.Channel) *browser {
	tw.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		tw.t.Fatal(err)
	}
	b := &browser{tw, &http.Client{Jar: jar}, tw.url + "/as/" + who.ID() + "/in/" + ch.ID()}
	b.get("")
	return b
}

// get reads the page at a query of the channel.
func (b *browser) get(query string) string {
	b.tw.t.Helper()
	resp, err := b.client.Get(b.at + query)
	if err != nil {
		b.tw.t.Fatal(err)
	}
	return b.body(resp, http.StatusOK)
}

func (b *browser) body(resp *http.Response, status int) string {
	b.tw.t.Helper()
	raw, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if err != nil || resp.StatusCode != status {
		b.tw.t.Fatalf("%s: status %d, not %d: %s %v", resp.Request.URL, resp.StatusCode, status, raw, err)
	}
	return string(raw)
}

// post sends a form as a browser without script, and gives the page that it is led to. pairs are names and values in turn.
func (b *browser) post(deed string, status int, pairs ...string) string {
	b.tw.t.Helper()
	return b.body(b.send(deed, "", pairs...), status)
}

// tell sends a form as the script does.
func (b *browser) tell(deed string, pairs ...string) (out struct{ Error, Form string }) {
	b.tw.t.Helper()
	if err := json.Unmarshal([]byte(b.body(b.send(deed, "application/json", pairs...), http.StatusOK)), &out); err != nil {
		b.tw.t.Fatal(err)
	}
	return out
}

func (b *browser) send(deed, accept string, pairs ...string) *http.Response {
	b.tw.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for i := 0; i+1 < len(pairs); i += 2 {
		name, file, isFile := strings.Cut(pairs[i], "@")
		w, err := form.CreateFormField(name)
		if isFile {
			w, err = form.CreateFormFile(name, file)
		}
		if err == nil {
			_, err = io.WriteString(w, pairs[i+1])
		}
		if err != nil {
			b.tw.t.Fatal(err)
		}
	}
	if err := form.Close(); err != nil {
		b.tw.t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(soon(b.tw.t), http.MethodPost, b.at+"/"+deed, &body)
	if err != nil {
		b.tw.t.Fatal(err)
	}
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.Header.Set("Origin", b.tw.url)
	if accept != "" {
		r.Header.Set("Accept", accept)
	}
	resp, err := b.client.Do(r)
	if err != nil {
		b.tw.t.Fatal(err)
	}
	return resp
}

// contains holds that a page has some texts and lacks others, which begin with "!".
func (b *browser) contains(page string, texts ...string) {
	b.tw.t.Helper()
	for _, text := range texts {
		text, absent := strings.CutPrefix(text, "!")
		if strings.Contains(page, text) == absent {
			b.tw.t.Errorf("%q in the page: %v\n%s", text, !absent, page[strings.Index(page, `<ol id="messages">`)+1:])
		}
	}
}

// last is the newest message that the person sees.
func (b *browser) last(ch *fakediscord.Channel, who *fakediscord.Member) fakediscord.Message {
	b.tw.t.Helper()
	all := ch.Messages(who)
	if len(all) == 0 {
		b.tw.t.Fatal("there is no message")
	}
	return all[len(all)-1]
}

func mustParse(t *testing.T, address string) *url.URL {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u
}
