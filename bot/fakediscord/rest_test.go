package fakediscord_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"archivist/bot/fakediscord"
)

// bot calls the API as a bot would, with raw bodies.
type bot struct {
	t *testing.T
	d *fakediscord.Discord
}

type answer struct {
	status  int
	body    map[string]any
	raw     string
	headers http.Header
}

func (b bot) do(method, path, kind, body string) (answer, error) {
	b.t.Helper()
	r, err := http.NewRequestWithContext(soon(b.t), method, b.d.APIBase()+path, strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("User-Agent", "DiscordBot (https://example.org, 1)")
	r.Header.Set("Authorization", "Bot "+b.d.Token())
	if body != "" {
		r.Header.Set("Content-Type", kind)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		return answer{}, err
	}
	a := answer{status: resp.StatusCode, raw: string(raw), headers: resp.Header}
	_ = json.Unmarshal(raw, &a.body) // lists and HTML stay raw
	return a, nil
}

// call is do for what must be answered.
func (b bot) call(method, path, body string) answer {
	b.t.Helper()
	a, err := b.do(method, path, "application/json", body)
	if err != nil {
		b.t.Fatal(err)
	}
	return a
}

// want is call, held to a status and, when not 0, to an error code.
func (b bot) want(status, code int, method, path, body string) answer {
	b.t.Helper()
	a := b.call(method, path, body)
	got, _ := a.body["code"].(float64)
	if a.status != status || code != 0 && int(got) != code {
		b.t.Fatalf("%s %s: %d %s, want %d %d", method, path, a.status, a.raw, status, code)
	}
	return a
}

// town is a Discord with a guild, a channel, a person and the command /ask.
type town struct {
	bot
	g    *fakediscord.Guild
	news *fakediscord.Channel
	ann  *fakediscord.Member
}

const askCommand = `{"name":"ask","description":"Ask","integration_types":[0,1],"contexts":[0,1,2],"options":[{"type":3,"name":"question","description":"What","required":true}]}`

func newTown(t *testing.T, o fakediscord.Options) town {
	t.Helper()
	d := start(t, o)
	tw := town{bot: bot{t, d}, g: d.Guild("Herald readers")}
	tw.news, tw.ann = tw.g.Channel("news"), tw.g.Member("Ann")
	tw.want(200, 0, "PUT", "/applications/"+d.ApplicationID()+"/commands", "["+askCommand+"]")
	return tw
}

// ask makes an interaction, and the paths of its callback and webhook as its event tells them.
func (tw town) ask() (x *fakediscord.Interaction, callback, hook string) {
	tw.t.Helper()
	x = tw.ann.Slash(tw.news, "ask", fakediscord.Opt("question", "q"))
	if x.Err() != nil {
		tw.t.Fatal(x.Err())
	}
	callback, hook = paths(tw.d, x)
	return x, callback, hook
}

// paths are found as the person's side cannot see them: from the id, by the fake's rule for tokens.
func paths(d *fakediscord.Discord, x *fakediscord.Interaction) (callback, hook string) {
	return "/interactions/" + x.ID() + "/token" + x.ID() + "/callback", "/webhooks/" + d.ApplicationID() + "/token" + x.ID()
}

const calm = `"allowed_mentions":{"parse":[]}`

func TestDescription(t *testing.T) {
	description := described(t)
	if description == nil {
		t.Skip("no ../shared/discord/openapi.json.gz beside the module")
	}
	for _, c := range []struct{ method, path, body, wrong string }{
		{"post", "/channels/{channel_id}/messages", `{"content":"x","nonce":"1"}`, ""},
		{"post", "/channels/{channel_id}/messages", `{"content":3}`, "/content"},
		{"post", "/channels/{channel_id}/messages", `{"embeds":[{"title":"` + strings.Repeat("x", 257) + `"}]}`, "/embeds/0/title"},
		{"post", "/channels/{channel_id}/messages", `{"message_reference":{"message_id":"1"}}`, ""},
		{"patch", "/webhooks/{webhook_id}/{webhook_token}/messages/@original", `{"components":[{"type":1,"components":[{"type":2,"style":1,"label":"a","custom_id":"a"}]}]}`, ""},
		{"patch", "/webhooks/{webhook_id}/{webhook_token}/messages/@original", `{"components":[{"type":1,"components":[{"type":2,"style":9,"label":"a","custom_id":"a"}]}]}`, "/components/0"},
		{"post", "/interactions/{interaction_id}/{interaction_token}/callback", `{"type":5,"data":{"flags":64}}`, ""},
		{"post", "/interactions/{interaction_id}/{interaction_token}/callback", `{"type":17}`, "/type"},
		{"put", "/applications/{application_id}/commands", `[{"name":"a","description":"d","default_member_permissions":"32"}]`, ""},
		{"put", "/applications/{application_id}/commands", `[{"name":"a","description":"d","default_member_permissions":"many"}]`, "default_member_permissions"},
		{"get", "/gateway", `{}`, ""},
	} {
		var body any
		d := json.NewDecoder(strings.NewReader(c.body))
		d.UseNumber()
		if err := d.Decode(&body); err != nil {
			t.Fatal(err)
		}
		wrong, err := description.Check(c.method, c.path, body)
		if err != nil || (wrong == "") != (c.wrong == "") || !strings.Contains(wrong, c.wrong) {
			t.Errorf("%s %s %s: %q, %v; want %q", c.method, c.path, c.body, wrong, err, c.wrong)
		}
	}
	for _, bad := range []string{"", "{}", "\x1f\x8bno gzip"} {
		if _, err := fakediscord.ParseDescription([]byte(bad)); err == nil {
			t.Errorf("%q was taken for a description", bad)
		}
	}
}

// TestRoutesAreDescribed holds every route of the fake to Discord's description: no route of our invention.
func TestRoutesAreDescribed(t *testing.T) {
	description := described(t)
	if description == nil {
		t.Skip("no ../shared/discord/openapi.json.gz beside the module")
	}
	d := start(t, fakediscord.Options{})
	for _, r := range d.Routes() {
		method, path, _ := strings.Cut(r, " ")
		if !description.Has(strings.ToLower(method), path) {
			t.Errorf("Discord describes no %s", r)
		}
	}
}

func TestCallbackLife(t *testing.T) {
	clock := fakediscord.NewClock(time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC))
	tw := newTown(t, fakediscord.Options{Now: clock.Now})
	hello := `{"type":4,"data":{"content":"x",` + calm + `}}`

	_, callback, hook := tw.ask()
	tw.want(404, 10015, "PATCH", hook+"/messages/@original", `{"content":"early",`+calm+`}`)
	clock.Advance(2900 * time.Millisecond)
	tw.want(204, 0, "POST", callback, hello)
	tw.want(400, 40060, "POST", callback, hello)
	tw.want(404, 10062, "POST", strings.Replace(callback, "token", "other", 1), hello)

	x, callback, _ := tw.ask()
	clock.Advance(3100 * time.Millisecond)
	if n := len(tw.d.Unanswered()); n != 1 || tw.d.Unanswered()[0] != x {
		t.Errorf("%d unanswered", n)
	}
	tw.want(404, 10062, "POST", callback, hello)

	_, callback, hook = tw.ask()
	a := tw.want(200, 0, "POST", callback+"?with_response=true", `{"type":5}`)
	if !strings.Contains(a.raw, `"response_message_loading":true`) || len(tw.d.Pending(0)) != 1 {
		t.Errorf("%s; %d pending", a.raw, len(tw.d.Pending(0)))
	}
	clock.Advance(14 * time.Minute)
	tw.want(200, 0, "PATCH", hook+"/messages/@original", `{"content":"in time",`+calm+`}`)
	clock.Advance(2 * time.Minute)
	tw.want(401, 50027, "PATCH", hook+"/messages/@original", `{"content":"late",`+calm+`}`)

	var broken []string
	for _, v := range tw.d.Violations() {
		broken = append(broken, v.Check.String())
	}
	if got, want := fmt.Sprint(broken), "[22 too soon 17 callback 17 callback 21 token]"; got != want {
		t.Errorf("violations %s, want %s", got, want)
	}
}

