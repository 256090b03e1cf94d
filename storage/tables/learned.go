package tables

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"archivist"
)

// Where furniture stands, and when it is learned: on three articles of a host and on one of fifty, with different titles.
const (
	seenFirst   = 3 // paragraphs of an article's beginning that are counted
	seenLast    = 6 // and of its end
	fewestSeen  = 3
	oneOf       = 50
	mostCompare = 20 // articles that are looked at
)

// boilerplateKind is added to the kind of a paragraph that is marked.
const boilerplateKind = 128

func storedKind(p archivist.Paragraph) int64 {
	if p.Boilerplate {
		return int64(p.Kind) + boilerplateKind
	}
	return int64(p.Kind)
}

func paragraphOf(kind int64, text string) archivist.Paragraph {
	return archivist.Paragraph{Kind: archivist.Kind(kind % boilerplateKind), Text: text, Boilerplate: kind >= boilerplateKind}
}

// learn notes an article's print, by which copies of it are found, and counts the paragraphs of a page that may be furniture. It tells whether
// articles of its site are not marked by what is known by now: as one has become furniture, or has while this page was on its way.
func (w *articleWriter) learn(id archivist.ArticleID, put archivist.Put, outcome archivist.Outcome) (unmarked bool, err error) {
	if outcome == archivist.Updated {
		if err := w.do(`DELETE FROM seen WHERE library = ? AND article = ?`, w.library, id); err != nil {
			return false, err
		}
	}
	if put.Print != 0 {
		w.prints = append(w.prints, []any{w.library, int64(put.Print), id})
	}
	host := archivist.HostOf(put.Article.URL)
	if !put.Web || host == "" {
		return false, nil
	}
	wrong, unmarked, err := w.wrongMarks(host, put.Article.Paragraphs)
	if err != nil {
		return false, err
	}
	var rows [][]any
	list := []int64{}
	for _, hash := range append(counted(host, put.Article.Paragraphs), wrong...) {
		if !slices.Contains(list, int64(hash)) {
			list = append(list, int64(hash))
			rows = append(rows, []any{w.library, int64(hash), id})
		}
	}
	if err := w.insertRows("seen", seenInsert, rows); err != nil {
		return false, err
	}
	often, err := w.seenOften(host, list)
	if err != nil {
		return false, err
	}
	for _, hash := range often {
		recurs, err := w.recurs(host, hash, put.Article)
		if err != nil || !recurs {
			if err != nil {
				return false, err
			}
			continue
		}
		n, err := w.exec(`INSERT INTO learned (library, host, hash, since, marked) VALUES (?, ?, ?, ?, 0) ON CONFLICT DO NOTHING`,
			w.library, host, int64(hash), w.store.now().UnixMilli())
		if err != nil {
			return false, err
		}
		unmarked = unmarked || n > 0
	}
	for _, hash := range wrong {
		if err := w.do(`UPDATE learned SET marked = 0 WHERE library = ? AND host = ? AND hash = ?`, w.library, host, int64(hash)); err != nil {
			return false, err
		}
	}
	return unmarked || len(wrong) > 0, nil
}

// wrongMarks are the hashes of paragraphs whose marks, made before this transaction, are not what is known of the host by now. unmarked tells
// whether other articles of the host have such.
func (w *articleWriter) wrongMarks(host string, paragraphs []archivist.Paragraph) (wrong []archivist.ParagraphHash, unmarked bool, err error) {
	furniture := map[archivist.ParagraphHash]bool{}
	if err := w.rows(`SELECT hash, kept, marked FROM learned WHERE library = ? AND host = ?`, []any{w.library, host}, func(scan Scan) error {
		var hash, kept, marked int64
		err := scan(&hash, &kept, &marked)
		furniture[archivist.ParagraphHash(hash)], unmarked = kept == 0, unmarked || marked == 0
		return err
	}); err != nil || len(furniture) == 0 {
		return nil, false, err
	}
	for _, p := range paragraphs {
		hash := archivist.HashParagraph(host, p.Text)
		if is, known := furniture[hash]; known && is != p.Boilerplate {
			wrong = append(wrong, hash)
		}
	}
	return wrong, unmarked, nil
}

// seenOften are those of a list of hashes that stand in some articles, and that are not learned of the host.
func (w *articleWriter) seenOften(host string, list []int64) (often []archivist.ParagraphHash, err error) {
	packed, err := json.Marshal(list)
	if err != nil {
		return nil, err
	}
	err = w.rows(`SELECT s.hash FROM seen s WHERE s.library = ?1 AND s.hash IN (SELECT CAST(r.value AS BIGINT) FROM json_each(?2) r)
		AND NOT EXISTS (SELECT 1 FROM learned l WHERE l.library = ?1 AND l.host = ?3 AND l.hash = s.hash)
		GROUP BY s.hash HAVING count(*) >= ?4 ORDER BY s.hash`, []any{w.library, string(packed), host, fewestSeen}, func(scan Scan) error {
		var hash int64
		err := scan(&hash)
		often = append(often, archivist.ParagraphHash(hash))
		return err
	})
	return often, err
}

