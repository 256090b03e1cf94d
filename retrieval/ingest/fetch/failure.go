package fetch

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"syscall"
	"time"

	"archivist"
)

// A Status is the cause (Failure.Err) of a Failure that the site's status tells: 404, 410, …
type Status int

// StatusGone is the status of what was taken away on purpose, where 404 may be a slip.
const StatusGone Status = http.StatusGone

func (s Status) Error() string { return "HTTP " + strconv.Itoa(int(s)) }

// statusFailure says what a status that is no page means, and closes the domain where the site asks for it.
func statusFailure(a *answer, t *turn) error {
	status := Status(a.status)
	code := archivist.ServerError
	switch {
	case a.status == http.StatusNotFound, a.status == http.StatusGone:
		code = archivist.Gone
	case a.status == http.StatusTooManyRequests, a.status == http.StatusServiceUnavailable:
		return busy(status.Error(), t.close(retryAfter(a.header.Get("Retry-After"), time.Now())))
	case a.status == http.StatusNoContent, a.status == http.StatusResetContent:
		code = archivist.EmptyPage
	case a.status == http.StatusRequestTimeout:
		code = archivist.Timeout
	case a.status >= 400 && a.status < 500: // 401, 403, 451 and the odd ones: this page is not for us
		code = archivist.Forbidden
	}
	return &archivist.Failure{Code: code, Detail: status.Error(), Err: status}
}

// retryAfter reads the header: seconds, or a date. 0 stands for none, and for one that cannot be read or is over.
func retryAfter(header string, now time.Time) time.Duration {
	header = strings.TrimSpace(header)
	if seconds, err := strconv.ParseUint(header, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(header); err == nil {
		return max(at.Sub(now), 0)
	}
	return 0
}

// why prefers the reason for which we ended an exchange to the error that this led to.
func why(ctx context.Context, err error) error {
	var failure, ours *archivist.Failure
	if !errors.As(err, &failure) && errors.As(context.Cause(ctx), &ours) {
		return ours
	}
	return err
}

// failure gives any error of a chain its code. Its text names neither host nor address; those are in the cause, for the log.
func failureOf(ctx context.Context, err error) error {
	var (
		failure     *archivist.Failure
		resolve     *net.DNSError
		certificate *tls.CertificateVerificationError
		record      tls.RecordHeaderError
		alert       *net.OpError // with Op "remote error": what the other side said in TLS
		authority   x509.UnknownAuthorityError
		timeout     net.Error
	)
	code, detail := archivist.Network, "the connection broke"
	switch {
	case errors.As(err, &failure):
		return failure
	case ctx.Err() != nil:
		return fmt.Errorf("fetch: %w", ctx.Err())
	case errors.As(err, &resolve):
		code, detail = archivist.DNS, "the name cannot be resolved"
		if resolve.IsNotFound {
			detail = "no such name"
		}
	case errors.As(err, &certificate), errors.As(err, &authority):
		code, detail = archivist.TLS, "the certificate is not valid"
	case errors.As(err, &record), errors.As(err, &alert) && alert.Op == "remote error", errors.Is(err, http.ErrSchemeMismatch):
		code, detail = archivist.TLS, "no secure connection"
	case errors.As(err, &timeout) && timeout.Timeout():
		code, detail = archivist.Timeout, "no answer in time"
	case errors.Is(err, syscall.ECONNREFUSED):
		detail = "nobody answers"
	}
	return &archivist.Failure{Code: code, Detail: detail, Err: err}
}