func TestFollowups(t *testing.T) {
	tw := newTown(t, fakediscord.Options{Strict: true})
	x, callback, hook := tw.ask()
	tw.want(204, 0, "POST", callback, `{"type":5}`)
	// The first one after a deferral becomes its answer; a public error is therefore deleted first.
	tw.want(200, 0, "POST", hook, `{"content":"the answer",`+calm+`}`)
	if m, err := x.Reply(soon(t)); err != nil || m.Content != "the answer" || m.Ephemeral {
		t.Errorf("%+v, %v", m, err)
	}
	tw.want(204, 0, "DELETE", hook+"/messages/@original", "")
	tw.want(404, 10008, "GET", hook+"/messages/@original", "")
	a := tw.want(200, 0, "POST", hook, `{"content":"only you","flags":64,`+calm+`}`)
	if m, err := x.Reply(soon(t)); err != nil || m.Content != "only you" || !m.Ephemeral {
		t.Errorf("%+v, %v", m, err)
	}
	id, _ := a.body["id"].(string)
	tw.want(200, 0, "PATCH", hook+"/messages/"+id, `{"content":"edited",`+calm+`}`)
	if m, err := x.Edited(soon(t), 1); err != nil || m.Content != "edited" {
		t.Errorf("%+v, %v", m, err)
	}
	tw.want(404, 10008, "GET", "/channels/"+tw.news.ID()+"/messages/"+id, "") // ephemeral: not for the channel's routes
	tw.want(204, 0, "DELETE", hook+"/messages/"+id, "")
	if n := len(x.Followups()); n != 0 {
		t.Errorf("%d follow-ups", n)
	}
	clean(t, tw.d)
}

