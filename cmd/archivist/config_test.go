package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"reflect"
	"strings"
	"testing"
)

const examplePath = "../../config.example.toml"

func noEnvironment(string) string { return "" }

// TestExampleEqualsDefaults holds config.example.toml to the defaults, and to naming every option.
func TestExampleEqualsDefaults(t *testing.T) {
	text, err := os.ReadFile(examplePath)
	if err != nil {
		t.Fatal(err)
	}
	var got config
	if err := decodeConfig(text, &got); err != nil {
		t.Fatal(err)
	}
	if want := defaults(); !reflect.DeepEqual(got, want) {
		t.Errorf("config.example.toml is %+v\nthe defaults are    %+v", got, want)
	}
	for _, key := range configKeys() {
		name := key[strings.LastIndexByte(key, '.')+1:]
		if !bytes.Contains(text, []byte("\n"+name+" = ")) {
			t.Errorf("config.example.toml does not name %s", key)
		}
	}
}

func TestUnknownKeyHasHint(t *testing.T) {
	tests := []struct{ text, want string }{
		{"[log]\nlevle = \"info\"", `line 2: unknown key "log.levle"; did you mean "log.level"?`},
		{"token = \"x\"", `line 1: unknown key "token"; did you mean "discord.token"?`},
		{"[elsewhere]\nqqqqqqqq = 1", `config.example.toml has every key`},
		{"[log]\nlevel = 3", "line 2"},
	}
	for _, test := range tests {
		c := defaults()
		if err := decodeConfig([]byte(test.text), &c); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q: %v, want %q", test.text, err, test.want)
		}
	}
}

// TestEveryOptionFromEnvironment sets each option by its variable and wants to see it arrive.
func TestEveryOptionFromEnvironment(t *testing.T) {
	values := map[string]string{}
	for _, key := range configKeys() {
		values["ARCHIVIST_"+strings.ToUpper(strings.ReplaceAll(key, ".", "_"))] = "1"
	}
	values["ARCHIVIST_LOG_FORMAT"], values["ARCHIVIST_LOG_LEVEL"] = "json", "warn"
	values["ARCHIVIST_DISCORD_ALLOW_HTTP_BASE"], values["ARCHIVIST_INGEST_KEEP_PAGES"] = "true", "false"
	values["ARCHIVIST_INGEST_ALLOW_ADDRESSES"] = "wiki.corp, 127.0.0.1:8080"
	values["ARCHIVIST_INGEST_ALLOW_LIBRARIES"] = "guild:1"
	values["ARCHIVIST_INGEST_WORKER"], values["ARCHIVIST_INGEST_ARCHIVE_API"] = "inline", "https://archive.example/api"
	values["ARCHIVIST_MEMORY_LIBRARIES"], values["ARCHIVIST_SERVE_LISTEN"] = "64", ":9464"
	values["ARCHIVIST_DISCORD_API_BASE"], values["ARCHIVIST_DISCORD_SHARDS"] = "https://discord.example", "0-1/2"
	got, err := loadConfig("", func(name string) string { return values[name] })
	if err != nil {
		t.Fatal(err)
	}
	want := config{
		Database: "1",
		Log:      logConfig{Format: "json", Level: "warn"},
		Discord:  discordConfig{Token: "1", APIBase: "https://discord.example", AllowHTTPBase: true, MessageContent: true, Threads: true, CommandsGuild: "1", Shards: "0-1/2", Processes: 1},
		Ingest: ingestConfig{
			Contact: "1", AllowAddresses: []string{"wiki.corp", "127.0.0.1:8080"}, AllowLibraries: []string{"guild:1"},
			PerPersonDay: 1, PerChannelDay: 1, PerLibraryDay: 1, Workers: 1, Worker: workerInline, KeepPages: false, ArchiveAPI: "https://archive.example/api",
		},
		Limits: limitsConfig{PersonBurst: 1, PersonPerMinute: 1, ChannelPerMinute: 1, LibraryPerMinute: 1, PressesPerMinute: 1},
		Memory: memoryConfig{Libraries: 64},
		Serve:  serveConfig{Listen: ":9464", Backup: backupConfig{Path: "1", Every: 1, Keep: 1}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestSecretStaysSecret(t *testing.T) {
	const token = "t0ken-of-discord"
	c, err := loadConfig("", func(name string) string {
		return map[string]string{"DISCORD_TOKEN": token, "HOME": "/home/x"}[name]
	})
	if err != nil {
		t.Fatal(err)
	}
	if string(c.Discord.Token) != token {
		t.Fatal("DISCORD_TOKEN did not arrive")
	}
	var logged, printed bytes.Buffer
	slog.New(slog.NewTextHandler(&logged, nil)).Info("config", "token", c.Discord.Token, "all", c)
	slog.New(slog.NewJSONHandler(&logged, nil)).Info("config", "token", c.Discord.Token, "all", c)
	if err := printConfig(&printed, c); err != nil {
		t.Fatal(err)
	}
	asJSON, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	for what, text := range map[string]string{
		"slog": logged.String(), "TOML": printed.String(), "JSON": string(asJSON),
		"fmt": fmt.Sprintf("%v %+v %#v %s", c, c, c, c.Discord.Token),
	} {
		if strings.Contains(text, token) {
			t.Errorf("%s shows the token: %s", what, text)
		}
	}
	if !strings.Contains(printed.String(), masked) {
		t.Errorf("archivist config does not show that there is a token: %s", printed.String())
	}
}

func TestConfigCheck(t *testing.T) {
	for name, value := range map[string]string{
		"ARCHIVIST_LOG_FORMAT": "xml", "ARCHIVIST_LOG_LEVEL": "loud", "ARCHIVIST_INGEST_WORKERS": "0", "ARCHIVIST_MEMORY_LIBRARIES": "1",
		"ARCHIVIST_INGEST_PER_PERSON_DAY": "-1", "ARCHIVIST_INGEST_ALLOW_LIBRARIES": "Guild 1", "ARCHIVIST_INGEST_KEEP_PAGES": "maybe",
		"ARCHIVIST_DISCORD_SHARDS": "foo", "ARCHIVIST_DISCORD_PROCESSES": "65", "ARCHIVIST_DISCORD_COMMANDS_GUILD": "1/commands?x=", "ARCHIVIST_DISCORD_API_BASE": "nowhere",
		"ARCHIVIST_LIMITS_PRESSES_PER_MINUTE": "0", "ARCHIVIST_INGEST_ALLOW_ADDRESSES": "10.0.0.0/99",
		"ARCHIVIST_SERVE_LISTEN": "9464", "ARCHIVIST_SERVE_BACKUP_EVERY": "721", "ARCHIVIST_SERVE_BACKUP_KEEP": "0",
	} {
		_, err := loadConfig("", func(asked string) string {
			if asked == name {
				return value
			}
			return ""
		})
		if option := strings.ToLower(name[strings.LastIndexByte(name, '_')+1:]); err == nil || !strings.Contains(strings.ToLower(err.Error()), option) {
			t.Errorf("%s=%s gives %v", name, value, err)
		}
	}
	if _, err := loadConfig("", noEnvironment); err != nil {
		t.Errorf("the defaults are refused: %v", err)
	}
}

func TestDistance(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"level", "levle", 2}, {"kitten", "sitting", 3}, {"", "abc", 3}} {
		if got := distance(test.a, test.b); got != test.want {
			t.Errorf("distance(%q, %q) = %d, want %d", test.a, test.b, got, test.want)
		}
	}
}
