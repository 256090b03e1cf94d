package text

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func terms(s, lang string) []string {
	var list []string
	for _, t := range Analyse(s, lang) {
		term := t.Term
		if t.Stop {
			term = "(" + term + ")"
		}
		list = append(list, term)
	}
	return list
}

func TestAnalyse(t *testing.T) {
	tests := []struct{ lang, text, want string }{
		{"en", "The bridges were closed.", "(the) bridg (were) close"},
		{"en", "Obama's and O’Brien’s “house”", "obama (and) obrien hous"},
		{"en", "It cost $1,200 or 3.5%, in 1,20 tries; 10,000,000", "(it) cost 1200 (or) 3.5 percent (in) 1.20 tri 10000000"},
		{"en", "Tell us what the US did; the U.S. too", "tell (us) (what) (the) us (did) (the) us (too)"},
		{"en", "WHO IS IT FOR", "(who) (is) (it) (for)"}, // all in capitals: no acronyms
		{"en", "the WHO said", "(the) who said"},
		{"en", "WHO", "who"},
		{"en", "fiancé naïve ﬁnal Ｆｕｌｌ", "fiance naiv final full"},
		{"en", "1990s 5G mp3 state-of-the-art", "1990s 5g mp3 state (of) (the) art"},
		{"de", "Die Straße und die Häuser, 1.200,50 Euro", "(die) strass (und) (die) haus 1200.50 euro"},
		{"fr", "L’eau d'Orsay, qu'il aime", "eau orsay (il) aim"},
		{"tr", "Türkiye'nin İSTANBUL IŞIK", "turki istanbul isik"},
		{"ro", "și țară ţară", "(si) tar tar"},
		{"ru", "ёлки и елки", "елк (и) елк"},
		{"el", "Οι ΚΑΡΔΙΆΣ καρδιά", "(οι) καρδ καρδ"},
		{"vi", "Hà Nội là", "hà nội (là)"},
		{"ar", "الكِتَاب", "كتاب"},
		{"hi", "लड़के लड़की", "लडक लडक"},
		{"zh", "北京大学2008年", "北京 京大 大学 2008 年"},
		{"ja", "東京タワーへ", "東京 京タ タワ ワー ーへ"},
		{"ko", "서울특별시 시장", "서울 울특 특별 별시 시장"},
		{"th", "กรุงเทพ", "กรุง รุงเ งเท เทพ"},
		{"en", "Peking 北京 now", "peke 北京 now"},
		{"xx", "The Bridges", "the bridges"},
		{"en", "", ""},
		{"en", " … — !", ""},
		{"en", "a\xffb \xc3", "(a) b"},
	}
	for _, test := range tests {
		if got := strings.Join(terms(test.text, test.lang), " "); got != test.want {
			t.Errorf("%s %q:\n got %s\nwant %s", test.lang, test.text, got, test.want)
		}
	}
}

func TestAnalysePlaces(t *testing.T) {
	const s = "L’été, Obama's 1,200 北京大学."
	var words []string
	for _, token := range Analyse(s, "fr") {
		words = append(words, s[token.Start:token.End])
	}
	want := []string{"L’été", "Obama's", "1,200", "北京", "京大", "大学"}
	if !slices.Equal(words, want) {
		t.Errorf("places are %q, want %q", words, want)
	}
	if first := Analyse("Été a", "fr")[0]; !first.Cap {
		t.Error("Été does not begin with a capital")
	}
}

func TestSentences(t *testing.T) {
	tests := []struct {
		lang, text string
		want       []string
	}{
		{"en", "It rained. It poured! Did it? Yes… No.", []string{"It rained.", "It poured!", "Did it?", "Yes…", "No."}},
		{"en", "Mr. Smith met J. R. Doe in the U.S. Senate. He left.", []string{"Mr. Smith met J. R. Doe in the U.S. Senate.", "He left."}},
		{"en", "It costs 3.5 crowns at example.org. and more.", []string{"It costs 3.5 crowns at example.org. and more."}},
		{"en", "“Stop!” he said. “Why?” “Because.”", []string{"“Stop!” he said.", "“Why?”", "“Because.”"}},
		{"en", "one line\nanother line\n\n", []string{"one line", "another line"}},
		{"de", "Am 3. Mai war z.B. Herr Dr. Weber da. Dann nicht.", []string{"Am 3. Mai war z.B. Herr Dr. Weber da.", "Dann nicht."}},
		{"zh", "他来了。她走了！“好。”完", []string{"他来了。", "她走了！", "“好。”", "完"}},
		{"hi", "वह आया। वह गया।", []string{"वह आया।", "वह गया।"}},
		{"th", "กขค งจฉ 2 ชซ", []string{"กขค", "งจฉ 2 ชซ"}},
		{"en", "  ", nil},
		{"en", "no mark", []string{"no mark"}},
	}
	for _, test := range tests {
		var got []string
		for _, span := range Sentences(test.text, test.lang) {
			got = append(got, test.text[span.Start:span.End])
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s %q:\n got %q\nwant %q", test.lang, test.text, got, test.want)
		}
	}
}

