package file

import (
	"bytes"
	"path"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"archivist"
)

// Limits of what is taken for a heading and for wrapped lines, in characters.
const (
	maxHeading = 120 // a first line that is longer is text
	maxWrapped = 120 // a paragraph with a longer line was not wrapped by hand: each of its lines is a paragraph
)

// Text reads a plain text file as an article with the address "file:NAME". Its title is the first line if that begins with "# ", or is
// short and followed by an empty line; else the file's name without its ending. Empty lines divide paragraphs; within them lines are
// joined, as they were wrapped by hand. Bytes are UTF-8, UTF-16 with a byte order mark, or else windows-1252.
//
// Errors are *archivist.Failure: WrongType for bytes that are no text, EmptyPage where there is none.
func Text(name string, body []byte) (archivist.Article, error) {
	text, err := decode(body)
	if err != nil {
		return archivist.Article{}, err
	}
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\f", "\n\n", "\u2029", "\n\n", "\u2028", "\n").Replace(text)
	article := archivist.Article{Head: archivist.Head{URL: "file:" + name}}
	article.Title, text = heading(name, text)
	for block := range blocks(text) {
		for _, line := range unwrap(block) {
			if line = clean(line); line != "" {
				article.Paragraphs = append(article.Paragraphs, archivist.Paragraph{Text: line})
			}
		}
	}
	if len(article.Paragraphs) == 0 {
		return archivist.Article{}, &archivist.Failure{Code: archivist.EmptyPage, Detail: "no text"}
	}
	return article, nil
}

func decode(body []byte) (string, error) {
	if bytes.HasPrefix(body, []byte("\xff\xfe")) || bytes.HasPrefix(body, []byte("\xfe\xff")) {
		decoded, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Bytes(body)
		if err != nil {
			return "", &archivist.Failure{Code: archivist.WrongType, Detail: "no text", Err: err}
		}
		return string(decoded), nil
	}
	controls := 0
	for _, c := range body {
		if c < ' ' && !strings.ContainsRune("\t\n\v\f\r\x1b", rune(c)) {
			controls++
		}
	}
	if controls*100 > len(body) {
		return "", &archivist.Failure{Code: archivist.WrongType, Detail: "no text"}
	}
	body = bytes.TrimPrefix(body, []byte("\ufeff"))
	if utf8.Valid(body) {
		return string(body), nil
	}
	decoded, err := charmap.Windows1252.NewDecoder().Bytes(body)
	if err != nil {
		return "", &archivist.Failure{Code: archivist.WrongType, Detail: "no text", Err: err}
	}
	return string(decoded), nil
}

// heading gives the title and the text without it.
func heading(name, text string) (title, rest string) {
	text = strings.TrimLeft(text, "\n\t ")
	first, rest, _ := strings.Cut(text, "\n")
	second, _, _ := strings.Cut(rest, "\n")
	marked, isMarked := strings.CutPrefix(first, "# ")
	title = cleanLine(marked)
	short := utf8.RuneCountInString(title) <= maxHeading && strings.TrimSpace(second) == ""
	if title == "" || strings.TrimSpace(rest) == "" || (!isMarked && !short) {
		base := path.Base(name)
		return cleanLine(strings.TrimSuffix(base, path.Ext(base))), text
	}
	return title, rest
}

// blocks yields the runs of lines between empty ones.
func blocks(text string) func(yield func([]string) bool) {
	return func(yield func([]string) bool) {
		var block []string
		for line := range strings.SplitSeq(text, "\n") {
			if strings.TrimSpace(line) != "" {
				block = append(block, line)
				continue
			}
			if len(block) > 0 && !yield(block) {
				return
			}
			block = nil
		}
		if len(block) > 0 {
			yield(block)
		}
	}
}

// unwrap joins the lines of a block, unless one is so long that nobody wrapped them.
func unwrap(block []string) []string {
	for _, line := range block {
		if utf8.RuneCountInString(line) > maxWrapped {
			return block
		}
	}
	return []string{strings.Join(block, " ")}
}
