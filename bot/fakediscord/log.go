package fakediscord

import (
	"io"
	"regexp"
	"strings"
	"sync"
)

// interactionToken is how an interaction's token looks in this Discord.
var interactionToken = regexp.MustCompile(`token[0-9]{15,}`)

// Log is where a bot's log may go through to next. A secret in it breaks a rule: the bot's token, by which one is the bot, or an interaction's, by which
// one answers in its name for a quarter of an hour. It may be written by many goroutines, in pieces of any size.
func (d *Discord) Log(next io.Writer) io.Writer { return &watchedLog{d: d, next: next} }

type watchedLog struct {
	d    *Discord
	next io.Writer

	mu   sync.Mutex
	tail string // of what was written before: a secret may come in two pieces
}

func (l *watchedLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	text := l.tail + string(p)
	shown := strings.Contains(text, l.d.o.Token)
	lent := interactionToken.MatchString(text)
	if shown || lent {
		l.d.mu.Lock()
		l.d.violate(nil, checkLog, "the bot's token: %t, an interaction's: %t", shown, lent)
		l.d.mu.Unlock()
		text = "" // told once
	}
	l.tail = text[max(0, len(text)-len(l.d.o.Token)):]
	return l.next.Write(p)
}
