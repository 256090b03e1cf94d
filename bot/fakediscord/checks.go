package fakediscord

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf16"
)

// Check names a rule. The numbers of the constants 1 to 32 are those of the list of checks by hand in the design of the Discord room.
type Check int

// The rules.
const (
	checkContent      Check = iota + 1 // 1 content of at most 2,000
	checkEmbedSum                      // 2 at most 6,000 over all counted fields of all embeds
	checkEmpty                         // 3 something to show
	checkCustomIDs                     // 4 custom_id unique in a message
	checkButtons                       // 5 a link button has url, others custom_id, never both
	checkRows                          // 6 a select alone in its row, at most 5 rows
	checkSelects                       // 7 min <= max <= options, values unique
	checkModalRows                     // 8 at most 5 rows of a form, a Label holds one input
	checkCommandNames                  // 9 names of commands and options
	checkOptions                       // 10 required options first, at most 25, names unique
	checkCommandSize                   // 11 at most 8,000 characters a command
	checkNesting                       // 12 groups one deep, choices xor autocomplete
	checkCommandCount                  // 13 at most 100 slash commands and 15 of each menu, 200 creates a day
	checkContexts                      // 14 contexts and integration types only on global commands
	checkURLs                          // 15 only http and https
	checkHeaders                       // 16 Authorization and User-Agent; no token in a body
	checkCallback                      // 17 one callback an interaction, within 3 s
	checkCallbackType                  // 18 the callback's type fits the interaction's
	checkModalTwice                    // 19 no form after a form
	checkDeferred                      // 20 a deferral has flag 64 or none, and nothing else
	checkToken                         // 21 tokens live 15 min; at most 5 follow-ups when only user-installed
	checkTooSoon                       // 22 nothing on @original before the acknowledgement
	checkNoV2                          // 23 no components v2
	checkMentions                      // 24 allowed_mentions present, parse empty, no reply ping
	checkFlags                         // 25 flags only 4, 64, 4096
	checkRights                        // 26 rights to see, send, embed, attach, read history
	checkReference                     // 27 message_reference exists, same channel
	checkEdits                         // 28 edits only of own messages
	checkNonce                         // 29 nonce and enforce_nonce on every channel POST
	checkFiles                         // 30 attachment:// and sizes resolve
	checkIsland                        // 31 no id or name of another guild in a reply
	checkGateway                       // 32 gateway: op order, sizes, rate, identify pace
	checkLog                           // 33 no token in a log that goes through Log
	checkRoute                         // the fake knows the route
	checkSchema                        // the body fits Discord's description
)

// checks have the names that Violation shows, and whether Discord itself refuses what breaks them; the others are rules of ours.
var checks = map[Check]struct {
	name    string
	refused bool
}{
	checkContent: {"1 content", true}, checkEmbedSum: {"2 embed sum", true}, checkEmpty: {"3 empty message", true},
	checkCustomIDs: {"4 custom ids", true}, checkButtons: {"5 buttons", true}, checkRows: {"6 rows", true}, checkSelects: {"7 selects", true},
	checkModalRows: {"8 form", true}, checkCommandNames: {"9 command names", true}, checkOptions: {"10 options", true},
	checkCommandSize: {"11 command size", true}, checkNesting: {"12 nesting", true}, checkCommandCount: {"13 command count", true},
	checkContexts: {"14 contexts", true}, checkURLs: {"15 urls", true}, checkHeaders: {"16 headers", false}, checkCallback: {"17 callback", true},
	checkCallbackType: {"18 callback type", true}, checkModalTwice: {"19 form after form", true}, checkDeferred: {"20 deferral", false},
	checkToken: {"21 token", true}, checkTooSoon: {"22 too soon", true}, checkNoV2: {"23 components v2", false},
	checkMentions: {"24 allowed_mentions", false}, checkFlags: {"25 flags", false}, checkRights: {"26 rights", true},
	checkReference: {"27 reference", true}, checkEdits: {"28 edits", true}, checkNonce: {"29 nonce", false}, checkFiles: {"30 files", true},
	checkIsland: {"31 island", false}, checkGateway: {"32 gateway", true}, checkLog: {"33 log", false}, checkRoute: {"route", true}, checkSchema: {"description", true},
}

