package gateway

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"archivist/bot"
)

// The bodies that we send are structs of our own with exact JSON: discordgo's leave out what must be there, and the other way round
// (D16 to D18).

type mentions struct {
	Parse       []string `json:"parse"`
	RepliedUser bool     `json:"replied_user"`
}

// nobody is in every body that shows something: no text, whoever wrote it, pings anybody.
var nobody = mentions{Parse: []string{}}

type body struct {
	Content         string       `json:"content"`
	Embeds          []embed      `json:"embeds"`
	Components      []row        `json:"components"`
	Attachments     []attachment `json:"attachments"` // all that the message shall have: an edit takes older ones away
	AllowedMentions mentions     `json:"allowed_mentions"`
	Flags           int          `json:"flags,omitempty"`
	Reference       *reference   `json:"message_reference,omitempty"`
	Nonce           string       `json:"nonce,omitempty"`
	EnforceNonce    bool         `json:"enforce_nonce,omitempty"`

	files []bot.File // uploaded with it
}

type attachment struct {
	ID          string `json:"id"` // the number of its part, files[ID]
	Filename    string `json:"filename"`
	Description string `json:"description,omitempty"`
}

type reference struct {
	MessageID       string `json:"message_id"`
	FailIfNotExists bool   `json:"fail_if_not_exists"`
}

type embed struct {
	Title       string       `json:"title,omitempty"`
	URL         string       `json:"url,omitempty"`
	Description string       `json:"description,omitempty"`
	Color       int          `json:"color"`
	Author      *named       `json:"author,omitempty"`
	Fields      []embedField `json:"fields,omitempty"`
	Footer      *footer      `json:"footer,omitempty"`
	Image       *image       `json:"image,omitempty"`
}

type image struct {
	URL string `json:"url"`
}

type named struct {
	Name string `json:"name"`
}

type footer struct {
	Text string `json:"text"`
}

type embedField struct {
	Name   string `json:"name"`
	Value  string `json:"value"`
	Inline bool   `json:"inline"`
}

const (
	flagEphemeral  = 1 << 6
	flagLoading    = 1 << 7 // Discord's: "is thinking …"
	flagSilent     = 1 << 12
	maxDescription = 4000 // UTF-16 units, of Discord's 4,096
	maxEmbeds      = 3    // of a card and those below it, of Discord's 10
	maxEmbedSum    = 5500 // UTF-16 units of all texts of a card, of Discord's 6,000; those below go first
	maxFields      = 10
	maxFieldValue  = 300
)

var colours = map[bot.Kind]int{
	bot.KindAnswer: 0x2E7D6B, bot.KindArticle: 0x3B6EA8, bot.KindList: 0x3B6EA8, bot.KindNotice: 0x5B6770, bot.KindProgress: 0xB08900,
	bot.KindRefusal: 0x80848E, bot.KindError: 0xB3261E,
}

// render makes a message of a card. Its texts become inert here (bot.Escape), and only here.
func render(c bot.Card) body {
	b := body{Embeds: []embed{}, Components: components(c), AllowedMentions: nobody}
	b.attach(c.Files)
	sum := 0
	for _, shown := range append([]bot.Card{c}, c.Below...)[:min(1+len(c.Below), maxEmbeds)] {
		e := embedOf(shown)
		if sum += e.size(); len(b.Embeds) > 0 && sum > maxEmbedSum {
			break
		}
		b.Embeds = append(b.Embeds, e)
	}
	for _, f := range b.Attachments {
		if isImage(f.Filename) && b.Embeds[0].Image == nil {
			b.Embeds[0].Image = &image{URL: "attachment://" + f.Filename}
		}
	}
	return b
}

func embedOf(c bot.Card) embed {
	e := embed{Color: colours[c.Kind], Title: bot.Escape(c.Title), Description: description(c.Body)}
	if e.Title != "" {
		e.URL = c.URL
	}
	if site := bot.Clean(c.Site); site != "" {
		e.Author = &named{Name: site}
	}
	if text := bot.Clean(c.Footer); text != "" {
		e.Footer = &footer{Text: text}
	}
	for _, f := range c.Fields[:min(len(c.Fields), maxFields)] {
		if value := markdown(f.Value); value != "" && bot.Units(value) <= maxFieldValue {
			e.Fields = append(e.Fields, embedField{Name: bot.Escape(f.Name), Value: value, Inline: true})
		}
	}
	return e
}

