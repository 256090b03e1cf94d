package file

import (
	"errors"
	"math"
	"strings"

	"archivist"

	"github.com/ledongthuc/pdf"
)

// A run is a piece of text as a page shows it, along one line. Points, from the lower left corner.
type run struct {
	x, end float64 // along the base line
	y      float64 // of it
	size   float64 // of the letters
	text   string
}

// A matrix maps text onto the page: (x, y) to (a·x + c·y + e, b·x + d·y + f). PDF 32000-1:2008, 8.3.3.
type matrix struct{ a, b, c, d, e, f float64 }

var unit = matrix{a: 1, d: 1}

// then is m followed by n.
func (m matrix) then(n matrix) matrix {
	return matrix{
		m.a*n.a + m.b*n.c, m.a*n.b + m.b*n.d, m.c*n.a + m.d*n.c, m.c*n.b + m.d*n.d, m.e*n.a + m.f*n.c + n.e, m.e*n.b + m.f*n.d + n.f,
	}
}

// A scribe reads pages. Fonts are kept for all pages of a file.
type scribe struct {
	fonts  map[string]*font
	glyphs int
}

// maxForms is how deep pages' parts may hold parts (form XObjects).
const maxForms = 4

var errGlyphs = errors.New("more letters than a document has")

// read gives the lines of a page in the order in which they are read. A page that breaks off gives what came before.
func (s *scribe) read(p sheet) ([]textLine, error) {
	w := &writer{scribe: s}
	if contents := p.page.Key("Contents"); !contents.IsNull() {
		w.run(contents, p.resources, unit, 0)
	}
	if s.glyphs > maxGlyphs {
		return nil, &archivist.Failure{Code: archivist.TooComplex, Detail: errGlyphs.Error()}
	}
	return linesOf(w.runs), nil
}

// A state is the part of the graphics state that text depends on.
type state struct {
	ctm                  matrix
	font                 *font
	size, leading, rise  float64
	spacing, wordSpacing float64
	scale                float64
}

// A writer interprets the operators of one page that show text (PDF 32000-1:2008, 9.2 to 9.4).
type writer struct {
	*scribe
	runs       []run
	state      state
	saved      []state
	named      map[string]*font // of the stream at hand
	text, line matrix
}

// run interprets a stream of content. A stream that breaks off has shown what came before.
func (w *writer) run(content, resources pdf.Value, ctm matrix, depth int) {
	defer func() { _ = recover() }() // the library panics where a stream is damaged
	saved, named := w.saved, w.named
	w.saved, w.named, w.state = nil, map[string]*font{}, state{ctm: ctm, scale: 1}
	defer func() { w.saved, w.named = saved, named }()
	pdf.Interpret(content, func(stack *pdf.Stack, op string) {
		args := make([]pdf.Value, stack.Len())
		for i := len(args) - 1; i >= 0; i-- {
			args[i] = stack.Pop()
		}
		w.operate(op, args, resources, depth)
	})
}

// number is an argument as a number, 0 where it is missing or none.
func number(args []pdf.Value, i int) float64 {
	if i >= len(args) {
		return 0
	}
	if f := args[i].Float64(); !math.IsNaN(f) && !math.IsInf(f, 0) {
		return f
	}
	return 0
}

func six(args []pdf.Value) matrix {
	return matrix{number(args, 0), number(args, 1), number(args, 2), number(args, 3), number(args, 4), number(args, 5)}
}