func TestUserInstall(t *testing.T) {
	tw := newTown(t, fakediscord.Options{})
	far := tw.d.Guild("Far away", fakediscord.Uninvited()).Channel("any")
	if x := tw.ann.Slash(far, "ask", fakediscord.Opt("question", "q")); x.Err() == nil {
		t.Error("Ann has the app nowhere there, but could ask")
	}
	bea := tw.d.Person("Bea", fakediscord.Installed())
	x := bea.Slash(bea.DM(), "ask", fakediscord.Opt("question", "q"))
	if x.Err() != nil {
		t.Fatal(x.Err())
	}
	callback, hook := paths(tw.d, x)
	tw.want(204, 0, "POST", callback, `{"type":4,"data":{"content":"x",`+calm+`}}`)
	tw.want(200, 0, "POST", hook, `{"content":"y",`+calm+`}`)
	clean(t, tw.d)
}

func TestChannelMessages(t *testing.T) {
	tw := newTown(t, fakediscord.Options{Strict: true})
	path := "/channels/" + tw.news.ID() + "/messages"
	post := `{"content":"hello","nonce":"n1","enforce_nonce":true,` + calm + `}`
	first := tw.want(200, 0, "POST", path, post)
	again := tw.want(200, 0, "POST", path, post)
	if first.body["id"] != again.body["id"] || len(tw.news.Messages(nil)) != 1 {
		t.Error("the nonce did not make the second post the same message")
	}
	id, _ := first.body["id"].(string)
	tw.want(200, 0, "PATCH", path+"/"+id, `{"content":"changed",`+calm+`}`)
	said, err := tw.ann.Type(tw.news, "a secret of Ann's")
	if err != nil {
		t.Fatal(err)
	}
	if a := tw.want(200, 0, "GET", path+"/"+said.ID, ""); a.body["content"] != "" {
		t.Errorf("without the intent the bot reads %q", a.body["content"])
	}
	tw.want(403, 50005, "PATCH", path+"/"+said.ID, `{"content":"mine now",`+calm+`}`)
	if a := tw.want(200, 0, "GET", path+"?limit=1", ""); !strings.Contains(a.raw, said.ID) || strings.Contains(a.raw, `"id":"`+id) {
		t.Errorf("the newest is %s", a.raw)
	}
	reply := tw.want(200, 0, "POST", path, `{"content":"re","nonce":"n2","enforce_nonce":true,`+calm+`,"message_reference":{"message_id":"`+said.ID+`"}}`)
	if got, err := tw.news.Answer(soon(t), said); err != nil || got.ID != reply.body["id"] || len(got.Pings) != 0 {
		t.Errorf("answer %+v, %v", got, err)
	}
	if err := tw.ann.Delete(said); err != nil {
		t.Fatal(err)
	}
	tw.want(400, 50035, "POST", path, `{"content":"re","nonce":"n3","enforce_nonce":true,`+calm+`,"message_reference":{"message_id":"`+said.ID+`"}}`)
	tw.want(204, 0, "DELETE", path+"/"+id, "")
	tw.want(404, 10008, "DELETE", path+"/"+id, "")
	tw.want(404, 10003, "GET", "/channels/1", "")
	if v := tw.d.Violations(); len(v) != 1 || v[0].Check.String() != "28 edits" {
		t.Errorf("violations %v", v)
	}
}

func TestRights(t *testing.T) {
	tw := newTown(t, fakediscord.Options{})
	path := "/channels/" + tw.news.ID() + "/messages"
	n := 0
	post := func(status, code int, more string) {
		t.Helper()
		n++
		tw.want(status, code, "POST", path, fmt.Sprintf(`{"content":"x","nonce":"%d","enforce_nonce":true,%s%s}`, n, calm, more))
	}
	embed := `,"embeds":[{"title":"t"}]`
	post(200, 0, embed)
	tw.news.Overwrite(nil, 0, fakediscord.EmbedLinks)
	post(403, 50013, embed)
	post(200, 0, "")
	tw.news.Overwrite(tw.g.BotRole(), fakediscord.EmbedLinks, 0) // a role's overwrite wins over @everyone's
	post(200, 0, embed)
	tw.news.OverwriteFor(tw.g.Bot(), 0, fakediscord.SendMessages) // and a member's over a role's
	post(403, 50013, "")
	tw.news.Overwrite(nil, 0, fakediscord.ViewChannel)
	post(403, 50001, "")
	if _, err := tw.ann.Type(tw.news, "x"); err == nil {
		t.Error("Ann writes where she sees nothing")
	}
	boss := tw.g.Member("Boss", fakediscord.With(fakediscord.Administrator))
	if _, err := boss.Type(tw.news, "x"); err != nil {
		t.Error(err)
	}
	tw.g.Kick()
	tw.want(403, 50001, "GET", "/channels/"+tw.news.ID(), "")
	tw.want(404, 10004, "GET", "/guilds/"+tw.g.ID(), "")
}

