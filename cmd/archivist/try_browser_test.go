package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"archivist/bot/fakediscord"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// A browserStage is a playground with a browser before it, and a line between them that can be cut.
type browserStage struct {
	*runningTrial
	browser context.Context
	line    *cutLine
}

// needsBrowser skips a test where it cannot or shall not run.
func needsBrowser(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("-short: browsers take their time")
	}
	if _, err := findBrowser(); err != nil {
		t.Skip(err)
	}
}

func newBrowserStage(t *testing.T) *browserStage {
	t.Helper()
	needsBrowser(t)
	r := newTrial(t)
	browser, done, err := newBrowser(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(done)
	return &browserStage{r, browser, newCutLine(t, r.page.host())}
}

// A view is one tab: what one person sees of one channel. At its end the browser's console must hold no warning and no error.
type view struct {
	t   *testing.T
	ctx context.Context
	s   *browserStage
}

const patience = 30 * time.Second // for anything that the page shall show

func (s *browserStage) view(t *testing.T, who *fakediscord.Member, where *fakediscord.Channel) *view {
	t.Helper()
	tab, shut := chromedp.NewContext(s.browser)
	v := &view{t, tab, s}
	messages := chromedp.Console(tab)
	var reading sync.WaitGroup
	reading.Go(func() { // ends with the tab
		for m, err := range messages {
			if err != nil {
				return
			}
			if slices.Contains([]chromedp.ConsoleType{"error", "warning", "assert", chromedp.ConsoleException}, m.Type) && !s.line.wasCut() {
				t.Errorf("the console says: %s", m)
			}
		}
	})
	t.Cleanup(func() { shut(); reading.Wait() })
	v.do(chromedp.EmulateViewport(1000, 720))
	v.visit(who, where)
	return v
}

func (v *view) visit(who *fakediscord.Member, where *fakediscord.Channel) {
	v.t.Helper()
	v.do(chromedp.Navigate(v.s.line.address + "as/" + who.ID() + "/in/" + where.ID()))
	v.ready()
}

// ready waits until the page is there with its script.
func (v *view) ready() {
	v.t.Helper()
	for !evaluate[bool](v, `document.readyState === "complete" && !!document.querySelector("#content")`) {
		time.Sleep(5 * time.Millisecond) // chromedp waits by script of its own, which there may be none
	}
}

func (v *view) do(steps ...chromedp.Action[chromedp.Void]) {
	v.t.Helper()
	ctx, cancel := context.WithTimeout(v.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		v.t.Fatal(err)
	}
}

// sees waits until the texts are in view.
func (v *view) sees(texts ...string) {
	v.t.Helper()
	v.do(seen(texts...))
}

// until waits until an expression of JavaScript is true.
func (v *view) until(what string) {
	v.t.Helper()
	ctx, cancel := context.WithTimeout(v.ctx, patience)
	defer cancel()
	if _, err := chromedp.Run(ctx, chromedp.Poll[chromedp.Void](what)); err != nil {
		v.t.Fatalf("%s: %v", what, err)
	}
}

func evaluate[T any](v *view, expression string) T {
	v.t.Helper()
	ctx, cancel := context.WithTimeout(v.ctx, patience)
	defer cancel()
	got, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		v.t.Fatalf("%s: %v", expression, err)
	}
	return got
}

// types presses keys, wherever the focus is.
func (v *view) types(keys string) {
	v.t.Helper()
	v.do(chromedp.KeyEvent(keys))
}

// says writes a line into the composer, and sends it.
func (v *view) says(line string) {
	v.t.Helper()
	v.do(chromedp.Focus(chromedp.ID("content")), chromedp.KeyEvent(line), chromedp.KeyEvent(kb.Enter))
}

