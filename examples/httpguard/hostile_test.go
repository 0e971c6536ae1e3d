package main

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
)

// TestNobodyGetsAroundTheGuard asks for deals without a good token in one place, in ways that get around
// guards elsewhere: no answer shows or changes one.
func TestNobodyGetsAroundTheGuard(t *testing.T) {
	t.Parallel()
	s := open(t, roster.Config{})
	ann := s.token("ann")
	secret := strings.TrimPrefix(ann, "Bearer ")
	for _, c := range []struct {
		name, method, path string
		header             http.Header
	}{
		{"two tokens", "GET", "/deals/1", http.Header{"Authorization": {ann, "Bearer abc"}}},
		{"two good ones", "GET", "/deals/1", http.Header{"Authorization": {ann, ann}}},
		{"a list in one", "GET", "/deals/1", http.Header{"Authorization": {"Bearer abc, " + ann}}},
		{"in the query", "GET", "/deals/1?access_token=" + secret, nil},
		{"in a cookie", "GET", "/deals/1", http.Header{"Cookie": {"access_token=" + secret}}},
		{"of a proxy", "GET", "/deals/1", http.Header{"X-Forwarded-Authorization": {ann}, "X-Forwarded-User": {"ann"}}},
		{"another method by a header", "GET", "/deals/1/close", http.Header{"X-Http-Method-Override": {"POST"}}},
		{"a head", "HEAD", "/deals/1", nil},
		{"options", "OPTIONS", "/deals/1", nil},
		{"an encoded path", "GET", "/%64eals/%31", nil},
		{"out of a guarded path", "GET", "/sign-in/%2e%2e/deals/1", nil},
		{"an encoded slash", "POST", "/deals/1%2Fclose", nil},
		{"a slash more", "GET", "/deals/1/", nil},
		{"another path by a header", "GET", "/sign-in", http.Header{"X-Original-Url": {"/deals/1"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			is := is.New(t)
			req, err := http.NewRequestWithContext(t.Context(), c.method, s.url+c.path, nil)
			is.NoErr(err)
			for name, values := range c.header {
				req.Header[name] = values
			}
			resp, err := http.DefaultTransport.RoundTrip(req)
			is.NoErr(err)
			is.NoErr(resp.Body.Close())
			is.True(resp.StatusCode >= 300)                           // refused, not there, or elsewhere
			is.Equal(resp.Header.Get("Cache-Control"), "no-store")    // not even that is kept
			is.True(resp.StatusCode < http.StatusInternalServerError) // nothing breaks
		})
	}
	if d, _ := s.deals.find("1"); d.Closed {
		t.Error("somebody closed a deal")
	}
	got, _ := s.ask("GET", "/deals/1%2f..%2f3", ann, "")
	if diff := cmp.Diff(noSuch, got); diff != "" {
		t.Errorf("an id is no path (-want +got):\n%s", diff)
	}
}

// TestEachSignInIsASessionOfItsOwn shows that a token shown at the sign-in is neither taken up nor ended.
func TestEachSignInIsASessionOfItsOwn(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	s := open(t, roster.Config{})
	one, other := s.token("ann"), s.token("ann")
	is.True(one != other)
	got, _ := s.ask("POST", "/sign-out", one, "")
	is.Equal(got, done)
	got, _ = s.ask("GET", "/deals/1", one, "")
	is.Equal(got, badToken) // that one is over
	got, _ = s.ask("GET", "/deals/1", other, "")
	is.Equal(got.Status, http.StatusOK) // the other isn't
}
