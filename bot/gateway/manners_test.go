package gateway

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"archivist"
	"archivist/bot"
	"archivist/bot/fakediscord"
)

// say posts a message of Ann's.
func (s *stage) say(ch *fakediscord.Channel, text string, options ...fakediscord.PostOption) fakediscord.Message {
	s.t.Helper()
	posted, err := s.ann.Type(ch, text, options...)
	s.must(err)
	return posted
}

// answered posts a message and waits for the reply.
func (s *stage) answered(ch *fakediscord.Channel, text string, options ...fakediscord.PostOption) fakediscord.Message {
	s.t.Helper()
	m, err := ch.Answer(s.ctx, s.say(ch, text, options...))
	s.must(err)
	return m
}

// settle waits until all that was told before has been taken in: the bot answers in the order in which it is asked, channel by channel.
func (s *stage) settle(channels ...*fakediscord.Channel) {
	s.t.Helper()
	for _, ch := range append(channels, s.ann.DM()) {
		s.answered(ch, "@archivist anybody there?")
	}
}

// posts counts what the bot wrote into channels, direct messages aside.
func (s *stage) posts() int {
	n := 0
	for _, r := range s.discord.RequestsTo("POST messages") {
		if !strings.Contains(r.Path, s.ann.DM().ID()) {
			n++
		}
	}
	return n
}

const ferryQuestion = "@archivist When does the ferry run?"

// TestWithoutEmbedLinks: a card becomes text where we may not embed links, and an embed again once we may.
func TestWithoutEmbedLinks(t *testing.T) {
	s := start(t, testOptions{}).ready()
	all := fakediscord.ViewChannel | fakediscord.SendMessages | fakediscord.EmbedLinks | fakediscord.ReadMessageHistory
	s.guild.SetRights(nil, all&^fakediscord.EmbedLinks)
	s.guild.SetRights(s.guild.BotRole(), all&^fakediscord.EmbedLinks)
	m := s.answered(s.news, ferryQuestion)
	if len(m.Embeds) != 0 || m.Flags&flagNoEmbeds == 0 || len(m.Components) == 0 {
		t.Errorf("%d embeds, flags %d, %d rows", len(m.Embeds), m.Flags, len(m.Components))
	}
	s.wants(m, "> The council voted on Monday. **Ferry line 4 will run again", `[**Ferry \*line\* 4 returns**](https://herald.example/ferry`)
	s.guild.SetRights(s.guild.BotRole(), all)
	if m = s.answered(s.news, ferryQuestion); len(m.Embeds) != 1 || m.Content != "" {
		t.Errorf("with the right back: %d embeds, content %q", len(m.Embeds), m.Content)
	}
}

// TestLateAndPlain: an answer that comes too late, where we may not embed links, has its asker's name before it and is not too long for Discord,
// however long it is.
func TestLateAndPlain(t *testing.T) {
	s := start(t, testOptions{}).ready()
	s.guild.SetRights(s.guild.BotRole(), fakediscord.ViewChannel|fakediscord.SendMessages|fakediscord.ReadMessageHistory)
	s.guild.SetRights(nil, fakediscord.ViewChannel|fakediscord.SendMessages|fakediscord.ReadMessageHistory)
	s.answered(s.news, ferryQuestion) // after which rights are known
	long := bot.Card{Kind: bot.KindAnswer, Title: "The timetable"}
	for range maxContent {
		long.Body = append(long.Body, bot.Block{Parts: []bot.Part{{Text: "x"}}})
	}
	s.gateway.later(interaction{id: "1", guild: s.guild.ID(), channel: s.news.ID(), person: s.ann.ID(), duty: newDuty(s.ctx)}, false, long)
	m, err := s.news.Await(s.ctx, nil, "the late answer", func(m fakediscord.Message) bool { return strings.Contains(m.Text(), "The timetable") })
	s.must(err)
	if s.wants(m, "<@"+s.ann.ID()+">", "x\n…"); bot.Units(m.Content) < maxContent-roomForName {
		t.Errorf("only %d units are used", bot.Units(m.Content))
	}
}