func TestRESTFaults(t *testing.T) {
	tw := newTown(t, fakediscord.Options{})
	me := func() answer { t.Helper(); return tw.call("GET", "/users/@me", "") }
	rest := fakediscord.REST("GET me")
	tw.d.Fault(rest.Status(503).Times(2), rest.Error(400, 30046).After(1), rest.HTML429(3*time.Second), rest.RateLimit(1500*time.Millisecond, "shared"), rest.Global429(time.Second))
	for i, want := range []struct{ status, code int }{{503, 0}, {503, 0}, {429, 0}, {400, 30046}, {429, 0}, {429, 0}, {200, 0}} {
		a := me()
		if code, _ := a.body["code"].(float64); a.status != want.status || int(code) != want.code {
			t.Errorf("call %d: %d %s, want %v", i, a.status, a.raw, want)
		}
		switch i {
		case 2:
			if a.headers.Get("Retry-After") != "3" || !strings.HasPrefix(a.raw, "<!DOCTYPE") {
				t.Errorf("HTML: %v %s", a.headers, a.raw)
			}
		case 4:
			if a.headers.Get("X-RateLimit-Scope") != "shared" || a.body["retry_after"] != 1.5 {
				t.Errorf("shared: %v %s", a.headers, a.raw)
			}
		case 5:
			if a.headers.Get("X-RateLimit-Global") != "true" || a.body["global"] != true {
				t.Errorf("global: %v %s", a.headers, a.raw)
			}
		}
	}
	tw.d.Fault(fakediscord.REST("POST dm").Reset()) // no GET: net/http itself tries those again
	if _, err := tw.do("POST", "/users/@me/channels", "application/json", `{"recipient_id":"`+tw.ann.ID()+`"}`); err == nil {
		t.Error("a reset was answered")
	}
	tw.d.Fault(fakediscord.REST("POST callback").Lost())
	x, callback, _ := tw.ask()
	if _, err := tw.do("POST", callback, "application/json", `{"type":5}`); err == nil || !x.Acked() {
		t.Errorf("lost: %v, acknowledged %v", err, x.Acked())
	}
	tw.want(400, 40060, "POST", callback, `{"type":5}`)
	clean(t, tw.d) // the second try is what a careful bot does
	tw.d.Fault(rest.Status(500).Times(0))
	me()
	if a := me(); a.status != 500 {
		t.Errorf("for ever ended with %d", a.status)
	}
	tw.d.Clear()
	if a := me(); a.status != 200 || a.headers.Get("X-RateLimit-Remaining") == "" {
		t.Errorf("%d %v", a.status, a.headers)
	}
	if got := tw.d.RequestsTo("GET me")[0]; got.Fault != "status 503" || got.Status != 503 {
		t.Errorf("record %+v", got)
	}
}

func TestRateLimits(t *testing.T) {
	clock := fakediscord.NewClock(time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC))
	tw := newTown(t, fakediscord.Options{Now: clock.Now, RateLimits: true})
	clock.Advance(time.Second)
	for range 50 {
		tw.want(200, 0, "GET", "/users/@me", "")
	}
	a := tw.want(429, 0, "GET", "/users/@me", "")
	if a.headers.Get("X-RateLimit-Remaining") != "0" || a.headers.Get("Retry-After") != "1.000" {
		t.Errorf("%v", a.headers)
	}
	tw.want(429, 0, "GET", "/gateway/bot", "") // the global limit, on another route
	clock.Advance(time.Second)
	tw.want(200, 0, "GET", "/users/@me", "")
}

func TestUnknownRouteAndToken(t *testing.T) {
	tw := newTown(t, fakediscord.Options{})
	tw.want(404, 0, "GET", "/no/such/route", "")
	if v := tw.d.Violations(); len(v) != 1 || v[0].Check.String() != "route" || v[0].Call != "GET /no/such/route" {
		t.Errorf("violations %v", v)
	}
	r, err := http.NewRequestWithContext(t.Context(), "GET", tw.d.APIBase()+"/users/@me", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bot wrong")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if v := tw.d.Violations(); resp.StatusCode != 401 || len(v) != 2 || v[1].Check.String() != "16 headers" {
		t.Errorf("%d, violations %v", resp.StatusCode, v)
	}
}
