package main

import (
	"bytes"
	"strings"
	"testing"

	"codeberg.org/go-pdf/fpdf"

	"archivist"
	"archivist/bot/fakediscord"
)

// TestFilesOnDiscord: /add takes a file, and the menu of a message those attached to it, over a real websocket; they answer like pages.
// So does an archive's copy of a page that is gone.
func TestFilesOnDiscord(t *testing.T) {
	w := newWholeWay(t)
	guild := w.discord.Guild("Herald readers")
	news, ann := guild.Channel("news"), guild.Member("Ann")
	w.reading = archivist.GuildLibrary(guild.ID())
	w.allow = strings.TrimPrefix(strings.TrimSuffix(w.discord.APIBase(), "/api/v10"), "http://")
	w.serve()

	const minutes = "# Minutes of the harbour board\n\nThe board met on 5 May and gave the new crane the name Berta.\n\nIt costs 40,000 crowns a year to keep."
	file := func(name, body string) fakediscord.Input {
		return fakediscord.Opt("file", fakediscord.File{Name: name, Body: []byte(body)})
	}
	w.reply(ann.Slash(news, "add", file("board minutes.md", minutes)), "Minutes of the harbour board", "You can ask about it now")
	w.reply(ann.Slash(news, "ask", fakediscord.Opt("question", "What is the name of the new crane?")), "**The board met on 5 May and gave the new crane the name Berta.**")
	w.reply(ann.Slash(news, "add", fakediscord.Opt("url", w.pages+"/x"), file("a.txt", minutes)), "either a link or a file")
	w.reply(ann.Slash(news, "add"), "either a link or a file")
	w.reply(ann.Slash(news, "add", file("song.mp3", minutes)), "another kind of file")

	doc := fpdf.New("P", "pt", "A4", "")
	doc.SetTitle("The lighthouse of Ebb", true)
	doc.AddPage()
	doc.SetFont("Helvetica", "", 12)
	doc.MultiCell(0, 14, "The lighthouse of Ebb was built in 1851 by the brothers Ferrand. Its lamp is seen from nineteen miles away in clear weather.", "", "L", false)
	var pdf bytes.Buffer
	w.must(doc.Output(&pdf))
	posted, err := ann.Type(news, "for the archive", fakediscord.Attach(fakediscord.File{Name: "ebb.pdf", Body: pdf.Bytes()}), fakediscord.Attach(fakediscord.File{Name: "photo.png"}))
	w.must(err)
	w.reply(ann.Menu(news, "Add this article", posted), "The lighthouse of Ebb", "You can ask about it now")
	w.reply(ann.Slash(news, "ask", fakediscord.Opt("question", "When was the lighthouse of Ebb built?")), "built in 1851")
	page := fakediscord.Attach(fakediscord.File{Name: "saved.html", Body: []byte(bridgePage)})
	posted, err = ann.Type(news, "and "+w.pages+"/other", page)
	w.must(err)
	w.reply(ann.Menu(news, "Add this article", posted), "Links", "Old bridge closes")

	// The archive's copy of a page that is gone is a press away, and is known by the page's own address.
	gone := w.reply(ann.Slash(news, "add", fakediscord.Opt("url", w.pages+"/gone")), "There is no page at that address", "archived copy")
	w.reply(ann.Press(gone, "Add the copy"), "Old bridge closes", "You can ask about it now")
	w.reply(ann.Slash(news, "ask", fakediscord.Opt("question", "When was the bridge 1787 (copy) built?")), "/gone")

	if code := w.stop(); code != exitDone {
		t.Errorf("exit code %d\n%s", code, w.log)
	}
	for _, v := range w.discord.Violations() {
		t.Error("violation: ", v)
	}
}