// counted are the hashes of the paragraphs that are furniture, by which their article is found when they are none any more, and of those that may be:
// the first and last that are no quotes or rows of a table.
func counted(host string, paragraphs []archivist.Paragraph) (hashes []archivist.ParagraphHash) {
	for i, p := range paragraphs {
		outer := i < seenFirst || i >= len(paragraphs)-seenLast
		if p.Boilerplate || outer && p.Kind != archivist.KindQuote && p.Kind != archivist.KindRow {
			hashes = append(hashes, archivist.HashParagraph(host, p.Text))
		}
	}
	return hashes
}

// recurs reports whether a paragraph of the article stands in enough others of its host: with other titles, and not of the same text.
func (w *articleWriter) recurs(host string, hash archivist.ParagraphHash, article archivist.Article) (bool, error) {
	type other struct {
		id    archivist.ArticleID
		title string
	}
	var others []other
	err := w.rows(`SELECT a.id, a.title FROM seen s JOIN article a ON a.library = s.library AND a.id = s.article WHERE s.library = ? AND s.hash = ? ORDER BY a.id DESC LIMIT ?`,
		[]any{w.library, int64(hash), mostCompare}, func(scan Scan) error {
			var o other
			err := scan(&o.id, &o.title)
			others = append(others, o)
			return err
		})
	if err != nil || len(others) < fewestSeen {
		return false, err
	}
	titles := map[string]bool{article.Title: true}
	for _, o := range others {
		if titles[o.title] {
			continue
		}
		texts, err := w.texts(o.id)
		if err != nil {
			return false, err
		}
		if !sameText(article.Paragraphs, texts) {
			titles[o.title] = true
		}
	}
	if len(titles) < fewestSeen {
		return false, nil
	}
	all, have := 0, 0
	if _, err := w.row(`SELECT count(*) FROM article WHERE library = ? AND key >= ? AND key < ?`, []any{w.library, host + "/", host + "0"}, &all); err != nil {
		return false, err
	}
	_, err = w.row(`SELECT count(*) FROM seen WHERE library = ? AND hash = ?`, []any{w.library, int64(hash)}, &have)
	return oneOf*have >= all, err
}

// sameText reports whether half of a text's words stand in paragraphs that the other has too: a copy, which shares what is no furniture.
func sameText(a, b []archivist.Paragraph) bool {
	has := map[string]bool{}
	for _, p := range b {
		has[p.Text] = true
	}
	shared, all := 0, 0
	for _, p := range a {
		n := len(strings.Fields(p.Text))
		if all += n; has[p.Text] {
			shared += n
		}
	}
	return 2*shared >= all
}

// Learned lists what a library has learned to be furniture, of one host or of all ("").
func (s *Store) Learned(ctx context.Context, library archivist.LibraryID, host string) ([]archivist.Learned, error) {
	var all []archivist.Learned
	err := s.rows(ctx, `SELECT host, hash, since, kept, (SELECT count(*) FROM seen s WHERE s.library = l.library AND s.hash = l.hash) FROM learned l
		WHERE library = ?1 AND (?2 = '' OR host = ?2) ORDER BY host, since, hash`, []any{library, host}, func(scan Scan) error {
		var l archivist.Learned
		var hash, since int64
		var kept int64
		err := scan(&l.Host, &hash, &since, &kept, &l.Articles)
		l.Kept = kept != 0
		l.Hash, l.Since = archivist.ParagraphHash(hash), fromMillis(sql.NullInt64{Int64: since, Valid: true})
		all = append(all, l)
		return err
	})
	return all, err
}

// SeenIn lists the articles that have a paragraph among those that are counted.
func (s *Store) SeenIn(ctx context.Context, library archivist.LibraryID, hash archivist.ParagraphHash) ([]archivist.ArticleID, error) {
	var ids []archivist.ArticleID
	err := s.rows(ctx, `SELECT article FROM seen WHERE library = ? AND hash = ? ORDER BY article`, []any{library, int64(hash)}, func(scan Scan) error {
		var id archivist.ArticleID
		err := scan(&id)
		ids = append(ids, id)
		return err
	})
	return ids, err
}

// printedQuery looks up which articles of library ?1 have the prints of a list, ?2.
const printedQuery = `SELECT DISTINCT hash, article FROM seen WHERE library = ?1 AND hash IN (SELECT CAST(r.value AS BIGINT) FROM json_each(?2) r) ORDER BY hash, article`

