package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"archivist"
)

var errBroken = errors.New("disk on fire at /var/secret")

// shelf is a store and an engine in memory, with what the commands need.
type shelf struct {
	mu sync.Mutex // guards what Run writes: buckets, sweeps

	Moderation // of which these tests ask nothing else

	articles    []archivist.Article
	settings    map[string]string
	cards       map[string]archivist.CardState
	acts        []archivist.Act
	answer      archivist.Answer
	err         error
	job         archivist.Job
	submitted   []archivist.Job
	asked       []archivist.Asked
	limit       error
	full        error // of whatever is to be kept
	question    archivist.Question
	votes       []archivist.Feedback
	cut         []archivist.JobID
	buckets     []archivist.Bucket
	kept        []archivist.Kept
	erased      []archivist.LibraryID
	sweeps      int
	sweepPanics bool
	removes     bool // what it is told to, where others only look at the card
}

func (s *shelf) Ask(_ context.Context, q archivist.Question) (archivist.Answer, error) {
	s.question = q
	return s.answer, s.err
}

func (s *shelf) Warm(context.Context, archivist.LibraryID) error { return s.err }

func (s *shelf) Takes(string) error { return nil }

func (s *shelf) Submit(_ context.Context, asked archivist.Job) (archivist.Job, error) {
	s.job.URL, s.submitted = asked.URL, append(s.submitted, asked)
	return s.job, s.err
}

func (s *shelf) Follow(_ context.Context, _ archivist.JobID, progress func(archivist.Stage)) (archivist.Job, error) {
	progress(archivist.StageReading)
	return s.job, nil
}

func (s *shelf) RemoveAll(_ context.Context, _ archivist.LibraryID, ids []archivist.ArticleID, act archivist.Act) (archivist.Removal, error) {
	s.acts = append(s.acts, act)
	if s.removes {
		s.articles = slices.DeleteFunc(s.articles, func(a archivist.Article) bool { return slices.Contains(ids, a.ID) })
	}
	return archivist.Removal{ID: 1, Articles: len(ids)}, nil
}

func (s *shelf) Restore(_ context.Context, _ archivist.LibraryID, _ archivist.Pick, act archivist.Act) (int, error) {
	s.acts = append(s.acts, act)
	return 1, nil
}

func (s *shelf) Note(_ context.Context, _ archivist.LibraryID, act archivist.Act) error {
	s.acts = append(s.acts, act)
	return nil
}

func (s *shelf) Delete(_ context.Context, library archivist.LibraryID) error {
	s.erased = append(s.erased, library)
	return nil
}

func (s *shelf) SaveFeedback(_ context.Context, f archivist.Feedback) error {
	s.votes = slices.DeleteFunc(s.votes, func(v archivist.Feedback) bool { return v.Card == f.Card && v.Person == f.Person })
	s.votes = append(s.votes, f)
	return nil
}

func (s *shelf) Libraries(_ context.Context, after archivist.LibraryID, _ int) ([]archivist.Library, error) {
	if after != "" {
		return nil, nil
	}
	return []archivist.Library{{ID: "guild:1"}, {ID: "guild:2"}, {ID: "user:7"}}, nil
}

func (s *shelf) Kept(_ context.Context, library archivist.LibraryID, _, _ string, each func(archivist.Kept) error) error {
	if library == "user:7" {
		return nil
	}
	for _, k := range s.kept {
		if err := each(k); err != nil {
			return err
		}
	}
	return nil
}

func (s *shelf) Forget(_ context.Context, library archivist.LibraryID, _, _ string) (map[string]int, error) {
	s.erased = append(s.erased, library)
	return map[string]int{archivist.KeptQuestion: 1}, nil
}

func (s *shelf) Sweep(context.Context, time.Time, archivist.Retention) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sweeps++
	if s.sweepPanics {
		panic("a bomb under the broom")
	}
	return nil
}

func (s *shelf) Buckets(_ context.Context, each func(archivist.Bucket)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, b := range s.buckets {
		each(b)
	}
	return nil
}

func (s *shelf) SaveBuckets(_ context.Context, list []archivist.Bucket) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.buckets = append(s.buckets, list...)
	return nil
}

// swept is how often Sweep was called.
func (s *shelf) swept() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sweeps
}

// saved is how many buckets were stored.
func (s *shelf) saved() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.buckets)
}

func (s *shelf) CancelJob(_ context.Context, _ archivist.LibraryID, id archivist.JobID) (bool, error) {
	s.cut = append(s.cut, id)
	return s.job.Open(), nil
}

