package fakediscord_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"archivist/bot/fakediscord"
)

func TestRecordIsBounded(t *testing.T) {
	tw := newTown(t, fakediscord.Options{Keep: 8})
	for range 50 {
		tw.want(200, 0, "GET", "/users/@me", "")
		if _, err := tw.ann.Type(tw.news, "x"); err != nil {
			t.Fatal(err)
		}
	}
	requests := tw.d.Requests()
	if n := len(requests); n < 8 || n > 10 || requests[n-1].N != 50 || requests[n-1].Status != 200 {
		t.Errorf("%d requests, the last %v", n, requests[n-1])
	}
	if n := strings.Count(tw.d.Transcript(), "\n"); n > 10 {
		t.Errorf("%d lines of transcript", n)
	}
}

func TestChance(t *testing.T) {
	failed := func(seed uint64) (n int) {
		tw := newTown(t, fakediscord.Options{Seed: seed})
		tw.d.Fault(fakediscord.REST("GET me").Status(500).Rate(0.3))
		for range 100 {
			if tw.call("GET", "/users/@me", "").status == 500 {
				n++
			}
		}
		return n
	}
	a, b := failed(7), failed(7)
	if a != b || a < 15 || a > 45 {
		t.Errorf("%d and %d of 100 failed", a, b)
	}
}

func TestOnViolationAndClose(t *testing.T) {
	heard := make(chan fakediscord.Violation, 1)
	d, err := fakediscord.New(fakediscord.Options{OnViolation: func(v fakediscord.Violation) { heard <- v }})
	if err != nil {
		t.Fatal(err)
	}
	bot{t, d}.call("GET", "/nothing", "")
	if v := next(t, heard); v.Call != "GET /nothing" {
		t.Error(v)
	}
	waited := make(chan error, 1)
	go func() { waited <- d.WaitReady(t.Context(), 0) }()
	connected(t, d)
	if err := next(t, waited); err != nil {
		t.Error(err)
	}
	go func() { waited <- d.WaitReady(t.Context(), 1) }()
	d.Close()
	if err := next(t, waited); err == nil {
		t.Error("waiting outlived Close")
	}
	d.Close() // twice is no harm
	if _, err := fakediscord.New(fakediscord.Options{ListenResume: "256.0.0.1:0"}); err == nil {
		t.Error("listened on no address")
	}
}

func TestSkewAndGuildRoutes(t *testing.T) {
	tw := newTown(t, fakediscord.Options{})
	tw.d.Skew(time.Hour)
	a := tw.want(200, 0, "GET", "/guilds/"+tw.g.ID(), "")
	if date, err := time.Parse(time.RFC1123, a.headers.Get("Date")); err != nil || time.Until(date) < 50*time.Minute {
		t.Errorf("Date %v, %v", a.headers.Get("Date"), err)
	}
	if a.body["channels"] != nil || a.body["preferred_locale"] != "en-US" {
		t.Errorf("%s", a.raw)
	}
	for path, part := range map[string]string{
		"/guilds/" + tw.g.ID() + "/channels":               `"name":"news"`,
		"/guilds/" + tw.g.ID() + "/roles":                  `"permissions":"274878024704"`,
		"/guilds/" + tw.g.ID() + "/members/" + tw.ann.ID(): `"username":"Ann"`,
		"/users/" + tw.ann.ID():                            `"username":"Ann"`,
		"/users/@me":                                       `"bot":true`,
		"/users/@me/guilds":                                `"id":"` + tw.g.ID() + `"`,
		"/channels/" + tw.news.ID():                        `"guild_id":"` + tw.g.ID() + `"`,
		"/applications/@me":                                `"flags":0`,
		"/gateway":                                         tw.d.GatewayURL(),
		"/gateway/bot":                                     `"max_concurrency":1`,
	} {
		if a := tw.want(200, 0, "GET", path, ""); !strings.Contains(a.raw, part) {
			t.Errorf("%s: no %s in %s", path, part, a.raw)
		}
	}
	tw.want(201, 0, "POST", "/channels/"+tw.news.ID()+"/threads", `{"name":"t","type":11}`)
	tw.want(204, 0, "POST", "/channels/"+tw.news.ID()+"/typing", "")
	tw.want(204, 0, "DELETE", "/users/@me/guilds/"+tw.g.ID(), "")
	tw.want(404, 10004, "GET", "/guilds/"+tw.g.ID(), "")
	clean(t, tw.d)
}

func TestCommandRoutes(t *testing.T) {
	tw := newTown(t, fakediscord.Options{})
	app := "/applications/" + tw.d.ApplicationID()
	before := tw.d.Commands()[0]["id"]
	tw.want(200, 0, "PUT", app+"/commands", `[{"name":"ask","description":"Ask again","description_localizations":{"de":"Frage"}}]`)
	if after := tw.d.Commands()[0]["id"]; after != before {
		t.Errorf("the id became %v, was %v", after, before)
	}
	if a := tw.want(200, 0, "GET", app+"/commands", ""); strings.Contains(a.raw, "Frage") {
		t.Errorf("localisations unasked: %s", a.raw)
	}
	if a := tw.want(200, 0, "GET", app+"/commands?with_localizations=true", ""); !strings.Contains(a.raw, "Frage") {
		t.Errorf("no localisations: %s", a.raw)
	}
	a := tw.want(201, 0, "POST", app+"/guilds/"+tw.g.ID()+"/commands", `{"name":"here","description":"d"}`)
	one := app + "/guilds/" + tw.g.ID() + "/commands/" + a.body["id"].(string)
	tw.want(200, 0, "PATCH", one, `{"description":"e"}`)
	if a := tw.want(200, 0, "GET", one, ""); a.body["description"] != "e" {
		t.Errorf("%s", a.raw)
	}
	if x := tw.ann.Slash(tw.news, "here"); x.Err() != nil {
		t.Error(x.Err())
	}
	tw.want(204, 0, "DELETE", one, "")
	tw.want(404, 10063, "GET", one, "")
	tw.want(403, 20012, "GET", "/applications/1/commands", "")
	if n := tw.d.CommandChanges(); n != 5 {
		t.Errorf("%d changes, want 5: two PUTs, POST, PATCH, DELETE", n)
	}
	var many []string
	for i := range 100 {
		many = append(many, fmt.Sprintf(`{"name":"c%d","description":"d"}`, i))
	}
	tw.want(200, 0, "PUT", app+"/commands", "["+strings.Join(many, ",")+"]")
	tw.want(200, 0, "PUT", app+"/commands", "[]")
	tw.want(400, 30034, "PUT", app+"/commands", "["+strings.Join(many, ",")+"]") // 202 creates on one day
}
