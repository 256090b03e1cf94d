package fakediscord

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// nonceLife is how long a nonce is remembered. Discord says "the past few minutes".
const nonceLife = 5 * time.Minute

// fill gives a new message what the body says. The lock is held.
func (c *call) fill(m *message, body object) {
	m.content = text(body, "content")
	m.embeds = c.resolved(m, copyOf(object{"l": orNone(list(body, "embeds"))})["l"].([]any))
	m.components = copyOf(object{"l": orNone(list(body, "components"))})["l"].([]any)
	m.flags = number(body, "flags")
	m.ping(orEverything(body))
	c.attach(m, nil, body)
}

// orEverything is the body's allowed_mentions; nil, when it has none, pings all that the content names.
func orEverything(body object) object { return objectAt(body, "allowed_mentions") }

// change edits a message: what the body does not name stays. The first edit of a deferral is its answer, and counts as no edit. The
// lock is held.
func (c *call) change(m *message, body object) {
	d, first := c.d, m.loading
	if v, named := body["content"]; named {
		m.content, _ = v.(string)
		m.ping(orEverything(body))
	}
	if _, named := body["embeds"]; named {
		m.embeds = c.resolved(m, copyOf(object{"l": orNone(list(body, "embeds"))})["l"].([]any))
	}
	if _, named := body["components"]; named {
		m.components = copyOf(object{"l": orNone(list(body, "components"))})["l"].([]any)
	}
	if _, named := body["flags"]; named {
		m.flags = m.flags&flagEphemeral | number(body, "flags")&^flagEphemeral
	}
	keep := m.attachments
	if _, named := body["attachments"]; named {
		left := func(a any) bool {
			return !slices.ContainsFunc(objects(body, "attachments"), func(o object) bool { return fmt.Sprint(o["id"]) == text(a.(object), "id") })
		}
		keep = slices.DeleteFunc(slices.Clone(m.attachments), left)
		d.dropFiles(slices.DeleteFunc(slices.Clone(m.attachments), func(a any) bool { return !left(a) }))
	}
	c.attach(m, keep, body)
	m.loading = false
	if !first {
		m.edits++
		m.edited = d.o.Now()
	}
	m.stir()
	d.shown(m, map[bool]string{true: "", false: ", edited"}[first])
	d.announce("MESSAGE_UPDATE", m)
	d.touch()
}

// attach keeps uploaded files where serveFile finds them.
func (c *call) attach(m *message, kept []any, body object) {
	m.attachments = kept
	for i := range len(c.files) {
		f, there := c.files[fmt.Sprintf("files[%d]", i)]
		if !there {
			continue
		}
		id := c.d.newID()
		path := c.filePath(m, f.name)
		c.d.keepFile(path, f.data)
		made := object{"id": id, "filename": f.name, "size": len(f.data), "url": c.d.api + path, "proxy_url": c.d.api + path}
		for _, told := range objects(body, "attachments") {
			if fmt.Sprint(told["id"]) == strconv.Itoa(i) && text(told, "description") != "" {
				made["description"] = text(told, "description")
			}
		}
		m.attachments = append(m.attachments, made)
	}
}

func (c *call) filePath(m *message, name string) string {
	return "/attachments/" + m.channel.id + "/" + strconv.Itoa(c.n) + "/" + url.PathEscape(strings.ReplaceAll(name, "/", "_"))
}

// resolved is embeds with the addresses of uploaded files in place of attachment://.
func (c *call) resolved(m *message, embeds []any) []any {
	for _, e := range embeds {
		o, _ := e.(object)
		for _, key := range []string{"image", "thumbnail"} {
			if name, isFile := strings.CutPrefix(text(objectAt(o, key), "url"), "attachment://"); isFile {
				objectAt(o, key)["url"] = c.d.api + c.filePath(m, name)
			}
		}
	}
	return embeds
}

// shown writes a message of the bot's into the transcript.
func (d *Discord) shown(m *message, note string) {
	to := ""
	if m.only != "" {
		to = ", only for " + d.users[m.only].name
	}
	d.say("%s in %s%s%s:\n%s", d.bot.name, m.channel.title(), to, note, indent(m.view().Text()))
}

func indent(s string) string { return "  " + strings.ReplaceAll(s, "\n", "\n  ") }

// inChannel does something in a channel of the path in which the bot has rights; a bot that tries without them broke rule 26.
func (c *call) inChannel(needs Rights, then func(*Channel) answer) answer {
	ch := c.d.channels[c.path("channel_id")]
	if ch == nil || ch.gone {
		return refuse(404, 10003, "Unknown Channel")
	}
	if ch.guild == nil {
		return then(ch)
	}
	if ch.guild.gone {
		return refuse(403, 50001, "Missing Access")
	}
	rights := ch.rights(ch.guild.me)
	if missing := needs &^ rights; missing != 0 {
		c.d.violate(c, checkRights, "the bot lacks %d in %s", missing, ch.title())
		if rights&ViewChannel == 0 {
			return refuse(403, 50001, "Missing Access")
		}
		return refuse(403, 50013, "Missing Permissions")
	}
	return then(ch)
}

func getChannel(c *call) answer {
	return c.inChannel(ViewChannel, func(ch *Channel) answer { return ok(ch.json()) })
}