// TestWithoutAttachFiles: where we may not attach files a card is shown without its own, posted and edited, and with it once we may. What answers
// an interaction has it all the same (cmd/archivist's TestModeratorsOnDiscord).
func TestWithoutAttachFiles(t *testing.T) {
	s := start(t, testOptions{}).ready()
	s.ask() // after which rights are known
	chart := bot.Card{Kind: bot.KindNotice, Body: ourWord.Body, Files: []bot.File{{Name: "chart.png", Bytes: []byte("\x89PNG"), Alt: "A chart."}}}
	for n, files := range []int{0, 1} {
		deny := map[int]fakediscord.Rights{0: fakediscord.AttachFiles}[files]
		s.news.Overwrite(nil, 0, deny)
		s.until("word of the right", func() bool {
			may, _ := s.gateway.cache.ours(s.news.ID(), time.Now())
			return may.has(rightAttach) == (deny == 0)
		})
		id := s.gateway.post(s.ctx, s.news.ID(), fmt.Sprint("chart ", n), "", chart)
		for range 2 {
			m, found := s.discord.Message(id)
			if s.wants(m, "Hello."); !found || len(m.Files) != files {
				t.Errorf("%d files, want %d", len(m.Files), files)
			}
			if !s.gateway.edit(s.ctx, s.news.ID(), id, chart, ruleMessage) {
				t.Error("the message cannot be edited")
			}
		}
	}
}

// TestPermissionLostAndBack: where we may not speak nothing is tried; the right is noticed when it comes back.
func TestPermissionLostAndBack(t *testing.T) {
	s := start(t, testOptions{}).ready()
	s.news.Overwrite(nil, 0, fakediscord.SendMessages)
	s.news.OverwriteFor(s.mod, fakediscord.SendMessages, 0)
	s.news.OverwriteFor(s.ann, fakediscord.SendMessages, 0)
	s.say(s.news, ferryQuestion)
	s.settle()
	if n := s.posts(); n != 0 {
		t.Errorf("%d messages where we may not speak", n)
	}
	s.news.OverwriteFor(s.guild.Bot(), fakediscord.SendMessages, 0)
	s.wants(s.answered(s.news, ferryQuestion), "Ferry line 4 will run")

	// Discord's own word counts more than what we think: it is not tried again until something changes.
	s.discord.Fault(fakediscord.REST("POST messages").Error(403, 50013))
	before := s.posts()
	s.say(s.news, ferryQuestion)
	s.until("the refusal", func() bool {
		may, _ := s.gateway.cache.ours(s.news.ID(), time.Now())
		return !may.has(rightSend)
	})
	s.say(s.news, ferryQuestion)
	s.settle()
	if n := s.posts(); n != before+1 {
		t.Errorf("%d messages after a refusal, want the refused one alone", n-before)
	}
	s.news.Overwrite(s.guild.BotRole(), fakediscord.SendMessages, 0)
	s.wants(s.answered(s.news, ferryQuestion), "Ferry line 4 will run")
}

