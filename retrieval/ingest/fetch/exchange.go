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
	header   http.Header // beside those that every request has; may be nil
	takes    Kind        // beside pages
	anything bool        // any body will do
	truncate bool        // a body above limits.Decoded is cut there, not refused
}

// An answer is what came back. Only one with status 200 has a body.
type answer struct {
	status int
	header http.Header
	kind   Kind
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
	request, err := c.message(ctx, u, e.header)
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
	if a.kind, a.body, err = readAnswer(response, e, cancel); err != nil {
		return nil, why(ctx, err)
	}
	return a, nil
}

// What is asked for. Some sites give a page to whoever names pages first, others refuse whom they cannot please.
const (
	acceptPages = "text/html, application/xhtml+xml, application/pdf;q=.8, text/plain;q=.7, */*;q=.1"
	acceptFeeds = "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=.9, text/xml;q=.9, text/html;q=.5, */*;q=.1"
)

func (c *chain) message(ctx context.Context, u *url.URL, header http.Header) (*http.Request, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, err
	}
	for name, values := range header {
		request.Header[name] = values
	}
	request.Header.Set("User-Agent", c.f.agent)
	request.Header.Set("Accept", acceptPages)
	if c.request.Takes&KindFeed != 0 {
		request.Header.Set("Accept", acceptFeeds)
	}
	request.Header.Set("Accept-Encoding", "gzip, br, zstd, deflate")
	request.Header.Set("Accept-Language", "*") // the page as it is for all libraries: what is fetched for one must not differ for another
	for _, cookie := range c.jar.Cookies(u) {
		request.AddCookie(cookie)
	}
	return request, nil
}

func readAnswer(response *http.Response, e exchange, cancel context.CancelCauseFunc) (Kind, []byte, error) {
	contentType := response.Header.Get("Content-Type")
	layers, err := encodings(response.Header.Values("Content-Encoding"))
	if err != nil {
		return 0, nil, err
	}
	limits, kind := e.limits, KindPage
	large := limits.Document
	if e.takes&(KindPDF|KindPacked) == 0 {
		large = limits.Decoded
	}
	limits.Wire = max(limits.Wire, large)
	check := func(head []byte) (decoded int64, err error) {
		if e.anything {
			return limits.Decoded, nil
		}
		if kind, err = sniff(head, contentType, e.takes); kind == KindPage {
			return limits.Decoded, err
		}
		return large, err
	}
	longest := limits.Wire
	if len(layers) == 0 {
		longest = min(longest, max(limits.Decoded, large))
	}
	if response.ContentLength > longest && !e.truncate {
		if err := kindOfHeader(contentType, e.takes); err != nil { // says more than a size: it is a film
			return 0, nil, err
		}
		return 0, nil, tooLarge("longer than %d MiB", longest>>20)
	}
	w := &wire{r: response.Body}
	stop := watch(w, limits, cancel)
	defer stop()
	body, err := readBody(w, layers, limits, check, e.truncate)
	return kind, body, err
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
