package playground

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"archivist/bot/fakediscord"
)

const (
	maxPost    = 12 << 20 // bytes of one POST: a file of Discord's 10 MiB, and what stands around it
	maxInHand  = 1 << 20  // of which so many are held in memory, the rest in a temporary file
	maxContent = 2000     // characters of a message
	maxFiles   = 10       // of a message

	respondWithin = 3 * time.Second // after which Discord says that an application did not respond
	patience      = 8 * time.Second // that a page without script waits for the answer
)

// read makes the posted form readable for a deed, and bounds it.
func (s *Server) read(deed func(*visit)) func(*visit) {
	return func(v *visit) {
		v.r.Body = http.MaxBytesReader(v.w, v.r.Body, maxPost)
		err := v.r.ParseMultipartForm(maxInHand)
		if errors.Is(err, http.ErrNotMultipart) {
			err = v.r.ParseForm()
		}
		if v.r.MultipartForm != nil {
			defer func() { _ = v.r.MultipartForm.RemoveAll() }() // temporary files that are gone already are no matter
		}
		var tooLarge *http.MaxBytesError
		switch {
		case errors.As(err, &tooLarge):
			http.Error(v.w, fmt.Sprintf("That is more than %d MiB, with all files.", maxPost>>20), http.StatusRequestEntityTooLarge)
		case err != nil:
			http.Error(v.w, "The form could not be read.", http.StatusBadRequest)
		default:
			deed(v)
		}
	}
}

// An outcome is what the script is told of a deed; all else comes by the event stream.
type outcome struct {
	Error string `json:"error,omitempty"`
	Form  string `json:"form,omitempty"` // HTML of a form that the bot has opened
}

func (v *visit) scripted() bool { return v.r.Header.Get("Accept") == "application/json" }

// tell ends a deed: with a problem, a form, or neither.
func (s *Server) tell(v *visit, problem string, opened *form) {
	switch {
	case v.scripted():
		out := outcome{Error: problem}
		if opened != nil {
			html, err := s.html("form", opened)
			if err != nil {
				out.Error = err.Error()
			}
			out.Form = html
		}
		v.json(out)
	case problem != "":
		s.draw(v, http.StatusUnprocessableEntity, problem, nil)
	case opened != nil:
		s.draw(v, http.StatusOK, "", opened)
	default:
		http.Redirect(v.w, v.r, v.base+"#end", http.StatusSeeOther) // to the newest message
	}
}

func (v *visit) json(out any) {
	v.w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(v.w).Encode(out) // a browser that is gone has no use for it
}

// say writes a message, changes one, or, of a new line that begins with a slash, uses a command.
func (s *Server) say(v *visit) {
	content := strings.TrimSpace(strings.ReplaceAll(v.r.PostFormValue("content"), "\r\n", "\n"))
	files, err := uploads(v.r, "files")
	edited := v.r.PostFormValue("edit")
	switch {
	case err != nil:
		s.tell(v, sentence(err), nil)
		return
	case edited != "" && len(files) > 0:
		s.tell(v, "Files cannot be added to a message that is there. Write another one.", nil)
		return
	case edited != "" && content == "":
		s.tell(v, "A message cannot be edited to nothing. Delete it instead.", nil)
		return
	case content == "" && len(files) == 0:
		s.tell(v, "", nil)
		return
	case utf8.RuneCountInString(content) > maxContent:
		s.tell(v, fmt.Sprintf("A message has at most %d characters.", maxContent), nil)
		return
	case edited == "" && strings.HasPrefix(content, "/"):
		known := v.who.Commands(v.ch)
		command, inputs, err := parseLine(known, content)
		word := strings.Fields(content)[0][1:]
		offered := slices.ContainsFunc(known, func(c fakediscord.Command) bool { return strings.Fields(c.Name)[0] == word })
		switch {
		case err != nil && s.registered(word) && !offered:
			s.tell(v, fmt.Sprintf("/%s is for people with more rights here: it is not shown to %s.", word, v.who.Name()), nil)
			return
		case err != nil:
			s.tell(v, sentence(err), nil)
			return
		}
		s.fire(v, func() *fakediscord.Interaction { return v.who.Slash(v.ch, command, inputs...) })
		return
	}
	if edited != "" {
		_, err := v.who.Edit(fakediscord.Message{ID: edited}, content)
		s.tell(v, sentence(err), nil)
		return
	}
	var traits []fakediscord.PostOption
	if to, there := s.d.Message(v.r.PostFormValue("reply")); there && !to.Ephemeral && s.sees(v, to) {
		traits = append(traits, fakediscord.ReplyTo(to))
	}
	for _, f := range files {
		traits = append(traits, fakediscord.Attach(f))
	}
	m, err := v.who.Type(v.ch, content, traits...)
	if addressed := v.ch.Guild() == nil || slices.Contains(m.Pings, s.d.ApplicationID()); err == nil && addressed && !v.scripted() && s.d.Online() {
		ctx, cancel := context.WithTimeout(v.r.Context(), patience)
		defer cancel()
		_, _ = v.ch.Answer(ctx, m) // not every message is answered
	}
	s.tell(v, sentence(err), nil)
}

