package bot

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"archivist"
)

// TestIncidents: what is wrong with the store is one incident a minute, whoever meets it; any other failure of ours is one each.
func TestIncidents(t *testing.T) {
	var is incidents
	now := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	first, isNew := is.number(archivist.DatabaseBusy, now)
	again, isNewAgain := is.number(archivist.DatabaseBusy, now.Add(incidentEvery-1))
	full, isNewFull := is.number(archivist.DatabaseFull, now)
	later, isNewLater := is.number(archivist.DatabaseBusy, now.Add(incidentEvery))
	if first != again || first == full || first == later || !isNew || isNewAgain || !isNewFull || !isNewLater {
		t.Errorf("numbers %s %s %s %s, new: %v %v %v %v", first, again, full, later, isNew, isNewAgain, isNewFull, isNewLater)
	}
	one, isNew := is.number(archivist.Internal, now)
	two, isNewAgain := is.number(archivist.Internal, now)
	if one == two || !isNew || !isNewAgain {
		t.Errorf("numbers %s %s, new: %v %v", one, two, isNew, isNewAgain)
	}
}

// TestStoreTroubleIsAnIncident: the asker is told the reason and its number, the log has the whole error under that number once.
func TestStoreTroubleIsAnIncident(t *testing.T) {
	var log bytes.Buffer
	b := New(Options{Logger: slog.New(slog.NewTextHandler(&log, nil))})
	trouble := errors.Join(errors.New("keep a question"), &archivist.Invalid{Code: archivist.DatabaseFull, Text: "the disk is full"})
	for range 3 {
		c := b.Trouble(Request{Command: "ask", Library: "guild:1"}, trouble)
		text, number := RenderText(c), strings.TrimPrefix(c.Footer, "Incident ")
		if !c.Private || len(number) != 6 || !strings.Contains(text, "My store is full") || strings.Contains(text, "the disk") {
			t.Errorf("told %q", text)
		}
		if strings.Count(log.String(), "msg=incident incident="+number+" command=ask library=guild:1") != 1 || strings.Count(log.String(), "msg=incident") != 1 || !strings.Contains(log.String(), "the disk is full") {
			t.Errorf("the log:\n%s", &log)
		}
	}
	if c := b.Trouble(Request{}, &archivist.Invalid{Code: archivist.QuestionEmpty}); c.Footer != "" {
		t.Errorf("what the asker can mend is the incident %q", c.Footer)
	}
}
