package gateway

import (
	"context"
	"errors"
	"flag"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"archivist"
	"archivist/bot"
	"archivist/bot/fakediscord"
)

// TestMain lets many tests run side by side on any machine: most of their time discordgo sleeps, a second in each Close.
func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", "16"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// town is a whole archive in memory: it answers each question with one passage, and stores each link.
type town struct {
	bot.Ledger // of which nothing is asked

	mu        sync.Mutex
	settings  map[archivist.LibraryID]map[string]string
	cards     map[string]archivist.CardState
	articles  map[archivist.LibraryID][]archivist.Article
	questions []archivist.Asked
	jobs      map[archivist.JobID]archivist.Job
	hold      chan struct{} // when set, asks and jobs wait until it is closed
	asking    chan struct{} // told when an ask has begun
	submitted chan string   // told each link
	panics    bool
}

const passage = "The council voted on Monday. Ferry line 4 will run again from 2 March, twice a day. Tickets cost as before."

func newTown() *town {
	return &town{
		settings: map[archivist.LibraryID]map[string]string{}, cards: map[string]archivist.CardState{},
		articles: map[archivist.LibraryID][]archivist.Article{}, jobs: map[archivist.JobID]archivist.Job{}, asking: make(chan struct{}, 100), submitted: make(chan string, 100),
	}
}

func ferry(id archivist.ArticleID) archivist.Article {
	return archivist.Article{
		Head: archivist.Head{
			ID: id, URL: "https://herald.example/ferry", Title: "Ferry *line* 4 returns", Site: "Harbour Herald", Authors: []string{"Ana Ruiz"},
			Published: time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC), DayOnly: true, Language: "en", Words: 40, Added: time.Now(),
		},
		Paragraphs: []archivist.Paragraph{{Text: "Before it all."}, {Text: passage}, {Text: "After it all."}},
	}
}

