package text

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Numbers are one term however they are written: "1,200" and "1200", "twelve" and "12", "$1bn", "1 billion" and "one billion". A scale
// word multiplies the number before it, and the token then covers both; a number's term always begins with a digit. "%" is the term of
// the language's own word, so that "20%" is "20 percent".

// maxDigits is the longest term that multiplying may make; longer ones are no quantity.
const maxDigits = 24

// A numeral is a word for a number.
type numeral struct {
	digits string // "12"; empty for a scale
	scale  int    // power of ten: 6 for million
	signed bool   // a scale only behind a currency sign: "$5k", but not the 5k run
}

// numerals reads a list such as "two=2 million=e6 k=$3".
func numerals(list string) map[string]numeral {
	m := map[string]numeral{}
	for entry := range strings.FieldsSeq(list) {
		word, value, _ := strings.Cut(entry, "=")
		switch value[0] {
		case 'e', '$':
			scale, _ := strconv.Atoi(value[1:])
			m[word] = numeral{scale: scale, signed: value[0] == '$'}
		default:
			m[word] = numeral{digits: value}
		}
	}
	return m
}

// "one" and its like are pronouns as often as numbers: they count before a scale and behind tens alone, and so are not in the lists.
const (
	numbersEnglish = `two=2 three=3 four=4 five=5 six=6 seven=7 eight=8 nine=9 ten=10 eleven=11 twelve=12 thirteen=13 fourteen=14 fifteen=15
		sixteen=16 seventeen=17 eighteen=18 nineteen=19 twenty=20 thirty=30 forty=40 fifty=50 sixty=60 seventy=70 eighty=80 ninety=90
		hundred=e2 thousand=e3 million=e6 billion=e9 trillion=e12 mn=e6 mln=e6 bn=e9 tn=e12 trn=e12 m=e6 k=$3 b=$9 t=$12`
	numbersGerman = `zwei=2 drei=3 vier=4 fünf=5 sechs=6 sieben=7 acht=8 neun=9 zehn=10 elf=11 zwölf=12 dreizehn=13 vierzehn=14 fünfzehn=15
		sechzehn=16 siebzehn=17 achtzehn=18 neunzehn=19 zwanzig=20 dreißig=30 vierzig=40 fünfzig=50 sechzig=60 siebzig=70 achtzig=80 neunzig=90
		hundert=e2 tausend=e3 million=e6 millionen=e6 mio=e6 milliarde=e9 milliarden=e9 mrd=e9 billion=e12 billionen=e12`
	numbersSpanish = `dos=2 tres=3 cuatro=4 cinco=5 seis=6 siete=7 ocho=8 nueve=9 diez=10 once=11 doce=12 trece=13 catorce=14 quince=15
		dieciséis=16 diecisiete=17 dieciocho=18 diecinueve=19 veinte=20 treinta=30 cuarenta=40 cincuenta=50 sesenta=60 setenta=70 ochenta=80
		noventa=90 mil=e3 millón=e6 millones=e6 billón=e12 billones=e12`
	numbersFrench = `deux=2 trois=3 quatre=4 cinq=5 six=6 sept=7 huit=8 neuf=9 dix=10 onze=11 douze=12 treize=13 quatorze=14 quinze=15 seize=16
		vingt=20 trente=30 quarante=40 cinquante=50 soixante=60 mille=e3 million=e6 millions=e6 milliard=e9 milliards=e9`
	numbersRussian   = `тысяча=e3 тысячи=e3 тысяч=e3 тыс=e3 миллион=e6 миллиона=e6 миллионов=e6 млн=e6 миллиард=e9 миллиарда=e9 миллиардов=e9 млрд=e9`
	numbersUkrainian = `тисяча=e3 тисячі=e3 тисяч=e3 тис=e3 мільйон=e6 мільйони=e6 мільйонів=e6 млн=e6 мільярд=e9 мільярди=e9 мільярдів=e9 млрд=e9`
)

// digitsFirst reports whether a term is a number.
func digitsFirst(term string) bool { return term[0] >= '0' && term[0] <= '9' }

// continueNumber takes the word at [start, end) into the number just before it, where the two are one: "1.35 billion", "twenty-one". It
// also joins the two halves of "per cent".
func (l *language) continueNumber(last *Token, s, word string, start, end int) bool {
	if !closeBy(s[last.End:start]) {
		return false
	}
	switch n, known := l.numerals[word]; {
	case known && n.scale > 0 && !n.signed && len(word) > 1:
		term := last.Term
		if term == l.one {
			term = "1"
		}
		if term = multiply(term, n.scale); term == "" {
			return false
		}
		last.Term, last.End, last.Stop = term, end, false
		return true
	case len(last.Term) == 2 && last.Term[1] == '0' && last.Term[0] > '1' && !digitsFirst(s[last.Start:]):
		units := n.digits
		if word == l.one {
			units = "1"
		}
		if len(units) == 1 && digitsFirst(last.Term) {
			last.Term, last.End = last.Term[:1]+units, end
			return true
		}
	case l.percent != "" && strings.HasSuffix(l.percent, word) && s[last.Start:last.End]+word == l.percent:
		last.Term, last.End = l.term(l.percent), end
		return true
	}
	return false
}

// closeBy reports whether a gap between two words is one blank or hyphen.
func closeBy(gap string) bool {
	switch gap {
	case " ", "-", "\u00a0", "\u202f", "\u2010", "\u2011":
		return true
	}
	return false
}

// multiply moves the decimal point of a number by scale digits: 1.35, 9 → 1350000000. It is empty where term is no plain number.
func multiply(term string, scale int) string {
	whole, fraction, _ := strings.Cut(term, ".")
	if !isDigits(whole) || fraction != "" && !isDigits(fraction) || len(whole)+max(len(fraction), scale) > maxDigits {
		return ""
	}
	if len(fraction) <= scale {
		whole, fraction = whole+fraction+strings.Repeat("0", scale-len(fraction)), ""
	} else {
		whole, fraction = whole+fraction[:scale], "."+fraction[scale:]
	}
	whole = strings.TrimLeft(whole, "0")
	if whole == "" {
		whole = "0"
	}
	return whole + fraction
}

// number reads digits with points and commas as one term: thousands separators go, the decimal mark becomes a point, and a scale that is
// written on to the digits multiplies them ("5m", "1.35bn"). before is the text in front of the word.
func (l *language) number(word, before string) (string, bool) {
	if !digitsFirst(word) {
		return "", false
	}
	thousands, decimal := byte(','), byte('.')
	if l.commaDecimal {
		thousands, decimal = decimal, thousands
	}
	var b strings.Builder
	for i := range len(word) {
		switch c := word[i]; {
		case c >= '0' && c <= '9':
			b.WriteByte(c)
		case c == thousands && groupOfThree(word[i+1:]):
		case c == decimal || c == thousands:
			b.WriteByte('.')
		default:
			n := l.numerals[word[i:]]
			if n.scale == 0 || n.signed && !currencyEnds(before) {
				return "", false // 5g, 1990s: a word
			}
			term := multiply(b.String(), n.scale)
			return term, term != ""
		}
	}
	return b.String(), true
}

// groupOfThree reports whether s begins with exactly three digits.
func groupOfThree(s string) bool {
	digits := 0
	for digits < len(s) && s[digits] >= '0' && s[digits] <= '9' {
		digits++
	}
	return digits == 3
}

func currencyEnds(s string) bool {
	r, _ := utf8.DecodeLastRuneInString(s)
	return unicode.Is(unicode.Sc, r)
}
