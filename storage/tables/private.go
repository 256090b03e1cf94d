package tables

import (
	"slices"
	"strings"

	"archivist"
)

// seen is the condition that an article belongs to a view, whose columns' arguments are ?2 (whole), ?3 (channel) and ?4 (thread).
const seen = `(?2 OR channels = '' OR instr(' ' || channels || ' ', ' ' || ?3 || ' ') > 0 OR instr(' ' || channels || ' ', ' ' || ?4 || ' ') > 0)`

// channels are those that alone see an intake: its job's, where it has one, as others may have asked for the same since it was begun.
func (w *articleWriter) channels(intake archivist.Intake) ([]string, error) {
	if intake.Job == 0 {
		return intake.Article.Channels, nil
	}
	var channels string
	_, err := w.row(`SELECT channels FROM job WHERE id = ? AND library = ?`, []any{intake.Job, w.library}, &channels)
	return strings.Fields(channels), err
}

// share lets an article that is private be seen where it was added once more, and tells what the addition has come to with that.
func (w *articleWriter) share(id archivist.ArticleID, channels []string, outcome archivist.Outcome) (archivist.Outcome, error) {
	var private string
	if found, err := w.row(`SELECT channels FROM article WHERE library = ? AND id = ? AND channels <> ''`, []any{w.library, id}, &private); err != nil || !found {
		return outcome, err
	}
	seen := strings.Fields(private)
	wider := append(slices.Clone(seen), slices.DeleteFunc(slices.Clone(channels), func(c string) bool { return slices.Contains(seen, c) })...)
	if len(channels) == 0 {
		wider = nil
	}
	if len(wider) == len(seen) {
		return outcome, nil
	}
	w.shared = true
	if outcome != archivist.Updated {
		outcome = archivist.Added
	}
	_, err := w.exec(`UPDATE article SET channels = ? WHERE library = ? AND id = ?`, strings.Join(wider, " "), w.library, id)
	return outcome, err
}
