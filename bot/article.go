package bot

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"archivist"
)

const (
	scanStep  = 200 // heads read at a time
	scanLimit = 20_000
	teaser    = 300 // units of an article's beginning on its card
)

// article shows one article, or those whose titles hold the words.
func (b *Bot) article(ctx context.Context, r Request) (Card, error) {
	wanted := strings.TrimSpace(r.Options["title"])
	found, err := b.find(ctx, r, wanted)
	if err != nil {
		return Card{}, err
	}
	switch len(found) {
	case 0:
		return notice(KindNotice, r, "article.none", short(wanted, maxEcho)), nil
	case 1:
		a, err := b.read(ctx, r, found[0].ID)
		if errors.Is(err, archivist.ErrNotFound) {
			return notice(KindNotice, r, "card.left"), nil
		}
		if err != nil {
			return Card{}, err
		}
		return b.articleCard(ctx, r, a, articleState{})
	}
	c := Card{Kind: KindList, Title: say(r.Locale, "article.matches", short(wanted, maxEcho))}
	for _, h := range found {
		c.Body = append(c.Body, numbered(r, h))
	}
	return c, nil
}

// read is an article that is seen from where the request was made; archivist.ErrNotFound for all others.
func (b *Bot) read(ctx context.Context, r Request, id archivist.ArticleID) (archivist.Article, error) {
	a, err := b.shelf.Article(ctx, r.Library, id)
	if err == nil && !r.view().Sees(a.Channels) {
		return archivist.Article{}, archivist.ErrNotFound
	}
	return a, err
}

// find looks for an article by its number, else its address, else words of its title: at most ten, newest first.
func (b *Bot) find(ctx context.Context, r Request, wanted string) ([]archivist.Head, error) {
	if id, err := strconv.ParseInt(strings.TrimPrefix(wanted, "#"), 10, 64); err == nil && id > 0 {
		a, err := b.read(ctx, r, archivist.ArticleID(id))
		if err == nil {
			return []archivist.Head{a.Head}, nil
		}
		if !errors.Is(err, archivist.ErrNotFound) {
			return nil, err
		}
	}
	words := strings.Fields(strings.ToLower(wanted))
	var found []archivist.Head
	for before, seen := archivist.ArticleID(0), 0; seen < scanLimit; {
		heads, err := b.shelf.Articles(ctx, r.Library, r.view(), before, scanStep)
		if err != nil || len(heads) == 0 {
			return found, err
		}
		for _, h := range heads {
			if sameAddress(h.URL, wanted) {
				return []archivist.Head{h}, nil
			}
			if len(found) < listed && holdsAll(strings.ToLower(h.Title), words) {
				found = append(found, h)
			}
		}
		before, seen = heads[len(heads)-1].ID, seen+len(heads)
	}
	return found, nil
}

// sameAddress compares addresses as people copy them: with or without fragment and closing slash, http or https.
func sameAddress(a, b string) bool {
	norm := func(s string) string {
		s, _, _ = strings.Cut(s, "#")
		s = strings.TrimPrefix(strings.TrimPrefix(s, "https://"), "http://")
		return strings.TrimSuffix(s, "/")
	}
	return web(b) && norm(a) == norm(b)
}

func holdsAll(title string, words []string) bool {
	for _, w := range words {
		if !strings.Contains(title, w) {
			return false
		}
	}
	return true
}

// withPin marks the line of a pinned article.
func withPin(b Block) Block {
	b.Parts = append([]Part{plain("📌 ")}, b.Parts...)
	return b
}

func numbered(r Request, h archivist.Head) Block {
	b := headline(r, h)
	b.Parts = append([]Part{bold("#" + strconv.FormatInt(int64(h.ID), 10)), plain(" ")}, b.Parts...)
	return b
}

