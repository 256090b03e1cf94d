// Package storage opens the store that an address names. There is one engine now, SQLite in a file; a second one joins here, behind the
// same methods and under the same contract (storage/storagetest).
package storage

import (
	"context"
	"strings"

	"archivist"
	"archivist/storage/sqlite"
)

// A Store is an open store. What its users call of it they declare themselves, as small interfaces.
type Store = sqlite.Store

// Open opens the store at address: a file's path. It is made if it is not there.
func Open(ctx context.Context, address string) (*Store, error) {
	if strings.Contains(address, "://") {
		return nil, &archivist.Invalid{Code: archivist.InvalidArgument, Text: "the database is a file: name its path with --database"}
	}
	return sqlite.Open(ctx, address, sqlite.Options{})
}

// Restore puts a backup in the place of the store at address. An existing store is only replaced with force, and then kept under the
// name returned.
func Restore(ctx context.Context, backup, address string, force bool) (aside string, err error) {
	return sqlite.Restore(ctx, backup, address, force)
}
