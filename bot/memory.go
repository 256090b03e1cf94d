package bot

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"

	"archivist"
)

// What has to be answered at once comes from memory alone: no store, no network, at most 20 ms.

const (
	maxChoices   = 25  // that Discord shows
	maxChoice    = 100 // UTF-16 units of a choice's name, and of its value
	titlesKept   = 20_000
	titlesFresh  = 30 * time.Second // after which they are read anew, beside the request that noticed
	librariesIn  = 200              // libraries whose titles are in memory
	warmsWaiting = 64
)

// titles are the articles of libraries, for autocomplete. The zero value is ready, and knows no library.
type titles struct {
	mu      sync.Mutex
	by      map[archivist.LibraryID]*shelfList
	wanting chan archivist.LibraryID // libraries to be read, by Run
	waiting map[archivist.LibraryID]bool
}

// A shelfList is the newest articles of a library, newest first, with what is compared.
type shelfList struct {
	heads []listedHead
	read  time.Time
	asked time.Time
}

type listedHead struct {
	id       archivist.ArticleID
	name     string // its title, or its address, and its site, as a choice shows it
	folded   string // the title in lower case
	site     string
	host     string
	channels []string
}

// Complete offers values for an option of r.Command while it is typed: at most 25, none where the library is not in memory yet, and
// none to whom the moderators keep out. Nothing typed gives the newest articles, or the sites with the most.
func (b *Bot) Complete(r Request, option, typed string) []Choice {
	if c, ok := Find(r.Command); !ok || !b.entitledNow(r, c) || b.keptOutNow(r) {
		return nil
	}
	heads := b.titles.of(r.Library, r.Asked)
	typed = strings.ToLower(strings.TrimSpace(typed))
	if option == "source" {
		return completeSite(r, heads, typed)
	}
	var choices []Choice
	words := strings.Fields(typed)
	for _, h := range heads {
		if r.view().Sees(h.channels) && holdsAll(h.folded, words) {
			choices = append(choices, Choice{Name: h.name, Value: strconv.FormatInt(int64(h.id), 10)})
			if len(choices) == maxChoices {
				break
			}
		}
	}
	return choices
}

// completeSite offers sites by how many of the articles that are seen from here they have.
func completeSite(r Request, heads []listedHead, typed string) []Choice {
	type site struct {
		host, name string
		articles   int
	}
	all := map[string]*site{} // by host; what does not match is nil
	var found []*site
	for _, h := range heads {
		if h.host == "" || !r.view().Sees(h.channels) {
			continue
		}
		s, seen := all[h.host]
		if !seen {
			if name := siteName(h.site, h.host); strings.Contains(strings.ToLower(name), typed) && Units(h.host) <= maxChoice {
				s = &site{host: h.host, name: clip(name, maxChoice)}
				found = append(found, s)
			}
			all[h.host] = s
		}
		if s != nil {
			s.articles++
		}
	}
	slices.SortFunc(found, func(a, b *site) int {
		return cmp.Or(cmp.Compare(b.articles, a.articles), cmp.Compare(a.host, b.host))
	})
	var choices []Choice
	for _, s := range found[:min(len(found), maxChoices)] {
		choices = append(choices, Choice{Name: s.name, Value: s.host})
	}
	return choices
}

func siteName(site, host string) string {
	if site == "" || strings.EqualFold(site, host) {
		return host
	}
	return site + " · " + host
}

// clip is one line of at most limit units, as it is: choices are plain text, where nothing needs to be escaped.
func clip(s string, limit int) string {
	s = strings.Join(strings.FieldsFunc(Clean(s), unicode.IsSpace), " ")
	if Units(s) <= limit {
		return s
	}
	for Units(s)+1 > limit {
		s = s[:len(s)-1]
	}
	return strings.TrimSpace(strings.ToValidUTF8(s, "")) + ellipsis
}

// of is what memory has of a library. What is old, or not there, is asked for: the next request will have it.
func (t *titles) of(library archivist.LibraryID, now time.Time) []listedHead {
	t.mu.Lock()
	defer t.mu.Unlock()
	list := t.by[library]
	if list == nil || now.Sub(list.read) > titlesFresh {
		t.want(library)
	}
	if list == nil {
		return nil
	}
	list.asked = now
	return list.heads
}

// want asks for a library to be read, once until it is. t.mu is held.
func (t *titles) want(library archivist.LibraryID) {
	if t.wanting == nil {
		t.wanting, t.waiting = make(chan archivist.LibraryID, warmsWaiting), map[archivist.LibraryID]bool{}
	}
	if t.waiting[library] {
		return
	}
	select {
	case t.wanting <- library:
		t.waiting[library] = true
	default: // the next keystroke asks again
	}
}

