package bot

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// families are the keys that are put together while the bot runs.
var families = []string{"command.", "option.", "name.", "because.", "way.", "count.", "act."}

// sources calls use for every string literal of the package but its tests.
func sources(t *testing.T, use func(file, literal string)) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), f, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING {
				if text, err := strconv.Unquote(l.Value); err == nil {
					use(f, text)
				}
			}
			return true
		})
	}
}

// TestCatalogueIsWhole compares the keys that the source has with those of English: none is missing, none is of no use.
func TestCatalogueIsWhole(t *testing.T) {
	keys := tongues()[fallback].keys
	tables := map[string]bool{}
	for key := range keys {
		table, _, _ := strings.Cut(key, ".")
		tables[table] = true
	}
	used, acts := map[string]bool{}, verbs(t)
	form := regexp.MustCompile(`^[a-z]+\.[a-z_]+$`)
	sources(t, func(file, literal string) {
		table, _, _ := strings.Cut(literal, ".")
		if !form.MatchString(literal) || !tables[table] || acts[literal] {
			return
		}
		used[literal] = true
		if keys[literal] == nil {
			t.Errorf("%s says %q, which English lacks", file, literal)
		}
	})
	for key := range keys {
		table, _, _ := strings.Cut(key, ".")
		if !used[key] && !slices.Contains(families, table+".") {
			t.Errorf("nobody says %q", key)
		}
	}
	for _, c := range Commands() {
		used["command."+c.Name] = true
		for group := c.Name; !c.Menu && strings.Contains(group, " "); {
			group = group[:strings.LastIndexByte(group, ' ')]
			used["command."+group] = true
		}
		for _, o := range c.Options {
			used[c.optionKey(o.Name)] = true
		}
	}
	for key := range keys {
		if (strings.HasPrefix(key, "command.") || strings.HasPrefix(key, "option.")) && !used[key] {
			t.Errorf("no command has %q", key)
		}
	}
}

// verbs are those of the acts in the source, which look like keys and have one each: "act." + verb.
func verbs(t *testing.T) map[string]bool {
	found := map[string]bool{}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		source, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`(?:\bact\(|[vV]erb: |domainRule\(ctx, r, [a-zA-Z"]+, )"([a-z._]+)"`).FindAllStringSubmatch(string(source), -1) {
			found[m[1]] = true
		}
	}
	return found
}

// TestActsAreNamed: the audit log has a sentence for each verb, and none that nobody does.
func TestActsAreNamed(t *testing.T) {
	acts := verbs(t)
	if len(acts) < 10 {
		t.Errorf("found %d verbs", len(acts))
	}
	for verb := range acts {
		if !known("act." + verb) {
			t.Errorf("the audit log has no words for %q", verb)
		}
	}
	for key := range tongues()[fallback].keys {
		if verb, ok := strings.CutPrefix(key, "act."); ok && !acts[verb] {
			t.Errorf("nobody does %q", verb)
		}
	}
}

// TestLanguagesAgree: the other languages have what English has, with the same arguments, and the forms that their plurals need.
func TestLanguagesAgree(t *testing.T) {
	english := tongues()[fallback].keys
	argument := regexp.MustCompile(`%\[\d\][ds]`)
	arguments := func(sentence string) string {
		list := argument.FindAllString(sentence, -1)
		slices.Sort(list)
		return strings.Join(slices.Compact(list), " ")
	}
	for name, tongue := range tongues() {
		for key, want := range english {
			have := tongue.keys[key]
			if have == nil {
				t.Errorf("%s lacks %q", name, key)
				continue
			}
			for form, sentence := range have {
				if strings.Contains(argument.ReplaceAllString(sentence, ""), "%") {
					t.Errorf("%s: %s: %q has an argument without number, or of another kind", name, key, sentence)
				}
				if a, b := arguments(sentence), arguments(want[otherForm]); form == otherForm && a != b {
					t.Errorf("%s: %s has the arguments %q, English %q", name, key, a, b)
				}
			}
			if len(want) > 1 && (have["one"] == "" || len(have) != 2) {
				t.Errorf("%s: %s has the forms %v; English, German and Spanish have one and other", name, key, have)
			}
		}
		for key := range tongue.keys {
			if english[key] == nil && !strings.HasPrefix(key, "name.") {
				t.Errorf("%s has %q, which English has not", name, key)
			}
		}
	}
	if n := len(tongues()); n != 3 {
		t.Errorf("%d catalogues", n)
	}
}

