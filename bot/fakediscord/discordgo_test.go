package fakediscord_test

import (
	"context"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"archivist/bot/fakediscord"

	"github.com/bwmarrin/discordgo"
)

func init() { discordgo.APIVersion = "10" }

// within is the time that a test gives to what should take milliseconds.
const within = 20 * time.Second

func soon(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), within)
	t.Cleanup(cancel)
	return ctx
}

// described is Discord's API description, or nil where it is not at hand.
func described(t *testing.T) *fakediscord.Description {
	t.Helper()
	dir := os.Getenv("ARCHIVIST_SHARED")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared")
	}
	d, err := fakediscord.LoadDescription(filepath.Join(dir, "discord", "openapi.json.gz"))
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// start makes a fake that ends with the test.
func start(t *testing.T, o fakediscord.Options) *fakediscord.Discord {
	t.Helper()
	d, err := fakediscord.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	return d
}

// toFake sends what discordgo addresses to Discord to the fake.
type toFake struct{ base *url.URL }

func (f toFake) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	_, rest, _ := strings.Cut(r.URL.Path, "/api/v")
	_, rest, _ = strings.Cut(rest, "/")
	r.URL.Scheme, r.URL.Host, r.URL.Path, r.URL.RawPath, r.Host = f.base.Scheme, f.base.Host, f.base.Path+"/"+rest, "", ""
	return http.DefaultTransport.RoundTrip(r)
}

// bare is discordgo as it comes, but for the way to the fake.
func bare(t *testing.T, d *fakediscord.Discord) *discordgo.Session {
	t.Helper()
	s, err := discordgo.New("Bot " + d.Token())
	if err != nil {
		t.Fatal(err)
	}
	base, err := url.Parse(d.APIBase())
	if err != nil {
		t.Fatal(err)
	}
	s.Client = &http.Client{Transport: toFake{base}, Timeout: within}
	s.UserAgent = "DiscordBot (https://example.org/bot, 1)"
	s.ShouldReconnectOnError, s.StateEnabled = false, false // its State is not free of races
	s.LogLevel = -1
	s.Identify.Intents = discordgo.IntentsGuilds | discordgo.IntentsGuildMessages | discordgo.IntentsDirectMessages
	return s
}

// open connects and hangs up when the test ends.
func open(t *testing.T, s *discordgo.Session) {
	t.Helper()
	if err := s.Open(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
}

// next is the next value of a channel.
func next[T any](t *testing.T, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(within):
		t.Fatal("nothing came")
		panic("unreachable")
	}
}

func clean(t *testing.T, d *fakediscord.Discord) {
	t.Helper()
	for _, v := range d.Violations() {
		t.Error(v)
	}
}

func TestReadyAndGuilds(t *testing.T) {
	t.Parallel() // discordgo sleeps for a second when it closes
	d := start(t, fakediscord.Options{})
	g := d.Guild("Herald readers")
	g.Channel("news")
	s := bare(t, d)
	ready, created := make(chan *discordgo.Ready, 1), make(chan *discordgo.GuildCreate, 2)
	s.AddHandler(func(_ *discordgo.Session, r *discordgo.Ready) { ready <- r })
	s.AddHandler(func(_ *discordgo.Session, g *discordgo.GuildCreate) { created <- g })
	open(t, s)
	r := next(t, ready)
	if len(r.Guilds) != 1 || r.Guilds[0].ID != g.ID() || !r.Guilds[0].Unavailable || r.User.ID != d.ApplicationID() {
		t.Errorf("READY: %+v", r)
	}
	c := next(t, created)
	if c.Name != "Herald readers" || len(c.Channels) != 1 || c.Channels[0].Name != "news" || c.Unavailable {
		t.Errorf("GUILD_CREATE: %+v", c.Guild)
	}
	if err := d.WaitReady(soon(t), 0); err != nil {
		t.Error(err)
	}
	later := d.Guild("Second")
	if c := next(t, created); c.ID != later.ID() {
		t.Errorf("a new guild came as %s", c.ID)
	}
	clean(t, d)
}

