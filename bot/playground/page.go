package playground

import (
	"bytes"
	"net/http"
	"path"
	"slices"
	"strings"

	"archivist/bot/fakediscord"
)

// A visit is one request of one person in one channel.
type visit struct {
	w    http.ResponseWriter
	r    *http.Request
	who  *fakediscord.Member // as a member of the channel's guild
	ch   *fakediscord.Channel
	base string // the page's address
}

func address(who *fakediscord.Member, ch *fakediscord.Channel) string {
	return "/as/" + who.ID() + "/in/" + ch.ID()
}

// person finds one of the people whom the page can play.
func (s *Server) person(id string) *fakediscord.Member {
	people := s.d.People()
	i := slices.IndexFunc(people, func(m *fakediscord.Member) bool { return m.ID() == id })
	if i < 0 {
		return nil
	}
	return people[i]
}

// first is the channel that a person sees first; nil if there is none.
func first(who *fakediscord.Member) *fakediscord.Channel {
	for _, in := range who.Guilds() {
		if channels := in.Channels(); len(channels) > 0 {
			return channels[0]
		}
	}
	return nil
}

// home leads to the first channel of the person of the path, or of the first who has one.
func (s *Server) home(w http.ResponseWriter, r *http.Request) {
	people := s.d.People()
	if who := s.person(r.PathValue("person")); who != nil {
		people = []*fakediscord.Member{who}
	}
	for _, who := range people {
		if ch := first(who); ch != nil {
			http.Redirect(w, r, address(who, ch), http.StatusSeeOther)
			return
		}
	}
	http.Error(w, "There is no channel yet. Load the page again in a moment.", http.StatusServiceUnavailable)
}

// in makes a visit of a request. Where the person sees no such channel, a page leads to one that there is, and all else gets 404.
func (s *Server) in(next func(*visit)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		who, ch := s.person(r.PathValue("person")), s.d.Channel(r.PathValue("channel"))
		switch {
		case who != nil && ch != nil && who.Sees(ch):
			next(&visit{w: w, r: r, who: who.In(ch), ch: ch, base: address(who, ch)})
		case r.Pattern == "GET /as/{person}/in/{channel}":
			http.Redirect(w, r, path.Join("/as", r.PathValue("person")), http.StatusSeeOther)
		default:
			http.Error(w, "There is no such channel for this person.", http.StatusNotFound)
		}
	}
}

// pageSize is how many messages a page shows.
const pageSize = 100

// A page is what the template "page" draws.
type page struct {
	state
	*visit
	Messages []shown
	Seq      uint64
	Earlier  string // id of the oldest message shown, if there are older ones
	Past     bool   // it shows older messages: nothing is pushed to it
	People   []*fakediscord.Member
	Locales  []locale
	Theme    string       // "light", "dark" or "" for the system's
	Problem  string       // what went wrong with what was sent, or ""
	Form     *form        // that the bot has opened, or nil
	Target   *shown       // that is replied to or edited, or nil
	Deed     string       // of Target: "reply" or "edit"
	Draft    string       // what stands in the composer
	Names    []suggestion // for mentions and options
}

type locale struct{ ID, Name string }

// locales are those of the bot's catalogues.
var locales = []locale{{"en-US", "English"}, {"de", "Deutsch"}, {"es-ES", "Español"}}

// A suggestion is a person, a role or a channel.
type suggestion struct{ ID, Kind, Name string }

// A form is a modal with where it goes.
type form struct {
	fakediscord.Form
	Interaction, Base string
}

// Who, Channel and Base are for templates.
func (v *visit) Who() *fakediscord.Member      { return v.who }
func (v *visit) Channel() *fakediscord.Channel { return v.ch }
func (v *visit) Base() string                  { return v.base }

// state is what is drawn around the messages, and pushed whole when it has changed.
type state struct {
	Guilds  []place
	Places  []place
	Members []*fakediscord.Member
	DM      string // the address of the conversation with the bot
	Online  bool
	Bot     string
}

