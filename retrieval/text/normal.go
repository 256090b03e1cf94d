package text

import "strings"

// Normal is the words of s as they stand, without case, accents and punctuation, with a blank before and behind each: what two texts share if
// they say the same word for word. Each character of a script that writes no blanks stands for itself, so that a phrase is found anywhere.
func Normal(s string) string {
	var b strings.Builder
	b.WriteByte(' ')
	for len(s) > 0 {
		size := plainWord(s)
		if size == 0 {
			size = firstWord(s)
		}
		if word := s[:size]; classOf(word) != classNone {
			b.WriteString(undetermined.fold(undetermined.lower(word)))
			b.WriteByte(' ')
		}
		s = s[size:]
	}
	return b.String()
}
