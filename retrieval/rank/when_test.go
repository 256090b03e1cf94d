package rank

import (
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
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
		"Which storms came in the 1990s?":                    year(1990, 1999),
		"Which bands were loved in the '90s?":                year(1990, 1999),
		"Who led the party between 2016 and 2018?":           year(2016, 2018),
		"Who led the party from March 2016 to May 2018?":     {day(2016, 3, 1), day(2018, 5, 31)},
		"Wer regierte von 2016 bis 2018?":                    year(2016, 2018),
		"What happened in March 2021?":                       {day(2021, 3, 1), day(2021, 3, 31)},
		"What happened in Feb. 2020?":                        {day(2020, 2, 1), day(2020, 2, 29)},
		"What happened on March 4, 2021?":                    {day(2021, 3, 4), day(2021, 3, 4)},
		"What happened on the 4th of March 2021?":            {day(2021, 3, 4), day(2021, 3, 4)},
		"Was geschah am 4. März 2021?":                       {day(2021, 3, 4), day(2021, 3, 4)},
		"¿Qué pasó el 4 de marzo de 2021?":                   {day(2021, 3, 4), day(2021, 3, 4)},
		"Que s'est-il passé le 4 mars 2021 ?":                {day(2021, 3, 4), day(2021, 3, 4)},
		"What burned in late 2020?":                          {day(2020, 9, 1) - 1, day(2020, 12, 31)}, // the last of three parts of 122 days
		"What burned in mid-January 2016?":                   {day(2016, 1, 11), day(2016, 1, 21)},
		"What burned at the end of 2020?":                    {day(2020, 12, 31) - 122, day(2020, 12, 31)},
		"How many had died by the end of April 2019?":        {day(2019, 4, 20), day(2019, 4, 30)},
		"What burned in the summer of 2018?":                 {day(2018, 6, 1), day(2018, 8, 31)},
		"Was brannte im Sommer 2018?":                        {day(2018, 6, 1), day(2018, 8, 31)},
		"What froze in the winter of 2021?":                  {day(2020, 12, 1), day(2021, 2, 28)},
		"What was sold in the third quarter of 2017?":        {day(2017, 7, 1), day(2017, 9, 30)},
		"Which storm came on Christmas Day 2022?":            {day(2022, 12, 22), day(2022, 12, 28)},
		"Who travelled around Thanksgiving 2014?":            {day(2014, 11, 24), day(2014, 11, 30)}, // the 27th
		"What led on the Fourth of July weekend of 2021?":    {day(2021, 7, 1), day(2021, 7, 7)},
		"What led on Memorial Day weekend in 2021?":          {day(2021, 5, 28), day(2021, 6, 3)},  // the 31st
		"What opened at Easter 2022?":                        {day(2022, 4, 14), day(2022, 4, 20)}, // the 17th
		"Who was mayor before 2015?":                         {earliest, day(2014, 12, 31)},
		"Who led the poll before the election of 2020?":      {day(2019, 1, 1), day(2020, 12, 31)},
		"Who led the poll before the 2020 election?":         {day(2019, 1, 1), day(2020, 12, 31)},
		"What did the council decide yesterday?":             {asked - 1, asked - 1},
		"What was decided the day before yesterday?":         {asked - 2, asked - 2},
		"What did the council decide last night?":            {asked - 1, asked - 1},
		"What did the council decide last week?":             {asked - 14, asked - 1},
		"Who won last weekend?":                              {day(2023, 7, 14), day(2023, 7, 16)}, // asked on Thursday, 20 July
		"What did the council decide last month?":            {day(2023, 6, 1), day(2023, 6, 30)},
		"What did the council decide late last month?":       {day(2023, 6, 20), day(2023, 6, 30)},
		"What did the council decide last year?":             year(2022, 2022),
		"What was decided at the end of last year?":          {day(2022, 12, 31) - 121, day(2022, 12, 31)},
		"What was decided this time last year?":              {day(2022, 6, 20), day(2022, 8, 20)},
		"What did the council decide last March?":            {day(2023, 3, 1), day(2023, 3, 31)},
		"What did the council decide last September?":        {day(2022, 9, 1), day(2022, 9, 30)},
		"Who resigned last summer?":                          {day(2022, 6, 1), day(2022, 8, 31)},
		"Who resigned last Christmas?":                       {day(2022, 12, 22), day(2022, 12, 28)},
		"Who won last Saturday?":                             {day(2023, 7, 15), day(2023, 7, 15)},
		"Who won on Thursday?":                               {day(2023, 7, 13), day(2023, 7, 13)},
		"Who won in March?":                                  {day(2023, 3, 1), day(2023, 3, 31)},
		"Who won in early October?":                          {day(2022, 10, 1), day(2022, 10, 11)},
		"Who won in March last year?":                        {day(2022, 3, 1), day(2022, 3, 31)},
		"Who won in the summer of last year?":                {day(2022, 6, 1), day(2022, 8, 31)},
		"Who won on the Memorial Day weekend last year?":     {day(2022, 5, 27), day(2022, 6, 2)},
		"Who won on March 4?":                                {day(2023, 3, 4), day(2023, 3, 4)},
		"Who won on Sunday?":                                 {day(2023, 7, 16), day(2023, 7, 16)},
		"Who quit after the march in the summer of 2017?":    {day(2017, 6, 1), day(2017, 8, 31)},
		"What burned down three years ago?":                  {day(2020, 1, 20), day(2021, 1, 20)},
		"What burned down two weeks ago?":                    {asked - 17, asked - 11},
		"Was geschah vor zwei Wochen?":                       {asked - 17, asked - 11},
		"¿Qué pasó hace dos semanas?":                        {asked - 17, asked - 11},
		"Que s'est-il passé il y a deux semaines ?":          {asked - 17, asked - 11},
		"Was geschah letztes Jahr?":                          year(2022, 2022),
		"¿Qué pasó el año pasado?":                           year(2022, 2022),
		"Que s'est-il passé l'année dernière ?":              year(2022, 2022),
		"Que s'est-il passé hier ?":                          {asked - 1, asked - 1},
		"What did the council, in its last year, do in 2018": year(2018, 2018),
		"What did the winner of 2020 do last month?":         {day(2023, 6, 1), day(2023, 6, 30)},
	} {
		span, named := When(question, asked)
		if !named || span != want {
			t.Errorf("%q names %v (%v), want %v", question, span, named, want)
		}
	}
	for _, question := range []string{
		"Who won the cup?", "What happened in 2023?", "What will happen in 2028?", "Who paid $2019?", "Who walked 2000 miles?", "Who was last?",
		"What did 1,999 people sign?", "What is new this week?", "Who has been mayor since 2020?", "Who became mayor after 2015?", "Who resigned after the election of 2016?", "Who has died since 4 March 2017?",
		"Who was born on September 9?", "Who fell for the first time since March 2017?",
		"What did the winner of the 2020 election do this week?", "What will open in March?", "Was ist hier passiert?", "Who won in July?",
		"What led to the fall of Rome?", "May they march?", "Which rover landed on Mars?", "What happened in the past year?", "",
		"Who is the third man of the last day?", "What cost 20.19 or 3000?", "Who met whom every Friday?",
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
	for d, want := range map[int32]float64{90: 40, 100: 0, 200: 0, 230: 0, 231: 1} {
		if got := s.away(d); got != want {
			t.Errorf("day %d is %v days away, want %v", d, got, want)
		}
	}
}

