package fakediscord_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"archivist/bot/fakediscord"
)

func TestChecks(t *testing.T) {
	long := strings.Repeat("x", 2001)
	button := func(more string) string { return `{"type":2,"style":1,` + more + `}` }
	rows := func(parts ...string) string {
		return `{"content":"x",` + calm + `,"components":[{"type":1,"components":[` + strings.Join(parts, ",") + `]}]}`
	}
	form := func(row string) string {
		return `{"type":9,"data":{"custom_id":"f","title":"T","components":[` + row + `]}}`
	}
	menu := func(more string) string { return `{"type":3,"custom_id":"m",` + more + `}` }
	command := func(more string) string { return `[{"name":"a","description":"d",` + more + `}]` }
	option := func(more string) string { return `{"type":3,"description":"d",` + more + `}` }
	message := func(more string) string { return `{"content":"x",` + calm + `,` + more + `}` }
	for _, c := range []struct {
		check, route, body string // routes: followup, edit, messages, commands, guild, callback
	}{
		{"", "followup", message(`"flags":64`)},
		{"", "followup", rows(button(`"label":"a","custom_id":"a"`), button(`"label":"b","custom_id":"b"`))},
		{"", "followup", `{"embeds":[{"title":"t","url":"https://x.example"}],` + calm + `}`},
		{"", "edit", `{"components":[]}`},
		{"", "messages", message(`"nonce":"1","enforce_nonce":true`)},
		{"", "commands", command(`"options":[` + option(`"name":"a","required":true`) + `,` + option(`"name":"b"`) + `]`)},
		{"", "callback", `{"type":5,"data":{"flags":64}}`},
		{"1 content", "followup", `{"content":"` + long + `",` + calm + `}`},
		{"2 embed sum", "followup", `{` + calm + `,"embeds":[{"description":"` + long + `"},{"description":"` + long + `"},{"description":"` + long + `"}]}`},
		{"3 empty message", "followup", `{"content":" ",` + calm + `}`},
		{"3 empty message", "edit", `{"content":"","embeds":[],"components":[]}`},
		{"4 custom ids", "followup", rows(button(`"label":"a","custom_id":"a"`), button(`"label":"b","custom_id":"a"`))},
		{"5 buttons", "followup", rows(button(`"label":"a","custom_id":"a","url":"https://x.example"`))},
		{"5 buttons", "followup", rows(button(`"label":"a"`))},
		{"5 buttons", "followup", rows(`{"type":2,"style":5,"label":"a","custom_id":"a"}`)},
		{"6 rows", "followup", rows(menu(`"options":[{"label":"a","value":"a"}]`), button(`"label":"a","custom_id":"a"`))},
		{"7 selects", "followup", rows(menu(`"options":[{"label":"a","value":"a"},{"label":"b","value":"a"}]`))},
		{"7 selects", "followup", rows(menu(`"max_values":2,"options":[{"label":"a","value":"a"}]`))},
		{"8 form", "callback", `{"type":9,"data":{"custom_id":"f","title":"T","components":[{"type":1,"components":[]}]}}`},
		{"7 selects", "followup", rows(menu(`"options":[{"label":"","value":"a"}]`))},
		{"7 selects", "followup", rows(menu(`"placeholder":"` + long + `","options":[{"label":"a","value":"a"}]`))},
		{"", "callback", form(`{"type":18,"label":"Why?","component":{"type":4,"custom_id":"w","style":2,"max_length":500}}`)},
		{"8 form", "callback", form(`{"type":18,"label":"` + long + `","component":{"type":4,"custom_id":"w","style":2}}`)},
		{"8 form", "callback", form(`{"type":18,"label":"Why?","component":{"type":4,"custom_id":"w","style":3}}`)},
		{"8 form", "callback", form(`{"type":18,"label":"Why?","component":{"type":4,"custom_id":"w","style":1,"min_length":9,"max_length":5}}`)},
		{"8 form", "callback", form(`{"type":1,"components":[{"type":4,"custom_id":"w","style":1,"max_length":2,"value":"long"}]}`)},
		{"9 command names", "commands", `[{"name":"Ask","description":"d"}]`},
		{"9 command names", "commands", `[{"name":"a b","description":"d"}]`},
		{"9 command names", "commands", `[{"name":"a","description":"d"},{"name":"a","description":"e"}]`},
		{"10 options", "commands", command(`"options":[` + option(`"name":"a"`) + `,` + option(`"name":"b","required":true`) + `]`)},
		{"10 options", "commands", command(`"options":[` + option(`"name":"a"`) + `,` + option(`"name":"a"`) + `]`)},
		{"11 command size", "commands", command(`"options":[` + option(`"name":"a","choices":[{"name":"n","value":"`+strings.Repeat("v", 7996)+`"}]`) + `]`)},
		{"12 nesting", "commands", command(`"options":[{"type":1,"name":"s","description":"d"},` + option(`"name":"b"`) + `]`)},
		{"12 nesting", "commands", command(`"options":[` + option(`"name":"a","autocomplete":true,"choices":[{"name":"n","value":"v"}]`) + `]`)},
		{"13 command count", "commands", menus(16)},
		{"14 contexts", "guild", command(`"contexts":[0]`)},
		{"15 urls", "followup", `{` + calm + `,"embeds":[{"title":"t","url":"javascript:x"}]}`},
		{"16 headers", "followup", message(`"embeds":[{"title":"TOKEN"}]`)},
		{"18 callback type", "callback", `{"type":8,"data":{"choices":[]}}`},
		{"18 callback type", "callback", `{"type":6}`},
		{"20 deferral", "callback", `{"type":5,"data":{"flags":4}}`},
		{"20 deferral", "callback", `{"type":5,"data":{"content":"x"}}`},
		{"23 components v2", "followup", message(`"flags":32768`)},
		{"24 allowed_mentions", "followup", `{"content":"x"}`},
		{"24 allowed_mentions", "edit", `{"content":"x","allowed_mentions":{"parse":["users"]}}`},
		{"24 allowed_mentions", "followup", `{"content":"x","allowed_mentions":{"parse":null}}`},
		{"24 allowed_mentions", "messages", `{"content":"x","nonce":"1","enforce_nonce":true,"allowed_mentions":{"parse":[],"replied_user":true}}`},
		{"25 flags", "followup", message(`"flags":2`)},
		{"27 reference", "messages", message(`"nonce":"2","enforce_nonce":true,"message_reference":{"message_id":"ELSEWHERE"}`)},
		{"29 nonce", "messages", message(`"nonce":"1"`)},
		{"29 nonce", "messages", message(`"enforce_nonce":true`)},
		{"30 files", "followup", `{` + calm + `,"embeds":[{"title":"t","image":{"url":"attachment://a.png"}}]}`},
		{"30 files", "followup", message(`"attachments":[{"id":0}]`)},
		{"31 island", "followup", message(`"embeds":[{"title":"in Other readers"}]`)},
		{"31 island", "followup", message(`"embeds":[{"title":"OTHER"}]`)},
	} {
		t.Run(c.check+" "+c.route, func(t *testing.T) {
			tw := newTown(t, fakediscord.Options{Strict: true})
			other := tw.d.Guild("Other readers")
			elsewhere, err := tw.ann.Type(tw.ann.DM(), "x")
			if err != nil {
				t.Fatal(err)
			}
			body := strings.NewReplacer("TOKEN", tw.d.Token(), "OTHER", other.ID(), "ELSEWHERE", elsewhere.ID).Replace(c.body)
			_, callback, hook := tw.ask()
			if c.route != "callback" {
				tw.want(204, 0, "POST", callback, `{"type":4,"data":{"content":"x",`+calm+`}}`)
			}
			app := "/applications/" + tw.d.ApplicationID()
			method, path := "POST", map[string]string{
				"followup": hook, "edit": hook + "/messages/@original", "messages": "/channels/" + tw.news.ID() + "/messages",
				"commands": app + "/commands", "guild": app + "/guilds/" + tw.g.ID() + "/commands", "callback": callback,
			}[c.route]
			switch c.route {
			case "edit":
				method = "PATCH"
			case "commands", "guild":
				method = "PUT"
			}
			a := tw.call(method, path, body)
			var broken []string
			for _, v := range tw.d.Violations() {
				broken = append(broken, v.Check.String())
			}
			if c.check == "" && (a.status >= 300 || len(broken) > 0) || c.check != "" && (a.status < 400 || !slices.Contains(broken, c.check)) {
				t.Errorf("%.500s\nbroke %q, %d %.500s", body, broken, a.status, a.raw)
			}
			// A rule of the list must not hide behind another one that its body breaks by the way.
			if c.check != "" && len(broken) > 1 && slices.ContainsFunc(broken, func(b string) bool { return b != c.check }) {
				t.Errorf("%.500s\nbroke %q", body, broken)
			}
		})
	}
}

func menus(n int) string {
	var all []string
	for i := range n {
		all = append(all, fmt.Sprintf(`{"type":3,"name":"Menu %d"}`, i))
	}
	return "[" + strings.Join(all, ",") + "]"
}
