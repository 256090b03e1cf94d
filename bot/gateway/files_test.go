package gateway

import (
	"encoding/json"
	"slices"
	"testing"

	"archivist/bot"
)

// TestIsAttachment: no address gets in as an attachment's but those of Discord's own hosts, and what lies beside an API on this machine.
func TestIsAttachment(t *testing.T) {
	for _, test := range []struct {
		base, address string
		want          bool
	}{
		{"", "https://cdn.discordapp.com/attachments/1/2/a.txt?ex=1&is=2&hm=3&", true},
		{"", "https://media.discordapp.net/ephemeral-attachments/1/2/a.txt", true},
		{"", "http://cdn.discordapp.com/attachments/1/2/a.txt", false},
		{"", "https://cdn.discordapp.com:8443/attachments/1/2/a.txt", false},
		{"", "https://x@cdn.discordapp.com/attachments/1/2/a.txt", false},
		{"", "https://cdn.discordapp.com.evil.example/a.txt", false},
		{"", "https://evil.example/cdn.discordapp.com/a.txt", false},
		{"", "http://127.0.0.1:8080/a.txt", false},
		{"", "", false},
		{"", "%", false},
		{"http://127.0.0.1:8080/api/v10", "http://127.0.0.1:8080/attachments/1/2/a.txt", true},
		{"http://127.0.0.1:8080/api/v10", "http://127.0.0.1:8081/attachments/1/2/a.txt", false},
		{"http://127.0.0.1:8080/api/v10", "https://127.0.0.1:8080/attachments/1/2/a.txt", false},
		{"https://proxy.example/api/v10", "https://proxy.example/attachments/1/2/a.txt", false},
	} {
		g := &Gateway{options: Options{APIBase: test.base}}
		if got := g.isAttachment(test.address); got != test.want {
			t.Errorf("with the API at %q, %q is an attachment: %t", test.base, test.address, got)
		}
	}
}

// TestAttachedFiles reads an option's file and those of a message, its forward's among them.
func TestAttachedFiles(t *testing.T) {
	const head = `{"id":"1","token":"t","type":2,"user":{"id":"7"},"data":`
	for event, want := range map[string][]bot.Attachment{
		head + `{"name":"add","options":[{"name":"file","type":11,"value":"5"}],"resolved":{"attachments":{"5":{"id":"5","filename":"a.txt","size":3,"url":"https://x.example/a"},"6":{}}}}}`: {
			{Name: "a.txt", URL: "https://x.example/a", Size: 3},
		},
		head + `{"name":"Add this article","type":3,"target_id":"9","resolved":{"messages":{"9":{"attachments":[{"filename":"b.md","size":"large"},7],"message_snapshots":[{"message":{"attachments":[{"filename":"c.pdf"}]}}]}}}}}`: {
			{Name: "b.md"}, {Name: "c.pdf"},
		},
		head + `{"name":"add","options":[{"name":"file","type":11,"value":"5"}]}}`: {{}},
		head + `{"name":"add","options":[{"name":"url","type":3,"value":"5"}]}}`:   nil,
	} {
		if i, ok := decodeInteraction(json.RawMessage(event)); !ok || !slices.Equal(i.attached, want) {
			t.Errorf("%s\nhas %+v", event, i.attached)
		}
	}
}