// TestAgeYields: on day 400 the newest article leads; asked for the time around day 100 the oldest does.
func TestAgeYields(t *testing.T) {
	s := town(t)
	list, near := ask(s, "Who opened the bridge?", 400, "open", "bridg")
	defer near.Release()
	if list[0].Article != 3 {
		t.Errorf("the first is article %d, want the newest", list[0].Article)
	}
	list, near = ask(s, "Who opened the bridge in April 1970?", 400, "open", "bridg")
	defer near.Release()
	if list[0].Article != 1 {
		t.Errorf("the first is article %d, want the one of April 1970", list[0].Article)
	}
}

// FuzzWhen: whatever is asked, a named time is over on the day asked, and ends no earlier than it begins.
func FuzzWhen(f *testing.F) {
	for _, question := range []string{
		"early of last March 4, 2021 s", "between 2019 and 2018", "9999 years ago", "vor zwei Wochen", "before the fall of 1500", "the 1990s's last",
		"end of the of last year last year", "in mid mid june 31", "31 February 2020", "\xff in 2019", "Christmas last year",
	} {
		f.Add(question, int32(19558))
	}
	f.Fuzz(func(t *testing.T, question string, asked int32) {
		if asked < -500_000 || asked > 500_000 { // the calendar's years
			return
		}
		if span, named := When(question, asked); named && (span.From > span.To || span.To >= asked) {
			t.Errorf("%q on day %d names %v", question, asked, span)
		}
	})
}

// TestWordsOf compares the words of a question with those that a pattern finds.
func TestWordsOf(t *testing.T) {
	pattern := regexp.MustCompile(`\pL+|\d+(?:[.,]\d+)*(?:st|nd|rd|th|s)?|[$£€#%]`)
	chance := rand.New(rand.NewPCG(1, 7))
	pieces := []string{"When", "é", "Ñ", "1", "20", "4", ".", ",", "st", "nd", "s", "th", "S", " ", "$", "€", "#", "%", "-", "٣", "日", "\xff", "e\u0301", "?"}
	for range 20_000 {
		var b strings.Builder
		for range chance.IntN(12) {
			b.WriteString(pieces[chance.IntN(len(pieces))])
		}
		want := pattern.FindAllString(b.String(), -1)
		for i := range want {
			want[i] = strings.ToLower(want[i])
		}
		if got := wordsOf(b.String()); !slices.Equal(got, want) {
			t.Fatalf("%q: words %q, want %q", b.String(), got, want)
		}
	}
	if got := wordsOf("Did Mars move on 1,999.50 in the 90s?"); !slices.Equal(got, []string{"did", "planet", "move", "on", "1,999.50", "in", "the", "90s"}) {
		t.Errorf("%q", got)
	}
}
