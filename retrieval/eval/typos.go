package eval

import (
	"context"
	"math/rand/v2"
	"unicode"

	"archivist"
)

// A Speller knows the words of a library: the Engine.
type Speller interface {
	// RarestWord is where a question's rarest known word of at least some letters stands; ok is false where it has none.
	RarestWord(ctx context.Context, library archivist.LibraryID, question string, letters int) (at archivist.Span, ok bool, err error)
}

// mistypedLetters is the fewest letters of a word that Mistype breaks.
const mistypedLetters = 6

// Mistype is the questions with the rarest word of at least six letters broken in each by one slip, chosen by the seed: a letter left out,
// typed too much, another one, or two neighbours swapped. Questions without such a word stay as they are.
func Mistype(ctx context.Context, s Speller, library archivist.LibraryID, questions []Question, seed uint64) ([]Question, error) {
	chance := rand.New(rand.NewPCG(seed, seed))
	broken := make([]Question, len(questions))
	for i, q := range questions {
		at, ok, err := s.RarestWord(ctx, library, q.Text, mistypedLetters)
		if err != nil {
			return nil, err
		}
		if ok {
			q.Text = q.Text[:at.Start] + slip(chance, q.Text[at.Start:at.End]) + q.Text[at.End:]
		}
		broken[i] = q
	}
	return broken, nil
}

// slip types a word of two letters or more with one mistake. A wrong letter is one of the word's own script: one of the word's neighbours in
// the alphabet.
func slip(chance *rand.Rand, word string) string {
	letters := []rune(word)
	at := chance.IntN(len(letters))
	other := letters[chance.IntN(len(letters))] + 1
	if !unicode.IsLetter(other) {
		other -= 2
	}
	switch chance.IntN(4) {
	case 0:
		letters = append(letters[:at], letters[at+1:]...)
	case 1:
		letters = append(letters[:at], append([]rune{other}, letters[at:]...)...)
	case 2:
		letters[at] = other
	default:
		at = min(at, len(letters)-2)
		letters[at], letters[at+1] = letters[at+1], letters[at]
	}
	return string(letters)
}
