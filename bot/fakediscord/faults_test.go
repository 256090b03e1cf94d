package fakediscord_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"archivist/bot/fakediscord"
)

func TestGatewayFaults(t *testing.T) {
	gateway := fakediscord.Gateway(0)
	for name, c := range map[string]struct {
		fault fakediscord.Fault
		want  string // what the client sees up to the end: ops, types, close codes
	}{
		"op 7 before hello":    {gateway.Op7().At(fakediscord.BeforeHello), "7 10 READY"},
		"op 7 after hello":     {gateway.Op7().At(fakediscord.AfterHello), "10 7 READY"},
		"op 7 after identify":  {gateway.Op7().At(fakediscord.AfterIdentify), "10 7 READY"},
		"op 7 when ready":      {gateway.Op7(), "10 READY 7"},
		"op 9 when ready":      {gateway.Op9(false), "10 READY 9"},
		"close 4000":           {gateway.Close(4000), "10 READY c4000"},
		"close before hello":   {gateway.Close(4000).At(fakediscord.BeforeHello), "c4000"},
		"close after identify": {gateway.Close(4014).At(fakediscord.AfterIdentify), "10 c4014"},
		"drop":                 {gateway.Drop(), "10 READY c1006"},
		"unknown":              {gateway.Unknown("PET_BORN"), "10 READY PET_BORN"},
		"hello late":           {gateway.HelloLate(20 * time.Millisecond), "10 READY"},
	} {
		t.Run(name, func(t *testing.T) {
			d := start(t, fakediscord.Options{})
			d.Fault(c.fault)
			w := dial(t, d.GatewayURL())
			got, sent := "", false
			for {
				p, code := w.next()
				switch {
				case code != 0:
					got += fmt.Sprintf(" c%d", code)
				case p.Op == 0:
					got += " " + p.T
				default:
					got += fmt.Sprintf(" %d", p.Op)
				}
				if p.Op == 10 && !sent {
					sent = true
					w.send(2, identify(d))
				}
				if code != 0 || len(got) > len(c.want) || got[1:] == c.want {
					break
				}
			}
			if got[1:] != c.want {
				t.Errorf("saw %q, want %q", got[1:], c.want)
			}
		})
	}
}

func TestOp7InReplay(t *testing.T) {
	d := start(t, fakediscord.Options{})
	g := d.Guild("Herald readers")
	w, session := connected(t, d)
	last := w.want(0, "GUILD_CREATE").S
	_ = w.ws.Close()
	g.Channel("one")
	g.Channel("two")
	d.Fault(fakediscord.Gateway(0).Op7().At(fakediscord.InReplay))
	w = dial(t, d.ResumeURL())
	w.want(10, "")
	w.send(6, resume(d, session, last))
	w.want(0, "CHANNEL_CREATE")
	w.want(7, "")
	w.want(0, "CHANNEL_CREATE")
	w.want(0, "RESUMED")
}

func TestEventFaults(t *testing.T) {
	d := start(t, fakediscord.Options{})
	w, _ := connected(t, d)
	ann := d.Person("Ann")
	say := func(s string) {
		t.Helper()
		if _, err := ann.Type(ann.DM(), s); err != nil {
			t.Fatal(err)
		}
	}
	content := func() string {
		t.Helper()
		var m struct{ Content string }
		if err := json.Unmarshal(w.want(0, "MESSAGE_CREATE").D, &m); err != nil {
			t.Fatal(err)
		}
		return m.Content
	}
	d.Fault(fakediscord.Events(0, "MESSAGE_CREATE").Duplicate())
	say("one")
	say("two")
	d.Fault(fakediscord.Events(0, "*").Truncate().After(1))
	say("three")
	say("four")
	d.Fault(fakediscord.Events(0, "MESSAGE_CREATE").Reorder())
	say("five")
	say("six")
	d.Fault(fakediscord.Events(0, "MESSAGE_CREATE").Reorder().Times(2)) // the second finds one held back, and lets it go
	say("seven")
	say("eight")
	say("nine")
	for i, want := range []string{"one", "one", "two", "three", "", "six", "five", "eight", "seven", "nine"} {
		if got := content(); got != want {
			t.Errorf("event %d is %q, not %q", i, got, want)
		}
	}
}

func TestMuteAndHang(t *testing.T) {
	d := start(t, fakediscord.Options{})
	w, _ := connected(t, d)
	d.Fault(fakediscord.Gateway(0).Mute())
	w.send(1, 1)
	ann := d.Person("Ann")
	if err := d.Wait(soon(t), "the heartbeat", func() bool { return d.Heartbeats() == 1 }); err != nil {
		t.Fatal(err)
	}
	if _, err := ann.Type(ann.DM(), "x"); err != nil {
		t.Fatal(err)
	}
	w.want(0, "MESSAGE_CREATE") // and no ACK before it
	d.Fault(fakediscord.Gateway(0).Hang())
	if _, err := ann.Type(ann.DM(), "y"); err != nil {
		t.Fatal(err)
	}
	if err := w.ws.SetReadDeadline(time.Now().Add(50 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if _, data, err := w.ws.ReadMessage(); err == nil {
		t.Errorf("a hung connection sent %s", data)
	}
}
