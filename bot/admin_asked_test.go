package bot

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"strings"
	"testing"
	"time"

	"archivist"
)

func (d *desk) asked(text string, grade archivist.Grade, confidence float64, channels ...string) {
	d.Helper()
	err := d.store.SaveQuestion(d.Context(), archivist.Asked{
		Library: d.r.Library, Text: text, Person: "hash", Grade: grade, Confidence: confidence, At: d.r.Asked, Channels: channels, Took: 20 * time.Millisecond,
	})
	if err != nil {
		d.Fatal(err)
	}
}

func TestUnansweredAndFeedback(t *testing.T) {
	d := newDesk(t)
	d.says("/admin unanswered", "Every question of the last 30 days found an answer")
	d.says("/admin feedback", "Nobody has voted")
	d.asked("Where is the bell?", archivist.GradeRefusal, .1)
	d.asked("where is the bell?", archivist.GradeRefusal, .1)
	d.asked("Who is the spy?", archivist.GradeRefusal, .1, "99")
	list := d.says("/admin unanswered", "here is the bell?", "asked 2 times")
	if strings.Contains(RenderText(list), "spy") {
		t.Error("what a channel hides is listed elsewhere")
	}
	for i, f := range []archivist.Feedback{
		{Vote: 1, Question: "When?"},
		{Vote: -1, Reason: "outdated", Question: "How long?"},
		{Vote: -1, Reason: "other", Text: "It is @everyone's.", Question: "Whose?"},
		{Vote: -1, Question: "Spies?", Channels: []string{"99"}},
	} {
		f.Library, f.Card, f.Person, f.At = d.r.Library, fmt.Sprint(i), "hash", d.r.Asked.Add(time.Duration(i)*time.Second)
		if err := d.store.SaveFeedback(t.Context(), f); err != nil {
			t.Fatal(err)
		}
	}
	votes := d.says("/admin feedback", "👍 When?", "👎 How long?", "It is out of date", "👎 Whose?", "Something else …: It is @everyone's.")
	if strings.Contains(RenderText(votes), "Spies") || len(votes.Body) != 3 {
		t.Errorf("votes:\n%s", RenderText(votes))
	}
}

func TestThreshold(t *testing.T) {
	d := newDesk(t)
	d.says("/admin threshold", "the built-in threshold")
	d.says("/admin threshold 0,4", "From now on I answer from a confidence of 0.4 on.", "Nobody has asked anything yet")
	for i := range 60 { // of which the first ten are beyond the fifty
		grade, confidence := archivist.GradeAnswer, float64(i)/100
		if confidence < .4 {
			grade = archivist.GradeRefusal
		}
		d.asked(fmt.Sprintf("Question %d?", i), grade, confidence)
	}
	d.asked("Nothing?", archivist.GradeRefusal, 0)
	d.asked("Who is the spy?", archivist.GradeRefusal, .39, "99")
	d.says("/admin threshold", "from a confidence of 0.4 on", "Of the last 50 questions I answered 20.", "0.1: 49", "0.5: 10", "0.9: 0")
	try := d.says("/admin threshold 0.35 preview:true", "A threshold of 0.35", "Of the last 50 questions it answers 26.", "Answered then: “Question 39?” (0.39)", "Answered then: “Question 35?” (0.35)")
	if strings.Contains(RenderText(try), "spy") {
		t.Error("a hidden question is named")
	}
	setting := func(want string) {
		t.Helper()
		if m, err := d.store.Settings(t.Context(), d.r.Library); err != nil || m[archivist.SettingThreshold] != want {
			t.Errorf("the threshold is %q, want %q; %v", m[archivist.SettingThreshold], want, err)
		}
	}
	setting("0.4")
	d.presses(try, adminYes, "From now on I answer from a confidence of 0.35 on.")
	setting("0.35")
	d.says("/admin threshold value:0.5", "Refused then: “Question 49?” (0.49)")
	for _, bad := range []string{"2", "-1", "NaN", "much"} {
		d.says("/admin threshold value:"+bad, "Write a number from 0 to 1")
	}
	setting("0.5")
	d.says("/admin threshold default preview:true", "cannot be tried beforehand")
	d.says("/admin threshold default", "the built-in threshold")
	setting("")
	if a := d.audit(); len(a) != 4 || a[0].Before != "0.5" || a[2].After != "0.35" {
		t.Errorf("audit: %+v", a)
	}
	// Zero answers what has found anything at all.
	if answers(archivist.Asked{Confidence: 0}, 0) || !answers(archivist.Asked{Confidence: .01}, 0) {
		t.Error("a threshold of zero")
	}
}

