package retrieval

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"hash/fnv"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"archivist"
	"archivist/retrieval/text"
)

// What one paper prints, others print too: the same paragraphs under another headline, behind another dateline, with another line about who wrote
// them. Such a copy is one article with the first. Whatever may be an update of it is not, nor a report that differs by its figures:
// docs/decisions/0014-queue.md has what was measured.

const (
	copyWords    = 80                 // fewer say too little to be known by
	copyShare    = .9                 // of the longer text's words, in paragraphs that both have
	copyLine     = 8                  // words that a paragraph of only one of them has fewer than
	copyWindow   = 7 * 24 * time.Hour // between the days of publication: what is printed again later is news again
	mostCompared = 8                  // articles of the same print that one is compared with
)

// dateline is what a paper puts before an agency's first sentence: "DETROIT (AP) — ", "(CNN) ", "CNN — ".
var dateline = regexp.MustCompile(`^(?:(?:\p{Lu}[^.!?\n]{0,50} )?\(\p{Lu}[\p{L} ]{1,20}\)(?:\s*[—–-]+)?\s+|\p{Lu}{2}[^.!?\n]{0,50}?\s[—–-]+\s+)`)

// endsSentence is the end of a paragraph that says something.
var endsSentence = regexp.MustCompile(`[.!?…。！？।][\p{P}\s]*$`)

// A printing is an article as a copy of it is known: its paragraphs without furniture and datelines.
type printing []printed

// A printed is a paragraph, what it says (its letters and digits in lower case), and its length in words.
type printed struct {
	archivist.Paragraph
	says  string
	words int
}

func printingOf(a archivist.Article) (p printing, words int) {
	for _, paragraph := range a.Paragraphs {
		if paragraph.Boilerplate {
			continue
		}
		paragraph.Text = withoutDateline(paragraph.Text)
		one := printed{paragraph, bare(paragraph.Text), text.Words(paragraph.Text)}
		p, words = append(p, one), words+one.words
	}
	return p, words
}

func bare(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) && !unicode.IsNumber(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, s)
}

func withoutDateline(s string) string {
	if !strings.ContainsAny(s[:min(len(s), 80)], "(—–-") { // most texts
		return s
	}
	return dateline.ReplaceAllLiteralString(s, "")
}

// printOf is the hash of an article's paragraphs that are no lines, whatever their order. Two that are one article have the same: what only one of them
// has is shorter. 0 is the print of a text that is too short to be known.
func printOf(a archivist.Article) archivist.ParagraphHash {
	p, words := printingOf(a)
	if words < copyWords {
		return 0
	}
	var sums []uint64
	for _, one := range p {
		if one.words >= copyLine {
			hash := fnv.New64a()
			hash.Write([]byte(one.says))
			sums = append(sums, hash.Sum64())
		}
	}
	if len(sums) == 0 { // verse, or a list
		return 0
	}
	slices.Sort(sums)
	var all []byte
	for _, sum := range slices.Compact(sums) {
		all = binary.BigEndian.AppendUint64(all, sum)
	}
	sum := sha256.Sum256(all)
	return archivist.ParagraphHash(binary.BigEndian.Uint64(sum[:]))
}

// sameArticle reports whether two articles are nearly certainly one text that was printed twice.
func sameArticle(a, b archivist.Article) bool {
	if !a.Published.IsZero() && !b.Published.IsZero() && a.Published.Sub(b.Published).Abs() > copyWindow || !sameNumbers(a.Title, b.Title) {
		return false
	}
	first, firstWords := printingOf(a)
	second, secondWords := printingOf(b)
	if min(firstWords, secondWords) < copyWords {
		return false
	}
	common, ok := first.within(second)
	if _, other := second.within(first); !ok || !other {
		return false
	}
	return float64(common) >= copyShare*float64(max(firstWords, secondWords))
}

// within counts the words of the paragraphs that another printing has as well; false says that one of the others is more than a line that a paper
// adds of its own: it is long, a sentence, a heading or a row, or it holds a number.
func (p printing) within(other printing) (words int, ok bool) {
	left := map[string]int{}
	for _, one := range other {
		left[one.says]++
	}
	for _, one := range p {
		if left[one.says] > 0 {
			left[one.says]--
			words += one.words
			continue
		}
		if one.words >= copyLine || one.Kind == archivist.KindHeading || one.Kind == archivist.KindRow || endsSentence.MatchString(one.Text) || strings.ContainsFunc(one.Text, unicode.IsNumber) {
			return words, false
		}
	}
	return words, true
}

// sameNumbers reports whether of two headlines one names no number, or both the same.
func sameNumbers(a, b string) bool {
	notNumber := func(r rune) bool { return !unicode.IsNumber(r) }
	first, second := strings.FieldsFunc(a, notNumber), strings.FieldsFunc(b, notNumber)
	slices.Sort(first)
	slices.Sort(second)
	return len(first) == 0 || len(second) == 0 || slices.Equal(first, second)
}

// copies notes of articles that are about to be stored which one they are copies of: of the library's, or of those before them.
func (e *Engine) copies(ctx context.Context, library archivist.LibraryID, puts []archivist.Put) error {
	var all []archivist.ParagraphHash
	for _, put := range puts {
		if put.Print != 0 {
			all = append(all, put.Print)
		}
	}
	if len(all) == 0 {
		return nil
	}
	stored, err := e.corpus.Printed(ctx, library, all)
	if err != nil {
		return err
	}
	before := map[archivist.ParagraphHash][]archivist.Article{}
	for i := range puts {
		print := puts[i].Print
		if print == 0 {
			continue
		}
		ids := stored[print]
		puts[i].Compared, puts[i].CopyOf = ids, "" // of an earlier look
		for _, id := range ids[:min(len(ids), mostCompared)] {
			old, err := e.corpus.Article(ctx, library, id)
			if err != nil && !errors.Is(err, archivist.ErrNotFound) { // which was removed meanwhile
				return err
			}
			if err == nil && puts[i].CopyOf == "" && leads(old, puts[i].Article) {
				puts[i].CopyOf = old.Key
			}
		}
		for _, one := range before[print] {
			if puts[i].CopyOf == "" && leads(one, puts[i].Article) {
				puts[i].CopyOf = one.Key
			}
		}
		if puts[i].CopyOf == "" && len(before[print]) < mostCompared {
			before[print] = append(before[print], puts[i].Article)
		}
	}
	return nil
}

// leads reports whether an article has another as its copy: not itself, and no file has one, as nobody vouches for what stands in it.
func leads(a, other archivist.Article) bool {
	return a.Key != other.Key && !strings.HasPrefix(a.Key, "file:") && sameArticle(a, other)
}
