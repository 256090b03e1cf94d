package rank

import (
	"regexp"
	"strings"
)

// A Wanted is the kind of thing that a question asks for.
type Wanted int

// The kinds of things.
const (
	Anything Wanted = iota
	Person
	Place
	Name // a company, a team, a work: something that is written with a capital
	Date
	Number
	Money
	Percent
)

var wantedNames = [...]string{"anything", "a person", "a place", "a name", "a date", "a number", "an amount of money", "a share"}

// String is the kind in words.
func (w Wanted) String() string { return wantedNames[w] }

// asking finds asking words.
var asking = regexp.MustCompile(`(?i)(?:^|[\s¿«"“(])(` +
	`who|whose|whom|where|when|how (?:many|much|old|long|far|tall|high|big|fast|often|large)|(?:what|which)|` +
	`wer|wen|wem|wessen|wo|wohin|woher|wann|wie (?:viele?|lange|alt|hoch|weit|oft|groß)|welche[rsnm]?|` +
	`quién(?:es)?|dónde|adónde|cuándo|cuánt[oa]s?|qué|cuál(?:es)?|` +
	`qui|où|quand|combien|quels?|quelles?)(?:[\s,;:.?!'’"”)]|$)`)

// things are nouns behind "what" and "which", by what they name. They are looked up in lower case, with and without a final s.
var things = map[string]Wanted{}

func init() {
	for kind, nouns := range map[Wanted]string{
		Person: `person man woman actor actress singer rapper musician artist athlete player quarterback pitcher golfer boxer politician
			senator representative congressman congresswoman governor mayor president leader minister secretary justice judge lawmaker
			candidate billionaire celebrity star director author writer comedian host coach ceo executive king queen prince princess
			pope driver model scientist astronaut official figure founder activist journalist mogul princess champion
			schauspieler sänger politiker präsident actor cantante presidente jugador`,
		Place: `country state city town nation island park place location continent county region territory province river lake mountain
			ocean sea venue stadium airport village capital land stadt bundesland país ciudad estado pays ville`,
		Name: `company team movie film song album show series network website app brand retailer chain airline firm store agency
			organization university college school studio band book game bank club restaurant newspaper platform automaker manufacturer
			carmaker league franchise corporation business startup store magazine channel publication party group airline hotel
			species animal language religion award prize title sport event festival tournament hurricane storm ship spacecraft
			firma verein partei empresa equipo película entreprise équipe`,
		Date:    `year day date month decade century season jahr tag datum monat año día fecha mes année jour`,
		Number:  `number age amount total score temperature magnitude height length distance speed size population zahl alter número edad`,
		Percent: `percentage percent share proportion prozentsatz porcentaje`,
		Money:   `price cost salary fee fine worth preis precio`,
	} {
		for noun := range strings.FieldsSeq(nouns) {
			things[noun] = kind
		}
	}
}

var (
	moneyWords   = regexp.MustCompile(`(?i)\b(pay|paid|pays|cost|costs|worth|sell|sold|spend|spent|fined?|raised?|earn(?:ed|s)?|donated?|\$|dollars?|price|kosten?|kostet|cuesta|costó)\b|\$|€|£`)
	percentWords = regexp.MustCompile(`(?i)\b(percent|percentage|per cent|prozent|por ciento)\b|%`)
)

const nounWithin = 4 // words behind "what" or "which"

// askingWord is the asking word that decides, in lower case, and the rest of its sentence; "" if there is none. The last sentence with an asking word
// decides; in it the asking word that it begins with ("Which actor …, which was released"), else the last of what, which and how ("the
// athletes who …, in which sport"), since who, where and when stand inside sentences as relative pronouns more often than not, else the
// last of all.
func askingWord(question string) (word string, after span) {
	start := 0
	for _, sentence := range sentences(question) {
		if found := asking.FindAllStringSubmatchIndex(sentence, -1); len(found) > 0 {
			at := found[len(found)-1]
			if strings.TrimSpace(sentence[:found[0][2]]) == "" {
				at = found[0]
			} else {
				for _, other := range found {
					if !pronouns[strings.ToLower(sentence[other[2]:other[3]])] {
						at = other
					}
				}
			}
			word, after = strings.ToLower(sentence[at[2]:at[3]]), span{start + at[3], start + len(sentence)}
		}
		start += len(sentence)
	}
	return word, after
}