// registered tells whether the bot has a slash command of a name, whoever may see it.
func (s *Server) registered(name string) bool {
	return slices.ContainsFunc(s.d.Commands(), func(c map[string]any) bool { return c["name"] == name })
}

// sentence is an error as people read it; "" of none.
func sentence(err error) string {
	if err == nil {
		return ""
	}
	text := err.Error()
	return strings.ToUpper(text[:1]) + text[1:] + "."
}

// sees tells whether a message is one that the person has before them.
func (s *Server) sees(v *visit, m fakediscord.Message) bool {
	return m.Channel == v.ch.ID() && !m.Deleted && slices.ContainsFunc(v.ch.Messages(v.who), func(other fakediscord.Message) bool { return other.ID == m.ID })
}

// uploads are the files of one field of the form.
func uploads(r *http.Request, field string) ([]fakediscord.File, error) {
	if r.MultipartForm == nil {
		return nil, nil
	}
	var out []fakediscord.File
	for _, head := range r.MultipartForm.File[field] {
		if head.Filename == "" || head.Size == 0 {
			continue // an input for files that nothing was chosen in
		}
		if len(out) == maxFiles {
			return nil, fmt.Errorf("at most %d files", maxFiles)
		}
		f, err := head.Open()
		if err != nil {
			return nil, err
		}
		body, err := io.ReadAll(f)
		if err = errors.Join(err, f.Close()); err != nil {
			return nil, err
		}
		out = append(out, fakediscord.File{Name: head.Filename, Body: body})
	}
	return out, nil
}

// inputs are the options of a command in its own order, as the script's composer sends them: option.NAME.
func (v *visit) inputs(command string) (out []fakediscord.Input, err error) {
	known := v.who.Commands(v.ch)
	i := slices.IndexFunc(known, func(c fakediscord.Command) bool { return c.Name == command && !c.Menu })
	if i < 0 {
		return nil, nil // the client refuses it
	}
	for _, o := range known[i].Options {
		files, err := uploads(v.r, "option."+o.Name)
		if err != nil {
			return nil, err
		}
		if len(files) > 0 {
			out = append(out, fakediscord.Opt(o.Name, files[0]))
		} else if value := v.r.PostFormValue("option." + o.Name); value != "" {
			out = append(out, fakediscord.Typed(o.Name, value))
		}
	}
	return out, nil
}

// use uses a slash command.
func (s *Server) use(v *visit) {
	command := v.r.PostFormValue("command")
	inputs, err := v.inputs(command)
	if err != nil {
		s.tell(v, sentence(err), nil)
		return
	}
	s.fire(v, func() *fakediscord.Interaction { return v.who.Slash(v.ch, command, inputs...) })
}

// A suggested value of an option.
type suggested struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// complete asks the bot for values of an option.
func (s *Server) complete(v *visit) {
	command, focused := v.r.PostFormValue("command"), v.r.PostFormValue("focused")
	v.r.PostForm.Del("option." + focused)
	inputs, err := v.inputs(command)
	if err != nil || !s.d.Online() {
		v.json([]suggested{})
		return
	}
	ctx, cancel := context.WithTimeout(v.r.Context(), respondWithin)
	defer cancel()
	choices, _ := v.who.Complete(v.ch, command, focused, v.r.PostFormValue("typed"), inputs...).Choices(ctx) // none is an answer too
	out := []suggested{}
	for _, c := range choices {
		out = append(out, suggested{c.Name, fmt.Sprint(c.Value)})
	}
	v.json(out)
}

