package gateway

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// A deaf is a Discord that answers every call in one way, and notes when each came.
type deaf struct {
	status int         // 0: the connection is cut off
	header http.Header // of its answers
	hangs  bool        // no answer comes at all
	fine   int         // from this call on, from 1, all is well; 0: never
	at     []time.Time
}

func (d *deaf) RoundTrip(r *http.Request) (*http.Response, error) {
	d.at = append(d.at, time.Now())
	switch {
	case d.fine > 0 && len(d.at) >= d.fine:
		return jsonResponse(r, []byte("{}")), nil
	case d.hangs:
		<-r.Context().Done()
		return nil, r.Context().Err()
	case d.status == 0:
		return nil, errors.New("connection reset by peer")
	}
	return &http.Response{StatusCode: d.status, Header: d.header, Body: io.NopCloser(strings.NewReader("{}")), Request: r}, nil
}

// call makes a call by a rule and tells how long it took, on the bubble's clock.
func (d *deaf) call(ctx context.Context, k rule) (time.Duration, error) {
	c := &client{http: &http.Client{Transport: d}, log: slog.New(slog.DiscardHandler), pace: usualPace, limits: newLimits(1), meter: noMeter{}}
	began := time.Now()
	err := c.do(ctx, call{name: "GET channel", method: http.MethodGet, path: "/channels/1", rule: k}, nil)
	return time.Since(began), err
}

// TestRules counts the tries of each kind of call for each way in which Discord can fail (DISCORD.md, section 3): no try is made that could do a
// thing twice, none that does not help, and no call takes longer than its rule says.
func TestRules(t *testing.T) {
	limited := http.Header{"Retry-After": {"1"}}
	failures := []struct {
		name string
		deaf deaf
	}{
		{"no answer", deaf{hangs: true}},
		{"cut off", deaf{}},
		{"429", deaf{status: 429, header: limited}},
		{"500", deaf{status: 500}},
		{"503", deaf{status: 503}},
		{"404", deaf{status: 404}},
	}
	for _, test := range []struct {
		name  string
		rule  rule
		tries [6]int // for each failure
	}{
		{"callback", ruleCallback, [6]int{2, 3, 1, 3, 3, 1}}, // two of 1.2 s are all of 2.5 s
		{"edit", ruleEdit, [6]int{5, 5, 5, 5, 5, 1}},
		{"progress", ruleProgress, [6]int{1, 1, 1, 1, 1, 1}},
		{"follow-up", ruleFollowUp, [6]int{1, 1, 5, 1, 5, 1}},
		{"message", ruleMessage, [6]int{5, 5, 5, 5, 5, 1}},
		{"notice", ruleNotice, [6]int{5, 5, 5, 5, 5, 1}},
		{"thread", ruleThread, [6]int{3, 3, 3, 3, 3, 1}},
		{"GET", ruleGet, [6]int{3, 4, 4, 4, 4, 1}}, // three of 10 s are all of 30 s
		{"commands PUT", ruleCommands, [6]int{3, 3, 3, 3, 3, 1}},
	} {
		for i, failure := range failures {
			t.Run(test.name+", "+failure.name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					d := failure.deaf
					within := test.rule.total
					if test.rule == ruleCallback {
						within = usualPace.tooOld() // as acknowledge has it
					}
					ctx, cancel := context.WithTimeout(t.Context(), within)
					defer cancel()
					took, err := d.call(ctx, test.rule)
					if err == nil || len(d.at) != test.tries[i] || took > within {
						t.Errorf("%d tries in %v: %v; want %d in at most %v", len(d.at), took, err, test.tries[i], within)
					}
				})
			})
		}
	}
}

// TestTriesKeepTheirDistance: before each further try after a 5xx the wait doubles, from a quarter of a second, of which chance takes up to a half.
func TestTriesKeepTheirDistance(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for range 50 {
			d := deaf{status: 500, fine: 5}
			if _, err := d.call(t.Context(), ruleMessage); err != nil || len(d.at) != 5 {
				t.Fatalf("%d tries: %v", len(d.at), err)
			}
			for n, most := range []time.Duration{250 * time.Millisecond, 500 * time.Millisecond, time.Second, 2 * time.Second} {
				if wait := d.at[n+1].Sub(d.at[n]); wait < most/2 || wait > most {
					t.Errorf("try %d comes after %v, want %v to %v", n+2, wait, most/2, most)
				}
			}
		}
	})
}

// TestLongerWaitsFail: a 429 is waited for where the call's time allows it; else the call fails at once, and keeps nobody waiting.
func TestLongerWaitsFail(t *testing.T) {
	for seconds, want := range map[string]time.Duration{"20": 20 * time.Second, "59": 59 * time.Second, "61": 0, "3600": 0} {
		t.Run(seconds, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := deaf{status: 429, header: http.Header{"Retry-After": {seconds}}, fine: 2}
				took, err := d.call(t.Context(), ruleMessage)
				if took != want || (err == nil) != (want > 0) || err != nil && !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("%v after %v, want it to take %v", err, took, want)
				}
			})
		})
	}
}