// TestWhatRequestsSay looks at what the bot is told of a channel: who sees it, what it hangs on, in which language.
func TestWhatRequestsSay(t *testing.T) {
	s := start(t, testOptions{}).ready()
	secret, forum := s.guild.Channel("secret"), s.guild.Forum("help")
	secret.Overwrite(nil, 0, fakediscord.ViewChannel)
	open, private, hidden := s.news.Thread("open"), s.news.PrivateThread("private"), secret.Thread("hidden")
	post, first, err := s.ann.Post(forum, "The ferry", "When does it run?")
	s.must(err)
	s.guild.SetLocale("de")
	s.ask() // after which all of it is known
	for _, test := range []struct {
		ch       *fakediscord.Channel
		channel  *fakediscord.Channel
		inThread bool
		hidden   string
	}{
		{s.news, s.news, false, ""},
		{secret, secret, false, secret.ID()},
		{open, s.news, true, ""},
		{private, s.news, true, private.ID()},
		{hidden, secret, true, secret.ID()},
		{post, forum, true, ""},
	} {
		r := s.gateway.heard(t.Context(), message{id: "1", guild: s.guild.ID(), channel: test.ch.ID(), person: s.ann.ID(), content: "Since when?", spokenTo: true})
		i := s.gateway.request(interaction{guild: s.guild.ID(), channel: test.ch.ID(), settled: test.ch.ID(), person: s.ann.ID()})
		for _, got := range []bot.Request{r, i} {
			if got.Hidden != test.hidden || got.Channel != test.channel.ID() || (got.Thread == test.ch.ID()) != test.inThread {
				t.Errorf("%s: hidden in %q, channel %s, thread %q", test.ch.Name(), got.Hidden, got.Channel, got.Thread)
			}
		}
		if r.Locale != "de" {
			t.Errorf("locale %q", r.Locale)
		}
		if want := test.ch == post; strings.HasPrefix(r.Target, "The ferry\n") != want {
			t.Errorf("%s is asked %q", test.ch.Name(), r.Target)
		}
	}
	if r := s.gateway.heard(t.Context(), message{id: first.ID, guild: s.guild.ID(), channel: post.ID(), content: "When does it run?"}); r.Target != "The ferry\nWhen does it run?" {
		t.Errorf("a forum's post asks %q", r.Target)
	}
	if r := s.gateway.heard(t.Context(), message{id: "1", channel: s.ann.DM().ID(), person: s.ann.ID()}); r.Hidden != "" || r.Library != archivist.UserLibrary(s.ann.ID()) {
		t.Errorf("a direct message: %+v", r)
	}
}

// TestEditedAndDeleted follows a question through edits to its end.
func TestEditedAndDeleted(t *testing.T) {
	s := start(t, testOptions{}).ready()
	question := s.say(s.news, "@archivist")
	reply, err := s.news.Answer(s.ctx, question)
	s.must(err)
	s.wants(reply, "Mention me with a question")
	_, err = s.ann.Edit(question, ferryQuestion)
	s.must(err)
	_, err = s.news.Await(s.ctx, nil, "the new card", func(m fakediscord.Message) bool {
		return m.ID == reply.ID && strings.Contains(m.Text(), "Ferry line 4 will run")
	})
	s.must(err)
	s.discord.Unfold(question, map[string]any{"url": "https://herald.example/x", "type": "link"})
	s.settle(s.news)
	if now, _ := s.discord.Message(reply.ID); now.Edits != 1 {
		t.Errorf("%d edits, want one: nobody edited the message when its link was unfolded", now.Edits)
	}
	s.must(s.ann.Delete(question))
	gone := func(m fakediscord.Message) func() bool {
		return func() bool { now, _ := s.discord.Message(m.ID); return now.Deleted }
	}
	s.must(s.discord.Wait(s.ctx, "the reply to go", gone(reply)))

	// An edit that mentions us asks; one that mentions us no longer takes the question back.
	late := s.say(s.news, "When does the ferry run?")
	_, err = s.ann.Edit(late, ferryQuestion)
	s.must(err)
	reply, err = s.news.Answer(s.ctx, late)
	s.must(err)
	_, err = s.ann.Edit(late, "never mind")
	s.must(err)
	s.must(s.discord.Wait(s.ctx, "the reply to go", gone(reply)))

	// So does one that mentions many.
	crier := s.guild.Member("Cy", fakediscord.With(fakediscord.MentionEveryone))
	turned, err := crier.Type(s.news, ferryQuestion)
	s.must(err)
	reply, err = s.news.Answer(s.ctx, turned)
	s.must(err)
	_, err = crier.Edit(turned, "@everyone "+ferryQuestion)
	s.must(err)
	s.must(s.discord.Wait(s.ctx, "the reply to go", gone(reply)))

	// Moderators delete many at once.
	first, second := s.say(s.news, ferryQuestion), s.say(s.news, ferryQuestion)
	replies := []fakediscord.Message{}
	for _, q := range []fakediscord.Message{first, second} {
		reply, err = s.news.Answer(s.ctx, q)
		s.must(err)
		replies = append(replies, reply)
	}
	s.news.Purge(first, second)
	for _, reply := range replies {
		s.must(s.discord.Wait(s.ctx, "the replies to go", gone(reply)))
	}
}

