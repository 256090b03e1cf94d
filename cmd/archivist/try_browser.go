package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"

	"github.com/chromedp/chromedp"
)

// errNoBrowser says what to install.
var errNoBrowser = errors.New("there is no Chromium or Chrome on this machine: install one (Debian: apt-get install chromium), and see that it is in the PATH")

// findBrowser is the program of a Chromium, by the names that systems give it.
func findBrowser() (string, error) {
	names := []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"}
	if runtime.GOOS == "darwin" {
		names = append(names, "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "/Applications/Chromium.app/Contents/MacOS/Chromium")
	}
	for _, name := range names {
		if file, err := exec.LookPath(name); err == nil {
			return file, nil
		}
	}
	return "", errNoBrowser
}

// newBrowser starts a Chromium without a window, with an empty profile, that talks to nobody but the pages it is sent to. The context is
// for chromedp's actions, in its first tab; done ends the browser.
func newBrowser(ctx context.Context) (tab context.Context, done func(), err error) {
	program, err := findBrowser()
	if err != nil {
		return nil, nil, err
	}
	options := []chromedp.ExecAllocatorOption{chromedp.ExecPath(program), chromedp.Headless, chromedp.DisableGPU, chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck}
	for _, off := range []string{"disable-quic", "disable-background-networking", "disable-component-update", "disable-sync", "disable-extensions", "disable-dev-shm-usage"} {
		options = append(options, chromedp.Flag(off, true))
	}
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // which root cannot have
	}
	allocator, stop := chromedp.NewExecAllocator(ctx, options...)
	tab, end := chromedp.NewContext(allocator)
	if err := chromedp.Do(tab); err != nil {
		end()
		stop()
		return nil, nil, fmt.Errorf("start %s: %w", program, err)
	}
	return tab, func() { end(); stop() }, nil
}
