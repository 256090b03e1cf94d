// Package playground is a web page over the fake Discord that looks and works like Discord's own: whoever opens it talks to the real bot,
// which knows nothing of it.
//
//	d, err := fakediscord.New(fakediscord.Options{Keep: 500})
//	g := d.Guild("Herald readers")
//	g.Channel("questions")
//	g.Member("Mia")
//	g.Member("Max", fakediscord.In(g.Role("Moderator", fakediscord.ManageGuild|fakediscord.ManageMessages)))
//	page := playground.New(d)
//	defer page.Close()
//	// serve page.Handler() on a loopback address, and start a bot with d.APIBase() and d.Token()
//
// The page shows all guilds of the fake in which a person is, and lets its user be any person of the fake who is no bot, the first one
// made at first; addresses are /as/PERSON/in/CHANNEL, "/" leads to the first channel. Whether the bot is there is seen from the fake.
//
// The server draws everything, and pushes what has changed as ready HTML; the script in web puts it into place. Without script the same
// forms ask and answer, a page at a time. Begin with Handler; who may call is in guard.go, what is drawn in page.go and draw.go, what
// people do in act.go, what is pushed in stream.go.
package playground

import (
	"context"
	"embed"
	"html/template"
	"net/http"
	"path"

	"archivist/bot/fakediscord"
)

//go:embed web
var web embed.FS

// Server is the page of one fake Discord. Close it before the fake.
type Server struct {
	d       *fakediscord.Discord
	pages   *template.Template
	secret  string        // of this server's cookie
	streams chan struct{} // one place for each open event stream
	open    context.Context
	close   context.CancelFunc
}

// maxStreams is how many event streams are open at once, one a tab: more get 503.
const maxStreams = 64

// New makes the page; nothing runs until its handler is called. The fake may get guilds, channels and people later.
func New(d *fakediscord.Discord) *Server {
	open, done := context.WithCancel(context.Background())
	s := &Server{d: d, secret: newSecret(), streams: make(chan struct{}, maxStreams), open: open, close: done}
	s.pages = template.Must(template.New("").Funcs(s.functions()).ParseFS(web, "web/*.html"))
	return s
}

// Handler answers requests whose Host is a loopback name or address, whatever the port; all others get 403.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", s.home)
	mux.HandleFunc("GET /as/{person}", s.home)
	mux.HandleFunc("GET /as/{person}/in/{channel}", s.in(s.showChannel))
	mux.HandleFunc("GET /as/{person}/in/{channel}/events", s.own(s.in(s.stream)))
	mux.HandleFunc("GET /as/{person}/in/{channel}/commands", s.in(s.commands))
	for name, deed := range map[string]func(*visit){
		"say": s.say, "use": s.use, "complete": s.complete, "press": s.press, "menu": s.menu, "submit": s.submit, "delete": s.remove, "settings": s.settings,
	} {
		mux.HandleFunc("POST /as/{person}/in/{channel}/"+name, s.own(s.in(s.read(deed))))
	}
	mux.HandleFunc("GET /attachments/", s.file)
	for _, name := range []string{"style.css", "page.js", "composer.js", "icon.svg"} {
		mux.HandleFunc("GET /"+name, func(w http.ResponseWriter, r *http.Request) { http.ServeFileFS(w, r, web, path.Join("web", name)) })
	}
	return s.guard(mux)
}

// Close ends all event streams, so that http.Server.Shutdown does not wait for them.
func (s *Server) Close() { s.close() }
