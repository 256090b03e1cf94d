package fakediscord

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// maxBody bounds what is read of one request: Discord takes 10 MiB of files from a bot, plus the JSON.
const maxBody = 12 << 20

// route is one call that the fake knows. Its path is the description's, so that one string serves both.
type route struct {
	method, path string
	name         string // what faults and the record call it
	bot          bool   // needs Authorization
	serve        func(*call) answer
}

// call is one request on its way. serve runs with Discord.mu held.
type call struct {
	d     *Discord
	r     *http.Request
	n     int       // number in the record
	at    time.Time // of its receipt, on Options.Now: what the fake itself takes is not the bot's time
	route *route
	body  object // nil if there is none, or it is a list
	list  []any  // the body of a PUT
	any   any    // either of them
	raw   []byte
	files map[string]upload // by field name: files[0] …
	was   int               // violations before this call
	fault *armed            // that this call meets, or nil
	after func(bool)        // told with the lock held whether the answer reaches the bot, or nil
}

type upload struct {
	name string
	data []byte
}

// answer is a status and what to encode as its body; nil = none.
type answer struct {
	status int
	body   any
}

// refuse is an error of Discord's: HTTP status, code and its wording.
func refuse(status, code int, message string) answer {
	return answer{status, object{"message": message, "code": code}}
}

func ok(body any) answer { return answer{http.StatusOK, body} }

func (c *call) path(name string) string { return c.r.PathValue(name) }

// routes is everything that the fake's API can do; any other path is a violation.
func (d *Discord) routes() []route {
	return []route{
		{"GET", "/gateway", "GET gateway", false, getGateway},
		{"GET", "/gateway/bot", "GET gateway/bot", true, getGatewayBot},
		{"GET", "/applications/@me", "GET application", true, getApplication},
		{"GET", "/applications/{application_id}/commands", "GET commands", true, getCommands},
		{"PUT", "/applications/{application_id}/commands", "PUT commands", true, putCommands},
		{"POST", "/applications/{application_id}/commands", "POST commands", true, postCommand},
		{"GET", "/applications/{application_id}/commands/{command_id}", "GET command", true, getCommand},
		{"PATCH", "/applications/{application_id}/commands/{command_id}", "PATCH command", true, patchCommand},
		{"DELETE", "/applications/{application_id}/commands/{command_id}", "DELETE command", true, deleteCommand},
		{"GET", "/applications/{application_id}/guilds/{guild_id}/commands", "GET guild commands", true, getCommands},
		{"PUT", "/applications/{application_id}/guilds/{guild_id}/commands", "PUT guild commands", true, putCommands},
		{"POST", "/applications/{application_id}/guilds/{guild_id}/commands", "POST guild commands", true, postCommand},
		{"GET", "/applications/{application_id}/guilds/{guild_id}/commands/{command_id}", "GET guild command", true, getCommand},
		{"PATCH", "/applications/{application_id}/guilds/{guild_id}/commands/{command_id}", "PATCH guild command", true, patchCommand},
		{"DELETE", "/applications/{application_id}/guilds/{guild_id}/commands/{command_id}", "DELETE guild command", true, deleteCommand},

		{"POST", "/interactions/{interaction_id}/{interaction_token}/callback", "POST callback", false, postCallback},
		{"GET", "/webhooks/{webhook_id}/{webhook_token}/messages/@original", "GET @original", false, getOriginal},
		{"PATCH", "/webhooks/{webhook_id}/{webhook_token}/messages/@original", "PATCH @original", false, patchOriginal},
		{"DELETE", "/webhooks/{webhook_id}/{webhook_token}/messages/@original", "DELETE @original", false, deleteOriginal},
		{"POST", "/webhooks/{webhook_id}/{webhook_token}", "POST followup", false, postFollowup},
		{"GET", "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}", "GET followup", false, getFollowup},
		{"PATCH", "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}", "PATCH followup", false, patchFollowup},
		{"DELETE", "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}", "DELETE followup", false, deleteFollowup},

		{"GET", "/channels/{channel_id}", "GET channel", true, getChannel},
		{"GET", "/channels/{channel_id}/messages", "GET messages", true, getMessages},
		{"POST", "/channels/{channel_id}/messages", "POST messages", true, postMessage},
		{"GET", "/channels/{channel_id}/messages/{message_id}", "GET message", true, getMessage},
		{"PATCH", "/channels/{channel_id}/messages/{message_id}", "PATCH message", true, patchMessage},
		{"DELETE", "/channels/{channel_id}/messages/{message_id}", "DELETE message", true, deleteMessage},
		{"POST", "/channels/{channel_id}/threads", "POST threads", true, postThread},
		{"POST", "/channels/{channel_id}/messages/{message_id}/threads", "POST message threads", true, postThread},
		{"POST", "/channels/{channel_id}/typing", "POST typing", true, postTyping},

		{"GET", "/guilds/{guild_id}", "GET guild", true, getGuild},
		{"GET", "/guilds/{guild_id}/channels", "GET guild channels", true, getGuildChannels},
		{"GET", "/guilds/{guild_id}/roles", "GET roles", true, getRoles},
		{"GET", "/guilds/{guild_id}/members/{user_id}", "GET member", true, getMember},
		{"GET", "/users/@me", "GET me", true, getMe},
		{"GET", "/users/@me/guilds", "GET my guilds", true, getMyGuilds},
		{"DELETE", "/users/@me/guilds/{guild_id}", "DELETE my guild", true, leaveGuild},
		{"POST", "/users/@me/channels", "POST dm", true, postDM},
		{"GET", "/users/{user_id}", "GET user", true, getUser},
	}
}

