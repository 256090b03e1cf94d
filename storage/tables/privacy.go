package tables

import (
	"context"
	"database/sql"

	"archivist"
)

// keptQueries are what is kept of a person in a library, by kind. Each has as columns: time, channel, question, grade, vote, reason, text,
// title, address, what, number; ?1 is the library, ?2 the person: the hash, or where named the Discord id.
var keptQueries = []struct {
	kind  string
	named bool
	query string
}{
	{archivist.KeptQuestion, false, `SELECT at, channel, text, grade, 0, '', '', '', '', '', 0 FROM question WHERE library = ?1 AND person = ?2 ORDER BY at DESC, id DESC`},
	{archivist.KeptVote, false, `SELECT at, '', question, '', vote, reason, text, '', '', '', 0 FROM feedback WHERE library = ?1 AND person = ?2 ORDER BY at DESC, card`},
	{archivist.KeptCard, false, `SELECT created, channel, question, '', 0, '', '', '', '', kind, 0 FROM card WHERE library = ?1 AND person = ?2 ORDER BY created DESC, id`},
	{archivist.KeptLink, true, `SELECT created, '', '', '', 0, '', '', '', url, state, 0 FROM job WHERE library = ?1 AND person = ?2 ORDER BY id DESC`},
	{archivist.KeptFeed, true, `SELECT added, channel, '', '', 0, '', '', '', feed, '', 0 FROM subscription WHERE library = ?1 AND person = ?2 ORDER BY added DESC, feed`},
	{archivist.KeptArticle, true, `SELECT added, '', '', '', 0, '', '', title, url, '', 0 FROM article WHERE library = ?1 AND added_by = ?2 ORDER BY id DESC`},
	{archivist.KeptArticle, true, `SELECT added, '', '', '', 0, '', '', title, url, '', 0 FROM removed WHERE library = ?1 AND added_by = ?2 ORDER BY id DESC`},
	{archivist.KeptCounter, false, `SELECT day * ` + dayLength + `, '', '', '', 0, '', '', '', '', what, used FROM quota WHERE library = ?1 AND person = ?2 ORDER BY day DESC, what`},
}

// Kept gives all that a library keeps of a person, who stands there as a Discord id or as its hash: the newest of each kind first, row by
// row. An error of each ends it.
func (s *Store) Kept(ctx context.Context, library archivist.LibraryID, person, hash string, each func(archivist.Kept) error) error {
	for _, q := range keptQueries {
		err := s.rows(ctx, q.query, []any{library, nameOf(q.named, person, hash)}, func(scan Scan) error {
			k := archivist.Kept{Kind: q.kind}
			var at sql.NullInt64
			if err := scan(&at, &k.Channel, &k.Question, &k.Grade, &k.Vote, &k.Reason, &k.Text, &k.Title, &k.URL, &k.What, &k.N); err != nil {
				return err
			}
			k.At = fromMillis(at)
			return each(k)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func nameOf(named bool, person, hash string) string {
	if named {
		return person
	}
	return hash
}

// forgetting takes away what Kept gives, but for the counters of two days: whoever could erase those would have no limits. What is counted by
// day is counted before it goes; links and articles stay without their name.
var forgetting = []struct {
	kind      string
	named     bool
	statement string
}{
	{"", false, countQuestions + `library = ?1 AND person = ?2` + addCounts},
	{archivist.KeptQuestion, false, `DELETE FROM question WHERE library = ?1 AND person = ?2`},
	{"", false, countVotes + `library = ?1 AND person = ?2` + addCounts},
	{archivist.KeptVote, false, `DELETE FROM feedback WHERE library = ?1 AND person = ?2`},
	{archivist.KeptCard, false, `DELETE FROM card WHERE library = ?1 AND person = ?2`},
	{archivist.KeptLink, true, `UPDATE job SET person = '' WHERE library = ?1 AND person = ?2`},
	{"", true, `DELETE FROM turn WHERE library = ?1 AND person = ?2`},
	{archivist.KeptFeed, true, `UPDATE subscription SET person = '' WHERE library = ?1 AND person = ?2`},
	{archivist.KeptArticle, true, `UPDATE article SET added_by = '' WHERE library = ?1 AND added_by = ?2`},
	{"", true, `UPDATE removed SET added_by = '' WHERE library = ?1 AND added_by = ?2`},
}

// Forget erases what a library keeps of a person but the counters of two days, in one transaction, and tells how much of each kind it was.
func (s *Store) Forget(ctx context.Context, library archivist.LibraryID, person, hash string) (map[string]int, error) {
	gone := map[string]int{}
	err := s.write(ctx, func(t *tx) error {
		clear(gone)
		// Nothing is saved or swept between what is counted and what goes.
		if _, err := t.count("sweep"); err != nil {
			return err
		}
		if _, err := t.row(`SELECT 1 FROM library WHERE id = ? /* FOR NO KEY UPDATE */`, []any{library}, new(int)); err != nil {
			return err
		}
		for _, f := range forgetting {
			n, err := t.exec(f.statement, library, nameOf(f.named, person, hash))
			if err != nil {
				return err
			}
			if f.kind != "" && n > 0 {
				gone[f.kind] = int(n)
			}
		}
		return nil
	})
	return gone, err
}