func (w *town) Ask(ctx context.Context, q archivist.Question) (archivist.Answer, error) {
	w.asking <- struct{}{}
	if w.hold != nil {
		select {
		case <-w.hold:
		case <-ctx.Done():
			return archivist.Answer{}, ctx.Err()
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.panics {
		w.panics = false
		panic("the town hall is on fire")
	}
	if strings.TrimSpace(q.Text) == "" {
		return archivist.Answer{}, &archivist.Invalid{Code: archivist.QuestionEmpty}
	}
	stored := w.articles[q.Library]
	if len(stored) == 0 {
		return archivist.Answer{}, &archivist.Invalid{Code: archivist.LibraryEmpty}
	}
	start := strings.Index(passage, "Ferry")
	return archivist.Answer{Grade: archivist.GradeAnswer, Confidence: 1, Passages: []archivist.Passage{{
		Article: stored[0].Head, First: 1, Last: 1, Text: passage, Link: stored[0].URL + "#:~:text=Ferry",
		Sentence: archivist.Span{Start: start, End: strings.Index(passage, " Tickets")},
	}}}, nil
}

func (w *town) Submit(_ context.Context, job archivist.Job) (archivist.Job, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	job.ID, job.State = archivist.JobID(len(w.jobs)+1), archivist.JobQueued
	w.jobs[job.ID] = job
	w.submitted <- job.URL
	return job, nil
}

func (w *town) Follow(ctx context.Context, id archivist.JobID, progress func(archivist.Stage)) (archivist.Job, error) {
	progress(archivist.StageFetching)
	if w.hold != nil {
		select {
		case <-w.hold:
		case <-ctx.Done():
			return archivist.Job{}, ctx.Err()
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	job := w.jobs[id]
	if strings.Contains(job.URL, "nothing") {
		job.State, job.Code = archivist.JobFailed, archivist.Gone
		return job, nil
	}
	a := ferry(archivist.ArticleID(len(w.articles[job.Library]) + 1))
	w.articles[job.Library] = append(w.articles[job.Library], a)
	job.State, job.Article, job.Outcome = archivist.JobDone, a.ID, archivist.Added
	return job, nil
}

func (w *town) RemoveAll(_ context.Context, library archivist.LibraryID, ids []archivist.ArticleID, _ archivist.Act) (archivist.Removal, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.articles[library] = nil
	return archivist.Removal{ID: 1, Articles: len(ids)}, nil
}

func (w *town) Restore(context.Context, archivist.LibraryID, archivist.Pick, archivist.Act) (int, error) {
	return 0, archivist.ErrNotFound
}

func (w *town) Article(_ context.Context, library archivist.LibraryID, id archivist.ArticleID) (archivist.Article, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, a := range w.articles[library] {
		if a.ID == id {
			return a, nil
		}
	}
	return archivist.Article{}, archivist.ErrNotFound
}

func (w *town) Articles(_ context.Context, library archivist.LibraryID, _ archivist.View, before archivist.ArticleID, _ int) ([]archivist.Head, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var heads []archivist.Head
	for i := len(w.articles[library]) - 1; i >= 0; i-- {
		if a := w.articles[library][i]; before == 0 || a.ID < before {
			heads = append(heads, a.Head)
		}
	}
	return heads, nil
}

func (w *town) Sites(_ context.Context, library archivist.LibraryID, _ archivist.View) ([]archivist.SiteCount, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return []archivist.SiteCount{{Site: "Harbour Herald", Articles: len(w.articles[library]), Newest: time.Now()}}, nil
}

func (w *town) Settings(_ context.Context, library archivist.LibraryID) (map[string]string, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := map[string]string{}
	for k, v := range w.settings[library] {
		out[k] = v
	}
	return out, nil
}

func (w *town) SetSetting(_ context.Context, library archivist.LibraryID, key, value string, _ archivist.Act) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.settings[library] == nil {
		w.settings[library] = map[string]string{}
	}
	w.settings[library][key] = value
	return nil
}

func (w *town) SaveQuestion(_ context.Context, q archivist.Asked) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.questions = append(w.questions, q)
	return nil
}

func (w *town) SaveCard(_ context.Context, c archivist.CardState) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cards[string(c.Library)+c.ID] = c
	return nil
}

func (w *town) Card(_ context.Context, library archivist.LibraryID, id string) (archivist.CardState, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	c, ok := w.cards[string(library)+id]
	if !ok {
		return c, archivist.ErrNotFound
	}
	return c, nil
}

func (w *town) Spend(context.Context, archivist.LibraryID, string, string, time.Time, int, int) (int, error) {
	return 1, nil
}

// stage is a fake Discord with one guild, one member, one moderator, and our bot on it.
type stage struct {
	t       *testing.T
	ctx     context.Context
	discord *fakediscord.Discord
	town    *town
	guild   *fakediscord.Guild
	news    *fakediscord.Channel
	ann     *fakediscord.Member
	mod     *fakediscord.Member
	gateway *Gateway
	stop    context.CancelFunc
	ended   chan error
}

// quick makes waits short, so that a test that goes wrong waits for its deadline and not for a pace.
var quick = pace{
	first: 20 * time.Millisecond, most: 100 * time.Millisecond, settled: time.Hour, ready: 10 * time.Second, sessionWait: 0.01,
	drain: 5 * time.Second, progress: 10 * time.Millisecond, retry: 5 * time.Millisecond,
}

type testOptions struct {
	discord fakediscord.Options
	gateway Options
	pace    func(*pace)
	before  func(*stage) // the bot starts
}

func start(t *testing.T, o testOptions) *stage {
	t.Helper()
	t.Parallel()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	t.Cleanup(cancel)
	o.discord.IdentifyEvery, o.discord.Strict, o.discord.Description = -1, true, apiDescription(t)
	d, err := fakediscord.New(o.discord)
	if err != nil {
		t.Fatal(err)
	}
	s := &stage{t: t, ctx: ctx, discord: d, town: newTown(), guild: d.Guild("Herald readers"), ended: make(chan error, 1)}
	s.news, s.ann = s.guild.Channel("news"), s.guild.Member("Ann")
	s.mod = s.guild.Member("Mo", fakediscord.With(fakediscord.ManageGuild))
	s.town.articles[s.library()] = []archivist.Article{ferry(1)}
	if o.before != nil {
		o.before(s)
	}
	s.run(o)
	t.Cleanup(func() {
		s.leave()
		if t.Failed() {
			t.Log(d.Transcript())
		}
		for _, v := range d.Violations() {
			t.Error("violation: ", v)
		}
		d.Close()
	})
	return s
}

// apiDescription is Discord's own, where it stands beside the project; else requests are checked by hand only.
func apiDescription(t *testing.T) *fakediscord.Description {
	d, err := described()
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return d
}

var described = sync.OnceValues(func() (*fakediscord.Description, error) {
	return fakediscord.LoadDescription(filepath.Join("..", "..", "..", "shared", "discord", "openapi.json.gz"))
})

func (s *stage) library() archivist.LibraryID { return archivist.GuildLibrary(s.guild.ID()) }

// run starts a process of the bot.
func (s *stage) run(o testOptions) {
	level := slog.LevelWarn
	if testing.Verbose() {
		level = slog.LevelDebug
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level}))
	if !testing.Verbose() {
		log = slog.New(slog.DiscardHandler)
	}
	o.gateway.Token, o.gateway.APIBase, o.gateway.Logger = s.discord.Token(), s.discord.APIBase(), log
	b := bot.New(bot.Options{Asker: s.town, Adder: s.town, Remover: s.town, Store: s.town, Logger: log})
	g, err := New(o.gateway, b)
	if err != nil {
		s.t.Fatal(err)
	}
	g.pace = quick
	if o.pace != nil {
		o.pace(&g.pace)
	}
	ctx, cancel := context.WithCancel(context.Background())
	s.gateway, s.stop = g, cancel
	s.ended = make(chan error, 1)
	ended := s.ended
	go func() { ended <- g.Run(ctx) }()
}

