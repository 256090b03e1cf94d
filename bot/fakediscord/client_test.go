package fakediscord_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"archivist/bot/fakediscord"
)

// seen are the contents of what has changed, and how many messages are gone.
func seen(c fakediscord.Changes) (texts []string, gone int) {
	for _, m := range c.Messages {
		texts = append(texts, m.Content)
	}
	return texts, len(c.Gone)
}

// TestChanges follows a channel from number to number, for two people.
func TestChanges(t *testing.T) {
	tw := newTown(t, fakediscord.Options{})
	bob := tw.g.Member("Bob")
	at := map[*fakediscord.Member]uint64{}
	want := func(who *fakediscord.Member, gone int, texts ...string) {
		t.Helper()
		c := tw.news.Changes(who, at[who])
		at[who] = c.Seq
		if got, n := seen(c); !slices.Equal(got, texts) || n != gone || c.Lost {
			t.Errorf("%s sees %q and %d gone, want %q and %d; lost %v", who.Name(), got, n, texts, gone, c.Lost)
		}
	}
	want(tw.ann, 0)
	said, err := tw.ann.Type(tw.news, "one")
	if err != nil {
		t.Fatal(err)
	}
	want(tw.ann, 0, "one")
	want(tw.ann, 0)
	if _, err := tw.ann.Edit(said, "one and a half"); err != nil {
		t.Fatal(err)
	}
	want(tw.ann, 0, "one and a half")
	want(bob, 0, "one and a half")

	x, callback, hook := tw.ask()
	tw.want(204, 0, "POST", callback, `{"type":5,"data":{"flags":64}}`)
	want(tw.ann, 0, "")
	want(bob, 0)
	tw.want(200, 0, "PATCH", hook+"/messages/@original", `{"content":"for Ann",`+calm+`}`)
	want(tw.ann, 0, "for Ann")
	tw.want(200, 0, "POST", hook, `{"content":"for all",`+calm+`}`)
	want(tw.ann, 0, "for all")
	want(bob, 0, "for all")
	own, err := x.Reply(soon(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := tw.ann.Delete(own); err != nil {
		t.Fatal(err)
	}
	want(tw.ann, 1)
	want(bob, 0)
	tw.news.Purge(said)
	want(bob, 1)

	before := at[bob]
	for range 201 {
		m, err := tw.ann.Type(tw.news, "x")
		if err == nil {
			err = tw.ann.Delete(m)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if c := tw.news.Changes(bob, before); !c.Lost {
		t.Error("201 deletions are remembered")
	}
	if c := tw.news.Changes(bob, 0); c.Lost || len(c.Messages) != 1 {
		t.Errorf("from the beginning: %+v", c)
	}
	if c := tw.news.Changes(bob, 1<<60); !c.Lost {
		t.Error("a number that never was is known")
	}
}

// TestSights holds who sees which guilds, channels and threads.
func TestSights(t *testing.T) {
	tw := newTown(t, fakediscord.Options{})
	boss := tw.g.Member("Boss", fakediscord.With(fakediscord.ManageGuild))
	chess := tw.d.Guild("Chess club")
	lounge := chess.Channel("lounge")
	chess.Join(tw.ann)
	hidden := tw.g.Channel("hidden")
	hidden.Overwrite(nil, 0, fakediscord.ViewChannel)
	talk, secret := tw.news.Thread("talk"), tw.news.PrivateThread("secret")
	gone := tw.g.Channel("gone")
	gone.Delete()
	names := func(channels []*fakediscord.Channel) (out []string) {
		for _, c := range channels {
			out = append(out, c.Name())
		}
		return out
	}
	if got := names(tw.ann.Channels()); !slices.Equal(got, []string{"news", "talk"}) {
		t.Errorf("Ann sees %q", got)
	}
	if got := names(boss.Channels()); !slices.Equal(got, []string{"news", "talk", "secret"}) {
		t.Errorf("the boss sees %q", got)
	}
	for c, sees := range map[*fakediscord.Channel][2]bool{ // Ann, Boss
		tw.news: {true, true}, talk: {true, true}, secret: {false, true}, hidden: {}, gone: {}, lounge: {true, false}, tw.ann.DM(): {true, false}, boss.DM(): {false, true},
	} {
		if got := [2]bool{tw.ann.Sees(c), boss.Sees(c)}; got != sees {
			t.Errorf("%q: %v, want %v", c.Name(), got, sees)
		}
	}
	if g := tw.ann.Guilds(); len(g) != 2 || g[1].Guild() != chess || tw.ann.In(lounge) != g[1] || boss.In(lounge) != nil {
		t.Errorf("guilds %v", g)
	}
	people := tw.d.People()
	if len(people) != 2 || people[0].ID() != tw.ann.ID() || people[1].ID() != boss.ID() {
		t.Errorf("people %v", people)
	}
	if !slices.Equal(boss.Roles(), []string{"Boss's"}) || boss.May(tw.news, fakediscord.ManageMessages) || !boss.May(tw.news, fakediscord.ManageGuild) {
		t.Errorf("the boss: %v", boss.Roles())
	}
}

// TestPicker offers what a client offers, in the person's language, and sends what is typed as what the options take.
func TestPicker(t *testing.T) {
	tw := newTown(t, fakediscord.Options{Strict: true})
	boss := tw.g.Member("Boss", fakediscord.With(fakediscord.ManageGuild))
	tw.want(200, 0, "PUT", "/applications/"+tw.d.ApplicationID()+"/commands", `[
	 {"name":"set","description":"Set","name_localizations":{"de":"setzen"},"options":[{"type":2,"name":"all","description":"d","options":[{"type":1,"name":"of","description":"Of it","name_localizations":{"de":"davon"},"options":[
	  {"type":3,"name":"mode","description":"Mode","required":true,"choices":[{"name":"Loud","value":"l","name_localizations":{"de":"Laut"}},{"name":"Off","value":"o"}]},
	  {"type":4,"name":"days","description":"Days"},{"type":5,"name":"quiet","description":"Quiet"},{"type":6,"name":"who","description":"Who"},
	  {"type":7,"name":"where","description":"Where"},{"type":8,"name":"role","description":"Role"},{"type":10,"name":"share","description":"Share"},{"type":3,"name":"title","description":"Title","autocomplete":true}]}]}]},
	 {"name":"only","description":"Only","default_member_permissions":"32"},
	 {"name":"Mark this","type":3,"name_localizations":{"de":"Merken"}}]`)
	names := func(who *fakediscord.Member) (out []string) {
		for _, c := range who.Commands(tw.news) {
			out = append(out, c.Label)
		}
		return out
	}
	if got := names(tw.ann); !slices.Equal(got, []string{"set all of", "Mark this"}) {
		t.Errorf("Ann is offered %q", got)
	}
	boss.SetLocale("de")
	if got := names(boss); !slices.Equal(got, []string{"setzen all davon", "only", "Merken"}) || boss.Locale() != "de" {
		t.Errorf("the boss is offered %q", got)
	}
	set := boss.Commands(tw.news)[0]
	if set.Name != "set all of" || set.Menu || set.Description != "Of it" || len(set.Options) != 8 || !set.Options[0].Required || set.Options[0].Choices[0] != (fakediscord.PickChoice{Name: "Laut", Value: "l"}) || !set.Options[7].Completed {
		t.Errorf("%+v", set)
	}

	x := boss.Slash(tw.news, "set all of", fakediscord.Typed("mode", "Laut"), fakediscord.Typed("days", "30"), fakediscord.Typed("quiet", "True"), fakediscord.Typed("who", "@Ann"),
		fakediscord.Typed("where", tw.news.ID()), fakediscord.Typed("role", "Boss's"), fakediscord.Typed("share", "0.5"), fakediscord.Typed("title", "a"))
	if x.Err() != nil {
		t.Fatal(x.Err())
	}
	callback, _ := paths(tw.d, x)
	tw.want(204, 0, "POST", callback, `{"type":4,"data":{"content":"done",`+calm+`}}`)
	m, err := x.Reply(soon(t))
	if err != nil || m.Used != "/set all of" || m.By != "Boss" || !strings.HasPrefix(m.Typed, "mode:Laut days:30 quiet:True who:@Ann") {
		t.Errorf("%+v, %v", m, err)
	}
	for _, wrong := range [][2]string{{"mode", "Shout"}, {"days", "many"}, {"quiet", "perhaps"}, {"who", "Nobody"}, {"where", "nowhere"}, {"role", "none"}, {"share", "half"}} {
		if x := boss.Slash(tw.news, "set all of", fakediscord.Typed("mode", "l"), fakediscord.Typed(wrong[0], wrong[1])); x.Err() == nil {
			t.Errorf("%v was sent", wrong)
		}
	}
}

// TestTypedNames become mentions, the longer first, and pings; of channels that somebody does not see no name is told.
func TestTypedNames(t *testing.T) {
	tw := newTown(t, fakediscord.Options{})
	anna, mods, council := tw.g.Member("Anna"), tw.g.Role("Mods", 0), tw.g.Channel("council")
	council.Overwrite(nil, 0, fakediscord.ViewChannel)
	council.OverwriteFor(anna, fakediscord.ViewChannel, 0)
	if hers, err := anna.Type(tw.news, "#council"); err != nil || hers.Content != "<#"+council.ID()+">" || anna.NameOf(council.ID()) != "council" {
		t.Errorf("%+v, %v", hers, err)
	}
	said, err := tw.ann.Type(tw.news, "@Anna @Ann @Mods #news @archivist @nobody #council")
	want := "<@" + anna.ID() + "> <@" + tw.ann.ID() + "> <@&" + mods.ID() + "> <#" + tw.news.ID() + "> <@" + tw.d.ApplicationID() + "> @nobody #council"
	if err != nil || said.Content != want || len(said.Pings) != 4 {
		t.Errorf("%q pings %v, %v", said.Content, said.Pings, err)
	}
	for id, name := range map[string]string{anna.ID(): "Anna", mods.ID(): "Mods", tw.news.ID(): "news", tw.d.ApplicationID(): "archivist", tw.g.ID(): "everyone", "1": "", council.ID(): "No Access"} {
		if got := tw.ann.NameOf(id); got != name {
			t.Errorf("%s is %q, want %q", id, got, name)
		}
	}
}

// TestOpened gives a form to the person whom it was opened for, with all that is in it.
func TestOpened(t *testing.T) {
	tw := newTown(t, fakediscord.Options{})
	x, callback, _ := tw.ask()
	tw.want(204, 0, "POST", callback, `{"type":9,"data":{"custom_id":"f","title":"Tell us","components":[{"type":18,"label":"What?","component":
	 {"type":4,"style":2,"custom_id":"text","min_length":2,"max_length":30,"required":false,"value":"so","placeholder":"as"}}]}}`)
	if tw.g.Member("Bob").Opened(x.ID()) != nil || tw.ann.Opened("1") != nil {
		t.Error("somebody else's form")
	}
	f, err := tw.ann.Opened(x.ID()).Form(soon(t))
	if err != nil || len(f.Fields) != 1 {
		t.Fatalf("%+v, %v", f, err)
	}
	got := f.Fields[0]
	if !got.Long || got.Min != 2 || got.Max != 30 || got.Required || got.Value != "so" || got.Placeholder != "as" {
		t.Errorf("%+v", got)
	}
}

// TestAttached holds what is known of a bot's file, and that its bytes are found by its address.
func TestAttached(t *testing.T) {
	tw := newTown(t, fakediscord.Options{})
	body := "--b\r\nContent-Disposition: form-data; name=\"payload_json\"\r\nContent-Type: application/json\r\n\r\n" +
		`{"content":"see","nonce":"1","enforce_nonce":true,` + calm + `,"attachments":[{"id":"0","filename":"a.png","description":"A chart"}]}` +
		"\r\n--b\r\nContent-Disposition: form-data; name=\"files[0]\"; filename=\"a.png\"\r\n\r\nbytes\r\n--b--\r\n"
	if a, err := tw.do("POST", "/channels/"+tw.news.ID()+"/messages", "multipart/form-data; boundary=b", body); err != nil || a.status != 200 {
		t.Fatal(a.raw, err)
	}
	m := tw.news.Messages(nil)[0]
	if want := []fakediscord.Attachment{{Name: "a.png", URL: m.Files[0], Description: "A chart", Size: 5}}; !reflect.DeepEqual(m.Attached, want) {
		t.Errorf("%+v, want %+v", m.Attached, want)
	}
	host := strings.TrimSuffix(tw.d.APIBase(), "/api/v10")
	for address, there := range map[string]bool{m.Files[0]: true, strings.TrimPrefix(m.Files[0], host): true, m.Files[0] + "?x=1": false, "https://e.example/a.png": false, ":": false} {
		if data, found := tw.d.File(address); found != there || there && string(data) != "bytes" {
			t.Errorf("%s: %q %v", address, data, found)
		}
	}
}

// TestOnline is while the bot is connected.
func TestOnline(t *testing.T) {
	d := start(t, fakediscord.Options{IdentifyEvery: -1})
	if d.Online() {
		t.Error("online before it has come")
	}
	w, _ := connected(t, d)
	if !d.Online() {
		t.Error("offline while it is connected")
	}
	_ = w.ws.Close()
	if err := d.Wait(soon(t), "the bot to be gone", func() bool { return !d.Online() }); err != nil {
		t.Error(err)
	}
}

// TestMarkdownTree holds how pieces lie in one another; TestRenderMarkdown has what they show.
func TestMarkdownTree(t *testing.T) {
	var write func(pieces []fakediscord.Piece) string
	write = func(pieces []fakediscord.Piece) string {
		var out []string
		for _, p := range pieces {
			s := string(p.Kind) + ":" + p.Text
			if len(p.Inside) > 0 {
				s = string(p.Kind) + p.Mark + "(" + write(p.Inside) + ")"
			}
			out = append(out, s)
		}
		return strings.Join(out, "|")
	}
	for text, want := range map[string]string{
		"a **b *c* d** e":         ":a |bold(:b |italic(:c)|: d)|: e",
		"> x [y](https://a.b)\nz": "quote(:x |link(:y))|:\nz",
		"## h\n1. one":            "heading##(:h)|:\n|list1.(:one)",
		`\*a\* ` + "`*b*`":        ":*a* |code:*b*",
		"||s||<t:1:R>":            "spoiler(:s)|timestamp:<t:1:R>",
	} {
		if got := write(fakediscord.RenderMarkdown(text).Pieces); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}
