package fakediscord

// How guilds and people look in events and answers.

func (r *Role) json() object {
	return object{"id": r.id, "name": r.name, "permissions": quantity(uint64(r.rights)), "color": 0, "hoist": false, "position": 1, "managed": false, "mentionable": false, "flags": 0}
}

func (g *Guild) rolesJSON() []any {
	out := []any{}
	for _, r := range g.roles {
		out = append(out, r.json())
	}
	return out
}

func (g *Guild) channelsJSON(threads bool) []any {
	out := []any{}
	for _, c := range g.channels {
		if !c.gone && c.isThread() == threads {
			out = append(out, c.json())
		}
	}
	return out
}

// json is the guild as GUILD_CREATE has it: of the members only the bot, as without the privileged intent.
func (g *Guild) json() object {
	return object{
		"id": g.id, "name": g.name, "owner_id": g.owner.id, "preferred_locale": g.locale, "roles": g.rolesJSON(), "channels": g.channelsJSON(false),
		"threads": g.channelsJSON(true), "members": []any{g.me.json()}, "member_count": len(g.members), "large": false, "unavailable": g.unserved,
		"joined_at": stamp(g.d.o.Now()), "features": []any{}, "emojis": []any{}, "stickers": []any{}, "presences": []any{}, "voice_states": []any{},
		"verification_level": 0, "default_message_notifications": 0, "explicit_content_filter": 0, "mfa_level": 0, "premium_tier": 0, "nsfw_level": 0,
	}
}

func (c *Channel) json() object {
	out := object{"id": c.id, "type": c.kind, "flags": 0, "last_message_id": nil}
	if len(c.history) > 0 {
		out["last_message_id"] = c.history[len(c.history)-1].id
	}
	if c.guild == nil {
		people := []any{}
		for _, u := range c.people {
			if u != c.d.bot {
				people = append(people, u.json())
			}
		}
		out["recipients"] = people
		return out
	}
	overwrites := []any{}
	for _, o := range c.overwrites {
		kind := 0
		if o.member {
			kind = 1
		}
		overwrites = append(overwrites, object{"id": o.id, "type": kind, "allow": quantity(uint64(o.allow)), "deny": quantity(uint64(o.deny))})
	}
	out["guild_id"], out["name"], out["position"], out["permission_overwrites"], out["parent_id"] = c.guild.id, c.name, 0, overwrites, nil
	if c.parent != nil {
		out["parent_id"] = c.parent.id
	}
	if c.isThread() {
		delete(out, "permission_overwrites")
		out["owner_id"] = c.opener.id
		out["thread_metadata"] = object{"archived": false, "auto_archive_duration": 1440, "locked": false, "archive_timestamp": stamp(c.d.o.Now())}
	}
	return out
}

// json is the member as in events; the user is in it.
func (m *Member) json() object {
	out := m.bare()
	out["user"] = m.user.json()
	if m.guild != nil {
		out["guild_id"] = m.guild.id
	}
	return out
}

// bare is the member as in messages, which have the user beside it.
func (m *Member) bare() object {
	roles := []any{}
	for _, r := range m.roles {
		roles = append(roles, r.id)
	}
	out := object{"roles": roles, "nick": nil, "avatar": nil, "joined_at": "2026-01-01T00:00:00.000000+00:00", "deaf": false, "mute": false, "flags": 0, "pending": false, "premium_since": nil, "communication_disabled_until": nil}
	if m.d.o.Now().Before(m.timeout) {
		out["communication_disabled_until"] = stamp(m.timeout)
	}
	return out
}
