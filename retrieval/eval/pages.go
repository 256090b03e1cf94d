package eval

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
)

// maxTruth and maxSaved bound the files of a pages folder, in bytes.
const (
	maxTruth = 64 << 20
	maxSaved = 64 << 20
)

// Pages measures extraction on a folder of saved pages (ID.html.gz) with their true texts (truth.json): extract gives the paragraphs of a
// page, and an error of it counts as an empty text. done is told each page. The figures are those of the article extraction benchmark,
// and how many of the truth's paragraphs come back whole; texts are what was extracted, by id, for a referee.
func Pages(folder string, extract func(url string, html []byte) ([]string, error), done func()) (figures Figures, texts map[string]string, err error) {
	var c pageCounts
	texts = map[string]string{}
	err = eachPage(folder, func(id string, truth truePage, html []byte) {
		began := time.Now()
		paragraphs, err := extract(truth.URL, html)
		c.took = append(c.took, time.Since(began))
		if err != nil {
			paragraphs = nil
		}
		texts[id] = strings.Join(paragraphs, "\n\n")
		c.add(truth.Text, paragraphs)
		done()
	})
	return c.figures(), texts, err
}

// PageTrials measures n ways to decide what the article is on the pages of a folder. read is asked once a page, and what it returns gives
// the paragraphs of each trial, 0 to n-1; an error of read counts as an empty text in all. The figures are in the order of the trials,
// without times.
func PageTrials(folder string, n int, read func(id, url string, html []byte) (func(trial int) []string, error), done func()) ([]Figures, error) {
	counts := make([]pageCounts, n)
	err := eachPage(folder, func(id string, truth truePage, html []byte) {
		decide, err := read(id, truth.URL, html)
		for i := range counts {
			var paragraphs []string
			if err == nil {
				paragraphs = decide(i)
			}
			counts[i].add(truth.Text, paragraphs)
		}
		done()
	})
	all := make([]Figures, n)
	for i := range counts {
		all[i] = counts[i].figures()
	}
	return all, err
}

// eachPage visits the pages of a folder in the order of their ids.
func eachPage(folder string, visit func(id string, truth truePage, html []byte)) error {
	truth, err := readTruth(folder)
	if err != nil {
		return err
	}
	for _, id := range slices.Sorted(maps.Keys(truth)) {
		html, err := readPage(filepath.Join(folder, id+".html.gz"))
		if err != nil {
			return err
		}
		visit(id, truth[id], html)
	}
	return nil
}

// A truePage is an entry of truth.json.
type truePage struct {
	URL  string `json:"url"`
	Text string `json:"articleBody"`
}

func readTruth(folder string) (map[string]truePage, error) {
	f, err := os.Open(filepath.Join(folder, "truth.json"))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var truth map[string]truePage
	if err := json.NewDecoder(io.LimitReader(f, maxTruth)).Decode(&truth); err != nil {
		return nil, fmt.Errorf("truth.json: %w", err)
	}
	return truth, nil
}

func readPage(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	unzipped, err := gzip.NewReader(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return io.ReadAll(io.LimitReader(unzipped, maxSaved))
}

// pageCounts gathers the figures of a folder of pages.
type pageCounts struct {
	precisions, recalls []float64 // of the pages whose prediction, or truth, is not empty
	pages, exact        int
	wanted, whole       int // the truth's paragraphs, and those that came back as exactly one
	ours, extra         int // our paragraphs, and those that are no run of the truth's words
	took                []time.Duration
}

func (c *pageCounts) add(truth string, paragraphs []string) {
	want, got := tokens(truth), tokens(strings.Join(paragraphs, "\n\n"))
	c.pages++
	if slices.Equal(want, got) {
		c.exact++
	}
	precision, recall := overlap(shingles(want), shingles(got))
	if len(got) > 0 {
		c.precisions = append(c.precisions, precision)
	}
	if len(want) > 0 {
		c.recalls = append(c.recalls, recall)
	}
	c.addParagraphs(truth, want, paragraphs)
}

var blankLine = regexp.MustCompile(`\n[ \t]*\n`)

func (c *pageCounts) addParagraphs(truth string, words, paragraphs []string) {
	whole := " " + strings.Join(words, " ") + " "
	ours := map[string]int{}
	for _, p := range paragraphs {
		text := strings.Join(tokens(p), " ")
		if text == "" {
			continue
		}
		c.ours++
		ours[text]++
		if !strings.Contains(whole, " "+text+" ") {
			c.extra++
		}
	}
	for _, piece := range blankLine.Split(truth, -1) {
		text := strings.Join(tokens(piece), " ")
		if text == "" {
			continue
		}
		c.wanted++
		if ours[text] > 0 {
			ours[text]--
			c.whole++
		}
	}
}

// figures: F1 is the harmonic mean of the mean precision and the mean recall, not the mean of the pages' F1.
func (c *pageCounts) figures() Figures {
	precision, recall := mean(c.precisions), mean(c.recalls)
	f1 := 0.
	if precision+recall > 0 {
		f1 = 2 * precision * recall / (precision + recall)
	}
	figures := Figures{
		{"pages", float64(c.pages)},
		{"F1", round(f1)},
		{"precision", round(precision)},
		{"recall", round(recall)},
		{"exact", share(c.exact, float64(c.pages))},
		{"paragraphs", share(c.whole, float64(c.wanted))},
		{"extra", share(c.extra, float64(c.ours))},
	}
	if len(c.took) > 0 {
		slices.Sort(c.took)
		figures = append(figures, Figure{"median ms", round(c.took[len(c.took)/2].Seconds() * 1000)}, Figure{"max ms", round(c.took[len(c.took)-1].Seconds() * 1000)})
	}
	return figures
}

func mean(values []float64) (sum float64) {
	for _, v := range values {
		sum += v / float64(len(values))
	}
	return sum
}

// tokens are the words of a text: maximal runs of letters, numbers and underscores.
func tokens(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r != '_' && !unicode.IsLetter(r) && !unicode.IsNumber(r) })
}

// shingles counts the runs of four words; of one to three words the whole is the only one.
func shingles(words []string) map[string]int {
	counts := map[string]int{}
	if len(words) > 0 && len(words) < 4 {
		counts[strings.Join(words, " ")]++
	}
	for i := 0; i+4 <= len(words); i++ {
		counts[strings.Join(words[i:i+4], " ")]++
	}
	return counts
}

// overlap is the precision and recall of predicted shingles against the true ones, each 1 where nothing is wrong or missing.
func overlap(truth, predicted map[string]int) (precision, recall float64) {
	both, all, found := 0, 0, 0
	for s, n := range truth {
		both += min(n, predicted[s])
		all += n
	}
	for _, n := range predicted {
		found += n
	}
	ratio := func(of int) float64 {
		switch {
		case both == all && both == found:
			return 1
		case of == 0:
			return 0
		}
		return float64(both) / float64(of)
	}
	return ratio(found), ratio(all)
}