// asker answers a command as a bot does: deferred, then edited.
func asker(t *testing.T, s *discordgo.Session, private bool) {
	t.Helper()
	s.AddHandler(func(s *discordgo.Session, i *discordgo.InteractionCreate) {
		flags := discordgo.MessageFlags(0)
		if private {
			flags = discordgo.MessageFlagsEphemeral
		}
		err := s.InteractionRespond(i.Interaction, &discordgo.InteractionResponse{
			Type: discordgo.InteractionResponseDeferredChannelMessageWithSource, Data: &discordgo.InteractionResponseData{Flags: flags},
		})
		if err != nil {
			t.Error(err)
			return
		}
		content := "You asked: " + i.ApplicationCommandData().Options[0].StringValue()
		_, err = s.InteractionResponseEdit(i.Interaction, &discordgo.WebhookEdit{
			Content: &content, AllowedMentions: &discordgo.MessageAllowedMentions{Parse: []discordgo.AllowedMentionType{}},
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func register(t *testing.T, s *discordgo.Session, d *fakediscord.Discord) {
	t.Helper()
	_, err := s.ApplicationCommandBulkOverwrite(d.ApplicationID(), "", []*discordgo.ApplicationCommand{
		{Name: "give", Description: "Give", Options: []*discordgo.ApplicationCommandOption{{Type: discordgo.ApplicationCommandOptionAttachment, Name: "file", Description: "What"}}},
		{Name: "ask", Description: "Ask", Options: []*discordgo.ApplicationCommandOption{{Type: discordgo.ApplicationCommandOptionString, Name: "question", Description: "What", Required: true, MaxLength: 1000}}},
		{Name: "Answer this", Type: discordgo.MessageApplicationCommand},
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestSlashDeferredAndEdited(t *testing.T) {
	t.Parallel() // discordgo sleeps for a second when it closes
	for _, private := range []bool{false, true} {
		d := start(t, fakediscord.Options{Description: described(t), Strict: true})
		g := d.Guild("Herald readers")
		news := g.Channel("news")
		ann, bob := g.Member("Ann", fakediscord.Locale("de")), g.Member("Bob")
		s := bare(t, d)
		register(t, s, d)
		asker(t, s, private)
		open(t, s)
		x := ann.Slash(news, "ask", fakediscord.Opt("question", "When?"))
		ack, err := x.Ack(soon(t))
		if err != nil || ack.Type != 5 {
			t.Fatalf("ack %+v, %v", ack, err)
		}
		reply, err := x.Reply(soon(t))
		if err != nil || reply.Content != "You asked: When?" || reply.Ephemeral != private || reply.Edits != 0 {
			t.Errorf("reply %+v, %v", reply, err)
		}
		if n := len(news.Messages(ann)); n != 1 {
			t.Errorf("Ann sees %d messages", n)
		}
		if n, want := len(news.Messages(bob)), map[bool]int{false: 1, true: 0}[private]; n != want {
			t.Errorf("Bob sees %d messages, not %d", n, want)
		}
		if d.CommandChanges() != 1 || len(d.Commands()) != 3 {
			t.Errorf("%d changes, %d commands", d.CommandChanges(), len(d.Commands()))
		}
		clean(t, d)
	}
}

func TestClientRefuses(t *testing.T) {
	d := start(t, fakediscord.Options{})
	g := d.Guild("Herald readers")
	news, ann := g.Channel("news"), g.Member("Ann")
	register(t, bare(t, d), d)
	for name, x := range map[string]*fakediscord.Interaction{
		"not registered": ann.Slash(news, "answer"),
		"missing":        ann.Slash(news, "ask"),
		"too long":       ann.Slash(news, "ask", fakediscord.Opt("question", strings.Repeat("x", 1001))),
		"wrong type":     ann.Slash(news, "ask", fakediscord.Opt("question", 3)),
		"no file":        ann.Slash(news, "give", fakediscord.Opt("file", "a.txt")),
		"large file":     ann.Slash(news, "give", fakediscord.Opt("file", fakediscord.File{Name: "a.txt", Body: make([]byte, 10<<20+1)})),
		"no text":        ann.Slash(news, "ask", fakediscord.Opt("question", fakediscord.File{Name: "a.txt"})),
		"unknown option": ann.Slash(news, "ask", fakediscord.Opt("question", "q"), fakediscord.Opt("private", true)),
	} {
		if x.Err() == nil {
			t.Errorf("%s: was sent", name)
		}
	}
	if x := ann.Slash(news, "ask", fakediscord.Opt("question", "q")); x.Err() != nil {
		t.Error(x.Err())
	}
}

func TestMessageContent(t *testing.T) {
	t.Parallel() // discordgo sleeps for a second when it closes
	for _, granted := range []bool{false, true} {
		d := start(t, fakediscord.Options{MessageContent: granted})
		g := d.Guild("Herald readers")
		news, ann := g.Channel("news"), g.Member("Ann")
		s := bare(t, d)
		if granted {
			s.Identify.Intents |= discordgo.IntentMessageContent
		}
		came := make(chan string, 4)
		s.AddHandler(func(_ *discordgo.Session, m *discordgo.MessageCreate) { came <- m.Content })
		s.SyncEvents = true
		open(t, s)
		if err := d.WaitReady(soon(t), 0); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			channel       *fakediscord.Channel
			says          string
			without, with string
		}{
			{news, "hello", "", "hello"},
			{news, "@archivist hello", "<@" + d.ApplicationID() + "> hello", "<@" + d.ApplicationID() + "> hello"},
			{ann.DM(), "psst", "psst", "psst"},
		} {
			if _, err := ann.Type(c.channel, c.says); err != nil {
				t.Fatal(err)
			}
			if got, want := next(t, came), map[bool]string{false: c.without, true: c.with}[granted]; got != want {
				t.Errorf("granted %v: %q came as %q, not %q", granted, c.says, got, want)
			}
		}
	}
}

// TestOp7BeforeReady is a fidelity test: the deadlock of discordgo v0.29.0, which handles op 7 under the lock that Open holds, must
// appear here as it does at Discord.
func TestOp7BeforeReady(t *testing.T) {
	t.Parallel() // discordgo sleeps for a second when it closes
	d := start(t, fakediscord.Options{})
	d.Fault(fakediscord.Gateway(0).Op7().At(fakediscord.AfterIdentify))
	s := bare(t, d)
	done := make(chan error, 1)
	go func() { done <- s.Open() }()
	err := d.Wait(soon(t), "identify", func() bool { return d.Identifies() == 1 })
	if err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-done:
		t.Errorf("Open came back with %v; it should hang for ever in discordgo's own lock", err)
	case <-time.After(300 * time.Millisecond):
	}
}