// getMessages lists the newest messages first, by before, after or around, and limit.
func getMessages(c *call) answer {
	return c.inChannel(ViewChannel|ReadMessageHistory, func(ch *Channel) answer {
		q := c.r.URL.Query()
		limit, err := strconv.Atoi(orElse(q.Get("limit"), "50"))
		if err != nil || limit < 1 || limit > 100 {
			return refuse(400, 50035, "Invalid Form Body")
		}
		older := func(a, b string) bool { return len(a) < len(b) || len(a) == len(b) && a < b }
		out := []any{}
		for i := len(ch.history) - 1; i >= 0 && len(out) < limit; i-- {
			m := ch.history[i]
			before, after := q.Get("before"), q.Get("after")
			if m.only != "" || before != "" && !older(m.id, before) || after != "" && !older(after, m.id) {
				continue
			}
			out = append(out, m.snapshot(c.d.o.MessageContent || c.d.readable(m)))
		}
		return ok(out)
	})
}

func (c *call) withMessage(needs Rights, then func(*message) answer) answer {
	return c.inChannel(needs, func(ch *Channel) answer {
		m := c.d.messages[c.path("message_id")]
		if m == nil || m.gone || m.channel != ch || m.only != "" {
			return refuse(404, 10008, "Unknown Message")
		}
		return then(m)
	})
}

func getMessage(c *call) answer {
	return c.withMessage(ViewChannel|ReadMessageHistory, func(m *message) answer {
		return ok(m.snapshot(c.d.o.MessageContent || c.d.readable(m)))
	})
}

func postMessage(c *call) answer {
	needs := ViewChannel | SendMessages
	if len(list(c.body, "embeds")) > 0 {
		needs |= EmbedLinks
	}
	if len(c.files) > 0 {
		needs |= AttachFiles
	}
	ref := objectAt(c.body, "message_reference")
	if ref != nil {
		needs |= ReadMessageHistory
	}
	return c.inChannel(needs, func(ch *Channel) answer {
		d := c.d
		if len(ch.people) > 0 && ch.people[0].closed {
			return refuse(403, 50007, "Cannot send messages to this user")
		}
		m := &message{channel: ch, author: d.bot, nonce: fmt.Sprint(orElse(c.body["nonce"], any("")))}
		if m.nonce != "" && flag(c.body, "enforce_nonce") {
			for _, old := range ch.history {
				if old.author == d.bot && old.nonce == m.nonce && d.o.Now().Sub(old.created) < nonceLife {
					return ok(old.snapshot(true))
				}
			}
		}
		if ref != nil {
			to := d.messages[text(ref, "message_id")]
			if to != nil && to.channel != ch {
				d.violate(c, checkReference, "message_reference to another channel")
				to = nil
			}
			insists := !has(ref, "fail_if_not_exists") || flag(ref, "fail_if_not_exists")
			if (to == nil || to.gone) && insists {
				// No violation: the message may have been deleted on the way.
				return answer{400, object{"message": "Invalid Form Body", "code": 50035, "errors": object{"message_reference": object{"_errors": []any{object{"code": "REPLIES_UNKNOWN_MESSAGE", "message": "Unknown message"}}}}}}
			}
			if to != nil && !to.gone {
				m.reference, m.kind = to, 19
			}
		}
		c.fill(m, c.body)
		d.store(m)
		d.shown(m, "")
		d.announce("MESSAGE_CREATE", m)
		return ok(m.snapshot(true))
	})
}

func patchMessage(c *call) answer {
	needs := ViewChannel
	if len(c.files) > 0 {
		needs |= AttachFiles
	}
	return c.withMessage(needs, func(m *message) answer {
		if m.author != c.d.bot {
			c.d.violate(c, checkEdits, "the message is by %s", m.author.name)
			return refuse(403, 50005, "Cannot edit a message authored by another user")
		}
		c.change(m, c.body)
		return ok(m.snapshot(true))
	})
}

func deleteMessage(c *call) answer {
	return c.withMessage(ViewChannel, func(m *message) answer {
		if m.author != c.d.bot && m.channel.guild != nil && m.channel.rights(m.channel.guild.me)&ManageMessages == 0 {
			c.d.violate(c, checkRights, "the message is by %s", m.author.name)
			return refuse(403, 50013, "Missing Permissions")
		}
		c.d.remove(m)
		return answer{204, nil}
	})
}

// postThread opens a thread in a channel, or on a message, of which the thread then has the id.
func postThread(c *call) answer {
	return c.inChannel(ViewChannel|CreatePublicThreads, func(ch *Channel) answer {
		d := c.d
		t := &Channel{d: d, id: d.newID(), name: text(c.body, "name"), kind: kindThread, guild: ch.guild, parent: ch, opener: d.bot}
		if id := c.path("message_id"); id != "" {
			if m := d.messages[id]; m == nil || m.gone || m.channel != ch {
				return refuse(404, 10008, "Unknown Message")
			}
			if d.channels[id] != nil {
				return refuse(400, 160004, "A thread has already been created for this message")
			}
			t.id = id
		}
		ch.guild.add(t, "THREAD_CREATE")
		if m := d.messages[t.id]; m != nil {
			m.stir()
		}
		return answer{201, t.json()}
	})
}

func postTyping(c *call) answer {
	return c.inChannel(ViewChannel|SendMessages, func(*Channel) answer { return answer{204, nil} })
}
