package bot

import (
	"context"
	"unicode/utf8"

	"archivist"
)

// The reasons of a vote against an answer, in the order of the menu.
const (
	reasonWrong    = "wrong"
	reasonOutdated = "outdated"
	reasonMissing  = "missing"
	reasonOther    = "other" // asks for words
)

// reasons are all of them with their sentences.
var reasons = []struct{ value, key string }{
	{reasonWrong, "feedback.wrong"}, {reasonOutdated, "feedback.outdated"}, {reasonMissing, "feedback.missing"}, {reasonOther, "feedback.other"},
}

// maxWords is how long a reason in one's own words may be, in characters.
const maxWords = 500

// vote keeps a vote on an answer: one a person and card, which another takes the place of. Who is against it is asked why.
func (b *Bot) vote(ctx context.Context, r Request, p pressed) (Card, error) {
	way := 1
	if p.action == actionDown {
		way = -1
	}
	if err := b.keepVote(ctx, r, p, archivist.Feedback{Vote: way}); err != nil {
		return Card{}, err
	}
	if way > 0 {
		return notice(KindNotice, r, "feedback.up"), nil
	}
	c := notice(KindNotice, r, "feedback.ask")
	c.Menu = &Menu{ID: customID(actionReason, p.card.ID), Placeholder: say(r.Locale, "feedback.choose")}
	for _, reason := range reasons {
		c.Menu.Options = append(c.Menu.Options, Choice{Name: say(r.Locale, reason.key), Value: reason.value})
	}
	return c, nil
}

// reason keeps why somebody is against an answer, chosen or in words. Its thanks take the place of the menu.
func (b *Bot) reason(ctx context.Context, r Request, p pressed) (Card, error) {
	f := archivist.Feedback{Vote: -1, Reason: reasonOther, Text: firstRunes(Clean(r.Values["text"]), maxWords)}
	if p.action == actionReason {
		f = archivist.Feedback{Vote: -1}
		for _, reason := range reasons {
			if r.Values[Chosen] == reason.value {
				f.Reason = reason.value
			}
		}
	}
	if err := b.keepVote(ctx, r, p, f); err != nil {
		return Card{}, err
	}
	c := notice(KindNotice, r, "feedback.thanks")
	c.Private = false // the menu was private, and what is in its place is so too
	return c, nil
}

func (b *Bot) keepVote(ctx context.Context, r Request, p pressed, f archivist.Feedback) error {
	state, err := answerOf(p.card)
	if err != nil {
		return err
	}
	if f.Person, err = b.hash(ctx, r); err != nil {
		return err
	}
	f.Library, f.Card, f.Question, f.Article, f.At = r.Library, p.card.ID, p.card.Question, state.shown().Article, r.Asked
	if r.Hidden != "" {
		f.Channels = []string{r.Hidden}
	}
	return b.diary.SaveFeedback(ctx, f)
}

// wordsForm asks for a reason in one's own words.
func wordsForm(r Request, card string) Form {
	return Form{
		ID: customID(actionWords, card), Title: say(r.Locale, "feedback.title"),
		Inputs: []Input{{Name: "text", Label: say(r.Locale, "feedback.label"), Min: 1, Max: maxWords, Long: true, Required: true}},
	}
}

// why lists the reasons of the passage that is shown, which add up to its score.
func (b *Bot) why(_ context.Context, r Request, p pressed) (Card, error) {
	state, err := answerOf(p.card)
	if err != nil {
		return Card{}, err
	}
	c := Card{Kind: KindNotice, Private: true, Title: say(r.Locale, "why.title")}
	c.Body = append(c.Body, line(r.text("why.intro", decimal(r, "%.2f", state.Confidence))))
	sum := 0.
	var list Block
	for i, reason := range state.shown().Reasons {
		sum += reason.Value
		text := say(r.Locale, "why.line", decimal(r, "%+.2f", reason.Value), reason.Name, reason.Note)
		if utf8.RuneCountInString(reason.Note) == 0 {
			text = say(r.Locale, "why.bare", decimal(r, "%+.2f", reason.Value), reason.Name)
		}
		if i > 0 {
			list.Parts = append(list.Parts, plain("\n"))
		}
		list.Parts = append(list.Parts, plain(short(text, maxLine)))
	}
	c.Body = append(c.Body, list, line(r.text("why.sum", decimal(r, "%.2f", sum))))
	return c, nil
}

// share shows a private answer to all, as a card of whoever shares it.
func (b *Bot) share(ctx context.Context, r Request, p pressed) (Card, error) {
	state, err := answerOf(p.card)
	switch {
	case err != nil:
		return Card{}, err
	case !p.owner:
		return notice(KindNotice, r, "card.owner"), nil
	case state.Shared:
		return notice(KindNotice, r, "answer.shared_already"), nil
	}
	article, err := b.read(ctx, r, state.shown().Article)
	if err != nil {
		return Card{}, err
	}
	if !state.Passages[state.Page].find(article) {
		return withAgain(r, notice(KindNotice, r, "card.changed")), nil
	}
	state.Shared = true
	if err := b.keepCard(ctx, p.card, state); err != nil {
		return Card{}, err
	}
	state.Private, state.Shared, state.Version, state.Wide = false, false, 0, false
	id, err := b.newCard(ctx, r, KindAnswer, p.card.Question, state)
	if err != nil {
		return Card{}, err
	}
	others, err := b.headsBeside(ctx, r, state)
	if err != nil {
		return Card{}, err
	}
	c := answerCard(r, id, state, article.Head, others)
	c.Place = PlaceBelow
	if p.card.Question != "" {
		c.Body = append([]Block{{Parts: r.sentence("answer.shared", person(r.Person), short(p.card.Question, maxLine))}}, c.Body...)
	}
	return c, nil
}
