package bot

import (
	"testing"

	"archivist"
)

// TestCopyOfGonePage: the button under a page that is gone makes a job for the copy of that very page; nothing else offers one.
func TestCopyOfGonePage(t *testing.T) {
	s, b, r := fixture()
	k := talking(t, b, r)
	const address = "https://herald.example/gone"
	s.job = archivist.Job{ID: 1, State: archivist.JobFailed, Code: archivist.Gone}
	if c := k.says("/add "+address, "There is no page at that address"); len(c.Buttons) > 0 {
		t.Errorf("without a copy there are buttons %+v", c.Buttons)
	}
	s.job.Offer = archivist.Offer{Kind: archivist.OfferFeed, URL: "https://herald.example/feed"}
	if c := k.says("/add "+address, "https://herald.example/feed"); len(c.Buttons) > 0 {
		t.Errorf("with a feed there are buttons %+v", c.Buttons)
	}
	s.job.Offer = archivist.Offer{Kind: archivist.OfferArchive, URL: "https://archive.example/1", At: monday23}
	failed := k.says("/add "+address, "There is no page at that address", "archived copy from 23 November 2026")
	if !failed.Private || failed.Kind != KindError {
		t.Errorf("the failure is %+v", failed)
	}
	s.submitted, s.job = nil, archivist.Job{ID: 2, State: archivist.JobDone, Article: 2, Outcome: archivist.Added}
	k.presses("Add the copy", "", "Stored. You can ask about it now.")
	if len(s.submitted) != 1 || s.submitted[0].Kind != archivist.JobArchive || s.submitted[0].URL != address {
		t.Errorf("submitted %+v", s.submitted)
	}
	// A card of another kind has no copy.
	added := k.says("/add https://herald.example/honey")
	wants(t, b.Press(t.Context(), r, customID(actionCopy, added.ID)), "another version of me")
}
