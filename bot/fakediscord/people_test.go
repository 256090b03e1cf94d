package fakediscord_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"archivist/bot/fakediscord"
)

// card is a reply with all that can be pressed.
const card = `{"type":4,"data":{"content":"card",` + calm + `,"components":[
 {"type":1,"components":[{"type":2,"style":1,"label":"More","custom_id":"more"},{"type":2,"style":1,"emoji":{"name":"▶"},"custom_id":"next"},
  {"type":2,"style":2,"label":"Off","custom_id":"off","disabled":true},{"type":2,"style":5,"label":"Open","url":"https://a.example"}]},
 {"type":1,"components":[{"type":3,"custom_id":"why","placeholder":"Why?","options":[{"label":"Wrong","value":"w"},{"label":"Old","value":"o"}]}]}]}}`

// shown is a town in which the card has been shown to Ann.
func shown(t *testing.T, o fakediscord.Options) (town, fakediscord.Message) {
	t.Helper()
	tw := newTown(t, o)
	x, callback, _ := tw.ask()
	tw.want(204, 0, "POST", callback, card)
	m, err := x.Reply(soon(t))
	if err != nil {
		t.Fatal(err)
	}
	return tw, m
}

func TestPresses(t *testing.T) {
	tw, m := shown(t, fakediscord.Options{Strict: true, Description: described(t)})
	for _, label := range []string{"Off", "Open", "Nothing"} {
		if x := tw.ann.Press(m, label); x.Err() == nil {
			t.Errorf("[%s] was sent", label)
		}
	}
	if x := tw.ann.Select(m, "Why?", "Sour"); x.Err() == nil {
		t.Error("an option that is not there was sent")
	}
	if x := tw.ann.Press(m, "Why?"); x.Err() == nil {
		t.Error("a menu was pressed")
	}

	// 6 and an edit: the reply is the card itself, once it has changed.
	x := tw.ann.Press(m, "▶")
	callback, hook := paths(tw.d, x)
	tw.want(204, 0, "POST", callback, `{"type":6}`)
	tw.want(200, 0, "PATCH", hook+"/messages/@original", `{"content":"page 2",`+calm+`}`)
	if got, err := x.Reply(soon(t)); err != nil || got.ID != m.ID || got.Content != "page 2" || len(got.Components) != 2 {
		t.Errorf("%+v, %v", got, err)
	}
	// 7: at once.
	x = tw.ann.Press(m, "More")
	callback, _ = paths(tw.d, x)
	tw.want(204, 0, "POST", callback, `{"type":7,"data":{"content":"page 3",`+calm+`,"components":[]}}`)
	if got, err := x.Edited(soon(t), 2); err != nil || got.Content != "page 3" || len(got.Components) != 0 {
		t.Errorf("%+v, %v", got, err)
	}
	if x := tw.ann.Press(m, "More"); x.Err() == nil {
		t.Error("a button that is gone was pressed")
	}
	if err := tw.g.Member("Boss", fakediscord.With(fakediscord.ManageMessages)).Delete(m); err != nil {
		t.Fatal(err)
	}
	if x := tw.ann.Press(m, "More"); x.Err() == nil {
		t.Error("a message that is gone was pressed")
	}
	clean(t, tw.d)
}

func TestForms(t *testing.T) {
	for name, rows := range map[string]string{
		"rows":   `{"type":1,"components":[{"type":4,"style":2,"custom_id":"text","label":"What is wrong?"}]}`,
		"labels": `{"type":18,"label":"What is wrong?","component":{"type":4,"style":2,"custom_id":"text"}}`,
	} {
		t.Run(name, func(t *testing.T) {
			tw, m := shown(t, fakediscord.Options{Description: described(t)})
			x := tw.ann.Select(m, "Why?", "Wrong")
			callback, _ := paths(tw.d, x)
			form := `{"type":9,"data":{"custom_id":"f","title":"Tell us","components":[` + rows + `]}}`
			tw.want(204, 0, "POST", callback, form)
			f, err := x.Form(soon(t))
			if err != nil || f.ID != "f" || len(f.Fields) != 1 || f.Fields[0].Label != "What is wrong?" {
				t.Fatalf("%+v, %v", f, err)
			}
			if x := tw.ann.Submit(f, nil); x.Err() == nil {
				t.Error("an empty form was sent")
			}
			x = tw.ann.Submit(f, map[string]string{"What is wrong?": "all"})
			callback, _ = paths(tw.d, x)
			tw.want(400, 50035, "POST", callback, form)
			if v := tw.d.Violations(); len(v) != 1 || v[0].Check.String() != "19 form after form" {
				t.Errorf("violations %v", v)
			}
			tw.want(204, 0, "POST", callback, `{"type":4,"data":{"content":"thanks","flags":64,`+calm+`}}`)
			if got, err := x.Reply(soon(t)); err != nil || got.Content != "thanks" || !got.Ephemeral {
				t.Errorf("%+v, %v", got, err)
			}
			// What the bot was told of the form.
			events := tw.d.Events()
			i := slices.IndexFunc(events, func(e fakediscord.Event) bool { return strings.Contains(string(e.Data), `"value":"all"`) })
			if i >= 0 {
				t.Errorf("nobody is connected, but %v was sent", events[i])
			}
		})
	}
}

