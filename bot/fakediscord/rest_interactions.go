package fakediscord

import (
	"slices"
	"time"
)

// fitting are the callback types that each type of interaction may get. 6 and 7 are added for a form that a component opened.
var fitting = map[int][]int64{
	kindCommand:   {4, 5, 9},
	kindComponent: {4, 5, 6, 7, 9},
	kindComplete:  {8},
	kindForm:      {4, 5},
}

func postCallback(c *call) answer {
	d := c.d
	x := d.tokens[c.path("interaction_token")]
	if x == nil || x.id != c.path("interaction_id") {
		return refuse(404, 10062, "Unknown interaction")
	}
	if x.acked {
		if x.told {
			d.violate(c, checkCallback, "a second callback")
		}
		return refuse(400, 40060, "Interaction has already been acknowledged.")
	}
	age := c.at.Sub(x.created)
	if age > d.o.AckWithin || x.expired {
		if c.fault == nil {
			d.violate(c, checkCallback, "after %v, more than %v", age, d.o.AckWithin)
		}
		return refuse(404, 10062, "Unknown interaction")
	}
	kind, data := number(c.body, "type"), objectAt(c.body, "data")
	may := fitting[x.kind]
	if x.kind == kindForm && x.source != nil {
		may = append(slices.Clone(may), 6, 7)
	}
	if x.kind == kindForm && kind == 9 {
		if c.breach(checkModalTwice, "a form after a form") {
			return refuse(400, 50035, "Invalid Form Body")
		}
	} else if !slices.Contains(may, kind) {
		if c.breach(checkCallbackType, "type %d to an interaction of type %d", kind, x.kind) {
			return refuse(400, 50035, "Invalid Form Body")
		}
	}
	flags := number(data, "flags")
	x.acked, x.ack = true, Ack{Type: int(kind), Flags: int(flags), After: age}
	c.after = func(reached bool) { x.told = reached }
	switch kind {
	case 4, 5:
		x.original = x.message(flags)
		if kind == 5 {
			x.original.loading = true
		} else {
			c.fill(x.original, data)
		}
		d.store(x.original)
		if kind == 4 {
			d.shown(x.original, "")
		}
		d.announce("MESSAGE_CREATE", x.original)
	case 6:
		x.original, x.seen = x.source, x.source.edits
	case 7:
		x.original, x.seen = x.source, x.source.edits
		c.change(x.source, data)
	case 8:
		x.choices = list(data, "choices")
	case 9:
		x.form = copyOf(data)
	}
	if c.r.URL.Query().Get("with_response") != "true" {
		return answer{204, nil}
	}
	out := object{"interaction": object{"id": x.id, "type": x.kind, "response_message_loading": kind == 5, "response_message_ephemeral": flags&flagEphemeral != 0}}
	if x.original != nil {
		objectAt(out, "interaction")["response_message_id"] = x.original.id
		out["resource"] = object{"type": kind, "message": x.original.snapshot(true)}
	}
	return ok(out)
}

// message is a new message of the bot's that answers the interaction. The lock is held.
func (x *Interaction) message(flags int64) *message {
	m := &message{channel: x.channel, author: x.d.bot, flags: flags, cause: x}
	switch {
	case x.kind == kindCommand && number(x.data, "type") == 3:
		m.kind = 23
	case x.kind == kindCommand:
		m.kind = 20
	case x.source != nil:
		m.kind, m.reference = 19, x.source
	}
	if flags&flagEphemeral != 0 {
		m.only = x.by.user.id
	}
	return m
}

// hook finds the interaction whose token is in the path, and refuses one that is over, or was not acknowledged yet.
func (c *call) hook() (*Interaction, answer, bool) {
	d := c.d
	x := d.tokens[c.path("webhook_token")]
	if x == nil || c.path("webhook_id") != d.app {
		return nil, refuse(404, 10015, "Unknown Webhook"), false
	}
	if age := d.o.Now().Sub(x.created); age > tokenLife || x.expired {
		if !x.expired {
			d.violate(c, checkToken, "after %v, more than %v", age, tokenLife)
		}
		return nil, refuse(401, 50027, "Invalid Webhook Token"), false
	}
	if !x.acked {
		if !x.spoilt && c.r.Method != "GET" { // asking is how to find out
			d.violate(c, checkTooSoon, "the interaction is not acknowledged")
		}
		return nil, refuse(404, 10015, "Unknown Webhook"), false
	}
	if x.channel.gone {
		return nil, refuse(404, 10003, "Unknown Channel"), false
	}
	return x, answer{}, true
}

