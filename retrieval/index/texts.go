package index

import "slices"

// texts are articles one behind the other, flat.
type texts struct {
	ids        []int64 // by article, as are the next four
	days       []int32
	languages  []uint16 // of languageNames
	firsts     []uint32 // the article's first passage; one more at the end
	titleEnds  []uint32 // in titleWords
	titleWords []uint32 // terms

	extents  []uint16          // four a passage, the first of them elsewhere where one does not fit
	long     map[uint32]Extent // by passage: extents that are elsewhere
	wordEnds []uint32          // of each passage among the tokens of all passages

	languageNames []string
}

func (x *texts) articles() int { return len(x.ids) }
func (x *texts) passages() int { return len(x.wordEnds) }

// from is where the n-th of consecutive lists begins, whose ends are known.
func from(ends []uint32, n uint32) uint32 {
	if n == 0 {
		return 0
	}
	return ends[n-1]
}

// title is the words of an article's title, without marks.
func (x *texts) title(article uint32) []uint32 {
	return x.titleWords[from(x.titleEnds, article):x.titleEnds[article]]
}

// articleLength is the article's length in terms, without its title.
func (x *texts) articleLength(article uint32) int {
	return int(from(x.wordEnds, x.firsts[article+1]) - from(x.wordEnds, x.firsts[article]))
}

// elsewhere says that an extent has numbers of more than 16 bits.
const elsewhere = 1<<16 - 1

func (x *texts) extent(passage uint32) Extent {
	e := x.extents[passage*4 : passage*4+4]
	if e[0] == elsewhere {
		return x.long[passage]
	}
	return Extent{First: int(e[0]), Start: int(e[1]), Last: int(e[2]), End: int(e[3])}
}

// begin adds an article without texts.
func (x *texts) begin(id int64, day int32, language string) {
	number := slices.Index(x.languageNames, language)
	if number < 0 {
		number = len(x.languageNames)
		x.languageNames = append(x.languageNames, language)
	}
	x.ids, x.days, x.languages = append(x.ids, id), append(x.days, day), append(x.languages, uint16(number))
	x.firsts = append(x.firsts, uint32(len(x.wordEnds)))
	x.titleEnds = append(x.titleEnds, uint32(len(x.titleWords)))
}

// addTitle gives the article that was begun last its title.
func (x *texts) addTitle(words []uint32) {
	x.titleWords = append(x.titleWords, words...)
	x.titleEnds[len(x.titleEnds)-1] = uint32(len(x.titleWords))
}

// addPassage gives it one passage more, whose last token is the last of all of so many.
func (x *texts) addPassage(e Extent, words int) {
	x.wordEnds = append(x.wordEnds, uint32(words))
	x.addExtent(e)
	x.firsts[len(x.firsts)-1]++
}

func (x *texts) addExtent(e Extent) {
	if max(e.First, e.Start, e.Last, e.End) < elsewhere {
		x.extents = append(x.extents, uint16(e.First), uint16(e.Start), uint16(e.Last), uint16(e.End))
		return
	}
	if x.long == nil {
		x.long = map[uint32]Extent{}
	}
	x.long[uint32(len(x.extents)/4)] = e
	x.extents = append(x.extents, elsewhere, elsewhere, elsewhere, elsewhere)
}

// append adds others behind, which begin there, but for their words of titles, for which there is room.
func (x *texts) append(o *texts, at origin) {
	for a := range o.ids {
		x.begin(o.ids[a], o.days[a], o.languageNames[o.languages[a]])
		x.firsts[len(x.firsts)-1] = at.passage + o.firsts[a+1]
		x.titleEnds[len(x.titleEnds)-1] = at.titleWord + o.titleEnds[a]
	}
	for _, end := range o.wordEnds {
		x.wordEnds = append(x.wordEnds, at.word+end)
	}
	for passage := range uint32(o.passages()) {
		x.addExtent(o.extent(passage))
	}
}

// bytes is what they hold in memory.
func (x *texts) bytes() int {
	return 8*len(x.ids) + 2*len(x.languages) + 2*len(x.extents) + 48*len(x.long) +
		4*(len(x.days)+len(x.firsts)+len(x.titleEnds)+len(x.titleWords)+len(x.wordEnds))
}