// unseen is archivist.ErrOutdated where an article of a put's print is there that it was not compared with: another process has stored it meanwhile.
func (w *articleWriter) unseen(puts []archivist.Put) error {
	type print struct {
		hash    int64
		article archivist.ArticleID
	}
	compared, hashes := map[print]bool{}, make([]int64, 0, len(puts))
	for _, put := range puts {
		if put.Print == 0 {
			continue
		}
		hashes = append(hashes, int64(put.Print))
		for _, id := range put.Compared {
			compared[print{int64(put.Print), id}] = true
		}
	}
	if len(hashes) == 0 {
		return nil
	}
	packed, err := json.Marshal(hashes)
	if err != nil {
		return err
	}
	outdated := false
	err = w.rows(printedQuery, []any{w.library, string(packed)}, func(scan Scan) error {
		var p print
		err := scan(&p.hash, &p.article)
		outdated = outdated || !compared[p]
		return err
	})
	if err == nil && outdated {
		err = archivist.ErrOutdated
	}
	return err
}

// Printed lists the articles that have a print, by ascending ids, for each of a list.
func (s *Store) Printed(ctx context.Context, library archivist.LibraryID, prints []archivist.ParagraphHash) (map[archivist.ParagraphHash][]archivist.ArticleID, error) {
	list := make([]int64, len(prints))
	for i, print := range prints {
		list[i] = int64(print)
	}
	packed, err := json.Marshal(list)
	if err != nil {
		return nil, err
	}
	found := map[archivist.ParagraphHash][]archivist.ArticleID{}
	err = s.rows(ctx, printedQuery, []any{library, string(packed)}, func(scan Scan) error {
		var hash int64
		var id archivist.ArticleID
		err := scan(&hash, &id)
		found[archivist.ParagraphHash(hash)] = append(found[archivist.ParagraphHash(hash)], id)
		return err
	})
	return found, err
}

// KeepParagraph notes that a paragraph is no furniture, for good, or gives archivist.ErrNotFound.
func (s *Store) KeepParagraph(ctx context.Context, library archivist.LibraryID, hash archivist.ParagraphHash, act archivist.Act) error {
	return s.write(ctx, func(t *tx) error {
		n, err := t.exec(`UPDATE learned SET kept = 1, marked = 0 WHERE library = ? AND hash = ?`, library, int64(hash))
		if err != nil {
			return err
		}
		if n == 0 {
			return archivist.ErrNotFound
		}
		return t.audit(library, act)
	})
}

// FurnitureMarked notes that the articles of a library are marked by what was learned, if it still is as it was read. Until then each page of the
// host that is put tells that they are not (archivist.Stored).
func (s *Store) FurnitureMarked(ctx context.Context, library archivist.LibraryID, learned []archivist.Learned) error {
	return s.write(ctx, func(t *tx) error {
		for _, l := range learned {
			if err := t.do(`UPDATE learned SET marked = 1 WHERE library = ? AND host = ? AND hash = ? AND kept = ? AND marked = 0`,
				library, l.Host, int64(l.Hash), flag(l.Kept)); err != nil {
				return err
			}
		}
		return nil
	})
}

// MarkArticles stores the marks of articles' paragraphs with the segments that follow from them, and raises the library's version. One whose
// text has changed since it was read (Updated) is passed over.
func (s *Store) MarkArticles(ctx context.Context, library archivist.LibraryID, puts []archivist.Put) (version uint64, err error) {
	err = s.write(ctx, func(t *tx) error {
		w := &articleWriter{tx: t, library: library}
		if _, err := t.row(`SELECT version FROM library WHERE id = ? /* FOR NO KEY UPDATE */`, []any{library}, &w.version); err != nil {
			return err
		}
		for _, put := range puts {
			var updated int64
			found, err := t.row(`SELECT updated FROM article WHERE library = ? AND id = ?`, []any{library, put.Article.ID}, &updated)
			if err != nil {
				return err
			}
			if !found || updated != put.Article.Updated.UnixMilli() {
				continue
			}
			host := archivist.HostOf(put.Article.URL)
			for number, p := range put.Article.Paragraphs {
				if p.Boilerplate {
					if err := t.do(`INSERT INTO seen (library, hash, article) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`,
						library, int64(archivist.HashParagraph(host, p.Text)), put.Article.ID); err != nil {
						return fmt.Errorf("mark article %d: %w", put.Article.ID, err)
					}
				}
				if err := t.do(`UPDATE paragraph SET kind = ? WHERE library = ? AND article = ? AND number = ? AND kind <> ?1`,
					storedKind(p), library, put.Article.ID, number); err != nil {
					return fmt.Errorf("mark article %d: %w", put.Article.ID, err)
				}
			}
			w.segment(archivist.SegmentArticle, put.Article.ID, put.Segment)
		}
		if err := w.flush(); err != nil {
			return err
		}
		version = w.version
		if w.parts > 0 {
			version++
			err = t.do(`UPDATE library SET version = ? WHERE id = ?`, version, library)
		}
		return err
	})
	return version, err
}
