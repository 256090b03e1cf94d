package rank

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// wordsOf are the words and numbers of a question in lower case; "$" and its like stay, as they make a number no year.
func wordsOf(question string) []string {
	words := make([]string, 0, len(question)/4)
	for len(question) > 0 {
		r, size := utf8.DecodeRuneInString(question)
		switch {
		case unicode.IsLetter(r):
			if size = strings.IndexFunc(question, notLetters); size < 0 {
				size = len(question)
			}
		case isDigit(question):
			size = numberLength(question)
		case !strings.ContainsRune("$£€#%", r):
			question = question[size:]
			continue
		}
		w := question[:size]
		if w == "Mars" { // the planet; the French month is written small
			w = "planet"
		}
		words, question = append(words, strings.ToLower(w)), question[size:]
	}
	return words
}

func notLetters(r rune) bool { return !unicode.IsLetter(r) }

// isDigit reports whether a text begins with a digit.
func isDigit(s string) bool { return len(s) > 0 && s[0] >= '0' && s[0] <= '9' }

// numberLength is the length of the number that a text begins with. It keeps its commas and its decimals, so that "1,999" and "20.19" are no
// years, and what is written behind it: "1st", "90s".
func numberLength(s string) (n int) {
	for isDigit(s[n:]) || n < len(s) && (s[n] == '.' || s[n] == ',') && isDigit(s[n+1:]) {
		n++
	}
	for _, suffix := range [...]string{"st", "nd", "rd", "th", "s"} {
		if strings.HasPrefix(s[n:], suffix) {
			return n + len(suffix)
		}
	}
	return n
}

// A part of a period.
type part int

const (
	whole part = iota
	early
	mid
	late
)

// numbered gives the words of each line the next number from first on.
func numbered[T ~int](first T, lines ...string) map[string]T {
	m := map[string]T{}
	for i, line := range lines {
		for _, word := range strings.Fields(line) {
			m[word] = first + T(i)
		}
	}
	return m
}

var (
	months = numbered(time.January,
		"january jan januar jänner enero janvier", "february feb februar febrero février", "march mar märz marzo mars",
		"april apr abril avril", "may mai mayo", "june jun juni junio juin", "july jul juli julio juillet", "august aug agosto août",
		"september sept sep septiembre septembre", "october oct oktober octubre octobre", "november nov noviembre novembre",
		"december dec dezember diciembre décembre")
	weekdays = numbered(1, "sunday sonntag domingo dimanche", "monday montag lunes lundi", "tuesday dienstag martes mardi",
		"wednesday mittwoch miércoles mercredi", "thursday donnerstag jueves jeudi", "friday freitag viernes vendredi",
		"saturday samstag sonnabend sábado samedi")
	parts = numbered(early, "early beginning start anfang principios comienzos début", "mid middle mitte mediados mi milieu",
		"late end ende finales fines fin")
	// seasons of the northern half, by their first month: 3, 6, 9, 12.
	seasons = numbered(1, "spring frühling frühjahr primavera printemps", "summer sommer verano été", "fall autumn herbst otoño automne",
		"winter invierno hiver")
	units = numbered(days, "day days tag tage tagen día días jour jours", "week weeks woche wochen semana semanas semaine semaines",
		"month months monat monate monaten mes meses mois", "year years jahr jahre jahren año años an ans année", "weekend wochenende",
		"night nacht noche nuit")
	counts = numbered(1, "a an one ein eine einem einer un una une", "two zwei dos deux couple", "three drei tres trois", "four vier cuatro quatre",
		"five fünf cinco cinq", "six sechs seis", "seven sieben siete sept", "eight acht ocho huit", "nine neun nueve neuf", "ten zehn diez dix")
	ordinals = numbered(1, "first erste ersten primer premier", "second zweite zweiten segundo deuxième", "third dritte dritten tercer troisième",
		"fourth vierte vierten cuarto quatrième")
	lasts   = set("last past letzte letzten letzter letztes letztem vergangene vergangenen vergangener pasado pasada dernier dernière")
	theirs  = set("pasado pasada dernier dernière") // stand behind what they say
	fillers = set("of the de del des du la le el in des")
)

// A unit of time that "last" and "ago" count.
type unit int

const (
	days unit = iota + 1
	weeks
	monthsUnit
	years
	weekend
	night
)

func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}

// count reads "4", "4th" or a word up to ten; 0 for anything else.
func count(s string) int {
	if !isDigit(s) {
		return counts[s]
	}
	n, err := strconv.Atoi(strings.TrimRight(s, "stndrh"))
	if err != nil {
		return 0
	}
	return min(n, 9999)
}

// yearOf reads a year of four digits from 1500 to 2099; 0 for anything else.
func yearOf(s string) int {
	if len(s) != 4 || !isDigit(s) {
		return 0
	}
	if n, err := strconv.Atoi(s); err == nil && n >= 1500 && n < 2100 {
		return n
	}
	return 0
}

// decadeOf reads "1990s", "90s".
func decadeOf(s string) int {
	digits, ok := strings.CutSuffix(s, "0s")
	if !ok || !isDigit(s) {
		return 0
	}
	n, err := strconv.Atoi(digits)
	switch {
	case err != nil:
		return 0
	case n >= 150 && n < 210:
		return n * 10
	case n >= 2 && n < 10:
		return 1900 + n*10
	}
	return 0
}

// counted are nouns that a number before them counts: "2000 people" is no year.
var counted = set(`people men women children jobs votes points seats miles km kilometers kilometres meters metres feet acres tons tonnes dollars
euros pounds degrees percent % menschen euro personas personnes`)