// A span is bytes of a question.
type span struct{ start, end int }

// pronouns are asking words that begin relative clauses, and name nothing by a noun behind them.
var pronouns = map[string]bool{"who": true, "whose": true, "whom": true, "where": true, "when": true, "qui": true, "où": true, "quand": true}

// sentenceEnd is where a question of several sentences goes on; "U.S. state" and "3.5" do not end one.
var sentenceEnd = regexp.MustCompile(`[?!]|\.\s+\p{Lu}`)

// sentences are the sentences of a question, in order.
func sentences(question string) (list []string) {
	start := 0
	for _, end := range sentenceEnd.FindAllStringIndex(question, -1) {
		list = append(list, question[start:end[0]+1])
		start = end[0] + 1
	}
	return append(list, question[start:])
}

// kindOf is the kind of thing that a question asks for, by its asking word and what stands behind it. Behind "what" and "which" the noun that
// follows within four words tells the kind.
func kindOf(word string, behind span, question string) Wanted {
	first, _, _ := strings.Cut(word, " ")
	switch first {
	case "who", "whose", "whom", "wer", "wen", "wem", "wessen", "quién", "quiénes", "qui":
		return Person
	case "where", "wo", "wohin", "woher", "dónde", "adónde", "où":
		return Place
	case "when", "wann", "cuándo", "quand":
		return Date
	case "how", "wie", "cuánto", "cuánta", "cuántos", "cuántas", "combien":
		if percentWords.MatchString(question) {
			return Percent
		}
		if (strings.HasSuffix(word, "much") || word == "cuánto" || word == "combien") && moneyWords.MatchString(question) {
			return Money
		}
		return Number
	}
	after := question[behind.start:behind.end]
	if percentWords.MatchString(after) {
		return Percent
	}
	for i, noun := range strings.FieldsFunc(strings.ToLower(after), notLetter) {
		if i == nounWithin {
			break
		}
		if kind, ok := things[noun]; ok {
			return kind
		}
		if kind, ok := things[strings.TrimSuffix(noun, "s")]; ok {
			return kind
		}
	}
	if naming.MatchString(after) {
		return Name
	}
	return Anything
}

// naming are words of a question that asks how something is called.
var naming = regexp.MustCompile(`(?i)\b(called|named|nicknamed|dubbed|name|heißt|heißen|genannt|llama|llaman|nombre|appelle|nom)\b`)

func notLetter(r rune) bool { return strings.ContainsRune(" ,.;:!?'’\"()-/\n\t", r) }

var counting = regexp.MustCompile(`(?i)\b(how many|wie viele|cuánt[oa]s|combien de)\s`)

// unitOf is the first word of the question behind "how many", or -1.
func unitOf(q Question) int {
	at := counting.FindStringIndex(q.Text)
	if at == nil {
		return -1
	}
	for i, w := range q.Words {
		if w.At >= at[1] {
			return i
		}
	}
	return -1
}

// headsOf are the words right behind what, which or how many, up to the first stop word or mark: bit i for word i. One of them is the noun
// whose kind is asked, and may be a part of the answer: "which university" of Harvard University.
func headsOf(q Question, word string, after span) (heads uint64) {
	if word == "" || pronouns[word] {
		return 0
	}
	n, end := 0, after.start
	for i, w := range q.Words {
		if w.At < end {
			continue
		}
		if n == nounWithin || strings.Trim(q.Text[end:w.At], " -\"'“”‘’") != "" {
			break
		}
		heads |= 1 << i
		n++
		end = len(q.Text)
		if length := strings.IndexAny(q.Text[w.At:], " -,;:.?!()"); length >= 0 {
			end = w.At + length
		}
	}
	return heads
}
