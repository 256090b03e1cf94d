package rank

import (
	"testing"
	"time"

	"archivist/retrieval/index"
)

func TestWhen(t *testing.T) {
	asked := day(2023, time.July, 20)
	year := func(from, to int) Span { return Span{day(from, 1, 1), day(to, 12, 31)} }
	for question, want := range map[string]Span{
		"Who won the cup in 2019?":                           year(2019, 2019),
		"Who won the 2016 election?":                         year(2016, 2016),
		"What happened in March 2021?":                       {day(2021, 3, 1), day(2021, 3, 31)},
		"What happened on March 4, 2021?":                    {day(2021, 3, 4), day(2021, 3, 4)},
		"Was geschah am 4. März 2021?":                       {day(2021, 3, 4), day(2021, 3, 4)},
		"¿Qué pasó el 4 de marzo de 2021?":                   {day(2021, 3, 4), day(2021, 3, 4)},
		"Which storms came in the 1990s?":                    year(1990, 1999),
		"Who led the party between 2016 and 2018?":           year(2016, 2018),
		"Who has been mayor since 2020?":                     {day(2020, 1, 1), asked},
		"Who was mayor before 2015?":                         {earliest, day(2014, 12, 31)},
		"Who was mayor before the election of 2020?":         {earliest, day(2019, 12, 31)},
		"What did the council decide yesterday?":             {asked - 1, asked - 1},
		"What did the council decide last month?":            {day(2023, 6, 1), day(2023, 6, 30)},
		"What did the council decide last year?":             year(2022, 2022),
		"What did the council decide last March?":            {day(2023, 3, 1), day(2023, 3, 31)},
		"What did the council decide last September?":        {day(2022, 9, 1), day(2022, 9, 30)},
		"What burned down three years ago?":                  {day(2020, 1, 20), day(2021, 1, 20)},
		"Was geschah letztes Jahr?":                          year(2022, 2022),
		"What did the council, in its last year, do in 2018": year(2018, 2018),
	} {
		span, named := When(question, asked)
		if want.To >= asked { // since: it reaches to the day asked
			want.To = asked
		}
		if !named || span != want {
			t.Errorf("%q names %v (%v), want %v", question, span, named, want)
		}
	}
	for _, question := range []string{
		"Who won the cup?", "What happened in 2023?", "What will happen in 2028?", "Who paid $2019?", "Who walked 2000 miles?", "Who was last?",
		"What did 1,999 people sign?", "What is new this week?",
	} {
		if span, named := When(question, asked); named {
			t.Errorf("%q names %v", question, span)
		}
	}
	if _, named := When("in 2019", index.NoDay); named {
		t.Error("a time without a day asked")
	}
}

func TestAway(t *testing.T) {
	s := Span{100, 200}
	for d, want := range map[int32]float64{90: 10, 100: 0, 200: 0, 230: 0, 231: 1} {
		if got := s.away(d); got != want {
			t.Errorf("day %d is %v days away, want %v", d, got, want)
		}
	}
}

// TestAgeYields: on day 400 the newest article leads; asked for the time around day 100 the oldest does.
func TestAgeYields(t *testing.T) {
	s := town(t)
	list, near := ask(s, "Who opened the bridge?", 400, "open", "bridg")
	near.Release()
	if list[0].Article != 3 {
		t.Errorf("the first is article %d, want the newest", list[0].Article)
	}
	list, near = ask(s, "Who opened the bridge in April 1970?", 400, "open", "bridg")
	near.Release()
	if list[0].Article != 1 {
		t.Errorf("the first is article %d, want the one of April 1970", list[0].Article)
	}
}