// String is the number and name of the check, as "24 allowed_mentions".
func (c Check) String() string { return checks[c].name }

func (c Check) refused() bool { return checks[c].refused }

// breach records a broken rule that the deed itself has found, and tells whether it is to be refused.
func (c *call) breach(check Check, format string, args ...any) bool {
	c.d.violate(c, check, format, args...)
	return check.refused() || c.d.o.Strict
}

// checkBody holds a body to the rules that need nothing but the body, and the guild that it goes to. The lock is held.
func (c *call) checkBody() {
	if c.raw != nil && bytes.Contains(c.raw, []byte(c.d.o.Token)) {
		c.d.violate(c, checkHeaders, "the bot's token is in the body")
	}
	switch c.route.name {
	case "POST callback":
		data := objectAt(c.body, "data")
		switch number(c.body, "type") {
		case 4:
			c.checkMessage(data, false)
		case 5:
			c.checkDeferral(data)
		case 7:
			c.checkMessage(data, true)
		case 8:
			c.checkChoices(data)
		case 9:
			c.checkForm(data)
		}
	case "POST followup", "POST messages":
		c.checkMessage(c.body, false)
	case "PATCH @original", "PATCH followup", "PATCH message":
		c.checkMessage(c.body, true)
	case "PUT commands", "PUT guild commands":
		c.checkCommandList()
	case "POST commands", "POST guild commands", "PATCH command", "PATCH guild command":
		c.checkCommand(c.body, c.r.Method == "PATCH")
	}
	if c.route.name == "POST messages" {
		nonce, _ := c.body["nonce"].(string)
		if n, isNumber := c.body["nonce"].(json.Number); isNumber {
			nonce = n.String()
		}
		if nonce == "" || len(nonce) > 25 || !flag(c.body, "enforce_nonce") {
			c.d.violate(c, checkNonce, "nonce %q, enforce_nonce %v", nonce, flag(c.body, "enforce_nonce"))
		}
	}
}

// units counts UTF-16 units, as Discord's limits are here never counted lower than Discord does.
func units(s string) int { return len(utf16.Encode([]rune(s))) }

// The flags of messages.
const (
	flagSuppressEmbeds = 1 << 2
	flagEphemeral      = 1 << 6
	flagSilent         = 1 << 12
	flagComponentsV2   = 1 << 15
)

func (c *call) checkMessage(m object, edit bool) {
	bad := func(check Check, format string, args ...any) { c.d.violate(c, check, format, args...) }
	content := text(m, "content")
	if n := units(content); n > 2000 {
		bad(checkContent, "content has %d of 2000 characters", n)
	}
	embeds, rows := objects(m, "embeds"), objects(m, "components")
	sum := 0
	for _, e := range embeds {
		sum += embedSize(e)
	}
	if sum > 6000 {
		bad(checkEmbedSum, "the embeds have %d of 6000 characters", sum)
	}
	shows := strings.TrimSpace(content) != "" || len(embeds) > 0 || len(rows) > 0 || len(c.files) > 0 || len(list(m, "attachments")) > 0
	// An edit leaves alone what it does not name, so it may be empty; one that empties everything that it could is not.
	emptied := edit && has(m, "content") && has(m, "embeds") && m["components"] != nil && !shows
	if emptied || !edit && !shows && !has(m, "poll") && !has(m, "message_reference") {
		bad(checkEmpty, "nothing to show")
	}
	flags := number(m, "flags")
	if flags&flagComponentsV2 != 0 {
		bad(checkNoV2, "flag %d", flagComponentsV2)
	}
	if wrong := flags &^ (flagSuppressEmbeds | flagEphemeral | flagSilent | flagComponentsV2); wrong != 0 {
		bad(checkFlags, "flags %d", wrong)
	}
	if content != "" || len(embeds) > 0 {
		allowed, there := m["allowed_mentions"].(object)
		parse, isList := allowed["parse"].([]any)
		switch {
		case !there:
			bad(checkMentions, "no allowed_mentions")
		case !isList || len(parse) > 0 || len(list(allowed, "users")) > 0 || len(list(allowed, "roles")) > 0 || flag(allowed, "replied_user"):
			bad(checkMentions, "allowed_mentions %s", encode(allowed))
		}
	}
	c.checkComponents(rows)
	c.checkLinks(m)
	c.checkAttachments(m)
	c.checkOthers()
}

