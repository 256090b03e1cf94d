package bot

import (
	"context"
	"encoding/json"
	"errors"
	"regexp"
	"strings"

	"archivist"
)

const (
	cardIDLength = 16
	actionMore   = "more"
	actionLess   = "less"
	// around is how many paragraphs before and after a passage More context shows, as far as they fit.
	around = 3
)

var customIDs = regexp.MustCompile(`^v1:([a-z]{1,20}):([A-Z2-7]{16})$`)

// customID names an action on a card, so that a button works after a restart: what it needs lies in the store.
func customID(action, card string) string { return "v1:" + action + ":" + card }

// ParseCustomID takes a button's id apart. ok is false for what this version did not make.
func ParseCustomID(id string) (action, card string, ok bool) {
	m := customIDs.FindStringSubmatch(id)
	if m == nil {
		return "", "", false
	}
	return m[1], m[2], true
}

// Press does what a button says. Its card takes the pressed one's place when Private is false, and is shown to the presser alone
// when it is true: others must not turn the pages of somebody's card, but may read on for themselves.
func (b *Bot) Press(ctx context.Context, r Request, id string) Card {
	card, err := b.press(ctx, r, id)
	if err != nil {
		return b.Trouble(r, err)
	}
	return card
}

func (b *Bot) press(ctx context.Context, r Request, id string) (Card, error) {
	action, cardID, ok := ParseCustomID(id)
	moderators := strings.HasPrefix(action, adminActions)
	if !ok || action != actionMore && action != actionLess && !moderators {
		return notice(KindNotice, r, "card.unknown"), nil
	}
	if err := b.letsIn(ctx, r); err != nil {
		return Card{}, err
	}
	stored, err := b.diary.Card(ctx, r.Library, cardID)
	if errors.Is(err, archivist.ErrNotFound) {
		if r.Posted.IsZero() {
			return notice(KindNotice, r, "card.gone"), nil
		}
		return Card{Kind: KindNotice, Private: true, Body: []Block{{Parts: r.sentence("card.gone_since", day(r.Posted))}}}, nil
	}
	if err != nil {
		return Card{}, err
	}
	if moderators {
		return b.adminPress(ctx, r, action, stored)
	}
	var state answerState
	if err := json.Unmarshal([]byte(stored.State), &state); err != nil || len(state.Passages) == 0 {
		return notice(KindNotice, r, "card.unknown"), nil // a state that another version wrote
	}
	article, err := b.read(ctx, r, state.Passages[0].Article)
	if errors.Is(err, archivist.ErrNotFound) {
		return notice(KindNotice, r, "card.left"), nil
	}
	if err != nil {
		return Card{}, err
	}
	before, after, ok := surroundings(article, state.Passages[0])
	if !ok {
		return notice(KindNotice, r, "card.changed"), nil
	}
	state.Wide = action == actionMore
	c := answerCard(r, cardID, state, article.Head)
	if state.Wide {
		widen(r, &c, before, after, cardID)
	}
	c.Private = r.Person != stored.Person
	if c.Private {
		return c, nil
	}
	changed, err := json.Marshal(state)
	if err != nil {
		return Card{}, err
	}
	stored.State = string(changed)
	return c, b.diary.SaveCard(ctx, stored)
}

// surroundings are the texts around a passage, nearest first: the paragraphs before and after it, and the rest of its own paragraphs
// where it is only some sentences of them. ok is false when the article does not hold the passage any more.
func surroundings(a archivist.Article, p passageState) (before, after []string, ok bool) {
	if p.First < 0 || p.Last < p.First || p.Last >= len(a.Paragraphs) {
		return nil, nil, false
	}
	var own []string
	for _, paragraph := range a.Paragraphs[p.First : p.Last+1] {
		own = append(own, paragraph.Text)
	}
	lead, rest, found := strings.Cut(strings.Join(own, "\n"), p.Text)
	if !found {
		return nil, nil, false
	}
	if lead = strings.TrimSpace(lead); lead != "" {
		before = append(before, lead)
	}
	if rest = strings.TrimSpace(rest); rest != "" {
		after = append(after, rest)
	}
	for i := p.First - 1; i >= 0 && len(before) < around; i-- {
		if !a.Paragraphs[i].Boilerplate {
			before = append(before, a.Paragraphs[i].Text)
		}
	}
	for i := p.Last + 1; i < len(a.Paragraphs) && len(after) < around; i++ {
		if !a.Paragraphs[i].Boilerplate {
			after = append(after, a.Paragraphs[i].Text)
		}
	}
	return before, after, true
}

// widen puts the surroundings into a card, in turn, while they fit; the first that does not fit is cut, and the last on its side.
func widen(r Request, c *Card, before, after []string, cardID string) {
	at := 0
	for i, block := range c.Body {
		if block.Quote {
			at = i
		}
	}
	left := maxWide - maxPassage
	var above, below []Block
	for i := range around {
		for _, side := range []struct {
			texts []string
			put   func(Block)
		}{
			{before, func(b Block) { above = append([]Block{b}, above...) }},
			{after, func(b Block) { below = append(below, b) }},
		} {
			if i >= len(side.texts) || left < maxLine {
				continue
			}
			text := Cut(Clean(side.texts[i]), min(left, maxPassage))
			left -= Units(Escape(text))
			side.put(Block{Quote: true, Parts: []Part{plain(text)}})
		}
	}
	body := append([]Block{}, c.Body[:at]...)
	body = append(append(append(body, above...), c.Body[at]), below...)
	c.Body = append(body, c.Body[at+1:]...)
	for _, row := range c.Buttons {
		for i, button := range row {
			if button.ID != "" {
				row[i] = Button{Label: say(r.Locale, "button.less"), ID: customID(actionLess, cardID)}
			}
		}
	}
}