// TestDeletedWhileAnswering: a question that is deleted before its answer is never answered, and neither is one whose end is told first.
func TestDeletedWhileAnswering(t *testing.T) {
	s := start(t, testOptions{before: func(s *stage) { s.town.hold = make(chan struct{}) }}).ready()
	question := s.say(s.news, "@archivist https://herald.example/new") // followed beside the lane
	_, err := s.news.Await(s.ctx, nil, "progress", func(m fakediscord.Message) bool { return m.ReplyTo == question.ID })
	s.must(err)
	s.must(s.ann.Delete(question))
	s.must(s.discord.Wait(s.ctx, "the progress to go", func() bool { return len(s.discord.RequestsTo("DELETE message")) == 1 }))
	close(s.town.hold)
	s.discord.Fault(fakediscord.Events(0, "MESSAGE_CREATE").Reorder())
	second := s.say(s.news, ferryQuestion)
	s.must(s.ann.Delete(second)) // which the bot hears before the question
	before := s.posts()
	s.settle(s.news)
	if n := s.posts(); n != before+1 {
		t.Errorf("%d messages, want one: to the last question", n-before)
	}
}

// TestOldMessagesAreLeft: what is older than 15 minutes is not followed any more.
func TestOldMessagesAreLeft(t *testing.T) {
	clock := fakediscord.NewClock(time.Now())
	s := start(t, testOptions{discord: fakediscord.Options{Now: clock.Now}}).ready()
	question := s.say(s.news, ferryQuestion)
	reply, err := s.news.Answer(s.ctx, question)
	s.must(err)
	clock.Advance(16 * time.Minute)
	s.settle(s.news) // which tells us Discord's time
	s.settle(s.news)
	_, err = s.ann.Edit(question, "@archivist")
	s.must(err)
	s.must(s.ann.Delete(question))
	s.settle(s.news)
	if now, _ := s.discord.Message(reply.ID); now.Deleted || now.Edits != 0 {
		t.Errorf("the reply was edited %d times, deleted: %v", now.Edits, now.Deleted)
	}
}

// TestUnreadableReply: a reply to a card without a mention comes empty; that is said once a day to each.
func TestUnreadableReply(t *testing.T) {
	s := start(t, testOptions{}).ready()
	card := s.ask()
	m := s.answered(s.news, "And on Sundays?", fakediscord.ReplyTo(card))
	s.wants(m, "I cannot read replies here")
	before := s.posts()
	s.say(s.news, "And on Mondays?", fakediscord.ReplyTo(card))
	s.settle(s.news)
	if n := s.posts(); n != before+1 {
		t.Errorf("%d messages, want only the one to settle", n-before)
	}
	s.wants(s.answered(s.news, ferryQuestion, fakediscord.ReplyTo(card)), "Ferry line 4 will run")
	s.wants(s.answered(s.news, "@archivist", fakediscord.ReplyTo(card)), "Mention me with a question")
	// "@archivist" under somebody else's question asks that question.
	question := s.say(s.news, "@archivist When does the ferry run?")
	_, err := s.news.Answer(s.ctx, question)
	s.must(err)
	s.wants(s.answered(s.news, "@archivist", fakediscord.ReplyTo(question)), "Ferry line 4 will run")
}
