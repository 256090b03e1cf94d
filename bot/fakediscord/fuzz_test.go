package fakediscord_test

import (
	"testing"

	"archivist/bot/fakediscord"
)

// FuzzBodies gives every route that takes a body whatever comes: each is answered, and none breaks the fake.
func FuzzBodies(f *testing.F) {
	for _, s := range []string{
		card, askCommand, "[" + askCommand + "]", "", "{", "null", "[3]", `{"content":3,"embeds":[1,{"fields":{}}],"components":[{"type":1,"components":[[]]}]}`,
		`{"allowed_mentions":[],"message_reference":{"message_id":{}},"nonce":{},"flags":{}}`, `{"type":9,"data":{"components":[{"type":18}]}}`,
		`{"type":8,"data":{"choices":{}}}`, `{"type":7,"data":null}`, `{"attachments":[{"id":{}}],"embeds":null}`, `{"options":[{"options":[{"options":[{}]}]}]}`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, body string) {
		if len(body) > 1<<12 {
			t.Skip()
		}
		tw := newTown(t, fakediscord.Options{})
		_, callback, hook := tw.ask()
		shown, callback2, hook2 := tw.ask()
		tw.want(204, 0, "POST", callback2, card)
		m, err := shown.Reply(soon(t))
		if err != nil {
			t.Fatal(err)
		}
		pressed := tw.ann.Press(m, "More")
		callback3, _ := paths(tw.d, pressed)
		app := "/applications/" + tw.d.ApplicationID() + "/commands"
		for _, c := range []struct{ method, path string }{
			{"POST", callback},
			{"POST", callback3},
			{"PATCH", hook + "/messages/@original"},
			{"PATCH", hook2 + "/messages/@original"},
			{"POST", hook2},
			{"POST", "/channels/" + tw.news.ID() + "/messages"},
			{"PUT", app},
			{"POST", app},
			{"POST", "/users/@me/channels"},
			{"POST", "/channels/" + tw.news.ID() + "/threads"},
		} {
			if a := tw.call(c.method, c.path, body); a.status < 200 || a.status >= 500 {
				t.Errorf("%s %s: %d %s", c.method, c.path, a.status, a.raw)
			}
		}
		tw.d.Transcript()
		tw.ann.Slash(tw.news, "ask", fakediscord.Opt("question", "q")) // whatever is registered by now
		tw.news.Messages(tw.ann)
	})
}