func (s *shelf) Article(_ context.Context, _ archivist.LibraryID, id archivist.ArticleID) (archivist.Article, error) {
	for _, a := range s.articles {
		if a.ID == id {
			return a, nil
		}
	}
	return archivist.Article{}, archivist.ErrNotFound
}

func (s *shelf) Articles(_ context.Context, _ archivist.LibraryID, _ archivist.View, before archivist.ArticleID, n int) ([]archivist.Head, error) {
	var heads []archivist.Head
	for i := len(s.articles) - 1; i >= 0 && len(heads) < n; i-- {
		if before == 0 || s.articles[i].ID < before {
			heads = append(heads, s.articles[i].Head)
		}
	}
	return heads, nil
}

func (s *shelf) Sites(context.Context, archivist.LibraryID, archivist.View) ([]archivist.SiteCount, error) {
	return []archivist.SiteCount{{Site: "Harbour Herald", Articles: 2, Newest: time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)}}, nil
}

func (s *shelf) Settings(context.Context, archivist.LibraryID) (map[string]string, error) {
	return s.settings, nil
}

func (s *shelf) SetSetting(_ context.Context, _ archivist.LibraryID, key, value string, act archivist.Act) error {
	s.settings[key] = value
	if act != (archivist.Act{}) {
		s.acts = append(s.acts, act)
	}
	return nil
}

func (s *shelf) SaveQuestion(_ context.Context, q archivist.Asked, reply ...archivist.CardState) error {
	if s.full != nil {
		return s.full
	}
	s.asked = append(s.asked, q)
	for _, c := range reply {
		s.cards[c.ID] = c
	}
	return nil
}

func (s *shelf) SaveCard(_ context.Context, c archivist.CardState) error {
	if s.full != nil {
		return s.full
	}
	s.cards[c.ID] = c
	return nil
}

func (s *shelf) Card(_ context.Context, _ archivist.LibraryID, id string) (archivist.CardState, error) {
	c, ok := s.cards[id]
	if !ok {
		return c, archivist.ErrNotFound
	}
	return c, nil
}

func (s *shelf) Spend(context.Context, archivist.LibraryID, time.Time, ...archivist.Quota) error {
	return s.limit
}

func article(id archivist.ArticleID, title, url string) archivist.Article {
	return archivist.Article{
		Head:       archivist.Head{ID: id, Title: title, URL: url, Site: "Harbour Herald", Language: "en", Words: 9, Published: time.Date(2024, 3, 5, 8, 0, 0, 0, time.UTC), Added: time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC), AddedBy: "7"},
		Paragraphs: []archivist.Paragraph{{Text: "Before."}, {Text: "It rains. The ferry runs on 2 March. Bring a coat."}, {Text: "After."}},
	}
}

func fixture() (*shelf, *Bot, Request) {
	s := &shelf{settings: map[string]string{}, cards: map[string]archivist.CardState{}}
	s.articles = []archivist.Article{article(1, "Ferry returns", "https://herald.example/ferry"), article(2, "Honey festival", "https://herald.example/honey")}
	b := New(Options{Asker: s, Adder: s, Remover: s, Store: s, Limits: Limits{PersonDay: 3, ChannelDay: 9, LibraryDay: 9}})
	return s, b, Request{Library: "guild:1", Person: "7", Channel: "5", Moderator: true, Asked: time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)}
}

// A talk is a conversation on a console, a minute between its lines.
type talk struct {
	t *testing.T
	*Console
	r Request
}

func talking(t *testing.T, b *Bot, r Request) *talk { return &talk{t, NewConsole(b), r} }

// says types a line and wants parts of the card that answers.
func (k *talk) says(typed string, parts ...string) Card {
	k.t.Helper()
	k.r.Asked = k.r.Asked.Add(time.Minute)
	c := k.Line(k.t.Context(), k.r, typed)
	wants(k.t, c, parts...)
	return c
}

// presses presses what has this label on the last card, with the words of its form, and wants parts of the card that comes of it.
func (k *talk) presses(label, words string, parts ...string) Card {
	k.t.Helper()
	for i, h := range k.last {
		if h.label == label {
			return k.says(fmt.Sprintf("/%d %s", i+1, words), parts...)
		}
	}
	k.t.Fatalf("the last card has no %q but %v", label, k.last)
	return Card{}
}

func wants(t *testing.T, c Card, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if text := RenderText(c); !strings.Contains(text, p) {
			t.Errorf("the card lacks %q:\n%s", p, text)
		}
	}
}
