package bot

import (
	"context"
	"errors"
	"slices"
	"strings"

	"archivist"
)

// The actions of buttons, menus and forms: the middle of their ids.
const (
	actionMore    = "more"
	actionLess    = "less"
	actionPrev    = "prev"
	actionForth   = "next"
	actionShare   = "share"
	actionUp      = "up"
	actionDown    = "down"
	actionReason  = "reason" // chosen in the menu that down shows
	actionWords   = "words"  // the form behind the reason "other"
	actionWhy     = "why"
	actionLink    = "link" // opens the form for a link
	actionAdd     = "add"  // that form
	actionCopy    = "copy" // adds an archive's copy of a page that is gone
	actionSearch  = "search"
	actionRead    = "read"
	actionAbout   = "about" // opens the form for a question about an article
	actionAsk     = "ask"   // that form
	actionRetract = "undo"
	actionAgain   = "again" // opens the form for a question, of a card that is no longer stored
	actionAnew    = "anew"  // that form
	actionErase   = "erase"
	actionKeep    = "keep"
)

// A pressed button, with the card it hangs on.
type pressed struct {
	action string
	card   archivist.CardState
	owner  bool // the card was asked for by whoever pressed
}

// An act is what an action does on the kinds of cards that have it.
type act struct {
	kinds []Kind
	run   func(*Bot, context.Context, Request, pressed) (Card, error)
	free  bool // takes nothing of the presser's limits
	slow  bool // may take long, and leaves the card as it is: others need not wait for it
}

var acts = map[string]act{
	actionMore:    {kinds: []Kind{KindAnswer}, run: (*Bot).turnAnswer},
	actionLess:    {kinds: []Kind{KindAnswer}, run: (*Bot).turnAnswer},
	actionPrev:    {kinds: []Kind{KindAnswer, KindList, KindArticle}, run: (*Bot).turn},
	actionForth:   {kinds: []Kind{KindAnswer, KindList, KindArticle}, run: (*Bot).turn},
	actionShare:   {kinds: []Kind{KindAnswer}, run: (*Bot).share},
	actionUp:      {kinds: []Kind{KindAnswer}, run: (*Bot).vote},
	actionDown:    {kinds: []Kind{KindAnswer}, run: (*Bot).vote},
	actionReason:  {kinds: []Kind{KindAnswer}, run: (*Bot).reason},
	actionWords:   {kinds: []Kind{KindAnswer}, run: (*Bot).reason},
	actionWhy:     {kinds: []Kind{KindAnswer}, run: (*Bot).why},
	actionAdd:     {kinds: []Kind{KindRefusal}, run: (*Bot).addLink, slow: true},
	actionSearch:  {kinds: []Kind{KindRefusal}, run: (*Bot).searchRefused, slow: true},
	actionRead:    {kinds: []Kind{KindArticle}, run: (*Bot).readArticle},
	actionAsk:     {kinds: []Kind{KindArticle}, run: (*Bot).askAbout, slow: true},
	actionCopy:    {kinds: []Kind{KindArticle}, run: (*Bot).addCopy, slow: true},
	actionRetract: {kinds: []Kind{KindArticle}, run: (*Bot).retract},
	actionErase:   {kinds: []Kind{KindNotice}, run: (*Bot).erase, free: true},
	actionKeep:    {kinds: []Kind{KindNotice}, run: (*Bot).keepAll, free: true},
}

// Press does what a button, a menu or a form says. Its card's Place and Private tell where it is shown.
func (b *Bot) Press(ctx context.Context, r Request, id string) Card {
	card, err := b.press(Together(ctx), r, id)
	if err != nil {
		return b.Trouble(r, err)
	}
	return card
}

func (b *Bot) press(ctx context.Context, r Request, id string) (Card, error) {
	action, cardID, ok := ParseCustomID(id)
	if ok && action == actionAnew {
		r.Command, r.Options = "ask", map[string]string{"question": r.Values["question"], "private": "true"}
		return b.Do(ctx, r), nil
	}
	if strings.HasPrefix(action, adminActions) {
		return b.pressAdmin(ctx, r, action, cardID)
	}
	act, known := acts[action]
	if !ok || !known {
		return withAgain(r, notice(KindNotice, r, "card.unknown")), nil
	}
	if !act.free {
		if err := b.letsIn(ctx, r); err != nil {
			return Card{}, err
		}
		if wait, err := b.take(ctx, r, pressing); err != nil || wait > 0 {
			return tooMuch(r, wait), err
		}
	}
	if !act.slow {
		lock := b.lockOf(cardID)
		lock.Lock()
		defer lock.Unlock()
	}
	card, err := b.diary.Card(ctx, r.Library, cardID)
	if errors.Is(err, archivist.ErrNotFound) {
		return gone(r), nil
	}
	if err != nil {
		return Card{}, err
	}
	if !slices.Contains(act.kinds, Kind(card.Kind)) {
		return withAgain(r, notice(KindNotice, r, "card.unknown")), nil
	}
	person, err := b.hash(ctx, r)
	if err != nil {
		return Card{}, err
	}
	c, err := act.run(b, ctx, r, pressed{action, card, person == card.Person})
	if errors.Is(err, errForeign) {
		return withAgain(r, notice(KindNotice, r, "card.unknown")), nil
	}
	return c, err
}

