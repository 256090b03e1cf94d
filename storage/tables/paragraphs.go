package tables

import (
	"strings"

	"archivist"
)

// paragraphsAtOnce is how many paragraphs one statement inserts: more gain nothing.
const paragraphsAtOnce = 16

var (
	insertParagraph  = `INSERT INTO paragraph (library, article, number, kind, text) VALUES (?, ?, ?, ?, ?)`
	insertParagraphs = insertParagraph + strings.Repeat(`, (?, ?, ?, ?, ?)`, paragraphsAtOnce-1)
)

func (w *articleWriter) paragraphs(id archivist.ArticleID, paragraphs []archivist.Paragraph) error {
	args := make([]any, 0, 5*paragraphsAtOnce)
	number := 0
	insert := func(query string, n int) error {
		args = args[:0]
		for _, p := range paragraphs[number : number+n] {
			args = append(args, w.library, id, number, storedKind(p), p.Text)
			number++
		}
		_, err := w.exec(query, args...)
		return err
	}
	for len(paragraphs)-number >= paragraphsAtOnce {
		if err := insert(insertParagraphs, paragraphsAtOnce); err != nil {
			return err
		}
	}
	for number < len(paragraphs) {
		if err := insert(insertParagraph, 1); err != nil {
			return err
		}
	}
	return nil
}
