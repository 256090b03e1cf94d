package main

import (
	"database/sql"
	"strings"
	"testing"

	"archivist"
	"archivist/bot/fakediscord"
)

// TestLockedStoreOnDiscord: while another process holds the database's write lock, longer than the program waits for it, who asks is acknowledged
// in time and answered, without buttons, as their state cannot be kept; then the next question has them again.
func TestLockedStoreOnDiscord(t *testing.T) {
	t.Parallel() // as it waits, most of its time
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
	const button = "[More context]"
	for _, x := range asked {
		if m := w.reply(x, answer); m.Ephemeral || strings.Contains(m.Text(), button) {
			t.Errorf("private: %v\n%s", m.Ephemeral, m.Text())
		}
	}
	_, err = database.ExecContext(w.ctx, "ROLLBACK")
	w.must(err)
	if m := w.reply(ann.Slash(news, "ask", fakediscord.Opt("question", question)), answer); !strings.Contains(m.Text(), button) {
		t.Errorf("not as ever:\n%s", m.Text())
	}
	w.must(command.Process.Kill())
	_ = command.Wait() // killed
	if log := w.log.String(); strings.Contains(log, "incident=") || !strings.Contains(log, "neither it nor its card can be kept") {
		t.Errorf("the log:\n%s", log)
	}
	if late := w.discord.Unanswered(); len(late) != 0 {
		t.Errorf("not acknowledged in time: %v", late)
	}
	for _, v := range w.discord.Violations() {
		t.Error("violation: ", v)
	}
}
