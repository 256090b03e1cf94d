package bot

import (
	"slices"
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
	Kind   Kind
	Site   string // above the title
	Title  string
	URL    string // the title leads there; "" = nowhere
	Body   []Block
	Fields []Field
	Footer string

	Below   []Card     // further ones under it in the same message, such as a source that differs: at most 2, texts alone
	Buttons [][]Button // in rows: at most 4 of at most 5; a menu takes the row below them
	Menu    *Menu      // nil = none
	Files   []File     // attached; at most 2

	Place   Place
	Private bool   // for the eyes of the one who asked
	Silent  bool   // a message of its own that nobody is notified of
	ID      string // of its state in the store, 16 characters of base32; "" = its buttons, if any, need none
	Version int    // of the state it shows: of one ID, a lower one must never be put in the place of a higher one
}

// A Place says where the card of a press, or of a form, is shown. Cards of progress stand where the last one will.
type Place string

// The places. A command's card is its reply, whatever its place.
const (
	PlaceHere  Place = ""      // instead of the card that was pressed; when Private, below it for the presser alone
	PlaceBelow Place = "below" // a message of its own; for all unless Private
)

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
	Away bool      // Time is shown as how far it is from now: "in 12 seconds"

	Person  string // a Discord user id, shown as that person's name, who is not told; Text is then ignored
	Role    string // likewise a role's id
	Channel string // likewise a channel's
}

// A Field is a small fact with its name.
type Field struct {
	Name  string
	Value []Part
}

// A Button opens a link, or is pressed: exactly one of Link and ID is set.
type Button struct {
	Label    string // at most 20 characters; "" only with an emoji
	Emoji    string // one, in Unicode, before the label; "" = none
	Style    Style
	Disabled bool
	Link     string
	ID       string // given to Bot.Press, or first to Bot.Form; ASCII, at most 100 bytes
}

// A Style says how much a button asks to be pressed.
type Style string

// The styles. Links look as Discord has them look.
const (
	StylePlain   Style = ""
	StylePrimary Style = "primary" // what most will want next
	StyleDanger  Style = "danger"  // what takes something away
)

// A Menu lets one value be chosen.
type Menu struct {
	ID          string // given to Bot.Press with the value in Request.Values[Chosen], or first to Bot.Form
	Placeholder string // at most 100 characters
	Options     []Choice
}

// Chosen is the name under which Request.Values has what was chosen in a menu.
const Chosen = "chosen"

// A Choice is one value that can be chosen, in a menu or while an option is typed.
type Choice struct {
	Name  string // what people see; at most 100 characters
	Value string // what the bot is given; at most 100 characters
}

// A File is attached to a card. An image is shown in it.
type File struct {
	Name  string // ASCII, with an ending that tells its type: "growth.png"
	Bytes []byte // at most 10 MiB
	Alt   string // what an image shows, for those who do not see it; at most 1,024 characters
}

// A Form asks for texts. It is opened instead of a card, and what is typed comes to Bot.Press with the form's ID and the texts in
// Request.Values by their inputs' names.
type Form struct {
	ID     string  // as a button's
	Title  string  // at most 45 characters
	Inputs []Input // 1 to 5
}

// An Input is one text of a form.
type Input struct {
	Name        string
	Label       string // at most 45 characters
	Placeholder string // at most 100 characters
	Value       string // what stands in it at first
	Min, Max    int    // characters; Max 1 to 4,000
	Long        bool   // several lines
	Required    bool
}

// Discord's limits are higher; ours keep a card readable on a phone. In UTF-16 units of the escaped text.
const (
	maxSite    = 60
	maxTitle   = 180
	maxPassage = 1200
	maxWide    = 3600
	maxBeside  = 500 // of a passage that stands below another
	maxLine    = 180
	maxFooter  = 120
	maxURL     = 2048 // of a title's link
	maxOpen    = 512  // of a button's link
	maxEcho    = 100  // of what people typed
)

func line(parts ...Part) Block { return Block{Parts: parts} }
func plain(text string) Part   { return Part{Text: text} }
func bold(text string) Part    { return Part{Text: text, Bold: true} }
func person(id string) Part    { return Part{Person: id} }
func role(id string) Part      { return Part{Role: id} }
func channel(id string) Part   { return Part{Channel: id} }
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

// inRows leaves out the rows that have no button.
func inRows(rows ...[]Button) [][]Button {
	return slices.DeleteFunc(rows, func(row []Button) bool { return len(row) == 0 })
}

// citation is who wrote an article, when, when its text last changed since it was stored, and in which language. A source of more than a year
// ago says so first.
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
	for _, parts := range since(r, h) {
		add(parts...)
	}
	if name := languageName(r.Locale, h.Language); name != "" {
		add(plain(name))
	}
	return b
}

// since is what became of an article's page: a correction, its end, the copy that stands for it.
func since(r Request, h archivist.Head) (list [][]Part) {
	if h.Updated.After(h.Added) {
		list = append(list, r.sentence("cite.updated", day(h.Updated)))
	}
	if h.Dead {
		list = append(list, []Part{r.text("cite.dead")})
	}
	if web(h.Archived) {
		list = append(list, r.sentence("cite.archived", Part{Text: short(h.Archived, maxLine), Link: h.Archived}))
	}
	return list
}

// whoAdded names who brought an article in, as far as that is still known.
func whoAdded(r Request, h archivist.Head) Part {
	if h.AddedBy == "" {
		return r.text("add.somebody")
	}
	return person(h.AddedBy)
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
