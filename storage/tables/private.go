package tables

import (
	"slices"
	"strings"

	"archivist"
)

// seen is the condition that an article belongs to a view, whose columns' arguments are ?2 (1 for the whole), ?3 (channel) and ?4 (thread).
const seen = `(?2 = 1 OR channels = '' OR instr(' ' || channels || ' ', ' ' || ?3 || ' ') > 0 OR instr(' ' || channels || ' ', ' ' || ?4 || ' ') > 0)`

// channels are those that alone see an intake: its job's, where it has one, as others may have asked for the same since it was begun.
func (w *articleWriter) channels(intake archivist.Intake) ([]string, error) {
	if intake.Job == 0 {
		return intake.Article.Channels, nil
	}
	var channels string
	_, err := w.row(`SELECT channels FROM job WHERE id = ? AND library = ? /* FOR UPDATE */`, []any{intake.Job, w.library}, &channels)
	return strings.Fields(channels), err
}

// share lets an article that is private be seen where it was added once more, and tells what the addition has come to with that.
func (w *articleWriter) share(a *knownArticle, channels []string, outcome archivist.Outcome) (archivist.Outcome, error) {
	seen := a.channels
	if len(seen) == 0 {
		return outcome, nil
	}
	wider := append(slices.Clone(seen), slices.DeleteFunc(slices.Clone(channels), func(c string) bool { return slices.Contains(seen, c) })...)
	if len(channels) == 0 {
		wider = nil
	}
	if len(wider) == len(seen) {
		return outcome, nil
	}
	a.channels, w.shared = wider, true
	if err := w.flush(); err != nil {
		return outcome, err
	}
	if outcome != archivist.Updated {
		outcome = archivist.Added
	}
	err := w.do(`UPDATE article SET channels = ? WHERE library = ? AND id = ?`, strings.Join(wider, " "), w.library, a.id)
	return outcome, err
}
