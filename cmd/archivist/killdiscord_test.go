package main

import (
	"strings"
	"testing"
	"time"

	"archivist"
	"archivist/bot/fakediscord"
	"archivist/storage"
)

// TestKilledWhileAnswering kills the real program with SIGKILL while its answers are on their way to Discord: the next one gives them, once
// each, and what it knew of the requests is erased.
func TestKilledWhileAnswering(t *testing.T) {
	w := newWholeWay(t)
	readers := w.discord.Guild("Herald readers")
	news, ann := readers.Channel("news"), readers.Member("Ann")
	w.reading = archivist.GuildLibrary(readers.ID())
	w.serve()
	w.reply(ann.Slash(news, "add", fakediscord.Opt("url", w.pages+"/bridge")), "Old bridge closes", "Jonas Weber")
	if code := w.stop(); code != exitDone {
		t.Fatalf("exit code %d\n%s", code, w.log)
	}

	identified := w.discord.Identifies()
	command := w.process()
	w.must(w.discord.Wait(w.ctx, "an identify", func() bool { return w.discord.Identifies() > identified }))
	w.must(w.discord.WaitReady(w.ctx, 0))
	w.discord.Fault(fakediscord.REST("PATCH @original").Status(503).Times(0), fakediscord.REST("POST messages").Status(503).Times(0))
	before := map[string]int{"PATCH @original": len(w.discord.RequestsTo("PATCH @original"))}
	x := ann.Slash(news, "ask", fakediscord.Opt("question", "When was the stone bridge closed?"))
	asked, err := ann.Type(news, "<@"+w.discord.ApplicationID()+"> How many vehicles did the bridge carry?")
	w.must(err)
	for _, route := range []string{"PATCH @original", "POST messages"} { // the second try comes long after the request was written down
		w.must(w.discord.Wait(w.ctx, "two tries of "+route, func() bool { return len(w.discord.RequestsTo(route)) >= before[route]+2 }))
	}
	w.must(command.Process.Kill())
	if err := command.Wait(); err == nil {
		t.Error("the killed program ended well")
	}
	w.discord.Clear()

	w.serve()
	w.reply(x, "**The stone bridge over the Ebb was closed to all traffic on 4 March")
	said, err := news.Answer(w.ctx, asked)
	w.must(err)
	if !strings.Contains(said.Text(), "3,000 vehicles") || len(x.Followups()) != 0 {
		t.Errorf("answered %d times more, and the mention by\n%s", len(x.Followups()), said.Text())
	}
	w.stop()
	replies := 0
	for _, m := range news.Messages(nil) {
		if m.ReplyTo == asked.ID {
			replies++
		}
	}
	if replies != 1 {
		t.Errorf("the mention has %d replies", replies)
	}
	store, err := storage.Open(w.ctx, w.database)
	w.must(err)
	defer store.Close()
	kept, err := store.Requests(w.ctx)
	w.must(err)
	for _, r := range kept {
		if r.Open() {
			t.Errorf("an open request at the end: %+v", r)
		}
	}
	if at, err := store.LostGuilds(w.ctx, time.Now().Add(time.Hour)); err != nil || len(at) != 0 {
		t.Errorf("lost guilds: %v, %v", at, err)
	}
	for _, v := range w.discord.Violations() {
		t.Error("violation: ", v)
	}
}
