package file

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"archivist"

	"codeberg.org/go-fonts/liberation/liberationserifregular"
	"codeberg.org/go-pdf/fpdf"
)

var pdfNow = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// bake gives a document's bytes.
func bake(t testing.TB, d *fpdf.Fpdf) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := d.Output(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func newPDF() *fpdf.Fpdf {
	d := fpdf.New("P", "pt", "A4", "")
	d.SetCreationDate(time.Date(2020, 5, 6, 7, 8, 9, 0, time.UTC))
	d.SetMargins(72, 72, 72)
	d.SetAutoPageBreak(true, 72)
	return d
}

func readPDF(t *testing.T, body []byte) archivist.Article {
	t.Helper()
	a, err := PDF("report.pdf", body, pdfNow)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// pdfTexts are an article's paragraphs, with the kind of those that are something else.
func pdfTexts(a archivist.Article) (list []string) {
	for _, p := range a.Paragraphs {
		text := p.Text
		if p.Kind != archivist.KindParagraph {
			text = p.Kind.String() + ": " + text
		}
		list = append(list, text)
	}
	return list
}

func wantTexts(t *testing.T, got archivist.Article, want ...string) {
	t.Helper()
	if list := pdfTexts(got); !slices.Equal(list, want) {
		t.Errorf("paragraphs\n%q\nwant\n%q", list, want)
	}
}

var (
	ferry  = "The ferry to the island leaves at seven in the morning and comes back at eleven, as long as the wind does not blow from the west. It takes forty people, nine cars and the mail."
	lamp   = "The harbour has a new lamp, which stands on the south mole and can be seen from eleven miles away on a clear night, the harbour master said. The old one broke in the storm."
	bridge = "The bridge was built in 1787 of stones that came up the river on barges. It carried three thousand carts a day before the divers found the cracks, nine centimetres wide."
)

// TestPDFParagraphs: wrapped lines become paragraphs by gap, by indent, and by the end of a sentence; headings stand alone.
func TestPDFParagraphs(t *testing.T) {
	for what, between := range map[string]func(d *fpdf.Fpdf){
		"a gap":                      func(d *fpdf.Fpdf) { d.Ln(10) },
		"none, but short last lines": func(*fpdf.Fpdf) {},
	} {
		d := newPDF()
		d.AddPage()
		d.SetFont("Helvetica", "B", 20)
		d.MultiCell(0, 24, "News from the harbour", "", "L", false)
		d.SetFont("Times", "", 12)
		for _, text := range []string{ferry, lamp, bridge} {
			d.MultiCell(0, 14, text, "", "J", false)
			between(d)
		}
		a := readPDF(t, bake(t, d))
		if a.Title != "News from the harbour" || a.URL != "file:report.pdf" || !a.DayOnly || a.Published.Format(time.DateOnly) != "2020-05-06" {
			t.Errorf("%s: %+v", what, a.Head)
		}
		wantTexts(t, a, ferry, lamp, bridge)
	}
	d := newPDF()
	d.AddPage()
	d.SetFont("Times", "", 12)
	for _, text := range []string{ferry, lamp + " And that was all that could be said about it then.", bridge} { // the first line of each is set in
		d.MultiCell(0, 14, "      "+text, "", "L", false)
	}
	a := readPDF(t, bake(t, d))
	if list := pdfTexts(a); len(list) != 3 || list[0] != ferry || list[2] != bridge {
		t.Errorf("by indent: %q", list)
	}
}

// TestPDFPages: a paragraph goes on over the end of its page, what recurs at the edges goes, and a page's first lines of their own stay.
func TestPDFPages(t *testing.T) {
	d := newPDF()
	d.SetHeaderFunc(func() {
		d.SetFont("Helvetica", "", 9)
		d.SetXY(72, 40)
		d.CellFormat(0, 10, "Harbour Board, yearly report", "", 0, "L", false, 0, "")
		d.SetXY(72, 72)
	})
	d.SetFooterFunc(func() {
		d.SetFont("Helvetica", "", 9)
		d.SetXY(72, 800)
		d.CellFormat(0, 10, fmt.Sprintf("Page %d of 4", d.PageNo()), "", 0, "C", false, 0, "")
	})
	d.AddPage()
	d.SetFont("Times", "", 12)
	var long strings.Builder
	nouns, verbs := []string{"boat", "barge", "raft", "canoe", "yacht", "tug", "ferry"}, []string{"came", "sailed", "drifted", "rowed", "went"}
	for n := range 300 {
		fmt.Fprintf(&long, "the %s of number %d %s %s with %d fish and %d crabs, ", nouns[n%7], n, verbs[n%5], []string{"in", "out", "by"}[n%3], n*n%91, n*7%13)
	}
	long.WriteString("and then there were none.")
	d.MultiCell(0, 14, long.String(), "", "J", false)
	d.Ln(20)
	d.MultiCell(0, 14, ferry, "", "L", false)
	a := readPDF(t, bake(t, d))
	wantTexts(t, a, long.String(), ferry)
}

// TestPDFColumns: the left column comes before the right one, between what stands across both.
func TestPDFColumns(t *testing.T) {
	d := newPDF()
	d.AddPage()
	d.SetFont("Helvetica", "B", 18)
	d.MultiCell(0, 22, "A heading that stands across both of the columns", "", "L", false)
	top := d.GetY() + 20
	d.SetFont("Times", "", 11)
	left, right := ferry+" "+lamp, bridge+" "+ferry
	for i := range 14 { // line by line, left and right in turn, as some programs write them
		for c, text := range []string{left, right} {
			lines := d.SplitText(text, 210)
			if i < len(lines) {
				d.SetXY([]float64{72, 312}[c], top+float64(i)*13)
				d.CellFormat(210, 13, lines[i], "", 0, "L", false, 0, "")
			}
		}
	}
	a := readPDF(t, bake(t, d))
	if a.Title != "A heading that stands across both of the columns" {
		t.Errorf("title %q", a.Title)
	}
	wantTexts(t, a, left, right)
}

// TestPDFHyphens: a hyphen goes where the word occurs without it, and stays where it is the word's own.
func TestPDFHyphens(t *testing.T) {
	d := newPDF()
	d.AddPage()
	d.SetFont("Times", "", 12)
	lines := []string{
		"Nobody had asked for a lighthouse in that place before the storm came in, but the light-",
		"house was built all the same, and it stands there to this day for every well-",
		"known ship that passes by the island, and also for those that nobody knows of yet and in win-",
		"ter, as the winter is dark.",
	}
	for i, text := range lines {
		d.Text(72, 100+float64(i)*14, text)
	}
	wantTexts(t, readPDF(t, bake(t, d)), "Nobody had asked for a lighthouse in that place before the storm came in, but the lighthouse was built all the same, and it stands there to this day "+
		"for every well-known ship that passes by the island, and also for those that nobody knows of yet and in winter, as the winter is dark.")
}

// TestPDFFonts: text in fonts of two bytes a letter, whose table says what they mean, and in the encodings of old ones.
func TestPDFFonts(t *testing.T) {
	d := newPDF()
	d.AddUTF8FontFromBytes("serif", "", liberationserifregular.TTF)
	d.AddPage()
	d.SetFont("serif", "", 12)
	russian := "Паром на остров отходит в семь часов утра и возвращается в одиннадцать, если ветер не дует с запада, и берёт сорок человек, почту и девять машин."
	d.MultiCell(0, 14, russian, "", "J", false)
	d.Ln(10)
	d.MultiCell(0, 14, "„Příliš žluťoučký kůň“ — 3 000 €", "", "L", false)
	d.Ln(10)
	d.SetFont("Times", "", 12)
	d.MultiCell(0, 14, d.UnicodeTranslatorFromDescriptor("")("Der Fährmann übersetzt – für 5 € – „täglich“."), "", "L", false)
	wantTexts(t, readPDF(t, bake(t, d)), russian, "„Příliš žluťoučký kůň“ — 3 000 €", "Der Fährmann übersetzt – für 5 € – „täglich“.")
}

func TestPDFLists(t *testing.T) {
	d := newPDF()
	d.AddUTF8FontFromBytes("serif", "", liberationserifregular.TTF)
	d.AddPage()
	d.SetFont("serif", "", 12)
	d.MultiCell(0, 14, lamp, "", "L", false)
	for _, text := range []string{"• a rope", "• a lamp", "• a long iron hook"} {
		d.MultiCell(0, 14, text, "", "L", false)
	}
	a := readPDF(t, bake(t, d))
	wantTexts(t, a, lamp, "item: • a rope", "item: • a lamp", "item: • a long iron hook")
}

func TestPDFMetadata(t *testing.T) {
	make := func(title, author string) []byte {
		d := newPDF()
		d.SetTitle(title, true)
		d.SetAuthor(author, true)
		d.AddPage()
		d.SetFont("Times", "", 12)
		d.MultiCell(0, 14, lamp, "", "L", false)
		return bake(t, d)
	}
	a := readPDF(t, make("Über den Hafen der Stadt", "Ana Ruiz; Jonas Weber, admin"))
	if a.Title != "Über den Hafen der Stadt" || !slices.Equal(a.Authors, []string{"Ana Ruiz", "Jonas Weber"}) {
		t.Errorf("%+v", a.Head)
	}
	for _, title := range []string{"Microsoft Word - report v2.docx", "untitled document", "final", "", "1 2 3 4"} {
		if a := readPDF(t, make(title, "")); a.Title != "report" {
			t.Errorf("%q gave the title %q", title, a.Title)
		}
	}
	early, err := PDF("report.pdf", make("", ""), time.Date(2019, 1, 1, 0, 0, 0, 0, time.UTC))
	if err != nil || !early.Published.IsZero() {
		t.Errorf("a day in the future: %s, %v", early.Published, err)
	}
}

func TestPDFRefusals(t *testing.T) {
	scan := newPDF()
	for range 3 {
		scan.AddPage()
		scan.Rect(72, 72, 400, 600, "F")
	}
	scan.SetFont("Times", "", 12)
	scan.Text(100, 100, "Scanned by hand")
	long := newPDF()
	long.SetFont("Times", "", 12)
	for range maxPages + 1 {
		long.AddPage()
		long.Text(100, 100, lamp)
	}
	locked := newPDF()
	locked.SetProtection(fpdf.CnProtectPrint, "secret", "owner")
	locked.AddPage()
	locked.SetFont("Times", "", 12)
	locked.Text(100, 100, lamp)
	good := newPDF()
	good.AddPage()
	good.SetFont("Times", "", 12)
	good.MultiCell(0, 14, lamp, "", "L", false)
	body := bake(t, good)
	for what, test := range map[string]struct {
		body []byte
		want archivist.Code
	}{
		"a scan":          {bake(t, scan), archivist.Scan},
		"many pages":      {bake(t, long), archivist.TooLarge},
		"a password":      {bake(t, locked), archivist.WrongType},
		"large":           {make([]byte, MaxPDF+1), archivist.TooLarge},
		"no PDF":          {[]byte("<html>%PDF-1.4</html>"), archivist.WrongType},
		"nothing":         {nil, archivist.WrongType},
		"the first half":  {body[:len(body)/2], archivist.WrongType},
		"a knot of pages": {bytes.Replace(body, []byte("/Kids [3 0 R"), []byte("/Kids [1 0 R"), 1), archivist.TooComplex},
	} {
		_, err := PDF("report.pdf", test.body, pdfNow)
		var failure *archivist.Failure
		if !errors.As(err, &failure) || failure.Code != test.want {
			t.Errorf("%s: %v, want %s", what, err, test.want)
		}
	}
}

// TestPDFDamages: whatever byte is wrong, there is an article or a failure with a code, and no panic.
func TestPDFDamages(t *testing.T) {
	d := newPDF()
	d.SetCompression(false)
	d.AddPage()
	d.SetFont("Times", "", 12)
	d.MultiCell(0, 14, lamp, "", "L", false)
	body := bake(t, d)
	for i := 0; i < len(body); i += 3 {
		broken := bytes.Clone(body)
		broken[i] ^= 0x15
		if _, err := PDF("x.pdf", broken, pdfNow); err != nil && archivist.CodeOf(err) == archivist.Internal {
			t.Fatalf("byte %d: %v", i, err)
		}
	}
}

func TestExpand(t *testing.T) {
	for text, want := range map[string]string{"M¨uller sah J´erˆome": "Müller sah Jérôme", "ﬁnd the ﬂag": "find the flag", "S´ı, ¨": "Sí, ¨", "plain ` ^ ~a": "plain ` ^ ~a"} {
		if got := clean(expand(text)); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}

func TestToUnicode(t *testing.T) {
	got := toUnicode(`/CIDInit /ProcSet findresource begin 2 beginbfchar <0003> <0020> <0011> <00660069> endbfchar
2 beginbfrange <0041> <0043> <0061> <0050> <0052> [<0058> <0059> <D83DDE00>] endbfrange
1 beginbfrange <01> <02> <0041> endbfrange 1 beginbfrange <05> <04> <0041> endbfrange endcmap`)
	want := map[string]string{
		"\x00\x03": " ", "\x00\x11": "fi", "\x00\x41": "a", "\x00\x42": "b", "\x00\x43": "c", "\x00\x50": "X", "\x00\x51": "Y", "\x00\x52": "😀", "\x01": "A", "\x02": "B",
	}
	for code, text := range want {
		if got[code] != text {
			t.Errorf("%x is %q, want %q", code, got[code], text)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d codes, want %d", len(got), len(want))
	}
	if endless := toUnicode("1 beginbfrange <0000> <FFFF> <0041> <0000> <FFFF> <0041> endbfrange"); len(endless) > maxCodes {
		t.Errorf("%d codes", len(endless))
	}
}

// FuzzPDFLines: whatever lines pages have, no panic, every letter of a paragraph comes from the lines, and paragraphs are clean.
func FuzzPDFLines(f *testing.F) {
	f.Add("72 500 700 12 The ferry leaves at se-\n72 300 686 12 ven.\n\f72 500 700 20 Heading")
	f.Add("72 280 700 12 Left.\n310 500 700 12 Right.\n72 280 686 12 left-\n310 500 686 12 - right")
	f.Fuzz(func(t *testing.T, typed string) {
		var pages [][]textLine
		letters := map[rune]int{}
		for page := range strings.SplitSeq(typed, "\f") {
			var runs []run
			for typed := range strings.SplitSeq(page, "\n") {
				var r run
				if n, err := fmt.Sscanf(typed, "%f %f %f %f", &r.x, &r.end, &r.y, &r.size); n < 4 || err != nil {
					continue
				}
				r.text = strings.ToValidUTF8(strings.Join(strings.Fields(typed)[4:], " "), "")
				for _, c := range clean(expand(r.text)) {
					letters[c]++
				}
				runs = append(runs, r)
			}
			pages = append(pages, linesOf(runs))
		}
		for _, p := range paragraphs(pages) {
			if p.Text == "" || clean(p.Text) != p.Text {
				t.Fatalf("paragraph %q", p.Text)
			}
			for _, c := range p.Text {
				if letters[c]--; letters[c] < 0 && c != ' ' && c < 0x80 { // letters with accents may come of two lines
					t.Fatalf("%q has more of %q than the lines", p.Text, c)
				}
			}
		}
	})
}

// FuzzPDF: no panic, and a code for each error. Run it where it can be stopped: the library may not return.
func FuzzPDF(f *testing.F) {
	d := newPDF()
	d.SetCompression(false)
	d.AddPage()
	d.SetFont("Times", "", 12)
	d.MultiCell(0, 14, lamp, "", "L", false)
	f.Add(bake(f, d))
	f.Fuzz(func(t *testing.T, body []byte) {
		if _, err := PDF("x.pdf", body, pdfNow); err != nil && archivist.CodeOf(err) == archivist.Internal {
			t.Fatalf("an error without a code: %v", err)
		}
	})
}
