package gateway

import (
	"context"
	"encoding/json"
	"time"

	"archivist"
	"archivist/bot"
)

// takeInteraction begins to answer an interaction.
func (g *Gateway) takeInteraction(s *shard, data json.RawMessage) {
	i, ok := decodeInteraction(data)
	if !ok {
		g.undecoded.Add(1)
		g.log.Warn("an interaction that cannot be answered", "type", i.kind)
		return
	}
	i.came, i.duty = time.Now(), s.duty
	if g.done.again(i.id, i.came) {
		return
	}
	if g.age(i) > g.pace.tooOld() { // it is told again, perhaps with a thousand others; what is new need not wait for them
		g.work.Go(i.duty.of(func() {
			g.takeUps <- struct{}{}
			defer func() { <-g.takeUps }()
			g.overdue(i)
		}))
		return
	}
	if i.kind == typeComplete { // from memory, and there is no other answer to it
		g.work.Go(i.duty.of(func() { g.interact(i) }))
		return
	}
	select {
	case g.slots <- struct{}{}:
		g.work.Go(i.duty.of(func() {
			defer func() { <-g.slots }()
			g.interact(i)
		}))
	default:
		// Nobody waits for this goroutine's slot, but the drain waits for it; it is over within a callback's patience.
		g.work.Go(i.duty.of(func() { g.atOnce(i, bot.Busy(g.request(i))) }))
	}
}

// request is an interaction in the bot's words.
func (g *Gateway) request(i interaction) bot.Request {
	r := bot.Request{
		Command: i.name, Options: i.options, Values: i.values, Library: library(i.guild, i.person), Person: i.person, Roles: i.roles,
		Guest: i.guest, Moderator: i.moderator, Locale: i.locale, Reads: g.reads.Load(), Asked: time.Now().UTC(), Posted: madeAt(i.messageID),
		Stopping: g.stopping, Sight: g,
	}
	if i.guild != "" {
		r.Channel, r.Thread, r.Hidden = i.settled, i.thread, g.cache.hidden(i.channel)
		if t, ok := g.cache.thread(i.channel); ok { // an event may lack its channel
			r.Channel, r.Thread, r.Ours = t.parent, i.channel, t.opener == g.self
		}
	}
	r.Files = g.ofDiscord(i.attached)
	if i.target != nil {
		r.Target = textOf(i.target, g.self)
	}
	return r
}

// interact answers an interaction. What has to be answered at once comes from memory; all else is acknowledged first, and only then
// may the store be asked.
func (g *Gateway) interact(i interaction) {
	r := g.request(i)
	g.warm(r.Library)
	switch {
	case i.kind == typeComplete:
		g.acknowledge(i, callback{Type: callbackChoices, Data: g.complete(i, r)})
	case g.isStopping():
		g.atOnce(i, bot.Stopping(r))
	case i.kind == typeComponent || i.kind == typeForm:
		g.press(i, r)
	case i.kind == typeCommand:
		g.command(i, r)
	}
}

// overdue does what can be done for an interaction that came when Discord no longer waited for its acknowledgement.
func (g *Gateway) overdue(i interaction) {
	switch held := g.heldBefore(i); {
	case held == heldOpen:
		g.takeUpInteraction(i)
	case i.duty.isCut():
		g.leave(i.id, i.duty, i.isKept)
	case held == heldNever:
		g.log.Warn("an interaction came too late", "age", g.age(i).Round(time.Millisecond))
		g.late(i, g.request(i))
	}
}

// late says in one line, where we may write, that a command was seen when Discord no longer waited for its answer.
func (g *Gateway) late(i interaction, r bot.Request) {
	if i.guild != "" && i.kind == typeCommand && !i.duty.isCut() {
		g.post(i.duty.ctx, i.channel, i.id, "", bot.Late(r))
	}
}

