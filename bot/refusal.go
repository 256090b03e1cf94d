package bot

import (
	"context"

	"archivist"
)

// nearestShown is how many headlines a refusal has.
const nearestShown = 3

// refusalCard says that the library does not hold the answer, what comes nearest, and what to do about it.
func refusalCard(r Request, id string, q question, a archivist.Answer) Card {
	c := Card{Kind: KindRefusal, Private: r.private()}
	if q.understood != "" {
		c.Body = append(c.Body, line(r.text("answer.understood", short(q.understood, maxLine))))
	}
	c.Body = append(append(c.Body, readAs(r, a.Notes)...), line(r.text("answer.refusal")))
	if len(a.Nearest) > 0 {
		c.Body = append(c.Body, line(r.text("answer.nearest")))
	}
	for _, h := range a.Nearest[:min(len(a.Nearest), nearestShown)] {
		c.Body = append(c.Body, headline(r, h))
	}
	if id == "" { // nothing is kept that a button needs
		return c
	}
	c.ID = id
	c.Buttons = [][]Button{{
		{Label: say(r.Locale, "button.link"), ID: customID(actionLink, id)}, {Label: say(r.Locale, "button.search"), ID: customID(actionSearch, id)},
	}}
	return c
}

// searchRefused lists what comes nearest to a question that was refused, for the presser alone.
func (b *Bot) searchRefused(ctx context.Context, r Request, p pressed) (Card, error) {
	r.Options = map[string]string{"query": p.card.Question, "private": "true"}
	c, err := b.search(ctx, r)
	c.Private = true
	return c, err
}

// addLink brings in the link that was typed into a form, for the presser alone.
func (b *Bot) addLink(ctx context.Context, r Request, _ pressed) (Card, error) {
	return b.addAlone(ctx, r, wantedLinks([]string{r.Values["url"]})[0])
}

// addAlone brings one article in, and shows it to whoever pressed alone.
func (b *Bot) addAlone(ctx context.Context, r Request, what wanted) (Card, error) {
	shown := r.Progress
	if shown != nil {
		r.Progress = func(c Card) { c.Private = true; shown(c) }
	}
	c, err := b.addOne(ctx, r, what)
	c.Private = true
	return c, err
}
