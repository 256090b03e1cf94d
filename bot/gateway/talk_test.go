package gateway

import (
	"strings"
	"testing"

	"archivist"
	"archivist/bot/fakediscord"
)

var withContent = testOptions{discord: fakediscord.Options{MessageContent: true}, gateway: Options{MessageContent: true}}

// TestFollowUps: in a thread on our message questions need no mention, where the intent is granted; in others they do.
func TestFollowUps(t *testing.T) {
	s := start(t, withContent).ready()
	reply := s.answered(s.news, ferryQuestion)
	ours, err := s.ann.ThreadOn(reply, "The ferry")
	s.must(err)
	theirs := s.news.Thread("Something else")
	for range 2 {
		s.wants(s.answered(ours, "When does the ferry run?"), "Ferry line 4 will run")
	}
	s.say(ours, "Thank you all.")
	s.say(theirs, "When does the ferry run?")
	s.settle(ours, theirs)
	if n := len(theirs.Messages(nil)); n != 3 { // the question, the one to settle, its answer
		t.Errorf("%d messages in a thread that is none of ours", n)
	}
	if n := len(ours.Messages(nil)); n != 7 {
		t.Errorf("%d messages in our thread, want two questions, the thanks, the one to settle, and three answers", n)
	}
	if n := len(s.discord.RequestsTo("GET message")); n != 2 {
		t.Errorf("asked %d times whose threads they are, want once each", n)
	}
}

// TestAutoMode: in a channel of the mode auto question-like messages are answered where the answer is sure, and nothing else is said.
func TestAutoMode(t *testing.T) {
	o := withContent
	o.before = func(s *stage) {
		s.town.settings[s.library()] = map[string]string{archivist.SettingChannel + s.news.ID() + ".mode": "auto"}
	}
	s := start(t, o).ready()
	s.wants(s.answered(s.news, "When does the ferry run?"), "Ferry line 4 will run")
	before := s.posts()
	s.say(s.news, "The ferry runs again.")
	s.town.broken(true) // an answer that is no answer
	s.say(s.news, "Who built the bridge?")
	s.asking()
	s.town.broken(false)
	s.settle(s.news)
	if n := s.posts(); n != before+1 {
		t.Errorf("%d messages, want the one to settle alone", n-before)
	}
}

// TestAskAgain: what was seen too late has a button, which opens a form at once; what is typed is answered.
func TestAskAgain(t *testing.T) {
	s := start(t, testOptions{}).ready()
	s.discord.Skew(quick.patience)
	s.settle()
	s.settle()
	s.ann.Slash(s.news, "ask", fakediscord.Opt("question", "When?"))
	late, err := s.news.Await(s.ctx, nil, "a line", func(m fakediscord.Message) bool { return strings.Contains(m.Text(), "saw your request too late") })
	s.must(err)
	s.discord.Skew(0)
	s.settle()
	s.settle()
	x := s.ann.Press(late, "Ask again")
	form, err := x.Form(s.ctx)
	s.must(err)
	if ack, err := x.Ack(s.ctx); err != nil || ack.Type != callbackForm || len(form.Fields) != 1 {
		t.Fatalf("callback %+v, form %+v, %v", ack, form, err)
	}
	m, err := s.ann.Submit(form, map[string]string{form.Fields[0].ID: "When does the ferry run?"}).Reply(s.ctx)
	s.must(err)
	s.wants(m, "Ferry line 4 will run")
}

// TestCompletionChoices: titles are offered from memory while they are typed.
func TestCompletionChoices(t *testing.T) {
	s := start(t, testOptions{}).ready()
	s.must(s.gateway.bot.Warm(s.ctx, s.library()))
	list, err := s.ann.Complete(s.news, "article", "title", "ferry").Choices(s.ctx)
	s.must(err)
	if len(list) != 1 || !strings.Contains(list[0].Name, "Ferry") {
		t.Errorf("offered %+v", list)
	}
	if list, err = s.ann.Complete(s.news, "article", "title", "zeppelin").Choices(s.ctx); err != nil || len(list) != 0 {
		t.Errorf("offered %+v, %v", list, err)
	}
}

// TestMenuFindsLinks: the menu brings in links wherever a message has them: in its text, in what it forwards, and in its embeds.
func TestMenuFindsLinks(t *testing.T) {
	s := start(t, testOptions{}).ready()
	elsewhere := s.say(s.guild.Channel("elsewhere"), "see https://herald.example/forwarded")
	for _, test := range []struct {
		text, want string
		option     fakediscord.PostOption
	}{
		{"", "https://herald.example/forwarded", fakediscord.Forward(elsewhere)},
		{"look", "https://herald.example/embedded", fakediscord.Embed(map[string]any{"type": "link", "url": "https://herald.example/embedded"})},
		{"https://herald.example/both", "https://herald.example/both", fakediscord.Embed(map[string]any{"type": "link", "url": "https://herald.example/both"})},
	} {
		m, err := s.mod.Menu(s.news, "Add this article", s.say(s.news, test.text, test.option)).ReplyWhen(s.ctx, "an article", func(m fakediscord.Message) bool {
			return strings.Contains(m.Text(), "Stored. You can ask")
		})
		s.must(err)
		if link := <-s.town.submitted; link != test.want || len(s.town.submitted) != 0 || !m.Ephemeral {
			t.Errorf("%q brings in %s, and %d more; told to all: %v", test.text, link, len(s.town.submitted), !m.Ephemeral)
		}
	}
}

// TestThreadsAreOpened: by option an answer to a mention gets a thread, once, where we may; what is asked in it gets none of its own.
func TestThreadsAreOpened(t *testing.T) {
	o := withContent
	o.gateway.Threads = true
	s := start(t, o).ready()
	question := s.say(s.news, ferryQuestion)
	reply, err := s.news.Answer(s.ctx, question)
	s.must(err)
	threads := func() []fakediscord.Request { return s.discord.RequestsTo("POST message threads") }
	s.must(s.discord.Wait(s.ctx, "a thread", func() bool { return len(threads()) == 1 && threads()[0].Status == 201 }))
	if r := threads()[0]; !strings.Contains(r.Path, reply.ID) || !strings.Contains(string(r.Body), `"name":"When does the ferry run?"`) {
		t.Errorf("opened by %s", r)
	}
	inside := s.discord.Channel(reply.ID)
	s.wants(s.answered(inside, "When does the ferry run?"), "Ferry line 4 will run")
	_, err = s.ann.Edit(question, "@archivist When does the ferry run again?")
	s.must(err)
	s.settle()
	s.guild.SetRights(nil, fakediscord.ViewChannel|fakediscord.SendMessages|fakediscord.ReadMessageHistory)
	s.answered(s.news, ferryQuestion)
	s.settle(s.news)
	if n := len(threads()); n != 1 {
		t.Errorf("%d threads were opened, want one", n)
	}
}