// wants is where libraries to be read come from.
func (t *titles) wants() <-chan archivist.LibraryID {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.wanting == nil {
		t.wanting, t.waiting = make(chan archivist.LibraryID, warmsWaiting), map[archivist.LibraryID]bool{}
	}
	return t.wanting
}

// Warm reads into memory what Complete needs of a library: who may use its moderators' commands, who is kept out, and its titles. Whoever brings requests calls it when a
// library comes into sight, and then Load.
func (b *Bot) Warm(ctx context.Context, library archivist.LibraryID) error {
	if err := b.watchPeople(ctx, library); err != nil {
		b.titles.done(library)
		return err
	}
	now := time.Now()
	var list []listedHead
	for before := archivist.ArticleID(0); len(list) < titlesKept; {
		heads, err := b.shelf.Articles(ctx, library, archivist.Everything, before, scanStep)
		if err != nil {
			b.titles.done(library)
			return err
		}
		for _, h := range heads {
			list = append(list, listedOf(h))
		}
		if len(heads) < scanStep {
			break
		}
		before = heads[len(heads)-1].ID
	}
	b.titles.put(library, list, now)
	return nil
}

// Load reads a library's index into memory, so that the first who ask do not wait.
func (b *Bot) Load(ctx context.Context, library archivist.LibraryID) error {
	return b.asker.Warm(ctx, library)
}

func listedOf(h archivist.Head) listedHead {
	title := h.Title
	if title == "" {
		title = h.URL
	}
	name := title
	if h.Site != "" {
		name = clip(title, maxChoice-Units(clip(h.Site, maxSite/2))-3) + " · " + clip(h.Site, maxSite/2)
	}
	return listedHead{id: h.ID, name: clip(name, maxChoice), folded: strings.ToLower(title), site: h.Site, host: hostOf(h.URL), channels: h.Channels}
}

// hostOf is the host of an address on the web, as the filter site: takes it.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	return strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.")
}

func (t *titles) done(library archivist.LibraryID) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.waiting, library)
}

// put remembers a library. Where there are too many, the one that was asked for longest ago goes.
func (t *titles) put(library archivist.LibraryID, list []listedHead, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.waiting, library)
	if t.by == nil {
		t.by = map[archivist.LibraryID]*shelfList{}
	}
	t.by[library] = &shelfList{heads: list, read: now, asked: now}
	for len(t.by) > librariesIn {
		oldest := library
		for id, l := range t.by {
			if l.asked.Before(t.by[oldest].asked) {
				oldest = id
			}
		}
		delete(t.by, oldest)
	}
}

// host is the host that people mean by a source: one they were offered, or typed, or the host of the site with that name.
func (b *Bot) host(ctx context.Context, r Request, source string) (string, error) {
	bare := bareDomain(source)
	for before, seen := archivist.ArticleID(0), 0; seen < scanLimit; {
		heads, err := b.shelf.Articles(ctx, r.Library, r.view(), before, scanStep)
		if err != nil {
			return "", err
		}
		for _, h := range heads {
			host := hostOf(h.URL)
			if host != "" && (strings.EqualFold(h.Site, source) || host == bare || strings.HasSuffix(host, "."+bare) && strings.Contains(bare, ".")) {
				if strings.EqualFold(h.Site, source) {
					return host, nil
				}
				return bare, nil
			}
		}
		if len(heads) < scanStep {
			break
		}
		before, seen = heads[len(heads)-1].ID, seen+len(heads)
	}
	return "", complain("source.unknown", short(source, maxEcho))
}

// Form is what a press opens at once instead of being acknowledged. ok is false for all that Press does.
func (b *Bot) Form(r Request, id string) (f Form, ok bool) {
	action, card, ok := ParseCustomID(id)
	switch {
	case !ok:
		return Form{}, false
	case action == actionReason && r.Values[Chosen] == reasonOther:
		return wordsForm(r, card), true
	case action == actionLink:
		return Form{
			ID: customID(actionAdd, card), Title: say(r.Locale, "button.link"),
			Inputs: []Input{{Name: "url", Label: say(r.Locale, "add.label"), Placeholder: "https://", Min: 1, Max: 2048, Required: true}},
		}, true
	case action == actionAbout:
		return questionForm(r, customID(actionAsk, card), "button.ask", "article.question"), true
	case action == actionAgain:
		return questionForm(r, customID(actionAnew, noCard), "button.again", "card.question"), true
	}
	return Form{}, false
}

func questionForm(r Request, id, title, label string) Form {
	return Form{
		ID: id, Title: say(r.Locale, title),
		Inputs: []Input{{Name: "question", Label: say(r.Locale, label), Min: 1, Max: archivist.MaxQuestion, Long: true, Required: true}},
	}
}
