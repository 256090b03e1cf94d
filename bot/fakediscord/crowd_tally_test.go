package fakediscord

import (
	"encoding/json"
	"testing"
	"time"
)

// TestJudge: what became of an interaction, from its own state and from the record of calls and faults.
func TestJudge(t *testing.T) {
	d, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	guild := d.Guild("Readers")
	where, who := guild.Channel("news"), guild.Member("Ann")
	now := time.Now()
	fault := now.Add(-time.Minute)
	made := func(id string, age time.Duration, change func(*Interaction)) *Interaction {
		x := &Interaction{d: d, id: id, token: "token" + id, kind: kindCommand, by: who, channel: where, created: now.Add(-age), heard: true}
		if change != nil {
			change(x)
		}
		return x
	}
	acked := func(x *Interaction) { x.acked, x.ack = true, Ack{Type: 5, After: 10 * time.Millisecond} }
	served := func(id, route string, after time.Duration, status int, fault string) {
		path := "/interactions/" + id + "/token" + id + "/callback"
		if route != "POST callback" {
			path = "/webhooks/1/token" + id + "/messages/@original"
		}
		d.requests = append(d.requests, Request{Route: route, Path: path, At: now.Add(after), Status: status, Fault: fault, Took: time.Millisecond})
	}
	d.events = append(d.events, Event{Kind: Faulted, At: fault, Fault: "op 7"},
		Event{Kind: Sent, At: now, Type: "INTERACTION_CREATE", Data: json.RawMessage(`{"id":"broken"}`), Fault: Events(0, "").Truncate().String()})
	served("once", "POST callback", 0, 204, "")
	served("once", "PATCH @original", time.Second, 200, "")
	served("twice", "PATCH @original", 0, 200, "")
	served("twice", "POST followup", 0, 200, "")
	served("lost", "POST callback", 0, 0, "lost") // its effect stood
	served("lost", "PATCH @original", 0, 200, "")
	served("refused", "POST callback", 0, 503, "status 503")
	served("slow", "POST callback", 0, 404, "delay late by 2ms") // the usual way: no fault
	asked := []*Interaction{
		made("once", time.Second, acked), made("twice", time.Second, acked), made("lost", time.Second, acked),
		made("refused", 10*time.Second, nil), made("broken", 10*time.Second, nil), made("near", now.Sub(fault)+time.Second, nil),
		made("away", 10*time.Second, func(x *Interaction) { x.heard = false }),
		made("slow", 10*time.Second, nil), made("open", 10*time.Second, acked), made("given up", 30*time.Second, nil), made("young", time.Second, func(x *Interaction) { x.heard = false }),
	}
	var got count
	open := (&Crowd{d: d}).judge(asked, &got)
	names := ""
	for _, x := range open {
		names += x.id + " "
	}
	if names != "slow open given up young " || got.Asked != 7 || got.Answered != 3 || got.Twice != 1 || got.Late != 4 || got.Never != 0 || len(got.Odd) != 1 {
		t.Errorf("open %s, %+v", names, got.Tally)
	}
	if tally := got.tally(); tally.Ack.Most != time.Second || tally.Card.Most != 2*time.Second {
		t.Errorf("%+v", tally)
	}
	// Of those made more than twenty seconds ago one has waited long enough; the others are left.
	var settled count
	late := asked[7:] // oldest first
	late[0], late[2] = late[2], late[0]
	left := (&Crowd{d: d}).settle(late, now.Add(-20*time.Second), &settled)
	if settled.Never != 1 || settled.Asked != 1 || len(left) != 3 {
		t.Errorf("%+v, %d left", settled.Tally, len(left))
	}
	got.add(settled)
	if got.Asked != 8 || got.Never != 1 || len(got.Odd) != 2 {
		t.Errorf("%+v", got.Tally)
	}
}
