package archivist

import "time"

// RequestWindow is how long a request is remembered after it was made: Discord's tokens live as long, and edits of an asking message are
// followed as long.
const RequestWindow = 15 * time.Minute

// A Pending is a request from Discord that was taken up: kept so that a restart neither loses it nor answers it twice, and so that edits
// of an asking message find the reply. It is forgotten RequestWindow after it was made.
type Pending struct {
	ID      string    // Discord's id of the interaction, or of the message
	Guild   string    // Discord's id; "" in direct messages and where only the person has installed the bot
	Event   []byte    // what Discord sent, the interaction's token in it; nil as soon as it is answered
	Reply   string    // Discord's id of our reply to a message; "" = none yet, or to an interaction
	Created time.Time // by Discord
}

// Open reports whether the request still has to be answered.
func (p Pending) Open() bool { return len(p.Event) > 0 }