// ready waits for the connection and the commands.
func (s *stage) ready() *stage {
	s.t.Helper()
	s.must(s.discord.WaitReady(s.ctx, 0))
	// READY was sent; that it has arrived shows in the first heartbeat.
	s.must(s.discord.Wait(s.ctx, "a heartbeat", func() bool { return s.discord.Heartbeats() > 0 }))
	s.must(s.discord.Wait(s.ctx, "the commands", func() bool { return s.discord.CommandChanges() > 0 }))
	return s
}

// leave stops the bot and returns what Run returned.
func (s *stage) leave() error {
	s.stop()
	select {
	case err := <-s.ended:
		s.ended <- err
		return err
	case <-time.After(20 * time.Second):
		s.t.Error("Run does not end")
		return nil
	}
}

// asking waits until somebody asks the town.
func (s *stage) asking() {
	s.t.Helper()
	select {
	case <-s.town.asking:
	case <-s.ctx.Done():
		s.t.Fatal("nobody asked")
	}
}

func (s *stage) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *stage) ask() fakediscord.Message {
	s.t.Helper()
	m, err := s.ann.Slash(s.news, "ask", fakediscord.Opt("question", "When does the ferry run?")).Reply(s.ctx)
	s.must(err)
	if !strings.Contains(m.Text(), "**Ferry line 4 will run again from 2 March, twice a day.**") {
		s.t.Fatalf("no answer in the card:\n%s", m.Text())
	}
	return m
}

func (s *stage) wants(m fakediscord.Message, parts ...string) {
	s.t.Helper()
	for _, p := range parts {
		if !strings.Contains(m.Text(), p) {
			s.t.Errorf("the card lacks %q:\n%s", p, m.Text())
		}
	}
}

func TestAskGetsACard(t *testing.T) {
	s := start(t, testOptions{}).ready()
	m := s.ask()
	s.wants(m, "Harbour Herald", `Ferry \*line\* 4 returns <https://herald.example/ferry#:~:text=Ferry>`, "> The council voted", "By Ana Ruiz · <t:1795262400:D> · English", "[Open source] [More context]")
	if m.Ephemeral {
		t.Error("a public question has a private answer")
	}
	if len(s.town.questions) != 1 || s.town.questions[0].Person == s.ann.ID() || s.town.questions[0].Person == "" {
		t.Errorf("the question was kept as %+v", s.town.questions)
	}
	private, err := s.ann.Slash(s.news, "ask", fakediscord.Opt("question", "When?"), fakediscord.Opt("private", true)).Reply(s.ctx)
	s.must(err)
	if !private.Ephemeral {
		t.Error("a private question has a public answer")
	}
	if err := s.leave(); err != nil {
		t.Error(err)
	}
}

func TestFatalEnds(t *testing.T) {
	for _, test := range []struct {
		name  string
		fault fakediscord.Fault
		want  string
	}{
		{"4004", fakediscord.Gateway(0).Close(4004), "reset it"},
		{"4014", fakediscord.Gateway(0).Close(4014), "Privileged"},
		{"401", fakediscord.REST("GET application").Status(401), "reset it"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := start(t, testOptions{before: func(s *stage) { s.discord.Fault(test.fault) }})
			select {
			case err := <-s.ended:
				s.ended <- err
				var fatal *Fatal
				if !errors.As(err, &fatal) || !strings.Contains(err.Error(), test.want) {
					t.Errorf("Run ended with %v, want advice with %q", err, test.want)
				}
			case <-s.ctx.Done():
				t.Error("Run goes on")
			}
		})
	}
}
