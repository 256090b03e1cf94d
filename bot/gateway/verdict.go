package gateway

import (
	"fmt"
	"os"
	"time"
)

// errTimeout is what a passed deadline is.
var errTimeout = os.ErrDeadlineExceeded

// A Fatal error cannot be mended by trying again; Advice says who has to do what.
type Fatal struct {
	What, Advice string
	Setup        bool // what we were told to connect with is wrong: another process with the same would meet the same
}

func (e *Fatal) Error() string { return e.What + ": " + e.Advice }

var errToken = &Fatal{
	What:   "Discord refused the token",
	Advice: "reset it in the Developer Portal (Bot, Reset Token) and set DISCORD_TOKEN to the new one",
	Setup:  true,
}

// A step is what follows the end of a connection.
type step struct {
	identify    bool          // anew; else resume, where there is a session
	asked       bool          // Discord asked for it: where the connection had served, it is no failure
	backoff     bool          // wait even where it is the first failure; later ones always do
	least, most time.Duration // wait at random between these, besides
	bug         bool          // an error of ours that somebody should look into
	noContent   bool          // go on without the Message Content intent
	fatal       *Fatal
}

// judge is the table of ends: what the end of a connection means. content tells whether MESSAGE_CONTENT was asked for.
func judge(e ending, content bool) step {
	switch {
	case e.op == 7:
		return step{asked: true}
	case e.op == 9:
		return step{identify: !e.resumable, least: time.Second, most: 5 * time.Second}
	case e.zombie:
		return step{}
	}
	switch e.code {
	case 4000:
		return step{}
	case 4001, 4002, 4005:
		return step{backoff: true, bug: true}
	case 4008:
		return step{least: time.Minute, most: time.Minute}
	case 1000, 4003, 4007, 4009:
		return step{identify: true, backoff: true}
	case 4004:
		return step{fatal: errToken}
	case 4010, 4011:
		return step{fatal: &Fatal{What: fmt.Sprintf("Discord refused the shard (%d)", e.code), Advice: "look at discord.shards: \"auto\" takes as many as Discord wants, which grows with the number of guilds; restart all processes with the same number"}}
	case 4012:
		return step{fatal: &Fatal{What: "Discord no longer speaks this version of its gateway (4012)", Advice: "update Archivist"}}
	case 4013:
		return step{fatal: &Fatal{What: "Discord refused our intents (4013)", Advice: "this is an error of Archivist's; please report it"}}
	case 4014:
		if content {
			return step{identify: true, noContent: true}
		}
		return step{fatal: &Fatal{What: "Discord did not grant an intent (4014)", Advice: "look at Bot, Privileged Gateway Intents in the Developer Portal", Setup: true}}
	}
	return step{}
}