// TestInteractionEvents holds what the bot is told of an interaction, as raw JSON.
func TestInteractionEvents(t *testing.T) {
	tw, m := shown(t, fakediscord.Options{})
	w, _ := connected(t, tw.d)
	w.want(0, "GUILD_CREATE")
	said, err := tw.ann.Type(tw.news, "read https://a.example")
	if err != nil {
		t.Fatal(err)
	}
	w.want(0, "MESSAGE_CREATE")
	commands := "[" + askCommand + `,{"name":"admin","description":"d","options":[{"type":2,"name":"domain","description":"d","options":[{"type":1,"name":"allow","description":"d","options":[
		{"type":7,"name":"channel","description":"d"},{"type":8,"name":"role","description":"d"},{"type":6,"name":"who","description":"d"},{"type":4,"name":"n","description":"d","min_value":1,"max_value":9},
		{"type":3,"name":"what","description":"d","autocomplete":true},{"type":3,"name":"mode","description":"d","choices":[{"name":"Off","value":"off"}]}]}]}]},{"type":3,"name":"Answer this"}]`
	tw.want(200, 0, "PUT", "/applications/"+tw.d.ApplicationID()+"/commands", commands)
	role := tw.g.Role("editors", 0)
	w.want(0, "GUILD_ROLE_CREATE")
	path := "admin domain allow"
	for name, c := range map[string]struct {
		do   func() *fakediscord.Interaction
		want []string // parts of the event
		err  bool
	}{
		"slash": {do: func() *fakediscord.Interaction {
			return tw.ann.Slash(tw.news, "ask", fakediscord.Opt("question", "q"))
		}, want: []string{`"type":2`, `"options":[{"name":"question","type":3,"value":"q"}]`, `"context":0`, `"guild_id":"` + tw.g.ID() + `"`, `"permissions":"`, `"locale":"en-US"`, `"authorizing_integration_owners":{"0":"` + tw.g.ID() + `"}`}},
		"in a DM": {do: func() *fakediscord.Interaction {
			return tw.ann.Slash(tw.ann.DM(), "ask", fakediscord.Opt("question", "q"))
		}, want: []string{`"context":1`, `"user":{`}},
		"nested": {do: func() *fakediscord.Interaction {
			return tw.ann.Slash(tw.news, path, fakediscord.Opt("channel", tw.news), fakediscord.Opt("role", role), fakediscord.Opt("who", tw.ann), fakediscord.Opt("n", 3), fakediscord.Opt("mode", "off"))
		}, want: []string{`"name":"domain","options":[{"name":"allow","options":[{"name":"channel","type":7,"value":"` + tw.news.ID() + `"}`, `"resolved":{"channels":{"` + tw.news.ID(), `"roles":{"` + role.ID(), `"users":{"` + tw.ann.ID(), `"value":3`}},
		"out of range":  {do: func() *fakediscord.Interaction { return tw.ann.Slash(tw.news, path, fakediscord.Opt("n", 10)) }, err: true},
		"no choice":     {do: func() *fakediscord.Interaction { return tw.ann.Slash(tw.news, path, fakediscord.Opt("mode", "on")) }, err: true},
		"half a path":   {do: func() *fakediscord.Interaction { return tw.ann.Slash(tw.news, "admin domain") }, err: true},
		"anyway":        {do: func() *fakediscord.Interaction { return tw.ann.Slash(tw.news, "ask", fakediscord.Anyway()) }, want: []string{`"options":[]`}},
		"complete":      {do: func() *fakediscord.Interaction { return tw.ann.Complete(tw.news, path, "what", "fer") }, want: []string{`"type":4`, `"focused":true`, `"value":"fer"`}},
		"no completion": {do: func() *fakediscord.Interaction { return tw.ann.Complete(tw.news, path, "mode", "o") }, err: true},
		"menu":          {do: func() *fakediscord.Interaction { return tw.ann.Menu(tw.news, "Answer this", said) }, want: []string{`"target_id":"` + said.ID, `"content":"read https://a.example"`}},
		"press":         {do: func() *fakediscord.Interaction { return tw.ann.Press(m, "More") }, want: []string{`"component_type":2`, `"custom_id":"more"`, `"message":{`}},
		"select":        {do: func() *fakediscord.Interaction { return tw.ann.Select(m, "Why?", "Old") }, want: []string{`"component_type":3`, `"values":["o"]`}},
	} {
		t.Run(name, func(t *testing.T) {
			x := c.do()
			if (x.Err() != nil) != c.err {
				t.Fatal(x.Err())
			}
			if c.err {
				return
			}
			event := string(w.want(0, "INTERACTION_CREATE").D)
			for _, part := range c.want {
				if !strings.Contains(event, part) {
					t.Errorf("no %s in %s", part, event)
				}
			}
		})
	}
}