// embedSize sums the fields that count towards 6,000.
func embedSize(e object) int {
	n := units(text(e, "title")) + units(text(e, "description")) + units(text(objectAt(e, "footer"), "text")) + units(text(objectAt(e, "author"), "name"))
	for _, f := range objects(e, "fields") {
		n += units(text(f, "name")) + units(text(f, "value"))
	}
	return n
}

func (c *call) checkDeferral(data object) {
	if f := number(data, "flags"); f != 0 && f != flagEphemeral {
		c.d.violate(c, checkDeferred, "flags %d", f)
	}
	for k, v := range data {
		if k != "flags" && v != nil && v != false && v != "" {
			c.d.violate(c, checkDeferred, "a deferral shows nothing, but has %s", k)
		}
	}
}

func (c *call) checkChoices(data object) {
	choices, isList := data["choices"].([]any)
	switch {
	case !isList:
		c.d.violate(c, checkSchema, `no "choices": send [] for none`)
	case len(choices) > 25:
		c.d.violate(c, checkOptions, "%d of 25 choices", len(choices))
	}
	for _, choice := range objects(data, "choices") {
		value, isText := choice["value"].(string)
		if name := text(choice, "name"); name == "" || units(name) > 100 || isText && units(value) > 100 {
			c.d.violate(c, checkOptions, "a choice's name has %d, its value %d of 100 characters", units(name), units(value))
		}
	}
}

// checkLinks wants each field "url" and "icon_url" at any depth to be http(s), or an uploaded file.
func (c *call) checkLinks(v any) {
	switch v := v.(type) {
	case object:
		for k, inner := range v {
			if s, isText := inner.(string); isText && s != "" && (k == "url" || k == "icon_url") {
				if !strings.HasPrefix(s, "https://") && !strings.HasPrefix(s, "http://") && !strings.HasPrefix(s, "attachment://") {
					c.d.violate(c, checkURLs, "%s %.80q", k, s)
				}
			}
			c.checkLinks(inner)
		}
	case []any:
		for _, inner := range v {
			c.checkLinks(inner)
		}
	}
}

const maxFiles = 10 << 20 // bytes of all files of a message

func (c *call) checkAttachments(m object) {
	sum := 0
	names := map[string]bool{}
	for field, f := range c.files {
		sum += len(f.data)
		names[f.name] = true
		if !strings.HasPrefix(field, "files[") {
			c.d.violate(c, checkFiles, "a part %q, not files[n]", field)
		}
	}
	if sum > maxFiles {
		c.d.violate(c, checkFiles, "files of %d bytes, more than %d", sum, maxFiles)
	}
	for _, a := range objects(m, "attachments") {
		id := fmt.Sprint(a["id"])
		if _, uploaded := c.files["files["+id+"]"]; !uploaded && len(id) < 10 {
			c.d.violate(c, checkFiles, "attachment %s has no part files[%s]", id, id)
		}
	}
	for _, part := range strings.Split(string(c.raw), `"attachment://`)[1:] {
		name, _, _ := strings.Cut(part, `"`)
		if !names[name] {
			c.d.violate(c, checkFiles, "attachment://%s is not among the files", name)
		}
	}
}

// checkOthers looks for ids and names of guilds other than the one that is written to. Names count from 6 characters on, as shorter
// ones are words of any text.
func (c *call) checkOthers() {
	here := c.guild()
	for _, g := range c.d.guilds {
		if g == here {
			continue
		}
		strange := []string{g.id}
		if len(g.name) >= 6 && (here == nil || here.name != g.name) {
			strange = append(strange, g.name)
		}
		for _, ch := range g.channels {
			strange = append(strange, ch.id)
		}
		for _, s := range strange {
			if bytes.Contains(c.raw, []byte(s)) {
				c.d.violate(c, checkIsland, "%q is of the guild %s", s, g.name)
			}
		}
	}
}

// guild is where the call writes to; nil outside guilds.
func (c *call) guild() *Guild {
	if x := c.d.tokens[orElse(c.path("interaction_token"), c.path("webhook_token"))]; x != nil {
		return x.channel.guild
	}
	if ch := c.d.channels[c.path("channel_id")]; ch != nil {
		return ch.guild
	}
	return nil
}
