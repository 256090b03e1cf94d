package fakediscord

import "slices"

func getGateway(c *call) answer { return ok(object{"url": c.d.GatewayURL()}) }

func getGatewayBot(c *call) answer {
	d := c.d
	d.renewStarts()
	return ok(object{"url": d.GatewayURL(), "shards": d.o.Shards, "session_start_limit": object{
		"total": startsTotal, "remaining": max(0, d.startsLeft), "reset_after": d.startsReset.Sub(d.o.Now()).Milliseconds(), "max_concurrency": d.o.Concurrency,
	}})
}

const startsTotal = 1000

// renewStarts gives the session starts of a new day. The lock is held.
func (d *Discord) renewStarts() {
	if now := d.o.Now(); !now.Before(d.startsReset) {
		d.startsLeft, d.startsReset = startsTotal, now.Add(d.o.StartsReset)
	}
}

// Bits of an application's flags: MESSAGE_CONTENT granted, and for apps in fewer than 100 guilds.
const messageContentLimited = 1 << 19

func (d *Discord) flags() int {
	if d.o.MessageContent {
		return messageContentLimited
	}
	return 0
}

func getApplication(c *call) answer {
	d := c.d
	return ok(object{
		"id": d.app, "name": d.o.BotName, "icon": nil, "description": "", "bot_public": true, "bot_require_code_grant": false, "flags": d.flags(),
		"verify_key": "0", "bot": d.bot.json(), "approximate_guild_count": len(d.guilds), "integration_types_config": object{"0": object{}, "1": object{}},
	})
}

// maxCreates is how many commands may be created a day.
const maxCreates = 200

// Commands are the commands registered globally, as Discord would return them with their localisations.
func (d *Discord) Commands() []map[string]any {
	d.mu.Lock()
	defer d.mu.Unlock()
	var out []map[string]any
	for _, cmd := range d.commands {
		if !has(cmd, "guild_id") {
			out = append(out, copyOf(cmd))
		}
	}
	return out
}

// CommandChanges counts the successful PUT, POST, PATCH and DELETE calls on commands so far.
func (d *Discord) CommandChanges() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.commandEdits
}

// command gives a command as registered its ids and defaults.
func (c *call) command(body object, id string) object {
	cmd := copyOf(body)
	cmd["id"], cmd["application_id"], cmd["version"] = id, c.d.app, c.d.newID()
	defaults := object{
		"type": 1, "description": "", "default_member_permissions": nil, "nsfw": false, "dm_permission": true, "name_localizations": nil,
		"description_localizations": nil, "integration_types": []any{0}, "contexts": nil,
	}
	if g := c.path("guild_id"); g != "" {
		cmd["guild_id"] = g
		delete(defaults, "contexts")
		delete(defaults, "integration_types")
		delete(defaults, "dm_permission")
	}
	for k, v := range defaults {
		if _, set := cmd[k]; !set {
			cmd[k] = v
		}
	}
	return cmd
}

// ours tells whether a command belongs to the call's scope: global, or the guild of its path.
func (c *call) ours(cmd object) bool { return text(cmd, "guild_id") == c.path("guild_id") }

func sameCommand(a, b object) bool {
	return text(a, "name") == text(b, "name") && orElse(number(a, "type"), 1) == orElse(number(b, "type"), 1)
}

// shown is a command without its localisations, unless they are asked for.
func (c *call) shown(cmd object) object {
	cmd = copyOf(cmd)
	if c.r.Method == "GET" && c.r.URL.Query().Get("with_localizations") != "true" {
		strip(cmd)
	}
	return cmd
}

func strip(o object) {
	delete(o, "name_localizations")
	delete(o, "description_localizations")
	for _, key := range []string{"options", "choices"} {
		for _, inner := range objects(o, key) {
			strip(inner)
		}
	}
}

func (c *call) application() (answer, bool) {
	if c.path("application_id") != c.d.app {
		return refuse(403, 20012, "You are not authorized to perform this action on this application"), false
	}
	if g := c.path("guild_id"); g != "" && c.d.guild(g) == nil {
		return refuse(403, 50001, "Missing Access"), false
	}
	return answer{}, true
}

func getCommands(c *call) answer {
	if a, fine := c.application(); !fine {
		return a
	}
	out := []any{}
	for _, cmd := range c.d.commands {
		if c.ours(cmd) {
			out = append(out, c.shown(cmd))
		}
	}
	return ok(out)
}

// putCommands replaces all commands of the scope; those that were there keep their ids.
func putCommands(c *call) answer {
	if a, fine := c.application(); !fine {
		return a
	}
	d := c.d
	old := slices.Clone(d.commands)
	var fresh []object
	for _, v := range c.list {
		body, _ := v.(object)
		id := ""
		for _, cmd := range old {
			if c.ours(cmd) && sameCommand(cmd, body) {
				id = text(cmd, "id")
			}
		}
		if id == "" {
			id = d.newID()
			d.created++
		}
		fresh = append(fresh, c.command(body, id))
	}
	if d.created > maxCreates {
		return refuse(400, 30034, "Max number of daily application command creates has been reached (200)")
	}
	d.commands = append(slices.DeleteFunc(old, c.ours), fresh...)
	d.commandEdits++
	return getCommands(c)
}

func postCommand(c *call) answer {
	if a, fine := c.application(); !fine {
		return a
	}
	d := c.d
	for i, cmd := range d.commands {
		if c.ours(cmd) && sameCommand(cmd, c.body) {
			d.commands[i] = c.command(c.body, text(cmd, "id"))
			d.commandEdits++
			return ok(c.shown(d.commands[i]))
		}
	}
	if d.created++; d.created > maxCreates {
		return refuse(400, 30034, "Max number of daily application command creates has been reached (200)")
	}
	cmd := c.command(c.body, d.newID())
	d.commands = append(d.commands, cmd)
	d.commandEdits++
	return answer{201, c.shown(cmd)}
}

// registered finds the command of the path.
func (c *call) registered() (int, answer, bool) {
	if a, fine := c.application(); !fine {
		return 0, a, false
	}
	i := slices.IndexFunc(c.d.commands, func(cmd object) bool { return c.ours(cmd) && text(cmd, "id") == c.path("command_id") })
	if i < 0 {
		return 0, refuse(404, 10063, "Unknown application command"), false
	}
	return i, answer{}, true
}

func getCommand(c *call) answer {
	i, a, found := c.registered()
	if !found {
		return a
	}
	return ok(c.shown(c.d.commands[i]))
}

func patchCommand(c *call) answer {
	i, a, found := c.registered()
	if !found {
		return a
	}
	merged := copyOf(c.d.commands[i])
	for k, v := range c.body {
		merged[k] = v
	}
	c.d.commands[i] = c.command(merged, text(merged, "id"))
	c.d.commandEdits++
	return ok(c.shown(c.d.commands[i]))
}

func deleteCommand(c *call) answer {
	i, a, found := c.registered()
	if !found {
		return a
	}
	c.d.commands = slices.Delete(c.d.commands, i, i+1)
	c.d.commandEdits++
	return answer{204, nil}
}
