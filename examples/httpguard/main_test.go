package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/memstore"
	"github.com/seed-8e8abc8d/roster/rostertest"
)

var update = flag.Bool("update", false, "write testdata/output.txt anew")

// site is the made-up firm's service behind a real server.
type site struct {
	*service
	t    *testing.T
	url  string
	logs *bytes.Buffer
}

// open opens a site over a store of its own.
func open(t *testing.T, cfg roster.Config) *site {
	t.Helper()
	return openOn(t, new(memstore.Store), cfg)
}

// openOn opens a site over an empty store, with passwords that cost nothing.
func openOn(t *testing.T, store roster.Store, cfg roster.Config) *site {
	t.Helper()
	if cfg.Hasher == nil {
		cfg.Hasher = rostertest.Hasher{}
	}
	s, err := firm(t.Context(), store, cfg)
	if err != nil {
		t.Fatal(err)
	}
	return serve(t, s)
}

// serve puts a service behind a server.
func serve(t *testing.T, s *service) *site {
	t.Helper()
	logs := new(bytes.Buffer)
	s.log = slog.New(slog.NewTextHandler(logs, nil))
	server := httptest.NewServer(s.handler())
	t.Cleanup(server.Close)
	return &site{service: s, t: t, url: server.URL, logs: logs}
}

// answer is what a client sees of a response.
type answer struct {
	Status    int
	Challenge string
	Body      string
}

// ask makes a request with an Authorization header, or without one when it is empty. It may be called by
// several goroutines.
func (s *site) ask(method, path, authorization, body string) (answer, http.Header) {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, strings.NewReader(body))
	if err != nil {
		s.t.Error(err)
		return answer{}, nil
	}
	if authorization != "" {
		req.Header.Set("Authorization", authorization)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Error(err)
		return answer{}, nil
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Error(err)
	}
	return answer{resp.StatusCode, resp.Header.Get("WWW-Authenticate"), strings.TrimSpace(string(text))}, resp.Header
}

// token signs somebody in over HTTP.
func (s *site) token(id string) string {
	s.t.Helper()
	got, _ := s.ask("POST", "/sign-in", "", `{"email":"`+id+`@example.com","password":"`+password+`"}`)
	var session struct {
		Token   string `json:"access_token"`
		Type    string `json:"token_type"`
		Expires int    `json:"expires_in"`
	}
	if err := json.Unmarshal([]byte(got.Body), &session); err != nil || session.Type != "Bearer" || session.Expires != 12*60*60 {
		s.t.Fatalf("signing %s in: %v %+v", id, err, got)
	}
	return "Bearer " + session.Token
}

// TestOutput plays the program: the same requests get the same answers.
// go test ./examples/httpguard -update writes them anew.
func TestOutput(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	var out bytes.Buffer
	is.NoErr(run(t.Context(), "", roster.Config{Hasher: rostertest.Hasher{}}, &out)) // it ends by itself
	const file = "testdata/output.txt"
	if *update {
		is.NoErr(os.WriteFile(file, out.Bytes(), 0o644))
	}
	want, err := os.ReadFile(file)
	is.NoErr(err)
	if diff := cmp.Diff(string(want), out.String()); diff != "" {
		t.Errorf("output (-want +got):\n%s", diff)
	}
}

// refused are the answers that every route shares.
var (
	noToken   = answer{401, `Bearer realm="deals"`, `{"error":"a token is needed"}`}
	badToken  = answer{401, `Bearer realm="deals", error="invalid_token"`, `{"error":"invalid_token"}`}
	noSignIn  = answer{401, `Bearer realm="deals"`, `{"error":"sign-in refused"}`}
	noSuch    = answer{404, "", `{"error":"no such deal"}`}
	malformed = answer{400, "", `{"error":"invalid_request"}`}
	broken    = answer{500, "", `{"error":"something went wrong"}`}
	done      = answer{204, "", ""}
)

func scope(right string) string {
	return `Bearer realm="deals", error="insufficient_scope", scope="` + right + `"`
}

