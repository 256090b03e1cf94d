package archivist

import (
	"errors"
	"fmt"
	"time"
)

// ErrNotFound says that a library, article, job or card is not there (any more).
var ErrNotFound = errors.New("not found")

// ErrLeaseLost says that a job is no longer its worker's: it was cancelled, or another process has it. Nothing of the attempt is stored.
var ErrLeaseLost = errors.New("the job was cancelled or taken over by another process")

// ErrOutdated says that nothing was stored, as the library is no longer as it was looked at before: look again.
var ErrOutdated = errors.New("the library has changed since it was looked at")

// A Code is a stable name for what went wrong, stored, counted, tested, and mapped to a sentence in each language.
type Code string

// What the asker can mend (Invalid).
const (
	InvalidLibrary   Code = "library"
	QuestionEmpty    Code = "question_empty"
	QuestionLong     Code = "question_long"
	QuestionCommon   Code = "question_common" // made of stop words only
	LibraryEmpty     Code = "library_empty"   // nothing stored yet
	InvalidSetting   Code = "setting"
	InvalidArgument  Code = "argument"
	TooManyRequests  Code = "limit"       // a quota is used up
	FeedsFull        Code = "feeds_full"  // a library has as many feeds as it may have
	NotAllowed       Code = "not_allowed" // a moderator's rule of who may add articles
	Blocked          Code = "blocked"     // moderators keep the person out
	FeedsOff         Code = "feeds_off"   // the operator has set no contact
	DatabaseNewer    Code = "database_newer"
	DatabaseBusy     Code = "database_busy"
	DatabaseFull     Code = "database_full"
	DatabaseAway     Code = "database_away"    // its server cannot be reached
	DatabaseRefused  Code = "database_refused" // its server lets us not in, or not write
	DatabaseExists   Code = "database_exists"
	DatabaseNotOurs  Code = "database_foreign"
	BackupUnreadable Code = "backup"
)

// Why a link was not added (Failure); README's users see a sentence for each (bot's catalogue).
const (
	AddressRefused Code = "address_refused"
	BadURL         Code = "bad_url"
	BadScheme      Code = "scheme"
	BadPort        Code = "port"
	UserInfo       Code = "userinfo"
	Robots         Code = "robots"
	Forbidden      Code = "forbidden"
	Gone           Code = "gone"
	Busy           Code = "busy"
	ServerError    Code = "server"
	Timeout        Code = "timeout"
	Network        Code = "network"
	TLS            Code = "tls"
	DNS            Code = "dns"
	TooLarge       Code = "too_large"
	TooSlow        Code = "too_slow"
	BadEncoding    Code = "bad_encoding"
	TooDeep        Code = "too_deep"
	TooComplex     Code = "too_complex"
	WrongType      Code = "type"
	Scan           Code = "scan"
	Consent        Code = "consent"
	Paywall        Code = "paywall"
	Listing        Code = "listing"
	EmptyPage      Code = "empty"
	Suspicious     Code = "suspicious" // most of an article's text is gone from its page: the old text stays until the page says so twice
	NoFeed         Code = "no_feed"    // neither a feed nor a page that names one
	CapReached     Code = "cap"
	DomainBlocked  Code = "domain_blocked" // a moderator's rule
	Cancelled      Code = "cancelled"      // by whoever asked for it, or a moderator
	Internal       Code = "internal"       // our own failure; the log has the incident
)

// Retryable reports whether trying a link again later can help.
func (c Code) Retryable() bool {
	switch c {
	case Busy, ServerError, Timeout, Network, TLS, DNS, DatabaseFull, DatabaseBusy, DatabaseAway, Internal:
		return true
	}
	return false
}

// An Invalid is an error that the asker can mend. Text is one English sentence that says what to change; other languages map Code.
type Invalid struct {
	Code Code
	Text string
}

func (e *Invalid) Error() string { return e.Text }

// A Failure says why a link, page or file could not be brought in. Its text names no address of the inside.
type Failure struct {
	Code   Code
	Detail string // for the log and the command line: "HTTP 404", "longer than 8 MiB"; may be empty
	Err    error  // the cause, may be nil; for the log only
	Offer  Offer  // what could be brought in instead
}

// An Offer is a way on from a failure. The zero value offers nothing.
type Offer struct {
	Kind OfferKind `json:"kind"`
	URL  string    `json:"url"`
	At   time.Time `json:"at,omitzero"` // of an archive's copy, when it was made
}

// An OfferKind says what can be done with an offer's URL.
type OfferKind string

// The kinds of offers.
const (
	OfferFeed    OfferKind = "feed"    // subscribe to it
	OfferArchive OfferKind = "archive" // a copy of the page: a job of kind JobArchive for the page's own address reads it
)

func (e *Failure) Error() string {
	if e.Detail == "" {
		return string(e.Code)
	}
	return fmt.Sprintf("%s: %s", e.Code, e.Detail)
}

func (e *Failure) Unwrap() error { return e.Err }

// CodeOf is the code of the Failure or Invalid in err's chain, Internal for any other error, "" for nil.
func CodeOf(err error) Code {
	var failure *Failure
	var invalid *Invalid
	switch {
	case err == nil:
		return ""
	case errors.As(err, &failure):
		return failure.Code
	case errors.As(err, &invalid):
		return invalid.Code
	}
	return Internal
}

// OfferOf is the offer of the Failure in err's chain.
func OfferOf(err error) Offer {
	var failure *Failure
	if errors.As(err, &failure) {
		return failure.Offer
	}
	return Offer{}
}

// A Finding is something that must not be in a store, and what to do about it.
type Finding struct{ Problem, Advice string }
