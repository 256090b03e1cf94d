package tables

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"archivist"
)

// What belongs to what: a row of these tables goes with its library, article, removed article. SQLite has foreign keys that say so too; an
// engine that spreads its tables over machines need not, and each would cost a look-up a row.
//
// Whoever adds a row has the row that it belongs to for his transaction, and whoever takes away one takes it before what belongs to it. So nothing
// is added to what is going.
var (
	// job comes before turn: whoever gives a turn has the job's row.
	ofLibrary = []string{
		"setting", "article", "article_version", "paragraph", "link", "segment", "page", "job", "question", "quota", "card", "audit", "removed",
		"removed_page", "turn", "library_turn", "seen", "learned", "subscription", "notice", "refresh", "feedback", "daily", "bucket",
	}
	ofArticle = []string{"article_version", "paragraph", "link", "page", "seen", "refresh"}
	ofRemoved = []string{"removed_page"}
)

// Ownerless looks for rows that belong to nothing, for an engine without foreign keys.
func (s *Store) Ownerless(ctx context.Context) ([]archivist.Finding, error) {
	var findings []archivist.Finding
	queries := ownerless()
	for _, table := range slices.Sorted(maps.Keys(queries)) {
		n := 0
		if _, err := s.row(ctx, queries[table], nil, &n); err != nil {
			return nil, err
		}
		if n > 0 {
			findings = append(findings, archivist.Finding{Problem: fmt.Sprintf("%d rows of table %s belong to nothing", n, table), Advice: RestoreAdvice})
		}
	}
	return findings, nil
}

// ownerless are queries that count such rows, by table.
func ownerless() map[string]string {
	queries := map[string]string{
		"notice": `SELECT count(*) FROM notice c WHERE NOT EXISTS (SELECT 1 FROM subscription p WHERE p.library = c.library AND p.feed = c.feed)`,
		"subscription": `SELECT count(*) FROM subscription c WHERE NOT EXISTS (SELECT 1 FROM library p WHERE p.id = c.library)
			OR NOT EXISTS (SELECT 1 FROM feed p WHERE p.url = c.feed)`,
		"feed_item": `SELECT count(*) FROM feed_item c WHERE NOT EXISTS (SELECT 1 FROM feed p WHERE p.url = c.feed)`,
	}
	of := func(parent, same string, children ...string) {
		for _, child := range children {
			queries[child] = `SELECT count(*) FROM ` + child + ` c WHERE NOT EXISTS (SELECT 1 FROM ` + parent + ` p WHERE ` + same + `)`
		}
	}
	for _, child := range ofLibrary {
		if child != "bucket" && queries[child] == "" { // a bucket may be older than its library
			of("library", "p.id = c.library", child)
		}
	}
	of("article", "p.library = c.library AND p.id = c.article", ofArticle...)
	of("removed", "p.library = c.library AND p.id = c.article", ofRemoved...)
	return queries
}

// deleteArticle takes an article away with all that belongs to it.
func (w *articleWriter) deleteArticle(id archivist.ArticleID) error {
	if err := w.do(`DELETE FROM article WHERE library = ? AND id = ?`, w.library, id); err != nil {
		return err
	}
	for _, table := range ofArticle {
		if err := w.do(`DELETE FROM `+table+` WHERE library = ? AND article = ?`, w.library, id); err != nil {
			return err
		}
	}
	return nil
}
