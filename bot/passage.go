package bot

import (
	"encoding/json"
	"hash/crc32"
	"math"
	"strings"

	"archivist"
)

// passageState is what a card of an answer remembers of a passage: where it stands in its article, which is read again whenever it is shown. Its words
// and its link are the article's, and would be two thirds of what is kept of every answer for 90 days.
type passageState struct {
	Article archivist.ArticleID `json:"article"`
	First   int                 `json:"first"` // paragraphs that it touches
	Last    int                 `json:"last"`
	Start   int                 `json:"start,omitempty"`   // byte of the first of them
	Bytes   int                 `json:"bytes,omitempty"`   // of Text; 0 in the state of a card of before, which has Text and Link
	Sum     uint32              `json:"sum,omitempty"`     // CRC-32 of Text, by which it is known to be as it was
	Bold    [2]int              `json:"bold"`              // the answering sentence, in bytes of Text
	Also    []sourceState       `json:"also,omitempty"`    // other articles that say the same
	Reasons []archivist.Reason  `json:"reasons,omitempty"` // their values as they are shown, in hundredths

	Text string `json:"text,omitempty"` // of a state that was read, once find has found it
	Link string `json:"link,omitempty"` // as Text
}

func newPassage(p archivist.Passage) passageState {
	kept := passageState{
		Article: p.Article.ID, First: p.First, Last: p.Last, Start: p.Start, Bytes: len(p.Text), Sum: crc32.ChecksumIEEE([]byte(p.Text)),
		Bold: [2]int{p.Sentence.Start, p.Sentence.End}, Text: p.Text, Link: p.Link,
	}
	for _, reason := range p.Reasons {
		reason.Value = math.Round(reason.Value*100) / 100
		kept.Reasons = append(kept.Reasons, reason)
	}
	return kept
}

// MarshalJSON leaves out what find finds again.
func (p passageState) MarshalJSON() ([]byte, error) {
	type stored passageState
	if p.Bytes > 0 {
		p.Text, p.Link = "", ""
	}
	return json.Marshal(stored(p))
}

// find looks up the passage in its article, and reports whether the article still has it as it was.
func (p *passageState) find(a archivist.Article) bool {
	own, ok := p.paragraphs(a)
	if !ok {
		return false
	}
	if p.Bytes == 0 {
		if p.Start = strings.Index(own, p.Text); p.Start < 0 || p.Text == "" {
			return false
		}
		p.Bytes, p.Sum = len(p.Text), crc32.ChecksumIEEE([]byte(p.Text))
	}
	if p.Start < 0 || p.Bytes < 0 || p.Start > len(own) || p.Bytes > len(own)-p.Start {
		return false
	}
	p.Text = own[p.Start : p.Start+p.Bytes]
	p.Link = archivist.LinkTo(a.URL, p.Text)
	return crc32.ChecksumIEEE([]byte(p.Text)) == p.Sum
}

// paragraphs is the text of the paragraphs that the passage touches, which must be there.
func (p passageState) paragraphs(a archivist.Article) (own string, ok bool) {
	if p.First < 0 || p.Last < p.First || p.Last >= len(a.Paragraphs) {
		return "", false
	}
	texts := make([]string, 0, p.Last-p.First+1)
	for _, paragraph := range a.Paragraphs[p.First : p.Last+1] {
		texts = append(texts, paragraph.Text)
	}
	return strings.Join(texts, "\n"), true
}

func (p passageState) sentence() archivist.Span {
	return archivist.Span{Start: p.Bold[0], End: p.Bold[1]}
}
