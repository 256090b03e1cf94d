package bot

import (
	"cmp"

	"archivist"
)

// maxNotes is how many notes on a question its card shows.
const maxNotes = 3

// answerState is what a card of an answer remembers, as JSON in CardState.State.
type answerState struct {
	Version    int              `json:"version"`
	Page       int              `json:"page"`     // of Passages, from 0
	Passages   []passageState   `json:"passages"` // best first
	Closest    bool             `json:"closest,omitempty"`
	Confidence float64          `json:"confidence"`
	Notes      []archivist.Note `json:"notes,omitempty"`
	Understood string           `json:"understood,omitempty"`
	Newer      int              `json:"newer,omitempty"`   // the passage of a newer article that says more on the same words; 0: none
	Differs    int              `json:"differs,omitempty"` // the passage of another source that has other figures; 0: none
	Wide       bool             `json:"wide,omitempty"`    // with the paragraphs around
	Private    bool             `json:"private,omitempty"` // shown to its owner alone
	Shared     bool             `json:"shared,omitempty"`
}

type sourceState struct {
	Name string `json:"name"`
	URL  string `json:"url"`
}

func (s answerState) shown() passageState { return s.Passages[s.Page] }

func newAnswer(r Request, q question, a archivist.Answer) answerState {
	state := answerState{
		Closest: a.Grade == archivist.GradeClosest, Confidence: a.Confidence, Notes: a.Notes, Understood: q.understood,
		Private: r.private(), Newer: newer(q.asked(), a.Passages),
	}
	state.Differs = differs(q.asked(), a.Passages, state.Newer)
	for _, p := range a.Passages {
		kept := newPassage(p)
		for _, h := range p.Also {
			kept.Also = append(kept.Also, sourceState{Name: cmp.Or(h.Site, h.Title, h.URL), URL: h.URL})
		}
		state.Passages = append(state.Passages, kept)
	}
	return state
}

// answerCard shows the passage of an answer that its page says, from the article h; others are the heads of further passages, as far as
// they are known.
func answerCard(r Request, id string, state answerState, h archivist.Head, others map[archivist.ArticleID]archivist.Head) Card {
	p := state.shown()
	c := Card{Kind: KindAnswer, ID: id, Version: state.Version, Private: state.Private}
	c.head(h, p.Link)
	if state.Page == 0 {
		c.Body = notes(r, state)
	}
	c.Body = append(c.Body, quote(p.Text, p.sentence(), maxPassage), citation(r, h))
	if len(p.Also) > 0 {
		c.Body = append(c.Body, alsoIn(r, p.Also))
	}
	if len(state.Passages) > 1 {
		c.Footer = say(r.Locale, "answer.page", state.Page+1, len(state.Passages))
	}
	if state.Page == 0 {
		c.beside(r, state, others)
	}
	if id != "" { // else nothing is kept that a button needs
		c.Buttons = answerButtons(r, id, state, h)
	}
	return c
}

// beside adds what else there is to the best passage: a newer article, and a source that differs.
func (c *Card) beside(r Request, state answerState, others map[archivist.ArticleID]archivist.Head) {
	if h, ok := others[state.Passages[state.Newer].Article]; ok && state.Newer > 0 {
		link := linkOf(cmp.Or(linkOf(state.Passages[state.Newer].Link), h.URL))
		title := Part{Text: short(cmp.Or(h.Title, h.URL), maxTitle), Link: link}
		c.Body = append(c.Body, Block{Parts: r.sentence("answer.newer", day(h.Published), title)})
	}
	if h, ok := others[state.Passages[state.Differs].Article]; ok && state.Differs > 0 {
		p := state.Passages[state.Differs]
		below := Card{Kind: KindAnswer, Body: []Block{quote(p.Text, p.sentence(), maxBeside), citation(r, h)}}
		below.head(h, p.Link)
		c.Below = []Card{below}
		note := say(r.Locale, "answer.differs", short(cmp.Or(h.Site, h.Title), maxSite))
		if c.Footer != "" {
			note = c.Footer + " · " + note
		}
		c.Footer = short(note, maxFooter)
	}
}

// answerButtons are at most seven, in two rows.
func answerButtons(r Request, id string, state answerState, h archivist.Head) [][]Button {
	label := func(key, action string) Button { return Button{Label: say(r.Locale, key), ID: customID(action, id)} }
	reading := open(r, state.shown().Link, h.URL)
	if state.Wide {
		reading = append(reading, label("button.less", actionLess))
	} else {
		reading = append(reading, label("button.more", actionMore))
	}
	reading = append(reading, turning(id, state.Page, len(state.Passages))...)
	if state.Private && r.Channel != "" {
		reading = append(reading, label("button.share", actionShare))
	}
	judging := []Button{{Emoji: "👍", ID: customID(actionUp, id)}, {Emoji: "👎", ID: customID(actionDown, id)}}
	if len(state.shown().Reasons) > 0 {
		judging = append(judging, label("button.why", actionWhy))
	}
	return inRows(reading, judging)
}

// turning are the buttons that turn pages, none where there is one.
func turning(id string, page, pages int) []Button {
	if pages < 2 {
		return nil
	}
	return []Button{
		{Emoji: "◀", ID: customID(actionPrev, id), Disabled: page == 0},
		{Emoji: "▶", ID: customID(actionForth, id), Disabled: page == pages-1},
	}
}

// alsoIn names the other articles that say the same as a passage.
func alsoIn(r Request, sources []sourceState) Block {
	b := line(r.text("cite.also"))
	for i, s := range sources {
		if i > 0 {
			b.Parts = append(b.Parts, plain(","))
		}
		b.Parts = append(b.Parts, plain(" "), Part{Text: short(s.Name, maxSite), Link: linkOf(s.URL)})
	}
	return b
}

// notes tell how the question was read, where that is not as it was typed, and how sure the answer is.
func notes(r Request, state answerState) (blocks []Block) {
	if state.Understood != "" {
		blocks = append(blocks, line(r.text("answer.understood", short(state.Understood, maxLine))))
	}
	blocks = append(blocks, readAs(r, state.Notes)...)
	if state.Closest {
		blocks = append(blocks, line(r.text("answer.closest")))
	}
	return blocks
}

func readAs(r Request, list []archivist.Note) (blocks []Block) {
	for _, n := range list[:min(len(list), maxNotes)] {
		switch n.Kind {
		case archivist.NoteLoose:
			blocks = append(blocks, line(r.text("note.loose", short(n.Typed, maxEcho))))
		case archivist.NoteFiltered:
			blocks = append(blocks, line(r.text("note.filtered")))
		default:
			blocks = append(blocks, line(r.text("note.read", short(n.Typed, maxEcho), short(n.Read, maxEcho))))
		}
	}
	return blocks
}
