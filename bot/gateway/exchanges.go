package gateway

import (
	"sync"
	"time"

	"archivist"
)

const exchangesAtMost = 10_000

// exchanges knows the messages that we answer, or have answered lately.
type exchanges struct {
	mu    sync.Mutex
	by    map[string]*exchange // by the asking message's id
	order []string
}

// An exchange is a message and our reply to it. What is written of a reply is written under mu: so an answer to a message that was
// edited or deleted meanwhile is never shown, and two answers to it never meet.
type exchange struct {
	began time.Time

	mu      sync.Mutex
	turn    int    // raised by each edit, and by the end of the message
	reply   string // the id of ours; "" = not written yet
	gone    bool   // the message was deleted
	taken   bool   // first was asked
	jobs    []archivist.JobID
	library archivist.LibraryID // of the reply and the jobs: who deletes a message does not tell whose it was
}

// of finds the exchange about a message, or begins one; fresh tells which.
func (x *exchanges) of(message string, now time.Time) (e *exchange, fresh bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.by == nil {
		x.by = map[string]*exchange{}
	}
	for len(x.order) > 0 && (len(x.order) >= exchangesAtMost || now.Sub(x.by[x.order[0]].began) > archivist.RequestWindow) {
		delete(x.by, x.order[0])
		x.order = x.order[1:]
	}
	if e = x.by[message]; e != nil {
		return e, false
	}
	e = &exchange{began: now}
	x.by[message] = e
	x.order = append(x.order, message)
	return e, true
}

// known finds the exchange about a message; nil if there is none.
func (x *exchanges) known(message string) *exchange {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.by[message]
}

// next begins another turn: what earlier ones still had to say is void.
func (e *exchange) next() (turn int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.turn++
	return e.turn
}

// restore takes over the reply that an earlier process has written.
func (e *exchange) restore(reply string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.reply == "" {
		e.reply = reply
	}
}

// say writes the reply of a turn with post, or changes it with edit, which returns the id of the reply from then on; neither where the
// turn is void. reply is ours, "" if there is none.
func (e *exchange) say(turn int, post func() string, edit func(id string) string) (reply string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case turn != e.turn || e.gone:
	case e.reply == "":
		e.reply = post()
	default:
		e.reply = edit(e.reply)
	}
	return e.reply
}

// first is our reply, once: who asks for it again gets "".
func (e *exchange) first() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.taken {
		return ""
	}
	e.taken = e.reply != ""
	return e.reply
}

// belongs notes in which library the message is answered: it is the same all its life.
func (e *exchange) belongs(library archivist.LibraryID) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.library = library
}

// brought notes a job that was made for the message.
func (e *exchange) brought(id archivist.JobID) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.jobs) < jobsAtMost {
		e.jobs = append(e.jobs, id)
	}
}

const jobsAtMost = 100 // of one message

// mattered reports whether anything came of the message that is still there: a reply of ours, or jobs.
func (e *exchange) mattered() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.reply != "" || len(e.jobs) > 0
}

// end voids the exchange and returns our reply, which has to go, "" if there is none, and the jobs that were made for the message, with their
// library.
func (e *exchange) end() (reply string, library archivist.LibraryID, jobs []archivist.JobID) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.turn++
	e.gone, reply, e.reply = true, e.reply, ""
	jobs, e.jobs = e.jobs, nil
	return reply, e.library, jobs
}
