// Httpguard is a web service whose deals are guarded by roster: a sign-in, a token with every request, a list
// of what its reader may see, and refusals that tell no more than they should.
//
//	go run ./examples/httpguard                           shows what a few requests get, and ends
//	go run ./examples/httpguard -listen localhost:8080    serves until it is interrupted
//
// A browser wants its token in a cookie (HttpOnly, Secure, SameSite=Lax) instead of a header, and the handler
// inside an http.CrossOriginProtection: cookies come along with requests that other sites make.
package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"time"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/memstore"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	listen := flag.String("listen", "", "serve on this `address` until interrupted")
	flag.Parse()
	if err := run(ctx, *listen, roster.Config{}, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "httpguard:", err)
		os.Exit(1)
	}
}

// run serves on an address until ctx ends; without an address it plays requests on a free port and ends.
func run(ctx context.Context, listen string, cfg roster.Config, out io.Writer) error {
	s, err := firm(ctx, new(memstore.Store), cfg)
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", cmp.Or(listen, "127.0.0.1:0"))
	if err != nil {
		return err
	}
	server := &http.Server{ // without its limits a slow client holds a connection for ever
		Handler: s.handler(), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second,
		WriteTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 16 << 10,
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(l) }()
	if listen == "" {
		err = play(ctx, s, "http://"+l.Addr().String(), out)
	} else {
		fmt.Fprintf(out, "Serving on http://%s: POST /sign-in {\"email\": \"ann@example.com\", \"password\": %q}\n", l.Addr(), password)
		select {
		case <-ctx.Done():
		case err = <-ended:
			return err
		}
	}
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	return cmp.Or(err, server.Shutdown(closing))
}

// service answers requests about deals.
type service struct {
	roster *roster.Roster
	deals  *deals
	log    *slog.Logger
}

// handler is all that the service answers. Every route but the sign-in and the sign-out is behind a right.
func (s *service) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /sign-in", s.signIn)
	mux.HandleFunc("POST /sign-out", s.signOut)
	mux.HandleFunc("GET /deals", s.guard("deal:view", s.list))
	mux.HandleFunc("GET /deals/{id}", s.guard("deal:view", s.show))
	mux.HandleFunc("POST /deals/{id}/close", s.guard("deal:edit", s.close))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store") // tokens and deals stay in no cache (RFC 6749 §5.1)
		w.Header().Set("X-Content-Type-Options", "nosniff")
		mux.ServeHTTP(w, r)
	})
}

// signIn gives a session for an address and a password. Every refusal is the same 401: an unknown address, a
// wrong password, somebody inactive, too many attempts. That there is no 429 is on purpose; limit clients by
// their addresses in front of the service.
func (s *service) signIn(w http.ResponseWriter, r *http.Request) {
	var in struct{ Email, Password string }
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 4<<10)).Decode(&in); err != nil { // of 4 KiB at most
		reply(w, http.StatusBadRequest, problem{Error: "invalid_request"})
		return
	}
	session, err := s.roster.SignIn(r.Context(), in.Email, in.Password)
	switch {
	case errors.Is(err, roster.ErrSignIn):
		challenge(w, http.StatusUnauthorized, "", "", problem{Error: "sign-in refused"})
	case errors.Is(err, roster.ErrBusy): // too many passwords are being hashed
		w.Header().Set("Retry-After", "1")
		reply(w, http.StatusServiceUnavailable, problem{Error: "busy"})
	case err != nil:
		s.fail(w, r, err)
	default:
		life := session.Token.Expires.Sub(session.Token.Issued)
		reply(w, http.StatusOK, map[string]any{"access_token": session.Secret.Reveal(), "token_type": "Bearer", "expires_in": int(life.Seconds())})
	}
}

// signOut ends the token that it is called with. One that is no longer good is a success (RFC 7009 §2.2).
func (s *service) signOut(w http.ResponseWriter, r *http.Request) {
	if err := s.roster.RevokeSecret(r.Context(), bearer(r)); err != nil {
		s.fail(w, r, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// list answers with the deals that the caller may see: the condition that roster derives goes into the query.
func (s *service) list(w http.ResponseWriter, r *http.Request, by caller) {
	may := by.permissions.Condition(s.roster.Schema().MustRight("deal:view"))
	found, err := s.deals.query(r.Context(), s.roster, may, by.id)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	reply(w, http.StatusOK, found)
}

// show answers with one deal.
func (s *service) show(w http.ResponseWriter, r *http.Request, by caller) {
	if d, ok := s.visible(w, r, by); ok {
		reply(w, http.StatusOK, d)
	}
}

// close closes a deal. The right to view it decides who is told why they may not: what is missing tells whether
// the deal is a colleague's or a stranger's, which its viewers know. To all others visible says that there is none.
func (s *service) close(w http.ResponseWriter, r *http.Request, by caller) {
	d, ok := s.visible(w, r, by)
	if !ok {
		return
	}
	may, err := s.roster.Explain(r.Context(), by.id, s.roster.Schema().MustRight("deal:edit"), d.record())
	switch {
	case err != nil:
		s.fail(w, r, err)
	case !may.Allowed:
		challenge(w, http.StatusForbidden, "insufficient_scope", "deal:edit", problem{Error: "insufficient_scope", Missing: may.Missing})
	case !s.deals.close(d): // it is no longer what was judged
		reply(w, http.StatusConflict, problem{Error: "the deal changed, look again"})
	default:
		w.WriteHeader(http.StatusNoContent)
	}
}

// visible finds the deal that a request names, if the caller may view it. Else there is none, for all that the
// answer tells: a 403 would say that the deal exists (RFC 9110 §15.5.4).
func (s *service) visible(w http.ResponseWriter, r *http.Request, by caller) (deal, bool) {
	d, ok := s.deals.find(r.PathValue("id"))
	if ok {
		may, err := s.roster.Can(r.Context(), by.id, s.roster.Schema().MustRight("deal:view"), d.record())
		if err != nil {
			s.fail(w, r, err)
			return deal{}, false
		}
		ok = may.Allowed
	}
	if !ok {
		reply(w, http.StatusNotFound, problem{Error: "no such deal"})
	}
	return d, ok
}

// fail answers that something went wrong, and tells the log alone what: without personal data.
func (s *service) fail(w http.ResponseWriter, r *http.Request, err error) {
	s.log.ErrorContext(r.Context(), "request failed", "route", r.Pattern, "err", roster.LogValue(err))
	reply(w, http.StatusInternalServerError, problem{Error: "something went wrong"})
}
