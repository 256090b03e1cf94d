package bot

import (
	"context"

	"archivist"
)

// What has to be answered at once comes from memory alone: no store, no network, at most 20 ms.

// Complete offers values for an option of r.Command while it is typed: at most 25, none where the library is not in memory yet.
func (b *Bot) Complete(r Request, option, typed string) []Choice { return nil }

// Form is what a press opens at once instead of being acknowledged. ok is false for all that Press does.
func (b *Bot) Form(r Request, id string) (f Form, ok bool) { return Form{}, false }

// Warm reads into memory what Complete needs of a library, and who may use its moderators' commands. Whoever brings requests calls it when a
// library comes into sight.
func (b *Bot) Warm(ctx context.Context, library archivist.LibraryID) error {
	return b.watchOffices(ctx, library)
}