// pressAdmin obeys a button of a moderators' card.
func (b *Bot) pressAdmin(ctx context.Context, r Request, action, id string) (Card, error) {
	if err := b.letsIn(ctx, r); err != nil {
		return Card{}, err
	}
	lock := b.lockOf(id)
	lock.Lock()
	defer lock.Unlock()
	card, err := b.diary.Card(ctx, r.Library, id)
	if errors.Is(err, archivist.ErrNotFound) {
		return gone(r), nil
	}
	if err != nil {
		return Card{}, err
	}
	return b.adminPress(ctx, r, action, card)
}

// gone tells that a card is no longer stored.
func gone(r Request) Card {
	c := notice(KindNotice, r, "card.gone")
	if !r.Posted.IsZero() {
		c.Body = []Block{{Parts: r.sentence("card.gone_since", day(r.Posted))}}
	}
	return withAgain(r, c)
}

// noCard stands in ids whose action needs no card.
const noCard = "AAAAAAAAAAAAAAAA"

func askAgain(r Request) [][]Button {
	return [][]Button{{{Label: say(r.Locale, "button.again"), ID: customID(actionAgain, noCard)}}}
}

func withAgain(r Request, c Card) Card {
	c.Buttons = askAgain(r)
	return c
}

// turn turns the pages of whatever has pages.
func (b *Bot) turn(ctx context.Context, r Request, p pressed) (Card, error) {
	switch Kind(p.card.Kind) {
	case KindList:
		return b.turnList(ctx, r, p)
	case KindArticle:
		return b.turnText(ctx, r, p)
	}
	return b.turnAnswer(ctx, r, p)
}

// step is the page that an action leads to; there is always one.
func step(action string, page, pages int) int {
	switch action {
	case actionPrev:
		page--
	case actionForth:
		page++
	}
	return max(0, min(page, pages-1))
}

// turned keeps the changed state of a card that its owner pressed. Who is not the owner gets a private card of their own instead, so that
// nobody turns the pages of another's. It returns the id to show, and the version that goes with it.
func (b *Bot) turned(ctx context.Context, r Request, p pressed, version int, state func(version int) any) (id string, shown int, err error) {
	if p.owner {
		return p.card.ID, version + 1, b.keepCard(ctx, p.card, state(version+1))
	}
	id, err = b.newCard(ctx, r, Kind(p.card.Kind), p.card.Question, state(0))
	return id, 0, err
}

// turnAnswer shows another passage of an answer, or more or less around this one.
func (b *Bot) turnAnswer(ctx context.Context, r Request, p pressed) (Card, error) {
	state, err := answerOf(p.card)
	if err != nil {
		return Card{}, err
	}
	if page := step(p.action, state.Page, len(state.Passages)); page != state.Page {
		state.Page, state.Wide = page, false
	}
	if p.action == actionMore || p.action == actionLess {
		state.Wide = p.action == actionMore
	}
	article, err := b.read(ctx, r, state.shown().Article)
	if errors.Is(err, archivist.ErrNotFound) {
		return notice(KindNotice, r, "card.left"), nil
	}
	if err != nil {
		return Card{}, err
	}
	if !state.Passages[state.Page].find(article) {
		return withAgain(r, notice(KindNotice, r, "card.changed")), nil
	}
	if !p.owner {
		state.Private, state.Shared = true, false
	}
	id, version, err := b.turned(ctx, r, p, state.Version, func(version int) any { state.Version = version; return state })
	if err != nil {
		return Card{}, err
	}
	others, err := b.headsBeside(ctx, r, state)
	if err != nil {
		return Card{}, err
	}
	c := answerCard(r, id, state, article.Head, others)
	c.Version, c.Private = version, !p.owner
	if state.Wide {
		before, after := surroundings(article, state.shown())
		widen(&c, before, after)
	}
	return c, nil
}

// answerOf reads the state of a card of an answer.
func answerOf(c archivist.CardState) (answerState, error) {
	state, err := stateOf[answerState](c)
	n := len(state.Passages)
	if err == nil && (state.Page < 0 || state.Page >= n || state.Newer < 0 || state.Newer >= n || state.Differs < 0 || state.Differs >= n) {
		err = errForeign
	}
	return state, err
}

// headsBeside finds the passages that an answer's first page shows beside its own, and gives the heads of their articles; those that are gone, or have
// changed, are left out.
func (b *Bot) headsBeside(ctx context.Context, r Request, state answerState) (map[archivist.ArticleID]archivist.Head, error) {
	all := map[archivist.ArticleID]archivist.Head{}
	for _, i := range []int{state.Newer, state.Differs} {
		if i == 0 || state.Page != 0 {
			continue
		}
		a, err := b.read(ctx, r, state.Passages[i].Article)
		if errors.Is(err, archivist.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if state.Passages[i].find(a) {
			all[a.ID] = a.Head
		}
	}
	return all, nil
}
