package playground_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"archivist/bot/fakediscord"
)

// TestPlainForms asks, presses, picks, fills in and dismisses without any script.
func TestPlainForms(t *testing.T) {
	tw := newTown(t, false)
	b := tw.browser(tw.mia, tw.news)
	b.contains(b.get(""), "Welcome to #news", "Message #news", "online")

	page := b.post("say", http.StatusOK, "content", "/ask When does the ferry run?")
	b.contains(page, "<b>Mia</b> used", "question:When does the ferry run?", `<a href="https://herald.example/ferry" target="_blank" rel="noopener noreferrer">Ferry</a>`,
		"<strong>Twice a day</strong> &lt;at&gt; <em>dawn</em>\n\nand dusk</blockquote>By Ana", "2023-11-14T22:13:20Z", "Passage 1 of 3", `fill="#2e7d6b"`, "Open source", "disabled")
	card := b.last(tw.news, tw.mia).ID
	b.contains(b.post("press", http.StatusOK, "message", card, "choose", "why", "pick.why", "w"), "noted", "Only you can see this")

	page = b.post("press", http.StatusOK, "message", card, "press", "form")
	b.contains(page, "<dialog id=\"modal\" aria-labelledby=\"modal-title\" open>", "Tell us", "What is wrong?", `name="field.text"`, `maxlength="100"`)
	_, rest, _ := strings.Cut(page, `name="interaction" value="`)
	id, _, _ := strings.Cut(rest, `"`)
	b.contains(b.post("submit", http.StatusUnprocessableEntity, "interaction", id), "is required")
	b.contains(b.post("submit", http.StatusOK, "interaction", id, "field.text", "all of it"), "thank you")
	b.contains(tw.browser(tw.max, tw.news).post("submit", http.StatusUnprocessableEntity, "interaction", id, "field.text", "not mine"), "no longer open")

	b.contains(b.post("press", http.StatusOK, "message", card, "press", "next"), "page two", "!Passage 1 of 3")
	b.contains(b.post("menu", http.StatusOK, "message", card, "command", "Answer this"), "answered")
	b.contains(b.post("delete", http.StatusOK, "message", b.last(tw.news, tw.mia).ID), "!answered")

	page = b.post("say", http.StatusOK, "content", "@archivist hello", "reply", card)
	b.contains(page, `<span class="mention">@archivist</span> hello`, "I heard you", "<b>Mia</b> <span>@archivist hello</span>")
	mine := slices.IndexFunc(tw.news.Messages(tw.mia), func(m fakediscord.Message) bool { return m.AuthorID == tw.mia.ID() })
	said := tw.news.Messages(tw.mia)[mine].ID
	b.contains(b.get("?edit="+said), "Editing your message", `name="edit" value="`+said)
	b.contains(b.get("?reply="+said), "Replying to <b>Mia</b>", `name="reply" value="`+said)
	b.contains(b.post("say", http.StatusOK, "content", "good bye", "edit", said), "good bye", "(edited)", "!hello</div>")
	b.contains(b.post("say", http.StatusOK, "content", "/ask is how", "edit", said), `<div class="text">/ask is how`, "!good bye")
	b.contains(b.post("say", http.StatusUnprocessableEntity, "content", " ", "edit", said), "cannot be edited to nothing", "/ask is how")
	b.contains(b.post("say", http.StatusUnprocessableEntity, "content", "with this", "edit", said, "files@a.txt", "a"), "Files cannot be added", `<div class="text">/ask is how`)
	b.contains(b.post("press", http.StatusUnprocessableEntity, "message", card, "press", "gone"), "is not on the message", "page two")
	for _, v := range tw.d.Violations() {
		t.Error(v)
	}
}

// TestDirect asks in the conversation with the bot, where no mention is needed.
func TestDirect(t *testing.T) {
	tw := newTown(t, false)
	b := tw.browser(tw.mia, tw.mia.DM())
	b.contains(b.post("say", http.StatusOK, "content", "hello"), "I heard you", "Message @archivist")
}

