package faults_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/sqlstore"
)

// The kinds of records of a firm. Those that are traced have tables whose triggers tell every move, so that nobody's word is
// taken for it; but where triggers may meddle rows are locked and looked at, each time. Those that are plain have tables
// without triggers, of which chunks move as ranges of the owner's index: there the tables themselves are held against the
// journal. A lead has a stage, the part of its kind that it is in.
var (
	traced = []string{"contact", "deal", "task"}
	plain  = []string{"call", "lead"}
	mixed  = []string{"contact", "call", "deal", "lead", "task"}
)

// kinds are those of a firm's records.
func (p place) kinds() []string {
	if p.Kinds == nil {
		return mixed
	}
	return p.Kinds
}

// stages are those of a lead, by its number: the leaver's stand by turns in either.
var stages = []string{"lost", "won"}

// declare declares a kind.
func declare(kind string) roster.Kind {
	k := roster.Kind{Name: kind, Title: kind, Actions: []roster.Action{{Name: "view", Title: "See"}, {Name: "edit", Title: "Edit", Needs: []string{"view"}}}}
	if k.Parted = kind == "lead"; k.Parted {
		for _, stage := range stages {
			k.Parts = append(k.Parts, roster.Part{Name: stage})
		}
	}
	return k
}

// plainTables are the host's tables of the kinds that are plain, the same on both engines. Nobody is NULL for a lead.
const plainTables = `
CREATE TABLE call (account TEXT NOT NULL, id TEXT NOT NULL, owner TEXT NOT NULL, PRIMARY KEY (account, id));
CREATE INDEX call_owner ON call (account, owner, id);
CREATE TABLE lead (account TEXT NOT NULL, id TEXT NOT NULL, owner TEXT, stage TEXT NOT NULL, PRIMARY KEY (account, id));
CREATE INDEX lead_owner ON lead (account, owner, stage, id);`

// request deletes leo: contacts and calls go to sam, deals and leads that were won are split, of tasks and lost leads nobody is
// the owner.
func (p place) request() roster.Request {
	rules := []roster.Rule{
		{Kind: "contact", Do: roster.GiveTo, To: []roster.UserID{"sam"}},
		{Kind: "call", Do: roster.GiveTo, To: []roster.UserID{"sam"}},
		{Kind: "deal", Do: roster.SplitEvenly, To: []roster.UserID{"sam", "sue"}},
		{Kind: "lead", Part: "won", Do: roster.SplitEvenly, To: []roster.UserID{"sam", "sue"}},
		{Kind: "lead", Part: "lost", Do: roster.NoOwner},
		{Kind: "task", Do: roster.NoOwner},
	}
	rules = slices.DeleteFunc(rules, func(r roster.Rule) bool { return !slices.Contains(p.kinds(), r.Kind) })
	return roster.Request{Leaver: "leo", Reason: "left the company", Rules: rules}
}

// heirs are who may receive records by the request's rules, by kind and stage.
var heirs = map[string][]string{
	"contact": {"sam"}, "call": {"sam"}, "deal": {"sam", "sue"}, "leadwon": {"sam", "sue"}, "leadlost": {""}, "task": {""},
}

// row is a record as the host's table has it.
type row struct{ ID, Owner, Stage string }

// filled are the records of one kind at the start: n are leo's, and amid them, in the order of the keys, are a few of the
// others, in each stage.
func filled(kind string, n int) (rows []row) {
	add := func(id, owner string, number int) {
		r := row{ID: id, Owner: owner}
		if kind == "lead" {
			r.Stage = stages[number%len(stages)]
		}
		rows = append(rows, r)
	}
	for i := range n {
		add(fmt.Sprintf("%s-%06d", kind, i), "leo", i)
	}
	for i, other := range []string{"sam", "sue", "tom", ""} {
		for number := range stages {
			number += n * (i + 1) / 5
			add(fmt.Sprintf("%s-%06d-of-%s", kind, number, other), other, number)
		}
	}
	return rows
}

// insert adds records of a kind.
func (f *firm) insert(ctx context.Context, kind string, rows []row) error {
	list, err := json.Marshal(rows)
	if err != nil {
		return err
	}
	into, query := " (account, id, owner) ", "SELECT $1, value ->> 'ID', value ->> 'Owner'"
	if kind == "lead" {
		into, query = " (account, id, owner, stage) ", "SELECT $1, value ->> 'ID', nullif(value ->> 'Owner', ''), value ->> 'Stage'"
	}
	query += map[sqlstore.Dialect]string{sqlstore.SQLite: " FROM json_each($2)", sqlstore.PostgreSQL: " FROM json_array_elements(CAST($2 AS json))"}[f.Engine]
	_, err = f.db.Writer().ExecContext(ctx, "INSERT INTO "+kind+into+query, f.Account, string(list))
	return err
}

// holdings are those of a kind's table.
func (f *firm) holdings(ctx context.Context, kind string, set settings) (roster.Holdings, error) {
	bare := slices.Contains(plain, kind)
	if !bare && (set.Hand || set.Plant != "") {
		return records{db: f.db, engine: f.Engine, account: f.Account, kind: kind, blind: set.Plant == "blind"}, nil
	}
	t := sqlstore.Table{Name: kind, Key: "id", Owner: "owner", Account: "account"}
	if kind == "lead" {
		t.Part = "stage"
	}
	h, err := f.db.Account(f.Account).Table(ctx, t)
	if err != nil || set.Plant == "" {
		return h, err
	}
	return slip{h, f, kind, set.Plant}, nil
}

// slip are the holdings of a plain table with a fault that a test has to find, or with none.
type slip struct {
	roster.Holdings
	firm  *firm
	kind  string
	plant string
}

func (s slip) Move(ctx context.Context, o roster.MoveOrder) ([]roster.MoveResult, error) {
	if s.plant == "proud" { // tells what it left alone as moved
		results, err := s.Holdings.Move(ctx, o)
		return slices.Repeat([]roster.MoveResult{roster.MoveDone}, len(results)), err
	}
	between := "id BETWEEN '" + o.IDs[0] + "' AND '" + o.IDs[len(o.IDs)-1] + "'"
	which := map[string]string{
		"blind":  "id IN ('" + strings.Join(o.IDs, "', '") + "')",   // without looking who has them
		"greedy": between,                                           // whatever is in the range
		"rash":   between + " AND owner = '" + string(o.From) + "'", // though it be in another part, or came later
	}[s.plant]
	if which == "" {
		return s.Holdings.Move(ctx, o)
	}
	_, err := s.firm.db.Writer().ExecContext(ctx, "UPDATE "+s.kind+" SET owner = $1 WHERE account = $2 AND "+which, string(o.To), s.firm.Account)
	return slices.Repeat([]roster.MoveResult{roster.MoveDone}, len(o.IDs)), err
}
