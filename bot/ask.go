package bot

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"

	"archivist"
)

// passagesKept is how many passages of an answer its card remembers.
const passagesKept = 5

// maxNotes is how many notes on a question its card shows.
const maxNotes = 3

// saltSetting holds what makes the hashes of a library's askers its own. It is no rule that people set.
const saltSetting = "people.salt"

// ask answers a question.
func (b *Bot) ask(ctx context.Context, r Request) (Card, error) {
	question := strings.TrimSpace(r.Options["question"])
	if utf8.RuneCountInString(question) > archivist.MaxQuestion {
		return Card{}, &archivist.Invalid{Code: archivist.QuestionLong, Text: "the question is longer than 1,000 characters"}
	}
	began := time.Now()
	answer, err := b.asker.Ask(ctx, archivist.Question{Library: r.Library, View: r.view(), Text: question, Asked: r.Asked, Limit: passagesKept})
	if err != nil {
		return Card{}, err
	}
	if err := b.keepQuestion(ctx, r, question, answer, time.Since(began)); err != nil {
		return Card{}, err
	}
	if answer.Refused() || len(answer.Passages) == 0 {
		return refusal(r, answer), nil
	}
	state := answerState{Closest: answer.Grade == archivist.GradeClosest, Notes: answer.Notes}
	for _, p := range answer.Passages {
		kept := passageState{
			Article: p.Article.ID, First: p.First, Last: p.Last, Text: p.Text, Bold: [2]int{p.Sentence.Start, p.Sentence.End}, Link: p.Link,
		}
		for _, h := range p.Also {
			kept.Also = append(kept.Also, sourceState{Name: cmp.Or(h.Site, h.Title, h.URL), URL: h.URL})
		}
		state.Passages = append(state.Passages, kept)
	}
	id := rand.Text()[:cardIDLength]
	stored, err := json.Marshal(state)
	if err != nil {
		return Card{}, err
	}
	if err := b.diary.SaveCard(ctx, archivist.CardState{
		ID: id, Library: r.Library, Person: r.Person, Channel: r.Channel, Kind: string(KindAnswer), Question: question, State: string(stored), Created: r.Asked,
	}); err != nil {
		return Card{}, err
	}
	return answerCard(r, id, state, answer.Passages[0].Article), nil
}

// answerMessage answers the text of a message, privately.
func (b *Bot) answerMessage(ctx context.Context, r Request) (Card, error) {
	r.Options = map[string]string{"question": r.Target}
	return b.ask(ctx, r)
}

// answerState is what a card of an answer remembers, as JSON in CardState.State.
type answerState struct {
	Passages []passageState   `json:"passages"` // best first
	Closest  bool             `json:"closest,omitempty"`
	Notes    []archivist.Note `json:"notes,omitempty"`
	Wide     bool             `json:"wide,omitempty"` // with the paragraphs around
}

type passageState struct {
	Article archivist.ArticleID `json:"article"`
	First   int                 `json:"first"`
	Last    int                 `json:"last"`
	Text    string              `json:"text"`
	Bold    [2]int              `json:"bold"` // the answering sentence, in bytes of Text
	Link    string              `json:"link,omitempty"`
	Also    []sourceState       `json:"also,omitempty"` // other articles that say the same
}

type sourceState struct {
	Name string `json:"name"`
	URL  string `json:"url"`
}

func (p passageState) sentence() archivist.Span {
	return archivist.Span{Start: p.Bold[0], End: p.Bold[1]}
}

// answerCard shows the best passage of an answer.
func answerCard(r Request, id string, state answerState, h archivist.Head) Card {
	p := state.Passages[0]
	c := Card{Kind: KindAnswer}
	c.head(h, p.Link)
	c.Body = notes(r, state.Notes)
	if state.Closest {
		c.Body = append(c.Body, line(r.text("answer.closest")))
	}
	c.Body = append(c.Body, quote(p.Text, p.sentence(), maxPassage), citation(r, h))
	if len(p.Also) > 0 {
		c.Body = append(c.Body, alsoIn(r, p.Also))
	}
	c.Buttons = inRows(append(open(r, p.Link, h.URL), Button{Label: say(r.Locale, "button.more"), ID: customID(actionMore, id)}))
	return c
}

// alsoIn names the other articles that say the same as a passage.
func alsoIn(r Request, sources []sourceState) Block {
	b := line(r.text("cite.also"))
	for i, s := range sources {
		if i > 0 {
			b.Parts = append(b.Parts, plain(","))
		}
		b.Parts = append(b.Parts, plain(" "), Part{Text: short(s.Name, maxSite), Link: linkOf(s.URL)})
	}
	return b
}

// notes tell how the question was read, where that is not as it was typed.
func notes(r Request, list []archivist.Note) (blocks []Block) {
	for _, n := range list[:min(len(list), maxNotes)] {
		switch n.Kind {
		case archivist.NoteLoose:
			blocks = append(blocks, line(r.text("note.loose", short(n.Typed, maxEcho))))
		case archivist.NoteFiltered:
			blocks = append(blocks, line(r.text("note.filtered")))
		default:
			blocks = append(blocks, line(r.text("note.read", short(n.Typed, maxEcho), short(n.Read, maxEcho))))
		}
	}
	return blocks
}

// refusal says that the library does not hold the answer, and what comes nearest.
func refusal(r Request, a archivist.Answer) Card {
	c := Card{Kind: KindRefusal, Body: append(notes(r, a.Notes), line(r.text("answer.refusal")))}
	if len(a.Nearest) > 0 {
		c.Body = append(c.Body, line(r.text("answer.nearest")))
	}
	for _, h := range a.Nearest[:min(len(a.Nearest), 3)] {
		c.Body = append(c.Body, headline(r, h))
	}
	return c
}

// keepQuestion stores what was asked for the moderators: not who asked, but a hash that is salted for this library alone.
func (b *Bot) keepQuestion(ctx context.Context, r Request, question string, a archivist.Answer, took time.Duration) error {
	person, err := b.hash(ctx, r)
	if err != nil {
		return err
	}
	asked := archivist.Asked{
		Library: r.Library, Channel: r.Channel, Person: person, Text: question, At: r.Asked, Grade: a.Grade, Confidence: a.Confidence, Took: took,
	}
	if r.Hidden != "" {
		asked.Channels = []string{r.Hidden}
	}
	return b.diary.SaveQuestion(ctx, asked)
}

func (b *Bot) hash(ctx context.Context, r Request) (string, error) {
	b.salting.Lock() // two first questions at once must not make two salts
	defer b.salting.Unlock()
	settings, err := b.rules.Settings(ctx, r.Library)
	if err != nil {
		return "", err
	}
	salt := settings[saltSetting]
	if salt == "" {
		salt = rand.Text()
		if err := b.rules.SetSetting(ctx, r.Library, saltSetting, salt, archivist.Act{}); err != nil {
			return "", err
		}
	}
	sum := sha256.Sum256([]byte(salt + "\x00" + r.Person))
	return hex.EncodeToString(sum[:16]), nil
}
