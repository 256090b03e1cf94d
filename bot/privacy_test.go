package bot

import (
	"encoding/json"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"archivist"
)

func TestPrivacy(t *testing.T) {
	s, b, r := fixture()
	k := talking(t, b, r)
	stored := s.articles
	s.articles = nil
	k.says("/privacy export", "nothing about you")
	s.articles = stored
	s.kept = []archivist.Kept{
		{Kind: archivist.KeptQuestion, Channel: "5", Question: "When does it run?"},
		{Kind: archivist.KeptArticle, Title: "Ferry returns"},
		{Kind: archivist.KeptCounter, What: "ingest", N: 3},
	}
	shown := k.says("/privacy show", "What I keep about you", "for 30 days", "for 90 days", "for 365 days", "Of you there are now: 2 questions, 2 articles.")
	if !shown.Private {
		t.Error("what is kept of a person is shown to all")
	}
	c := k.says("/privacy export", "Everything that I keep about you", "[archivist-1.jsonl")
	kinds := map[string]int{}
	for line := range strings.Lines(string(c.Files[0].Bytes)) {
		var kept archivist.Kept
		if err := json.Unmarshal([]byte(line), &kept); err != nil {
			t.Fatal(err)
		}
		kinds[kept.Kind+" "+kept.Where+" "+kept.Channel]++
	}
	for _, want := range []string{"question here 5", "question another server ", "text own library "} {
		if kinds[want] == 0 {
			t.Errorf("the export lacks %q: %v", want, kinds)
		}
	}
	if !c.Private || len(c.Files) != 1 || strings.Contains(string(c.Files[0].Bytes), "guild:2") {
		t.Errorf("private %v, %d files", c.Private, len(c.Files))
	}
}

func TestExportIsBounded(t *testing.T) {
	s, b, r := fixture()
	for range 30 {
		s.kept = append(s.kept, archivist.Kept{Kind: archivist.KeptVote, Text: strings.Repeat("x", 1<<20)})
	}
	c := talking(t, b, r).says("/privacy export", "in 2 files", "too much for one reply")
	if len(c.Files) != 2 || len(c.Files[0].Bytes) > maxPart || len(c.Files[1].Bytes) > maxPart {
		t.Errorf("%d files", len(c.Files))
	}
}

func TestPrivacyDelete(t *testing.T) {
	s, b, r := fixture()
	k := talking(t, b, r)
	asked := k.says("/privacy delete", "This erases, everywhere")
	if len(s.erased) != 0 || !asked.Private {
		t.Error("erased without being asked twice")
	}
	k.presses("Keep it", "", "Nothing was erased")
	k.last = handles(asked)
	k.r.Person = "8"
	k.presses("Delete it all", "", "Only whoever asked")
	k.r.Person, k.last = "7", handles(asked)
	k.presses("Delete it all", "", "Erased: 3 questions.")
	if want := []archivist.LibraryID{"guild:1", "guild:2", "user:7", "user:7"}; !slices.Equal(s.erased, want) {
		t.Errorf("erased %v, want %v", s.erased, want)
	}
}

// TestPrivacyPage compares the figures of PRIVACY.md with the constants.
func TestPrivacyPage(t *testing.T) {
	page, err := os.ReadFile("PRIVACY.md")
	if err != nil {
		t.Fatal(err)
	}
	days := func(hours float64) string { return strconv.Itoa(int(hours/24)) + " days" }
	for what, want := range map[string]string{
		"Questions": days(Retention.Questions.Hours()), "Votes": days(Retention.Questions.Hours()), "Cards": days(Retention.Cards.Hours()),
		"Moderators’ acts": days(Retention.Audit.Hours()), "Links under way, and over": days(Retention.Jobs.Hours()), "Counters": "2 days", "Removed articles": days(archivist.UndoWindow.Hours()), "Follow-ups": strconv.Itoa(int(followUpTime.Minutes())) + " minutes",
		"Requests under way": strconv.Itoa(int(archivist.RequestWindow.Minutes())) + " minutes", "Guilds that removed the bot": days(archivist.PurgeWindow.Hours()),
	} {
		found := false
		for line := range strings.Lines(string(page)) {
			found = found || strings.HasPrefix(line, "| "+what+" |") && strings.Contains(line, want)
		}
		if !found {
			t.Errorf("PRIVACY.md does not say %q of %s", want, what)
		}
	}
}
