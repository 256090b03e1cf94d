package postgres

import (
	"context"
	"errors"
	"io"
	"net"

	"archivist"

	"github.com/jackc/pgx/v5/pgconn"
)

// The conditions that we know what to do about (https://www.postgresql.org/docs/current/errcodes-appendix.html).
const (
	serializationFailure = "40001"
	deadlockDetected     = "40P01"
	uniqueViolation      = "23505"
	planChanged          = "0A000" // also of what is not supported
	undefinedTable       = "42P01"
	duplicateTable       = "42P07"
	wrongPassword        = "28P01"
	notAuthorised        = "28000"
	noDatabase           = "3D000"
	noPrivilege          = "42501"
	diskFull             = "53100"
	tooManyConnections   = "53300"
	queryCanceled        = "57014"
	adminShutdown        = "57P01"
	crashShutdown        = "57P02"
	cannotConnectNow     = "57P03"
	readOnly             = "25006"
)

// code is the condition that a server has named, "" if none did.
func code(err error) string {
	var e *pgconn.PgError
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

// explain turns errors that a person can mend into ones that say how. None of them shows an address. ctx is the caller's: where it goes on, the
// server is what took too long.
func explain(ctx context.Context, err error) error {
	if err == nil || ctx.Err() != nil || errors.Is(err, context.Canceled) {
		return err
	}
	mend := func(c archivist.Code, text string) error {
		return &archivist.Invalid{Code: c, Text: text}
	}
	switch code(err) {
	case wrongPassword, notAuthorised:
		return mend(archivist.DatabaseRefused, "the database server knows no such user, or has another password for it; correct the address of --database (or ARCHIVIST_DATABASE)")
	case noDatabase:
		return mend(archivist.DatabaseRefused, "there is no such database on the server; make it (createdb archivist), or correct the address of --database")
	case noPrivilege:
		return mend(archivist.DatabaseRefused, "the user may not do this in the database; make it the database's owner")
	case readOnly:
		return mend(archivist.DatabaseRefused, "the server is a replica, which only reads; name the primary with --database (or all of them, and target_session_attrs=read-write)")
	case diskFull:
		return mend(archivist.DatabaseFull, "the database server's disk is full: nothing was changed; make room and try again")
	case tooManyConnections:
		return mend(archivist.DatabaseBusy, "the database server has no connection left; raise its max_connections, or lower pool_max_conns in the address")
	case queryCanceled:
		return mend(archivist.DatabaseBusy, "the database server took too long: nothing was changed; try again in a moment")
	case serializationFailure, deadlockDetected:
		return mend(archivist.DatabaseBusy, "the database is busy with other processes: nothing was changed; try again in a moment")
	case adminShutdown, crashShutdown, cannotConnectNow:
		return mend(archivist.DatabaseAway, "the database server is stopping or starting; try again in a minute")
	}
	var connect *pgconn.ConnectError
	var network net.Error
	if errors.As(err, &connect) || errors.As(err, &network) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) || pgconn.SafeToRetry(err) {
		return mend(archivist.DatabaseAway, "the database server cannot be reached; see that it runs and that the address of --database is right, or try again in a minute")
	}
	return err
}
