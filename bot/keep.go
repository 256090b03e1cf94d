package bot

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"hash/fnv"
	"regexp"
	"sync"

	"archivist"
)

// saltSetting holds what makes the hashes of a library's people its own. It is no rule that people set.
const saltSetting = "people.salt"

// hash is the person as a library knows them: salted for it alone, so that nobody is recognised from one library to another.
func (b *Bot) hash(ctx context.Context, r Request) (string, error) {
	settings, err := b.rules.Settings(ctx, r.Library)
	if err != nil {
		return "", err
	}
	salt := settings[saltSetting]
	if salt == "" {
		if salt, err = b.makeSalt(ctx, r.Library); err != nil {
			return "", err
		}
	}
	return hashed(salt, r.Person), nil
}

func hashed(salt, person string) string {
	sum := sha256.Sum256([]byte(salt + "\x00" + person))
	return hex.EncodeToString(sum[:16])
}

// makeSalt makes a library's salt unless another request has just done so.
func (b *Bot) makeSalt(ctx context.Context, library archivist.LibraryID) (string, error) {
	b.salting.Lock()
	defer b.salting.Unlock()
	settings, err := b.rules.Settings(anew(ctx), library)
	if err != nil || settings[saltSetting] != "" {
		return settings[saltSetting], err
	}
	salt := rand.Text()
	return salt, b.rules.SetSetting(ctx, library, saltSetting, salt, archivist.Act{})
}

const cardIDLength = 16

// newCard keeps the state of a card that did not exist before, and returns its id.
func (b *Bot) newCard(ctx context.Context, r Request, kind Kind, question string, state any) (id string, err error) {
	c, err := b.freshCard(ctx, r, kind, question, state)
	if err != nil {
		return "", err
	}
	return c.ID, b.diary.SaveCard(ctx, c)
}

// freshCard is the state of a card that did not exist before, which nobody keeps yet.
func (b *Bot) freshCard(ctx context.Context, r Request, kind Kind, question string, state any) (archivist.CardState, error) {
	person, err := b.hash(ctx, r)
	if err != nil {
		return archivist.CardState{}, err
	}
	return withState(archivist.CardState{
		ID: rand.Text()[:cardIDLength], Library: r.Library, Person: person, Channel: r.Channel, Kind: string(kind), Question: question, Created: r.Asked,
	}, state)
}

// offerCard is newCard for a card that is worth showing without its buttons: where nothing can be kept, as on a full disk, its id is "".
func (b *Bot) offerCard(ctx context.Context, r Request, kind Kind, question string, state any) (id string, err error) {
	id, err = b.newCard(ctx, r, kind, question, state)
	if err != nil && ctx.Err() == nil {
		b.log.Error("a card is shown without buttons, as its state cannot be kept", "library", string(r.Library), "error", err)
		return "", nil
	}
	return id, err
}

// keepCard keeps a card's state in the place of the one before.
func (b *Bot) keepCard(ctx context.Context, c archivist.CardState, state any) error {
	c, err := withState(c, state)
	if err != nil {
		return err
	}
	return b.diary.SaveCard(ctx, c)
}

func withState(c archivist.CardState, state any) (archivist.CardState, error) {
	text, err := json.Marshal(state)
	c.State = string(text)
	return c, err
}

// errForeign says that a card's state is not one that this version wrote.
var errForeign = errors.New("a card's state of another version")

// stateOf reads a card's state.
func stateOf[T any](c archivist.CardState) (T, error) {
	var state T
	if json.Unmarshal([]byte(c.State), &state) != nil {
		return state, errForeign
	}
	return state, nil
}

// lockOf is the lock of a card. Cards share locks: that costs a wait now and then, and no upkeep.
func (b *Bot) lockOf(card string) *sync.Mutex {
	sum := fnv.New32a()
	_, _ = sum.Write([]byte(card)) // never fails
	return &b.pressing[sum.Sum32()%uint32(len(b.pressing))]
}

var customIDs = regexp.MustCompile(`^v1:([a-z]{1,20}):([A-Z2-7]{16})$`)

// customID names an action on a card, so that a button works after a restart: what it needs lies in the store.
func customID(action, card string) string { return "v1:" + action + ":" + card }

// ParseCustomID takes a button's id apart. ok is false for what this version did not make.
func ParseCustomID(id string) (action, card string, ok bool) {
	m := customIDs.FindStringSubmatch(id)
	if m == nil {
		return "", "", false
	}
	return m[1], m[2], true
}
