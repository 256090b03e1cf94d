package archivist

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// A ParagraphHash names a paragraph of a host, whatever its case, white space and punctuation. It is written as 16 hexadecimal digits.
type ParagraphHash uint64

// HashParagraph is the hash of a paragraph that stands on pages of a host: the first 8 bytes of the SHA-256 of the host, a newline, and the
// text's letters and digits in lower case.
func HashParagraph(host, text string) ParagraphHash {
	bare := strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) && !unicode.IsNumber(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, text)
	sum := sha256.Sum256([]byte(host + "\n" + bare))
	return ParagraphHash(binary.BigEndian.Uint64(sum[:]))
}

// String is the hash as it is shown and asked for.
func (h ParagraphHash) String() string {
	s := strconv.FormatUint(uint64(h), 16)
	return strings.Repeat("0", 16-len(s)) + s
}

// ParseParagraphHash reads what String wrote, or gives an *Invalid.
func ParseParagraphHash(s string) (ParagraphHash, error) {
	h, err := strconv.ParseUint(s, 16, 64)
	if err != nil || len(s) != 16 {
		return 0, &Invalid{Code: InvalidArgument, Text: fmt.Sprintf("%q is no hash of a paragraph: it has 16 hexadecimal digits", s)}
	}
	return ParagraphHash(h), nil
}

// HostOf is the host of an address without "www.", "" where it has none.
func HostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.")
}

// A Learned is a paragraph that a library has learned to be furniture of a site: it recurs on its pages.
type Learned struct {
	Host     string
	Hash     ParagraphHash
	Text     string    // as it stands in one of the articles; "" if none has it any more
	Articles int       // that have it
	Since    time.Time // when it was learned
	Kept     bool      // somebody has said that it is none
}
