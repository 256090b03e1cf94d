package main

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"archivist"
	"archivist/bot/fakediscord"
)

// TestModeratorsOnDiscord: the suite as moderators and holders of a role meet it, by the real program and the fake Discord, which checks each
// request: groups of commands, people, roles and channels as options, buttons that ask first, pages, files, and rights at each use.
func TestModeratorsOnDiscord(t *testing.T) {
	w := newWholeWay(t)
	guild := w.discord.Guild("Herald readers")
	news, mod := guild.Channel("news"), guild.Member("Mo", fakediscord.With(fakediscord.ManageGuild))
	librarians := guild.Role("Librarians", 0)
	ann, lea := guild.Member("Ann"), guild.Member("Lea", fakediscord.In(librarians))
	w.reading = archivist.GuildLibrary(guild.ID())
	w.serve()
	for _, path := range []string{"/one", "/two", "/three"} {
		w.reply(ann.Slash(news, "add", fakediscord.Opt("url", w.pages+path)), "Old bridge closes")
	}

	// Whoever has neither the right nor a role is refused, whatever the client shows; a role may do what it was given, and gives nothing on.
	w.reply(lea.Slash(news, "admin article list", fakediscord.Anyway()), "Only who may manage this server")
	choices, err := lea.Complete(news, "admin article remove", "article", "bridge", fakediscord.Anyway()).Choices(w.ctx)
	if w.must(err); len(choices) != 0 {
		t.Errorf("%d titles are offered to who has no right", len(choices))
	}
	w.reply(mod.Slash(news, "admin roles", fakediscord.Opt("role", librarians), fakediscord.Opt("part", "articles")), "articles", "Integrations")
	w.reply(lea.Slash(news, "admin article list", fakediscord.Anyway()), "/three")
	w.reply(lea.Slash(news, "admin audit", fakediscord.Anyway()), "Only who may manage this server")
	w.reply(lea.Slash(news, "admin roles", fakediscord.Anyway()), "Only who may manage this server")

	// A removal in bulk asks, is done, and is undone; the buttons ask for the right once more.
	ask := w.reply(mod.Slash(news, "admin article remove", fakediscord.Opt("person", ann)), "This removes 3 articles.")
	if !ask.Ephemeral {
		t.Error("all see the question")
	}
	gone := w.reply(mod.Press(ask, "Remove"), "Removed: 3 articles")
	w.reply(mod.Slash(news, "admin article list"), "Nothing is stored here yet")
	w.reply(mod.Press(gone, "Undo"), "Put back: 3 articles.")
	w.reply(mod.Slash(news, "admin article list"), "/one")

	// What was asked shows in the figures, with a chart that can be had, and the export holds the articles: to the moderator alone, so that it does not
	// matter that we may not attach files in the channel.
	news.Overwrite(guild.BotRole(), 0, fakediscord.AttachFiles)
	w.reply(ann.Slash(news, "ask", fakediscord.Opt("question", "When was the stone bridge closed?")), "4 March")
	w.reply(ann.Slash(news, "ask", fakediscord.Opt("question", "Who won the prize for the best honey?")), "nothing in this library")
	w.reply(mod.Slash(news, "admin unanswered"), "best honey")
	stats := w.reply(mod.Slash(news, "admin stats", fakediscord.Opt("days", 7)), "Questions", "50 %")
	if file := w.file(stats); !stats.Ephemeral || !strings.HasPrefix(file, "\x89PNG") {
		t.Errorf("the chart begins with %q", file[:min(len(file), 8)])
	}
	if file := w.file(w.reply(mod.Slash(news, "admin export"), "Part 1: 3 articles")); strings.Count(file, "\n") != 3 || !strings.Contains(file, "stone bridge over the Ebb") {
		t.Errorf("exported:\n%s", file)
	}
	w.reply(mod.Slash(news, "admin setup"), "channels")
	w.reply(mod.Slash(news, "admin health"), "1 of 1 connections to Discord are ready")

	// Who is kept out is neither answered nor heard.
	w.reply(mod.Slash(news, "admin user block", fakediscord.Opt("person", ann)), "I keep")
	w.reply(ann.Slash(news, "sources"), "The moderators here keep you out.")
	w.reply(mod.Slash(news, "admin audit"), "Kept out", "Put back", "All articles of a person removed", "What a role may do")
	if code := w.stop(); code != exitDone {
		t.Errorf("exit code %d\n%s", code, w.log)
	}
	for _, v := range w.discord.Violations() {
		t.Error("violation: ", v)
	}
}

// file fetches the one file of a message.
func (w *wholeWay) file(m fakediscord.Message) string {
	w.t.Helper()
	if len(m.Files) != 1 {
		w.t.Fatalf("%d files with\n%s", len(m.Files), m.Text())
	}
	request, err := http.NewRequestWithContext(w.ctx, http.MethodGet, m.Files[0], nil)
	w.must(err)
	response, err := http.DefaultClient.Do(request)
	w.must(err)
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	w.must(err)
	return string(data)
}
