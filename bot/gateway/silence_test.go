package gateway

import (
	"encoding/json"
	"reflect"
	"slices"
	"testing"

	"archivist"
	"archivist/bot/fakediscord"
)

// TestNobodyElseIsAnswered: only a person who mentions the bot is; who calls everybody, or a role, and every program is left alone.
func TestNobodyElseIsAnswered(t *testing.T) {
	s := start(t, testOptions{}).ready()
	readers := s.guild.Role("Readers", 0)
	crier := s.guild.Member("Cy", fakediscord.With(fakediscord.MentionEveryone)) // else it is mere text
	robot := s.guild.Member("Robot", fakediscord.Automated())
	const question = "When does the ferry run?"
	for _, test := range []struct {
		name    string
		author  *fakediscord.Member
		text    string
		options []fakediscord.PostOption
	}{
		{"@everyone", crier, "@everyone " + ferryQuestion, nil},
		{"@here", crier, "@here " + ferryQuestion, nil},
		{"a role", s.ann, "<@&" + readers.ID() + "> " + question, nil},
		{"the bot's own role", s.ann, "<@&" + s.guild.BotRole().ID() + "> " + question, nil},
		{"another bot", robot, ferryQuestion, nil},
		{"a webhook", s.ann, ferryQuestion, []fakediscord.PostOption{fakediscord.Webhook("815")}},
		{"a pin", s.ann, ferryQuestion, []fakediscord.PostOption{fakediscord.System(6)}},
		{"a newcomer", s.ann, ferryQuestion, []fakediscord.PostOption{fakediscord.System(7)}},
		{"the bot itself", s.guild.Bot(), ferryQuestion, nil},
		{"nobody in particular", s.ann, question, nil},
	} {
		before := s.posts()
		asked, err := test.author.Type(s.news, test.text, test.options...)
		s.must(err)
		s.wants(s.answered(s.news, ferryQuestion), "Ferry line 4 will run") // in its channel's lane, hence after the one before
		if n := s.posts(); n != before+1 {
			t.Errorf("%s: %d messages, want one: to the mention that came later", test.name, n-before)
		}
		if slices.ContainsFunc(s.news.Messages(nil), func(m fakediscord.Message) bool { return m.Author == "archivist" && m.ReplyTo == asked.ID }) {
			t.Errorf("%s was answered", test.name)
		}
	}
}

// TestNobodyIsPinged: whatever is asked, in whatever way, every body says that it pings nobody, and nobody is pinged.
func TestNobodyIsPinged(t *testing.T) {
	s := start(t, testOptions{}).ready()
	everybody := "@everyone @here <@" + s.mod.ID() + "> <@&" + s.guild.BotRole().ID() + "> when does it run?"
	shown := []fakediscord.Message{s.ask(), s.answered(s.news, "@archivist <@"+s.mod.ID()+"> when does it run?"), s.answered(s.ann.DM(), everybody)}
	for _, command := range []struct{ name, option string }{{"ask", "question"}, {"add", "url"}, {"search", "query"}} {
		m, err := s.ann.Slash(s.news, command.name, fakediscord.Opt(command.option, everybody)).Reply(s.ctx)
		s.must(err)
		shown = append(shown, m)
	}
	for _, m := range shown {
		if len(m.Pings) != 0 {
			t.Errorf("pings %v:\n%s", m.Pings, m.Text())
		}
	}
	bodies := 0
	nobody := map[string]any{"parse": []any{}, "replied_user": false}
	for _, r := range s.discord.Requests() {
		var body map[string]any
		if len(r.Body) == 0 || json.Unmarshal(r.Body, &body) != nil {
			continue // as the list of commands
		}
		if data, isCallback := body["data"].(map[string]any); isCallback {
			body = data
		}
		if body["content"] == nil && body["embeds"] == nil && body["components"] == nil {
			continue // as a deferral
		}
		if bodies++; !reflect.DeepEqual(body["allowed_mentions"], nobody) {
			t.Errorf("allowed_mentions are %v in %s", body["allowed_mentions"], r)
		}
	}
	if bodies < len(shown) {
		t.Errorf("%d bodies seen of %d messages", bodies, len(shown))
	}
}

// TestOverheardIsNotKept: of what is neither said to us nor answered, nor brings a link in, nothing is written down, not even that it was there.
func TestOverheardIsNotKept(t *testing.T) {
	s := start(t, withContent).ready()
	s.say(s.news, "https://herald.example/posted in a channel of the mode mention")
	s.say(s.news, "When does the ferry run?")
	last := s.say(s.news, ferryQuestion) // in its channel's lane, hence after those before
	_, err := s.news.Answer(s.ctx, last)
	s.must(err)
	s.until("the ledger to have the mention", func() bool {
		_, err := s.town.Request(s.ctx, last.ID)
		return err == nil
	})
	rows, err := s.town.Requests(s.ctx)
	s.must(err)
	if len(rows) != 1 {
		t.Errorf("%d requests are written down, want the mention alone", len(rows))
	}
}

// TestRolesAreNotUs: where question-like messages are answered, one to a role is not, unless it mentions us too.
func TestRolesAreNotUs(t *testing.T) {
	o := withContent
	o.before = func(s *stage) {
		s.town.settings[s.library()] = map[string]string{archivist.SettingChannel + s.news.ID() + ".mode": "auto"}
	}
	s := start(t, o).ready()
	readers := "<@&" + s.guild.Role("Readers", 0).ID() + "> "
	s.say(s.news, readers+"When does the ferry run?")
	s.wants(s.answered(s.news, readers+ferryQuestion), "Ferry line 4 will run")
	if n := s.posts(); n != 1 {
		t.Errorf("%d messages, want one: to the mention", n)
	}
}
