package bot

import (
	"testing"
	"time"

	"archivist"
)

func limitedFixture() (*shelf, *Bot, Request) {
	s, _, r := fixture()
	r.Moderator = false
	s.answer = ferryAnswer(s, archivist.GradeAnswer)
	b := New(Options{Asker: s, Adder: s, Remover: s, Store: s, Limits: Limits{
		Person: Rate{Burst: 2, PerMinute: 6}, Channel: Rate{Burst: 3, PerMinute: 30}, Library: Rate{Burst: 5, PerMinute: 60}, Presses: Rate{Burst: 1, PerMinute: 30},
	}})
	r.Command, r.Options = "ask", map[string]string{"question": "When does it run?"}
	return s, b, r
}

// asks asks and reports whether that was let through.
func asks(t *testing.T, b *Bot, r Request) bool {
	t.Helper()
	c := b.Do(t.Context(), r)
	if c.Kind == KindError {
		t.Fatalf("%s", RenderText(c))
	}
	return c.Kind == KindAnswer
}

// TestBuckets: by hand, a person's burst of 2 and 6 a minute give a third token after 10 s.
func TestBuckets(t *testing.T) {
	_, b, r := limitedFixture()
	for range 2 {
		if !asks(t, b, r) {
			t.Error("a burst of two is let through")
		}
	}
	c := b.Do(t.Context(), r)
	if len(c.Body) != 1 || len(c.Body[0].Parts) != 3 || !c.Body[0].Parts[1].Away || !c.Body[0].Parts[1].Time.Equal(r.Asked.Add(11*time.Second)) || !c.Private {
		t.Fatalf("what is too much is told with the time: %+v", c)
	}
	r.Asked = r.Asked.Add(9 * time.Second)
	if asks(t, b, r) {
		t.Error("too early")
	}
	r.Asked = r.Asked.Add(time.Second)
	if !asks(t, b, r) || asks(t, b, r) {
		t.Error("ten seconds give one token")
	}
	r.Asked = r.Asked.Add(-time.Hour) // a clock that goes back
	if asks(t, b, r) {
		t.Error("a clock that goes back gives tokens")
	}
	r.Asked = r.Asked.Add(10 * time.Second)
	if !asks(t, b, r) || asks(t, b, r) {
		t.Error("after that ten seconds give one token, and nobody waits for the hour")
	}
	r.Asked = r.Asked.Add(-10 * time.Second) // less than a bucket takes to fill: requests overtake each other
	if asks(t, b, r) {
		t.Error("a request that was overtaken gets a token twice")
	}
	r.Asked = r.Asked.Add(10 * time.Second)
	if asks(t, b, r) {
		t.Error("the time that was counted counts again")
	}
	for _, free := range []string{"help", "privacy show"} {
		r.Command = free
		if c := b.Do(t.Context(), r); c.Title == "" {
			t.Errorf("/%s is limited:\n%s", free, RenderText(c))
		}
	}
}

// TestSharedBuckets: the channel lets three through and the library five, whoever asks; nothing is taken from a request that waits.
func TestSharedBuckets(t *testing.T) {
	_, b, r := limitedFixture()
	let := 0
	for person := range 4 {
		r.Person = string(rune('a' + person))
		if asks(t, b, r) {
			let++
		}
	}
	if let != 3 {
		t.Errorf("the channel let %d through", let)
	}
	r.Channel = "6"
	for person := range 4 { // the fourth person above kept both tokens
		r.Person = string(rune('d' + person))
		if asks(t, b, r) {
			let++
		}
	}
	if let != 5 {
		t.Errorf("the library let %d through", let)
	}
	r.Library = "guild:2"
	if !asks(t, b, r) {
		t.Error("another library has a bucket of its own")
	}
	r.Library = archivist.DefaultLibrary
	for range 20 {
		if !asks(t, b, r) {
			t.Fatal("a console is limited")
		}
	}
}

func TestModeratorsHaveMore(t *testing.T) {
	_, b, r := limitedFixture()
	r.Moderator = true
	b.limits.Channel, b.limits.Library = Rate{}, Rate{}
	for n := range 11 {
		if let := asks(t, b, r); let != (n < 10) {
			t.Errorf("request %d: let through: %v", n, let)
		}
	}
}

func TestPressesHaveTheirOwn(t *testing.T) {
	_, b, r := limitedFixture()
	id := b.Do(t.Context(), r).ID
	asks(t, b, r)
	if c := b.Press(t.Context(), r, customID(actionMore, id)); c.Kind != KindAnswer {
		t.Errorf("who has asked enough may still press:\n%s", RenderText(c))
	}
	wants(t, b.Press(t.Context(), r, customID(actionLess, id)), "too much at once")
}

func TestBucketsOutliveTheProcess(t *testing.T) {
	s, b, r := limitedFixture()
	asks(t, b, r)
	asks(t, b, r)
	if err := s.SaveBuckets(t.Context(), b.buckets.changed()); err != nil || len(s.buckets) != 3 {
		t.Fatalf("stored %+v, %v", s.buckets, err)
	}
	if again := b.buckets.changed(); len(again) != 0 {
		t.Errorf("stored twice: %+v", again)
	}
	_, next, _ := limitedFixture()
	next.diary, next.rules = s, s
	for _, kept := range s.buckets {
		next.buckets.restore(kept)
	}
	if asks(t, next, r) {
		t.Error("a restart fills buckets")
	}
	r.Asked = r.Asked.Add(10 * time.Second)
	if !asks(t, next, r) {
		t.Error("a restored bucket does not fill")
	}
}

func TestBucketsAreBounded(t *testing.T) {
	var bs buckets
	now := time.Now()
	for i := range bucketsKept + 1000 {
		key := bucketKey{"guild:1", string(rune(i))}
		bs.take(now.Add(time.Duration(i)*time.Millisecond), map[bucketKey]Rate{key: {Burst: 1, PerMinute: 60}})
	}
	if n := len(bs.level); n > bucketsKept+1 {
		t.Errorf("%d buckets in memory", n)
	}
}
