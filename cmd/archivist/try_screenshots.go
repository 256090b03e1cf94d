package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"archivist/bot/fakediscord"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// A shot is one picture of the page: what somebody does, and what must then be seen.
type shot struct {
	name          string
	by            *fakediscord.Member
	in            *fakediscord.Channel
	does          func(context.Context) error // nil: nothing more
	shows         []string
	width, height int64
	light         bool
}

// shots are the pictures in their order; each finds what those before have left.
func (t *town) shots(site string) []shot {
	ask := func(question string) func(context.Context) error {
		return func(ctx context.Context) error {
			asked, err := t.mia.Type(t.questions, "@archivist "+question)
			if err == nil {
				_, err = t.questions.Answer(ctx, asked)
			}
			return err
		}
	}
	use := func(by *fakediscord.Member, in *fakediscord.Channel, command string, inputs ...fakediscord.Input) func(context.Context) error {
		return func(ctx context.Context) error {
			_, err := by.Slash(in, command, inputs...).Reply(ctx)
			return err
		}
	}
	add := use(t.mia, t.links, "add", fakediscord.Opt("url", site+"tide-mill"))
	answer := []string{"When will ferry line 4 run again?", "Ferry line 4 returns after two years", "Line 4 will run again from 2 March", "Harbour Herald"}
	figures := []string{"The last 30 days", "Only you can see this"}
	const width, height, narrow, high = 1000, 720, 390, 844 // the latter of a telephone
	return []shot{
		{"answer", t.mia, t.questions, ask(answer[0]), answer, width, height, false},
		{"answer-light", t.mia, t.questions, nil, answer, width, height, true},
		{"answer-narrow", t.mia, t.questions, nil, answer[1:3], narrow, high, false},
		{"refusal", t.mia, t.questions, ask("Who was crowned queen of Spain in 1850?"), []string{"I found nothing in this library that answers that", "nearest headlines"}, width, height, false},
		{"added", t.mia, t.links, add, []string{"The tide mill grinds again", "Greta Holm", "Undo"}, width, height, false},
		{"moderator", t.max, t.links, use(t.max, t.links, "admin stats"), figures, width, height, false},
		{"moderator-narrow", t.max, t.links, nil, figures, narrow, high, true},
	}
}

// takeScreenshots writes the pictures of all shots as PNG files into the folder.
func (t *trial) takeScreenshots(ctx context.Context, r *runningTrial) error {
	if err := os.MkdirAll(t.screenshots, 0o755); err != nil {
		return err
	}
	tab, done, err := newBrowser(ctx)
	if err != nil {
		return err
	}
	defer done()
	for _, s := range r.town.shots(r.site.address) {
		picture, err := s.take(tab, r.page.address)
		if err != nil {
			return fmt.Errorf("screenshot %s: %w", s.name, err)
		}
		file := filepath.Join(t.screenshots, s.name+".png")
		if err := os.WriteFile(file, picture, 0o644); err != nil {
			return err
		}
		fmt.Fprintln(t.out, file)
	}
	return nil
}

// take does what the shot's person does, and returns the page as they then see it, once it shows what it must.
func (s shot) take(ctx context.Context, page string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	if s.does != nil {
		if err := s.does(ctx); err != nil {
			return nil, err
		}
	}
	scheme := "dark"
	if s.light {
		scheme = "light"
	}
	media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}}
	if _, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, media); err != nil {
		return nil, err
	}
	err := chromedp.Do(ctx, chromedp.EmulateViewport(s.width, s.height), chromedp.Navigate(page+"as/"+s.by.ID()+"/in/"+s.in.ID()), seen(s.shows...))
	if err != nil {
		return nil, err
	}
	return chromedp.Run(ctx, chromedp.CaptureScreenshot())
}

// seenText is the text in the part of the page that is in view.
const seenText = `(() => {
	if (!document.body) return ""
	const words = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), range = document.createRange()
	while (walker.nextNode()) {
		range.selectNodeContents(walker.currentNode)
		const box = range.getBoundingClientRect()
		if (box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth) words.push(walker.currentNode.data)
	}
	return words.join(" ").replace(/\s+/g, " ")
})()`

// seen waits until all of the texts are in view.
func seen(texts ...string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		for {
			all, err := chromedp.Evaluate[string](seenText)(ctx, tab)
			if err != nil {
				return err
			}
			missing := slices.IndexFunc(texts, func(text string) bool { return !strings.Contains(all, text) })
			if missing < 0 {
				return nil
			}
			select {
			case <-time.After(20 * time.Millisecond):
			case <-ctx.Done():
				return fmt.Errorf("%q is not in view, but: %s: %w", texts[missing], all, ctx.Err())
			}
		}
	})
}
