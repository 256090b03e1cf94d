package bot

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf16"
)

// maxMarks is how many combining marks one letter keeps: languages need two, "zalgo" text has dozens.
const maxMarks = 3

// Clean drops what stored text must not carry into a card: control characters but newline (a tab becomes a blank), characters that
// turn the direction of writing or cannot be seen, piles of combining marks, and more than two newlines in a row. Joiners stay
// between letters, marks and emoji, which some scripts need. Clean(Clean(s)) == Clean(s).
func Clean(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\r\n", "\n")
	seen := make([]rune, 0, len(s))
	for _, r := range s {
		switch {
		case r == '\t':
			seen = append(seen, ' ')
		case r == '\r', r == '\u2028', r == '\u2029', r == '\u0085':
			seen = append(seen, '\n')
		case r == '\n' || !unseen(r):
			seen = append(seen, r)
		}
	}
	out := seen[:0]
	marks, newlines := 0, 0
	for i, r := range seen {
		if joiner(r) && (len(out) == 0 || !joinable(out[len(out)-1]) || i+1 == len(seen) || !joinable(seen[i+1])) {
			continue
		}
		switch {
		case unicode.In(r, unicode.Mn, unicode.Me):
			marks++
		case !joiner(r):
			marks = 0
		}
		if r == '\n' {
			newlines++
		} else {
			newlines = 0
		}
		if marks <= maxMarks && newlines <= 2 {
			out = append(out, r)
		}
	}
	return string(out)
}

// unseen reports characters that are dropped wherever they stand.
func unseen(r rune) bool {
	switch {
	case unicode.Is(unicode.Cc, r), // C0, DEL, C1
		r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069, r == 0x061C, r == 0x200E, r == 0x200F, // directions
		r == 0x200B, r >= 0x2060 && r <= 0x2064, r == 0xFEFF, r == 0x00AD, // width zero
		r >= 0xE0000 && r <= 0xE007F: // tags
		return true
	}
	return false
}

func joiner(r rune) bool { return r == 0x200C || r == 0x200D }

// joinable: a joiner between letters, their marks and emoji shapes what is seen. Variation selectors are marks.
func joinable(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsMark(r) || unicode.Is(unicode.So, r) || unicode.Is(unicode.Sk, r)
}

// linkLike finds what Discord, or a reader's eye, would take for an address: a scheme, www., an invite, name.tld/path, a mailbox.
var linkLike = regexp.MustCompile("(?i)" + `(?:[a-z][a-z0-9+.-]*://|\b(?:mailto|tel|sms|javascript|data|discord|steam|file):|\bwww\.|\bdiscord(?:app)?\.(?:gg|com)/)` + "[^\\s`<>]+" +
	"|" + `[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+/` + "[^\\s`<>]*" +
	"|" + `[\p{L}\p{N}._%+-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+`)

// shortcode is the written form of an emoji.
var shortcode = regexp.MustCompile(`:[\p{L}\p{N}_~+-]+:`)

// lineStart is what makes a heading, a list or a quotation of a line: its marker, after blanks.
var lineStart = regexp.MustCompile(`^(\s*)(#|-|\+|>|\d+[.)])`)

// Escape writes a text as Discord markdown that shows exactly Clean(text): no mark-up, mention, link, invite, emoji or timestamp
// takes effect. What looks like an address becomes inline code: exact, but nothing to click.
func Escape(text string) string {
	var out strings.Builder
	for i, l := range strings.Split(Clean(text), "\n") {
		if i > 0 {
			out.WriteByte('\n')
		}
		escapeLine(&out, l)
	}
	return out.String()
}

func escapeLine(out *strings.Builder, l string) {
	if m := lineStart.FindStringSubmatchIndex(l); m != nil && !beginsWithLink(l[m[3]:]) {
		out.WriteString(l[:m[3]])
		marker := l[m[4]:m[5]]
		// In "12." it is the point that makes the list: a backslash before a digit would show.
		out.WriteString(marker[:len(marker)-1] + `\` + marker[len(marker)-1:])
		l = l[m[5]:]
	}
	for l != "" {
		span := link(l)
		if span == nil {
			escapeWords(out, l)
			return
		}
		address := strings.TrimRight(l[span[0]:span[1]], ".,;:!?)]}'\"*_~|\\")
		if address == "" {
			escapeWords(out, l[:span[1]])
			l = l[span[1]:]
			continue
		}
		escapeWords(out, l[:span[0]])
		out.WriteString("`" + address + "`")
		l = l[span[0]+len(address):]
	}
}

// link is where a line has its first address, as a range of bytes; nil: it has none.
func link(l string) []int {
	// All that linkLike takes has one of these. Most lines have none, and to look for them costs a tenth.
	if !strings.ContainsAny(l, ":/@") && !strings.Contains(strings.ToLower(l), "www.") {
		return nil
	}
	return linkLike.FindStringIndex(l)
}

func beginsWithLink(l string) bool {
	span := link(l)
	return span != nil && span[0] == 0
}

// escapeWords escapes what has a meaning anywhere in a line.
func escapeWords(out *strings.Builder, s string) {
	colons := map[int]bool{}
	for at := 0; ; {
		m := shortcode.FindStringIndex(s[at:])
		if m == nil {
			break
		}
		colons[at+m[0]] = true
		at += m[1] - 1 // the last colon may be the first of the next
	}
	for i, r := range s {
		if strings.ContainsRune("\\*_~|[]()<@`", r) || colons[i] {
			out.WriteByte('\\')
		}
		out.WriteRune(r)
	}
}

// Units is the length of s as Discord counts at most: UTF-16 code units.
func Units(s string) int {
	n := 0
	for _, r := range s {
		n += max(1, utf16.RuneLen(r))
	}
	return n
}
