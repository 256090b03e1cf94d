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
	address, err := url.Parse(fmt.Sprintf("/attachments/%s/%s/%s?ex=%x&is=%x&hm=%s&", c.id, id, url.PathEscape(name), c.d.o.Now().Unix()+86400, c.d.o.Now().Unix(), id))
	if err != nil {
		return nil, err
	}
	c.d.files[fileKey(address)] = f.Body
	kind := mime.TypeByExtension(path.Ext(name))
	if kind == "" {
		kind = http.DetectContentType(f.Body)
	}
	return object{"id": id, "filename": name, "size": len(f.Body), "content_type": kind, "url": c.d.api + address.String(), "proxy_url": c.d.api + address.String()}, nil
}

// fileKey is what files are found by: the path, and the signature where there is one.
func fileKey(u *url.URL) string {
	if signature := u.Query().Encode(); signature != "" {
		return u.Path + "?" + signature
	}
	return u.Path
}
