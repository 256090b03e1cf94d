package fakediscord

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// The types of components that the fake knows.
const (
	componentRow    = 1
	componentButton = 2
	componentSelect = 3
	componentInput  = 4
	componentLabel  = 18
)

const styleLink = 5

// isSelect tells the five kinds of menus: strings, users, roles, both, channels.
func isSelect(kind int64) bool { return kind == componentSelect || kind >= 5 && kind <= 8 }

// checkComponents holds the rows of a message to Discord's rules.
func (c *call) checkComponents(rows []object) {
	bad := func(check Check, format string, args ...any) { c.d.violate(c, check, format, args...) }
	if len(rows) > 5 {
		bad(checkRows, "%d of 5 rows", len(rows))
	}
	seen := map[string]bool{}
	for _, row := range rows {
		if kind := number(row, "type"); kind != componentRow {
			bad(checkNoV2, "component type %d at the top", kind)
			continue
		}
		parts := objects(row, "components")
		for _, p := range parts {
			id, kind := text(p, "custom_id"), number(p, "type")
			if id != "" && seen[id] {
				bad(checkCustomIDs, "custom_id %q twice", id)
			}
			seen[id] = true
			switch {
			case kind == componentButton:
				c.checkButton(p)
			case isSelect(kind):
				if len(parts) > 1 {
					bad(checkRows, "a select shares its row")
				}
				c.checkSelect(p)
			default:
				bad(checkRows, "component type %d in a row of a message", kind)
			}
		}
	}
}

func (c *call) checkButton(b object) {
	id, url := text(b, "custom_id"), text(b, "url")
	isLink := number(b, "style") == styleLink
	switch {
	case isLink && (url == "" || id != ""), !isLink && (url != "" || id == ""):
		c.d.violate(c, checkButtons, "style %d, url %q, custom_id %q", number(b, "style"), url, id)
	case text(b, "label") == "" && !has(b, "emoji"):
		c.d.violate(c, checkButtons, "neither label nor emoji")
	case units(text(b, "label")) > 80 || units(id) > 100 || units(url) > 512:
		c.d.violate(c, checkButtons, "label %d of 80, custom_id %d of 100, url %d of 512", units(text(b, "label")), units(id), units(url))
	}
}

func (c *call) checkSelect(s object) {
	least, most := int64(1), int64(1)
	if has(s, "min_values") {
		least = number(s, "min_values")
	}
	if has(s, "max_values") {
		most = number(s, "max_values")
	}
	options := objects(s, "options")
	if least > most || number(s, "type") == componentSelect && (len(options) == 0 || len(options) > 25 || most > int64(len(options))) {
		c.d.violate(c, checkSelects, "min %d, max %d, %d options", least, most, len(options))
	}
	seen := map[string]bool{}
	for _, o := range options {
		v := text(o, "value")
		if seen[v] {
			c.d.violate(c, checkSelects, "value %q twice", v)
		}
		seen[v] = true
		if label := text(o, "label"); label == "" || v == "" || units(label) > 100 || units(v) > 100 {
			c.d.violate(c, checkSelects, "an option's label has %d, its value %d of 100 characters", units(label), units(v))
		}
	}
	if id := text(s, "custom_id"); id == "" || units(id) > 100 || units(text(s, "placeholder")) > 150 {
		c.d.violate(c, checkSelects, "custom_id %q, placeholder of %d characters", id, units(text(s, "placeholder")))
	}
}

// checkForm holds a modal to Discord's rules.
func (c *call) checkForm(data object) {
	rows := objects(data, "components")
	if len(rows) == 0 || len(rows) > 5 {
		c.d.violate(c, checkModalRows, "%d of 1 to 5 rows", len(rows))
	}
	for _, row := range rows {
		switch number(row, "type") {
		case componentRow:
			if len(objects(row, "components")) != 1 {
				c.d.violate(c, checkModalRows, "a row of a form holds one input")
				continue
			}
			c.checkInput(objects(row, "components")[0])
		case componentLabel:
			if objectAt(row, "component") == nil || text(row, "label") == "" {
				c.d.violate(c, checkModalRows, "a Label needs a label and one component")
				continue
			}
			if units(text(row, "label")) > 45 {
				c.d.violate(c, checkModalRows, "a label of %d of 45 characters", units(text(row, "label")))
			}
			if inner := objectAt(row, "component"); number(inner, "type") == componentInput {
				c.checkInput(inner)
			}
		default:
			c.d.violate(c, checkModalRows, "component type %d in a form", number(row, "type"))
		}
	}
	if text(data, "custom_id") == "" || text(data, "title") == "" || units(text(data, "title")) > 45 {
		c.d.violate(c, checkModalRows, "title %q, custom_id %q", text(data, "title"), text(data, "custom_id"))
	}
}