// A place is a guild or a channel to go to.
type place struct {
	Name, Address string
	Here, Thread  bool
}

func (s *Server) state(v *visit) state {
	out := state{Online: s.d.Online(), Bot: s.d.BotName(), DM: address(v.who, v.who.DM())}
	here := v.ch.Guild()
	for _, in := range v.who.Guilds() {
		channels := in.Channels()
		if len(channels) == 0 {
			continue
		}
		out.Guilds = append(out.Guilds, place{Name: in.Guild().Name(), Address: address(v.who, channels[0]), Here: in.Guild() == here})
		if in.Guild() != here {
			continue
		}
		for _, c := range channels {
			out.Places = append(out.Places, place{Name: c.Name(), Address: address(v.who, c), Here: c == v.ch, Thread: c.Parent() != nil})
		}
	}
	if here != nil {
		out.Members = slices.DeleteFunc(here.People(), func(m *fakediscord.Member) bool { return m.In(v.ch) == nil || !m.Sees(v.ch) })
	}
	return out
}

// Title is what the channel is called at the top.
func (p page) Title() string {
	if p.ch.Guild() == nil {
		return p.Bot
	}
	return p.ch.Name()
}

// shown is a message as one person sees it.
type shown struct {
	fakediscord.Message
	Reader        *fakediscord.Member
	Base          string
	Bot, Mine     bool // by the bot, by the person
	MayDelete     bool
	Pinged        bool
	Quoted        *quoted // that it replies to
	Menus         []fakediscord.Command
	ThreadName    string
	ThreadAddress string
}

type quoted struct{ Author, AuthorID, Text string }

// Apart are the attachments that no embed of the message shows.
func (m shown) Apart() []fakediscord.Attachment {
	return slices.DeleteFunc(slices.Clone(m.Attached), func(a fakediscord.Attachment) bool { return m.embedOf(a) != nil })
}

// embedOf is the image of an embed that an attachment is; nil if it stands alone.
func (m shown) embedOf(a fakediscord.Attachment) map[string]any {
	for _, e := range m.Embeds {
		if image, _ := e["image"].(map[string]any); image["url"] == a.URL {
			return image
		}
	}
	return nil
}

// Pictured are the embeds, with their reader, and their images with what is told to those who do not see them.
func (m shown) Pictured() []map[string]any {
	for _, e := range m.Embeds {
		e["reader"] = m.Reader
	}
	for _, a := range m.Attached {
		if image := m.embedOf(a); image != nil {
			image["alt"] = a.Description
		}
	}
	return m.Embeds
}

// show draws on what is known of messages beside them.
func (s *Server) show(v *visit, messages []fakediscord.Message) []shown {
	var menus []fakediscord.Command
	for _, c := range v.who.Commands(v.ch) {
		if c.Menu {
			menus = append(menus, c)
		}
	}
	manages := v.who.May(v.ch, fakediscord.ManageMessages)
	out := []shown{}
	for _, m := range messages {
		made := shown{
			Message: m, Reader: v.who, Base: v.base, Bot: m.AuthorID == s.d.ApplicationID(), Mine: m.AuthorID == v.who.ID(), Menus: menus,
			Pinged: slices.Contains(m.Pings, v.who.ID()),
		}
		made.MayDelete = made.Mine || manages && v.ch.Guild() != nil
		if m.Ephemeral {
			made.Menus = nil
		}
		if m.ReplyTo != "" {
			made.Quoted = &quoted{Text: "The message is no longer there."}
			switch to, there := s.d.Message(m.ReplyTo); {
			case !there || to.Deleted:
			case to.Ephemeral && !s.sees(v, to):
				made.Quoted.Text = "Only another person sees the message."
			default:
				made.Quoted = &quoted{to.Author, to.AuthorID, summary(v.who, to)}
			}
		}
		if t := s.d.Channel(m.Thread); t != nil && v.who.Sees(t) {
			made.ThreadName, made.ThreadAddress = t.Name(), address(v.who, t)
		}
		out = append(out, made)
	}
	return out
}

