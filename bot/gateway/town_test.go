package gateway

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"archivist"
	"archivist/bot"
)

// town is a whole archive in memory: it answers each question with one passage, and stores each link.
type town struct {
	bot.Moderation // of which nothing is asked

	mu        sync.Mutex
	settings  map[archivist.LibraryID]map[string]string
	cards     map[string]archivist.CardState // by library and id
	places    map[string]archivist.CardPlace // likewise
	articles  map[archivist.LibraryID][]archivist.Article
	questions []archivist.Asked
	jobs      map[archivist.JobID]archivist.Job
	hold      chan struct{} // when set, asks and jobs wait until it is closed
	asking    chan struct{} // told when an ask has begun that has to wait, or that fails
	submitted chan string   // told each link
	panics    bool
	bombs     map[string]bool // methods that panic the next time
	locked    bool            // whatever is asked fails
	requests  map[string]archivist.Pending
	full      int // so many writes of requests fail
	written   []archivist.Pending
	notices   []archivist.Notice
	cancelled []archivist.JobID
	guilds    map[string]time.Time // when they were lost; zero: present
}

const passage = "The council voted on Monday. Ferry line 4 will run again from 2 March, twice a day. Tickets cost as before."

func newTown() *town {
	return &town{
		settings: map[archivist.LibraryID]map[string]string{}, cards: map[string]archivist.CardState{}, places: map[string]archivist.CardPlace{},
		articles: map[archivist.LibraryID][]archivist.Article{}, jobs: map[archivist.JobID]archivist.Job{}, requests: map[string]archivist.Pending{}, guilds: map[string]time.Time{}, asking: make(chan struct{}, 100), submitted: make(chan string, 100),
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

func (w *town) Warm(context.Context, archivist.LibraryID) error { return nil }

func (w *town) Ask(ctx context.Context, q archivist.Question) (archivist.Answer, error) {
	w.mu.Lock()
	hold := w.hold
	w.mu.Unlock()
	if hold != nil {
		w.asking <- struct{}{}
		select {
		case <-hold:
		case <-ctx.Done():
			return archivist.Answer{}, ctx.Err()
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.locked {
		select {
		case w.asking <- struct{}{}:
		default: // nobody looks
		}
		return archivist.Answer{}, errors.New("the database is locked")
	}
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
	if strings.Contains(q.Text, "unknown") {
		return archivist.Answer{Grade: archivist.GradeRefusal, Nearest: []archivist.Head{stored[0].Head}}, nil
	}
	start := strings.Index(passage, "Ferry")
	return archivist.Answer{Grade: archivist.GradeAnswer, Confidence: 1, Passages: []archivist.Passage{{
		Article: stored[0].Head, First: 1, Last: 1, Text: passage, Link: stored[0].URL + "#:~:text=Ferry",
		Sentence: archivist.Span{Start: start, End: strings.Index(passage, " Tickets")},
	}}}, nil
}

func (w *town) Takes(string) error { return nil }

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
	w.mu.Lock()
	hold := w.hold
	w.mu.Unlock()
	if hold != nil {
		select {
		case <-hold:
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

func (w *town) SaveQuestion(_ context.Context, q archivist.Asked, reply ...archivist.CardState) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.questions = append(w.questions, q)
	for _, c := range reply {
		w.cards[string(c.Library)+c.ID] = c
	}
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

func (w *town) ChangeCards(_ context.Context, c archivist.CardChanges) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.explode("ChangeCards")
	for _, p := range c.Shown {
		w.places[string(p.Library)+p.Card] = p
	}
	drop := func(gone func(key string) bool) {
		for key := range w.cards {
			if gone(key) {
				delete(w.cards, key)
				delete(w.places, key)
			}
		}
	}
	drop(func(key string) bool {
		m := w.places[key].Message
		return m != "" && slices.Contains(c.Messages, archivist.CardPlace{Library: w.cards[key].Library, Message: m})
	})
	for _, p := range c.Channels {
		drop(func(key string) bool {
			return w.cards[key].Library == p.Library && (w.cards[key].Channel == p.Channel || w.places[key].Channel == p.Channel)
		})
	}
	return nil
}

func (w *town) Spend(context.Context, archivist.LibraryID, time.Time, ...archivist.Quota) error {
	return nil
}

func (w *town) SaveRequests(_ context.Context, requests []archivist.Pending) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.explode("SaveRequests")
	if w.full > 0 {
		w.full--
		return errors.New("the disk is full")
	}
	for _, p := range requests {
		w.requests[p.ID] = p
		w.written = append(w.written, p)
	}
	return nil
}

func (w *town) Requests(context.Context) ([]archivist.Pending, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.explode("Requests")
	return slices.Collect(maps.Values(w.requests)), nil
}

func (w *town) Request(_ context.Context, id string) (archivist.Pending, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	p, ok := w.requests[id]
	if !ok {
		return p, archivist.ErrNotFound
	}
	return p, nil
}

func (w *town) ForgetRequests(_ context.Context, before time.Time) error { return nil }

func (w *town) MeetGuilds(ctx context.Context, shard, shards int, present []string, at time.Time) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.explode("MeetGuilds")
	for _, id := range present {
		w.guilds[id] = time.Time{}
	}
	for id, lost := range w.guilds {
		if lost.IsZero() && shardOf(id, shards) == shard && !slices.Contains(present, id) {
			w.guilds[id] = at
		}
	}
	return nil
}

func (w *town) SetGuild(_ context.Context, id string, lost time.Time) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if lost.IsZero() || w.guilds[id].IsZero() {
		w.guilds[id] = lost
	}
	return nil
}

func (w *town) LostGuilds(_ context.Context, before time.Time) ([]string, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.explode("LostGuilds")
	var ids []string
	for id, lost := range w.guilds {
		if !lost.IsZero() && lost.Before(before) {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

func (w *town) ForgetGuild(_ context.Context, id string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.guilds, id)
	return nil
}

func (w *town) Delete(_ context.Context, id archivist.LibraryID) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.articles, id)
	delete(w.settings, id)
	return nil
}

// broken makes every question fail, or no longer.
func (w *town) broken(yes bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.locked = yes
}

func (w *town) Notices(_ context.Context, n int, ours func(archivist.LibraryID) bool) ([]archivist.Notice, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.explode("Notices")
	list := slices.DeleteFunc(slices.Clone(w.notices), func(n archivist.Notice) bool { return !ours(n.Library) })
	return list[:min(n, len(list))], nil
}

func (w *town) Told(_ context.Context, n archivist.Notice) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.notices = slices.DeleteFunc(w.notices, func(other archivist.Notice) bool { return other == n })
	return nil
}

func (w *town) CancelJob(_ context.Context, library archivist.LibraryID, id archivist.JobID) (bool, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.jobs[id].Library != library {
		return false, nil
	}
	w.cancelled = append(w.cancelled, id)
	return true, nil
}

// explode panics where the method was to.
func (w *town) explode(method string) {
	if w.bombs[method] {
		delete(w.bombs, method)
		panic("a bomb in " + method)
	}
}
