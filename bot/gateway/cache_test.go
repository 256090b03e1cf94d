package gateway

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// A traced is one event of a trace.
type traced struct {
	at   version
	kind string
	data string
}

func (c *cache) play(t *testing.T, trace []traced) {
	t.Helper()
	for _, e := range trace {
		if !json.Valid([]byte(e.data)) {
			t.Fatalf("%s: %s", e.kind, e.data)
		}
		c.note(e.at, e.kind, decodeObject(json.RawMessage(e.data)))
	}
}

const everyoneMay = rightView | rightSend | rightHistory | rightThreads

func everyone(r rights) string { return fmt.Sprintf(`{"id":"1","permissions":"%d"}`, r) }

// member is a GUILD_CREATE of guild 1, with these roles and channels.
func guildOne(at version, roles, channels, threads string) traced {
	return traced{at, "GUILD_CREATE", fmt.Sprintf(`{"id":"1","owner_id":"5","preferred_locale":"de","roles":[%s],"channels":[%s],"threads":[%s],"members":[{"user":{"id":"9"},"roles":["2"]}]}`, roles, channels, threads)}
}

// TestRightsByHand works through Discord's order of roles and overwrites.
func TestRightsByHand(t *testing.T) {
	now := time.Now()
	bots := fmt.Sprintf(`{"id":"2","permissions":"%d"}`, rightEmbed|rightAttach)
	deny := func(id string, kind int, r rights) string {
		return fmt.Sprintf(`{"id":"%s","type":%d,"allow":"0","deny":"%d"}`, id, kind, r)
	}
	allow := func(id string, kind int, r rights) string {
		return fmt.Sprintf(`{"id":"%s","type":%d,"allow":"%d","deny":"0"}`, id, kind, r)
	}
	for _, test := range []struct {
		name       string
		everyone   rights
		overwrites []string
		want       rights
		hidden     bool
	}{
		{"roles add up", everyoneMay, nil, everyoneMay | rightEmbed | rightAttach, false},
		{"@everyone is denied the view", everyoneMay, []string{deny("1", 0, rightView)}, 0, true},
		{"our role is allowed it", everyoneMay, []string{deny("1", 0, rightView), allow("2", 0, rightView)}, everyoneMay | rightEmbed | rightAttach, true},
		{"we ourselves are allowed it", everyoneMay, []string{allow("9", 1, rightView), deny("1", 0, rightView)}, everyoneMay | rightEmbed | rightAttach, true},
		{"a member's denial is the last word", everyoneMay, []string{allow("2", 0, rightSend), deny("9", 1, rightSend)}, everyoneMay&^rightSend | rightEmbed | rightAttach, false},
		{"a role's allowance beats another's denial", everyoneMay, []string{deny("2", 0, rightSend), allow("2", 0, rightSend)}, everyoneMay | rightEmbed | rightAttach, false},
		{"somebody else's overwrite", everyoneMay, []string{deny("7", 1, rightSend), deny("8", 0, rightSend)}, everyoneMay | rightEmbed | rightAttach, false},
		{"nobody sees anything", 0, nil, 0, true},
		{"administrators may all", rightAdministrator, []string{deny("1", 0, rightView)}, allRights, false},
	} {
		c := newCache("9")
		c.play(t, []traced{guildOne(1, everyone(test.everyone)+","+bots, fmt.Sprintf(`{"id":"10","type":0,"permission_overwrites":[%s]}`, strings.Join(test.overwrites, ",")), `{"id":"11","type":11,"parent_id":"10"},{"id":"12","type":12,"parent_id":"10"}`)})
		hidden := map[bool]string{true: "10"}[test.hidden]
		got, known := c.ours("10", now)
		if got != test.want || !known || c.hidden("10") != hidden || c.hidden("11") != hidden || c.hidden("12") != "12" {
			t.Errorf("%s: rights %d, want %d; hidden %q, want %q; the private thread is hidden in %q", test.name, got, test.want, c.hidden("10"), hidden, c.hidden("12"))
		}
	}
}

