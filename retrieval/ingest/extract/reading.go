package extract

import (
	"net/url"

	"archivist"

	"golang.org/x/net/html"
)

// A Reading is a page in blocks, with its metadata and the votes for its blocks, before anything is decided.
type Reading struct {
	url    string
	doc    *html.Node
	meta   *meta
	ballot ballot
}

// Read does all that costs time: charset, tree, metadata, blocks and votes. Errors: BadEncoding, TooDeep, TooComplex.
func Read(in Input) (*Reading, error) {
	page, err := decode(in.Body, in.ContentType)
	if err != nil {
		return nil, err
	}
	page, err = affordable(page)
	if err != nil {
		return nil, err
	}
	doc, err := parse(page)
	if err != nil {
		return nil, err
	}
	base, err := url.Parse(in.URL)
	if err != nil || base.Scheme == "file" {
		base = &url.URL{}
	}
	most := maxVotedBlocks
	if in.Inline {
		most = maxInlineBlocks
	}
	m := readMeta(doc, base, in.Now)
	hideByRules(doc)
	return &Reading{url: in.URL, doc: doc, meta: m, ballot: vote(doc, segment(doc), base, most)}, nil
}

// Decide makes the article of a reading. It may be asked again with another trial. Errors: what judge says.
func (r *Reading) Decide(t Trial) (Result, error) {
	blocks, m := r.ballot.blocks, r.meta
	kept := t.on(r.ballot).decide(m, t)
	removed := filter(blocks, kept, m, t)
	if err := judge(r.doc, blocks, kept, m, r.url); err != nil {
		return Result{}, err
	}
	result := Result{Canonical: m.canonical, Pages: m.pages, Removed: removed}
	result.Article = archivist.Article{Head: archivist.Head{
		URL: r.url, Title: m.title, Site: m.site, Authors: m.authors, Published: m.published.UTC(), DayOnly: m.published.dayOnly, Language: m.language,
	}, About: m.about}
	for i, b := range blocks {
		if kept[i] {
			result.Article.Paragraphs = append(result.Article.Paragraphs, archivist.Paragraph{Kind: b.kind, Text: b.text})
		}
	}
	if result.Article.Title == "" && len(result.Article.Paragraphs) > 0 {
		result.Article.Title = cutWords(result.Article.Paragraphs[0].Text, 12)
	}
	return result, nil
}
