package extract

import (
	"strings"

	"archivist"
)

// A Rule is one line of the tables of rules: of choice, which keep blocks that one extractor missed, and of the filter, which take furniture
// out. Each has a page of its name in testdata/rules that needs it.
type Rule struct {
	Name   string
	Reason string // why what it keeps is the article's, or what it takes is none of it
	Limit  string // what it never goes beyond
}

// Rules lists all rules, in the order of their work.
func Rules() (all []Rule) {
	all = append(all, guardRule, lateRule)
	for _, r := range additions {
		all = append(all, r.Rule)
	}
	all = append(all, betweenRule, rowsRule, headingRule)
	for _, r := range removals {
		all = append(all, r.Rule)
	}
	return append(all, endRule, listRule)
}

// A removal is a rule of the filter.
type removal struct {
	Rule
	most int // words of a block that it may take; 0: of any
	hits func(f *furniture, i int, b *block) bool
}

// removals are the rules of the filter; the first that hits takes the block. Patterns are anchored and case-folded and look at short
// blocks only; none removes a block of prose by its element's name alone.
var removals = []removal{
	{Rule{"title", "the card has it", "the h1, or the first two blocks where they equal the title"}, 0, func(f *furniture, i int, b *block) bool {
		return i <= f.firstKept+1 && sameWords(b.text, f.meta.title) || b.kind == archivist.KindHeading && b.level == 1
	}},
	{Rule{"date", "the card has it", "14 words of the first 4 blocks that are no sentence, or of the last 3 that begin with \"Updated\""}, 14, func(f *furniture, i int, b *block) bool {
		return f.place(i) < 4 && isDateLine(b.text) || f.place(i) >= f.count-3 && isUpdateLine(b.text)
	}},
	{Rule{"byline", "the card has it", "the first 4 blocks, 8 words"}, 8, func(f *furniture, i int, b *block) bool {
		return f.place(i) < 4 && byline.MatchString(b.text) && f.names(b.text)
	}},
	{Rule{"label", "the whole block is a word of the page's furniture", "24 words, no row"}, 24, func(f *furniture, i int, b *block) bool {
		return b.kind != archivist.KindRow && label.MatchString(b.text)
	}},
	{Rule{"comments", "readers' words, and what moderators tell them", "elements that are named comments, where they have less than half of the words; 40 words of the last third"}, 0, func(f *furniture, i int, b *block) bool {
		return f.commented && isComment(b) || b.words <= 40 && 3*f.place(i) >= 2*f.count && moderates(b.text)
	}},
	{Rule{"related", "a label of other articles", "39 words, two fifths of them links, or 6 words, or a colon at its end"}, 39, func(f *furniture, i int, b *block) bool {
		return related.MatchString(b.text) && (5*b.linkWords >= 2*b.words || strings.HasSuffix(b.text, ":") || b.words <= 6)
	}},
	{Rule{"link", "a teaser", "four fifths of it are links"}, 0, func(f *furniture, i int, b *block) bool {
		return b.kind != archivist.KindHeading && b.kind != archivist.KindRow && b.words >= 4 && 5*b.linkWords >= 4*b.words
	}},
	{Rule{"pointer", "it names another article", "5 words up to a colon, all but one of the rest a link of four words, or addresses"}, 30, func(f *furniture, i int, b *block) bool {
		return b.kind == archivist.KindParagraph && isPointer(b)
	}},
	{Rule{"prompt", "newsletter, app, follow, donate", "29 words, 69 if an eighth are links"}, 69, func(f *furniture, i int, b *block) bool {
		return (b.words < 30 || 8*b.linkWords >= b.words) && asks(b.text)
	}},
	{Rule{"shortcode", "left by a broken plug-in", "starts with a tag in square brackets that has an attribute, or its end"}, 0, func(f *furniture, i int, b *block) bool {
		return strings.HasPrefix(b.text, "[") && shortcode.MatchString(b.text)
	}},
	{Rule{"credits", "who helped, below the text", "the second half, 39 words"}, 39, func(f *furniture, i int, b *block) bool {
		return i > f.middle && credits.MatchString(b.text)
	}},
	{Rule{"copyright", "whose rights", "60 words that begin so, 12 of the last 3 blocks that have the sign"}, 60, func(f *furniture, i int, b *block) bool {
		return copyright.MatchString(b.text) || b.words <= 12 && f.place(i) >= f.count-3 && strings.Contains(b.text, "©")
	}},
	{Rule{"tags", "the page's keywords", "40 words"}, 40, func(f *furniture, i int, b *block) bool {
		return tags.MatchString(b.text)
	}},
}

// Rules of the filter that take several blocks.
var (
	endRule  = Rule{"end", "behind the form of a comment no article goes on", "the last third of the blocks, no prose behind it where most of the article stands, and not 150 words elsewhere"}
	listRule = Rule{"list", "an article does not end in a list of links", "the last three items or more, each with three tenths of links, and a label of 6 words"}
)

// isDateLine reports a line that says when: a year behind a beginning of a date or beside a time of day.
func isDateLine(s string) bool {
	return year.MatchString(s) && !strings.HasSuffix(s, ".") && (dateLine.MatchString(s) || clock.MatchString(s)) || isUpdateLine(s)
}

// isUpdateLine reports a line such as "Updated at 1:23 p.m.".
func isUpdateLine(s string) bool {
	return updated.MatchString(s) && (clock.MatchString(s) || year.MatchString(s))
}

// isPointer reports a line that is a label and a link: "See also: Ferry line 4 runs again".
func isPointer(b *block) bool {
	label, rest, found := strings.Cut(b.text, ":")
	words := countWords(rest)
	written := strings.Contains(rest, "://") // an address
	return found && countWords(label) <= 5 && (words >= 4 || written) && b.linkWords >= words-1 && b.linkWords <= words+1
}
