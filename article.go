package archivist

import (
	"fmt"
	"slices"
	"time"
)

// An ArticleID numbers an article within its library: ascending, from 1, never used twice.
type ArticleID int64

// A Kind says what a paragraph was on its page. Its values are stored: never renumber them.
type Kind uint8

// The kinds of paragraphs.
const (
	KindParagraph Kind = iota
	KindHeading
	KindItem    // one entry of a list
	KindQuote   // a block quotation or an embedded post
	KindCaption // under a picture or a table
	KindRow     // one row of a table, cells joined by " | "
	KindCode
)

var kindNames = [...]string{"paragraph", "heading", "item", "quote", "caption", "row", "code"}

// String is the kind's word, as `archivist extract --json` prints it.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "unknown"
}

// MarshalText writes the kind's word.
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads the kind's word.
func (k *Kind) UnmarshalText(word []byte) error {
	i := slices.Index(kindNames[:], string(word))
	if i < 0 {
		return fmt.Errorf("%q is no kind of a paragraph", word)
	}
	*k = Kind(i)
	return nil
}

// A Paragraph is one block of an article: non-empty UTF-8 in NFC without control characters but newline (a line break inside it).
type Paragraph struct {
	Kind        Kind   `json:"kind"`
	Text        string `json:"text"`
	Boilerplate bool   `json:"boilerplate,omitempty"` // it recurs on pages of its site (Learned): stored, neither indexed nor shown
}

// A Head is an article without its text: what lists, cards and citations need.
type Head struct {
	ID        ArticleID
	URL       string // canonical address, http or https; "file:NAME" for a text that came from a file without an address
	Key       string // identity derived from URL (canon.Key); unique in a library
	Title     string
	Site      string
	Authors   []string
	Published time.Time // UTC; zero: unknown
	DayOnly   bool      // Published has no time of day; it then stands at 00:00 UTC
	Language  string    // BCP 47, "und" where unknown
	Words     int       // of all paragraphs
	Added     time.Time // when it was first stored
	AddedBy   string    // a Discord user id, or "cli"
	Updated   time.Time // when its text last changed; equal to Added until then
	Archived  string    // address of the archive's copy that it was read from, as its own page is gone; empty: read from its page
	Dead      bool      // there is no page at URL any more; the text is as it was last read
	Channels  []string  // Discord channels or private threads that it is private to, as it was added where not everybody sees; nil: open to all
}

// An About is what a page says of its article beyond the head. It is stored as this JSON.
type About struct {
	Modified time.Time `json:"modified,omitzero"` // UTC, not before Published; zero: unknown
	Zone     int       `json:"zone,omitempty"`    // minutes east of UTC of the clock by which the page gives Published
	Section  string    `json:"section,omitempty"` // of the site: "Sport"
	Tags     []string  `json:"tags,omitempty"`    // at most 20
	Image    string    `json:"image,omitempty"`   // address of the lead picture, http or https; it is never fetched
}

// An Article is one text with its paragraphs in order. Paragraph numbers are indices into Paragraphs.
type Article struct {
	Head
	About      About
	Paragraphs []Paragraph
}

// A Page is what was fetched, for reading it again with better rules (ingest.Reader.Reread).
type Page struct {
	URL         string // the address that answered, after redirects
	ContentType string
	ETag        string
	Modified    string // the Last-Modified header, as given
	Fetched     time.Time
	Body        []byte // decoded from its transfer encoding, not from its charset
}

// An Intake is an article on its way into a library. Head.ID, Added and Updated are set by the store.
type Intake struct {
	Article Article
	Hash    [32]byte // SHA-256 of the words kept, which tells whether the text changed
	Links   []string // further keys under which the same article is found (the posted link, redirects)
	Page    *Page    // nil where there is none to keep
	Web     bool     // a page of a site, whose furniture may be learned from it
	Check   *Check   // when its page is looked at again; nil: it has no page, or when stays as it is
	Job     JobID    // closed in the same transaction; 0: none
	Owner   string   // who holds the job's lease; checked with Job

	// Reread is Updated of the text whose page, as it was kept, this one is read from anew. It takes the place of that text alone, and leaves Dead as it is.
	// Zero: the page was looked at.
	Reread time.Time
}

// An Outcome says what became of an intake. An article that was private and is seen from here for the first time is Added, or Updated where its
// text has changed too.
type Outcome string

// The outcomes. Only Added and Updated change the library's version.
const (
	Added     Outcome = "added"
	Updated   Outcome = "updated"   // same key, other text: the old paragraphs are gone
	Unchanged Outcome = "unchanged" // same key, same text
	Duplicate Outcome = "duplicate" // other key, same text or nearly so: the link was kept for the article that is there
)

// A Stored tells where an intake went.
type Stored struct {
	ID       ArticleID // the article that now answers for it
	Outcome  Outcome
	Version  uint64 // the library's version after the write
	Unmarked bool   // articles of its site are not marked by what the library has learned, or was told to keep
}

// A SegmentKind tells what a stored segment stands for. Its values are stored: never renumber them.
type SegmentKind uint8

// The kinds of segments.
const (
	SegmentArticle SegmentKind = iota // the index of one article; supersedes every earlier segment of that article
	SegmentMerged                     // the index of several articles
	SegmentGone                       // a tombstone: the article was removed
)

// A Segment is a row of a library's index. Storage does not look into Bytes.
type Segment struct {
	Seq     uint64 // the library's version given by the write
	Part    int    // numbers the rows of one write from 0; (Seq, Part) is the order of the rows
	Kind    SegmentKind
	Article ArticleID // of SegmentArticle and SegmentGone
	Bytes   []byte    // at most 1 MiB in SegmentMerged; nil in SegmentGone
}

// Segments is what a library's index gained since a version, read in one snapshot.
type Segments struct {
	Rows    []Segment              // ascending by (Seq, Part), all with Seq > the version asked for
	Private map[ArticleID][]string // all articles that are private to channels, and the channels; nil where nothing changed
	Version uint64                 // of the library as read
	Floor   uint64                 // a reader whose version is below Floor must start again from 0
}

// A Put is an intake with its index, as the Engine hands it to a store.
type Put struct {
	Intake
	Segment []byte
	Print   ParagraphHash // of all its long paragraphs, whatever their order: what it has in common with its copies, by which they find it; 0: none
	CopyOf  string        // the key of the article that it is a copy of, under which it is found from then on; "": none

	Compared []ArticleID // the articles of its print that were looked at for CopyOf: where there are others by now it is not stored (ErrOutdated)
}

// A Range names consecutive paragraphs of one article, First to Last inclusive. Ranges beyond the article's ends are cut; an empty one
// wants the article's head alone.
type Range struct {
	Article     ArticleID
	First, Last int
}

// Texts is the answer to a list of ranges, of one version of the library.
type Texts struct {
	Heads      map[ArticleID]Head
	Paragraphs map[ArticleID]map[int]Paragraph // by article and paragraph number
	Version    uint64
	Threshold  string // SettingThreshold of the library, "" at its default
}

// A SiteCount is one line of the list of sources.
type SiteCount struct {
	Site     string
	Articles int
	Newest   time.Time // published, else added
}
