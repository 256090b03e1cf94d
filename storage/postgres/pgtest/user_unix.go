//go:build unix

package pgtest

import (
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// ordinary is whom the server runs as where we are root, under whom it does not start.
func ordinary() (uid, gid int) {
	for _, name := range []string{"postgres", "nobody"} {
		if u, err := user.Lookup(name); err == nil {
			uid, wrong := strconv.Atoi(u.Uid)
			gid, wrong2 := strconv.Atoi(u.Gid)
			if wrong == nil && wrong2 == nil {
				return uid, gid
			}
		}
	}
	return 65534, 65534
}

func ordinaryUser() *syscall.SysProcAttr {
	if os.Getuid() != 0 {
		return nil
	}
	uid, gid := ordinary()
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
}

// giveAway makes a file, or a folder with all in it, the ordinary user's.
func giveAway(name string) error {
	if os.Getuid() != 0 {
		return nil
	}
	uid, gid := ordinary()
	return filepath.WalkDir(name, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Chown(path, uid, gid)
	})
}
