package fetch

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"net/url"
	"time"

	"archivist"
)

// An exchange is how one request is made.
type exchange struct {
	limits   Limits
	header   http.Header             // beside those that every request has; may be nil
	check    func(head []byte) error // judges the body's beginning; nil: sniff
	truncate bool                    // a body above limits.Decoded is cut there, not refused
}

// An answer is what came back. Only one with status 200 has a body.
type answer struct {
	status int
	header http.Header
	body   []byte
	turn   *turn
}

// exchange sends one request and reads its answer, in what is left of the chain's time.
func (c *chain) exchange(ctx context.Context, u *url.URL, e exchange) (*answer, error) {
	began := time.Now()
	defer func() { c.left -= time.Since(began) }()
	slow := &archivist.Failure{Code: archivist.Timeout, Detail: fmt.Sprintf("more than %v", e.limits.Total)}
	if c.left <= 0 {
		return nil, slow
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	timer := time.AfterFunc(c.left, func() { cancel(slow) })
	defer timer.Stop()
	infos := 0
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		Got1xxResponse: func(int, textproto.MIMEHeader) error {
			if infos++; infos > e.limits.Infos {
				return tooLarge("more than %d informational answers", e.limits.Infos)
			}
			return nil
		},
	})
	request, err := c.request(ctx, u, e.header)
	if err != nil {
		return nil, err
	}
	response, err := c.door.client.RoundTrip(request)
	if err != nil {
		return nil, why(ctx, err)
	}
	defer response.Body.Close()
	c.jar.SetCookies(u, response.Cookies())
	a := &answer{status: response.StatusCode, header: response.Header, turn: c.turn}
	if a.status != http.StatusOK {
		return a, nil
	}
	if a.body, err = readAnswer(response, e, cancel); err != nil {
		return nil, why(ctx, err)
	}
	return a, nil
}

func (c *chain) request(ctx context.Context, u *url.URL, header http.Header) (*http.Request, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, err
	}
	for name, values := range header {
		request.Header[name] = values
	}
	request.Header.Set("User-Agent", c.f.agent)
	request.Header.Set("Accept", "text/html, application/xhtml+xml, application/pdf;q=.8, text/plain;q=.7, */*;q=.1")
	request.Header.Set("Accept-Encoding", "gzip, br, zstd, deflate")
	if c.language != "" {
		request.Header.Set("Accept-Language", c.language)
	}
	for _, cookie := range c.jar.Cookies(u) {
		request.AddCookie(cookie)
	}
	return request, nil
}

func readAnswer(response *http.Response, e exchange, cancel context.CancelCauseFunc) ([]byte, error) {
	contentType := response.Header.Get("Content-Type")
	check := e.check
	if check == nil {
		check = func(head []byte) error { return sniff(head, contentType) }
	}
	layers, err := encodings(response.Header.Values("Content-Encoding"))
	if err != nil {
		return nil, err
	}
	limit := e.limits.Wire
	if len(layers) == 0 {
		limit = min(limit, e.limits.Decoded)
	}
	if response.ContentLength > limit && !e.truncate {
		if err := kindOfHeader(contentType); err != nil { // says more than a size: it is a film
			return nil, err
		}
		return nil, tooLarge("longer than %d MiB", limit>>20)
	}
	w := &wire{r: response.Body}
	stop := watch(w, e.limits, cancel)
	defer stop()
	return readBody(w, layers, e.limits, check, e.truncate)
}

// watchSteps is how often the rate is looked at within a window.
const watchSteps = 5

// watch cancels with TooSlow once fewer than Rate bytes a second arrived over the last Window. It watches until stop, which waits for
// its end.
func watch(w *wire, l Limits, cancel context.CancelCauseFunc) (stop func()) {
	done, ended := make(chan struct{}), make(chan struct{})
	least := int64(float64(l.Rate) * l.Window.Seconds())
	go func() {
		defer close(ended)
		tick := time.NewTicker(l.Window / watchSteps)
		defer tick.Stop()
		var counts [watchSteps]int64 // what had arrived at the last steps, a ring
		for i := 1; ; i++ {
			select {
			case <-done:
				return
			case <-tick.C:
			}
			now := w.bytes.Load()
			// The place of step i holds what had arrived a window ago, and nothing for the window that began with the body.
			if i >= watchSteps && now-counts[i%watchSteps] < least {
				cancel(&archivist.Failure{Code: archivist.TooSlow, Detail: fmt.Sprintf("fewer than %d bytes a second", l.Rate)})
				return
			}
			counts[i%watchSteps] = now
		}
	}()
	return func() { close(done); <-ended }
}
