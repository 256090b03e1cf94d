package file

import (
	"maps"
	"math"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"archivist"
)

const (
	edgeLines   = 3    // lines at the top and at the bottom of a page that may be its header and footer
	recurs      = 3    // on so many pages what stands there is no text
	wideGap     = 1.4  // of the usual distance between lines: more divides paragraphs
	indented    = .8   // sizes by which a first   textLine is set in
	blankWidth  = .3   // sizes that a blank takes
	headingSize = 1.15 // of the usual size: a heading from here on
	longHeading = 160  // characters; more are text in large letters
)

// paragraphs joins the lines of pages, in reading order, to paragraphs.
func paragraphs(pages [][]textLine) []archivist.Paragraph {
	furniture := recurring(pages)
	var lines []textLine
	var starts []int // indices of lines that begin a page
	for _, page := range pages {
		starts = append(starts, len(lines))
		for _, l := range page {
			if l.text = clean(expand(l.text)); l.text != "" && (!l.edge || !furniture[withoutDigits(l.text)]) {
				lines = append(lines, l)
			}
		}
	}
	if len(lines) == 0 {
		return nil
	}
	j := &joiner{words: wordsOf(lines), size: median(sizesOf(lines)), columns: columnsOf(lines)}
	j.distance = distanceOf(lines)
	for i, l := range lines {
		switch {
		case i == 0:
			j.begin(l)
		case j.divided(lines[i-1], l, slices.Contains(starts, i)):
			j.end()
			j.begin(l)
		default:
			j.add(l)
		}
	}
	j.end()
	return j.done
}

// recurring are the texts, without their digits, that stand at the edges of three or more pages: headers, footers, numbers of pages.
func recurring(pages [][]textLine) map[string]bool {
	counts := map[string]int{}
	for _, page := range pages {
		seen := map[string]bool{}
		for _, l := range page {
			if text := withoutDigits(clean(expand(l.text))); l.edge && !seen[text] {
				seen[text] = true
				counts[text]++
			}
		}
	}
	maps.DeleteFunc(counts, func(_ string, n int) bool { return n < recurs })
	found := map[string]bool{}
	for text := range counts {
		found[text] = true
	}
	return found
}

func withoutDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return -1
		}
		return r
	}, s)
}

// ligatures are letters that stand for two.
var ligatures = strings.NewReplacer("ﬀ", "ff", "ﬁ", "fi", "ﬂ", "fl", "ﬃ", "ffi", "ﬄ", "ffl", "ﬅ", "st", "ﬆ", "st")

// accents are marks that stand on their own before the letter that they belong to, as TeX's older fonts print them: "M¨uller".
var (
	accents   = regexp.MustCompile(`([¨´ˆ˜ˇ˚¯˘])(\pL)`)
	combining = map[string]string{"¨": "\u0308", "´": "\u0301", "ˆ": "\u0302", "˜": "\u0303", "ˇ": "\u030c", "˚": "\u030a", "¯": "\u0304", "˘": "\u0306"}
)

// expand gives the letters that are meant by ligatures, and by accents that stand on their own.
func expand(text string) string {
	text = ligatures.Replace(text)
	if !strings.ContainsAny(text, "¨´ˆ˜ˇ˚¯˘") {
		return text
	}
	return accents.ReplaceAllStringFunc(text, func(pair string) string {
		mark, size := utf8.DecodeRuneInString(pair)
		return strings.Replace(pair[size:], "ı", "i", 1) + combining[string(mark)]
	})
}

// A joiner makes paragraphs of lines.
type joiner struct {
	words    map[string]bool // of the document, those that a line's end cuts excepted, in lower case
	size     float64         // usual, of the letters
	distance float64         // usual, between two lines, in sizes
	columns  [2]edges
	text     strings.Builder
	first    textLine // of the paragraph at hand
	lines    int      // of it
	done     []archivist.Paragraph
}

// edges are where the lines of a column begin and end.
type edges struct{ x, end float64 }

func (j *joiner) begin(l textLine) {
	j.first, j.lines = l, 1
	j.text.WriteString(l.text)
}

// add goes on with a line. A hyphen at the end of the line before is one of the word's own unless the word without it occurs elsewhere.
func (j *joiner) add(l textLine) {
	j.lines++
	text := j.text.String()
	head, hyphen := cutHyphen(text)
	if first, _ := utf8.DecodeRuneInString(l.text); hyphen == "" || !unicode.IsLower(first) {
		if hyphen == "" {
			j.text.WriteByte(' ')
		}
		j.text.WriteString(l.text)
		return
	}
	word := lastWord(head) + firstWord(l.text)
	if hyphen == "\u00ad" || j.words[strings.ToLower(word)] {
		j.text.Reset()
		j.text.WriteString(head)
	}
	j.text.WriteString(l.text)
}

// cutHyphen divides a text that ends with a letter and a hyphen.
func cutHyphen(text string) (head, hyphen string) {
	for _, hyphen := range []string{"-", "\u2010", "\u00ad"} {
		if head, found := strings.CutSuffix(text, hyphen); found {
			if last, _ := utf8.DecodeLastRuneInString(head); unicode.IsLetter(last) {
				return head, hyphen
			}
		}
	}
	return text, ""
}

