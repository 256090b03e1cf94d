package main

import (
	"database/sql"
	"strings"
	"testing"

	"archivist"
	"archivist/bot/fakediscord"
)

// TestLockedStoreOnDiscord: while another process holds the database's write lock, longer than the program waits for it, who asks is acknowledged
// in time and told an incident, the same for all of them, which the log has once; then the next question is answered.
func TestLockedStoreOnDiscord(t *testing.T) {
	w := newWholeWay(t)
	readers := w.discord.Guild("Herald readers")
	news, ann := readers.Channel("news"), readers.Member("Ann")
	w.reading = archivist.GuildLibrary(readers.ID())
	w.serve()
	w.reply(ann.Slash(news, "add", fakediscord.Opt("url", w.pages+"/bridge")), "Old bridge closes")
	if code := w.stop(); code != exitDone {
		t.Fatalf("exit code %d\n%s", code, w.log)
	}

	identified := w.discord.Identifies()
	command := w.process()
	w.must(w.discord.Wait(w.ctx, "an identify", func() bool { return w.discord.Identifies() > identified }))
	w.must(w.discord.WaitReady(w.ctx, 0))
	const question, answer = "When was the stone bridge closed?", "**The stone bridge over the Ebb was closed to all traffic on 4 March"
	w.reply(ann.Slash(news, "ask", fakediscord.Opt("question", question)), answer)

	database, err := sql.Open("sqlite", w.database)
	w.must(err)
	defer database.Close()
	database.SetMaxOpenConns(1)
	_, err = database.ExecContext(w.ctx, "PRAGMA busy_timeout = 5000")
	w.must(err)
	_, err = database.ExecContext(w.ctx, "BEGIN IMMEDIATE")
	w.must(err)
	var asked []*fakediscord.Interaction
	for _, name := range []string{"Bo", "Cleo", "Dan", "Eve"} { // each has few questions a minute
		asked = append(asked, readers.Member(name).Slash(news, "ask", fakediscord.Opt("question", question)))
	}
	incidents := map[string]bool{}
	for _, x := range asked {
		m := w.reply(x, "My store is in use by somebody else", "Incident ")
		_, number, _ := strings.Cut(m.Text(), "Incident ")
		if incidents[strings.Fields(number)[0]] = true; !m.Ephemeral {
			t.Error("told to all")
		}
	}
	_, err = database.ExecContext(w.ctx, "ROLLBACK")
	w.must(err)
	w.reply(ann.Slash(news, "ask", fakediscord.Opt("question", question)), answer)
	w.must(command.Process.Kill())
	_ = command.Wait() // killed
	if n := strings.Count(w.log.String(), "incident="); n != len(incidents) || n != 1 {
		t.Errorf("%d questions made %d incidents, and the log has %d", len(asked), len(incidents), n)
	}
	if late := w.discord.Unanswered(); len(late) != 0 {
		t.Errorf("not acknowledged in time: %v", late)
	}
	for _, v := range w.discord.Violations() {
		t.Error("violation: ", v)
	}
}