// uses begins a command as one types it, fills in options, name and value by turns, and sends it.
func (v *view) uses(command string, options ...string) {
	v.t.Helper()
	v.do(chromedp.Focus(chromedp.ID("content")), chromedp.KeyEvent("/"+command+" "), chromedp.WaitVisible(chromedp.ID("command")))
	for i := 0; i < len(options); i += 2 {
		field := fmt.Sprintf("[data-option=%q]", options[i])
		if !evaluate[bool](v, fmt.Sprintf("!!document.querySelector('%s')", field)) {
			v.do(chromedp.Click(chromedp.CSS(fmt.Sprintf("[data-more=%q]", options[i]))))
		}
		v.do(chromedp.Focus(chromedp.CSS(field)), chromedp.KeyEvent(options[i+1]))
	}
	v.types(kb.Enter)
	v.until(`document.querySelector("#command").hidden`) // it was sent
}

// presses presses the last button that has the label.
func (v *view) presses(label string) {
	v.t.Helper()
	v.do(chromedp.Click(fmt.Sprintf(`(//main//button[normalize-space()=%q and not(@disabled)])[last()]`, label)))
}

// tabsTo presses the tabulator until the focus is where it shall be.
func (v *view) tabsTo(there string, with ...chromedp.KeyOption) {
	v.t.Helper()
	for i := 0; !evaluate[bool](v, there); i++ {
		if i == 60 {
			v.t.Fatalf("the tabulator does not lead to %s", there)
		}
		v.do(chromedp.KeyEvent(kb.Tab, with...))
	}
}

