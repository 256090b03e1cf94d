package text

import (
	"strings"

	kenglish "github.com/kljensen/snowball/english"
	kfrench "github.com/kljensen/snowball/french"
	khungarian "github.com/kljensen/snowball/hungarian"
	knorwegian "github.com/kljensen/snowball/norwegian"
	krussian "github.com/kljensen/snowball/russian"
	kspanish "github.com/kljensen/snowball/spanish"
	kswedish "github.com/kljensen/snowball/swedish"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/arabic"
	"github.com/blevesearch/snowballstem/danish"
	"github.com/blevesearch/snowballstem/dutch"
	"github.com/blevesearch/snowballstem/finnish"
	"github.com/blevesearch/snowballstem/german"
	"github.com/blevesearch/snowballstem/italian"
	"github.com/blevesearch/snowballstem/portuguese"
	"github.com/blevesearch/snowballstem/romanian"
	"github.com/blevesearch/snowballstem/turkish"
)

// A row is one line of the table of languages. Zero fields mean: nothing special.
type row struct {
	code          string
	stem          func(string) string // of a lower-case word with its accents
	prepare       func(string) string // before the stem: what the stemmer expects
	fold          func(string) string // after the stem; nil folds accents of Latin letters
	stop          string              // stop words, lower case, divided by blanks; short on purpose: idf does the work of long lists
	elisions      string              // what an apostrophe binds to the next word
	abbreviations string              // beyond the common ones, without their last point
	commaDecimal  bool                // 3,5 and 1.200
	numbers       string              // number words and scales; see numerals
	one           string              // a number before a scale or behind tens, else a pronoun
	percent       string              // the word that % is read as
	ordinalDot    bool                // "3. Mai": a number before a point ends no sentence
	turkish       bool                // I→ı, İ→i, and words are cut at the apostrophe
}

// table has every language that questions may be asked in. A language is one row here and its stop words in stopwords.go.
var table = [...]row{
	{code: "ar", stem: snowball(arabic.Stem), fold: foldArabic, stop: stopArabic},
	{code: "da", stem: snowball(danish.Stem), stop: stopDanish, commaDecimal: true, ordinalDot: true, abbreviations: "f.eks bl.a ca kl"},
	{code: "de", stem: snowball(german.Stem), prepare: sharpS, stop: stopGerman, commaDecimal: true, numbers: numbersGerman, one: "ein", percent: "prozent", ordinalDot: true, abbreviations: "bzw ca usw evtl ggf inkl z.b d.h u.a nr str bspw sog"},
	{code: "el", stem: stemGreek, prepare: foldGreek, fold: foldGreek, stop: stopGreek, commaDecimal: true, abbreviations: "π.χ κ.λπ δηλ κ"},
	{code: "en", stem: withStops(kenglish.Stem), stop: stopEnglish, numbers: numbersEnglish, one: "one", percent: "percent", abbreviations: "mr mrs ms messrs jr sr gov gen sen rep rev hon capt col lt sgt maj cmdr pres prof supt det inc corp ltd co bros jan feb mar apr jun jul aug sept sep oct nov dec ave blvd rd ft mt est approx dept no vs"},
	{code: "es", stem: withStops(kspanish.Stem), stop: stopSpanish, commaDecimal: true, numbers: numbersSpanish, one: "un", percent: "ciento", abbreviations: "sr sra srta dra ud uds ee.uu pág aprox"},
	{code: "fi", stem: snowball(finnish.Stem), stop: stopFinnish, commaDecimal: true, ordinalDot: true, abbreviations: "esim ym yms mm ns n"},
	{code: "fr", stem: withStops(kfrench.Stem), stop: stopFrench, elisions: "l d c j m n s t qu jusqu lorsqu puisqu quoiqu", commaDecimal: true, numbers: numbersFrench, one: "un", percent: "cent", abbreviations: "m mme mlle mm env av apr"},
	{code: "hi", stem: stemHindi, prepare: foldHindi, fold: foldHindi, stop: stopHindi, abbreviations: "डॉ श्री"},
	{code: "hu", stem: withStops(khungarian.Stem), stop: stopHungarian, commaDecimal: true, ordinalDot: true, abbreviations: "pl kb ill stb ún"},
	{code: "it", stem: snowball(italian.Stem), stop: stopItalian, elisions: "l un d dell all dall nell sull coll c quell quest sant s m t", commaDecimal: true, abbreviations: "sig sig.ra dott avv ecc pag"},
	{code: "ja"},
	{code: "ko"},
	{code: "nl", stem: snowball(dutch.Stem), stop: stopDutch, commaDecimal: true, abbreviations: "bijv ca dhr mevr drs enz nl"},
	{code: "no", stem: withStops(knorwegian.Stem), stop: stopNorwegian, commaDecimal: true, ordinalDot: true, abbreviations: "f.eks bl.a ca kl"},
	{code: "pl", stem: stemPolish, stop: stopPolish, commaDecimal: true, abbreviations: "np tzn tj ok ul im godz mln mld tys wg"},
	{code: "pt", stem: snowball(portuguese.Stem), stop: stopPortuguese, commaDecimal: true, abbreviations: "sr sra dra exmo pág aprox"},
	{code: "ro", stem: snowball(romanian.Stem), prepare: cedillas, stop: stopRomanian, commaDecimal: true, abbreviations: "dl dna nr str ex"},
	{code: "ru", stem: withStops(krussian.Stem), prepare: foldCyrillic, fold: foldCyrillic, stop: stopRussian, commaDecimal: true, numbers: numbersRussian, one: "один", percent: "процент", abbreviations: "г гг им ул т.е т.д т.п млн млрд тыс руб"},
	{code: "sv", stem: withStops(kswedish.Stem), stop: stopSwedish, commaDecimal: true, abbreviations: "t.ex bl.a ca kl dvs"},
	{code: "th"},
	{code: "tr", stem: snowball(turkish.Stem), stop: stopTurkish, commaDecimal: true, ordinalDot: true, turkish: true, abbreviations: "örn vb vs yy doç alb"},
	{code: "uk", stem: stemUkrainian, fold: keep, stop: stopUkrainian, commaDecimal: true, numbers: numbersUkrainian, one: "один", percent: "відсоток", abbreviations: "р рр ім вул т.д т.п млн млрд тис грн"},
	{code: "vi", fold: keep, stop: stopVietnamese, commaDecimal: true, abbreviations: "tp ths ts pgs gs"},
	{code: "zh"},
}

