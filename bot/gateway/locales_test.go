package gateway

import (
	"encoding/json"
	"strings"
	"testing"

	"archivist/bot/fakediscord"
)

// TestLocales: a command is answered in the language of whoever gives it; a message, which tells none, in the one that the moderators have
// set, else in the guild's. What has no catalogue reads English.
func TestLocales(t *testing.T) {
	const english, german, spanish = "[Open source]", "[Quelle öffnen]", "[Abrir la fuente]"
	s := start(t, testOptions{}).ready()
	for locale, want := range map[string]string{"en-GB": english, "de": german, "es-ES": spanish, "es-419": spanish, "fr": english, "zh-CN": english} {
		reader := s.guild.Member("Reader of "+locale, fakediscord.Locale(locale))
		m, err := reader.Slash(s.news, "ask", fakediscord.Opt("question", "When does the ferry run?")).Reply(s.ctx)
		s.must(err)
		s.wants(m, want)
		pressed, err := reader.Press(m, "👍").Reply(s.ctx)
		s.must(err)
		if thanks := map[string]string{german: "Danke", spanish: "Gracias", english: "Thank"}[want]; thanks != "" {
			s.wants(pressed, thanks)
		}
	}
	wants := func(sentence string) {
		t.Helper()
		s.wants(s.answered(s.news, ferryQuestion), sentence)
	}
	wants(english)
	s.guild.SetLocale("de")
	s.until("the guild's language", func() bool { return s.gateway.cache.locale(s.guild.ID()) == "de" })
	wants(german)
	set := func(language, says string) {
		t.Helper()
		m, err := s.mod.Slash(s.news, "admin language", fakediscord.Opt("language", language)).Reply(s.ctx)
		s.must(err)
		s.wants(m, says)
	}
	set("es", "I speak: Spanish")
	wants(spanish)
	set("default", "this server's own")
	wants(german)
}

// TestPrivacyShowsAtOnce: what is kept of people needs no look at the store, and is told without "is thinking"; how much there is comes
// after.
func TestPrivacyShowsAtOnce(t *testing.T) {
	s := start(t, testOptions{}).ready()
	s.town.mu.Lock() // on which all that the store does waits
	x := s.ann.Slash(s.news, "privacy show")
	err := s.discord.Wait(s.ctx, "the callback", func() bool { return len(s.discord.RequestsTo("POST callback")) > 0 })
	s.town.mu.Unlock()
	s.must(err)
	var said struct {
		Type int
		Data body
	}
	s.must(json.Unmarshal(s.discord.RequestsTo("POST callback")[0].Body, &said))
	if said.Type != callbackMessage || said.Data.Flags != flagEphemeral || len(said.Data.Embeds) != 1 || said.Data.Embeds[0].Title != "What I keep about you" {
		t.Errorf("at first: %+v", said)
	}
	m, err := x.Reply(s.ctx)
	s.must(err)
	if !m.Ephemeral {
		t.Error("told to all")
	}
}

// TestMentionBringsFiles: who mentions the bot with a file, or under somebody's file, has it brought in as a link is.
func TestMentionBringsFiles(t *testing.T) {
	s := start(t, withContent).ready() // which shows the words and files of the message that is answered
	file := fakediscord.Attach(fakediscord.File{Name: "minutes.md", Body: []byte("The board met.")})
	photo := fakediscord.Attach(fakediscord.File{Name: "photo.png"})
	brought := func(said fakediscord.Message) {
		t.Helper()
		_, err := s.news.Await(s.ctx, nil, "the file's card", func(m fakediscord.Message) bool {
			return m.ReplyTo == said.ID && strings.Contains(m.Text(), "You can ask about it now")
		})
		s.must(err)
	}
	said, err := s.ann.Type(s.news, "@archivist for the archive", file, photo)
	s.must(err)
	brought(said)
	posted, err := s.ann.Type(s.news, "look", file)
	s.must(err)
	said, err = s.mod.Type(s.news, "@archivist", fakediscord.ReplyTo(posted))
	s.must(err)
	brought(said)
	if len(s.town.submitted) != 2 {
		t.Errorf("%d files were brought in, want one for each mention", len(s.town.submitted))
	}
}
