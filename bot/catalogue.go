package bot

import (
	"embed"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"archivist"

	"github.com/pelletier/go-toml/v2"
	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
	"golang.org/x/text/message"
	"golang.org/x/text/message/catalog"
)

// The catalogues hold every sentence the bot says: a file a language, which adds a language by being there. English has every key,
// and the others all but [name], which is theirs alone (tests).
//
//go:embed locales/*.toml
var localeFiles embed.FS

// fallback is the language of readers whose own has no catalogue.
const fallback = "en"

// DiscordLocales are Discord's codes of the catalogues but English, for the names and descriptions of commands.
var DiscordLocales = []string{"de", "es-ES", "es-419"}

// A tongue is one catalogue, ready to speak.
type tongue struct {
	printer *message.Printer
	names   display.Namer // of languages
	keys    map[string]entry
}

// An entry is what a catalogue has under a key: the forms of a sentence by plural category, a plain sentence under "other".
type entry map[string]string

// tongues are the catalogues by language. They are part of the program: one that cannot be read is a defect that every test meets.
var tongues = sync.OnceValue(func() map[string]tongue {
	files, err := localeFiles.ReadDir("locales")
	if err != nil {
		panic(err)
	}
	builder := catalog.NewBuilder(catalog.Fallback(language.English))
	all := map[string]tongue{}
	for _, f := range files {
		name := strings.TrimSuffix(f.Name(), ".toml")
		tag := language.MustParse(name)
		keys, err := readCatalogue(f.Name())
		if err != nil {
			panic(err)
		}
		for key, e := range keys {
			if err := builder.Set(tag, key, e.message()); err != nil {
				panic(fmt.Errorf("%s: %s: %w", f.Name(), key, err))
			}
		}
		all[name] = tongue{message.NewPrinter(tag, message.Catalog(builder)), display.Languages(tag), keys}
	}
	return all
})

// readCatalogue reads a file: its tables are the first words of keys, joined with a point.
func readCatalogue(name string) (map[string]entry, error) {
	text, err := localeFiles.ReadFile("locales/" + name)
	if err != nil {
		return nil, err
	}
	var tables map[string]map[string]any
	if err := toml.Unmarshal(text, &tables); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	keys := map[string]entry{}
	for table, sentences := range tables {
		for word, value := range sentences {
			e := entry{}
			switch v := value.(type) {
			case string:
				e[otherForm] = v
			case map[string]any:
				for form, sentence := range v {
					e[form] = fmt.Sprint(sentence)
				}
			}
			if e[otherForm] == "" {
				return nil, fmt.Errorf("%s: %s.%s has no sentence", name, table, word)
			}
			keys[table+"."+word] = e
		}
	}
	return keys, nil
}

// otherForm is the plural category that every language has.
const otherForm = "other"

func (e entry) message() catalog.Message {
	if len(e) == 1 {
		return catalog.String(e[otherForm])
	}
	var cases []any
	for form, sentence := range e {
		if form != otherForm {
			cases = append(cases, form, sentence)
		}
	}
	return plural.Selectf(1, "%d", append(cases, otherForm, e[otherForm])...)
}

// tongueOf is the catalogue of a reader's locale: "de", "es-419", "en-US".
func tongueOf(locale string) tongue {
	base, _, _ := strings.Cut(strings.ToLower(locale), "-")
	if t, ok := tongues()[base]; ok {
		return t
	}
	return tongues()[fallback]
}

// say is the sentence of a key in the language of a locale. Numbers are written as that language writes them.
func say(locale, key string, args ...any) string {
	return tongueOf(locale).printer.Sprintf(key, args...) // tests find keys that are missing; the key is better than nothing
}

// decimal is a number as the reader's language writes it, by a format of fmt's.
func decimal(r Request, format string, n float64) string {
	return tongueOf(r.Locale).printer.Sprintf(format, n)
}

// known reports whether the catalogues have a key.
func known(key string) bool { return tongues()[fallback].keys[key] != nil }

// sentence is a sentence some of whose arguments are parts of their own: times, people, links.
func (r Request) sentence(key string, args ...any) []Part {
	const mark = "\x00" // no catalogue has it, and no text of ours
	var special []Part
	for i, a := range args {
		switch v := a.(type) {
		case Part:
			special = append(special, v)
			args[i] = mark + strconv.Itoa(len(special)-1) + mark
		case string:
			args[i] = strings.ReplaceAll(v, mark, "")
		}
	}
	var parts []Part
	for i, piece := range strings.Split(say(r.Locale, key, args...), mark) {
		switch {
		case i%2 == 1:
			n, _ := strconv.Atoi(piece) // we wrote it
			parts = append(parts, special[n])
		case piece != "":
			parts = append(parts, plain(piece))
		}
	}
	return parts
}

// LocalName is how a language calls a command, a subcommand, an option or a menu; name itself where it has no word of its own.
func LocalName(locale, name string) string {
	if own := tongueOf(locale).keys["name."+name][otherForm]; own != "" {
		return own
	}
	return name
}

// languageName is what a reader calls the language of an article, "" where it is not known.
func languageName(locale, tag string) string {
	parsed, err := language.Parse(tag)
	if err != nil || parsed == language.Und {
		return ""
	}
	name := tongueOf(locale).names.Name(parsed)
	first, size := utf8.DecodeRuneInString(name)
	return string(unicode.ToUpper(first)) + name[size:] // it stands alone, as a sentence does
}

// explain says why, and what to do about it.
func explain(locale string, code archivist.Code) (what, way string) {
	if !known("because." + string(code)) {
		code = archivist.Internal
	}
	return say(locale, "because."+string(code)), say(locale, "way."+string(code))
}