func (d *Discord) router() http.Handler {
	mux := http.NewServeMux()
	for _, r := range d.routes() {
		mux.HandleFunc(r.method+" /api/v10"+r.path, func(w http.ResponseWriter, q *http.Request) { d.serve(w, q, &r) })
	}
	mux.HandleFunc("GET /attachments/", d.serveFile)
	mux.HandleFunc("/", func(w http.ResponseWriter, q *http.Request) { d.serve(w, q, nil) })
	return mux
}

// patient is how long whoever calls waits for sure: later, nobody knows whether the answer was still heard.
const patient = time.Second

// serve is the way of every call: read, record, faults, checks, the deed, the answer.
func (d *Discord) serve(w http.ResponseWriter, r *http.Request, route *route) {
	defer d.report()
	began := time.Now()
	c := &call{d: d, r: r, route: route}
	readErr := c.read()

	d.mu.Lock()
	c.n, c.was = d.dropped+len(d.requests), len(d.broken)
	record := Request{
		N: c.n, At: d.o.Now(), Method: r.Method, Path: strings.TrimPrefix(r.URL.Path, "/api/v10"), Query: r.URL.RawQuery,
		Body: json.RawMessage(c.raw), Files: c.fileNames(),
	}
	var f *armed
	if route != nil {
		record.Route = route.name
		f = d.takeREST(route.name)
		c.fault = f
	}
	if f != nil {
		record.Fault = f.String()
	}
	c.at = record.At
	d.requests = append(d.requests, record)
	d.forget()
	d.touch()
	d.mu.Unlock()

	if f != nil && f.late > 0 {
		select {
		case <-time.After(f.late):
		case <-r.Context().Done():
		case <-d.quit:
		}
	}
	a, headers, spoiled := d.spoil(f)
	if spoiled {
		d.mu.Lock()
		if x := d.tokens[c.path("interaction_token")]; x != nil {
			x.spoilt = true
		}
		d.mu.Unlock()
	} else {
		wrong := c.describe() // outside the lock: the costly part
		d.mu.Lock()
		a = c.answer(readErr, wrong, headers)
		d.touch()
		d.mu.Unlock()
	}
	var out []byte
	switch body := a.body.(type) {
	case nil:
	case []byte:
		out = body
	default:
		out = encode(body)
	}
	cut := f != nil && (f.kind == faultReset || f.kind == faultLost)
	d.mu.Lock()
	date := d.o.Now().Add(d.skew).UTC().Format(http.TimeFormat)
	done := orElse(d.request(c.n), &Request{})
	done.Took = time.Since(began)
	if c.after != nil {
		c.after(!cut && r.Context().Err() == nil && done.Took < patient)
	}
	if !cut {
		done.Status = a.status
		if o, isObject := a.body.(object); isObject {
			done.Code = int(number(o, "code"))
		}
		if json.Valid(out) {
			done.Answer = out
		}
	}
	d.touch()
	d.mu.Unlock()
	if cut {
		panic(http.ErrAbortHandler) // net/http's way to end TCP without an answer
	}
	for k, v := range headers {
		w.Header().Set(k, v)
	}
	w.Header().Set("Date", date)
	if w.Header().Get("Content-Type") == "" && out != nil {
		w.Header().Set("Content-Type", "application/json")
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(out) // a client that is gone has been told
}

// spoil is the answer of a fault that does nothing of what was asked.
func (d *Discord) spoil(f *armed) (answer, map[string]string, bool) {
	headers := map[string]string{}
	if f == nil {
		return answer{}, headers, false
	}
	seconds := strconv.FormatFloat(f.retry.Seconds(), 'f', 3, 64)
	switch f.kind {
	case faultReset:
		return answer{}, headers, true
	case faultStatus:
		if f.code != 0 {
			return refuse(f.status, f.code, "Made to fail"), headers, true
		}
		return answer{f.status, object{"message": fmt.Sprintf("%d: %s", f.status, http.StatusText(f.status)), "code": 0}}, headers, true
	case faultHTML:
		headers["Retry-After"], headers["Content-Type"] = strconv.Itoa(int(f.retry.Seconds())), "text/html; charset=UTF-8"
		return answer{429, []byte("<!DOCTYPE html><title>Access denied</title><h1>Error 1015</h1>You are being rate limited")}, headers, true
	case faultLimit:
		return limited(headers, seconds, f.scope), headers, true
	}
	return answer{}, headers, false
}

func limited(headers map[string]string, seconds, scope string) answer {
	headers["Retry-After"], headers["X-RateLimit-Scope"] = seconds, scope
	if scope == "global" {
		headers["X-RateLimit-Global"] = "true"
	}
	return answer{429, object{"message": "You are being rate limited.", "retry_after": json.Number(seconds), "global": scope == "global"}}
}

// answer checks a call and does it. The lock is held.
func (c *call) answer(readErr error, wrong string, headers map[string]string) answer {
	d := c.d
	if c.route == nil {
		d.violate(c, checkRoute, "the fake knows no such route")
		return refuse(404, 0, "404: Not Found")
	}
	if a, fine := c.authorise(); !fine {
		return a
	}
	if a, fine := c.limit(headers); !fine {
		return a
	}
	if readErr != nil {
		d.violate(c, checkSchema, "%v", readErr)
		return refuse(400, 50109, "The request body contains invalid JSON.")
	}
	if wrong != "" {
		d.violate(c, checkSchema, "%s", wrong)
	}
	c.checkBody()
	for _, v := range d.broken[c.was:] {
		if v.Request == c.n && (v.Check.refused() || d.o.Strict) { // others' calls are under way too
			return answer{400, object{"message": "Invalid Form Body", "code": 50035, "errors": object{"_errors": []any{object{"code": v.Check.String(), "message": v.Detail}}}}}
		}
	}
	return c.route.serve(c)
}

var userAgent = regexp.MustCompile(`^DiscordBot \(\S+, [^)]+\)`)

// authorise checks who calls. Interaction routes carry their own token and need no other.
func (c *call) authorise() (answer, bool) {
	if !userAgent.MatchString(c.r.UserAgent()) {
		c.d.violate(c, checkHeaders, `User-Agent %q is not of the form "DiscordBot (URL, version)"`, c.r.UserAgent())
	}
	if !c.route.bot {
		return answer{}, true
	}
	if c.r.Header.Get("Authorization") != "Bot "+c.d.o.Token {
		if !strings.HasPrefix(c.r.Header.Get("Authorization"), "Bot ") {
			c.d.violate(c, checkHeaders, `Authorization does not begin with "Bot "`)
		}
		return refuse(401, 0, "401: Unauthorized"), false
	}
	return answer{}, true
}

// read takes the body: JSON, or multipart with the part payload_json.
func (c *call) read() error {
	raw, err := io.ReadAll(io.LimitReader(c.r.Body, maxBody+1))
	if err != nil {
		return err
	}
	if len(raw) > maxBody {
		return fmt.Errorf("body of more than %d bytes", maxBody)
	}
	kind, params, _ := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	if kind == "multipart/form-data" {
		if raw, err = c.readParts(raw, params["boundary"]); err != nil {
			return err
		}
	}
	if len(raw) == 0 {
		return nil
	}
	if kind != "application/json" && kind != "multipart/form-data" {
		return fmt.Errorf("Content-Type %q of a JSON body", kind)
	}
	c.raw = raw
	if !json.Valid(raw) {
		c.raw = encode(string(raw)) // the record holds JSON only
		return errors.New("the body is no JSON")
	}
	if c.any, err = decode(raw); err != nil {
		return err
	}
	c.body, _ = c.any.(object)
	c.list, _ = c.any.([]any)
	return nil
}

func (c *call) readParts(raw []byte, boundary string) (payload []byte, err error) {
	c.files = map[string]upload{}
	parts := multipart.NewReader(strings.NewReader(string(raw)), boundary)
	for {
		p, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return payload, nil
		}
		if err != nil {
			return nil, fmt.Errorf("multipart: %w", err)
		}
		data, err := io.ReadAll(p)
		if err != nil {
			return nil, fmt.Errorf("multipart: %w", err)
		}
		if p.FormName() == "payload_json" {
			payload = data
			continue
		}
		c.files[p.FormName()] = upload{p.FileName(), data}
	}
}

func (c *call) fileNames() []string {
	var names []string
	for i := range len(c.files) {
		if f, there := c.files[fmt.Sprintf("files[%d]", i)]; there {
			names = append(names, f.name)
		}
	}
	return names
}

// serveFile gives a file to whoever knows its address, signature and all; the order of the query's parts does not matter.
func (d *Discord) serveFile(w http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	data, there := d.files[fileKey(r.URL)]
	d.mu.Unlock()
	if !there {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", http.DetectContentType(data))
	_, _ = w.Write(data)
}

// Routes are the calls that the fake knows, as "GET /users/@me", in Discord's words for the variables.
func (d *Discord) Routes() []string {
	var out []string
	for _, r := range d.routes() {
		out = append(out, r.method+" "+r.path)
	}
	return out
}