func notLetter(r rune) bool { return !unicode.IsLetter(r) }

func lastWord(s string) string {
	return s[strings.LastIndexFunc(s, notLetter)+1:] // what is no letter may have more bytes: then its last ones come along, and match nothing
}

func firstWord(s string) string {
	if end := strings.IndexFunc(s, notLetter); end >= 0 {
		return s[:end]
	}
	return s
}

func (j *joiner) end() {
	text := clean(j.text.String())
	j.text.Reset()
	if text == "" {
		return
	}
	p := archivist.Paragraph{Text: text}
	if j.first.size > headingSize*j.size && utf8.RuneCountInString(text) <= longHeading {
		p.Kind = archivist.KindHeading
	} else if _, item := bullet(text); item {
		p.Kind = archivist.KindItem
	}
	j.done = append(j.done, p)
}

// bullet cuts the mark off an entry of a list.
func bullet(text string) (rest string, found bool) {
	for _, mark := range []string{"• ", "‣ ", "▪ ", "● ", "◦ ", "– ", "— ", "- ", "* "} {
		if rest, found := strings.CutPrefix(text, mark); found {
			return rest, true
		}
	}
	return text, false
}

// divided reports whether a paragraph ends between two lines that follow each other.
func (j *joiner) divided(before, l textLine, newPage bool) bool {
	if math.Abs(before.size-l.size) > .1*max(before.size, l.size) {
		return true
	}
	if _, item := bullet(l.text); item {
		return true
	}
	column := j.columns[l.column]
	set := l.x - column.x
	if newPage || l.column != before.column || l.y > before.y {
		// The paragraph goes on over the edge of its column, unless it was at an end.
		return endsSentence(before.text) && (set > indented*l.size || j.ended(before, l)) || before.size > headingSize*j.size
	}
	switch {
	case before.y-l.y > wideGap*j.distance*l.size:
		return true
	case set > indented*l.size && set < 6*l.size && before.x-column.x < indented*before.size: // the first   textLine is set in
		return true
	}
	return j.ended(before, l)
}

// ended reports whether a line ends a sentence, and its paragraph: the first word of the next line would have had room behind it.
func (j *joiner) ended(l, next textLine) bool {
	word, _, _ := strings.Cut(next.text, " ")
	width := (next.end - next.x) * float64(utf8.RuneCountInString(word)) / float64(utf8.RuneCountInString(next.text))
	return endsSentence(l.text) && j.columns[l.column].end-l.end > width+blankWidth*l.size
}

func endsSentence(text string) bool {
	last, _ := utf8.DecodeLastRuneInString(strings.TrimRight(text, `"'”’»)]`))
	return strings.ContainsRune(".?!:…。！？؟", last)
}

// wordsOf are the words of the document that no line's end cuts.
func wordsOf(lines []textLine) map[string]bool {
	words := map[string]bool{}
	for i, l := range lines {
		fields := strings.FieldsFunc(l.text, notLetter)
		if _, hyphen := cutHyphen(l.text); hyphen != "" && len(fields) > 0 {
			fields = fields[:len(fields)-1]
		}
		if i > 0 && len(fields) > 0 {
			if _, hyphen := cutHyphen(lines[i-1].text); hyphen != "" {
				fields = fields[1:]
			}
		}
		for _, word := range fields {
			words[strings.ToLower(word)] = true
		}
	}
	return words
}

// sizesOf are the sizes of lines, each as often as it has letters, in tens.
func sizesOf(lines []textLine) (sizes []float64) {
	for _, l := range lines {
		for range 1 + utf8.RuneCountInString(l.text)/10 {
			sizes = append(sizes, l.size)
		}
	}
	return sizes
}

// columnsOf are the usual edges of the two columns: most lines begin at the left one, and the longest ones reach the right one.
func columnsOf(lines []textLine) (columns [2]edges) {
	for c := range columns {
		var starts, ends []float64
		for _, l := range lines {
			if l.column == c {
				starts, ends = append(starts, l.x), append(ends, l.end)
			}
		}
		if len(starts) == 0 {
			continue
		}
		slices.Sort(ends)
		columns[c] = edges{x: mode(starts, 2), end: ends[len(ends)*9/10]}
	}
	return columns
}

// distanceOf is the usual distance of lines that follow each other in a column, in sizes of their letters.
func distanceOf(lines []textLine) float64 {
	var distances []float64
	for i := 1; i < len(lines); i++ {
		before, l := lines[i-1], lines[i]
		if d := (before.y - l.y) / l.size; before.column == l.column && d > .5 && d < 4 {
			distances = append(distances, d)
		}
	}
	if len(distances) == 0 {
		return 1.2
	}
	slices.Sort(distances)
	return distances[len(distances)/4] // most lines follow another of their paragraph; in a short text a quarter do
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}

// mode is the middle of the values around which most others lie, within a width.
func mode(values []float64, width float64) float64 {
	slices.Sort(values)
	best, most := values[0], 0
	for from, to := 0, 0; from < len(values); from++ {
		for to < len(values) && values[to] <= values[from]+width {
			to++
		}
		if to-from > most {
			best, most = values[(from+to-1)/2], to-from
		}
	}
	return best
}
