package bot

import (
	"path"
	"slices"
	"strings"

	"archivist"
)

// An Attachment is a file that somebody attached to a command or a message. Whoever makes the request vouches for its address: it is where Discord
// keeps attachments.
type Attachment struct {
	Name string // as the person called it
	URL  string
	Size int64 // bytes, as Discord says
}

// maxFile is the most bytes of a file.
const maxFile = 20 << 20

// fileKinds are the endings of files that hold an article.
var fileKinds = []string{".html", ".htm", ".xhtml", ".txt", ".md", ".pdf"}

// holdsText reports whether the file is of a kind that can be read.
func (f Attachment) holdsText() bool {
	return slices.Contains(fileKinds, strings.ToLower(path.Ext(f.Name)))
}

// wanted is the file as something to bring in.
func (f Attachment) wanted() wanted {
	w := wanted{name: f.Name, job: archivist.Job{Kind: archivist.JobFile, URL: f.URL}}
	switch {
	case !f.holdsText():
		w.refused = &archivist.Failure{Code: archivist.WrongType}
	case f.Size > maxFile:
		w.refused = &archivist.Failure{Code: archivist.TooLarge}
	}
	return w
}

// wanted is something that somebody wants brought in.
type wanted struct {
	name    string        // for people: the link, or the file's name
	job     archivist.Job // its kind and address
	refused error         // why it is not even tried
}

// wantedLinks are links as things to bring in.
func wantedLinks(links []string) []wanted {
	var list []wanted
	for _, link := range links {
		list = append(list, wanted{name: link, job: archivist.Job{URL: link}})
	}
	return list
}

// wanted is what /add was given: a link or a file.
func (r Request) wanted() (wanted, error) {
	link, file := strings.TrimSpace(r.Options["url"]), r.Options["file"]
	switch {
	case (link == "") == (file == ""):
		return wanted{}, complain("add.either")
	case link != "":
		return wantedLinks([]string{link})[0], nil
	case len(r.Files) == 0: // it does not lie where attachments do, or was named at a console
		return wanted{}, complain("add.nofile")
	}
	return r.Files[0].wanted(), nil
}

// Brings reports whether a message that speaks to the bot has something to be brought in.
func (r Request) Brings() bool { return len(r.wantedOfMessage()) > 0 }

// wantedOfMessage are the links of a message, and the files attached to it that can be read: at most ten.
func (r Request) wantedOfMessage() []wanted {
	list := wantedLinks(Links(r.Target))
	for _, f := range r.Files {
		if f.holdsText() {
			list = append(list, f.wanted())
		}
	}
	return list[:min(len(list), maxLinks)]
}