// withOriginal does something with @original, if it is there.
func (c *call) withOriginal(then func(*message) answer) answer {
	x, a, fine := c.hook()
	if !fine {
		return a
	}
	if x.original == nil || x.original.gone {
		return refuse(404, 10008, "Unknown Message")
	}
	return then(x.original)
}

func getOriginal(c *call) answer {
	return c.withOriginal(func(m *message) answer { return ok(m.snapshot(true)) })
}

func patchOriginal(c *call) answer {
	return c.withOriginal(func(m *message) answer {
		c.change(m, c.body)
		return ok(m.snapshot(true))
	})
}

func deleteOriginal(c *call) answer {
	return c.withOriginal(func(m *message) answer {
		c.d.remove(m)
		return answer{204, nil}
	})
}

// maxFollowups is how many an interaction may have where only the person has installed the app.
const maxFollowups = 5

func postFollowup(c *call) answer {
	x, a, fine := c.hook()
	if !fine {
		return a
	}
	if x.posted++; x.userOnly() && x.posted > maxFollowups {
		c.d.violate(c, checkToken, "follow-up %d where only the person has installed the app", x.posted)
		return refuse(400, 40094, "This interaction has reached the maximum number of follow up messages")
	}
	if x.original != nil && x.original.loading && !x.original.gone {
		c.change(x.original, c.body) // Discord takes the first follow-up of a deferral for its answer; its flags are ignored
		return ok(x.original.snapshot(true))
	}
	m := x.message(number(c.body, "flags"))
	c.fill(m, c.body)
	c.d.store(m)
	x.followups = append(x.followups, m)
	c.d.shown(m, "")
	c.d.announce("MESSAGE_CREATE", m)
	return ok(m.snapshot(true))
}

func (c *call) withFollowup(then func(*message) answer) answer {
	x, a, fine := c.hook()
	if !fine {
		return a
	}
	for _, m := range append(slices.Clone(x.followups), x.original) {
		if m != nil && m.id == c.path("message_id") && !m.gone {
			return then(m)
		}
	}
	return refuse(404, 10008, "Unknown Message")
}

func getFollowup(c *call) answer {
	return c.withFollowup(func(m *message) answer { return ok(m.snapshot(true)) })
}

func patchFollowup(c *call) answer {
	return c.withFollowup(func(m *message) answer {
		c.change(m, c.body)
		return ok(m.snapshot(true))
	})
}

func deleteFollowup(c *call) answer {
	return c.withFollowup(func(m *message) answer {
		c.d.remove(m)
		return answer{204, nil}
	})
}

// Unanswered are the interactions that Discord would by now call "did not respond": older than Options.AckWithin and not acknowledged.
func (d *Discord) Unanswered() []*Interaction {
	d.mu.Lock()
	defer d.mu.Unlock()
	var out []*Interaction
	for _, x := range d.interactions {
		if !x.acked && d.o.Now().Sub(x.created) > d.o.AckWithin {
			out = append(out, x)
		}
	}
	slices.SortFunc(out, func(a, b *Interaction) int { return a.created.Compare(b.created) })
	return out
}

// Pending are the interactions that were acknowledged with a deferral and show "is thinking …" since longer than a while.
func (d *Discord) Pending(since time.Duration) []*Interaction {
	d.mu.Lock()
	defer d.mu.Unlock()
	var out []*Interaction
	for _, x := range d.interactions {
		if x.original != nil && x.original.loading && !x.original.gone && d.o.Now().Sub(x.created) >= since {
			out = append(out, x)
		}
	}
	slices.SortFunc(out, func(a, b *Interaction) int { return a.created.Compare(b.created) })
	return out
}