// checkInput holds a text input of a form to Discord's rules.
func (c *call) checkInput(i object) {
	least, most := number(i, "min_length"), int64(4000)
	if has(i, "max_length") {
		most = number(i, "max_length")
	}
	switch id := text(i, "custom_id"); {
	case id == "" || units(id) > 100:
		c.d.violate(c, checkModalRows, "an input's custom_id %q", id)
	case number(i, "style") != 1 && number(i, "style") != 2:
		c.d.violate(c, checkModalRows, "an input's style %d", number(i, "style"))
	case most < 1 || most > 4000 || least > most:
		c.d.violate(c, checkModalRows, "an input of %d to %d characters", least, most)
	case units(text(i, "placeholder")) > 100 || int64(units(text(i, "value"))) > most:
		c.d.violate(c, checkModalRows, "an input's placeholder has %d of 100, its value %d of %d characters", units(text(i, "placeholder")), units(text(i, "value")), most)
	}
}

// commandName is Discord's pattern for slash commands and options. Go has no \p{sc=…}, so the scripts stand by name.
var commandName = regexp.MustCompile(`^[-_'\p{L}\p{N}\p{Devanagari}\p{Thai}]{1,32}$`)

// checkCommandList holds a whole registration to its counts, and each command to its rules.
func (c *call) checkCommandList() {
	count := map[int64]int{}
	for i, v := range c.list {
		cmd, _ := v.(object)
		count[orElse(number(cmd, "type"), 1)]++
		c.checkCommand(cmd, false)
		for _, earlier := range c.list[:i] {
			if e, isObject := earlier.(object); isObject && sameCommand(e, cmd) {
				c.d.violate(c, checkCommandNames, "%q twice", text(cmd, "name"))
			}
		}
	}
	if count[1] > 100 || count[2] > 15 || count[3] > 15 {
		c.d.violate(c, checkCommandCount, "%d slash commands, %d user menus, %d message menus", count[1], count[2], count[3])
	}
}

// checkCommand holds one command to Discord's rules; of a patch only what is there.
func (c *call) checkCommand(cmd object, patch bool) {
	kind := orElse(number(cmd, "type"), 1)
	if kind == 1 && (!patch || has(cmd, "name")) {
		c.checkName(cmd)
		if !patch && text(cmd, "description") == "" {
			c.d.violate(c, checkCommandNames, "%q has no description", text(cmd, "name"))
		}
	}
	if kind != 1 && (text(cmd, "description") != "" || len(list(cmd, "options")) > 0) {
		c.d.violate(c, checkNesting, "menu %q has a description or options", text(cmd, "name"))
	}
	if c.path("guild_id") != "" && (has(cmd, "contexts") || has(cmd, "integration_types")) {
		c.d.violate(c, checkContexts, "%q is of a guild, but has contexts or integration_types", text(cmd, "name"))
	}
	if n := commandSize(cmd); n > 8000 {
		c.d.violate(c, checkCommandSize, "%q has %d of 8000 characters", text(cmd, "name"), n)
	}
	c.checkOptions(cmd, 0)
}

func (c *call) checkName(o object) {
	names := []string{text(o, "name")}
	for _, n := range objectAt(o, "name_localizations") {
		s, _ := n.(string)
		names = append(names, s)
	}
	for _, n := range names {
		if !commandName.MatchString(n) || n != strings.ToLower(n) {
			c.d.violate(c, checkCommandNames, "%q", n)
		}
	}
}

func (c *call) checkOptions(o object, depth int) {
	options := objects(o, "options")
	if len(options) > 25 || len(objects(o, "choices")) > 25 {
		c.d.violate(c, checkOptions, "%q has %d options, %d choices of 25", text(o, "name"), len(options), len(objects(o, "choices")))
	}
	optional, seen := false, map[string]bool{}
	subs := slices.ContainsFunc(options, func(p object) bool { return number(p, "type") <= 2 })
	for _, p := range options {
		name, kind := text(p, "name"), number(p, "type")
		c.checkName(p)
		if seen[name] {
			c.d.violate(c, checkOptions, "%q has %q twice", text(o, "name"), name)
		}
		seen[name] = true
		if kind <= 2 {
			if depth > 1 || kind == 2 && depth > 0 {
				c.d.violate(c, checkNesting, "%q is nested too deep", name)
			}
		} else {
			if subs {
				c.d.violate(c, checkNesting, "%q mixes subcommands and options", text(o, "name"))
			}
			if flag(p, "required") && optional {
				c.d.violate(c, checkOptions, "%q is required, but comes after an optional one", name)
			}
			optional = optional || !flag(p, "required")
		}
		if flag(p, "autocomplete") && len(list(p, "choices")) > 0 {
			c.d.violate(c, checkNesting, "%q has choices and autocomplete", name)
		}
		c.checkOptions(p, depth+1)
	}
}

// commandSize counts what Discord counts: names, descriptions and values of the command, its options and choices, the longest of each
// with its localisations.
func commandSize(o object) int {
	n := longest(text(o, "name"), objectAt(o, "name_localizations")) + longest(text(o, "description"), objectAt(o, "description_localizations"))
	switch v := o["value"].(type) {
	case string:
		n += utf8.RuneCountInString(v)
	case json.Number:
		n += len(v)
	}
	for _, key := range []string{"options", "choices"} {
		for _, inner := range objects(o, key) {
			n += commandSize(inner)
		}
	}
	return n
}

func longest(s string, others object) int {
	n := utf8.RuneCountInString(s)
	for _, o := range others {
		if s, isText := o.(string); isText {
			n = max(n, utf8.RuneCountInString(s))
		}
	}
	return n
}
