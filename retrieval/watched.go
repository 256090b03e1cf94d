package retrieval

// Stages of the way from a question to its answer whose time is told to Options.Took. One that is gone through again, as the first try found too little, is told again.
const (
	StageSearch = "search" // the index finds hits
	StageRank   = "rank"   // the second stage scores them
	StageTexts  = "texts"  // their paragraphs are read from the store
)

// Held tells how many libraries are in memory, and how many bytes their snapshots have.
func (e *Engine) Held() (libraries int, bytes int64) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, l := range e.libraries {
		if l.snapshot.Load() != nil {
			libraries++
		}
	}
	return libraries, e.held
}
