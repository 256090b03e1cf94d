package storage

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"archivist/storage/sqlite"
)

// A Keeper makes backups of a store that is in use, one file each, and removes old ones.
type Keeper struct {
	Store  Copier
	Folder string        // is made if it is not there
	Every  time.Duration // from one backup to the next; the one that a process before this has made counts
	Keep   int           // backups, at least 1; the newest good one is always among them
	Logger *slog.Logger
	Now    func() time.Time // nil: time.Now
	pause  func(context.Context, time.Duration) error
}

// A Copier writes a store as it is at a moment to a new file, which is complete, checked and durable when Backup returns nil.
type Copier interface {
	Backup(ctx context.Context, file string) error
}

// The names of backups tell when they were made, in UTC.
const backupLayout = "archivist-20060102-150405.db"

// The pause after a backup that failed: it is doubled with each further failure, up to the most, or Every.
const (
	retryFirst = time.Minute
	retryMost  = time.Hour
)

// look is the longest that Run sleeps: the clock may be set, or the machine sleep, meanwhile.
const look = 10 * time.Minute

// Run makes a backup whenever one is due, until ctx ends; then it returns nil. What fails is told once and tried again, after a minute, two, four
// and so on, at last each hour; that it works again is told too.
func (k *Keeper) Run(ctx context.Context) error {
	if k.Now == nil {
		k.Now = time.Now
	}
	if k.pause == nil {
		k.pause = pause
	}
	failures, told := 0, ""
	var again time.Time // after a failure
	for ctx.Err() == nil {
		now := k.Now()
		due, err := k.due(now)
		if failures > 0 && again.After(due) && again.Sub(now) <= k.Every {
			due = again
		}
		if err == nil && due.After(now) {
			_ = k.pause(ctx, min(due.Sub(now), look)) // the loop sees that ctx has ended
			continue
		}
		var file string
		if err == nil {
			file, err = k.backup(ctx, now)
		}
		switch {
		case ctx.Err() != nil:
		case err != nil:
			again = now.Add(min(retryFirst<<min(failures, 10), retryMost, k.Every))
			failures++
			if err.Error() != told {
				told = err.Error()
				k.Logger.Error("no backup could be made; it is tried again, and nothing more said until it works or fails otherwise", "folder", k.Folder, "error", err)
			}
			_ = k.pause(ctx, min(again.Sub(now), look))
		default:
			if failures > 0 {
				k.Logger.Info("backups work again", "failed", failures)
			}
			failures, told = 0, ""
			k.Logger.Info("a backup was made", "file", file, "took", k.Now().Sub(now).Round(time.Millisecond))
		}
	}
	return nil
}

// due is when the next backup is to be made.
func (k *Keeper) due(now time.Time) (time.Time, error) {
	made, err := k.made(now)
	if err != nil || len(made) == 0 {
		return now, err
	}
	at, err := time.Parse(backupLayout, made[0])
	if err != nil || at.After(now) {
		return now, err
	}
	return at.Add(k.Every), nil
}

// made lists the backups of the folder, the newest first; those that are said to be of the future, as the clock was set back, last.
func (k *Keeper) made(now time.Time) (names []string, err error) {
	entries, err := os.ReadDir(k.Folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var future []string
	slices.Reverse(entries) // they are sorted by name, which tells the time
	for _, entry := range entries {
		at, wrong := time.Parse(backupLayout, entry.Name())
		switch {
		case wrong != nil || !entry.Type().IsRegular():
		case at.After(now):
			future = append(future, entry.Name())
		default:
			names = append(names, entry.Name())
		}
	}
	return append(names, future...), err
}

// backup makes one, and then removes those that are too many.
func (k *Keeper) backup(ctx context.Context, now time.Time) (file string, err error) {
	if err := os.MkdirAll(k.Folder, 0o700); err != nil {
		return "", err
	}
	if err := k.sweep(); err != nil {
		return "", err
	}
	name := now.UTC().Format(backupLayout)
	file = filepath.Join(k.Folder, name)
	if err := k.Store.Backup(ctx, file); err != nil {
		return "", err
	}
	made, err := k.made(now)
	if err != nil {
		return "", err
	}
	for _, old := range made[min(len(made), k.Keep):] {
		if err := os.Remove(filepath.Join(k.Folder, old)); err != nil {
			return "", fmt.Errorf("remove an old backup: %w", err)
		}
	}
	return file, nil
}

// sweep removes what a process has left that died over a backup.
func (k *Keeper) sweep() error {
	entries, err := os.ReadDir(k.Folder)
	for _, entry := range entries {
		if name, part, found := strings.Cut(entry.Name(), sqlite.PartSuffix); found && (part == "" || part == "-journal") {
			if _, wrong := time.Parse(backupLayout, name); wrong == nil {
				err = errors.Join(err, os.Remove(filepath.Join(k.Folder, entry.Name())))
			}
		}
	}
	return err
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