// summary is the beginning of a message on one line, as somebody reads it.
func summary(reader *fakediscord.Member, m fakediscord.Message) string {
	text := plain(reader, m.Content)
	if text == "" && len(m.Embeds) > 0 {
		for _, key := range []string{"title", "description"} {
			if t, _ := m.Embeds[0][key].(string); t != "" && text == "" {
				text = plain(reader, t)
			}
		}
	}
	runes := []rune(text)
	if len(runes) > 120 {
		return string(runes[:119]) + "…"
	}
	return text
}

func (s *Server) showChannel(v *visit) { s.draw(v, http.StatusOK, "", nil) }

// draw answers with the whole page.
func (s *Server) draw(v *visit, status int, problem string, opened *form) {
	q := v.r.URL.Query()
	changes := v.ch.Changes(v.who, 0)
	messages := changes.Messages
	p := page{state: s.state(v), visit: v, Seq: changes.Seq, People: s.d.People(), Locales: locales, Problem: problem, Form: opened, Names: s.names(v)}
	if before := q.Get("before"); before != "" {
		if i := slices.IndexFunc(messages, func(m fakediscord.Message) bool { return m.ID == before }); i >= 0 {
			messages, p.Past = messages[:i], true
		}
	}
	if len(messages) > pageSize {
		messages = messages[len(messages)-pageSize:]
		p.Earlier = messages[0].ID
	}
	p.Messages = s.show(v, messages)
	for _, deed := range []string{"reply", "edit"} {
		if i := slices.IndexFunc(p.Messages, func(m shown) bool { return m.ID == q.Get(deed) }); i >= 0 {
			p.Target, p.Deed = &p.Messages[i], deed
			if deed == "edit" {
				p.Draft = p.Target.Content
			}
		}
	}
	if problem != "" || opened != nil {
		p.Draft = v.r.PostFormValue("content")
	}
	if c, err := v.r.Cookie("theme"); err == nil && (c.Value == "light" || c.Value == "dark") {
		p.Theme = c.Value
	}
	out, err := s.html("page", p)
	if err != nil {
		http.Error(v.w, err.Error(), http.StatusInternalServerError)
		return
	}
	v.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	v.w.WriteHeader(status)
	_, _ = v.w.Write([]byte(out)) // a browser that is gone has no use for it
}

// names are what can be mentioned in the channel.
func (s *Server) names(v *visit) []suggestion {
	g := v.ch.Guild()
	if g == nil {
		return nil
	}
	var out []suggestion
	for _, m := range g.People() {
		out = append(out, suggestion{m.ID(), "person", m.Name()})
	}
	for _, r := range g.Roles() {
		if r != g.BotRole() {
			out = append(out, suggestion{r.ID(), "role", r.Name()})
		}
	}
	for _, c := range v.who.Channels() {
		out = append(out, suggestion{c.ID(), "channel", c.Name()})
	}
	return out
}

// html runs a template.
func (s *Server) html(name string, data any) (string, error) {
	var out bytes.Buffer
	err := s.pages.ExecuteTemplate(&out, name, data)
	return out.String(), err
}

// file gives a file of the fake's: images to be seen, all others to be saved, as a page of somebody else's must not run here.
func (s *Server) file(w http.ResponseWriter, r *http.Request) {
	data, there := s.d.File(r.URL.String())
	if !there {
		http.NotFound(w, r)
		return
	}
	kind := images[strings.ToLower(path.Ext(r.URL.Path))]
	if kind == "" {
		kind = "application/octet-stream"
		w.Header().Set("Content-Disposition", "attachment")
	}
	w.Header().Set("Content-Type", kind)
	_, _ = w.Write(data)
}
