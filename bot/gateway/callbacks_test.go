package gateway

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"archivist"
	"archivist/bot"
	"archivist/bot/fakediscord"
)

// TestGuests: where only the person has installed the bot, it answers from the person's own library, and privately where external apps may
// not speak in public.
func TestGuests(t *testing.T) {
	var cleo *fakediscord.Member
	var square *fakediscord.Channel
	var strangers *fakediscord.Guild
	s := start(t, testOptions{before: func(s *stage) {
		cleo = s.discord.Person("Cleo", fakediscord.Installed())
		strangers = s.discord.Guild("Strangers", fakediscord.Uninvited())
		square = strangers.Channel("square")
		s.town.articles[archivist.UserLibrary(cleo.ID())] = []archivist.Article{ferry(1)}
	}}).ready()
	there := strangers.Join(cleo)
	question := fakediscord.Opt("question", "When does the ferry run?")
	m, err := there.Slash(square, "ask", question).Reply(s.ctx)
	s.must(err)
	s.wants(m, "Ferry line 4 will run")
	if m.Ephemeral {
		t.Error("private, though external apps may speak there")
	}
	strangers.SetRights(nil, fakediscord.ViewChannel|fakediscord.SendMessages|fakediscord.UseCommands)
	x := there.Slash(square, "ask", question)
	m, err = x.Reply(s.ctx)
	s.must(err)
	s.wants(m, "Ferry line 4 will run")
	if !m.Ephemeral || len(x.Followups()) != 0 {
		t.Errorf("shown to all: %v, %d further messages", !m.Ephemeral, len(x.Followups()))
	}
	m, err = cleo.Slash(s.discord.Group(cleo), "ask", question).Reply(s.ctx)
	s.must(err)
	s.wants(m, "Ferry line 4 will run")
	if len(s.discord.RequestsTo("POST messages")) != 0 {
		t.Error("a message was written where the bot is a guest")
	}
}

// TestCompletion: what is typed is answered at once, with nothing where the library is not in memory, and never by a refusal.
func TestCompletion(t *testing.T) {
	s := start(t, testOptions{}).ready()
	s.ask() // after which the library was read into memory, or will be
	for _, typed := range []string{"", "fer", strings.Repeat("x", 200)} {
		x := s.ann.Complete(s.news, "article", "title", typed)
		s.must(x.Err())
		list, err := x.Choices(s.ctx)
		s.must(err)
		if ack, err := x.Ack(s.ctx); err != nil || ack.Type != callbackChoices || len(list) > choicesAtMost {
			t.Errorf("%q: callback %+v, %d choices, %v", typed, ack, len(list), err)
		}
	}
}

// TestRenderForm: a form has a Label around each input, within Discord's limits, and what is typed comes back by the inputs' names.
func TestRenderForm(t *testing.T) {
	long := strings.Repeat("ä", 5000)
	m := renderForm(bot.Form{ID: "v1:x", Title: long, Inputs: []bot.Input{{Name: "why", Label: long, Placeholder: long, Value: long, Min: 1, Max: 5000, Long: true, Required: true}, {Name: "b", Label: "B", Max: 10}, {}, {}, {}, {}}})
	first := m.Components[0]
	if len(m.Components) != inputsAtMost || first.Type != componentLabel || first.Component.Type != componentInput || first.Component.Style != inputOfManyLine ||
		first.Component.MaxLength != maxInput || len([]rune(first.Component.Value)) != maxInput || len([]rune(m.Title)) != maxFormTitle || len([]rune(first.Component.Placeholder)) != maxOption {
		t.Errorf("rendered %+v", m)
	}
	i, ok := decodeInteraction(json.RawMessage(`{"id":"1","token":"t","type":5,"user":{"id":"7"},"data":{"custom_id":"v1:x","components":[
		{"type":18,"component":{"type":4,"custom_id":"why","value":"because"}},{"type":1,"components":[{"type":4,"custom_id":"b","value":"c"}]}]}}`))
	if !ok || i.values["why"] != "because" || i.values["b"] != "c" || i.customID != "v1:x" {
		t.Errorf("decoded %+v", i)
	}
	i, ok = decodeInteraction(json.RawMessage(`{"id":"1","token":"t","type":3,"user":{"id":"7"},"data":{"custom_id":"v1:x","component_type":3,"values":["outdated"]}}`))
	if !ok || i.values[bot.Chosen] != "outdated" {
		t.Errorf("decoded %+v", i)
	}
}