// press presses a button, or picks of a menu: "choose" names it and "pick.NAME" has the values. A menu that was changed by the script names itself.
func (s *Server) press(v *visit) {
	m, there := s.d.Message(v.r.PostFormValue("message"))
	if !there || !s.sees(v, m) {
		s.tell(v, "The message is no longer there.", nil)
		return
	}
	s.fire(v, func() *fakediscord.Interaction {
		if menu := v.r.PostFormValue("choose"); menu != "" {
			return v.who.Select(m, menu, v.r.PostForm["pick."+menu]...)
		}
		return v.who.Press(m, v.r.PostFormValue("press"))
	})
}

// menu uses a command of a message's menu.
func (s *Server) menu(v *visit) {
	m, there := s.d.Message(v.r.PostFormValue("message"))
	if !there || !s.sees(v, m) {
		s.tell(v, "The message is no longer there.", nil)
		return
	}
	s.fire(v, func() *fakediscord.Interaction { return v.who.Menu(v.ch, v.r.PostFormValue("command"), m) })
}

// submit sends a form that the bot has opened.
func (s *Server) submit(v *visit) {
	x := v.who.Opened(v.r.PostFormValue("interaction"))
	if x == nil {
		s.tell(v, "The form is no longer open.", nil)
		return
	}
	f, err := x.Form(v.r.Context())
	if err != nil {
		s.tell(v, sentence(err), nil)
		return
	}
	values := map[string]string{}
	for _, field := range f.Fields {
		values[field.ID] = v.r.PostFormValue("field." + field.ID)
	}
	s.fire(v, func() *fakediscord.Interaction { return v.who.Submit(f, values) })
}

// remove deletes a message, or dismisses one that only the person sees.
func (s *Server) remove(v *visit) {
	s.tell(v, sentence(v.who.Delete(fakediscord.Message{ID: v.r.PostFormValue("message")})), nil)
}

// settings are the language of the person's client, and the colours of the page.
func (s *Server) settings(v *visit) {
	if l := v.r.PostFormValue("locale"); slices.ContainsFunc(locales, func(known locale) bool { return known.ID == l }) {
		v.who.SetLocale(l)
	}
	if v.r.PostForm.Has("theme") {
		http.SetCookie(v.w, &http.Cookie{Name: "theme", Value: cmp.Or(v.r.PostFormValue("theme"), "system"), Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode, MaxAge: 365 * 24 * 3600})
	}
	http.Redirect(v.w, v.r, v.base, http.StatusSeeOther)
}

// fire lets a person ask something of the bot, and tells what becomes of it: where a form is to be filled in, or why nothing will come.
func (s *Server) fire(v *visit, ask func() *fakediscord.Interaction) {
	if !s.d.Online() {
		s.tell(v, s.d.BotName()+" is offline and is being restarted. What you typed stays here.", nil)
		return
	}
	x := ask()
	if err := x.Err(); err != nil {
		s.tell(v, sentence(err), nil)
		return
	}
	ctx, cancel := context.WithTimeout(v.r.Context(), respondWithin)
	defer cancel()
	ack, err := x.Ack(ctx)
	if err != nil {
		s.tell(v, s.d.BotName()+" did not respond.", nil)
		return
	}
	if ack.Type == 9 {
		f, err := x.Form(ctx)
		s.tell(v, sentence(err), &form{f, x.ID(), v.base})
		return
	}
	if !v.scripted() {
		waiting, done := context.WithTimeout(v.r.Context(), patience)
		defer done()
		_, _ = x.Reply(waiting) // the page shows what there is by then
	}
	s.tell(v, "", nil)
}

// commands are what the composer's picker offers.
func (s *Server) commands(v *visit) { v.json(v.who.Commands(v.ch)) }