// TestPrivate holds that what one person sees alone is seen by nobody else, nowhere else.
func TestPrivate(t *testing.T) {
	tw := newTown(t, false)
	mia, max, chess := tw.browser(tw.mia, tw.news), tw.browser(tw.max, tw.news), tw.browser(tw.mia, tw.lounge)
	stream := max.listen("0")
	mia.contains(mia.post("say", http.StatusOK, "content", "/secret"), "between us", "Only you can see this")
	id := mia.last(tw.news, tw.mia).ID
	max.contains(max.get(""), "!between us", "!"+id)
	chess.contains(chess.get(""), "!between us", "!"+id)
	if out := max.tell("delete", "message", id); out.Error == "" {
		t.Error("Max dismissed what Mia alone sees")
	}
	if out := max.tell("press", "message", id, "press", "next"); !strings.Contains(out.Error, "no longer there") {
		t.Errorf("Max pressed it: %+v", out)
	}

	// What all see below it does not quote it to others, and neither can it be replied to.
	mia.tell("press", "message", id, "press", "Share")
	if e := stream.until("the shared card", has("for all")); has("between us")(e) {
		t.Errorf("quoted in the stream: %+v", e)
	}
	max.contains(max.get(""), "for all", "!between us", "Only another person sees")
	mia.contains(mia.get(""), "for all", "<span>between us</span>", "!Only another person sees")
	mia.tell("say", "content", "as I was told", "reply", id)
	if said := mia.last(tw.news, tw.mia); said.Content != "as I was told" || said.ReplyTo != "" {
		t.Errorf("%q replies to %q", said.Content, said.ReplyTo)
	}

	mia.tell("delete", "message", id)
	max.tell("say", "content", "/ask When?")
	e := stream.until("the card", has("Twice"))
	if has("between us")(e) || slices.Contains(e.Gone, id) {
		t.Errorf("told of it: %+v", e)
	}

	// Of another person's conversation, and another guild, there is nothing.
	for _, address := range []string{"/as/" + tw.max.ID() + "/in/" + tw.mia.DM().ID(), "/as/" + tw.max.ID() + "/in/" + tw.lounge.ID(), "/as/1/in/" + tw.news.ID()} {
		resp, err := max.client.Get(tw.url + address + "/commands")
		if err != nil {
			t.Fatal(err)
		}
		if _ = resp.Body.Close(); resp.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", address, resp.StatusCode)
		}
		resp, err = max.client.Get(tw.url + address)
		if err != nil {
			t.Fatal(err)
		}
		if _ = resp.Body.Close(); !strings.HasSuffix(resp.Request.URL.Path, "/in/"+tw.news.ID()) {
			t.Errorf("%s leads to %s", address, resp.Request.URL)
		}
	}
}

// TestRights shows /admin to the moderator alone, and refuses it to the member who types it.
func TestRights(t *testing.T) {
	tw := newTown(t, false)
	mia, max := tw.browser(tw.mia, tw.news), tw.browser(tw.max, tw.news)
	mia.contains(mia.get("/commands"), `"ask"`, "!admin")
	max.contains(max.get("/commands"), `"admin audit"`)
	mia.contains(mia.post("say", http.StatusUnprocessableEntity, "content", "/admin audit"), "more rights", "/admin audit</textarea>")
	mia.contains(mia.post("use", http.StatusUnprocessableEntity, "command", "admin audit"), "not shown to Mia")
	mia.contains(mia.post("say", http.StatusUnprocessableEntity, "content", "/dance"), "/dance is no command")
	max.contains(max.post("say", http.StatusOK, "content", "/admin audit"), "the audit")
	for _, typed := range []string{"/admin", "/admin statz", "/admin\nstatz"} {
		max.contains(max.post("say", http.StatusUnprocessableEntity, "content", typed), "/admin is not all of a command; there are /admin audit", "!more rights")
	}
	mia.contains(mia.post("say", http.StatusUnprocessableEntity, "content", "/ "), "/ is no command")
	theirs, err := tw.mia.Type(tw.news, "mine")
	if err != nil {
		t.Fatal(err)
	}
	max.contains(max.post("delete", http.StatusOK, "message", theirs.ID), "!>mine<")
}

// TestScripted is what the composer sends: typed values, completions, files.
func TestScripted(t *testing.T) {
	tw := newTown(t, false)
	b := tw.browser(tw.mia, tw.news)
	if out := b.tell("use", "command", "ask", "option.question", "When?", "option.private", "true"); out.Error != "" {
		t.Error(out)
	}
	b.contains(b.get(""), "question:When? private:true")
	if out := b.tell("use", "command", "ask", "option.private", "true"); !strings.Contains(out.Error, "required") {
		t.Error(out)
	}
	if out := b.tell("use", "command", "ask", "option.question", "When?", "option.private", "perhaps"); !strings.Contains(out.Error, "takes a bool") {
		t.Error(out)
	}
	if got := b.body(b.send("complete", "application/json", "command", "ask", "focused", "question", "typed", "fe"), 200); got != `[{"name":"Ferry line","value":"ferry"}]`+"\n" {
		t.Errorf("completions %s", got)
	}
	if out := b.tell("press", "message", b.last(tw.news, tw.mia).ID, "press", "form"); !strings.Contains(out.Form, "What is wrong?") {
		t.Error(out)
	}
	b.tell("say", "content", "see", "files@chart.png", "\x89PNG\r\n\x1a\n", "files@page.html", "<script>alert(1)</script>")
	page := b.get("")
	b.contains(page, `<img src="/attachments/`, "page.html", "25 bytes")
	for name, kind := range map[string]string{"chart.png": "image/png", "page.html": "application/octet-stream"} {
		at := strings.Index(page, name)
		from := strings.LastIndex(page[:at], "/attachments/")
		address := strings.ReplaceAll(page[from:from+strings.IndexByte(page[from:], '"')], "&amp;", "&")
		resp, err := b.client.Get(tw.url + address)
		if err != nil {
			t.Fatal(err)
		}
		b.body(resp, http.StatusOK)
		if resp.Header.Get("Content-Type") != kind || (resp.Header.Get("Content-Disposition") == "attachment") != (name == "page.html") {
			t.Errorf("%s: %v", address, resp.Header)
		}
	}
}