// TestRenderLimits: whatever a card holds, Discord's limits are kept, and what does not fit goes from the end.
func TestRenderLimits(t *testing.T) {
	many := [][]bot.Button{}
	for range 9 {
		many = append(many, []bot.Button{{Label: "a", ID: "1"}, {Label: "b", Link: "https://a.example", ID: "2"}, {Emoji: "👍", ID: "3", Style: bot.StylePrimary}, {Label: "d", ID: "4", Disabled: true, Style: bot.StyleDanger}, {Label: "e", ID: "5"}, {Label: "f", ID: "6"}})
	}
	options := make([]bot.Choice, 40)
	wide := bot.Card{Kind: bot.KindAnswer, Title: "T"}
	for range 7 {
		wide.Body = append(wide.Body, bot.Block{Quote: true, Parts: []bot.Part{{Text: strings.Repeat("word ", 100)}}})
	}
	c := wide
	c.Below = []bot.Card{wide, {Title: "small"}, {Title: "third"}}
	c.Buttons, c.Menu = many, &bot.Menu{ID: "m", Placeholder: "Why?", Options: options}
	c.Files = []bot.File{{Name: "growth.png", Bytes: []byte("x"), Alt: strings.Repeat("y", 2000)}, {Name: "b.txt", Bytes: []byte("y")}, {Name: "c.txt"}}
	b := render(c)
	sum := 0
	for _, e := range b.Embeds {
		sum += e.size()
	}
	if len(b.Embeds) > maxEmbeds || sum > maxEmbedSum || len(b.Components) != rowsAtMost || len(b.Components[0].Components) != buttonsInRow {
		t.Errorf("%d embeds of %d units, %d rows", len(b.Embeds), sum, len(b.Components))
	}
	last, isMenu := b.Components[rowsAtMost-1].Components[0].(menu)
	if !isMenu || len(last.Options) != optionsAtMost {
		t.Errorf("the last row is %+v", b.Components[rowsAtMost-1])
	}
	if link := b.Components[0].Components[1].(button); link.Style != styleOfLinks || link.CustomID != "" || link.URL == "" {
		t.Errorf("a link button %+v", link)
	}
	if up := b.Components[0].Components[2].(button); up.Emoji == nil || up.Style != 1 || up.Label != "" {
		t.Errorf("an emoji button %+v", up)
	}
	if len(b.files) != filesAtMost || b.Embeds[0].Image == nil || b.Embeds[0].Image.URL != "attachment://growth.png" || len(b.Attachments[0].Description) != maxAlt {
		t.Errorf("files %+v, image %+v", b.Attachments, b.Embeds[0].Image)
	}
	plain := renderPlain(c)
	if n := bot.Units(plain.Content); n > maxContent || n < 1000 || len(plain.Embeds) != 0 || plain.Flags != flagNoEmbeds {
		t.Errorf("as text %d units, %d embeds", n, len(plain.Embeds))
	}
	if none := renderPlain(bot.Card{}); none.Content == "" {
		t.Error("an empty card shows nothing")
	}
}

// TestFilesAreUploaded sends a card with a picture the whole way, and takes it away again.
func TestFilesAreUploaded(t *testing.T) {
	s := start(t, testOptions{}).ready()
	s.settle()
	picture := ourWord
	picture.Files = []bot.File{{Name: "growth.png", Bytes: []byte("\x89PNG\r\n\x1a\n rest"), Alt: "Growth over a month"}}
	id := s.gateway.post(s.ctx, s.news.ID(), "1", "", picture)
	m, ok := s.discord.Message(id)
	if !ok || len(m.Files) != 1 || len(m.Embeds) != 1 {
		t.Fatalf("the message is %+v", m)
	}
	s.gateway.edit(s.ctx, s.news.ID(), id, ourWord, ruleMessage)
	if m, _ = s.discord.Message(id); len(m.Files) != 0 {
		t.Errorf("the picture stays: %+v", m.Files)
	}
}

// TestVersions: an older state of a card never takes a newer one's place, and the memory of it is bounded.
func TestVersions(t *testing.T) {
	v := versions{}
	shown := -1
	for _, n := range []int{1, 3, 2, 3, 4} {
		if err := v.replace(bot.Card{ID: "a", Version: n}, func() error { shown = n; return nil }); err != nil {
			t.Fatal(err)
		}
		if n == 2 && shown != 3 {
			t.Error("version 2 took the place of 3")
		}
	}
	if shown != 4 {
		t.Errorf("shown %d", shown)
	}
	for n := range versionsAtMost + 10 {
		v.of(string(rune(n)) + "x")
	}
	if len(v.cards) > versionsAtMost || len(v.cards) != len(v.order) {
		t.Errorf("%d cards remembered", len(v.cards))
	}
	m := memo{}
	for n := range memosAtMost + 10 {
		m.recall(string(rune(n))+"x", func() (bool, bool) { return true, true })
	}
	if len(m.known) > memosAtMost || m.recall("new", func() (bool, bool) { return true, false }) != true || m.known["new"] {
		t.Error("the memo forgets nothing, or remembers what is unsure")
	}
}

// hoard keeps more of everybody than an export holds.
type hoard struct{ *town }

func (hoard) Libraries(_ context.Context, after archivist.LibraryID, _ int) ([]archivist.Library, error) {
	if after != "" {
		return nil, nil
	}
	return []archivist.Library{{ID: "guild:1"}}, nil
}

func (hoard) Kept(_ context.Context, _ archivist.LibraryID, _, _ string, each func(archivist.Kept) error) error {
	for range 30 {
		if err := each(archivist.Kept{Kind: archivist.KeptVote, Text: strings.Repeat("x", 1<<20)}); err != nil {
			return err
		}
	}
	return nil
}

// TestExportIsShownWhole: all files of an export that is as large as exports become go out with its message.
func TestExportIsShownWhole(t *testing.T) {
	w := hoard{newTown()}
	card := bot.New(bot.Options{Asker: w, Adder: w, Remover: w, Store: w}).Do(t.Context(), bot.Request{Command: "privacy export", Library: "guild:1", Person: "7"})
	if shown := render(card); len(card.Files) != 2 || len(shown.files) != 2 || len(shown.Attachments) != 2 {
		t.Errorf("of %d files of the export, %d are shown", len(card.Files), len(shown.files))
	}
}
