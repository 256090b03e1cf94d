//go:build !unix

package pgtest

import "syscall"

func ordinaryUser() *syscall.SysProcAttr { return nil }

func giveAway(string) error { return nil }
