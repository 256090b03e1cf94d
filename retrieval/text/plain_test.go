package text

import (
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// TestPlainRunesAgree holds every rune, alone and inside a word, to the rules in full: where its word ends, its lower case, its class.
func TestPlainRunesAgree(t *testing.T) {
	plain := 0
	for r := rune(0x80); r < 0x20000; r++ {
		if !utf8.ValidRune(r) {
			continue
		}
		one := string(r)
		for _, s := range []string{one, one + " ", "a" + one + "b ", one + one + "\n", one + "น", one + "字", "น" + one, "字" + one, "й" + one + "!"} {
			if short := plainWord(s); short > 0 && short != firstWord(s) {
				t.Errorf("%q: the short way cuts at %d, UAX #29 at %d", s, short, firstWord(s))
			}
			lower, ok := plainLower(s)
			if !ok {
				continue
			}
			plain++
			want := ""
			for _, r := range norm.NFKC.String(s) {
				want += string(unicode.ToLower(r))
			}
			if want = norm.NFC.String(want); lower != want {
				t.Errorf("%q: the short way to lower case gives %q, the long one %q", s, lower, want)
			}
		}
		if isHan(r) && !unicode.In(r, bigramScripts...) || (isThaiLetter(r) || isThaiMark(r)) && !unicode.Is(unicode.Thai, r) {
			t.Errorf("%q is not of its script", r)
		}
	}
	if plain < 10000 {
		t.Errorf("%d texts go the short way; far more should", plain)
	}
}
