package archivist

import "time"

// UndoWindow is how long an article that was removed can be put back; then it is gone for good.
const UndoWindow = 7 * 24 * time.Hour

// PurgeWindow is how long a guild that removed the bot can come back and find its library as it was; then that is gone for good.
const PurgeWindow = 7 * 24 * time.Hour

// A RemovalID numbers the acts that took articles out of a library: ascending, from 1.
type RemovalID int64

// A Removal is one act that took articles out of a library.
type Removal struct {
	ID       RemovalID
	Articles int    // how many it took out
	Version  uint64 // of the library after it
}

// A Removed is an article that was taken out of its library and can be put back until UndoWindow after At.
type Removed struct {
	Head
	Removal RemovalID
	At      time.Time
}

// A Pick names removed articles: all of a removal, or, with Article, that one alone, whatever removed it.
type Pick struct {
	Removal RemovalID
	Article ArticleID
}

// An Entry is one act in the audit log of a library.
type Entry struct {
	ID int64 // ascending within the library, from 1
	At time.Time
	Act
}
