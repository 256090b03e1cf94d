package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"archivist"
	"archivist/bot/fakediscord"
)

// A request is what somebody asked of a fleet: a question by a command, or by a mention, or a link.
type request struct {
	berth
	at      time.Time
	command *fakediscord.Interaction // nil: a mention
	mention fakediscord.Message
	link    string // "": a question
}

// ask has people ask so many questions a second, one in ten of them by a mention, and add a link every second, until the returned function is
// called, which gives all that was asked.
func (f *fleet) ask(perSecond int) (done func() []request) {
	ctx, cancel := context.WithCancel(f.ctx)
	var asking sync.WaitGroup
	var all []request
	began, every := time.Now(), time.Second/time.Duration(perSecond)
	asking.Go(func() {
		for asked := time.Duration(0); ; asked++ {
			select {
			case <-time.After(time.Until(began.Add(asked * every))):
			case <-ctx.Done():
				return
			}
			n := f.turn // goes on where people ask again, so that no link is posted twice
			f.turn++
			r := request{berth: f.berths[(n*7919)%len(f.berths)], at: time.Now()} // in no order of shards
			switch {
			case n%perSecond == 1%perSecond:
				r.berth = f.berths[n/perSecond%min(bringers, len(f.berths))]
				r.link = fmt.Sprintf("%s/%d", f.sites[n/perSecond%len(f.sites)].URL, n)
				r.command = r.person.Slash(r.channel, "add", fakediscord.Opt("url", r.link))
			case n%10 == 5:
				m, err := r.person.Type(r.channel, "<@"+f.discord.ApplicationID()+"> When does the ferry run?")
				if err != nil {
					f.t.Error(err)
				}
				r.mention = m
			default:
				r.command = r.person.Slash(r.channel, "ask", fakediscord.Opt("question", "When does the ferry run?"))
			}
			all = append(all, r)
		}
	})
	return func() []request {
		cancel()
		asking.Wait()
		return all
	}
}

// A fate is what became of requests, by what they were told.
type fate struct {
	asked, right, told             int
	commands, acknowledged, edited int
	acks, cards                    []time.Duration // of commands, and of questions by one
	stored                         []request       // links of which the card says that they are kept
}

// fates waits for the end of all that was acknowledged, and looks whether each was told once: what is right, or else one of the excuses. What a
// command that nobody acknowledged was asked for, Discord has told its asker to have failed.
func (f *fleet) fates(all []request, excuses ...string) (sum fate) {
	f.t.Helper()
	for _, r := range all {
		sum.asked++
		text, messages := "", 0
		switch {
		case r.command == nil:
			_, err := r.channel.Answer(f.ctx, r.mention)
			f.must(err)
			for _, m := range r.channel.Messages(nil) {
				if m.ReplyTo == r.mention.ID {
					text = m.Text()
					messages++
				}
			}
		case !r.command.Acked():
			sum.commands++
			continue
		default:
			sum.commands++
			sum.acknowledged++
			ack, err := r.command.Ack(f.ctx)
			f.must(err)
			m, err := r.command.ReplyWhen(f.ctx, "the end of "+r.command.String(), func(m fakediscord.Message) bool { return ended(m.Text()) })
			f.must(err)
			text, messages = m.Text(), max(1, len(r.command.Followups()))
			sum.acks = append(sum.acks, ack.After)
		}
		want, again := r.answer, r.answer
		if r.link != "" { // who takes a request up of a process that has died may find its work done
			want, again = "Stored. You can ask about it now.", "This article is stored already, word for word: by <@"+r.person.ID()+">"
		}
		switch {
		case messages != 1:
			f.t.Errorf("%s was told %d times: %s", r.at.Format(time.TimeOnly), messages, text)
		case strings.Contains(text, want) || strings.Contains(text, again):
			sum.right++
			if r.link != "" {
				sum.stored = append(sum.stored, r)
			}
		case slices.ContainsFunc(excuses, func(excuse string) bool { return strings.Contains(text, excuse) }):
			sum.told++
		default:
			f.t.Errorf("asked at %s, told: %s", r.at.Format(time.TimeOnly), text)
		}
	}
	edits, first := f.edits() // all of them have ended
	for _, r := range all {
		if r.command == nil || !r.command.Acked() {
			continue
		}
		if at := first[r.command.ID()]; r.link == "" && !at.IsZero() {
			sum.cards = append(sum.cards, at.Sub(r.at))
		}
		sum.edited += max(0, edits[r.command.ID()]-1)
	}
	return sum
}

// ended reports whether a card says the end of something: all else of a link ends in dots.
func ended(text string) bool {
	return !slices.ContainsFunc([]string{"In the queue …", "Fetching the page …", "Reading the article …", "Storing the article …"}, func(progress string) bool { return strings.Contains(text, progress) })
}

// edits counts what was shown of each answer to a command, and when it was shown first, by the interaction's id.
func (f *fleet) edits() (count map[string]int, first map[string]time.Time) {
	count, first = map[string]int{}, map[string]time.Time{}
	ids := map[string]string{} // by token
	for _, r := range f.discord.Requests() {
		parts := strings.Split(r.Path, "/")
		switch r.Route {
		case "POST callback":
			ids[parts[3]] = parts[2]
		case "PATCH @original", "POST followup":
			if id := ids[parts[3]]; r.Status > 0 && r.Status < 300 && ended(string(r.Body)) {
				if count[id]++; count[id] == 1 {
					first[id] = r.At
				}
			}
		}
	}
	return count, first
}

// kept waits until each job that the links have made is done, and looks whether each of them is an article, once; of those that were told to be
// kept each has one.
func (f *fleet) kept(links []request, told []request) (jobs int) {
	f.t.Helper()
	done := map[string]bool{}
	for _, r := range links {
		if r.link == "" {
			continue
		}
		var mine []archivist.Job
		f.wait("the end of all jobs", func() bool {
			list, err := f.store.Jobs(f.ctx, archivist.JobFilter{Library: r.library, Limit: 1000})
			f.must(err)
			mine = slices.DeleteFunc(list, func(j archivist.Job) bool { return j.URL != r.link })
			return !slices.ContainsFunc(mine, archivist.Job.Open)
		})
		for _, j := range mine {
			jobs++
			a, err := f.store.Article(f.ctx, r.library, j.Article)
			if j.State != archivist.JobDone || err != nil || a.URL != r.link {
				f.t.Errorf("the job of %s is %s (%s), its article %q: %v", r.link, j.State, j.Code, a.URL, err)
			}
			done[r.link] = true
		}
	}
	for _, r := range told {
		if !done[r.link] {
			f.t.Errorf("%s was told to be kept, and is not", r.link)
		}
	}
	return jobs
}

// quantile is by nearest rank; 0 of none.
func quantileOf(times []time.Duration, share float64) time.Duration {
	if len(times) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(times))
	return sorted[min(len(sorted)-1, int(share*float64(len(sorted))))].Round(time.Millisecond)
}