func TestHiddenCommands(t *testing.T) {
	tw := newTown(t, fakediscord.Options{})
	tw.want(200, 0, "PUT", "/applications/"+tw.d.ApplicationID()+"/commands", `[{"name":"admin","description":"d","default_member_permissions":"32","contexts":[0]}]`)
	boss := tw.g.Member("Boss", fakediscord.With(fakediscord.ManageGuild))
	if x := tw.ann.Slash(tw.news, "admin"); x.Err() == nil {
		t.Error("Ann may not see /admin")
	}
	if x := tw.ann.Slash(tw.news, "admin", fakediscord.Anyway()); x.Err() != nil {
		t.Error(x.Err())
	}
	if x := boss.Slash(tw.news, "admin"); x.Err() != nil {
		t.Error(x.Err())
	}
	if x := boss.Slash(boss.DM(), "admin"); x.Err() == nil {
		t.Error("/admin is not for direct messages")
	}
}

func TestPeople(t *testing.T) {
	tw := newTown(t, fakediscord.Options{})
	w, _ := connected(t, tw.d)
	w.want(0, "GUILD_CREATE")
	bot := tw.d.ApplicationID()
	event := func(kind string) map[string]any {
		t.Helper()
		var m map[string]any
		if err := json.Unmarshal(w.want(0, kind).D, &m); err != nil {
			t.Fatal(err)
		}
		return m
	}
	type_ := func(ch *fakediscord.Channel, s string, o ...fakediscord.PostOption) fakediscord.Message {
		t.Helper()
		m, err := tw.ann.Type(ch, s, o...)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}

	link := type_(tw.news, "https://a.example", fakediscord.Embed(map[string]any{"url": "https://a.example"}))
	if e := event("MESSAGE_CREATE"); e["content"] != "" || fmt.Sprint(e["embeds"]) != "[]" {
		t.Errorf("without the intent: %v", e)
	}
	m := type_(tw.news, "@archivist add this", fakediscord.Forward(link))
	if e := event("MESSAGE_CREATE"); e["content"] != "<@"+bot+"> add this" || !strings.Contains(fmt.Sprint(e["message_snapshots"]), "https://a.example") {
		t.Errorf("forward: %v", e)
	}
	if !slices.Equal(m.Pings, []string{bot}) {
		t.Errorf("pings %v", m.Pings)
	}
	if _, err := tw.ann.Edit(m, "@archivist changed"); err != nil {
		t.Fatal(err)
	}
	if e := event("MESSAGE_UPDATE"); e["content"] != "<@"+bot+"> changed" || e["edited_timestamp"] == nil {
		t.Errorf("edit: %v", e)
	}
	everyone := type_(tw.news, "@everyone look")
	event("MESSAGE_CREATE")
	if len(everyone.Pings) != 0 {
		t.Errorf("Ann may not ping everyone: %v", everyone.Pings)
	}
	if err := tw.ann.Delete(m); err != nil {
		t.Fatal(err)
	}
	if e := event("MESSAGE_DELETE"); e["id"] != m.ID {
		t.Errorf("delete: %v", e)
	}
	if got, there := tw.d.Message(m.ID); !there || !got.Deleted {
		t.Errorf("%+v", got)
	}
	bob := tw.g.Member("Bob", fakediscord.Automated())
	if _, err := bob.Edit(link, "mine"); err == nil {
		t.Error("Bob edited what Ann wrote")
	}
	if _, err := bob.Type(tw.news, "beep"); err != nil {
		t.Fatal(err)
	}
	if e := event("MESSAGE_CREATE"); e["author"].(map[string]any)["bot"] != true {
		t.Errorf("a bot's message: %v", e)
	}
	thread := tw.news.Thread("talk")
	event("THREAD_CREATE")
	type_(thread, "x")
	if e := event("MESSAGE_CREATE"); e["channel_id"] != thread.ID() {
		t.Errorf("in a thread: %v", e)
	}
	tw.ann.Timeout(time.Now().Add(time.Hour))
	if _, err := tw.ann.Type(tw.news, "x"); err == nil {
		t.Error("Ann is in a time-out")
	}
	tw.g.Bot().Timeout(time.Now().Add(time.Hour))
	event("GUILD_MEMBER_UPDATE")
	thread.Delete()
	event("THREAD_DELETE")
	tw.g.SetRights(nil, fakediscord.ViewChannel)
	event("GUILD_ROLE_UPDATE")
	tw.g.Outage()
	if e := event("GUILD_DELETE"); e["unavailable"] != true {
		t.Errorf("outage: %v", e)
	}
	tw.g.Return()
	event("GUILD_CREATE")
	tw.g.Kick()
	if e := event("GUILD_DELETE"); e["unavailable"] != nil {
		t.Errorf("kick: %v", e)
	}

	closed := tw.d.Person("Cy", fakediscord.Closed())
	a := tw.want(200, 0, "POST", "/users/@me/channels", `{"recipient_id":"`+closed.ID()+`"}`)
	tw.want(403, 50007, "POST", "/channels/"+a.body["id"].(string)+"/messages", `{"content":"x","nonce":"1","enforce_nonce":true,`+calm+`}`)
	clean(t, tw.d)
}

