package bot

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"archivist"
)

// Reports tell moderators what was asked and said. Questions and Feedback list the newest.
type Reports interface {
	Questions(ctx context.Context, library archivist.LibraryID, n int) ([]archivist.Asked, error)
	Unanswered(ctx context.Context, library archivist.LibraryID, view archivist.View, skip, n int) ([]archivist.Unanswered, error)
	Feedback(ctx context.Context, library archivist.LibraryID, n int) ([]archivist.Feedback, error)
	Activity(ctx context.Context, library archivist.LibraryID, since time.Time) (archivist.Activity, error)
}

const (
	feedbackRead   = 1000 // newest votes that are looked at
	previewed      = 50   // questions on which a threshold is tried
	previewedLines = 5    // of them that are named
)

// adminUnanswered lists the questions that found no answer: those that may be known where the moderator is.
func (b *Bot) adminUnanswered(ctx context.Context, r Request) (Card, error) {
	return b.pages(ctx, r, say(r.Locale, "unanswered.title"), "unanswered.none", func(skip, n int) (lines []Block, err error) {
		list, err := b.reports.Unanswered(ctx, r.Library, r.view(), skip, n)
		for _, u := range list {
			l := line(bold(short(u.Text, maxLine)), plain(" · "), moment(u.Last))
			if u.Times > 1 {
				l.Parts = append(l.Parts, plain(" · "+say(r.Locale, "unanswered.times", u.Times)))
			}
			lines = append(lines, l)
		}
		return lines, err
	})
}

// adminFeedback lists what people say of answers, without their names.
func (b *Bot) adminFeedback(ctx context.Context, r Request) (Card, error) {
	list, err := b.reports.Feedback(ctx, r.Library, feedbackRead)
	if err != nil {
		return Card{}, err
	}
	list = slices.DeleteFunc(list, func(f archivist.Feedback) bool { return !r.view().Sees(f.Channels) })
	return b.pages(ctx, r, say(r.Locale, "feedback.list"), "feedback.none", func(skip, n int) (lines []Block, err error) {
		for _, f := range list[min(skip, len(list)):min(skip+n, len(list))] {
			lines = append(lines, feedbackLine(r, f))
		}
		return lines, nil
	})
}

func feedbackLine(r Request, f archivist.Feedback) Block {
	thumb := "👍 "
	if f.Vote < 0 {
		thumb = "👎 "
	}
	b := line(plain(thumb), bold(short(f.Question, maxEcho)), plain(" · "), moment(f.At))
	for _, reason := range reasons {
		if f.Reason == reason.value {
			b.Parts = append(b.Parts, plain(" · "), r.text(reason.key))
		}
	}
	if f.Text != "" {
		b.Parts = append(b.Parts, plain(": "+short(f.Text, maxLine)))
	}
	return b
}

// resetThreshold is the value that takes a threshold back to its default.
const resetThreshold = "default"

// adminThreshold tells below which confidence questions are refused, tries another value on the last questions, or sets it.
func (b *Bot) adminThreshold(ctx context.Context, r Request) (Card, error) {
	typed := strings.Replace(strings.TrimSpace(r.Options["value"]), ",", ".", 1)
	asked, err := b.reports.Questions(ctx, r.Library, previewed)
	if err != nil {
		return Card{}, err
	}
	if typed == "" {
		return b.thresholdNow(ctx, r, asked)
	}
	value := ""
	if typed != resetThreshold {
		confidence, err := archivist.ParseThreshold(typed)
		if err != nil {
			return notice(KindNotice, r, "threshold.bounds"), nil
		}
		value = strconv.FormatFloat(confidence, 'g', 4, 64)
	}
	try := r.Options["preview"] == "true" && r.admin.action != adminYes
	if !try {
		if err := b.rules.SetSetting(ctx, r.Library, archivist.SettingThreshold, value, r.act("threshold", "", "", "")); err != nil {
			return Card{}, err
		}
	}
	c := Card{Kind: KindNotice, Private: true}
	switch {
	case try:
		c.Title = say(r.Locale, "threshold.try", typed)
	case value == "":
		return notice(KindNotice, r, "threshold.reset"), nil
	default:
		c.Body = append(c.Body, line(r.text("threshold.set", value)))
	}
	if value != "" {
		c.Body = append(c.Body, effect(r, asked, value)...)
	} else {
		c.Body = append(c.Body, line(r.text("threshold.untried")))
	}
	if !try {
		return c, nil
	}
	c.Buttons = [][]Button{{
		{Label: say(r.Locale, "button.set"), ID: adminYes, Style: StylePrimary},
		{Label: say(r.Locale, "button.cancel"), ID: adminNo},
	}}
	return c, b.keepAdmin(ctx, r, &c, adminState{})
}

// thresholdNow tells the threshold, and how many of the last questions others would answer.
func (b *Bot) thresholdNow(ctx context.Context, r Request, asked []archivist.Asked) (Card, error) {
	settings, err := b.rules.Settings(ctx, r.Library)
	if err != nil {
		return Card{}, err
	}
	c := Card{Kind: KindNotice, Body: []Block{line(r.text("threshold.default"))}}
	if value := settings[archivist.SettingThreshold]; value != "" {
		c.Body[0] = line(r.text("threshold.is", value))
	}
	if len(asked) == 0 {
		return c, nil
	}
	answered := 0
	for _, q := range asked {
		if q.Grade != archivist.GradeRefusal {
			answered++
		}
	}
	c.Body = append(c.Body, line(r.text("threshold.answered", answered, len(asked))))
	var table []string
	for tenth := 1; tenth <= 9; tenth++ {
		value := fmt.Sprintf("0.%d", tenth)
		table = append(table, say(r.Locale, "threshold.line", value, answeredAt(asked, float64(tenth)/10)))
	}
	c.Body = append(c.Body, line(plain(strings.Join(table, "\n"))))
	return c, nil
}

// answeredAt is how many of the questions a threshold answers: those whose confidence is not below it.
func answeredAt(asked []archivist.Asked, threshold float64) (n int) {
	for _, q := range asked {
		if answers(q, threshold) {
			n++
		}
	}
	return n
}

// answers reports whether a threshold answers a question. One of confidence 0 found nothing that could be shown.
func answers(q archivist.Asked, threshold float64) bool {
	return q.Confidence > 0 && q.Confidence >= threshold
}

// effect says what a threshold makes of the last questions, and names some for which that is something else than it was. Others' hidden
// questions are counted, but not named.
func effect(r Request, asked []archivist.Asked, value string) []Block {
	if len(asked) == 0 {
		return []Block{line(r.text("threshold.nothing"))}
	}
	threshold, _ := archivist.ParseThreshold(value) // it was read from there
	blocks := []Block{line(r.text("threshold.effect", answeredAt(asked, threshold), len(asked)))}
	var named []string // a question that was asked twice stands here once
	for _, q := range asked {
		was, is := q.Grade != archivist.GradeRefusal, answers(q, threshold)
		if was == is || !r.view().Sees(q.Channels) || len(named) == previewedLines || slices.Contains(named, q.Text) {
			continue
		}
		named = append(named, q.Text)
		key := "threshold.gained"
		if was {
			key = "threshold.lost"
		}
		blocks = append(blocks, line(r.text(key, short(q.Text, maxEcho), fmt.Sprintf("%.2f", q.Confidence))))
	}
	return blocks
}
