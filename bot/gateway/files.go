package gateway

import (
	"net/netip"
	"net/url"
	"slices"

	"archivist/bot"
)

// fileOf reads an attachment.
func fileOf(o object) bot.Attachment {
	return bot.Attachment{Name: o.text("filename"), URL: o.text("url"), Size: field[int64](o, "size")}
}

// filesOf are a message's attachments, and those of what it forwards.
func filesOf(message object) (files []bot.Attachment) {
	for _, o := range message.objects("attachments") {
		files = append(files, fileOf(o))
	}
	snapshots := message.objects("message_snapshots")
	for _, snapshot := range snapshots[:min(len(snapshots), 1)] { // a forward has one
		for _, o := range snapshot.object("message").objects("attachments") {
			files = append(files, fileOf(o))
		}
	}
	return files
}

// attachmentHosts are where Discord keeps attachments.
var attachmentHosts = []string{"cdn.discordapp.com", "media.discordapp.net"}

// ofDiscord are those files that lie where Discord keeps attachments: whoever fetches them later asks nobody else.
func (g *Gateway) ofDiscord(files []bot.Attachment) (ours []bot.Attachment) {
	for _, f := range files {
		if g.isAttachment(f.URL) {
			ours = append(ours, f)
		}
	}
	return ours
}

// isAttachment reports whether an address is one of Discord's attachments, over https; or, where the API itself is on this machine (a
// Discord of our own, in tests), lies beside it. What an event names as an attachment is read by us: no other address may get in that way.
func (g *Gateway) isAttachment(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.User != nil {
		return false
	}
	if u.Scheme == "https" && slices.Contains(attachmentHosts, u.Host) {
		return true
	}
	base, err := url.Parse(g.options.APIBase)
	if err != nil {
		return false
	}
	ip, err := netip.ParseAddr(base.Hostname())
	return err == nil && ip.IsLoopback() && u.Scheme == base.Scheme && u.Host == base.Host
}
