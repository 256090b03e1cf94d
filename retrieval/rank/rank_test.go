package rank

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"archivist/retrieval/index"
)

func TestKindOf(t *testing.T) {
	for question, want := range map[string]Wanted{
		"Who opened the bridge?":                                 Person,
		"Which actor plays the keeper?":                          Person,
		"What quarterback broke the record?":                     Person,
		"Where did the ferry sink?":                              Place,
		"In which country does the river end?":                   Place,
		"When was the bridge closed?":                            Date,
		"What year was it?":                                      Date,
		"How many bridges are there?":                            Number,
		"How much did the town pay for the bridge?":              Money,
		"What percentage of the voters agreed?":                  Percent,
		"Which company built it?":                                Name,
		"It took ten years. What is the bridge called?":          Name,
		"What name did the council choose?":                      Name,
		"What did the council decide?":                           Anything,
		"Name the bridge.":                                       Anything,
		"The mayor, who won in May, did what?":                   Anything,
		"After the storm, the ferry stopped. Who repaired it?":   Person,
		"Wie viele Brücken gibt es?":                             Number,
		"Wer hat die Brücke gebaut?":                             Person,
		"¿Dónde está el faro?":                                   Place,
		"Quand le pont a-t-il été fermé ?":                       Date,
		"":                                                       Anything,
		"Who won the first prize?":                               Person,
		"Where were the women who went to the world fair?":       Place,
		"Who's the mayor?":                                       Person,
		"Which sport has rules for athletes who were ill?":       Name,
		"Which state has the senator whose bid failed?":          Place,
		"Which actor plays the keeper in a film, which is new?":  Person,
		"The keeper, in whose time he lit which lamp?":           Anything,
		"It was the year in which he crossed how many rivers?":   Number,
		"The ferry sank where two rivers meet. Who saw it?":      Person,
		"The U.S. Senate met. What state sent nobody?":           Place,
		"What U.S. state has no ferry?":                          Place,
		"When? Nobody knows.":                                    Date,
		strings.Repeat("who where ", 100) + "when was it built?": Person,
	} {
		word, after := askingWord(question)
		if got := kindOf(word, after, question); got != want {
			t.Errorf("%.60q asks for %s, want %s", question, got, want)
		}
	}
}

func TestHeadsOf(t *testing.T) {
	for text, want := range map[string]string{
		"Which Ivy League university submitted wrong data?":      "Ivy League university submitted",
		"The Havasupai asked. From which university is Dr Noor?": "university",
		"How many bridges are there?":                            "bridges",
		"What is the bridge called?":                             "",
		"Who opened the bridge?":                                 "",
		"Bridge":                                                 "",
	} {
		q := Question{Text: text}
		for at := 0; at < len(text); {
			word, _, _ := strings.Cut(text[at:], " ")
			if bare := strings.ToLower(strings.Trim(word, "?.,")); !strings.Contains(" which from is the how many are there what who dr ", " "+bare+" ") {
				q.Words = append(q.Words, Word{At: at})
			}
			at += len(word) + 1
		}
		word, after := askingWord(text)
		heads := headsOf(q, word, after)
		for i, w := range q.Words {
			if word, _, _ := strings.Cut(text[w.At:], " "); strings.Contains(want, word) != (heads&(1<<i) != 0) {
				t.Errorf("%q: heads %b, want %q", text, heads, want)
			}
		}
	}
}