// TestStopWordsTell holds that stop words decide only where they leave no doubt, whatever the guesser would say.
func TestStopWordsTell(t *testing.T) {
	const (
		english = "When the council met in the old hall, it was said that the bridge would be closed for the winter and that nobody had told the people who live on the other side of it. "
		german  = "Als der Rat in der alten Halle zusammenkam, hieß es, dass die Brücke für den Winter geschlossen wird und dass man es den Leuten auf der anderen Seite nicht gesagt hat. "
		danish  = "Da rådet mødtes i den gamle hal, blev det sagt, at broen skulle lukkes for vinteren, og at ingen havde sagt det til dem, der bor på den anden side af den. "
	)
	for s, want := range map[string]string{
		strings.Repeat(english, 4):        "en",
		strings.Repeat(german, 4):         "de",
		strings.Repeat(danish, 4):         "", // Norwegian has the same
		english:                           "", // too short
		strings.Repeat(english+german, 3): "",
		strings.Repeat("Bridge Hall Council Winter Ferry ", 40): "",
		"": "",
	} {
		if got := byStopWords(s); got != want {
			t.Errorf("byStopWords(%.40q) = %q, want %q", s, got, want)
		}
	}
}

func TestWords(t *testing.T) {
	for s, want := range map[string]int{
		"":                       0,
		"two words":              2,
		strings.Repeat("字", 250): 80, // 250 characters are 80 words
		"แมว":                    1,
		"see 北京大学 now":           4, // two, and four characters of 3.125 to a word
		"서울 시장":                  2,
		" leading and\ntrailing\tblanks \u00a0 x ": 5,
	} {
		if got := Words(s); got != want {
			t.Errorf("Words(%q) = %d, want %d", s, got, want)
		}
	}
}

func TestDetect(t *testing.T) {
	for want, s := range map[string]string{
		"en":  "The island council voted on Monday evening to bring back the ferry, which has not run since the storm.",
		"de":  "Der Inselrat hat am Montagabend beschlossen, die Fähre wieder fahren zu lassen, die seit dem Sturm ruht.",
		"es":  "El consejo de la isla decidió el lunes por la noche recuperar el transbordador, parado desde la tormenta.",
		"ru":  "Совет острова в понедельник вечером решил вернуть паром, который не ходил после шторма.",
		"el":  "Το συμβούλιο του νησιού αποφάσισε τη Δευτέρα να επαναφέρει το πορθμείο.",
		"zh":  "岛上议会星期一晚上决定恢复自风暴以来停航的渡轮服务。",
		"th":  "สภาของเกาะลงมติเมื่อคืนวันจันทร์ให้เรือข้ามฟากกลับมาวิ่งอีกครั้ง",
		"no":  "Øyrådet vedtok mandag kveld å hente tilbake fergen som ikke har gått siden stormen ødela bryggen.",
		"und": "3.5 %",
	} {
		if got, sure := Detect(s); got != want || sure < 0 || sure > 1 {
			t.Errorf("Detect(%q) = %s, %.2f, want %s", s, got, sure, want)
		}
	}
}

func TestLanguagesAreComplete(t *testing.T) {
	want := strings.Fields("ar da de el en es fi fr hi hu it ja ko nl no pl pt ro ru sv th tr uk vi zh")
	if got := Languages(); !slices.Equal(got, want) {
		t.Errorf("Languages() = %v, want %v", got, want)
	}
	for _, code := range want {
		l := languages[code]
		for word := range l.stop {
			if word != l.lower(word) {
				t.Errorf("%s: stop word %q can never be met: its normal form is %q", code, word, l.lower(word))
			}
		}
	}
}