func (w *writer) operate(op string, args []pdf.Value, resources pdf.Value, depth int) {
	s := &w.state
	switch op {
	case "q":
		if len(w.saved) < 1000 {
			w.saved = append(w.saved, *s)
		}
	case "Q":
		if n := len(w.saved); n > 0 {
			*s, w.saved = w.saved[n-1], w.saved[:n-1]
		}
	case "cm":
		s.ctm = six(args).then(s.ctm)
	case "BT":
		w.text, w.line = unit, unit
	case "Tf":
		if len(args) == 2 {
			name := args[0].Name()
			if _, known := w.named[name]; !known {
				w.named[name] = w.fontNamed(name, resources)
			}
			s.font, s.size = w.named[name], number(args, 1)
		}
	case "Tc":
		s.spacing = number(args, 0)
	case "Tw":
		s.wordSpacing = number(args, 0)
	case "Tz":
		s.scale = number(args, 0) / 100
	case "TL":
		s.leading = number(args, 0)
	case "Ts":
		s.rise = number(args, 0)
	case "Td":
		w.move(number(args, 0), number(args, 1))
	case "TD":
		s.leading = -number(args, 1)
		w.move(number(args, 0), number(args, 1))
	case "T*":
		w.move(0, -s.leading)
	case "Tm":
		w.text = six(args)
		w.line = w.text
	case "Tj":
		w.showAll(args)
	case "'":
		w.move(0, -s.leading)
		w.showAll(args)
	case "\"":
		s.wordSpacing, s.spacing = number(args, 0), number(args, 1)
		w.move(0, -s.leading)
		w.showAll(args)
	case "TJ":
		if len(args) > 0 {
			for i := range args[0].Len() {
				if part := args[0].Index(i); part.Kind() == pdf.String {
					w.show(part.RawString())
				} else {
					w.advance(-part.Float64() / 1000 * s.size * s.scale)
				}
			}
		}
	case "Do":
		if len(args) > 0 {
			w.form(resources.Key("XObject").Key(args[0].Name()), resources, depth)
		}
	}
}

// form shows a part of a page that stands in a stream of its own.
func (w *writer) form(form, resources pdf.Value, depth int) {
	if depth >= maxForms || form.Key("Subtype").Name() != "Form" {
		return
	}
	if own := form.Key("Resources"); !own.IsNull() {
		resources = own
	}
	before, text, line := w.state, w.text, w.line
	ctm := before.ctm
	if m := form.Key("Matrix"); m.Len() == 6 {
		ctm = matrix{m.Index(0).Float64(), m.Index(1).Float64(), m.Index(2).Float64(), m.Index(3).Float64(), m.Index(4).Float64(), m.Index(5).Float64()}.then(ctm)
	}
	w.run(form, resources, ctm, depth+1)
	w.state, w.text, w.line = before, text, line
}

// move begins a line at an offset from the beginning of the last one.
func (w *writer) move(x, y float64) {
	w.line = matrix{1, 0, 0, 1, x, y}.then(w.line)
	w.text = w.line
}

func (w *writer) advance(x float64) { w.text = matrix{1, 0, 0, 1, x, 0}.then(w.text) }

func (w *writer) showAll(args []pdf.Value) {
	if len(args) > 0 {
		w.show(args[len(args)-1].RawString())
	}
}

// show writes a string as one run, if it stands upright: what runs up a margin is no part of the text. Blanks at its ends are no part of where it
// stands.
func (w *writer) show(raw string) {
	s := &w.state
	if s.font == nil || w.glyphs > maxGlyphs {
		return
	}
	at := matrix{s.size * s.scale, 0, 0, s.size, 0, s.rise}.then(w.text).then(s.ctm)
	r := run{x: at.e, end: at.e, y: at.f, size: math.Hypot(at.c, at.d)}
	var text []byte
	blank := true
	for code, width := range s.font.glyphs(raw) {
		w.glyphs++
		letter := s.font.text(code)
		text = append(text, letter...)
		if blank && strings.TrimSpace(letter) != "" {
			blank, r.x = false, w.text.then(s.ctm).e
		}
		step := width/1000*s.size + s.spacing
		if code == " " {
			step += s.wordSpacing
		}
		w.advance(step * s.scale)
		if blank || strings.TrimSpace(letter) != "" {
			r.end = w.text.then(s.ctm).e
		}
	}
	upright := math.Abs(at.b) < .1*math.Abs(at.a) && math.Abs(at.c) < .5*math.Abs(at.d) && at.a > 0 && at.d > 0
	if r.text = string(text); upright && len(text) > 0 && r.size > .5 && r.size < 500 {
		w.runs = append(w.runs, r)
	}
}
