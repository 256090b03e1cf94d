// Package playground is a web page over the fake Discord that looks and works like Discord's own: whoever opens it talks to the real bot,
// which knows nothing of it.
//
//	d, err := fakediscord.New(fakediscord.Options{Keep: 500})
//	g := d.Guild("Herald readers")
//	g.Channel("questions")
//	g.Member("Mia")
//	g.Member("Max", fakediscord.In(g.Role("Moderator", fakediscord.ManageGuild|fakediscord.ManageMessages)))
//	page := playground.New(d, playground.Options{})
//	defer page.Close()
//	// serve page.Handler() on a loopback address, and start a bot with d.APIBase() and d.Token()
//
// The page shows all guilds of the fake in which a person is, and lets its user be any person of the fake who is no bot, the first one
// made at first; addresses are /as/PERSON/in/CHANNEL, "/" leads to the first channel. Whether the bot is there is seen from the fake.
package playground

import (
	"net/http"

	"archivist/bot/fakediscord"
)

// Options are fixed at New. The zero value is good.
type Options struct {
	// Welcome are the lines that an empty channel shows, as questions worth asking: each can be pressed, which puts it into the composer. nil = none.
	Welcome []string
}

// Server is the page of one fake Discord. Close it before the fake.
type Server struct {
	d *fakediscord.Discord
	o Options
}

// New makes the page; nothing runs until its handler is called. The fake may get guilds, channels and people later.
func New(d *fakediscord.Discord, o Options) *Server { return &Server{d: d, o: o} }

// Handler answers requests whose Host is a loopback name or address, whatever the port; all others get 403.
func (s *Server) Handler() http.Handler { return http.NotFoundHandler() }

// Close ends all event streams, so that http.Server.Shutdown does not wait for them.
func (s *Server) Close() {}
