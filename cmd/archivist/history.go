package main

import (
	"os"
	"path/filepath"
	"strings"
)

// maxHistory is how many lines of the console are kept for the next time.
const maxHistory = 500

// A history is the lines typed at the console, the newest last. It satisfies term.History.
type history struct {
	file  string
	lines []string
}

// loadHistory reads the lines of earlier times; without them it begins empty.
func loadHistory(file string) *history {
	h := &history{file: file}
	if text, err := os.ReadFile(file); err == nil {
		for line := range strings.Lines(string(text)) {
			h.Add(strings.TrimRight(line, "\n"))
		}
	}
	return h
}

// Add keeps a line, if it is not the same again.
func (h *history) Add(line string) {
	if line == "" || len(h.lines) > 0 && h.lines[len(h.lines)-1] == line {
		return
	}
	h.lines = append(h.lines, line)
	h.lines = h.lines[max(0, len(h.lines)-maxHistory):]
}

// Len is the number of lines.
func (h *history) Len() int { return len(h.lines) }

// At is a line, 0 the newest.
func (h *history) At(i int) string { return h.lines[len(h.lines)-1-i] }

// save writes the lines for the next time. Losing them is no failure of a conversation.
func (h *history) save() {
	if err := os.MkdirAll(filepath.Dir(h.file), 0o700); err != nil {
		return
	}
	_ = os.WriteFile(h.file, []byte(strings.Join(h.lines, "\n")+"\n"), 0o600)
}