// TestSentencesNameCommands: a sentence that tells of a command calls it as its language does.
func TestSentencesNameCommands(t *testing.T) {
	mention := regexp.MustCompile(`(?:^|[ („«])/([\p{L} ]+)`)
	for name, tongue := range tongues() {
		called, words := map[string]bool{}, map[string]bool{} // words: of subcommands, in English and in the language
		for _, c := range Commands() {
			for _, w := range strings.Fields(c.Name)[1:] {
				words[w], words[LocalName(name, w)] = true, true
			}
			called[strings.TrimPrefix(Command{Name: c.Name}.usage(name), "/")] = true
		}
		found := 0
		for key, e := range tongue.keys {
			for _, sentence := range e {
				for _, m := range mention.FindAllStringSubmatch(sentence, -1) {
					found++
					group, rest, _ := strings.Cut(m[1], " ")
					next, _, _ := strings.Cut(rest, " ")
					suite := group == LocalName(name, "admin") && !words[next] // the moderators' commands as a whole
					if !suite && !slices.ContainsFunc(slices.Collect(maps.Keys(called)), func(c string) bool { return c == m[1] || strings.HasPrefix(m[1], c+" ") }) {
						t.Errorf("%s: %s names /%s, which is no command there", name, key, m[1])
					}
				}
			}
		}
		if found < 15 {
			t.Errorf("%s: %d mentions of commands", name, found)
		}
	}
}

// TestLengths holds every language to Discord's limits, and its names to Discord's form.
func TestLengths(t *testing.T) {
	command := regexp.MustCompile(`^[-_'\p{L}\p{N}]{1,32}$`)
	for name, tongue := range tongues() {
		for key, e := range tongue.keys {
			table, word, _ := strings.Cut(key, ".")
			size := utf8.RuneCountInString(e[otherForm])
			switch {
			case (table == "command" || table == "option") && size > 100:
				t.Errorf("%s: %s takes %d characters of 100", name, key, size)
			case table == "button" && size > 20:
				t.Errorf("%s: %s takes %d characters of 20", name, key, size)
			case table == "name" && unicode.IsUpper(rune(word[0])): // a menu's, which may have blanks
				if size > 32 {
					t.Errorf("%s: %s takes %d characters of 32", name, key, size)
				}
			case table == "name" && (!command.MatchString(e[otherForm]) || e[otherForm] != strings.ToLower(e[otherForm])):
				t.Errorf("%s: %q is no name of a command", name, e[otherForm])
			}
		}
	}
}

// TestLocalNames: every word of the table is translated, and no two options of a command, or commands beside each other, share a name.
func TestLocalNames(t *testing.T) {
	for name, tongue := range tongues() {
		if name == fallback {
			continue
		}
		needed, taken := map[string]bool{}, map[string]string{}
		take := func(place, word string) {
			needed[word] = true
			local := tongue.keys["name."+word][otherForm]
			if local == "" {
				t.Errorf("%s has no name for %q", name, word)
			}
			if other, ok := taken[place+local]; ok && other != word {
				t.Errorf("%s calls both %q and %q %q", name, other, word, local)
			}
			taken[place+local] = word
		}
		for _, c := range Commands() {
			words := strings.Fields(c.Name)
			if c.Menu {
				words = []string{c.Name}
			}
			for i, word := range words {
				take("/"+strings.Join(words[:i], " ")+" ", word)
			}
			for _, o := range c.Options {
				take(c.Name+":", o.Name)
			}
		}
		for key := range tongue.keys {
			if word, ok := strings.CutPrefix(key, "name."); ok && !needed[word] {
				t.Errorf("%s names %q, which no command has", name, word)
			}
		}
	}
}

func TestSay(t *testing.T) {
	for _, test := range []struct{ locale, want string }{
		{"en-GB", "1 article, 1,234 articles, English"},
		{"de", "1 Artikel, 1.234 Artikel, Englisch"},
		{"es-419", "1 artículo, 1.234 artículos, Inglés"},
		{"ES-es", "1 artículo, 1.234 artículos, Inglés"},
		{"fr", "1 article, 1,234 articles, English"},
		{"", "1 article, 1,234 articles, English"},
	} {
		got := say(test.locale, "count.articles", 1) + ", " + say(test.locale, "count.articles", 1234) + ", " + languageName(test.locale, "en")
		if got != test.want {
			t.Errorf("%s: %q, want %q", test.locale, got, test.want)
		}
	}
	if got := LocalName("de", "ask") + " " + LocalName("en-US", "ask") + " " + LocalName("de", "nothing"); got != "fragen ask nothing" {
		t.Errorf("names: %q", got)
	}
}

func TestSentence(t *testing.T) {
	r := Request{Locale: "de"}
	parts := r.sentence("add.unchanged", Part{Person: "7"}, day(r.Asked))
	if len(parts) != 5 || parts[1].Person != "7" || !parts[3].Day || parts[4].Text != "." {
		t.Errorf("parts: %+v", parts)
	}
	if parts := r.sentence("error.usage", "a\x000\x00b"); len(parts) != 1 || parts[0].Text != "Es fehlt noch etwas: a0b" {
		t.Errorf("a mark in a text: %+v", parts)
	}
}
