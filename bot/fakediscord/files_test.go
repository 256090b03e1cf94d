package fakediscord_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

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
