package account

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
)

// Integration is something that acts in a user's name. The API has no list of them: this shape is the
// package's own.
type Integration struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Owner  string `json:"owner"` // a user's id
	Holder bool   `json:"holds_tokens"`
}

// integrations are the account's: three of the leaver's, the others of the administrators.
func (a *Account) integrations() []Integration {
	owner := func(id int64) string { return strconv.FormatInt(id, 10) }
	return []Integration{
		{"site-form", "Заявки с сайта", owner(a.Leaver), true},
		{"telephony", "Телефония", owner(a.Owner), true},
		{"mailing", "Newsletter", owner(a.Leaver), true},
		{"warehouse", "Склад", owner(a.Deputy), true},
		{"nightly-report", "Ночной отчёт", owner(a.Leaver), false},
		{"bot", "Чат-бот", owner(a.Owner), false},
	}
}

// ReadIntegrations reads the file "integrations.json".
func ReadIntegrations(r io.Reader) ([]Integration, error) {
	var all struct {
		Integrations []Integration `json:"integrations"`
	}
	d := json.NewDecoder(r)
	d.DisallowUnknownFields()
	if err := d.Decode(&all); err != nil {
		return nil, fmt.Errorf("account: integrations: %w", err)
	}
	return all.Integrations, nil
}
