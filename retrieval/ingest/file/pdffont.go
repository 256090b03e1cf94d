package file

import (
	"encoding/hex"
	"fmt"
	"io"
	"iter"
	"regexp"
	"slices"
	"strings"
	"unicode/utf16"

	"github.com/ledongthuc/pdf"
	"golang.org/x/text/encoding/charmap"
)

// maxCodes bounds what a font's tables may list.
const maxCodes = 1 << 16

// A font tells what codes mean and how wide they are.
type font struct {
	composite bool              // codes of two bytes
	unicode   map[string]string // by code, from ToUnicode
	encoding  pdf.TextEncoding  // where that is silent; nil: none
	widths    map[int]float64   // in thousandths of the size
	other     float64           // the width of all other codes
	decoded   map[string]string // by code, as found out
}

// fontNamed is a page's font, read once. Fonts of one name on two pages may differ, and so the name goes with what the font says of itself.
func (s *scribe) fontNamed(name string, resources pdf.Value) *font {
	v := resources.Key("Font").Key(name)
	if v.IsNull() {
		return nil
	}
	key := fmt.Sprint(name, v.Key("BaseFont").Name(), v.Key("ToUnicode"), v.Key("FirstChar"), v.Key("LastChar"), v.Key("DescendantFonts"), v.Key("Encoding"))
	if f := s.fonts[key]; f != nil {
		return f
	}
	f := &font{composite: v.Key("Subtype").Name() == "Type0", decoded: map[string]string{}, widths: map[int]float64{}}
	if toUnicode := v.Key("ToUnicode"); toUnicode.Kind() == pdf.Stream {
		f.unicode = readToUnicode(toUnicode)
	}
	f.measure(v)
	if len(s.fonts) < 1000 {
		s.fonts[key] = f
	}
	f.encoding = encodingOf(v)
	return f
}

// encodingOf is the library's reading of a font's encoding, nil where that is damaged.
func encodingOf(v pdf.Value) (encoding pdf.TextEncoding) {
	defer func() {
		if recover() != nil {
			encoding = nil
		}
	}()
	f := pdf.Font{V: v}
	return f.Encoder()
}

// measure reads the widths: of a simple font Widths from FirstChar on, of a composite one its descendant's W ("c [w …]" and "c d w").
func (f *font) measure(v pdf.Value) {
	if !f.composite {
		first, widths := int(v.Key("FirstChar").Int64()), v.Key("Widths")
		if widths.Len() == 0 {
			var standard []uint16
			standard, f.other = standardWidths(v.Key("BaseFont").Name())
			for i, width := range standard {
				f.widths[' '+i] = float64(width)
			}
			return
		}
		f.other = v.Key("FontDescriptor").Key("MissingWidth").Float64()
		for i := range min(widths.Len(), 256) {
			f.widths[first+i] = widths.Index(i).Float64()
		}
		return
	}
	descendant := v.Key("DescendantFonts").Index(0)
	f.other = 1000
	if usual := descendant.Key("DW"); !usual.IsNull() {
		f.other = usual.Float64()
	}
	w := descendant.Key("W")
	for i := 0; i+1 < w.Len() && len(f.widths) < maxCodes; {
		first, second := int(w.Index(i).Int64()), w.Index(i+1)
		if second.Kind() == pdf.Array {
			for j := range min(second.Len(), maxCodes) {
				f.widths[first+j] = second.Index(j).Float64()
			}
			i += 2
			continue
		}
		last := min(int(second.Int64()), first+maxCodes)
		for code := first; code <= last && len(f.widths) < maxCodes; code++ {
			f.widths[code] = w.Index(i + 2).Float64()
		}
		i += 3
	}
}

// glyphs divides a string into codes with their widths.
func (f *font) glyphs(raw string) iter.Seq2[string, float64] {
	return func(yield func(string, float64) bool) {
		size := 1
		if f.composite {
			size = 2
		}
		for ; len(raw) >= size; raw = raw[size:] {
			number := int(raw[0])
			if size == 2 {
				number = number<<8 | int(raw[1])
			}
			width, told := f.widths[number]
			if !told {
				width = f.other
			}
			if !yield(raw[:size], width) {
				return
			}
		}
	}
}

// text is what a code stands for, "" where nobody knows.
func (f *font) text(code string) string {
	text, known := f.decoded[code]
	if !known {
		text = f.decode(code)
		f.decoded[code] = text
	}
	return text
}

