package bot

import (
	"strings"
	"testing"

	"archivist"
)

const ferryText = "It rains. The ferry runs on 2 March. Bring a coat."

// ferryAnswer is an answer of two passages, which the shelf of fixture has.
func ferryAnswer(s *shelf, grade archivist.Grade) archivist.Answer {
	return archivist.Answer{Grade: grade, Confidence: .5, Passages: []archivist.Passage{
		{
			Article: s.articles[0].Head, First: 1, Last: 1, Text: ferryText, Sentence: archivist.Span{Start: 10, End: 36}, Link: "https://herald.example/ferry#:~:text=x", Score: 2.5,
			Also:    []archivist.Head{{Site: "Courier", URL: "https://courier.example/ferry"}, {Title: "A [title](https://x.example)"}},
			Reasons: []archivist.Reason{{Name: "passage", Note: "3 of 4 terms", Value: 2}, {Name: "lead", Value: .5}},
		},
		{Article: s.articles[1].Head, First: 1, Last: 1, Text: ferryText},
	}}
}

func TestAnswerCard(t *testing.T) {
	s, b, r := fixture()
	s.answer = ferryAnswer(s, archivist.GradeClosest)
	k := talking(t, b, r)
	c := k.says("When does it run?", "The same stands in Courier https://courier.example/ferry, A [title](https://x.example)", "I am not sure.",
		"It rains. >>The ferry runs on 2 March.<< Bring a coat.", "⚠ from 2024", "5 March 2024", "English", "https://herald.example/ferry#:~:text=x", "Passage 1 of 2")
	if c.Version != 0 || len(c.ID) != 16 || c.Private {
		t.Errorf("version %d, id %q, private %v", c.Version, c.ID, c.Private)
	}
	if wide := k.presses("More context", "", "Before.", "After.", "Less context"); wide.Version != 1 || wide.ID != c.ID || wide.Private {
		t.Errorf("version %d, id %q, private %v", wide.Version, wide.ID, wide.Private)
	}
	if turned := k.presses("▶", "", "Honey festival", "Passage 2 of 2"); turned.Version != 2 || !turned.Buttons[0][3].Disabled {
		t.Errorf("the last page: %+v", turned)
	}
	k.presses("◀", "", "Passage 1 of 2", "I am not sure.")

	why := k.presses("Why?", "", "+2.00 passage: 3 of 4 terms\n+0.50 lead", "= 2.50", "0.50")
	if !why.Private {
		t.Error("reasons are shown to all")
	}
	s.articles[0].Paragraphs[1].Text = "All is new."
	k.last = handles(c)
	k.presses("More context", "", "has changed since")
	s.articles = nil
	k.last = handles(c)
	k.presses("More context", "", "has left the library")
	if s.asked[0].Person == r.Person || len(s.asked[0].Person) != 32 || s.cards[c.ID].Person != s.asked[0].Person {
		t.Errorf("kept %q of the asker", s.asked[0].Person)
	}
}

// TestOthersGetTheirOwnCard: nobody turns the pages of another's card.
func TestOthersGetTheirOwnCard(t *testing.T) {
	s, b, r := fixture()
	s.answer = ferryAnswer(s, archivist.GradeAnswer)
	k := talking(t, b, r)
	first := k.says("When does it run?")
	before := s.cards[first.ID]
	k.r.Person = "8"
	theirs := k.presses("▶", "", "Passage 2 of 2")
	if !theirs.Private || theirs.ID == first.ID || s.cards[first.ID] != before {
		t.Errorf("private %v, id %s of %s", theirs.Private, theirs.ID, first.ID)
	}
	if again := k.presses("◀", "", "Passage 1 of 2", "Share"); again.ID != theirs.ID || again.Private {
		t.Errorf("their own card is turned in its place: private %v, id %s", again.Private, again.ID)
	}
}

func TestVotes(t *testing.T) {
	s, b, r := fixture()
	s.answer = ferryAnswer(s, archivist.GradeAnswer)
	k := talking(t, b, r)
	card := k.says("When does it run?")
	k.presses("👍", "", "Thank you!")
	k.last = handles(card)
	if menu := k.presses("👎", "", "What is wrong", "It is out of date"); !menu.Private {
		t.Error("the reasons are asked in front of all")
	}
	kept := k.last
	if thanks := k.presses("It is out of date", "", "The moderators see it"); thanks.Private || thanks.Place != PlaceHere {
		t.Errorf("thanks take the place of the menu: %+v", thanks)
	}
	k.last = kept
	k.presses("Something else …", "", "In your own words")
	k.last = kept
	k.presses("Something else …", strings.Repeat("x", 600), "The moderators see it")
	if len(s.votes) != 1 || s.votes[0].Vote != -1 || s.votes[0].Reason != "other" || len(s.votes[0].Text) != 500 || s.votes[0].Question != "When does it run?" || s.votes[0].Article != 1 {
		t.Errorf("votes: %+v", s.votes)
	}
	k.r.Person = "8"
	k.last = handles(card)
	k.presses("👍", "")
	if len(s.votes) != 2 || s.votes[1].Vote != 1 || s.votes[0].Person == s.votes[1].Person {
		t.Errorf("votes of two: %+v", s.votes)
	}
}

func TestShare(t *testing.T) {
	s, b, r := fixture()
	s.answer = ferryAnswer(s, archivist.GradeAnswer)
	k := talking(t, b, r)
	private := k.says("/ask When does it run? private:true", "Share")
	if !private.Private {
		t.Error("the answer is not private")
	}
	shared := k.presses("Share", "", "7 shares an answer to: When does it run?")
	if shared.Private || shared.Place != PlaceBelow || shared.ID == private.ID {
		t.Errorf("shared: %+v", shared)
	}
	for _, h := range handles(shared) {
		if h.label == "Share" {
			t.Error("what is shared can be shared again")
		}
	}
	k.last = handles(private)
	k.presses("Share", "", "shared already")
	k.r.Person = "8"
	k.last = handles(private)
	k.presses("Share", "", "Only whoever asked")
}

func TestRefusal(t *testing.T) {
	s, b, r := fixture()
	s.answer = archivist.Answer{Grade: archivist.GradeRefusal, Nearest: []archivist.Head{s.articles[0].Head}}
	k := talking(t, b, r)
	refused := k.says("Who is queen?", "I found nothing", "Ferry returns", "Add a link", "Search")
	if len(s.asked) != 1 || s.asked[0].Grade != archivist.GradeRefusal {
		t.Errorf("kept for moderators: %+v", s.asked)
	}
	s.job = archivist.Job{ID: 1, State: archivist.JobDone, Article: 2, Outcome: archivist.Added}
	k.presses("Add a link", "", "behind the number: The article's address")
	k.last = handles(refused)
	if added := k.presses("Add a link", "https://herald.example/honey", "Stored. You can ask"); !added.Private || s.job.URL != "https://herald.example/honey" {
		t.Errorf("the link: %+v", added)
	}
	s.answer.Passages = []archivist.Passage{{Article: s.articles[0].Head, Text: ferryText, Sentence: archivist.Span{Start: 10, End: 36}}}
	k.last = handles(refused)
	if found := k.presses("Search", "", "Passages for “Who is queen?”", "The ferry runs on 2 March."); !found.Private {
		t.Error("the search is shown to all")
	}
}
