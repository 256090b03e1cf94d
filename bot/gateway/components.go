package gateway

import "archivist/bot"

// The types of components that we use.
const (
	componentRow    = 1
	componentPress  = 2
	componentMenu   = 3
	componentInput  = 4
	componentLabel  = 18
	buttonsInRow    = 5
	rowsAtMost      = 5 // the menu's among them
	optionsAtMost   = 25
	inputsAtMost    = 5
	maxLabel        = 80  // of a button
	maxOption       = 100 // of a choice, and of a placeholder
	maxFormTitle    = 45
	maxInput        = 4000 // characters typed
	styleOfLinks    = 5
	inputOfOneLine  = 1
	inputOfManyLine = 2
)

var styles = map[bot.Style]int{bot.StylePlain: 2, bot.StylePrimary: 1, bot.StyleDanger: 4}

type row struct {
	Type       int   `json:"type"`
	Components []any `json:"components"` // buttons, or one menu
}

type button struct {
	Type     int    `json:"type"`
	Style    int    `json:"style"`
	Label    string `json:"label,omitempty"`
	Emoji    *emoji `json:"emoji,omitempty"`
	URL      string `json:"url,omitempty"`
	CustomID string `json:"custom_id,omitempty"`
	Disabled bool   `json:"disabled,omitempty"`
}

type emoji struct {
	Name string `json:"name"`
}

type menu struct {
	Type        int          `json:"type"`
	CustomID    string       `json:"custom_id"`
	Placeholder string       `json:"placeholder,omitempty"`
	Options     []menuOption `json:"options"`
}

type menuOption struct {
	Label string `json:"label"`
	Value string `json:"value"`
}

// components are a card's rows of buttons, and below them its menu. A link that Discord would not take makes no button.
func components(c bot.Card) []row {
	out := []row{}
	most := rowsAtMost
	if c.Menu != nil {
		most--
	}
	for _, line := range c.Buttons[:min(len(c.Buttons), most)] {
		made := row{Type: componentRow}
		for _, b := range line[:min(len(line), buttonsInRow)] {
			made.Components = append(made.Components, buttonOf(b))
		}
		if len(made.Components) > 0 {
			out = append(out, made)
		}
	}
	if c.Menu != nil && len(c.Menu.Options) > 0 {
		m := menu{Type: componentMenu, CustomID: c.Menu.ID, Placeholder: cutRunes(c.Menu.Placeholder, maxOption)}
		for _, o := range c.Menu.Options[:min(len(c.Menu.Options), optionsAtMost)] {
			m.Options = append(m.Options, menuOption{Label: cutRunes(o.Name, maxOption), Value: o.Value})
		}
		out = append(out, row{Type: componentRow, Components: []any{m}})
	}
	return out
}

func buttonOf(b bot.Button) button {
	made := button{Type: componentPress, Style: styles[b.Style], Label: cutRunes(b.Label, maxLabel), CustomID: b.ID, Disabled: b.Disabled}
	if b.Link != "" {
		made.Style, made.URL, made.CustomID = styleOfLinks, b.Link, ""
	}
	if b.Emoji != "" {
		made.Emoji = &emoji{Name: b.Emoji}
	}
	return made
}

// A modal is a form as Discord opens it.
type modal struct {
	CustomID   string  `json:"custom_id"`
	Title      string  `json:"title"`
	Components []label `json:"components"`
}

type label struct {
	Type      int    `json:"type"`
	Label     string `json:"label"`
	Component input  `json:"component"`
}

type input struct {
	Type        int    `json:"type"`
	CustomID    string `json:"custom_id"`
	Style       int    `json:"style"`
	MinLength   int    `json:"min_length,omitempty"`
	MaxLength   int    `json:"max_length,omitempty"`
	Required    bool   `json:"required"`
	Value       string `json:"value,omitempty"`
	Placeholder string `json:"placeholder,omitempty"`
}

// renderForm makes a modal of a form; its inputs' names are their custom ids.
func renderForm(f bot.Form) modal {
	m := modal{CustomID: f.ID, Title: cutRunes(f.Title, maxFormTitle), Components: []label{}}
	for _, i := range f.Inputs[:min(len(f.Inputs), inputsAtMost)] {
		made := input{
			Type: componentInput, CustomID: i.Name, Style: inputOfOneLine, MinLength: i.Min, MaxLength: min(i.Max, maxInput), Required: i.Required,
			Value: cutRunes(i.Value, min(i.Max, maxInput)), Placeholder: cutRunes(i.Placeholder, maxOption),
		}
		if i.Long {
			made.Style = inputOfManyLine
		}
		m.Components = append(m.Components, label{Type: componentLabel, Label: cutRunes(i.Label, maxFormTitle), Component: made})
	}
	return m
}
