package gateway

import (
	"strings"

	"archivist/bot"
)

const (
	flagNoEmbeds = 1 << 2 // links in the text are not unfolded
	maxContent   = 2000   // UTF-16 units
	roomForName  = 24     // UTF-16 units: a late answer has its asker before it, "<@", an id of at most 20 digits, ">" and a newline
)

// renderPlain makes a message without embeds of a card, for channels where we may not embed links. What does not fit is left out from
// the end, a block whole.
func renderPlain(c bot.Card) body {
	lines := plainLines(c)
	for _, below := range c.Below {
		lines = append(append(lines, ""), plainLines(below)...)
	}
	var out strings.Builder
	left := maxContent - roomForName - len("\n…")
	for i, line := range lines {
		if i > 0 {
			line = "\n" + line
		}
		if left -= bot.Units(line); left < 0 {
			out.WriteString("\n…")
			break
		}
		out.WriteString(line)
	}
	b := body{Content: out.String(), Embeds: []embed{}, Components: components(c), AllowedMentions: nobody, Flags: flagNoEmbeds}
	b.attach(c.Files)
	if b.Content == "" {
		b.Content = "…"
	}
	return b
}

func plainLines(c bot.Card) []string {
	var lines []string
	put := func(line string) {
		if line != "" {
			lines = append(lines, line)
		}
	}
	put(bot.Escape(c.Site))
	title := around(bot.Escape(c.Title), true)
	if title != "" && c.URL != "" {
		title = "[" + title + "](" + linkTarget(c.URL) + ")"
	}
	put(title)
	for _, b := range c.Body {
		text := markdown(b.Parts)
		if b.Quote {
			text = "> " + strings.ReplaceAll(text, "\n", "\n> ")
		}
		put(text)
	}
	for _, f := range c.Fields {
		put(bot.Escape(f.Name) + ": " + markdown(f.Value))
	}
	put(bot.Escape(c.Footer))
	return lines
}
