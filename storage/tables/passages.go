package tables

import (
	"context"
	"encoding/json"

	"archivist"
)

// TextsQuery reads the version and the threshold of a library, the heads of articles, and the paragraphs of ranges. It is one statement, and so
// of one snapshot: several in a transaction took half as long again. Its columns are the number, the kind and the text of a paragraph, and a
// head's, of which a paragraph has the article's id alone; version and threshold stand as the number and the text of no article. IN and
// CROSS JOIN hold the planners to walking the lists, not the tables.
const TextsQuery = `SELECT NULL, NULL, NULL, ` + headColumns + ` FROM article WHERE library = ?1 AND id IN (SELECT CAST(r.value AS BIGINT) FROM json_each(?2) r)
	UNION ALL SELECT p.number, p.kind, p.text, p.article, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
		FROM json_each(?3) r CROSS JOIN paragraph p WHERE p.library = ?1 AND p.article = CAST(r.value ->> 0 AS BIGINT)
			AND p.number BETWEEN CAST(r.value ->> 1 AS BIGINT) AND CAST(r.value ->> 2 AS BIGINT)
	UNION ALL SELECT version, NULL, coalesce((SELECT value FROM setting WHERE library = library.id AND key = '` + archivist.SettingThreshold + `'), ''),
		NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM library WHERE id = ?1`

// Passages reads the paragraphs of some ranges with their articles' heads, the version that they are of and the library's threshold, in one
// snapshot. Articles that are not there are left out.
func (s *Store) Passages(ctx context.Context, library archivist.LibraryID, ranges []archivist.Range) (archivist.Texts, error) {
	texts := archivist.Texts{
		Heads:      make(map[archivist.ArticleID]archivist.Head, len(ranges)),
		Paragraphs: make(map[archivist.ArticleID]map[int]archivist.Paragraph, len(ranges)),
	}
	list, ids := make([][3]int64, len(ranges)), make([]archivist.ArticleID, 0, len(ranges))
	for i, r := range ranges {
		list[i] = [3]int64{int64(r.Article), int64(r.First), int64(r.Last)}
		if texts.Paragraphs[r.Article] == nil {
			texts.Paragraphs[r.Article] = map[int]archivist.Paragraph{}
			ids = append(ids, r.Article)
		}
	}
	rangesJSON, err := json.Marshal(list)
	if err != nil {
		return texts, err
	}
	idsJSON, err := json.Marshal(ids)
	if err != nil {
		return texts, err
	}
	row := newRecord(3 + headWidth)
	err = s.rows(ctx, TextsQuery, []any{library, string(idsJSON), string(rangesJSON)}, func(scan Scan) error {
		if err := row.read(scan); err != nil {
			return err
		}
		switch number, article := row.values[0], row.values[3]; {
		case article == nil:
			texts.Version = uint64(take[int64](row))
			row.at = 2
			texts.Threshold = take[string](row)
		case number == nil:
			row.at = 3
			h, err := row.head()
			texts.Heads[h.ID] = h
			return err
		default:
			n, p := int(take[int64](row)), paragraphOf(take[int64](row), take[string](row))
			texts.Paragraphs[archivist.ArticleID(take[int64](row))][n] = p
		}
		return row.err
	})
	return texts, err
}
