package playground

import (
	"crypto/rand"
	"crypto/subtle"
	"net"
	"net/http"
)

// policy lets the page use what this server serves, and nothing else: text of articles that got past all escaping could still run
// nothing and call nobody.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; " +
	"base-uri 'none'; frame-ancestors 'none'"

func newSecret() string { return rand.Text() }

// guard refuses hosts that are not this machine, as a page elsewhere would use whose name was made to lead here, and sets the headers of
// every answer.
func (s *Server) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !isLoopback(r.Host) {
			http.Error(w, "The playground is only for this machine: open it as http://127.0.0.1 or http://localhost, with its port.", http.StatusForbidden)
			return
		}
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin") // with no-referrer the forms' Origin would be "null"
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		if r.Method == http.MethodGet && s.cookie(r) != s.secret {
			http.SetCookie(w, &http.Cookie{Name: cookieName(r), Value: s.secret, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode})
		}
		next.ServeHTTP(w, r)
	})
}

func isLoopback(hostport string) bool {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		host = hostport
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// cookieName has the port: cookies of one host are shared by all its ports, on which other playgrounds may run.
func cookieName(r *http.Request) string {
	_, port, _ := net.SplitHostPort(r.Host)
	return "playground" + port
}

func (s *Server) cookie(r *http.Request) string {
	c, err := r.Cookie(cookieName(r))
	if err != nil {
		return ""
	}
	return c.Value
}

// own refuses what no page of this server has sent: another Origin, or a browser that was not here before. Browsers tell no Origin of an
// event stream to one's own server, but where a request comes from.
func (s *Server) own(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		origin, site := r.Header.Get("Origin"), r.Header.Get("Sec-Fetch-Site")
		foreign := origin != "" && origin != "http://"+r.Host || site != "" && site != "same-origin" || origin == "" && r.Method == http.MethodPost
		if foreign || subtle.ConstantTimeCompare([]byte(s.cookie(r)), []byte(s.secret)) == 0 {
			http.Error(w, "This did not come from a page of this playground; load the page again.", http.StatusForbidden)
			return
		}
		next(w, r)
	}
}
