package fakediscord_test

import (
	"bytes"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"

	"archivist/bot/fakediscord"
)

// TestAttachedFile: what a person attaches lies at a signed address, and nowhere without the signature.
func TestAttachedFile(t *testing.T) {
	d := start(t, fakediscord.Options{})
	g := d.Guild("Herald readers")
	said, err := g.Member("Ann").Type(g.Channel("news"), "look", fakediscord.Attach(fakediscord.File{Name: "my notes.txt", Body: []byte("The bell.")}),
		fakediscord.Attach(fakediscord.File{Name: "large.txt", Body: make([]byte, 10<<20+1)}))
	if err != nil || len(said.Files) != 1 || !strings.HasPrefix(said.Files[0], strings.TrimSuffix(d.APIBase(), "/api/v10")+"/attachments/") {
		t.Fatalf("%+v, %v", said, err)
	}
	unsigned, _, _ := strings.Cut(said.Files[0], "?")
	for address, want := range map[string]string{said.Files[0]: "The bell.", unsigned: "404 page not found\n"} {
		response, err := http.Get(address)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil || string(body) != want {
			t.Errorf("%s has %q, %v", address, body, err)
		}
	}
}

// TestFilesAreForgotten: a file lies there as long as a message, or one that forwards it, shows it.
func TestFilesAreForgotten(t *testing.T) {
	tw := newTown(t, fakediscord.Options{Keep: 8})
	file := fakediscord.Attach(fakediscord.File{Name: "the map, 100%.txt", Body: []byte("x")})
	say := func(content string, options ...fakediscord.PostOption) fakediscord.Message {
		t.Helper()
		m, err := tw.ann.Type(tw.news, content, options...)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	there := func(want bool, address, when string) {
		t.Helper()
		if _, found := tw.d.File(address); found != want {
			t.Errorf("%s: the file is there: %v", when, found)
		}
	}
	removed, kept, forwarded := say("removed", file), say("kept", file), say("forwarded", file)
	forwarding, purged := say("see", fakediscord.Forward(forwarded)), say("purged", file)
	there(true, removed.Files[0], "at first")
	for _, m := range []fakediscord.Message{removed, forwarded} {
		if err := tw.ann.Delete(m); err != nil {
			t.Fatal(err)
		}
	}
	there(false, removed.Files[0], "removed")
	there(true, forwarded.Files[0], "removed, but forwarded")
	if err := tw.ann.Delete(forwarding); err != nil {
		t.Fatal(err)
	}
	there(false, forwarded.Files[0], "removed, and what forwarded it too")
	tw.news.Purge(purged)
	there(false, purged.Files[0], "purged")

	path := "/channels/" + tw.news.ID() + "/messages"
	a, err := tw.do("POST", path, "multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"payload_json\"\r\n\r\n"+
		`{"content":"see","nonce":"1","enforce_nonce":true,`+calm+`,"attachments":[{"id":"0","filename":"a 1?.png"},{"id":"1","filename":"b.png"}]}`+
		"\r\n--b\r\nContent-Disposition: form-data; name=\"files[0]\"; filename=\"a 1?.png\"\r\n\r\nbytes"+
		"\r\n--b\r\nContent-Disposition: form-data; name=\"files[1]\"; filename=\"b.png\"\r\n\r\nbytes\r\n--b--\r\n")
	if err != nil || a.status != 200 {
		t.Fatalf("%d %s %v", a.status, a.raw, err)
	}
	all := tw.news.Messages(nil)
	posted := all[len(all)-1]
	there(true, posted.Files[0], "posted by the bot")
	var made struct{ Attachments []struct{ ID string } }
	if err := json.Unmarshal([]byte(a.raw), &made); err != nil || len(made.Attachments) != 2 {
		t.Fatalf("%s %v", a.raw, err)
	}
	tw.want(200, 0, "PATCH", path+"/"+posted.ID, `{"attachments":[{"id":"`+made.Attachments[1].ID+`"}],`+calm+`}`)
	there(false, posted.Files[0], "taken out by an edit")
	there(true, posted.Files[1], "left in by an edit")

	there(true, kept.Files[0], "not trimmed yet")
	for range 10 {
		say("x")
	}
	there(false, kept.Files[0], "trimmed")
	there(false, posted.Files[1], "trimmed, of the bot's")
}

// TestOptionFilesAreForgotten: a file that was given to a command lies there as long as the interaction's token lasts.
func TestOptionFilesAreForgotten(t *testing.T) {
	clock := fakediscord.NewClock(time.Now())
	tw := newTown(t, fakediscord.Options{Keep: 8, Now: clock.Now})
	tw.want(200, 0, "PUT", "/applications/"+tw.d.ApplicationID()+"/commands", `[{"name":"give","description":"d","options":[{"type":11,"name":"file","description":"d"}]}]`)
	w, _ := connected(t, tw.d)
	w.want(0, "GUILD_CREATE")
	give := func() (address string) {
		t.Helper()
		if err := tw.ann.Slash(tw.news, "give", fakediscord.Opt("file", fakediscord.File{Name: "a.txt", Body: []byte("x")})).Err(); err != nil {
			t.Fatal(err)
		}
		var event struct {
			Data struct {
				Resolved struct {
					Attachments map[string]struct{ URL string }
				}
			}
		}
		if err := json.Unmarshal(w.want(0, "INTERACTION_CREATE").D, &event); err != nil {
			t.Fatal(err)
		}
		for _, a := range event.Data.Resolved.Attachments {
			address = a.URL
		}
		return address
	}
	given := give()
	if _, there := tw.d.File(given); !there {
		t.Errorf("%q is not there", given)
	}
	clock.Advance(16 * time.Minute)
	for range 10 {
		give()
	}
	if _, there := tw.d.File(given); there {
		t.Error("it is there after its time")
	}
}

// TestAttachRight: a bot that may not attach files in a channel posts and edits there without, or is refused, by check 26.
func TestAttachRight(t *testing.T) {
	tw := newTown(t, fakediscord.Options{})
	path := "/channels/" + tw.news.ID() + "/messages"
	upload := func(method, path, nonce string) int {
		t.Helper()
		a, err := tw.do(method, path, "multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"payload_json\"\r\n\r\n"+
			`{"content":"see",`+nonce+calm+`,"attachments":[{"id":"0","filename":"a.png"}]}`+
			"\r\n--b\r\nContent-Disposition: form-data; name=\"files[0]\"; filename=\"a.png\"\r\n\r\nbytes\r\n--b--\r\n")
		if err != nil {
			t.Fatal(err)
		}
		return a.status
	}
	if status := upload("POST", path, `"nonce":"1","enforce_nonce":true,`); status != 200 {
		t.Fatalf("with the right: %d", status)
	}
	own := path + "/" + tw.news.Messages(nil)[0].ID
	tw.news.Overwrite(tw.g.BotRole(), 0, fakediscord.AttachFiles)
	posted, edited := upload("POST", path, `"nonce":"2","enforce_nonce":true,`), upload("PATCH", own, "")
	if v := tw.d.Violations(); posted != 403 || edited != 403 || len(v) != 2 || v[0].Check.String() != "26 rights" || v[1].Check.String() != "26 rights" {
		t.Errorf("without the right: %d and %d, violations %v", posted, edited, v)
	}
	tw.want(200, 0, "POST", path, `{"content":"x","nonce":"3","enforce_nonce":true,`+calm+`}`)
	tw.want(200, 0, "PATCH", own, `{"content":"y",`+calm+`}`)
}

func TestAttachments(t *testing.T) {
	tw := newTown(t, fakediscord.Options{Strict: true, Description: described(t)})
	x, callback, hook := tw.ask()
	tw.want(204, 0, "POST", callback, `{"type":5}`)
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	part, _ := w.CreateFormField("payload_json")
	_, _ = part.Write([]byte(`{"content":"chart",` + calm + `,"attachments":[{"id":"0","filename":"a.png"}],"embeds":[{"title":"t","image":{"url":"attachment://a.png"}}]}`))
	part, _ = w.CreateFormFile("files[0]", "a.png")
	_, _ = part.Write([]byte("\x89PNG\r\n\x1a\npicture"))
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	a, err := tw.do("PATCH", hook+"/messages/@original", w.FormDataContentType(), body.String())
	if err != nil || a.status != 200 {
		t.Fatalf("%d %s %v", a.status, a.raw, err)
	}
	m, err := x.Reply(soon(t))
	if err != nil || len(m.Files) != 1 {
		t.Fatalf("%+v, %v", m, err)
	}
	image, _ := m.Embeds[0]["image"].(map[string]any)
	if image["url"] != m.Files[0] {
		t.Errorf("the embed shows %v, the file is %v", image["url"], m.Files[0])
	}
	resp, err := http.Get(m.Files[0])
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if raw, err := io.ReadAll(resp.Body); err != nil || !strings.HasSuffix(string(raw), "picture") {
		t.Errorf("%q, %v", raw, err)
	}
	clean(t, tw.d)
}
