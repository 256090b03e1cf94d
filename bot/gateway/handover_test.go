package gateway

import (
	"fmt"
	"strings"
	"testing"

	"archivist/bot/fakediscord"
)

// A waitingRoom is who asks a parish, in every guild by a command and by a mention, while nobody gets an answer.
type waitingRoom struct {
	*parish
	commands []*fakediscord.Interaction
	mentions []fakediscord.Message
}

func (p *parish) fillWaitingRoom() *waitingRoom {
	p.t.Helper()
	held(p.stage)
	w := &waitingRoom{parish: p}
	for i, channel := range p.channels {
		w.commands = append(w.commands, p.people[i].Slash(channel, "ask", fakediscord.Opt("question", "When does the ferry run?")))
		p.asking()
		m, err := p.people[i].Type(channel, "<@"+p.discord.ApplicationID()+"> When does the ferry run?")
		p.must(err)
		p.asking()
		w.mentions = append(w.mentions, m)
	}
	return w
}

// answeredOnce waits for all answers, which say want, and looks at every call that Discord took: one of them has the answer to each.
func (w *waitingRoom) answeredOnce(want string) {
	w.t.Helper()
	for _, x := range w.commands {
		w.must(w.discord.Wait(w.ctx, "an answer to a command", func() bool { return w.replies(x, want) > 0 }))
	}
	for i, m := range w.mentions {
		answer, err := w.channels[i].Answer(w.ctx, m)
		w.must(err)
		w.wants(answer, want)
	}
	w.town.broken(false)
	w.served(w.channels, w.people) // what came before is over by then
	for i := range w.commands {
		if n := w.replies(w.commands[i], want); n != 1 {
			w.t.Errorf("the command in guild %d was answered %d times", i, n)
		}
		if n := w.says(want, "POST messages", fmt.Sprintf(`"message_id":%q`, w.mentions[i].ID)); n != 1 {
			w.t.Errorf("the mention in guild %d was answered %d times", i, n)
		}
	}
}

// replies counts the calls that answer a command: those with its token, which its callback has too.
func (w *waitingRoom) replies(x *fakediscord.Interaction, want string) int {
	for _, r := range w.discord.RequestsTo("POST callback") {
		if rest, found := strings.CutPrefix(r.Path, "/interactions/"+x.ID()+"/"); found {
			token, _, _ := strings.Cut(rest, "/")
			return w.says(want, "PATCH @original", token) + w.says(want, "POST followup", token)
		}
	}
	return 0
}

// says counts the calls of a route that Discord took, and that say and are about something.
func (w *waitingRoom) says(want, route, about string) (n int) {
	for _, r := range w.discord.RequestsTo(route) {
		if r.Status < 300 && strings.Contains(string(r.Body), want) && (strings.Contains(r.Path, about) || strings.Contains(string(r.Body), about)) {
			n++
		}
	}
	return n
}

// TestHandedOverWhileAnswering: of a shard that changes hands while questions are under way, each is answered once, by whoever has the shard then.
// What is for the asker alone could be said twice: Discord has no list of it, and no nonce.
func TestHandedOverWhileAnswering(t *testing.T) {
	ways := map[string]struct {
		taken int // shards, by the second process
		way   func(p *parish, itsDoors *doors)
	}{
		"asked for": {2, func(p *parish, _ *doors) {
			p.join("second")
			p.owned(map[string]int{"first": 2, "second": 2})
		}},
		"given back at the end": {4, func(p *parish, _ *doors) {
			p.stop()
			p.join("second")
			p.owned(map[string]int{"second": 4})
		}},
		"lost by who was cut off from the store": {4, func(p *parish, itsDoors *doors) {
			p.recorded()
			itsDoors.cut.Store(true)
			p.must(pause(p.ctx, 2*quick.lease))
			p.join("second")
			p.owned(map[string]int{"second": 4})
			itsDoors.cut.Store(false)
			p.must(p.discord.Wait(p.ctx, "the first process to lose its connections", func() bool { return p.discord.Connections() == parishShards }))
			p.must(pause(p.ctx, 10*quick.look)) // and its work
		}},
	}
	for name, by := range ways {
		for _, locked := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, incident %v", name, locked), func(t *testing.T) {
				p, itsDoors := startParish(t)
				p.owned(map[string]int{"first": 4})
				p.allReady()
				room := p.fillWaitingRoom()
				by.way(p, itsDoors)
				p.must(p.discord.Wait(p.ctx, "the resumes", func() bool { return p.discord.Resumes() >= by.taken }))
				for range 2 * by.taken { // which were under way there
					p.asking()
				}
				want := "Ferry line 4 will run"
				if locked {
					p.town.broken(true)
					want = "Incident"
				}
				p.free()
				room.answeredOnce(want)
			})
		}
	}
}

// TestHandedOverAndBack: what was under way when a shard was handed over, and is still when its next process dies, is answered by the first one.
func TestHandedOverAndBack(t *testing.T) {
	p, _ := startParish(t)
	p.owned(map[string]int{"first": 4})
	p.allReady()
	room := p.fillWaitingRoom()
	second, itsDoors := p.join("second")
	p.owned(map[string]int{"first": 2, "second": 2})
	for range 4 {
		p.asking()
	}
	itsDoors.cut.Store(true)
	second.gateway.pace.drain = 0
	second.stop()
	p.must(<-second.ended)
	second.ended <- nil
	p.owned(map[string]int{"first": 4})
	for range 4 {
		p.asking()
	}
	p.free()
	room.answeredOnce("Ferry line 4 will run")
}
