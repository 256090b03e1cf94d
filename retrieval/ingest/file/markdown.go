package file

import (
	"bytes"
	"path"
	"regexp"
	"strings"
	"unicode/utf8"

	"archivist"
	"archivist/retrieval/ingest/canon"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	tables "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// Bounds of a Markdown file. The parser's time grows faster than the depth of what it reads.
const (
	maxNested = 40    // quotes within quotes, and lists within lists by two blanks each
	maxMarks  = 5_000 // brackets, asterisks and underscores in one block: .2 s
)

var markdown = goldmark.New(goldmark.WithExtensions(extension.Table, extension.Strikethrough)).Parser()

// Markdown reads a Markdown file (CommonMark with tables) as an article with the address "file:NAME". Title, author or authors, date and url
// come from its front matter ("---", then "key: value" lines); without a title there, from its first heading, else the file's name. A url of the
// web is the article's address. Links keep their words, pictures and HTML go.
//
// Errors are *archivist.Failure: WrongType for bytes that are no text, TooComplex for what would take too long to read, EmptyPage.
func Markdown(name string, body []byte) (archivist.Article, error) {
	source, err := decode(body)
	if err != nil {
		return archivist.Article{}, err
	}
	source = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(source)
	article := archivist.Article{Head: archivist.Head{URL: "file:" + name}}
	source = frontMatter(&article, source)
	if err := simple(source); err != nil {
		return archivist.Article{}, err
	}
	w := &markdownWriter{source: []byte(source), article: &article}
	w.blocks(markdown.Parse(text.NewReader(w.source)), archivist.KindParagraph)
	if len(article.Paragraphs) == 0 {
		return archivist.Article{}, &archivist.Failure{Code: archivist.EmptyPage, Detail: "no text"}
	}
	if first := article.Paragraphs[0]; first.Kind == archivist.KindHeading && len(article.Paragraphs) > 1 && (article.Title == "" || article.Title == cleanLine(first.Text)) {
		article.Title = cleanLine(first.Text)
		article.Paragraphs = article.Paragraphs[1:]
	}
	if article.Title == "" {
		base := path.Base(name)
		article.Title = cleanLine(strings.TrimSuffix(base, path.Ext(base)))
	}
	return article, nil
}

var frontLine = regexp.MustCompile(`^(title|authors?|date|published|url)\s*:\s*(.*)$`)

// frontMatter reads the lines between two of "---" at a file's beginning, as far as they matter, and gives the text behind them. It is no YAML:
// of its shapes those are read that people write there.
func frontMatter(a *archivist.Article, source string) string {
	rest, found := strings.CutPrefix(source, "---\n")
	if !found {
		return source
	}
	head, body, found := strings.Cut(rest, "\n---\n")
	if !found {
		return source
	}
	key := ""
	for line := range strings.SplitSeq(head, "\n") {
		value, entry := strings.CutPrefix(strings.TrimSpace(line), "- ")
		if m := frontLine.FindStringSubmatch(strings.TrimRight(line, " \t")); m != nil {
			key, value = m[1], m[2]
		} else if !entry || !strings.HasPrefix(key, "author") {
			key = ""
			continue
		}
		switch key {
		case "title":
			a.Title = cleanLine(unquote(value))
		case "author", "authors":
			for author := range strings.SplitSeq(strings.Trim(value, "[]"), ",") {
				if author = cleanLine(unquote(author)); author != "" && len(a.Authors) < maxAuthors {
					a.Authors = append(a.Authors, author)
				}
			}
		case "date", "published":
			a.Published, a.DayOnly = published(unquote(value))
		case "url":
			// What looks like one site's address and is another's, or has no host that a moderator's rule could name, is none.
			if address, err := canon.Normalise(unquote(value)); err == nil {
				a.URL = address
			}
		}
	}
	return body
}

func unquote(s string) string { return strings.Trim(strings.TrimSpace(s), `"'`) }

// simple reports text that is cheap to read.
func simple(source string) error {
	marks := 0
	for line := range strings.Lines(source) {
		trimmed := strings.TrimLeft(line, " \t>")
		begin := line[:len(line)-len(trimmed)]
		if strings.Count(begin, ">") > maxNested || len(strings.ReplaceAll(begin, "\t", "    ")) > 2*maxNested {
			return &archivist.Failure{Code: archivist.TooDeep, Detail: "nested too deeply"}
		}
		if strings.TrimSpace(line) == "" {
			marks = 0
		}
		if marks += strings.Count(line, "[") + strings.Count(line, "*") + strings.Count(line, "_"); marks > maxMarks {
			return &archivist.Failure{Code: archivist.TooComplex, Detail: "too many marks"}
		}
	}
	return nil
}

// A markdownWriter turns blocks into paragraphs.
type markdownWriter struct {
	source  []byte
	article *archivist.Article
}

// blocks writes the blocks within a node; paragraphs among them are of a kind.
func (w *markdownWriter) blocks(within ast.Node, kind archivist.Kind) {
	for n := within.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.Heading:
			w.add(archivist.KindHeading, w.inline(n))
		case *ast.Paragraph, *ast.TextBlock:
			w.add(kind, w.inline(n))
		case *ast.List:
			w.blocks(n, archivist.KindItem)
		case *ast.ListItem:
			w.blocks(n, archivist.KindItem)
		case *ast.Blockquote:
			w.blocks(n, archivist.KindQuote)
		case *ast.FencedCodeBlock, *ast.CodeBlock:
			w.add(archivist.KindCode, string(n.Lines().Value(w.source)))
		case *tables.Table:
			w.blocks(n, archivist.KindRow)
		case *tables.TableHeader, *tables.TableRow:
			var cells []string
			for cell := n.FirstChild(); cell != nil; cell = cell.NextSibling() {
				cells = append(cells, clean(w.inline(cell)))
			}
			w.add(archivist.KindRow, strings.Join(cells, " | "))
		}
	}
}

func (w *markdownWriter) add(kind archivist.Kind, s string) {
	if s = clean(s); utf8.RuneCountInString(strings.Trim(s, " |")) > 0 {
		w.article.Paragraphs = append(w.article.Paragraphs, archivist.Paragraph{Kind: kind, Text: s})
	}
}

// inline is the text of a block's inner nodes.
func (w *markdownWriter) inline(within ast.Node) string {
	var b bytes.Buffer
	var walk func(ast.Node)
	walk = func(within ast.Node) {
		for n := within.FirstChild(); n != nil; n = n.NextSibling() {
			switch n := n.(type) {
			case *ast.Text:
				value := n.Value(w.source)
				if !n.IsRaw() {
					value = util.ResolveEntityNames(util.ResolveNumericReferences(util.UnescapePunctuations(value)))
				}
				b.Write(value)
				if n.SoftLineBreak() || n.HardLineBreak() {
					b.WriteByte(' ')
				}
			case *ast.String:
				b.Write(n.Value)
			case *ast.AutoLink:
				b.Write(n.Label(w.source))
			case *ast.Image, *ast.RawHTML:
			default:
				walk(n)
			}
		}
	}
	walk(within)
	return b.String()
}