// command acknowledges first, works, and edits the reply.
func (g *Gateway) command(i interaction, r bot.Request) {
	c, known := bot.Find(r.Command)
	if !known || c.Now {
		g.atOnce(i, g.safe(r, func() bot.Card { return g.bot.Do(i.duty.ctx, r) }))
		g.payBack(i, r)
		return
	}
	s := g.spotOf(i, c)
	deferral := callback{Type: callbackDeferred}
	if s.private {
		deferral.Data = flagged{Flags: flagEphemeral}
	}
	if first, ok := c.Meanwhile(r); ok {
		b := render(first)
		if s.private {
			b.Flags = flagEphemeral
		}
		deferral = callback{Type: callbackMessage, Data: b}
	}
	if !g.acknowledge(i, deferral) {
		g.late(i, r)
		return
	}
	if g.know(i.guild, i.channel, g.patience(r)) {
		r = g.request(i)
	}
	s.run(r, func(r bot.Request) bot.Card { return g.bot.Do(i.duty.ctx, r) })
	g.payBack(i, r)
}

// press does what a button, a menu or a form says. Some presses open a form, which is their acknowledgement.
func (g *Gateway) press(i interaction, r bot.Request) {
	if i.kind == typeComponent {
		var form bot.Form
		opens := false
		trouble := g.safe(r, func() bot.Card {
			form, opens = g.bot.Form(r, i.customID)
			return bot.Card{}
		})
		switch {
		case trouble.Kind == bot.KindError:
			g.atOnce(i, trouble)
			return
		case opens:
			g.acknowledge(i, callback{Type: callbackForm, Data: renderForm(form)})
			return
		}
	}
	s := &spot{g: g, i: i}
	deferral := callback{Type: callbackDeferredUpdate}
	if i.messageID == "" { // a form that no button opened
		s.thinking, s.private = true, true
		deferral = callback{Type: callbackDeferred, Data: flagged{Flags: flagEphemeral}}
	}
	if g.acknowledge(i, deferral) {
		if g.know(i.guild, i.channel, g.patience(r)) {
			r = g.request(i)
		}
		s.run(r, func(r bot.Request) bot.Card { return g.bot.Press(i.duty.ctx, r, i.customID) })
	}
}

// mustBePrivate reports whether Discord shows replies to the asker alone: where only the person has installed the bot, and may not use
// external apps in public.
func (i interaction) mustBePrivate() bool { return i.guest && !i.rights.has(rightExternalApps) }

const (
	choicesAtMost = 25
	maxChoice     = 100 // characters of a choice's name and value
)

// complete answers what is being typed, from memory. A value longer than Discord takes would be of no use cut, so it is left out.
func (g *Gateway) complete(i interaction, r bot.Request) choices {
	out := choices{Choices: []choice{}}
	g.safe(r, func() bot.Card {
		for _, c := range g.bot.Complete(r, i.focused, i.options[i.focused]) {
			if name := cutRunes(c.Name, maxChoice); name != "" && len(out.Choices) < choicesAtMost && cutRunes(c.Value, maxChoice) == c.Value {
				out.Choices = append(out.Choices, choice{Name: name, Value: c.Value})
			}
		}
		return bot.Card{}
	})
	return out
}

// warm has the bot read into memory what it needs of a library to answer at once; again after a while, as it may have been let go. Titles, and who
// may moderate, do not wait for indexes, which take longer and can be read for the first question too.
func (g *Gateway) warm(library archivist.LibraryID) {
	if g.warmed.again(string(library), time.Now()) {
		return
	}
	read := func(what string, read func(context.Context, archivist.LibraryID) error) bool {
		return g.lanes.push(what, func() {
			if err := read(g.working, library); err != nil {
				g.log.Warn("read a library into memory", "library", string(library), "what", what, "error", err)
			}
		})
	}
	read("index", g.bot.Load)
	if !read("titles", g.bot.Warm) { // thousands of guilds came into sight at once
		g.warmed.forget(string(library))
	}
}