// FuzzAnalyse wants terms that are not empty, places that slice the input on rune limits, in order, and the same again.
func FuzzAnalyse(f *testing.F) {
	for _, s := range []string{"The bridge’s 1,200 lamps", "北京a大学", "กรุงเทพ x", "\xff\xfe a", "a\u0300\u200db l'eau", "U.S. 3.5.7 ", strings.Repeat("x", 300), ligatures, loaded} {
		f.Add(s, "en")
		f.Add(s, "tr")
	}
	f.Fuzz(func(t *testing.T, s, lang string) {
		tokens, last := Analyse(s, lang), 0
		for _, token := range tokens {
			if token.Term == "" || len(token.Term) > maxWord || token.Start < last || token.End <= token.Start || token.End > len(s) {
				t.Fatalf("%q: token %+v after %d", s, token, last)
			}
			if utf8.ValidString(s) && !utf8.ValidString(s[token.Start:token.End]) {
				t.Fatalf("%q: token %+v cuts a rune", s, token)
			}
			last = token.Start
		}
		if !slices.Equal(tokens, Analyse(s, lang)) {
			t.Fatalf("%q: a second look differs", s)
		}
	})
}

// ligatures is 126 bytes that are normalised to 1,386; loaded has a Thai letter and a Chinese one with 800 marks each.
var ligatures, loaded = strings.Repeat("\ufdfa", 42), "ก" + strings.Repeat("\u0e49", 800) + " 京" + strings.Repeat("\u0301", 800)

// TestLongTerms: what is short as written and long as a term is none, and costs its neighbours nothing.
func TestLongTerms(t *testing.T) {
	for _, odd := range []string{ligatures, loaded, strings.Repeat("x", maxWord+1)} {
		if got := terms("bridge "+odd+" ferry", "und"); !slices.Equal(got, []string{"bridge", "ferry"}) {
			t.Errorf("%d bytes: %.100q", len(odd), got)
		}
	}
	if got := terms(strings.Repeat("x", maxWord), "und"); len(got) != 1 {
		t.Errorf("a word of %d bytes: %q", maxWord, got)
	}
}

// FuzzSentences wants spans in order that leave nothing but blanks out.
func FuzzSentences(f *testing.F) {
	for _, s := range []string{"One. Two.", "Mr. A. B. C!\n…", "“x.” 。y", "\xff. A", "กข คง"} {
		f.Add(s, "en")
	}
	f.Fuzz(func(t *testing.T, s, lang string) {
		last := 0
		for _, span := range Sentences(s, lang) {
			if span.Start < last || span.End <= span.Start || span.End > len(s) || strings.TrimSpace(s[last:span.Start]) != "" {
				t.Fatalf("%q: span %+v after %d", s, span, last)
			}
			last = span.End
		}
		if strings.TrimSpace(s[last:]) != "" {
			t.Fatalf("%q: %q is in no sentence", s, s[last:])
		}
	})
}

// TestPlainWordsAgree holds the short way to the rules of UAX #29.
func TestPlainWordsAgree(t *testing.T) {
	alphabet := []string{"a", "Bc", "1", " ", ".", ",", "-", "'", "_", "é", "\u0301", "\n", "字", ":", "\"", "!", ")", "\u200d", "Σ", "й", "ế", "ب", "น", "ั", "ำ", "々"}
	var try func(s string, depth int)
	try = func(s string, depth int) {
		if s != "" {
			if short := plainWord(s); short > 0 && classOf(s[:short]) != classNone {
				if full := firstWord(s); full != short {
					t.Errorf("%q: the short way cuts at %d, UAX #29 at %d", s, short, full)
				}
			}
		}
		if depth == 0 {
			return
		}
		for _, piece := range alphabet {
			try(s+piece, depth-1)
		}
	}
	try("", 4)
}

func BenchmarkAnalyse(b *testing.B) {
	s := strings.Repeat("The island council voted on Monday evening to bring back ferry line 4, which has not run since the storm of October 2024 destroyed the pier. ", 40)
	b.SetBytes(int64(len(s)))
	n := 0
	for b.Loop() {
		n += len(Analyse(s, "en"))
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "tokens/s")
}
