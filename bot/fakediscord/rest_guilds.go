package fakediscord

// The answers below are for what the bot is in; all else is unknown to it.

func (c *call) inGuild(then func(*Guild) answer) answer {
	if g := c.d.guild(c.path("guild_id")); g != nil {
		return then(g)
	}
	return refuse(404, 10004, "Unknown Guild")
}

func getGuild(c *call) answer {
	return c.inGuild(func(g *Guild) answer {
		out := g.json()
		for _, only := range []string{"channels", "threads", "members", "presences", "voice_states", "joined_at", "large", "unavailable", "member_count"} {
			delete(out, only) // GUILD_CREATE has these, the API has not
		}
		return ok(out)
	})
}

func getGuildChannels(c *call) answer {
	return c.inGuild(func(g *Guild) answer { return ok(g.channelsJSON(false)) })
}

func getRoles(c *call) answer { return c.inGuild(func(g *Guild) answer { return ok(g.rolesJSON()) }) }

func getMember(c *call) answer {
	return c.inGuild(func(g *Guild) answer {
		m := g.member(c.path("user_id"))
		if m == nil {
			return refuse(404, 10007, "Unknown Member")
		}
		out := m.json()
		delete(out, "guild_id")
		return ok(out)
	})
}

func getMe(c *call) answer { return ok(c.d.bot.json()) }

func getUser(c *call) answer {
	if u := c.d.users[c.path("user_id")]; u != nil {
		return ok(u.json())
	}
	return refuse(404, 10013, "Unknown User")
}

func getMyGuilds(c *call) answer {
	out := []any{}
	after := c.r.URL.Query().Get("after")
	for _, g := range c.d.guilds { // in the order of their ids
		if !g.gone && (len(g.id) > len(after) || len(g.id) == len(after) && g.id > after) && len(out) < 200 {
			out = append(out, object{"id": g.id, "name": g.name, "owner": false, "permissions": quantity(uint64(g.me.base())), "features": []any{}})
		}
	}
	return ok(out)
}

func leaveGuild(c *call) answer {
	return c.inGuild(func(g *Guild) answer {
		g.kick()
		return answer{204, nil}
	})
}

func postDM(c *call) answer {
	u := c.d.users[text(c.body, "recipient_id")]
	if u == nil || u.bot {
		return refuse(400, 50033, "Invalid Recipient(s)")
	}
	return ok(c.d.dm(u).json())
}
