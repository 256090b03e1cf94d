package gateway

import (
	"net/http"
	"strings"
	"time"

	"archivist/bot"
)

const archiveAfter = 1440 // minutes without a message, after which Discord puts a thread away

// openThread opens a thread on our answer to a mention, where the option asks for it: what follows is asked there, and the channel stays
// as it was. In threads and forums there is one already.
func (g *Gateway) openThread(m message, r bot.Request, e *exchange) {
	may, known := g.cache.ours(m.channel, time.Now())
	if !g.options.Threads || !known || r.Thread != "" || !may.has(rightOpenThreads) {
		return
	}
	name := cutRunes(strings.Join(strings.Fields(bot.Clean(m.content)), " "), nameAtMost)
	reply := e.first()
	if reply == "" || name == "" {
		return
	}
	err := g.rest.do(m.duty.ctx, call{
		name: "POST message threads", method: http.MethodPost, path: messagePath(m.channel, reply) + "/threads", top: m.channel, rule: ruleThread,
		body: struct {
			Name    string `json:"name"`
			Archive int    `json:"auto_archive_duration"`
		}{name, archiveAfter},
	}, nil)
	if err != nil && !isCode(err, codeThreadIsThere, codeUnknownMessage) {
		g.log.Warn("a thread could not be opened", "error", err)
	}
}
