package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"strings"

	"github.com/seed-8e8abc8d/roster"
)

// password is everybody's in the made-up firm.
const password = "correct horse battery staple"

// firm makes up a service: ann and ben sell, eva supports, and seven deals.
func firm(ctx context.Context, store roster.Store, cfg roster.Config) (*service, error) {
	schema, err := roster.NewSchema([]roster.Kind{{
		Name: "deal", Parted: true, Parts: []roster.Part{{Name: "open"}, {Name: "won"}},
		Actions: []roster.Action{{Name: "view"}, {Name: "edit", Needs: []string{"view"}}},
	}}, nil)
	if err != nil {
		return nil, err
	}
	r, err := roster.New(store, schema, cfg)
	if err != nil {
		return nil, err
	}
	hasher := cfg.Hasher
	if hasher == nil {
		hasher = roster.PBKDF2{}
	}
	hash, err := hasher.Hash(password)
	if err != nil {
		return nil, err
	}
	hired := func(id roster.UserID, name string, d roster.DepartmentID, role roster.RoleID) roster.Change {
		return roster.ImportUser{Hash: hash, User: roster.User{
			ID: id, FirstName: name, Email: string(id) + "@example.com", Department: d, Role: role, Status: roster.StatusActive,
		}}
	}
	_, err = r.Apply(ctx, roster.System("setup"),
		roster.CreateDepartment{ID: "sales", Name: "Sales"}, roster.CreateDepartment{ID: "support", Name: "Support"},
		// A seller sees the department's deals and everybody's won ones, and closes his own.
		roster.CreateRole{ID: "seller", Name: "Seller", Rights: roster.Rights{
			"deal:view": roster.InDepartment, "deal:view@won": roster.All, "deal:edit": roster.Own,
		}},
		hired("ann", "Ann", "sales", "seller"), hired("ben", "Ben", "sales", "seller"), hired("eva", "Eva", "support", ""))
	table := newDeals(
		deal{ID: "1", Title: "Roof", Owner: "ann", Stage: "open"}, deal{ID: "2", Title: "Barn", Owner: "ben", Stage: "open"},
		deal{ID: "3", Title: "Shed", Owner: "eva", Stage: "open"}, deal{ID: "4", Title: "Dome", Owner: "eva", Stage: "won"},
		deal{ID: "5", Title: "Gate", Stage: "open"}, deal{ID: "6", Title: "Wall", Owner: "ben", Stage: "lost"}, deal{ID: "7", Title: "Well", Owner: "ann"},
	)
	return &service{roster: r, deals: table, log: slog.New(slog.NewTextHandler(os.Stderr, nil))}, err
}

// play shows what a few requests get.
func play(ctx context.Context, s *service, base string, out io.Writer) error {
	c := &client{ctx: ctx, base: base, out: out, tokens: map[string]string{}}
	deactivate := func() error {
		_, err := s.roster.Apply(ctx, roster.System("personnel"), roster.Deactivate{User: "ben"})
		fmt.Fprintln(out, "  — ben is deactivated —")
		return err
	}
	fmt.Fprintln(out, "Deals behind roster: who asks, for what, and the answer.")
	for _, step := range []func() error{
		c.says("Nobody in particular:"),
		c.signIn("nobody", "ann@example.com", "wrong"), c.signIn("nobody", "who@example.com", password),
		c.request("nobody", "GET", "/deals"),
		c.says("Ann and Ben sell. They see their department's deals and every won one; a deal they don't see isn't there:"),
		c.signIn("ann", "ann@example.com", password), c.signIn("ben", "ben@example.com", password),
		c.request("ann", "GET", "/deals"), c.request("ann", "GET", "/deals/4"), c.request("ann", "GET", "/deals/3"), c.request("ann", "GET", "/deals/99"),
		c.says("They close their own. Of another's that they see they are told what is missing:"),
		c.request("ann", "POST", "/deals/1/close"), c.request("ann", "POST", "/deals/2/close"), c.request("ann", "POST", "/deals/3/close"),
		c.says("Eva has no right to deals at all:"),
		c.signIn("eva", "eva@example.com", password), c.request("eva", "GET", "/deals"),
		c.says("Ben is deactivated while he is signed in; Ann signs out. Both hold a token that is good no more:"),
		c.request("ben", "GET", "/deals/2"), deactivate, c.request("ben", "GET", "/deals/2"),
		c.request("ann", "POST", "/sign-out"), c.request("ann", "GET", "/deals"),
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// client makes requests in several people's names and prints what they get.
type client struct {
	ctx    context.Context
	base   string
	out    io.Writer
	tokens map[string]string
}

func (c *client) says(text string) func() error {
	return func() error { _, err := fmt.Fprintf(c.out, "\n%s\n", text); return err }
}

// signIn keeps the token that it gets, and doesn't print it.
func (c *client) signIn(who, email, password string) func() error {
	return func() error {
		body, err := json.Marshal(map[string]string{"email": email, "password": password})
		if err != nil {
			return err
		}
		resp, text, err := c.do(who, "POST", "/sign-in", body)
		if err != nil {
			return err
		}
		var got struct {
			Token string `json:"access_token"`
		}
		if err := json.Unmarshal([]byte(text), &got); err != nil {
			return err
		}
		if got.Token != "" {
			c.tokens[who], text = got.Token, "a token"
		}
		return c.print(who, "POST /sign-in "+email, resp, text)
	}
}

// request makes a request and prints its answer, a list a row to a line.
func (c *client) request(who, method, path string) func() error {
	return func() error {
		resp, text, err := c.do(who, method, path, nil)
		if err != nil {
			return err
		}
		text = strings.ReplaceAll(text, "},{", fmt.Sprintf("},\n%47s{", ""))
		return c.print(who, method+" "+path, resp, text)
	}
}

func (c *client) do(who, method, path string, body []byte) (*http.Response, string, error) {
	req, err := http.NewRequestWithContext(c.ctx, method, c.base+path, bytes.NewReader(body))
	if err != nil {
		return nil, "", err
	}
	if token := c.tokens[who]; token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, "", err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	return resp, strings.TrimSpace(string(text)), err
}

func (c *client) print(who, what string, resp *http.Response, text string) error {
	line := fmt.Sprintf("  %-6s  %-31s  %d  %s", who, what, resp.StatusCode, text)
	if header := resp.Header.Get("WWW-Authenticate"); header != "" {
		line += fmt.Sprintf("\n%46s WWW-Authenticate: %s", "", header)
	}
	_, err := fmt.Fprintln(c.out, strings.TrimRight(line, " "))
	return err
}
