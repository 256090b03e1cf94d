package gateway

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"archivist/bot"
)

// A rule says how patient a call is and after what it is tried again (the table in rules).
type rule struct {
	attempt, total time.Duration // of one try, of all
	tries          int
	limited        bool // again after 429
	refused        bool // again after 502 and 503 alone: the call may not be repeated where it could have had effect
	broken         bool // again after a timeout, a reset and any 5xx
	idle           bool // nobody waits for it: it is left out where too many requests were refused of late
}

var (
	// A third try: with two, one question in 10,000 is lost where one call in a hundred fails.
	ruleCallback = rule{attempt: 1200 * time.Millisecond, total: time.Minute, tries: 3, broken: true} // in all within what Discord waits, see acknowledge
	ruleEdit     = rule{attempt: 5 * time.Second, total: time.Minute, tries: 5, limited: true, broken: true}
	ruleProgress = rule{attempt: 5 * time.Second, total: 5 * time.Second, tries: 1, idle: true}
	ruleFollowUp = rule{attempt: 5 * time.Second, total: 30 * time.Second, tries: 5, limited: true, refused: true}
	ruleMessage  = rule{attempt: 10 * time.Second, total: time.Minute, tries: 5, limited: true, broken: true}             // POST with a nonce, PATCH, DELETE
	ruleNotice   = rule{attempt: 10 * time.Second, total: time.Minute, tries: 5, limited: true, broken: true, idle: true} // POST with a nonce
	ruleThread   = rule{attempt: 10 * time.Second, total: time.Minute, tries: 3, limited: true, broken: true}             // a second one on a message is refused
	ruleGet      = rule{attempt: 10 * time.Second, total: 30 * time.Second, tries: 4, limited: true, broken: true}
	ruleCommands = rule{attempt: 20 * time.Second, total: 2 * time.Minute, tries: 3, limited: true, broken: true}
)

// A call is one request to Discord's REST.
type call struct {
	name   string // of the route, for limits and the log: paths hold tokens
	method string
	path   string // below the API's base, escaped
	top    string // the id that Discord counts the route by: a channel's, a guild's, an interaction's
	body   any    // as JSON; nil = none
	files  []bot.File
	rule   rule
	token  bool // it bears its own token in the path: no Authorization, and exempt from the global limit
}

// A restError is an answer that is no success.
type restError struct {
	name    string
	status  int
	code    int    // Discord's own, 0 = none
	message string // Discord's words
	detail  string // the path of what is wrong in a body of ours
}

func (e *restError) Error() string {
	return fmt.Sprintf("%s: HTTP %d, code %d %s %s", e.name, e.status, e.code, e.message, e.detail)
}

// isCode reports whether err is Discord's error of one of these codes.
func isCode(err error, codes ...int) bool {
	var rest *restError
	if errors.As(err, &rest) {
		for _, c := range codes {
			if rest.code == c {
				return true
			}
		}
	}
	return false
}

// Discord's error codes that we act upon.
const (
	codeUnknownChannel      = 10003
	codeUnknownMessage      = 10008
	codeUnknownWebhook      = 10015
	codeUnknownInteraction  = 10062
	codeEditsUsedUp         = 30046
	codeAlreadyAcknowledged = 40060
	codeMissingAccess       = 50001
	codeTokenOver           = 50027
	codeInvalidForm         = 50035
	codeNoReply             = 160002
	codeThreadIsThere       = 160004
)

// A client calls Discord's REST. It may be used by many goroutines.
type client struct {
	token  string
	agent  string
	http   *http.Client
	log    *slog.Logger
	pace   pace
	limits *limits
	meter  Meter
	clock  discordClock
}

// do makes a call and decodes the answer into out, unless out is nil. It tries again as the call's rule says.
func (c *client) do(ctx context.Context, k call, out any) error {
	body, err := k.encode()
	if err != nil {
		return fmt.Errorf("%s: %w", k.name, err)
	}
	ctx, cancel := context.WithTimeout(ctx, k.rule.total)
	defer cancel()
	for try := 1; ; try++ {
		if err := c.limits.wait(ctx, k); err != nil {
			return fmt.Errorf("%s: %w", k.name, err)
		}
		answer, err := c.attempt(ctx, k, body)
		c.meter.Called(k.name, answer.status)
		if err == nil && answer.status < 300 {
			if out == nil || len(answer.body) == 0 {
				return nil
			}
			if err := json.Unmarshal(answer.body, out); err != nil {
				return fmt.Errorf("%s: %w", k.name, err)
			}
			return nil
		}
		again := k.rule.broken
		if err == nil {
			err = c.errorOf(k, answer)
			again = answer.status == http.StatusTooManyRequests && k.rule.limited ||
				answer.status >= 500 && k.rule.broken ||
				(answer.status == http.StatusBadGateway || answer.status == http.StatusServiceUnavailable) && k.rule.refused
		}
		if !again || try == k.rule.tries || ctx.Err() != nil {
			return err
		}
		wait := time.Duration(0)
		if answer.status != http.StatusTooManyRequests { // for those, limits knows how long
			wait = c.pace.retry<<(try-1)/2 + rand.N(c.pace.retry<<(try-1)/2+1)
		}
		if pause(ctx, wait) != nil {
			return err
		}
	}
}

