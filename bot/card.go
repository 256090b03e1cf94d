package bot

import (
	"time"

	"archivist"
)

// A Kind says what a card is about; whoever shows it picks a colour by it.
type Kind string

// The kinds of cards.
const (
	KindAnswer   Kind = "answer"
	KindRefusal  Kind = "refusal"
	KindArticle  Kind = "article"
	KindList     Kind = "list"
	KindNotice   Kind = "notice"   // done, or good to know
	KindProgress Kind = "progress" // something is under way; another card will take its place
	KindError    Kind = "error"
)

// A Card is a reply as a value. All its texts are plain: whoever shows it makes them harmless (Escape) and keeps them within
// Discord's limits, which the bot's own limits stay below.
type Card struct {
	Kind    Kind
	Site    string // above the title
	Title   string
	URL     string // the title leads there; "" = nowhere
	Body    []Block
	Fields  []Field
	Footer  string
	Buttons []Button
	Private bool // for the eyes of the one who asked
}

// A Block is one paragraph of a card; newlines divide its lines.
type Block struct {
	Quote bool // words of an article
	Parts []Part
}

// A Part is a run of a block: a text, which may be bold or lead somewhere, or a time.
type Part struct {
	Text string
	Bold bool
	Link string    // http or https; "" = nowhere
	Time time.Time // shown in the reader's own manner; Text is then ignored
	Day  bool      // of Time only the day is known
}

// A Field is a small fact with its name.
type Field struct {
	Name  string
	Value []Part
}

// A Button opens a link, or is pressed: exactly one of Link and ID is set.
type Button struct {
	Label string
	Link  string
	ID    string // given to Bot.Press; ASCII, at most 100 bytes
}

// Discord's limits are higher; ours keep a card readable on a phone. In UTF-16 units of the escaped text.
const (
	maxSite    = 60
	maxTitle   = 180
	maxPassage = 1200
	maxWide    = 3600
	maxLine    = 180
	maxFooter  = 120
	maxURL     = 2048 // of a title's link
	maxOpen    = 512  // of a button's link
	maxEcho    = 100  // of what people typed
)

func line(parts ...Part) Block { return Block{Parts: parts} }
func plain(text string) Part   { return Part{Text: text} }
func bold(text string) Part    { return Part{Text: text, Bold: true} }
func moment(t time.Time) Part  { return Part{Time: t} }
func day(t time.Time) Part     { return Part{Time: t, Day: true} }
func (r Request) text(key string, args ...any) Part {
	return plain(say(r.Locale, key, args...))
}

// notice is a card of one sentence.
func notice(kind Kind, r Request, key string, args ...any) Card {
	return Card{Kind: kind, Body: []Block{line(r.text(key, args...))}, Private: true}
}

// head fills a card's site, title and link from an article; link, if it fits, takes the place of the article's own address.
func (c *Card) head(h archivist.Head, link string) {
	c.Site = short(h.Site, maxSite)
	c.Title = short(h.Title, maxTitle)
	if c.Title == "" {
		c.Title = short(h.URL, maxTitle)
	}
	for _, candidate := range []string{link, h.URL} {
		if web(candidate) && Units(candidate) <= maxURL && c.URL == "" {
			c.URL = candidate
		}
	}
}

// open is the button that leads to the source: at the passage if the link is short enough, else at the page, else there is none.
func open(r Request, links ...string) []Button {
	for _, link := range links {
		if web(link) && Units(link) <= maxOpen {
			return []Button{{Label: say(r.Locale, "button.open"), Link: link}}
		}
	}
	return nil
}

// citation is who wrote an article, when and in which language. A source of more than a year ago says so first.
func citation(r Request, h archivist.Head) Block {
	var b Block
	add := func(parts ...Part) {
		if len(b.Parts) > 0 {
			b.Parts = append(b.Parts, plain(" · "))
		}
		b.Parts = append(b.Parts, parts...)
	}
	if !h.Published.IsZero() && h.Published.Before(r.Asked.AddDate(-1, 0, 0)) {
		add(r.text("cite.old", h.Published.Format("2006")))
	}
	if by := authors(h); by != "" {
		add(r.text("cite.by", by))
	}
	switch {
	case h.Published.IsZero():
		add(r.text("cite.undated"))
	default:
		add(published(h))
	}
	if name := languageName(r.Locale, h.Language); name != "" {
		add(plain(name))
	}
	return b
}

func published(h archivist.Head) Part { return Part{Time: h.Published, Day: h.DayOnly} }

// headline is an article as one line of a list.
func headline(r Request, h archivist.Head) Block {
	title := short(h.Title, maxLine)
	if title == "" {
		title = short(h.URL, maxLine)
	}
	b := line(Part{Text: title, Link: linkOf(h.URL)})
	if h.Site != "" {
		b.Parts = append(b.Parts, plain(" · "+short(h.Site, maxSite)))
	}
	if !h.Published.IsZero() {
		b.Parts = append(b.Parts, plain(" · "), day(h.Published))
	}
	return b
}

// linkOf is an article's address where it is one on the web that a card may carry, else "".
func linkOf(address string) string {
	if web(address) && Units(address) <= maxOpen {
		return address
	}
	return ""
}
