package archivist

import "time"

// Limits of a question, in bytes of UTF-8 and in passages.
const (
	MaxQuestion = 1000 // characters (runes)
	MaxPassages = 20   // that one answer may hold
	MaxAlso     = 5    // further articles that are named for one passage
)

// A Question is what was asked of a library.
type Question struct {
	Library LibraryID
	Text    string    // at most MaxQuestion characters
	Asked   time.Time // the present for every rule of time; never the clock
	Limit   int       // passages wanted, 1 to MaxPassages; 0 means 5
	Since   time.Time // only articles published on this day or later; zero: all
	Before  time.Time // only articles published before this day; zero: all. Undated articles fail both
	Site    string    // only articles of this host, as addresses have it without "www.", and those below it; "": all
	Title   string    // only articles whose title has these words in a row; "": all

	View     View // only articles that are seen from here
	Verbatim bool // every word as it is typed, none read as another
}

// A Grade says how an answer may be shown.
type Grade string

// The grades.
const (
	GradeAnswer  Grade = "answer"
	GradeClosest Grade = "closest" // "this is the nearest that the library holds"
	GradeRefusal Grade = "refusal" // nothing answers; Nearest holds headlines, Passages what would have been shown
)

// An Answer is the best passage, further ones, or a refusal, all of one version of the library.
type Answer struct {
	Grade      Grade
	Confidence float64   // probability that the first passage is right, 0 to 1
	Passages   []Passage // best first; also where Grade is GradeRefusal, for those who look closer
	Nearest    []Head    // headlines of the articles that come nearest; on a refusal, at most 3
	Version    uint64    // of the library that answered

	Notes []Note // how the question was read, where that is not as it was typed
}

// Refused reports whether the library does not hold the answer.
func (a Answer) Refused() bool { return a.Grade == GradeRefusal }

// A Note tells the reader what was made of a part of the question.
type Note struct {
	Kind  NoteKind `json:"kind"`
	Typed string   `json:"typed,omitempty"`
	Read  string   `json:"read,omitempty"` // of NoteRead, as the library spells it
}

// A NoteKind says what a Note tells.
type NoteKind string

// The kinds of notes.
const (
	NoteRead     NoteKind = "read"     // the library does not know the word Typed, which was read as Read
	NoteLoose    NoteKind = "loose"    // no passage has the phrase Typed word for word; its words were searched without that
	NoteFiltered NoteKind = "filtered" // no passage that the question's filters let in has a word of the question
)

// A Passage is consecutive text of one article, word for word.
type Passage struct {
	Article     Head
	First, Last int      // paragraph numbers it touches, inclusive
	Start       int      // byte of paragraph First at which Text begins
	Text        string   // consecutive text of these paragraphs, joined by newlines
	Sentence    Span     // the answering sentence within Text; empty where none stands out
	Link        string   // opens the page at the passage (a text fragment), else the page; "" where it has no address
	Score       float64  // the sum of Reasons, in order, to the last bit
	Reasons     []Reason // in the formula's order
	Also        []Head   // other articles that say the same in the same words, at most MaxAlso: one answer with several sources
}

// Answering is the answering sentence, "" where none stands out.
func (p Passage) Answering() string { return p.Text[p.Sentence.Start:p.Sentence.End] }

// A Span is a range of bytes [Start, End) of a text, on rune limits.
type Span struct{ Start, End int }

// A Reason is one addend of a score. A score is the sum of its reasons in order, to the last bit.
type Reason struct {
	Name  string  // "passage", "title", …
	Note  string  // "3 of 4 terms"
	Value float64 // in score units; may be negative
}

// An Asked is a question as kept for moderators: without its asker's name.
type Asked struct {
	ID         int64
	Library    LibraryID
	Channel    string // Discord channel id, "" outside Discord
	Person     string // salted hash
	Text       string
	At         time.Time
	Grade      Grade
	Confidence float64
	Took       time.Duration // from the question to its answer; 0: not measured
	Channels   []string      // that alone may learn of it, as they are not open to all; nil: everybody
}
