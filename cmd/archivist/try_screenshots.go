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
	does          func(*fakediscord.Member, *fakediscord.Channel) *fakediscord.Interaction // nil: nothing more
	shows         []string
	width, height int64
	light         bool
}

// shots are the pictures in their order; each finds what those before have left.
func (t *town) shots(site string) []shot {
	ask := func(question string) func(*fakediscord.Member, *fakediscord.Channel) *fakediscord.Interaction {
		return func(m *fakediscord.Member, c *fakediscord.Channel) *fakediscord.Interaction {
			return m.Slash(c, "ask", fakediscord.Opt("question", question))
		}
	}
	add := func(m *fakediscord.Member, c *fakediscord.Channel) *fakediscord.Interaction {
		return m.Slash(c, "add", fakediscord.Opt("url", site+"tide-mill"))
	}
	stats := func(m *fakediscord.Member, c *fakediscord.Channel) *fakediscord.Interaction {
		return m.Slash(c, "admin stats")
	}
	answer := []string{"Ferry line 4 returns after two years", "Line 4 will run again from 2 March", "Harbour Herald"}
	const wide, tall, narrow = 1000, 720, 390
	return []shot{
		{"answer", t.mia, t.questions, ask("When will ferry line 4 run again?"), answer, wide, tall, false},
		{"answer-light", t.mia, t.questions, nil, answer, wide, tall, true},
		{"answer-narrow", t.mia, t.questions, nil, answer[1:2], narrow, 844, false},
		{"refusal", t.mia, t.questions, ask("Who was crowned queen of Spain in 1850?"), []string{"I found nothing in this library that answers that", "nearest headlines"}, wide, tall, false},
		{"added", t.mia, t.links, add, []string{"The tide mill grinds again", "Greta Holm", "Undo"}, wide, tall, false},
		{"moderator", t.max, t.links, stats, []string{"Questions"}, wide, tall, false},
		{"moderator-narrow", t.max, t.links, nil, []string{"Questions"}, narrow, 844, true},
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
		if _, err := s.does(s.by, s.in).ReplyWhen(ctx, s.shows[0], func(m fakediscord.Message) bool { return strings.Contains(m.Text(), s.shows[0]) }); err != nil {
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