// TestHostile holds that texts are shown as texts, whoever wrote them.
func TestHostile(t *testing.T) {
	tw := newTown(t, false)
	b := tw.browser(tw.mia, tw.news)
	evil := `<img src=x onerror=alert(1)> "><script>alert(2)</script> **<b>x** [a](https://e.example/"onmouseover="alert(3)) [b](javascript:alert(4)) ${alert(5)} ` + "`<i>` <https://e.example/<u>>"
	tw.herald.Member(evil)
	tw.herald.Channel(evil)
	tw.d.Unfold(must(tw.mia.Type(tw.news, evil)), map[string]any{
		"title": evil, "url": "javascript:alert(6)", "description": evil, "color": `"><script>`, "author": map[string]any{"name": evil},
		"fields": []any{map[string]any{"name": evil, "value": evil}}, "footer": map[string]any{"text": evil}, "image": map[string]any{"url": "https://e.example/track.png"},
	})
	page := b.get("")
	b.contains(page, "!<img", "!<script>", "!<b>x", "!href=\"javascript", "!track.png", "!<u>", "!<i>", "!\"onmouseover=\"", "&lt;img src=x onerror=alert(1)&gt;")
	l := b.listen("0")
	e := l.until("the message", has("onerror"))
	b.contains(e.Messages[0].HTML, "!<img", "!<script", "!href=\"javascript")
	if out := b.tell("say", "content", "/"+evil); !strings.Contains(out.Error, "no command") {
		t.Error(out)
	}
}

func must(m fakediscord.Message, err error) fakediscord.Message {
	if err != nil {
		panic(err)
	}
	return m
}

// TestOffline keeps what was typed while the bot is away, and says so.
func TestOffline(t *testing.T) {
	tw := newTown(t, true)
	b := tw.browser(tw.mia, tw.news)
	b.contains(b.get(""), `id="offline" role="status">`)
	page := b.post("say", http.StatusUnprocessableEntity, "content", "/ask When?")
	b.contains(page, "is offline and is being restarted", "/ask When?</textarea>")
	if out := b.tell("use", "command", "ask", "option.question", "When?"); !strings.Contains(out.Error, "offline") {
		t.Error(out)
	}
	b.contains(b.post("say", http.StatusOK, "content", "hello, @archivist"), "hello, ")
	tw.connect()
	b.contains(b.get(""), `id="offline" role="status" hidden>`)
}

// TestThreads lists a thread below its channel, and leads to it from its message.
func TestThreads(t *testing.T) {
	tw := newTown(t, false)
	b := tw.browser(tw.mia, tw.news)
	l := b.listen("0")
	l.next()
	thread, err := tw.mia.ThreadOn(must(tw.mia.Type(tw.news, "a long story")), "the story")
	if err != nil {
		t.Fatal(err)
	}
	l.until("the thread's link", has("See the thread"))
	address := "/as/" + tw.mia.ID() + "/in/" + thread.ID()
	b.contains(b.get(""), `<li class="thread"><a href="`+address, `<p class="opened"><a href="`+address, "the story")
	inside := tw.browser(tw.mia, thread)
	inside.contains(inside.post("say", http.StatusOK, "content", "@archivist go on"), "I heard you", "!a long story")
}

// TestSettings changes the language of a person's client, and the colours of the page.
func TestSettings(t *testing.T) {
	tw := newTown(t, false)
	b := tw.browser(tw.mia, tw.news)
	b.contains(b.post("settings", http.StatusOK, "locale", "de"), `data-locale="de"`, `value="de" selected`)
	b.contains(b.get("/commands"), `"label":"fragen"`, "Beantwortet eine Frage")
	b.contains(b.post("say", http.StatusOK, "content", "/fragen Wann?"), "question:Wann?")
	if e := tw.d.Events(); !slices.ContainsFunc(e, func(e fakediscord.Event) bool {
		return e.Type == "INTERACTION_CREATE" && strings.Contains(string(e.Data), `"locale":"de"`)
	}) {
		t.Error("no interaction in German")
	}
	b.contains(b.post("settings", http.StatusOK, "locale", "tlh"), `data-locale="de"`)
	b.contains(b.post("settings", http.StatusOK, "theme", "dark"), `data-theme="dark"`)
	b.contains(b.post("settings", http.StatusOK, "theme", "system"), "!data-theme")
}

// TestEarlier goes back through a channel of many messages.
func TestEarlier(t *testing.T) {
	tw := newTown(t, true)
	var ids []string
	for range 150 {
		ids = append(ids, must(tw.mia.Type(tw.news, "x")).ID)
	}
	b := tw.browser(tw.mia, tw.news)
	b.contains(b.get(""), `id="m`+ids[149], `id="m`+ids[50], `!id="m`+ids[49], "?before="+ids[50])
	b.contains(b.get("?before="+ids[50]), `id="m`+ids[49], `id="m`+ids[0], `!id="m`+ids[50], "data-past", "Welcome to")
}