// TestRoutes asks every route in every way that is answered otherwise.
func TestRoutes(t *testing.T) {
	t.Parallel()
	s := open(t, roster.Config{})
	ann, ben, eva := s.token("ann"), s.token("ben"), s.token("eva")
	refresh, err := s.roster.Issue(t.Context(), roster.As("ann"), roster.TokenOrder{Kind: roster.TokenRefresh})
	if err != nil {
		t.Fatal(err)
	}
	lower := "bearer " + strings.TrimPrefix(ann, "Bearer ")
	for _, c := range []struct {
		name, method, path, authorization string
		want                              answer
		why                               string
	}{
		{"no token", "GET", "/deals", "", noToken, "no error code where no token is shown (RFC 6750 §3.1)"},
		{"another scheme", "GET", "/deals", "Basic YW5uOnB3", noToken, "that is no token"},
		{"an empty one", "GET", "/deals", "Bearer ", noToken, "that is no token"},
		{"not one of ours", "GET", "/deals", "Bearer abc", badToken, "nobody's"},
		{"a refresh token", "GET", "/deals", "Bearer " + refresh.Secret.Reveal(), badToken, "good for one verb only"},
		{"its access token", "GET", "/deals/1", "Bearer " + refresh.Access.Secret.Reveal(), answer{200, "", deal1}, "stands for its user"},
		{"lower case", "GET", "/deals/1", lower, answer{200, "", deal1}, "schemes have no case (RFC 9110 §11.1)"},
		{"a colleague's", "GET", "/deals/1", ben, answer{200, "", deal1}, "the department's are seen"},
		{"a stranger's", "GET", "/deals/3", ann, noSuch, "not seen, so not there"},
		{"nobody's", "GET", "/deals/5", ann, noSuch, "only who sees all sees it"},
		{"a stage that nobody declared", "GET", "/deals/6", ann, noSuch, "unknown parts deny"},
		{"none", "GET", "/deals/99", ann, noSuch, "not there"},
		{"no right", "GET", "/deals/1", eva, answer{403, scope("deal:view"), `{"error":"insufficient_scope"}`}, "which right, and nothing of the deal"},
		{"no right to a list", "GET", "/deals", eva, answer{403, scope("deal:view"), `{"error":"insufficient_scope"}`}, "rather than an empty list"},
		{"closing without any right", "POST", "/deals/1/close", eva, answer{403, scope("deal:edit"), `{"error":"insufficient_scope"}`}, "nothing of the deal"},
		{"closing a colleague's", "POST", "/deals/1/close", ben,
			answer{403, scope("deal:edit"), `{"error":"insufficient_scope","missing":"deal:edit@open with scope department or more"}`}, "who may view it is told why"},
		{"closing a stranger's that is seen", "POST", "/deals/4/close", ann,
			answer{403, scope("deal:edit"), `{"error":"insufficient_scope","missing":"deal:edit@won with scope all"}`}, "who may view it is told why"},
		{"closing a stranger's", "POST", "/deals/3/close", ann, noSuch, "who may not view it learns nothing"},
		{"closing none", "POST", "/deals/99/close", ann, noSuch, "the same as of one that isn't seen"},
		{"closing one's own", "POST", "/deals/2/close", ben, done, "his own"},
		{"closing it again", "POST", "/deals/2/close", ben, done, "twice changes nothing"},
		{"closing without a token", "POST", "/deals/2/close", "", noToken, "401 comes before 404"},
		{"reading by another method", "DELETE", "/deals/1", ann, answer{405, "", "Method Not Allowed"}, "no such method"},
		{"closing by reading", "GET", "/deals/2/close", ann, answer{405, "", "Method Not Allowed"}, "reading changes nothing"},
		{"signing out what was never in", "POST", "/sign-out", "Bearer abc", done, "RFC 7009 §2.2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, header := s.ask(c.method, c.path, c.authorization, "")
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.why, diff)
			}
			is := is.New(t)
			is.Equal(header.Get("Cache-Control"), "no-store") // neither tokens nor deals stay in a cache
			is.Equal(header.Get("X-Content-Type-Options"), "nosniff")
		})
	}
	if d, _ := s.deals.find("2"); !d.Closed {
		t.Error("the deal that was closed isn't")
	}
}