// size is what Discord counts towards 6,000.
func (e embed) size() int {
	n := bot.Units(e.Title) + bot.Units(e.Description)
	if e.Author != nil {
		n += bot.Units(e.Author.Name)
	}
	if e.Footer != nil {
		n += bot.Units(e.Footer.Text)
	}
	for _, f := range e.Fields {
		n += bot.Units(f.Name) + bot.Units(f.Value)
	}
	return n
}

const (
	filesAtMost = 2
	bytesAtMost = 10 << 20 // of all files of a message
	maxAlt      = 1024
)

// attach lists the files that are uploaded with the message; those that Discord would not take are left out.
func (b *body) attach(files []bot.File) {
	b.Attachments, b.files = []attachment{}, nil
	sum := 0
	for _, f := range files {
		if sum += len(f.Bytes); len(b.files) == filesAtMost || sum > bytesAtMost {
			return
		}
		b.Attachments = append(b.Attachments, attachment{ID: strconv.Itoa(len(b.files)), Filename: f.Name, Description: cutRunes(f.Alt, maxAlt)})
		b.files = append(b.files, f)
	}
}

func isImage(name string) bool { return strings.HasSuffix(name, ".png") }

// description joins blocks, a line or more each; two quotations are divided by an empty quoted line. Blocks that no longer fit are
// left out: the bot keeps its texts shorter, so that this takes a card of many long lines.
func description(blocks []bot.Block) string {
	var out strings.Builder
	left := maxDescription
	for i, b := range blocks {
		text := markdown(b.Parts)
		if b.Quote {
			text = "> " + strings.ReplaceAll(text, "\n", "\n> ")
		}
		switch {
		case i > 0 && b.Quote && blocks[i-1].Quote:
			text = "\n> \n" + text // without its blank the mark would be shown
		case i > 0:
			text = "\n" + text
		}
		if left -= bot.Units(text); left < 0 {
			out.WriteString("\n…")
			break
		}
		out.WriteString(text)
	}
	return out.String()
}

// markdown writes the parts of a block: mark-up is added around escaped text alone.
func markdown(parts []bot.Part) string {
	var out strings.Builder
	for _, p := range parts {
		switch {
		case p.Person != "":
			out.WriteString(byID("@", p.Person))
		case p.Role != "":
			out.WriteString(byID("@&", p.Role))
		case p.Channel != "":
			out.WriteString(byID("#", p.Channel))
		case !p.Time.IsZero():
			out.WriteString(timestamp(p))
		case p.Link != "":
			fmt.Fprintf(&out, "[%s](%s)", around(bot.Escape(p.Text), p.Bold), linkTarget(p.Link))
		default:
			out.WriteString(around(bot.Escape(p.Text), p.Bold))
		}
	}
	return out.String()
}

// around puts each line of a bold text between asterisks, but for the blanks at its ends: bold does not cross lines.
func around(text string, isBold bool) string {
	if !isBold {
		return text
	}
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		inner := strings.TrimSpace(l)
		if inner == "" {
			continue
		}
		at := strings.Index(l, inner)
		lines[i] = l[:at] + "**" + inner + "**" + l[at+len(inner):]
	}
	return strings.Join(lines, "\n")
}

// timestamp is shown by each reader's client in the reader's own language and zone: how long ago, and the day.
func timestamp(p bot.Part) string {
	if p.Day {
		t := p.Time.UTC()
		noon := time.Date(t.Year(), t.Month(), t.Day(), 12, 0, 0, 0, time.UTC) // the same day nearly everywhere
		return fmt.Sprintf("<t:%d:D>", noon.Unix())
	}
	if p.Away {
		return fmt.Sprintf("<t:%d:R>", p.Time.Unix())
	}
	return fmt.Sprintf("<t:%d:R> (<t:%d:D>)", p.Time.Unix(), p.Time.Unix())
}

var discordID = regexp.MustCompile(`^[0-9]{1,20}$`)

// byID is a person, a role or a channel by its id, which readers see as its name; it pings nobody, as no body of ours allows it. What is no id
// of Discord's keeps the name that we have.
func byID(kind, id string) string {
	if discordID.MatchString(id) {
		return "<" + kind + id + ">"
	}
	return bot.Escape(id)
}

// linkTarget keeps an address from ending its own brackets.
func linkTarget(link string) string {
	return strings.NewReplacer("(", "%28", ")", "%29", " ", "%20", "\n", "", "<", "%3C", ">", "%3E").Replace(link)
}