func TestGroupOfUserInstalls(t *testing.T) {
	tw := newTown(t, fakediscord.Options{})
	bea := tw.d.Person("Bea", fakediscord.Installed())
	group := tw.d.Group(bea, tw.ann)
	if x := tw.ann.Slash(group, "ask", fakediscord.Opt("question", "q")); x.Err() == nil {
		t.Error("Ann has no app of her own")
	}
	x := bea.Slash(group, "ask", fakediscord.Opt("question", "q"))
	if x.Err() != nil {
		t.Fatal(x.Err())
	}
	callback, hook := paths(tw.d, x)
	tw.want(204, 0, "POST", callback, `{"type":4,"data":{"content":"x",`+calm+`}}`)
	for range 5 {
		tw.want(200, 0, "POST", hook, `{"content":"y",`+calm+`}`)
	}
	tw.want(400, 40094, "POST", hook, `{"content":"y",`+calm+`}`)
}

func TestTranscript(t *testing.T) {
	tw, m := shown(t, fakediscord.Options{})
	if _, err := tw.ann.Type(tw.news, "thanks"); err != nil {
		t.Fatal(err)
	}
	x := tw.ann.Press(m, "More")
	callback, _ := paths(tw.d, x)
	tw.want(204, 0, "POST", callback, `{"type":4,"data":{"flags":64,`+calm+`,"embeds":[{"author":{"name":"Herald"},"title":"Ferry","url":"https://a.example","description":"one\ntwo","footer":{"text":"1 of 2"}}]}}`)
	want := `Ann in #news: /ask question:q
archivist in #news:
  card
  [More] [▶] [Off] [Open]
  [Why?]
Ann in #news: thanks
Ann in #news: [More]
archivist in #news, only for Ann:
  │ Herald
  │ Ferry <https://a.example>
  │ one
  │ two
  │ 1 of 2
`
	if got := tw.d.Transcript(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