func TestCacheKnows(t *testing.T) {
	now := time.Now()
	c := newCache("9")
	c.play(t, []traced{guildOne(1, everyone(everyoneMay), `{"id":"10","type":0},{"id":"20","type":15}`, `{"id":"11","type":11,"parent_id":"10","name":"talk","owner_id":"9"},{"id":"21","type":11,"parent_id":"20","name":"Where is the ferry?"}`)})
	if c.locale("1") != "de" || c.locale("2") != "" || c.settled("11") != "10" || c.settled("10") != "10" || c.settled("77") != "77" {
		t.Error("locale or parents are wrong")
	}
	if post, ok := c.thread("21"); !ok || !post.post || post.name != "Where is the ferry?" {
		t.Errorf("the forum post is %+v", post)
	}
	if talk, ok := c.thread("11"); !ok || talk.post || talk.opener != "9" {
		t.Errorf("the thread is %+v", talk)
	}
	if got := c.channels("1"); !slices.Equal(got, []string{"10", "20"}) {
		t.Errorf("channels %v", got)
	}
	// A loss holds for a while, or until rights change: in the channel, around a thread, in the guild.
	has := func(channel string) bool { r, _ := c.ours(channel, now); return r.has(rightSend) }
	for _, change := range []traced{
		{2, "CHANNEL_UPDATE", `{"id":"10","guild_id":"1","type":0}`},
		{3, "GUILD_ROLE_UPDATE", `{"guild_id":"1","role":{"id":"2","permissions":"0"}}`},
		{4, "GUILD_MEMBER_UPDATE", `{"guild_id":"1","user":{"id":"9"},"roles":["2"]}`},
	} {
		c.lose("10", rightSend, now)
		c.lose("11", rightSend, now)
		if has("10") || has("11") {
			t.Error("what was denied is tried again at once")
		}
		c.play(t, []traced{{change.at, "CHANNEL_UPDATE", `{"id":"20","guild_id":"1","type":15}`}})
		if has("10") {
			t.Error("another channel's change gave the right back")
		}
		c.play(t, []traced{change})
		if !has("10") || !has("11") {
			t.Errorf("%s did not give the right back", change.kind)
		}
	}
	c.lose("10", rightSend, now)
	if now = now.Add(lostFor + time.Second); !has("10") {
		t.Error("a loss lasts for more than ten minutes")
	}
	// A timeout leaves reading alone.
	c.play(t, []traced{{5, "GUILD_MEMBER_UPDATE", fmt.Sprintf(`{"guild_id":"1","user":{"id":"9"},"roles":[],"communication_disabled_until":%q}`, now.Add(time.Hour).Format(time.RFC3339))}})
	if r, _ := c.ours("10", now); r != rightView|rightHistory {
		t.Errorf("in a timeout we may %d", r)
	}
	// An outage forgets nothing; a removal all.
	c.play(t, []traced{{6, "GUILD_DELETE", `{"id":"1","unavailable":true}`}})
	if _, known := c.ours("10", now); !known {
		t.Error("an outage forgot the channel")
	}
	c.play(t, []traced{{7, "GUILD_DELETE", `{"id":"1"}`}})
	if _, known := c.ours("10", now); known || len(c.places) != 0 {
		t.Error("after the removal channels are known")
	}
	if c.hidden("10") != "10" {
		t.Error("an unknown channel counts as seen by all")
	}
}

func TestCacheBounds(t *testing.T) {
	c := newCache("9")
	c.play(t, []traced{guildOne(1, everyone(everyoneMay), `{"id":"10","type":0}`, "")})
	for i := range placesAtMost + 10 {
		c.play(t, []traced{{version(i + 2), "CHANNEL_CREATE", fmt.Sprintf(`{"id":"c%d","guild_id":"1","type":0}`, i)}})
		c.play(t, []traced{{version(i + 2), "GUILD_ROLE_CREATE", fmt.Sprintf(`{"guild_id":"1","role":{"id":"r%d","permissions":"0"}}`, i)}})
	}
	if g := c.guilds["1"]; len(g.places) != placesAtMost || len(c.places) != placesAtMost || len(g.roles) != rolesAtMost {
		t.Errorf("%d channels, %d roles", len(g.places), len(g.roles))
	}
	c.play(t, []traced{{1 << 30, "GUILD_DELETE", `{"id":"1"}`}})
	c.forget(1<<31, 0, 1)
	if len(c.guilds) != 0 {
		t.Error("what is gone stays for ever")
	}
	if got := cutRunes("äöü", 2); got != "äö" {
		t.Errorf("cut to %q", got)
	}
}

