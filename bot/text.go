package bot

import (
	"fmt"
	"strings"
	"time"
)

// RenderText shows a card on a console: the answering sentence of a quotation stands between >> and <<, a link behind its text, and what
// can be pressed behind its number (Console). All text is cleaned, so that nothing stored can steer the terminal.
func RenderText(c Card) string {
	var out strings.Builder
	renderText(&out, c)
	for _, f := range c.Files {
		fmt.Fprintf(&out, "\n[%s, %d bytes]\n", Clean(f.Name), len(f.Bytes))
	}
	var pressable []string
	for i, h := range handles(c) {
		pressable = append(pressable, fmt.Sprintf("[/%d %s]", i+1, Clean(h.label)))
	}
	if len(pressable) > 0 {
		out.WriteString("\n" + strings.Join(pressable, " ") + "\n")
	}
	return strings.TrimRight(out.String(), "\n")
}

func renderText(out *strings.Builder, c Card) {
	put := func(s string) {
		if s != "" {
			out.WriteString(s + "\n")
		}
	}
	put(Clean(c.Site))
	put(Clean(c.Title))
	put(Clean(c.URL))
	for i, b := range c.Body {
		if i > 0 || out.Len() > 0 {
			out.WriteByte('\n')
		}
		text := textOf(b.Parts, b.Quote)
		if b.Quote {
			text = "  " + strings.ReplaceAll(text, "\n", "\n  ")
		}
		put(text)
	}
	if len(c.Fields) > 0 {
		out.WriteByte('\n')
	}
	for _, f := range c.Fields {
		put(Clean(f.Name) + ": " + textOf(f.Value, false))
	}
	if c.Footer != "" {
		put("\n" + Clean(c.Footer))
	}
	for _, below := range c.Below {
		out.WriteByte('\n')
		renderText(out, below)
	}
}

// textOf marks bold text only in quotations: there it is the answer, elsewhere mere emphasis.
func textOf(parts []Part, marked bool) string {
	var out strings.Builder
	for _, p := range parts {
		text := Clean(p.Text)
		switch {
		case p.Person != "":
			text = Clean(p.Person)
		case p.Role != "":
			text = Clean(p.Role)
		case p.Channel != "":
			text = Clean(p.Channel)
		case !p.Time.IsZero() && p.Day:
			text = p.Time.UTC().Format("2 January 2006")
		case !p.Time.IsZero():
			text = p.Time.UTC().Format("2 January 2006, 15:04 ") + time.UTC.String()
		}
		if p.Bold && marked && strings.TrimSpace(text) != "" {
			text = ">>" + text + "<<"
		}
		out.WriteString(text)
		if p.Link != "" {
			out.WriteString(" " + Clean(p.Link))
		}
	}
	return out.String()
}