// articleState is what a card of an article remembers.
type articleState struct {
	Version int                 `json:"version"`
	Article archivist.ArticleID `json:"article,omitempty"`
	Job     archivist.JobID     `json:"job,omitempty"`     // that brings it in, or brought it in
	Until   time.Time           `json:"until,omitzero"`    // when it can no longer be undone
	Gone    string              `json:"gone,omitempty"`    // in the place of an article: the address of a page of which an archive has a copy
	Reading bool                `json:"reading,omitempty"` // the card shows the text
	Page    int                 `json:"page,omitempty"`
}

// articleCard shows what is known of an article, and what it is about. Its state is kept under a new id.
func (b *Bot) articleCard(ctx context.Context, r Request, a archivist.Article, state articleState) (Card, error) {
	state.Article = a.ID
	id, err := b.offerCard(ctx, r, KindArticle, "", state)
	if err != nil {
		return Card{}, err
	}
	return articleCard(r, id, a, state), nil
}

func articleCard(r Request, id string, a archivist.Article, state articleState) Card {
	c := Card{Kind: KindArticle, ID: id, Version: state.Version}
	c.head(a.Head, "")
	for _, sentence := range summary(a) {
		c.Body = append(c.Body, quote(sentence, archivist.Span{}, teaser))
	}
	for _, parts := range since(r, a.Head) {
		c.Body = append(c.Body, Block{Parts: parts})
	}
	c.Fields = facts(r, a)
	buttons := append(open(r, a.URL),
		Button{Label: say(r.Locale, "button.read"), ID: customID(actionRead, id)}, Button{Label: say(r.Locale, "button.ask"), ID: customID(actionAbout, id)})
	if !state.Until.IsZero() {
		buttons = append(buttons, Button{Label: say(r.Locale, "button.undo"), ID: customID(actionRetract, id), Style: StyleDanger})
	}
	if id != "" {
		c.Buttons = inRows(buttons)
	}
	return c
}

// facts are what is known of an article beside its text.
func facts(r Request, a archivist.Article) (fields []Field) {
	field := func(key string, value ...Part) {
		fields = append(fields, Field{Name: say(r.Locale, key), Value: value})
	}
	field("article.number", plain("#"+strconv.FormatInt(int64(a.ID), 10)))
	if a.Published.IsZero() {
		field("article.date", r.text("cite.undated"))
	} else {
		field("article.date", published(a.Head))
	}
	if by := authors(a.Head); by != "" {
		field("article.authors", plain(by))
	}
	if name := languageName(r.Locale, a.Language); name != "" {
		field("article.language", plain(name))
	}
	field("article.size", plain(say(r.Locale, "count.words", a.Words)+", "+say(r.Locale, "count.paragraphs", len(a.Paragraphs))))
	if a.AddedBy == "" || r.Library.Own() {
		field("article.added", day(a.Added))
	} else {
		field("article.added", day(a.Added), plain(" · "), person(a.AddedBy))
	}
	return fields
}

func authors(h archivist.Head) string { return short(strings.Join(h.Authors, ", "), maxLine) }

// sources lists the sites with the most articles, and how many of each.
func (b *Bot) sources(ctx context.Context, r Request) (Card, error) {
	sites, err := b.shelf.Sites(ctx, r.Library, r.view())
	if err != nil {
		return Card{}, err
	}
	if len(sites) == 0 {
		return notice(KindNotice, r, "article.empty"), nil
	}
	c := Card{Kind: KindList, Title: say(r.Locale, "sources.title")}
	for _, s := range sites[:min(len(sites), listed)] {
		site, count := short(s.Site, maxSite), say(r.Locale, "count.articles", s.Articles)
		if s.Newest.IsZero() {
			c.Body = append(c.Body, line(r.text("sources.undated", site, count)))
			continue
		}
		c.Body = append(c.Body, Block{Parts: r.sentence("sources.line", site, count, day(s.Newest))})
	}
	if len(sites) > listed {
		c.Footer = say(r.Locale, "sources.more", len(sites)-listed)
	}
	return c, nil
}
