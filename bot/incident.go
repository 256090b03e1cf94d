package bot

import (
	"crypto/rand"
	"strings"
	"sync"
	"time"

	"archivist"
)

// incidentEvery is how long all who meet one trouble of the store are told the same incident, which stands in the log once: whatever is asked
// meets it.
const incidentEvery = time.Minute

// incidents are the troubles of the store of late, by reason. The zero value is ready.
type incidents struct {
	mu   sync.Mutex
	last map[archivist.Code]incident
}

type incident struct {
	number string
	at     time.Time
}

// number names what went wrong with us; isNew says that the log has not heard of it.
func (is *incidents) number(code archivist.Code, now time.Time) (number string, isNew bool) {
	if !ofStore(code) {
		return rand.Text()[:6], true
	}
	is.mu.Lock()
	defer is.mu.Unlock()
	if last, known := is.last[code]; known && now.Sub(last.at) < incidentEvery {
		return last.number, false
	}
	if is.last == nil {
		is.last = map[archivist.Code]incident{}
	}
	is.last[code] = incident{rand.Text()[:6], now}
	return is.last[code].number, true
}

// isIncident reports whether whoever runs the bot has to look into an error, and not whoever asked.
func isIncident(code archivist.Code) bool {
	return code == archivist.Internal || ofStore(code) || !known("because."+string(code))
}

func ofStore(code archivist.Code) bool { return strings.HasPrefix(string(code), "database_") }
