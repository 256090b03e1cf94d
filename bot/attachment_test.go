package bot

import (
	"testing"

	"archivist"
)

// TestAttachments: of what is attached, files that hold text become jobs for files; what is too large or of another kind is told.
func TestAttachments(t *testing.T) {
	s, b, r := fixture()
	s.job = archivist.Job{ID: 1, State: archivist.JobDone, Article: 2, Outcome: archivist.Added}
	add := func(f Attachment, parts ...string) Card {
		t.Helper()
		r.Command, r.Options, r.Files = "add", map[string]string{"file": "99"}, []Attachment{f}
		s.submitted = nil
		c := b.Do(t.Context(), r)
		wants(t, c, parts...)
		return c
	}
	const place = "https://cdn.discordapp.com/attachments/1/2/"
	add(Attachment{Name: "Notes.TXT", URL: place + "Notes.TXT", Size: maxFile}, "Stored. You can ask about it now.", "Honey festival")
	if len(s.submitted) != 1 || s.submitted[0].Kind != archivist.JobFile || s.submitted[0].URL != place+"Notes.TXT" || s.submitted[0].Library != r.Library || s.submitted[0].Person != r.Person {
		t.Errorf("submitted %+v", s.submitted)
	}
	add(Attachment{Name: "a.pdf", URL: place + "a.pdf", Size: maxFile + 1}, "That page is too large.")
	add(Attachment{Name: "a.html.png", URL: place + "a.html.png", Size: 1}, "That is no article but another kind of file.")
	if len(s.submitted) > 0 {
		t.Errorf("refused, but submitted: %+v", s.submitted)
	}
	r.Command, r.Options, r.Target = "Add this article", nil, "see https://herald.example/honey"
	r.Files = []Attachment{{Name: "pic.png", URL: place + "pic.png"}, {Name: "a.md", URL: place + "a.md"}, {Name: "b.pdf", URL: place + "b.pdf", Size: maxFile + 1}}
	wants(t, b.Do(t.Context(), r), "Honey festival", "b.pdf\nThat page is too large.")
	if len(s.submitted) != 2 || s.submitted[0].Kind != "" || s.submitted[1].URL != place+"a.md" {
		t.Errorf("of the message: %+v", s.submitted)
	}
	r.Target, r.Files, s.submitted = "", nil, nil
	for range maxLinks + 1 {
		r.Files = append(r.Files, Attachment{Name: "a.md", URL: place + "a.md"})
	}
	b.Do(t.Context(), r)
	if len(s.submitted) != maxLinks {
		t.Errorf("%d of %d files became jobs", len(s.submitted), len(r.Files))
	}
}
