package bot

import (
	"cmp"
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"archivist"
)

// passagesKept is how many passages of an answer its card has.
const passagesKept = 5

// ask answers a question.
func (b *Bot) ask(ctx context.Context, r Request) (Card, error) {
	began := time.Now()
	answer, q, err := b.answer(ctx, r)
	if err != nil {
		return Card{}, err
	}
	took := time.Since(began)
	b.threads.note(r, q)
	if r.quiet && !sure(answer) {
		return Card{Kind: KindRefusal}, nil // nobody asked us, and nobody is told: nothing of it is kept
	}
	if answer.Refused() || len(answer.Passages) == 0 {
		id, err := b.keepAnswer(ctx, r, q.typed, answer, took, KindRefusal, struct{}{})
		return refusalCard(r, id, q, answer), err
	}
	state := newAnswer(r, q, answer)
	id, err := b.keepAnswer(ctx, r, q.typed, answer, took, KindAnswer, state)
	return answerCard(r, id, state, answer.Passages[0].Article, heads(answer)), err
}

// A question is one as it was typed, and as it was put.
type question struct {
	typed      string
	understood string // widened by the question before it; "" = as typed
}

// asked is the question as it was understood.
func (q question) asked() string { return cmp.Or(q.understood, q.typed) }

// answer asks the library.
func (b *Bot) answer(ctx context.Context, r Request) (archivist.Answer, question, error) {
	q := question{typed: strings.TrimSpace(r.Options["question"])}
	if utf8.RuneCountInString(q.typed) > archivist.MaxQuestion {
		return archivist.Answer{}, q, &archivist.Invalid{Code: archivist.QuestionLong, Text: "the question is longer than 1,000 characters"}
	}
	q.understood = b.threads.widen(r, q.typed)
	wanted := archivist.Question{Library: r.Library, Text: q.asked(), View: r.view(), Asked: r.Asked, Limit: passagesKept}
	if r.within != nil {
		wanted.Site, wanted.Title = hostOf(r.within.URL), r.within.Title
	}
	if err := b.options(ctx, r, &wanted); err != nil {
		return archivist.Answer{}, q, err
	}
	answer, err := b.asker.Ask(ctx, wanted)
	return answer, q, err
}

// options fills in what narrows a question: the site and the days that a command was given.
func (b *Bot) options(ctx context.Context, r Request, wanted *archivist.Question) (err error) {
	if source := strings.TrimSpace(r.Options["source"]); source != "" {
		if wanted.Site, err = b.host(ctx, r, source); err != nil {
			return err
		}
	}
	if wanted.Since, err = dayOption(r, "since"); err != nil {
		return err
	}
	if wanted.Before, err = dayOption(r, "before"); err != nil {
		return err
	}
	if !wanted.Since.IsZero() && !wanted.Before.IsZero() && !wanted.Since.Before(wanted.Before) {
		return complain("date.order")
	}
	return nil
}

// sure reports whether an answer is one that may be given unasked.
func sure(a archivist.Answer) bool { return a.Grade == archivist.GradeAnswer && len(a.Passages) > 0 }

// heads are the articles of an answer's passages by number.
func heads(a archivist.Answer) map[archivist.ArticleID]archivist.Head {
	all := map[archivist.ArticleID]archivist.Head{}
	for _, p := range a.Passages {
		all[p.Article.ID] = p.Article
	}
	return all
}

// answerMessage answers the text of a message, privately.
func (b *Bot) answerMessage(ctx context.Context, r Request) (Card, error) {
	r.Options = map[string]string{"question": r.Target, "private": "true"}
	return b.ask(ctx, r)
}

// keepAnswer keeps what was asked for the moderators, not who asked, but a hash that is salted for this library alone; and with it, in one journey to
// the store, the card of its answer, whose id it gives. Where neither can be kept, as on a full disk, the answer is there all the same, and the id "".
func (b *Bot) keepAnswer(ctx context.Context, r Request, question string, a archivist.Answer, took time.Duration, kind Kind, state any) (id string, err error) {
	c, err := b.freshCard(ctx, r, kind, question, state)
	if err == nil {
		asked := archivist.Asked{
			Library: r.Library, Channel: r.Channel, Person: c.Person, Text: question, At: r.Asked, Grade: a.Grade, Confidence: a.Confidence, Took: took,
		}
		if r.Hidden != "" {
			asked.Channels = []string{r.Hidden}
		}
		err = b.diary.SaveQuestion(ctx, asked, c)
	}
	switch {
	case err == nil:
		return c.ID, nil
	case ctx.Err() != nil:
		return "", err
	}
	b.log.Error("a question is answered without buttons, as neither it nor its card can be kept", "library", string(r.Library), "error", err)
	return "", nil
}
