package bot

import (
	"context"
	"errors"
	"strings"

	"archivist"
)

// maxReading is how much of a text a page shows, in UTF-16 units of the escaped text: what is left to Discord's 4,096 is for the marks of
// quotations.
const maxReading = 3400

// readArticle opens an article's text, a page at a time, for whoever pressed.
func (b *Bot) readArticle(ctx context.Context, r Request, p pressed) (Card, error) {
	state, err := stateOf[articleState](p.card)
	if err != nil {
		return Card{}, err
	}
	reading := articleState{Article: state.Article, Reading: true}
	article, err := b.read(ctx, r, state.Article)
	if err != nil {
		return Card{}, err
	}
	id, err := b.newCard(ctx, r, KindArticle, "", reading)
	if err != nil {
		return Card{}, err
	}
	c := textCard(r, id, article, reading)
	c.Private = true
	return c, nil
}

// turnText turns the pages of an article's text.
func (b *Bot) turnText(ctx context.Context, r Request, p pressed) (Card, error) {
	state, err := stateOf[articleState](p.card)
	if err != nil || !state.Reading {
		return Card{}, errors.Join(err, errForeign)
	}
	article, err := b.read(ctx, r, state.Article)
	if err != nil {
		return Card{}, err
	}
	state.Page = step(p.action, state.Page, len(textPages(article)))
	id, version, err := b.turned(ctx, r, p, state.Version, func(version int) any { state.Version = version; return state })
	if err != nil {
		return Card{}, err
	}
	c := textCard(r, id, article, state)
	c.Version, c.Private = version, !p.owner
	return c, nil
}

// textCard shows a page of an article's text.
func textCard(r Request, id string, a archivist.Article, state articleState) Card {
	pages := textPages(a)
	c := Card{Kind: KindArticle, ID: id, Version: state.Version}
	c.head(a.Head, "")
	page := max(0, min(state.Page, len(pages)-1)) // the article may have become shorter
	if len(pages) > 0 {
		c.Body = pages[page]
	}
	if len(pages) > 1 {
		c.Footer = say(r.Locale, "article.page", page+1, len(pages))
	}
	c.Buttons = inRows(append(open(r, a.URL), turning(id, page, len(pages))...))
	return c
}

// textPages divides an article's own text, without its site's furniture, into pages: between paragraphs where it can, else at the end of a sentence or a word. Headings are
// bold.
func textPages(a archivist.Article) (pages [][]Block) {
	var page []Block
	left := maxReading
	for _, p := range a.Paragraphs {
		if p.Boilerplate {
			continue
		}
		for rest := strings.TrimSpace(Clean(p.Text)); rest != ""; {
			piece := rest
			if !fits(piece, left) {
				if len(page) > 0 {
					pages, page, left = append(pages, page), nil, maxReading
					continue
				}
				piece = strings.TrimSuffix(strings.TrimSuffix(Cut(rest, maxReading), ellipsis), " ")
				if piece == "" {
					break // a single character cannot be longer than a page
				}
			}
			rest = strings.TrimSpace(strings.TrimPrefix(rest, piece))
			page = append(page, Block{Quote: true, Parts: []Part{{Text: piece, Bold: p.Kind == archivist.KindHeading}}})
			left -= Units(Escape(piece)) + quoteMarks*(1+strings.Count(piece, "\n"))
		}
	}
	if len(page) > 0 {
		pages = append(pages, page)
	}
	return pages
}

// quoteMarks is what a line of a quotation takes beside its text: "> ", the empty line before it, bold.
const quoteMarks = 10

// askAbout asks a question of one article, for whoever pressed.
func (b *Bot) askAbout(ctx context.Context, r Request, p pressed) (Card, error) {
	state, err := stateOf[articleState](p.card)
	if err != nil {
		return Card{}, err
	}
	article, err := b.read(ctx, r, state.Article)
	if err != nil {
		return Card{}, err
	}
	r.within = &article.Head
	r.Options = map[string]string{"question": r.Values["question"], "private": "true"}
	c, err := b.ask(ctx, r)
	c.Private = true
	return c, err
}
