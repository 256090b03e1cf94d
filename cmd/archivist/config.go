package main

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strconv"
	"strings"

	"archivist"
	"archivist/bot/gateway"
	"archivist/retrieval/ingest/fetch"

	"github.com/pelletier/go-toml/v2"
)

// A secret is a string that shows itself to nobody: not to fmt, slog, JSON or TOML.
type secret string

const masked = "***"

func (s secret) String() string {
	if s == "" {
		return ""
	}
	return masked
}

// GoString keeps %#v from printing the bytes.
func (s secret) GoString() string { return strconv.Quote(s.String()) }

// MarshalText serves slog, JSON and TOML.
func (s secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads the secret as it is written.
func (s *secret) UnmarshalText(text []byte) error { *s = secret(text); return nil }

// config is config.example.toml as a value; defaults() equals that file.
type config struct {
	Database string        `toml:"database"`
	Log      logConfig     `toml:"log"`
	Discord  discordConfig `toml:"discord"`
	Ingest   ingestConfig  `toml:"ingest"`
	Limits   limitsConfig  `toml:"limits"`
	Memory   memoryConfig  `toml:"memory"`
	Serve    serveConfig   `toml:"serve"`
}

type logConfig struct {
	Format string `toml:"format"`
	Level  string `toml:"level"`
}

type discordConfig struct {
	Token          secret `toml:"token"`
	APIBase        string `toml:"api_base"`
	AllowHTTPBase  bool   `toml:"allow_http_base"`
	MessageContent bool   `toml:"message_content"`
	Threads        bool   `toml:"threads"`
	CommandsGuild  string `toml:"commands_guild"`
	Shards         string `toml:"shards"`
	Processes      int    `toml:"processes"`
}

type ingestConfig struct {
	Contact        string   `toml:"contact"`
	AllowAddresses []string `toml:"allow_addresses"`
	AllowLibraries []string `toml:"allow_libraries"`
	PerPersonDay   int      `toml:"per_person_day"`
	PerChannelDay  int      `toml:"per_channel_day"`
	PerLibraryDay  int      `toml:"per_library_day"`
	Workers        int      `toml:"workers"`
	Worker         string   `toml:"worker"`
	KeepPages      bool     `toml:"keep_pages"`
	ArchiveAPI     string   `toml:"archive_api"`
}

type memoryConfig struct {
	Libraries int `toml:"libraries"`
}

type serveConfig struct {
	Listen string       `toml:"listen"`
	Backup backupConfig `toml:"backup"`
}

type backupConfig struct {
	Path  string `toml:"path"`
	Every int    `toml:"every"` // hours
	Keep  int    `toml:"keep"`
}

// allowLocal in ingest.allow_libraries stands for every local library.
const allowLocal = "local"

// Where pages are read: values of ingest.worker.
const (
	workerProcess = "process"
	workerInline  = "inline"
)

func defaults() config {
	return config{
		Log:     logConfig{Format: "text", Level: "info"},
		Discord: discordConfig{APIBase: "https://discord.com/api/v10", Shards: "auto", Processes: 1},
		Ingest: ingestConfig{
			AllowAddresses: []string{},
			AllowLibraries: []string{allowLocal},
			PerPersonDay:   30,
			PerChannelDay:  100,
			PerLibraryDay:  200,
			Workers:        16,
			Worker:         workerProcess,
			KeepPages:      true,
		},
		Limits: limitsConfig{PersonBurst: 4, PersonPerMinute: 6, ChannelPerMinute: 30, LibraryPerMinute: 120, PressesPerMinute: 30},
		Serve:  serveConfig{Backup: backupConfig{Every: 24, Keep: 7}},
	}
}

// loadConfig reads defaults, then the file (unknown keys are errors), then the environment, and checks the whole.
// An empty path means no file.
func loadConfig(path string, getenv func(string) string) (config, error) {
	c := defaults()
	if path != "" {
		text, err := os.ReadFile(path)
		if err != nil {
			return c, usagef("config: %v; check --config", err)
		}
		if err := decodeConfig(text, &c); err != nil {
			return c, usagef("config %s: %v", path, err)
		}
	}
	if err := configFromEnvironment(reflect.ValueOf(&c).Elem(), "ARCHIVIST", getenv); err != nil {
		return c, err
	}
	if token := getenv("DISCORD_TOKEN"); token != "" {
		c.Discord.Token = secret(token)
	}
	if c.Database == "" {
		c.Database = defaultDatabase(getenv)
	}
	return c, c.check()
}

func decodeConfig(text []byte, c *config) error {
	decoder := toml.NewDecoder(bytes.NewReader(text)).DisallowUnknownFields()
	err := decoder.Decode(c)
	var unknown *toml.StrictMissingError
	if errors.As(err, &unknown) && len(unknown.Errors) > 0 {
		key := strings.Join(unknown.Errors[0].Key(), ".")
		line, _ := unknown.Errors[0].Position()
		return fmt.Errorf("line %d: unknown key %q%s", line, key, hint(key, configKeys()))
	}
	var broken *toml.DecodeError
	if errors.As(err, &broken) {
		line, column := broken.Position()
		return fmt.Errorf("line %d, column %d: %w", line, column, broken)
	}
	return err
}

// configFromEnvironment overwrites each option by the variable PREFIX_SECTION_KEY, where that is set and not empty.
// Lists are divided by commas.
func configFromEnvironment(v reflect.Value, prefix string, getenv func(string) string) error {
	for i := range v.NumField() {
		field, name := v.Field(i), prefix+"_"+strings.ToUpper(v.Type().Field(i).Tag.Get("toml"))
		if field.Kind() == reflect.Struct {
			if err := configFromEnvironment(field, name, getenv); err != nil {
				return err
			}
			continue
		}
		text := getenv(name)
		if text == "" {
			continue
		}
		switch field.Kind() {
		case reflect.String:
			field.SetString(text)
		case reflect.Bool:
			b, err := strconv.ParseBool(text)
			if err != nil {
				return usagef("%s: %q is neither true nor false", name, text)
			}
			field.SetBool(b)
		case reflect.Int:
			n, err := strconv.Atoi(text)
			if err != nil {
				return usagef("%s: %q is no whole number", name, text)
			}
			field.SetInt(int64(n))
		case reflect.Slice:
			list := []string{}
			for part := range strings.SplitSeq(text, ",") {
				if part = strings.TrimSpace(part); part != "" {
					list = append(list, part)
				}
			}
			field.Set(reflect.ValueOf(list))
		default:
			panic("config: no way to read " + name + " from the environment")
		}
	}
	return nil
}

func (c config) check() error {
	switch {
	case c.Log.Format != "text" && c.Log.Format != "json":
		return usagef(`log.format is %q; write "text" or "json"`, c.Log.Format)
	case c.Log.Level != "debug" && c.Log.Level != "info" && c.Log.Level != "warn" && c.Log.Level != "error":
		return usagef(`log.level is %q; write "debug", "info", "warn" or "error"`, c.Log.Level)
	case c.Ingest.Workers < 1 || c.Ingest.Workers > 64:
		return usagef("ingest.workers is %d; write 1 to 64", c.Ingest.Workers)
	case c.Ingest.ArchiveAPI != "" && !isWeb(c.Ingest.ArchiveAPI):
		return usagef("ingest.archive_api is %q; write an address that begins with https://, or nothing", c.Ingest.ArchiveAPI)
	case c.Ingest.Worker != workerProcess && c.Ingest.Worker != workerInline:
		return usagef("ingest.worker is %q; write %q or %q", c.Ingest.Worker, workerProcess, workerInline)
	case min(c.Ingest.PerPersonDay, c.Ingest.PerChannelDay, c.Ingest.PerLibraryDay) < 0:
		return usagef("ingest.per_person_day, per_channel_day and per_library_day may not be negative; 0 means none")
	case c.Memory.Libraries != 0 && c.Memory.Libraries < leastMemory>>20:
		return usagef("memory.libraries is %d; write %d MiB or more, or 0 for a quarter of the machine", c.Memory.Libraries, leastMemory>>20)
	case c.Serve.Backup.Every < 1 || c.Serve.Backup.Every > 720:
		return usagef("serve.backup.every is %d; write 1 to 720 hours", c.Serve.Backup.Every)
	case c.Serve.Backup.Keep < 1 || c.Serve.Backup.Keep > 1000:
		return usagef("serve.backup.keep is %d; write 1 to 1000", c.Serve.Backup.Keep)
	case c.Serve.Listen != "" && !isAddress(c.Serve.Listen):
		return usagef("serve.listen is %q; write a host and a port, such as 127.0.0.1:9464, or nothing", c.Serve.Listen)
	}
	for _, name := range c.Ingest.AllowLibraries {
		if name == allowLocal {
			continue
		}
		if _, err := archivist.ParseLibraryID(name); err != nil {
			return usagef("ingest.allow_libraries: %v", err)
		}
	}
	if _, err := fetch.New(c.web()); err != nil {
		return usagef("ingest.allow_addresses or ingest.contact: %v", err)
	}
	if err := c.gateway().Check(); err != nil {
		return usagef("%v", err)
	}
	return c.Limits.check()
}

// web is what the options say of how pages are fetched.
func (c config) web() fetch.Options {
	return fetch.Options{Version: version, Contact: c.Ingest.Contact, Allow: c.Ingest.AllowAddresses}
}

// gateway is what the options say of Discord.
func (c config) gateway() gateway.Options {
	d := c.Discord
	return gateway.Options{
		Token: string(d.Token), APIBase: d.APIBase, AllowHTTPBase: d.AllowHTTPBase, MessageContent: d.MessageContent,
		Threads: d.Threads, CommandsGuild: d.CommandsGuild, Contact: c.Ingest.Contact, Version: version, Shards: d.Shards, Processes: d.Processes,
	}
}

func isWeb(address string) bool {
	return strings.HasPrefix(address, "http://") || strings.HasPrefix(address, "https://")
}

// isAddress reports whether a text is a host, or none, and a port.
func isAddress(text string) bool {
	_, port, err := net.SplitHostPort(text)
	_, wrong := strconv.ParseUint(port, 10, 16)
	return err == nil && wrong == nil
}

// mayReadInside reports whether a library may read the addresses of ingest.allow_addresses.
func (c config) mayReadInside(library archivist.LibraryID) bool {
	for _, name := range c.Ingest.AllowLibraries {
		if name == string(library) || name == allowLocal && library.Local() {
			return true
		}
	}
	return false
}

// configKeys lists every option as section.key, in the file's order.
func configKeys() []string {
	var keys []string
	var walk func(t reflect.Type, prefix string)
	walk = func(t reflect.Type, prefix string) {
		for field := range t.Fields() {
			name := prefix + field.Tag.Get("toml")
			if field.Type.Kind() == reflect.Struct {
				walk(field.Type, name+".")
				continue
			}
			keys = append(keys, name)
		}
	}
	walk(reflect.TypeFor[config](), "")
	return keys
}

// hint names the known key that shares the most with a wrong one: the same last part, or all but two letters.
func hint(wrong string, known []string) string {
	best, fewest := "", 3
	for _, key := range known {
		if key[strings.LastIndexByte(key, '.')+1:] == wrong[strings.LastIndexByte(wrong, '.')+1:] {
			return fmt.Sprintf("; did you mean %q?", key)
		}
		if d := distance(wrong, key); d < fewest {
			best, fewest = key, d
		}
	}
	if best == "" {
		return "; config.example.toml has every key"
	}
	return fmt.Sprintf("; did you mean %q?", best)
}

// distance is the number of single-byte edits between a and b (Levenshtein 1966).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			edit := diagonal
			if a[i] != b[j] {
				edit++
			}
			diagonal = row[j+1]
			row[j+1] = min(edit, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

// defaultDatabase is archivist.db in the folder where programs of this system keep a user's data.
func defaultDatabase(getenv func(string) string) string {
	home, folder := getenv("HOME"), ""
	switch runtime.GOOS {
	case "windows":
		folder = getenv("LocalAppData")
	case "darwin":
		folder = filepath.Join(home, "Library", "Application Support")
	default:
		folder = getenv("XDG_DATA_HOME")
		if folder == "" && home != "" {
			folder = filepath.Join(home, ".local", "share")
		}
	}
	return filepath.Join(folder, "archivist", "archivist.db")
}
