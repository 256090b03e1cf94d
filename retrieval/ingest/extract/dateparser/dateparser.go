// Package dateparser stands in for github.com/markusmobius/go-dateparser, which the selector trafilatura brings along for dates that we do
// not ask it for (extract's meta.go reads dates). The original fills tables of 200 languages while the program starts: .2 s and 78 MB for
// every command, on every start. This module has the names that its one user, go-htmldate, is built with, and parses nothing;
// go.mod replaces the original by it, docs/decisions/0003-selectors.md tells the price.
package dateparser

import (
	"errors"
	"time"
)

// A ParserType names a way to read dates.
type ParserType uint8

// The ways that go-htmldate names.
const (
	CustomFormat ParserType = iota
	AbsoluteTime
)

// A PreferredDateSource says which date is meant where several may be.
type PreferredDateSource uint8

// Past means the latest date that is over.
const Past PreferredDateSource = 1

// A Configuration is what a date is read with.
type Configuration struct {
	PreferredDateSource PreferredDateSource
	StrictParsing       bool
}

// A Parser reads dates.
type Parser struct{ ParserTypes []ParserType }

// A Date is what was read.
type Date struct{ Time time.Time }

// Parse reads no date: it always returns an error.
func (*Parser) Parse(*Configuration, string, ...string) (Date, error) {
	return Date{}, errors.New("dateparser: this build reads no dates")
}
