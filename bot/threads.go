package bot

import (
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"archivist"
)

const (
	followUpTime  = 30 * time.Minute // for which a thread's last question is remembered
	followUpWords = 3                // a question of fewer words is widened by the one before
	threadsKept   = 10_000
)

// threads remembers each thread's last question, in memory alone: what a follow-up takes for known. The zero value is ready.
type threads struct {
	mu   sync.Mutex
	last map[string]lastQuestion
}

type lastQuestion struct {
	text string
	at   time.Time
}

// widen is a question of few words with the one before it in the same thread, "" where it needs none or there is none.
func (t *threads) widen(r Request, typed string) string {
	if r.Thread == "" || len(wordsOf(typed))+len(numbersOf(typed)) >= followUpWords {
		return ""
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	before, ok := t.last[r.Thread]
	if !ok || r.Asked.Sub(before.at) > followUpTime || strings.EqualFold(before.text, typed) {
		return ""
	}
	if wide := before.text + " " + typed; utf8.RuneCountInString(wide) <= archivist.MaxQuestion {
		return wide
	}
	return ""
}

// note remembers a question, a widened one with what it was widened by: the next may go on from it.
func (t *threads) note(r Request, q question) {
	if r.Thread == "" {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.last == nil || len(t.last) >= threadsKept {
		t.forgetOld(r.Asked)
	}
	t.last[r.Thread] = lastQuestion{text: q.asked(), at: r.Asked}
}

// forgetOld makes room: what is too old goes, and if that is nothing, everything.
func (t *threads) forgetOld(now time.Time) {
	kept := map[string]lastQuestion{}
	for id, q := range t.last {
		if now.Sub(q.at) <= followUpTime {
			kept[id] = q
		}
	}
	if len(kept) >= threadsKept {
		kept = map[string]lastQuestion{}
	}
	t.last = kept
}
