package fakediscord_test

import (
	"encoding/json"
	"testing"

	"archivist/bot/fakediscord"
)

// TestChannels: forums, threads of all kinds, bulk deletes and unfolded links reach the bot as Discord tells of them.
func TestChannels(t *testing.T) {
	d, err := fakediscord.New(fakediscord.Options{MessageContent: true})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	g := d.Guild("Herald readers")
	news, ann := g.Channel("news"), g.Member("Ann")
	post, first, err := ann.Post(g.Forum("help"), "The ferry", "When does it run?")
	if err != nil || first.ID != post.ID() || first.Channel != post.ID() {
		t.Errorf("a post %s begins with message %s in %s: %v", post.ID(), first.ID, first.Channel, err)
	}
	if _, _, err := ann.Post(news, "x", "y"); err == nil {
		t.Error("posted in what is no forum")
	}
	said, err := ann.Type(news, "See https://herald.example/ferry")
	if err != nil {
		t.Fatal(err)
	}
	on, err := ann.ThreadOn(said, "About that")
	if err != nil || on.ID() != said.ID {
		t.Errorf("a thread on %s is %v: %v", said.ID, on, err)
	}
	if _, err := ann.ThreadOn(said, "Twice"); err == nil {
		t.Error("two threads on one message")
	}
	d.Unfold(said, map[string]any{"url": "https://herald.example/ferry"})
	if m, _ := d.Message(said.ID); len(m.Embeds) != 1 || m.Edits != 0 {
		t.Errorf("unfolded: %+v", m)
	}
	news.Purge(said)
	if m, _ := d.Message(said.ID); !m.Deleted {
		t.Error("purged, but there")
	}
	private := news.PrivateThread("Between us")
	if _, err := ann.Type(private, "hello"); err != nil {
		t.Error(err)
	}
}

// TestReadableReplies: without the intent a reply to an answer of an interaction is empty, and one to an ordinary message is not.
func TestReadableReplies(t *testing.T) {
	tw := newTown(t, fakediscord.Options{})
	_, callback, hook := tw.ask()
	tw.want(204, 0, "POST", callback, `{"type":4,"data":{"content":"Twice a day.",`+calm+`}}`)
	var answer struct{ ID string }
	if err := json.Unmarshal([]byte(tw.call("GET", hook+"/messages/@original", "").raw), &answer); err != nil {
		t.Fatal(err)
	}
	ordinary := tw.call("POST", "/channels/"+tw.news.ID()+"/messages", `{"content":"Hello.","nonce":"1","enforce_nonce":true,`+calm+`}`)
	var hello struct{ ID string }
	if err := json.Unmarshal([]byte(ordinary.raw), &hello); err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]string{answer.ID: "", hello.ID: "And on Sundays?"} {
		to, _ := tw.d.Message(id)
		posted, err := tw.ann.Type(tw.news, "And on Sundays?", fakediscord.ReplyTo(to))
		if err != nil {
			t.Fatal(err)
		}
		var got struct{ Content string }
		if err := json.Unmarshal([]byte(tw.call("GET", "/channels/"+tw.news.ID()+"/messages/"+posted.ID, "").raw), &got); err != nil || got.Content != want {
			t.Errorf("the bot reads %q, want %q (%v)", got.Content, want, err)
		}
	}
}
