package playground

import (
	"fmt"
	"hash/fnv"
	"html/template"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"archivist/bot/fakediscord"
)

// functions are what the templates call.
func (s *Server) functions() template.FuncMap {
	return template.FuncMap{
		"markdown": markdown, "colour": colour, "tint": tint, "initials": initials, "local": s.local, "isImage": isImage, "clock": clock, "size": size,
		"id": func(v any) string { return fmt.Sprint(v) },
	}
}

// A span is a piece of a text as the page draws it.
type span struct {
	Kind   fakediscord.NodeKind // "" = plain
	Text   string
	Mark   string // of a list's item
	Target string // address of a link
	When   moment // of a timestamp
	Inside []span
}

// A moment is a point in time that a message names; the script shows it in the reader's language and zone.
type moment struct {
	Stamp, Style, Text string // in RFC 3339; Discord's letter; for browsers without script
}

// markdown draws a text with Discord's markdown for somebody. It takes any, as texts of embeds come from JSON: what is no string is not drawn.
func markdown(reader *fakediscord.Member, text any) []span {
	t, _ := text.(string)
	return spans(reader, fakediscord.RenderMarkdown(t).Pieces)
}

// isBlock tells which kinds stand on lines of their own; the line break after them is then theirs.
func isBlock(k fakediscord.NodeKind) bool {
	return slices.Contains([]fakediscord.NodeKind{
		fakediscord.Quote, fakediscord.Heading, fakediscord.Subtext, fakediscord.ListItem, fakediscord.CodeBlock,
	}, k)
}

// plain is what a text shows, with the names of those whom it mentions.
func plain(reader *fakediscord.Member, text string) string {
	var out strings.Builder
	for _, piece := range fakediscord.RenderMarkdown(text).Pieces {
		if piece.Kind == fakediscord.Mention {
			piece.Text = mention(reader, piece.Node)
		}
		out.WriteString(piece.Text)
	}
	return out.String()
}

func spans(reader *fakediscord.Member, pieces []fakediscord.Piece) []span {
	var out []span
	for i, p := range pieces {
		made := span{Kind: p.Kind, Text: p.Text, Mark: p.Mark, Target: p.Target}
		last := len(out) - 1
		switch p.Kind {
		case "":
			if i > 0 && isBlock(pieces[i-1].Kind) {
				made.Text = strings.TrimPrefix(made.Text, "\n")
			}
			if made.Text == "" {
				continue
			}
		case fakediscord.Mention:
			made.Text = mention(reader, p.Node)
		case fakediscord.Timestamp:
			made.When = moments(p.Text, time.Now())
		case fakediscord.Link:
			made.Text = strings.Trim(p.Text, "<>")
			made.Inside = spans(reader, p.Inside)
		case fakediscord.Quote:
			made.Inside = spans(reader, p.Inside)
			if last >= 0 && out[last].Kind == fakediscord.Quote { // lines that follow one another are one quotation
				out[last].Inside = append(append(out[last].Inside, span{Text: "\n"}), made.Inside...)
				continue
			}
		default:
			made.Inside = spans(reader, p.Inside)
		}
		out = append(out, made)
	}
	return out
}

// mention is a mention as somebody reads it.
func mention(reader *fakediscord.Member, n fakediscord.Node) string {
	if !strings.HasPrefix(n.Text, "<") {
		return n.Text
	}
	if command, _, isCommand := strings.Cut(strings.TrimPrefix(n.Text, "<"), ":"); isCommand && strings.HasPrefix(command, "/") {
		return command
	}
	mark := n.Text[1:2]
	if name := reader.NameOf(n.Target); name != "" {
		return mark + name
	}
	return mark + "unknown"
}

var timestamp = regexp.MustCompile(`^<t:(-?\d{1,13})(?::(\w))?>$`)

func moments(text string, now time.Time) moment {
	m := timestamp.FindStringSubmatch(text)
	if m == nil {
		return moment{Text: text}
	}
	unix, _ := strconv.ParseInt(m[1], 10, 64) // thirteen digits at most
	at := time.Unix(unix, 0).UTC()
	shown := at.Format("2 January 2006 15:04")
	switch m[2] {
	case "R":
		shown = ago(now.Sub(at))
	case "D", "d":
		shown = at.Format("2 January 2006")
	case "t", "T":
		shown = at.Format("15:04")
	}
	return moment{at.Format(time.RFC3339), m[2], shown}
}

// ago is a distance in time in its largest unit.
func ago(d time.Duration) string {
	form := "%d %s ago"
	if d < 0 {
		d, form = -d, "in %d %s"
	}
	for _, unit := range []struct {
		name string
		long time.Duration
	}{{"year", 365 * 24 * time.Hour}, {"month", 30 * 24 * time.Hour}, {"day", 24 * time.Hour}, {"hour", time.Hour}, {"minute", time.Minute}} {
		if n := int(d / unit.long); n > 0 {
			name := unit.name
			if n > 1 {
				name += "s"
			}
			return fmt.Sprintf(form, n, name)
		}
	}
	return "now"
}

// clock is when a message was written, for browsers without script.
func clock(t time.Time) moment {
	return moment{t.UTC().Format(time.RFC3339), "m", t.Format("2006-01-02 15:04")}
}

// colour is an embed's colour as HTML has it.
func colour(v any) string {
	n, err := strconv.ParseInt(fmt.Sprint(v), 10, 32)
	if err != nil || n <= 0 || n > 0xffffff {
		return "#80848e"
	}
	return fmt.Sprintf("#%06x", n)
}

// tint is the class of an avatar's colour, one of six, by its owner's name: it is the same whenever the playground starts.
func tint(name string) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(name)) // never fails
	return fmt.Sprintf("tint%d", h.Sum32()%6)
}

// initials are the first letters of the first two words of a name, or the first two of its only word.
func initials(name string) string {
	words := strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if len(words) == 0 {
		return ""
	}
	letters := []rune(words[0])
	if len(words) > 1 {
		second, _ := utf8.DecodeRuneInString(words[1])
		return strings.ToUpper(string([]rune{letters[0], second}))
	}
	return strings.ToUpper(string(letters[:1])) + string(letters[1:min(2, len(letters))])
}

// local is the address of one of the fake's files on this server; "" of any other address, which the page does not load.
func (s *Server) local(address any) string {
	a, _ := address.(string)
	if _, there := s.d.File(a); !there {
		return ""
	}
	return a[strings.Index(a, "/attachments/"):]
}

// images are the kinds of files that the page shows, all others it offers for download.
var images = map[string]string{".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".gif": "image/gif", ".webp": "image/webp"}

func isImage(name string) bool { return images[strings.ToLower(path.Ext(name))] != "" }

func size(bytes int) string {
	switch {
	case bytes < 1000:
		return fmt.Sprintf("%d bytes", bytes)
	case bytes < 1<<20:
		return fmt.Sprintf("%.1f KB", float64(bytes)/1024)
	}
	return fmt.Sprintf("%.1f MB", float64(bytes)/(1<<20))
}
