package text

import (
	"strings"
	"unicode/utf8"
)

// suffixes is a list of endings by length in letters, longest first.
type suffixes [][]string

// endings sorts endings, divided by blanks, by their number of letters.
func endings(list string) suffixes {
	var byLength suffixes
	for ending := range strings.FieldsSeq(list) {
		n := utf8.RuneCountInString(ending)
		for len(byLength) < n {
			byLength = append(byLength, nil)
		}
		byLength[n-1] = append(byLength[n-1], ending)
	}
	for i, j := 0, len(byLength)-1; i < j; i, j = i+1, j-1 {
		byLength[i], byLength[j] = byLength[j], byLength[i]
	}
	return byLength
}

// cut takes the longest ending off that leaves at least stays letters.
func (s suffixes) cut(word string, stays int) string {
	letters := utf8.RuneCountInString(word)
	for i, list := range s {
		if letters-(len(s)-i) < stays {
			continue
		}
		for _, ending := range list {
			if strings.HasSuffix(word, ending) {
				return word[:len(word)-len(ending)]
			}
		}
	}
	return word
}

// Greek: inflectional endings of nouns, adjectives and verbs, without accents and with σ for ς. One is taken off, three letters stay.
var greek = endings(`α ε η ι ο υ ω σ
ας ες ης ις ος υς ου ων οι αι ει εις οσ ησ εσ ασ υσ ισ ουσ εισ εων ιων
ματα ματων ματος ματοσ ηκε ηκαν ησε ησαν ουν ουμε ετε ονται εται οταν ουνται ειται ουμενος μενοσ μενη μενο μενα μενων μενουσ
ικη ικο ικα ικοσ ικησ ικου ικων ικουσ ικεσ ισμοσ ισμου ισμο οτητα οτητασ οντασ ωντασ εια ειασ ειεσ ια ιασ ιεσ ιο ιου ιοι ιοσ
αγε αγαν ησει ησουν εσαι ομαι ομουν ηθηκε ηθηκαν ηθει θηκε θηκαν ωσησ ωση ωσεισ ησησ ηση ησεισ ησεων ωσεων αμε ατε ανε`)

func stemGreek(word string) string { return greek.cut(word, 3) }

// Hindi: Ramanathan and Rao (2003), "A Lightweight Stemmer for Hindi", after long vowels have been made short.
var hindi = endings(foldHindi(`ो े ू ु ी ि ा
कर ाओ िए ाई ाए ने नी ना ते ीं ती ता ाँ ां ों ें
ाकर ाइए ाईं ाया ेगी ेगा ोगी ोगे ाने ाना ाते ाती ाता तीं ाओं ाएं ुओं ुएं ुआं
ाएगी ाएगा ाओगी ाओगे एंगी ेंगी एंगे ेंगे ूंगी ूंगा ातीं नाओं नाएं ताओं ताएं ियाँ ियों ियां
ाएंगी ाएंगे ाऊंगी ाऊंगा`))

func stemHindi(word string) string { return hindi.cut(word, 2) }

// alternations are what changes at the end of a stem with the ending that follows.
type alternations struct {
	softened [][2]string // last consonants before some endings, and what they are elsewhere: Polsce, Polska
	fleeting string      // vowels that leave before a last consonant where an ending follows: książek, książka
	before   string      // those consonants
}

// level gives the stems of one word one form. Stems of fewer than three letters stay as they are.
func (a alternations) level(stem string) string {
	if utf8.RuneCountInString(stem) < 3 {
		return stem
	}
	for _, pair := range a.softened {
		if base, soft := strings.CutSuffix(stem, pair[0]); soft {
			stem = base + pair[1]
			break
		}
	}
	letters := []rune(stem)
	if n := len(letters); n > 3 && strings.ContainsRune(a.fleeting, letters[n-2]) && strings.ContainsRune(a.before, letters[n-1]) {
		stem = string(letters[:n-2]) + string(letters[n-1])
	}
	return stem
}

// Polish: case endings of nouns and adjectives, endings of verbs; one is taken off, three letters stay.
var polish = endings(`a ą e ę i o u y
ów om em ie ia ią ię io iu ej im ym ych ich ego emu ami ach owi owie owy owa owe
iej iego iemu ymi imi iach iami iom iem
ał ała ało ali ały ać eć ić yć ił iła iło ili iły ył yła yło yli yły esz asz isz ysz emy amy imy ymy ecie acie icie ycie ują uje ują
ość ości ością anie ania aniu aniem enie enia eniu eniem acja acji ację acją`)

var polishStems = alternations{[][2]string{{"c", "k"}, {"dz", "g"}}, "e", "knrłl"}

func stemPolish(word string) string { return polishStems.level(polish.cut(word, 3)) }

// Ukrainian: case endings of nouns and adjectives, endings of verbs; one is taken off, three letters stay.
var ukrainian = endings(`а е и і о у ю я ї й ь
ий ій их іх им ім ої ою ею єю єю ах ях ам ям ом ем єм ів їв ві ові еві єві ами ями ого ього ому ьому ими іми
ати ити ути іти яти ав ала ало али ив ила ило или ів іла іло іли ує ють ять уть ають яють ує уємо уєте ить їть ться тися вся лася лося лися
ння нню нням ості істю ість остей ація ації ацію ацією ацій`)

var ukrainianStems = alternations{[][2]string{{"ц", "к"}, {"з", "г"}}, "оеє", "кнрл"}

func stemUkrainian(word string) string {
	return ukrainianStems.level(ukrainian.cut(strings.ReplaceAll(word, "'", ""), 3))
}