// TestPlaygroundInBrowser does in Chromium what people do.
func TestPlaygroundInBrowser(t *testing.T) {
	s := newBrowserStage(t)
	town := s.town

	t.Run("ask, and page through the passages", func(t *testing.T) {
		v := s.view(t, town.mia, town.questions)
		v.sees("All sample pages")
		v.uses("ask", "question", "When will ferry line 4 run again?")
		v.sees("Ferry line 4 returns after two years", "Line 4 will run again from 2 March", "Passage 1 of")
		v.presses("▶")
		v.sees("Passage 2 of")
		v.presses("◀")
		v.sees("Passage 1 of", "Line 4 will run again from 2 March")
		v.presses("Why?")
		v.sees("Only you can see this")
	})

	t.Run("give feedback, with words of one's own", func(t *testing.T) {
		v := s.view(t, town.mia, town.questions)
		v.says("@archivist Who won the prize for the best honey?")
		v.sees("Pavel Horak")
		v.presses("👎")
		v.sees("What is wrong with this answer?")
		v.do(chromedp.SetValue(chromedp.CSS("#messages li:last-child select"), "other"))
		v.do(chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error { // as the browser does when something is chosen
			_, err := chromedp.Evaluate[bool](`document.querySelector("#messages li:last-child select").dispatchEvent(new Event("change", { bubbles: true }))`)(ctx, tab)
			return err
		}))
		v.do(chromedp.WaitVisible(chromedp.CSS("#modal textarea")), chromedp.SendKeys(chromedp.CSS("#modal textarea"), "It was the baker."), chromedp.Click(chromedp.CSS("#modal button.s1")))
		v.sees("The moderators see it, without your name")
		v.visit(town.max, town.questions)
		v.uses("admin feedback")
		v.sees("It was the baker.")
	})

	t.Run("add a link", func(t *testing.T) {
		v := s.view(t, town.mia, town.links)
		v.uses("add", "url", s.site.address+"tide-mill")
		v.sees("The tide mill grinds again", "Stored. You can ask about it now.")
		v.says("@archivist What does a bag of two kilos of flour cost?")
		v.sees("A bag of two kilos costs 11 crowns")
	})

	t.Run("moderate as a moderator, be refused as a member", func(t *testing.T) {
		v := s.view(t, town.max, town.links)
		v.uses("admin stats")
		v.sees("The last 30 days", "Only you can see this")
		v.until(`[...document.querySelectorAll("#messages img")].some(i => i.naturalWidth > 400)`) // the chart
		v.uses("admin domain block", "domain", "spam.example")
		v.sees("spam.example")
		v.uses("admin audit")
		v.sees("spam.example", "Max")
		v.visit(town.lena, town.links)
		if text := evaluate[string](v, `document.body.innerText`); strings.Contains(text, "The last 30 days") {
			t.Error("what only Max can see is shown to Lena")
		}
		v.says("/admin stats")
		v.until(`!document.querySelector("#notice").hidden && document.querySelector("#notice").innerText.length > 10`)
		v.visit(town.lena, town.questions) // in the language of her Discord
		v.uses("ask", "question", "Wann wurde der letzte Fisch versteigert?")
		v.sees("1998", "Mehr Kontext")
	})

	t.Run("a second tab, and another community", func(t *testing.T) {
		first, second, other := s.view(t, town.mia, town.sky), s.view(t, town.mia, town.sky), s.view(t, town.noor, town.sky)
		first.says("@archivist Which telescope is the most wanted one?")
		for _, v := range []*view{first, second, other} {
			v.sees("Dobsonian", "The Dark Hours")
		}
		second.uses("sources")
		for _, v := range []*view{first, second} {
			v.sees("The Dark Hours: 4 articles")
		}
		if text := evaluate[string](other, `document.body.innerText`); strings.Contains(text, "4 articles") {
			t.Error("Noor sees what only Mia can")
		}
	})

	t.Run("keys alone", func(t *testing.T) {
		v := s.view(t, town.mia, town.questions)
		v.tabsTo(`document.activeElement.id === "content"`) // a browser without a mouse leaves the first focus to the reader
		v.types("/as")
		v.until(`document.querySelectorAll("#picker [role=option]").length > 0`)
		v.types(kb.Enter) // takes the first command that fits
		v.until(`document.activeElement.dataset.option === "question"`)
		v.types("Who is the director of the library?" + kb.Enter)
		v.sees("Irene Okafor")
		v.until(`document.activeElement.id === "content"`)
		v.tabsTo(`document.activeElement.innerText?.trim() === "More context"`, chromedp.KeyModifiers(chromedp.ModifierShift))
		if evaluate[string](v, `getComputedStyle(document.activeElement).outlineStyle`) == "none" {
			t.Error("the focus on a button is not seen")
		}
		v.types(kb.Enter)
		v.sees("pressure washer")
	})

	t.Run("390 pixels", func(t *testing.T) {
		v := s.view(t, town.max, town.links)
		v.do(chromedp.EmulateViewport(390, 844))
		for _, c := range []*fakediscord.Channel{town.questions, town.links} {
			v.visit(town.max, c)
			v.sees("archivist")
			if wide := evaluate[float64](v, `Math.max(document.documentElement.scrollWidth, document.querySelector("#log").scrollWidth)`); wide > 390 {
				t.Errorf("#%s is %v pixels wide", c.Name(), wide)
			}
		}
	})

	t.Run("without script", func(t *testing.T) {
		v := s.view(t, town.mia, town.sky)
		v.do(chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
			_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
			return err
		}))
		v.visit(town.mia, town.sky)
		v.do(chromedp.Focus(chromedp.ID("content")), chromedp.KeyEvent("/ask question: What does the village save in a year?"), chromedp.Click(chromedp.CSS("#composer .send")))
		v.sees("14,000 crowns")
		v.presses("More context")
		v.sees("Dark Sky Community")
	})

	t.Run("the bot crashes, and comes back", func(t *testing.T) {
		v := s.view(t, town.mia, town.questions)
		v.uses("ask", "question", "How high is the springboard?")
		v.until(`document.querySelector("#messages li:last-child .parts")`)
		v.says("@archivist When was the stone bridge built?")
		v.sees("1787", "More context")
		s.bot.crash()
		v.until(`!document.querySelector("#offline").hidden`)
		v.until(`document.querySelector("#offline").hidden`)
		v.presses("More context")
		v.sees("two of its five piers")
	})

	t.Run("the line to the page breaks, and comes back", func(t *testing.T) {
		v := s.view(t, town.mia, town.questions)
		s.line.cut()
		v.until(`!document.querySelector("#lost").hidden`)
		asked(t, town.lena, town.questions, "Who repaired the clock tower?", "Yusuf Demir")
		s.line.mend()
		v.until(`document.querySelector("#lost").hidden`)
		v.sees("Yusuf Demir")
	})
}