type answer struct {
	status int
	header http.Header
	body   []byte
}

// attempt sends the call once. Its errors do not hold the path.
func (c *client) attempt(ctx context.Context, k call, body payload) (answer, error) {
	ctx, cancel := context.WithTimeout(ctx, k.rule.attempt)
	defer cancel()
	var reader io.Reader
	if body.kind != "" {
		reader = bytes.NewReader(body.bytes)
	}
	r, err := http.NewRequestWithContext(ctx, k.method, discordAPI+k.path, reader)
	if err != nil {
		return answer{}, fmt.Errorf("%s: the path cannot be called", k.name)
	}
	r.Header.Set("User-Agent", c.agent)
	if body.kind != "" {
		r.Header.Set("Content-Type", body.kind)
	}
	if !k.token {
		r.Header.Set("Authorization", "Bot "+c.token)
	}
	began := time.Now()
	response, err := c.http.Do(r)
	if err != nil {
		var withURL *url.Error
		if errors.As(err, &withURL) {
			err = withURL.Err
		}
		return answer{}, fmt.Errorf("%s: %w", k.name, err)
	}
	defer response.Body.Close() // what matters was read, or the read has failed
	text, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil {
		return answer{}, fmt.Errorf("%s: %w", k.name, err)
	}
	if date, err := http.ParseTime(response.Header.Get("Date")); err == nil {
		// Dates are whole seconds, cut off: half a second is the mean of what is missing.
		c.clock.learn(began, date.Add(500*time.Millisecond).Sub(began.Add(time.Since(began)/2)))
	}
	a := answer{status: response.StatusCode, header: response.Header, body: text}
	c.limits.learn(k, a)
	return a, nil
}

// errorOf makes an error of an answer; its body may be HTML.
func (c *client) errorOf(k call, a answer) error {
	var said struct {
		Code    int             `json:"code"`
		Message string          `json:"message"`
		Errors  json.RawMessage `json:"errors"`
	}
	_ = json.Unmarshal(a.body, &said) // HTML has no code
	err := &restError{name: k.name, status: a.status, code: said.Code, message: said.Message}
	if a.status == http.StatusBadRequest && said.Errors != nil {
		err.detail = string(said.Errors[:min(len(said.Errors), 500)])
		c.log.Error("Discord refused what we sent", "route", k.name, "code", said.Code, "errors", err.detail)
	}
	if a.status == http.StatusUnauthorized && !k.token {
		return errors.Join(errToken, err)
	}
	return err
}

// now is the present on Discord's clock.
func (c *client) now() time.Time { return time.Now().Add(c.clock.skew()) }

// madeAt is when Discord made the thing with this id; zero if it is no id.
func madeAt(snowflake string) time.Time {
	id, err := strconv.ParseUint(snowflake, 10, 64)
	if err != nil {
		return time.Time{}
	}
	const epoch = 1420070400000 // the first millisecond of 2015
	return time.UnixMilli(int64(id>>22) + epoch).UTC()
}

type gatewayInfo struct {
	URL    string `json:"url"`
	Shards int    `json:"shards"` // that Discord recommends
	Limit  struct {
		Total       int   `json:"total"`
		Remaining   int   `json:"remaining"`
		ResetAfter  int64 `json:"reset_after"` // milliseconds
		Concurrency int   `json:"max_concurrency"`
	} `json:"session_start_limit"`
}

func (c *client) gateway(ctx context.Context) (gatewayInfo, error) {
	var info gatewayInfo
	err := c.do(ctx, call{name: "GET gateway/bot", method: http.MethodGet, path: "/gateway/bot", rule: ruleGet}, &info)
	if err == nil && info.URL == "" { // an oddity that passes, as an empty page of a proxy in between is
		err = errors.New("GET gateway/bot: no address in the answer")
	}
	return info, err
}

// application is what Discord tells of ourselves.
type application struct {
	ID    string `json:"id"`
	Flags int    `json:"flags"`
}

// mayReadContent reports whether the Message Content intent is switched on: wholly, or for bots in few guilds.
func (a application) mayReadContent() bool { return a.Flags&(1<<18|1<<19) != 0 }

func (c *client) application(ctx context.Context) (application, error) {
	var a application
	err := c.do(ctx, call{name: "GET applications/@me", method: http.MethodGet, path: "/applications/@me", rule: ruleGet}, &a)
	return a, err
}
