package retrieval

import (
	"math"
	"time"

	"archivist"
	"archivist/retrieval/answer"
	"archivist/retrieval/index"
	"archivist/retrieval/text"
)

// document is an article as the index sees it.
func document(a archivist.Article) index.Document {
	d := index.Document{Day: index.NoDay, Language: a.Language, Title: terms(a.Title, a.Language)}
	if !a.Published.IsZero() {
		d.Day = dayOf(a.Published)
	}
	for _, extent := range pack(a.Paragraphs, a.Language) {
		passage := index.Passage{Extent: extent}
		for n := extent.First; n <= extent.Last; n++ {
			s := a.Paragraphs[n].Text
			if n == extent.Last {
				s = s[:extent.End]
			}
			if n == extent.First {
				s = s[extent.Start:]
			}
			passage.Tokens = append(passage.Tokens, tokens(s, a.Language)...)
		}
		d.Passages = append(d.Passages, passage)
	}
	return d
}

// dayOf is the day of a time in UTC, as the index counts them: from 1 January 1970 on, those before it negative.
func dayOf(t time.Time) int32 { return int32(math.Floor(float64(t.Unix()) / 86400)) }

// terms are a text's terms in order, without stop words.
func terms(s, language string) []string {
	var list []string
	for _, token := range text.Analyse(s, language) {
		if !token.Stop {
			list = append(list, token.Term)
		}
	}
	return list
}

// A packer gathers consecutive paragraphs into passages of at most answer.MaxWords words.
type packer struct {
	extents []index.Extent
	open    index.Extent
	words   int  // of the open passage; 0: none is open
	headed  bool // the open passage is nothing but headings
}

// pack cuts an article into passages: runs of whole paragraphs up to the word limit. A longer paragraph is split at its sentences into
// parts of like size. A heading begins a passage, with what follows it, so that none reaches over a heading; a caption, row or item
// stays with the block before it where it fits. What is marked as boilerplate is in none.
func pack(paragraphs []archivist.Paragraph, language string) []index.Extent {
	var p packer
	for n, paragraph := range paragraphs {
		if paragraph.Boilerplate {
			p.close() // no passage reaches over it
			continue
		}
		words := text.Words(paragraph.Text)
		if paragraph.Kind == archivist.KindHeading && !p.headed {
			p.close()
		}
		if p.words > 0 && p.words+words > answer.MaxWords && (!p.headed || words <= answer.MaxWords) {
			p.close()
		}
		if words > answer.MaxWords {
			p.split(n, paragraph.Text, words, language)
			continue
		}
		p.add(index.Extent{First: n, Start: 0, Last: n, End: len(paragraph.Text)}, words, paragraph.Kind == archivist.KindHeading)
	}
	p.close()
	return p.extents
}

func (p *packer) add(e index.Extent, words int, heading bool) {
	if p.words == 0 {
		p.open, p.headed = e, true
	}
	p.open.Last, p.open.End = e.Last, e.End
	p.words += words
	p.headed = p.headed && heading
}

func (p *packer) close() {
	if p.words > 0 {
		p.extents = append(p.extents, p.open)
	}
	p.words, p.headed = 0, false
}

// split cuts one long paragraph at sentences into parts of like size. A heading that is open goes with the first part.
func (p *packer) split(n int, s string, words int, language string) {
	parts := (words + answer.MaxWords - 1) / answer.MaxWords
	target := (words + parts - 1) / parts
	for _, span := range text.Sentences(s, language) {
		size := text.Words(s[span.Start:span.End])
		if p.words > 0 && !p.headed && (p.words+size > answer.MaxWords || p.words >= target) {
			p.close()
		}
		p.add(index.Extent{First: n, Start: span.Start, Last: n, End: span.End}, size, false)
	}
	p.close()
}
