package bot

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"archivist"
)

const (
	perPage = 5  // passages on a page of a search
	listed  = 10 // lines of a list
)

// listState is what a card of a search remembers.
type listState struct {
	Version int         `json:"version"`
	Page    int         `json:"page"`
	Private bool        `json:"private,omitempty"`
	Found   []foundItem `json:"found"`
}

// A foundItem is one passage that a search lists.
type foundItem struct {
	Head     archivist.Head `json:"head"` // as far as lists need it
	Link     string         `json:"link"`
	Sentence string         `json:"sentence"` // that answers, or the first
}

// search lists the passages that come nearest to some words, whether they answer anything or not.
func (b *Bot) search(ctx context.Context, r Request) (Card, error) {
	words := strings.TrimSpace(r.Options["query"])
	wanted := archivist.Question{Library: r.Library, Text: words, View: r.view(), Asked: r.Asked, Limit: archivist.MaxPassages}
	if err := b.options(ctx, r, &wanted); err != nil {
		return Card{}, err
	}
	answer, err := b.asker.Ask(ctx, wanted)
	if err != nil {
		return Card{}, err
	}
	if len(answer.Passages) == 0 {
		c := notice(KindNotice, r, "search.none")
		c.Private = r.private()
		return c, nil
	}
	state := listState{Private: r.private()}
	for _, p := range answer.Passages {
		sentence := p.Answering()
		if sentence == "" {
			sentence = p.Text
		}
		h := p.Article
		state.Found = append(state.Found, foundItem{
			Head: archivist.Head{ID: h.ID, Title: h.Title, Site: h.Site, URL: h.URL, Published: h.Published, DayOnly: h.DayOnly}, Link: p.Link, Sentence: short(sentence, maxLine),
		})
	}
	id, err := b.offerCard(ctx, r, KindList, words, state)
	if err != nil {
		return Card{}, err
	}
	return listCard(r, id, words, state, state.shown()), nil
}

// shown is what stands on the page.
func (s listState) shown() []foundItem {
	first := s.Page * perPage
	return s.Found[first:min(len(s.Found), first+perPage)]
}

// listCard shows what is left of a page of a search.
func listCard(r Request, id, query string, state listState, left []foundItem) Card {
	c := Card{Kind: KindList, Title: say(r.Locale, "search.title", short(query, maxEcho)), ID: id, Version: state.Version, Private: state.Private}
	if len(left) == 0 {
		c.Body = []Block{line(r.text("card.left"))}
	}
	for _, item := range left {
		head := headline(r, item.Head)
		head.Parts[0].Link = cmp.Or(linkOf(item.Link), head.Parts[0].Link)
		c.Body = append(c.Body, head, Block{Quote: true, Parts: []Part{plain(item.Sentence)}})
	}
	if pages := pagesOf(len(state.Found)); pages > 1 {
		c.Footer = say(r.Locale, "search.page", state.Page+1, pages)
		if id != "" {
			c.Buttons = inRows(turning(id, state.Page, pages))
		}
	}
	return c
}

func pagesOf(items int) int { return (items + perPage - 1) / perPage }

// stillThere leaves out the passages of articles that were removed since the search, or are not seen from here: the card has their words.
func (b *Bot) stillThere(ctx context.Context, r Request, found []foundItem) (left []foundItem, err error) {
	for _, item := range found {
		if item.Head.ID == 0 {
			return nil, errForeign // of a version that did not keep it
		}
		switch _, err := b.read(ctx, r, item.Head.ID); {
		case err == nil:
			left = append(left, item)
		case !errors.Is(err, archivist.ErrNotFound):
			return nil, err
		}
	}
	return left, nil
}

// turnList shows another page of a search.
func (b *Bot) turnList(ctx context.Context, r Request, p pressed) (Card, error) {
	state, err := stateOf[listState](p.card)
	if err != nil || state.Page < 0 || state.Page >= pagesOf(len(state.Found)) {
		return Card{}, cmp.Or(err, errForeign)
	}
	state.Page = step(p.action, state.Page, pagesOf(len(state.Found)))
	state.Private = state.Private || !p.owner
	left, err := b.stillThere(ctx, r, state.shown())
	if err != nil {
		return Card{}, err
	}
	id, version, err := b.turned(ctx, r, p, state.Version, func(version int) any { state.Version = version; return state })
	if err != nil {
		return Card{}, err
	}
	c := listCard(r, id, p.card.Question, state, left)
	c.Version, c.Private = version, !p.owner
	return c, nil
}

// newest lists the ten articles that were stored last, behind those that moderators have pinned.
func (b *Bot) newest(ctx context.Context, r Request) (Card, error) {
	settings, err := b.rules.Settings(ctx, r.Library)
	if err != nil {
		return Card{}, err
	}
	c := Card{Kind: KindList, Title: say(r.Locale, "article.newest")}
	pins := pinned(settings)
	for _, id := range pins {
		a, err := b.read(ctx, r, id)
		if errors.Is(err, archivist.ErrNotFound) {
			continue
		}
		if err != nil {
			return Card{}, err
		}
		c.Body = append(c.Body, withPin(numbered(r, a.Head)))
	}
	heads, err := b.shelf.Articles(ctx, r.Library, r.view(), 0, listed+len(pins))
	if err != nil {
		return Card{}, err
	}
	for _, h := range heads {
		if len(c.Body) < listed && !slices.Contains(pins, h.ID) {
			c.Body = append(c.Body, numbered(r, h))
		}
	}
	if len(c.Body) == 0 {
		return notice(KindNotice, r, "article.empty"), nil
	}
	return c, nil
}

// latest lists the newest articles, or the newest of those that come nearest to a topic.
func (b *Bot) latest(ctx context.Context, r Request) (Card, error) {
	topic := strings.TrimSpace(r.Options["topic"])
	if topic == "" {
		return b.newest(ctx, r)
	}
	answer, err := b.asker.Ask(ctx, archivist.Question{Library: r.Library, View: r.view(), Text: topic, Asked: r.Asked, Limit: archivist.MaxPassages})
	if err != nil {
		return Card{}, err
	}
	var found []archivist.Head
	for _, p := range answer.Passages {
		if !slices.ContainsFunc(found, func(h archivist.Head) bool { return h.ID == p.Article.ID }) {
			found = append(found, p.Article)
		}
	}
	if len(found) == 0 {
		return notice(KindNotice, r, "article.none", short(topic, maxEcho)), nil
	}
	slices.SortStableFunc(found, func(a, b archivist.Head) int { return b.Published.Compare(a.Published) })
	c := Card{Kind: KindList, Title: say(r.Locale, "article.about", short(topic, maxEcho))}
	for _, h := range found[:min(len(found), listed)] {
		c.Body = append(c.Body, numbered(r, h))
	}
	return c, nil
}