// randomTrace is what a guild goes through, in Discord's order.
func randomTrace(chance *rand.Rand) []traced {
	bits := func() rights { return rights(chance.Uint64()) & (rightView | rightSend | rightEmbed | rightThreads) }
	channel := func(id int) string {
		kind, parent := 0, ""
		if id >= 15 {
			kind, parent = placePublicThread, fmt.Sprint(10+id%3)
		}
		return fmt.Sprintf(`{"id":"%d","guild_id":"1","type":%d,"parent_id":%q,"name":"%d","permission_overwrites":[{"id":"%d","type":0,"allow":"%d","deny":"%d"}]}`,
			id, kind, parent, chance.IntN(9), 1+chance.IntN(2), bits(), bits())
	}
	role := func() string { return fmt.Sprintf(`{"id":"%d","permissions":"%d"}`, 1+chance.IntN(3), bits()) }
	var trace []traced
	for seq := range 30 {
		at := after(1, int64(seq+1))
		switch id := 10 + chance.IntN(8); chance.IntN(10) {
		case 0, 1:
			trace = append(trace, guildOne(at, role()+","+role(), channel(10)+","+channel(id), channel(15)))
		case 2:
			trace = append(trace, traced{at, "GUILD_DELETE", fmt.Sprintf(`{"id":"1","unavailable":%v}`, chance.IntN(2) == 0)})
		case 3:
			trace = append(trace, traced{at, "CHANNEL_DELETE", channel(id)})
		case 4:
			trace = append(trace, traced{at, "GUILD_ROLE_DELETE", `{"guild_id":"1","role_id":"2"}`})
		case 5:
			trace = append(trace, traced{at, "GUILD_MEMBER_UPDATE", fmt.Sprintf(`{"guild_id":"1","user":{"id":"9"},"roles":["%d"]}`, 1+chance.IntN(3))})
		case 6:
			trace = append(trace, traced{at, "GUILD_ROLE_UPDATE", fmt.Sprintf(`{"guild_id":"1","role":%s}`, role())})
		case 7:
			trace = append(trace, traced{at, "GUILD_UPDATE", fmt.Sprintf(`{"id":"1","preferred_locale":"%d","roles":[%s]}`, seq, role())})
		default:
			trace = append(trace, traced{at, "CHANNEL_UPDATE", channel(id)})
		}
	}
	return trace
}

// seen is all that the rest of the gateway can learn of the guild.
func (c *cache) seen(now time.Time) string {
	var out strings.Builder
	fmt.Fprint(&out, c.locale("1"), c.channels("1"))
	for id := 10; id < 18; id++ {
		name := fmt.Sprint(id)
		r, known := c.ours(name, now)
		t, isThread := c.thread(name)
		fmt.Fprint(&out, " ", name, r, known, c.hidden(name), t, isThread)
	}
	return out.String()
}

// TestOrderDoesNotMatter shuffles traces: whatever the order in which events come, the same is known in the end.
func TestOrderDoesNotMatter(t *testing.T) {
	now := time.Now()
	for seed := range uint64(300) {
		chance := rand.New(rand.NewPCG(seed, 1))
		trace := randomTrace(chance)
		ordered, shuffled := newCache("9"), newCache("9")
		ordered.play(t, trace)
		mixed := slices.Clone(trace)
		chance.Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
		shuffled.play(t, mixed)
		shuffled.play(t, mixed[:len(mixed)/2]) // and some twice
		if a, b := ordered.seen(now), shuffled.seen(now); a != b {
			t.Fatalf("seed %d:\n in order %s\n shuffled %s", seed, a, b)
		}
	}
}
