package gateway

import (
	"fmt"
	"regexp"
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
	Content         string     `json:"content"`
	Embeds          []embed    `json:"embeds"`
	Components      []row      `json:"components"`
	AllowedMentions mentions   `json:"allowed_mentions"`
	Flags           int        `json:"flags,omitempty"`
	Reference       *reference `json:"message_reference,omitempty"`
	Nonce           string     `json:"nonce,omitempty"`
	EnforceNonce    bool       `json:"enforce_nonce,omitempty"`
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

type row struct {
	Type       int      `json:"type"`
	Components []button `json:"components"`
}

type button struct {
	Type     int    `json:"type"`
	Style    int    `json:"style"`
	Label    string `json:"label"`
	URL      string `json:"url,omitempty"`
	CustomID string `json:"custom_id,omitempty"`
}

const (
	flagEphemeral  = 1 << 6
	componentRow   = 1
	componentPress = 2
	styleGrey      = 2
	styleLink      = 5
	buttonsInRow   = 5
	rowsAtMost     = 5
	maxDescription = 4000 // UTF-16 units, of Discord's 4,096
	maxFields      = 10
	maxFieldValue  = 300
)

var colours = map[bot.Kind]int{
	bot.KindAnswer: 0x2E7D6B, bot.KindArticle: 0x3B6EA8, bot.KindList: 0x3B6EA8, bot.KindNotice: 0x5B6770, bot.KindProgress: 0xB08900,
	bot.KindRefusal: 0x80848E, bot.KindError: 0xB3261E,
}

// render makes a message of a card. Its texts become inert here (bot.Escape), and only here.
func render(c bot.Card) body {
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
	return body{Embeds: []embed{e}, Components: rows(c.Buttons), AllowedMentions: nobody}
}

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
			text = "\n>\n" + text
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
			out.WriteString(personName(p.Person))
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

var userID = regexp.MustCompile(`^[0-9]{1,20}$`)

// personName is shown as a name; it pings nobody, as no body of ours allows it. Who is no user of Discord's keeps the name that we have.
func personName(id string) string {
	if userID.MatchString(id) {
		return "<@" + id + ">"
	}
	return bot.Escape(id)
}

// linkTarget keeps an address from ending its own brackets.
func linkTarget(link string) string {
	return strings.NewReplacer("(", "%28", ")", "%29", " ", "%20", "\n", "", "<", "%3C", ">", "%3E").Replace(link)
}

func rows(buttons [][]bot.Button) []row {
	out := []row{}
	for _, line := range buttons[:min(len(buttons), rowsAtMost)] {
		made := row{Type: componentRow}
		for _, b := range line[:min(len(line), buttonsInRow)] {
			if b.Link != "" {
				made.Components = append(made.Components, button{Type: componentPress, Style: styleLink, Label: b.Label, URL: b.Link})
				continue
			}
			made.Components = append(made.Components, button{Type: componentPress, Style: styleGrey, Label: b.Label, CustomID: b.ID})
		}
		out = append(out, made)
	}
	return out
}