func (f *font) decode(code string) string {
	if text, found := f.unicode[code]; found {
		return text
	}
	if f.unicode != nil && f.composite || f.encoding == nil {
		return ""
	}
	text := f.encoding.Decode(code)
	if len(code) == 1 && (text == code || text == string(rune(code[0]))) && code[0] >= 0x80 { // the library gives the byte where it knows no better
		text = string(charmap.Windows1252.DecodeByte(code[0]))
	}
	return strings.Map(func(r rune) rune {
		if r == '\ufffd' || r < ' ' {
			return -1
		}
		return r
	}, text)
}

// maxToUnicode is the most bytes of such a table that are read; those of fonts with 65,536 letters have 1 MB.
const maxToUnicode = 4 << 20

// readToUnicode reads a font's table from codes to text. The library's own reading looks through all of it for each letter, and passes it over for
// fonts that name an encoding, whose names may mean nothing.
func readToUnicode(stream pdf.Value) (table map[string]string) {
	defer func() {
		if recover() != nil { // the stream is damaged
			table = nil
		}
	}()
	in := stream.Reader()
	defer in.Close()
	text, err := io.ReadAll(io.LimitReader(in, maxToUnicode))
	if err != nil && len(text) == 0 {
		return nil
	}
	return toUnicode(string(text))
}

// entries are the lists within a table, and its tokens: strings in hexadecimal digits, and the brackets of lists of them.
var (
	entries = regexp.MustCompile(`(?s)begin(bfchar|bfrange)(.*?)endbf(?:char|range)`)
	token   = regexp.MustCompile(`<[0-9A-Fa-f\s]*>|\[|\]`)
)

// toUnicode reads the text of a table (Adobe Technical Note 5411): "<code> <text>", and "<first> <last> <text of the first>" or "<first> <last>
// [<text> …]".
func toUnicode(text string) map[string]string {
	table := map[string]string{}
	for _, entry := range entries.FindAllStringSubmatch(text, -1) {
		tokens := token.FindAllString(entry[2], maxCodes)
		for len(tokens) >= 2 && len(table) < maxCodes {
			if entry[1] == "bfchar" {
				table[unhex(tokens[0])] = fromUTF16(unhex(tokens[1]))
				tokens = tokens[2:]
				continue
			}
			if len(tokens) < 3 {
				break
			}
			low, high, texts := unhex(tokens[0]), unhex(tokens[1]), tokens[2:3]
			tokens = tokens[3:]
			if texts[0] == "[" {
				end := max(slices.Index(tokens, "]"), 0)
				texts, tokens = tokens[:end], tokens[min(end+1, len(tokens)):]
			}
			addRange(table, low, high, texts)
		}
	}
	return table
}

// addRange adds the codes from low to high, which stand for the texts of a list, or for those that follow from one by counting on.
func addRange(table map[string]string, low, high string, texts []string) {
	if len(low) == 0 || len(low) > 2 || len(low) != len(high) || len(texts) == 0 {
		return
	}
	first, last := bigEndian(low), bigEndian(high)
	base := []rune(fromUTF16(unhex(texts[0])))
	for n := first; n <= last && len(table) < maxCodes; n++ {
		code := string([]byte{byte(n >> 8), byte(n)}[2-len(low):])
		switch {
		case len(texts) > 1 && n-first < len(texts):
			table[code] = fromUTF16(unhex(texts[n-first]))
		case len(texts) == 1 && len(base) > 0:
			text := slices.Clone(base)
			text[len(text)-1] += rune(n - first)
			table[code] = string(text)
		}
	}
}

func bigEndian(code string) (n int) {
	for _, b := range []byte(code) {
		n = n<<8 | int(b)
	}
	return n
}

// unhex reads a string in hexadecimal digits between "<" and ">".
func unhex(token string) string {
	digits := strings.Join(strings.Fields(strings.Trim(token, "<>")), "")
	if len(digits)%2 == 1 {
		digits += "0"
	}
	raw, err := hex.DecodeString(digits)
	if err != nil {
		return ""
	}
	return string(raw)
}

func fromUTF16(raw string) string {
	if len(raw) == 1 {
		return string(rune(raw[0]))
	}
	units := make([]uint16, len(raw)/2)
	for i := range units {
		units[i] = uint16(raw[2*i])<<8 | uint16(raw[2*i+1])
	}
	return string(utf16.Decode(units))
}