// abbreviations that every language has, without their last point.
var abbreviations = set("dr prof st vs etc approx no mr mrs ms jr sr vol fig")

// A language is a row made ready.
type language struct {
	row
	stop          map[string]bool
	elisions      map[string]bool
	abbreviations map[string]bool
	numerals      map[string]numeral
	cache         *stemCache
}

var (
	languages    = readyAll()
	undetermined = ready(row{code: "und"})
)

func readyAll() map[string]*language {
	all := map[string]*language{}
	for _, r := range table {
		all[r.code] = ready(r)
	}
	return all
}

func ready(r row) *language {
	if r.prepare == nil {
		r.prepare = keep
	}
	if r.fold == nil {
		r.fold = foldLatin
	}
	return &language{row: r, stop: set(r.stop), elisions: set(r.elisions), abbreviations: set(r.abbreviations), numerals: numerals(r.numbers), cache: newStemCache()}
}

func set(words string) map[string]bool {
	m := map[string]bool{}
	for word := range strings.FieldsSeq(words) {
		m[word] = true
	}
	return m
}

// lookup finds the row of a BCP 47 code by its primary language; "nb" and "nn" are Norwegian.
func lookup(code string) *language {
	primary, _, _ := strings.Cut(strings.ToLower(code), "-")
	if primary == "nb" || primary == "nn" {
		primary = "no"
	}
	if l := languages[primary]; l != nil {
		return l
	}
	return undetermined
}

// Known reports whether the table has a row for a code.
func Known(code string) bool { return lookup(code) != undetermined }

// Languages lists the codes of the table, ascending.
func Languages() []string {
	codes := make([]string, len(table))
	for i, r := range table {
		codes[i] = r.code
	}
	return codes
}

func keep(s string) string { return s }

// snowball adapts a stemmer of blevesearch/snowballstem.
func snowball(stem func(*snowballstem.Env) bool) func(string) string {
	return func(word string) string {
		env := snowballstem.NewEnv(word)
		stem(env)
		return env.Current()
	}
}

// withStops adapts a stemmer of kljensen/snowball; stop words have been set apart already, so that all others are stemmed.
func withStops(stem func(string, bool) string) func(string) string {
	return func(word string) string { return stem(word, true) }
}
