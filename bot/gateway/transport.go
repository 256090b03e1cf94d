package gateway

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// discordAPI is where all our requests are addressed to; rebase sends them to where discord.api_base says.
const discordAPI = "https://discord.com/api/v10"

const maxAnswer = 8 << 20 // bytes of an answer's body

// rebase is a RoundTripper that maps Discord's REST address, in any version, to another base: a REST proxy, or the fake Discord.
type rebase struct {
	base *url.URL
	next http.RoundTripper
}

func (t rebase) RoundTrip(r *http.Request) (*http.Response, error) {
	rest, ours := strings.CutPrefix(r.URL.EscapedPath(), "/api/")
	if r.URL.Host != "discord.com" || !ours {
		return nil, fmt.Errorf("%s is not Discord's API", r.URL.Host)
	}
	if version, path, _ := strings.Cut(rest, "/"); strings.HasPrefix(version, "v") {
		rest = path
	}
	target, err := url.Parse(strings.TrimSuffix(t.base.String(), "/") + "/" + rest)
	if err != nil {
		return nil, fmt.Errorf("discord.api_base: %w", err)
	}
	target.RawQuery = r.URL.RawQuery
	moved := r.Clone(r.Context())
	moved.URL, moved.Host = target, ""
	return t.next.RoundTrip(moved)
}

// parseBase checks discord.api_base: https, unless it is on this machine or http is allowed.
func parseBase(base string, allowHTTP bool) (*url.URL, error) {
	if base == "" {
		base = discordAPI
	}
	u, err := url.Parse(base)
	if err != nil || u.Hostname() == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return nil, fmt.Errorf("discord.api_base %q is no address such as %s", base, discordAPI)
	}
	if u.Scheme != "https" && (u.Scheme != "http" || !allowHTTP && !loopback(u.Hostname())) {
		return nil, fmt.Errorf("discord.api_base %q is not https; the token would travel in the clear (discord.allow_http_base permits it)", base)
	}
	return u, nil
}

// newTransport is the one transport for all REST calls.
func newTransport() *http.Transport {
	return &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
		TLSHandshakeTimeout: 5 * time.Second,
		ForceAttemptHTTP2:   true,
		MaxIdleConns:        64,
		MaxIdleConnsPerHost: 64,
		IdleConnTimeout:     90 * time.Second,
	}
}

func jsonResponse(r *http.Request, body []byte) *http.Response {
	return &http.Response{
		Status: "200 OK", StatusCode: http.StatusOK, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: r,
		Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)),
	}
}