// town is a small library in which three articles agree on who opened the bridge.
func town(t *testing.T) *index.Snapshot {
	t.Helper()
	const (
		name  = index.Capital | index.Inside
		start = index.Capital | index.Start
	)
	said := func(tokens ...index.Token) index.Passage { return index.Passage{Tokens: tokens} }
	token := func(term string, marks index.Marks) index.Token { return index.Token{Term: term, Marks: marks} }
	var changes []index.Change
	for id, day := range []int32{100, 300, 360} {
		b, err := index.Encode(index.Document{Day: day, Language: "en", Title: []string{"bridg", "open"}, Passages: []index.Passage{
			said(token("mayor", start), token("noor", name|index.Person), token("open", index.Inside), token("bridg", index.Inside), token(fmt.Sprintf("x%d", id), index.Inside)),
			said(token("ship", start), token("pass", index.Inside), token("bridg", index.Inside), token("1911", index.Inside)),
		}})
		if err != nil {
			t.Fatal(err)
		}
		changes = append(changes, index.Change{Article: int64(id + 1), Bytes: b})
	}
	s, err := index.Empty().Apply(changes)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func ask(s *index.Snapshot, text string, day int32, terms ...string) ([]Scored, *Close) {
	return askWithout(s, text, day, Without{}, terms...)
}

func askWithout(s *index.Snapshot, text string, day int32, without Without, terms ...string) ([]Scored, *Close) {
	q := Question{Text: text, Day: day, Dated: 1, TitleMass: 1, ArticleMass: 1, Without: without}
	for _, term := range terms {
		q.Words = append(q.Words, Word{Terms: []string{term}, IDF: 2})
		q.Mass += 2
	}
	return Rank(q, s.Top(index.Query{Terms: terms, Weights: index.FirstStage}, 150, nil), s)
}

// TestFeaturesByHand asks on day 400 who opened the bridge: the newest article is 40 days old, "open" and "bridge" are both in its first
// passage, next to each other; the second passage has the bridge alone, the title has both.
func TestFeaturesByHand(t *testing.T) {
	list, near := ask(town(t), "Who opened the bridge?", 400, "open", "bridg")
	defer near.Release()
	if len(list) != 6 || list[0].Article != 3 || list[0].Hit.Passage != 0 {
		t.Fatalf("%d hits, the first %+v; want the newest article's first passage", len(list), list[0].Hit)
	}
	v := list[0].Features
	for f, want := range map[Feature]float64{
		Age: math.Log(41) / math.Log(3651), Missing: 0, Lead: 1, Ordered: 1, Names: 1, Window: 1, Around: 1, Votes: 1,
		// "Noor" stands one word before "open" and two before "bridge": near is 1 - (1+2)/2/15; the library says that it is a person.
		Typed: (fitSome + .6*(3+1)/(3+8) - .8*(0+1)/(3+8)) * (.2 + 1 - 1.5/reach),
	} {
		if math.Abs(v[f]-want) > 1e-9 {
			t.Errorf("%s is %v, want %v", FeatureNames()[f], v[f], want)
		}
	}
	for _, s := range list {
		if s.Hit.Passage == 1 && (s.Features[Typed] != 0 || s.Features[Lead] != .5 || s.Features[Ordered] != 0) {
			t.Errorf("the second passage shows %v: it has no person, and half of the words", s.Features)
		}
	}
}

func TestReasonsAddUp(t *testing.T) {
	list, near := ask(town(t), "When did ships pass the bridge?", 400, "ship", "pass", "bridg")
	defer near.Release()
	for _, s := range list {
		sum := 0.
		for _, r := range near.Explain(s.Features) {
			sum += r.Value
			if r.Note == "" {
				t.Errorf("%s has no words", r.Name)
			}
		}
		if sum != s.Score {
			t.Fatalf("%+v: the reasons add up to %v, the score is %v", s.Features, sum, s.Score)
		}
	}
}

// TestVotesCountArticles: a text that is told again within one article does not elect itself.
func TestVotesCountArticles(t *testing.T) {
	var tally tally
	tally.reset(2)
	tally.vote(0, .5)
	tally.vote(0, .4)
	tally.vote(1, .3)
	tally.close()
	tally.vote(1, .3)
	tally.close()
	if tally.sum[0] != .5 || tally.sum[1] != .6 || tally.articles[1] != 2 {
		t.Errorf("votes are %v from %v articles, want .5 and .6", tally.sum, tally.articles)
	}
}

func TestTable(t *testing.T) {
	again, err := ParseTable(Weights().String())
	if err != nil || again != Weights() {
		t.Errorf("the table comes back as %+v, %v", again, err)
	}
	for _, bad := range []string{"", heading, strings.Replace(tableText, "age", "aeg", 1), strings.Replace(tableText, "0.", "zero", 1), tableText + tableText[len(heading):]} {
		if _, err := ParseTable(bad); err == nil {
			t.Errorf("%.40q is taken for a table", bad)
		}
	}
	half := Table{News: Column{Weights: Vector{2}}, Reference: Column{Weights: Vector{4}}}.mixed(.5)
	if half.Weights[0] != 3 {
		t.Errorf("half of both is %v", half.Weights[0])
	}
}

func TestLead(t *testing.T) {
	c := Column{Weights: Vector{Missing: -2}}
	list := []Scored{{Hit: index.Hit{Article: 1}, Score: .5}, {Hit: index.Hit{Article: 1}, Score: .4}, {Hit: index.Hit{Article: 2}, Score: -.5}}
	if lead := c.Lead(list, list[0]); lead != 1 {
		t.Errorf("lead %v, want .5 + .5: the second passage is of the same article", lead)
	}
	if lead := c.Lead(list[:2], list[0]); lead != 2.5 {
		t.Errorf("lead %v, want .5 + 2 over a passage that shows nothing", lead)
	}
	if lead := c.Lead(list[2:], Scored{Score: 9}); lead != maxLead {
		t.Errorf("lead %v is beyond its bound", lead)
	}
}

func TestProbability(t *testing.T) {
	// 1 / (1 + e^-(-1 + .5·2 + .25·2 - 1·.5 + .5·1)) = 1 / (1 + e^-.5) = .6225
	if p := (Sure{-1, .5, .25, -1, .5}).Probability(Grounds{2, 2, .5, 1}); math.Abs(p-.6225) > 5e-5 {
		t.Errorf("probability %.4f, want .6225", p)
	}
}

// TestAgeOn compares the age of a text with numbers from paper: ln(1+days) / ln 3651.
func TestAgeOn(t *testing.T) {
	for _, c := range []struct {
		day, asked int32
		want       float64
	}{
		{19000, 19000, 0},
		{18993, 19000, .2535}, // a week old: ln 8 / ln 3651
		{19007, 19000, .2535}, // changed a week later
		{19010, 19000, .2923}, // ln 11 / ln 3651
		{19011, 19000, later},
		{1, 19000, 1},
		{index.NoDay, 19000, undated},
		{19000, index.NoDay, undated},
	} {
		if got := ageOn(c.day, c.asked); math.Abs(got-c.want) > .0001 {
			t.Errorf("a text of day %d asked on day %d: %.4f, want %.4f", c.day, c.asked, got, c.want)
		}
	}
}
