package fakediscord

import (
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"path"
	"strings"
)

// Attach attaches a file to a message that a person writes; one that is too large is left out, as a client would not send it.
func Attach(f File) PostOption {
	return func(m *message) {
		if attachment, err := m.channel.upload(f); err == nil {
			m.attachments = append(m.attachments, attachment)
		}
	}
}

// upload keeps a person's file where serveFile finds it, under an address that is signed as Discord's are: without the signature there is
// nothing. The lock is held.
func (c *Channel) upload(f File) (object, error) {
	if len(f.Body) > attachmentLimit {
		return nil, fmt.Errorf("%s is larger than %d bytes", f.Name, attachmentLimit)
	}
	id, name := c.d.newID(), strings.ReplaceAll(f.Name, "/", "_")
	// As they are seen in the wild: ex and is are times in hexadecimal digits, hm is a hash.
	address := fmt.Sprintf("/attachments/%s/%s/%s?ex=%x&is=%x&hm=%s&", c.id, id, url.PathEscape(name), c.d.o.Now().Unix()+86400, c.d.o.Now().Unix(), id)
	c.d.keepFile(address, f.Body)
	kind := mime.TypeByExtension(path.Ext(name))
	if kind == "" {
		kind = http.DetectContentType(f.Body)
	}
	return object{"id": id, "filename": name, "size": len(f.Body), "content_type": kind, "url": c.d.api + address, "proxy_url": c.d.api + address}, nil
}

// keepFile keeps a file by its address, whole or without the host. The lock is held.
func (d *Discord) keepFile(address string, body []byte) {
	if u, err := url.Parse(address); err == nil { // always: names in it are escaped
		d.files[fileKey(u)] = body
	}
}

// dropFiles forgets the files of attachments that nothing shows any more. The lock is held.
func (d *Discord) dropFiles(attachments []any) {
	for _, a := range attachments {
		o, _ := a.(object)
		if u, err := url.Parse(text(o, "url")); err == nil {
			delete(d.files, fileKey(u))
		}
	}
}

// letGo forgets the files of a message that is no longer there, and of what it forwarded, except those that another message still shows. The
// lock is held.
func (d *Discord) letGo(m *message) {
	for _, of := range []*message{m, m.forwarded} {
		if of != nil && len(of.attachments) > 0 && !d.shows(of) {
			d.dropFiles(of.attachments)
		}
	}
}

// shows reports whether a message, or one that forwards it, is still there. The lock is held.
func (d *Discord) shows(m *message) bool {
	for _, other := range d.messages {
		if !other.gone && (other == m || other.forwarded == m) {
			return true
		}
	}
	return false
}

// fileKey is what files are found by: the path, and the signature where there is one.
func fileKey(u *url.URL) string {
	if signature := u.Query().Encode(); signature != "" {
		return u.Path + "?" + signature
	}
	return u.Path
}
