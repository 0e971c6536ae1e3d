package main

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/seed-8e8abc8d/roster"
)

// caller is who makes a request, with their permissions as they were when it came.
type caller struct {
	id          roster.UserID
	permissions *roster.Permissions
}

// guard lets a request pass whose token is good and whose user holds the right for some deals at least; for
// which of them is the route's to ask. Nothing is remembered: who is fenced or deactivated, or loses the right,
// is refused at the next request.
func (s *service) guard(right string, next func(http.ResponseWriter, *http.Request, caller)) http.HandlerFunc {
	needed := s.roster.Schema().MustRight(right)
	return func(w http.ResponseWriter, r *http.Request) {
		secret := bearer(r)
		if secret == "" { // RFC 6750 §3.1: no error code for a request that shows no token
			challenge(w, http.StatusUnauthorized, "", "", problem{Error: "a token is needed"})
			return
		}
		token, err := s.roster.Check(r.Context(), secret)
		if errors.Is(err, roster.ErrToken) {
			challenge(w, http.StatusUnauthorized, "invalid_token", "", problem{Error: "invalid_token"})
			return
		}
		by := caller{id: token.User}
		if err == nil {
			by.permissions, err = s.roster.Permissions(r.Context(), token.User)
		}
		switch {
		case err != nil: // it could not be found out: refuse
			s.fail(w, r, err)
		case by.permissions.Condition(needed).None():
			challenge(w, http.StatusForbidden, "insufficient_scope", right, problem{Error: "insufficient_scope"})
		default:
			next(w, r, by)
		}
	}
}

// problem is the body of a refusal.
type problem struct {
	Error   string `json:"error"`
	Missing string `json:"missing,omitzero"`
}

// bearer is the token that a request shows (RFC 6750 §2.1), or empty.
func bearer(r *http.Request) string {
	shown := r.Header.Values("Authorization")
	if len(shown) != 1 { // of two, a proxy may have looked at the other
		return ""
	}
	scheme, secret, _ := strings.Cut(shown[0], " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(secret)
}

// challenge refuses with the header that tells a client why (RFC 6750 §3); code and scope may be empty.
func challenge(w http.ResponseWriter, status int, code, scope string, body problem) {
	text := `Bearer realm="deals"`
	if code != "" {
		text += `, error="` + code + `"`
	}
	if scope != "" {
		text += `, scope="` + scope + `"`
	}
	w.Header().Set("WWW-Authenticate", text)
	reply(w, status, body)
}

// reply answers in JSON.
func reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // a client that hung up is nobody to tell
}
