package tables

// The queries of views, which an engine may prepare when it is opened.
const (
	versionQuery  = `SELECT version, floor FROM library WHERE id = ?`
	privateQuery  = `SELECT id, channels FROM article INDEXED BY article_private WHERE library = ? AND channels <> ''`
	segmentsQuery = `SELECT seq, part, kind, article, bytes FROM segment WHERE library = ? AND seq > ? ORDER BY seq, part`
)

// Viewed are all queries that a view may run.
var Viewed = []string{versionQuery, privateQuery, segmentsQuery}