const deal1 = `{"id":"1","title":"Roof","owner":"ann","stage":"open","closed":false}`

// TestJ5_EveryRefusalOfASignInIsTheSame compares whole answers, headers included.
func TestJ5_EveryRefusalOfASignInIsTheSame(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	s := open(t, roster.Config{SignInAttempts: 2})
	_, err := s.roster.Apply(t.Context(), roster.System("test"), roster.Deactivate{User: "eva"})
	is.NoErr(err)
	var first http.Header
	for _, c := range []struct{ name, email, password string }{
		{"a wrong password", "ann@example.com", "wrong"}, {"and again", "ann@example.com", "wrong"},
		{"too many attempts, the right password", "ann@example.com", password}, {"nobody", "who@example.com", password},
		{"somebody inactive", "eva@example.com", password}, {"no address", "", password}, {"no password", "ben@example.com", ""},
	} {
		got, header := s.ask("POST", "/sign-in", "", `{"email":"`+c.email+`","password":"`+c.password+`"}`)
		if diff := cmp.Diff(noSignIn, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
		header.Del("Date")
		if first == nil {
			first = header
		}
		if diff := cmp.Diff(first, header); diff != "" {
			t.Errorf("%s: headers (-first +got):\n%s", c.name, diff)
		}
	}
	for _, body := range []string{"", "{", "[]", `{"email":1}`, `{"email":"` + strings.Repeat("a", 5000) + `"}`} {
		got, _ := s.ask("POST", "/sign-in", "", body)
		is.Equal(got, malformed) // nobody's password is looked at
	}
}

// TestJ5_BusyIsToldToTryLater fills the queue of password hashing.
func TestJ5_BusyIsToldToTryLater(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	slow := &slowHasher{release: make(chan struct{})}
	s := open(t, roster.Config{Hasher: slow, HashWorkers: 1, HashQueue: 1})
	type reply struct {
		answer
		retry string
	}
	replies := make(chan reply)
	for range 3 {
		go func() {
			got, header := s.ask("POST", "/sign-in", "", `{"email":"who@example.com","password":"x"}`)
			replies <- reply{got, header.Get("Retry-After")}
		}()
	}
	is.Equal(<-replies, reply{answer{503, "", `{"error":"busy"}`}, "1"}) // there is place for two, and both wait
	close(slow.release)
	is.Equal(<-replies, reply{noSignIn, ""})
	is.Equal(<-replies, reply{noSignIn, ""})
}

// slowHasher verifies nothing before it is released.
type slowHasher struct {
	rostertest.Hasher
	release chan struct{}
}

func (h *slowHasher) Verify(encoded, password string) (ok, upgrade bool, err error) {
	<-h.release
	return h.Hasher.Verify(encoded, password)
}

// TestServing serves on an address until its context ends.
func TestServing(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx, cancel := context.WithCancel(t.Context())
	lines, out := io.Pipe()
	ended := make(chan error, 1)
	go func() { ended <- run(ctx, "127.0.0.1:0", roster.Config{Hasher: rostertest.Hasher{}}, out) }()
	line := make([]byte, 200)
	n, err := lines.Read(line)
	is.NoErr(err)
	_, url, _ := strings.Cut(string(line[:n]), "Serving on ")
	url, _, _ = strings.Cut(url, ": POST")
	resp, err := http.Get(url + "/deals")
	is.NoErr(err)
	is.NoErr(resp.Body.Close())
	is.Equal(resp.StatusCode, http.StatusUnauthorized)
	cancel()
	is.NoErr(<-ended) // it ends in order
	_, err = http.Get(url + "/deals")
	is.True(err != nil)                                                                                    // and is gone
	is.True(run(t.Context(), "127.0.0.1:no-port", roster.Config{Hasher: rostertest.Hasher{}}, out) != nil) // nothing listens there
}
