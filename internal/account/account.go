// Package account makes up an amoCRM account in the shape of the API's own replies, for examples and
// tests: users, roles, groups, records and integrations. The same seed and size give the same bytes,
// on every machine. All people are invented.
package account

import (
	"bytes"
	"encoding/json"
	"fmt"
	"iter"
	"math/rand/v2"
	"os"
	"path/filepath"
)

// Size says how large an account is.
type Size struct {
	Users   int // 0: 40; at least 10
	Records int // of all four kinds; 0: 20,000
}

// Account is a made-up account. Files gives its replies.
type Account struct {
	Owner    int64 // the administrator who opened the account
	Deputy   int64 // the other administrator
	Leaver   int64 // a busy manager, who is about to leave
	Inactive int64 // a user who is inactive
	Free     int64 // a user who is free
	Gone     int64 // a user who was deleted and whom records still name

	size   Size
	random *rand.Rand
	users  []user
	roles  []role
}

// pageSize is the API's largest page.
const pageSize = 250

// Make makes up an account.
func Make(seed uint64, size Size) *Account {
	if size.Users == 0 {
		size.Users = 40
	}
	if size.Records == 0 {
		size.Records = 20_000
	}
	size.Users = max(size.Users, 10)
	a := &Account{size: size, random: rand.New(rand.NewPCG(seed, 0x726f73746572))}
	a.makeRoles()
	a.makeUsers()
	return a
}

// Write makes up an account and writes its files into a directory, which is made if it isn't there.
func Write(dir string, seed uint64, size Size) (*Account, error) {
	a := Make(seed, size)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	for name, body := range a.Files() {
		if err := os.WriteFile(filepath.Join(dir, name), body, 0o644); err != nil {
			return nil, err
		}
	}
	return a, nil
}

// Files yields the account's files by name: "roles.json", "users.json", "integrations.json", and the
// records in pages, "leads-001.json" and so on. Range over it once: records are made up as they come.
func (a *Account) Files() iter.Seq2[string, []byte] {
	return func(yield func(string, []byte) bool) {
		if !yield("roles.json", page("roles", 1, 1, a.roles)) ||
			!yield("users.json", page("users", 1, 1, a.users)) ||
			!yield("integrations.json", encode(map[string]any{"integrations": a.integrations()}, "  ")) {
			return
		}
		for _, k := range kinds(a.size.Records) {
			pages := (k.count + pageSize - 1) / pageSize
			for p := range pages {
				from := p * pageSize
				body := page(k.name, p+1, pages, a.records(k, from, min(from+pageSize, k.count)))
				if !yield(fmt.Sprintf("%s-%03d.json", k.name, p+1), body) {
					return
				}
			}
		}
	}
}

// reply is the envelope of a list.
type reply struct {
	Page     int             `json:"_page"`
	Links    map[string]link `json:"_links"`
	Embedded map[string]any  `json:"_embedded"`
}

// link is a link of the API.
type link struct {
	Href string `json:"href"`
}

// page is one page of a list.
func page(name string, number, last int, items any) []byte {
	at := func(n int) link {
		return link{fmt.Sprintf("https://example.amocrm.ru/api/v4/%s?limit=%d&page=%d", name, pageSize, n)}
	}
	links := map[string]link{"self": at(number)}
	if number > 1 {
		links["first"], links["prev"] = at(1), at(number-1)
	}
	if number < last {
		links["next"] = at(number + 1)
	}
	return encode(reply{Page: number, Links: links, Embedded: map[string]any{name: items}}, " ")
}

// encode is a value as JSON with a line break at its end.
func encode(v any, indent string) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", indent)
	if err := e.Encode(v); err != nil {
		panic(err) // the values are this package's own
	}
	return b.Bytes()
}