func TestStats(t *testing.T) {
	d := newDesk(t)
	d.stores(3, "herald.example", "3")
	d.says("/admin stats days:400", "Write a number of days from 1 to 365.")
	d.says("/admin stats", "The last 30 days", "Questions: 0", "Articles: 3 (+3)")
	for range 3 {
		d.asked("When?", archivist.GradeAnswer, .9)
	}
	d.asked("What?", archivist.GradeRefusal, .1)
	c := d.says("/admin stats days:7", "The last 7 days", "Questions: 4", "Answered: 3 (75 %)", "Refused: 1 (25 %)", "👍 0 · 👎 0", "p50 20 ms · p99 20 ms", "Articles: 3 (+3)")
	if len(c.Files) != 1 || c.Files[0].Alt != "Two charts by day. Questions: 3 answered, 1 refused. Articles stored: from 0 to 3." {
		t.Fatalf("files: %+v", c.Files)
	}
	if img, err := png.Decode(bytes.NewReader(c.Files[0].Bytes)); err != nil || img.Bounds().Dx() < 600 || len(c.Files[0].Bytes) > 200_000 {
		t.Errorf("%d bytes, %v", len(c.Files[0].Bytes), err)
	}
	d.says("/admin stats days:1", "Today")
}

// TestByDay by hand: two articles before, one on the first day, two on the third.
func TestByDay(t *testing.T) {
	first := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	at := func(day int) time.Time { return first.AddDate(0, 0, day) }
	days := byDay([]archivist.DayCount{
		{Day: at(-1), What: "article", N: 9},
		{Day: at(0), What: "article", N: 1},
		{Day: at(0), What: "question.answer", N: 4},
		{Day: at(0), What: "question.closest", N: 1},
		{Day: at(2), What: "article", N: 2},
		{Day: at(2), What: "question.refusal", N: 3},
		{Day: at(3), What: "article", N: 9},
	}, first, 3, 2)
	if want := []dayFigures{{at(0), 5, 0, 3}, {at(1), 0, 0, 3}, {at(2), 0, 3, 5}}; fmt.Sprint(days) != fmt.Sprint(want) {
		t.Errorf("%v, want %v", days, want)
	}
}

// TestChart: bars are drawn in their colours on an opaque ground, on which ink and colours are seen well enough (WCAG: 4.5 for text, 3 for
// shapes), whatever theme is around it.
func TestChart(t *testing.T) {
	var days []dayFigures
	for i := range 90 {
		days = append(days, dayFigures{time.Date(2026, 9, 1+i, 0, 0, 0, 0, time.UTC), i % 20, i % 7, 10 * i})
	}
	for _, some := range [][]dayFigures{days, days[:1], make([]dayFigures, 3)} {
		data, err := drawChart(Request{Locale: "de"}, some)
		if err != nil {
			t.Fatal(err)
		}
		img, err := png.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		colours := map[color.RGBA]int{}
		for y := range img.Bounds().Dy() {
			for x := range img.Bounds().Dx() {
				c := color.RGBAModel.Convert(img.At(x, y)).(color.RGBA)
				if c.A != 0xFF {
					t.Fatalf("the ground shows through at %v", image.Pt(x, y))
				}
				colours[c]++
			}
		}
		for name, c := range map[string]color.RGBA{"ground": chartGround, "answered": chartAnswered, "refused": chartRefused, "stored": chartStored} {
			if colours[c] < 30 && len(some) == len(days) {
				t.Errorf("%d pixels have the colour of %s", colours[c], name)
			}
		}
	}
	for name, c := range map[string]color.RGBA{"ink": chartInk, "answered": chartAnswered, "refused": chartRefused, "stored": chartStored} {
		want := 3.0
		if name == "ink" {
			want = 4.5
		}
		if got := contrast(c, chartGround); got < want {
			t.Errorf("%s stands out by %.1f, want %.1f", name, got, want)
		}
	}
}

// contrast is WCAG 2's ratio of two colours, 1 to 21.
func contrast(a, b color.RGBA) float64 {
	light := func(c color.RGBA) float64 {
		part := func(v uint8) float64 {
			s := float64(v) / 255
			if s <= .04045 {
				return s / 12.92
			}
			return math.Pow((s+.055)/1.055, 2.4)
		}
		return .2126*part(c.R) + .7152*part(c.G) + .0722*part(c.B)
	}
	x, y := light(a), light(b)
	return (max(x, y) + .05) / (min(x, y) + .05)
}

func TestWholeTicks(t *testing.T) {
	for most, want := range map[float64]string{1: "0 1", 4: "0 1 2 3 4", 11: "0 5 10", 60: "0 20 40 60", 345: "0 100 200 300"} {
		var got []string
		for _, tick := range (wholeTicks{}).Ticks(0, most) {
			got = append(got, tick.Label)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("up to %v: %v, want %s", most, got, want)
		}
	}
}
