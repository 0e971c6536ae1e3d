package roster_test

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/memstore"
)

// photo is all that a store holds, the trail by its head alone.
type photo struct {
	users       [3]roster.User // of trio; the zero User for one who isn't there
	creds       [3]roster.Credential
	roles       []roster.Role
	departments []roster.Department
	tokens      []roster.Token
	letters     []roster.Letter
	runs        []roster.Run
	entries     int
	open        map[roster.RunID]roster.Entry // intended and not done
	head        roster.Head
	refusals    int // that were counted
}

var photoOptions = []cmp.Option{cmp.AllowUnexported(photo{}), cmpopts.EquateComparable(roster.Token{})}

// look takes a photo.
func (x *explorer) look(store *memstore.Store) *photo {
	p := new(photo)
	err := store.View(x.ctx, func(tx roster.Tx) error {
		for i, id := range trio {
			u, err := tx.User(id)
			if errors.Is(err, roster.ErrNotFound) {
				continue
			}
			if err != nil {
				return err
			}
			p.users[i] = u
			if p.creds[i], err = tx.Credential(id); err != nil && !errors.Is(err, roster.ErrNotFound) {
				return err
			}
		}
		return p.rest(tx)
	})
	if err != nil {
		x.t.Fatal(err)
	}
	return p
}

// rest reads what isn't a user's.
func (p *photo) rest(tx roster.Tx) error {
	var errs [7]error
	p.roles, errs[0] = tx.ListRoles("", 100)
	p.departments, errs[1] = tx.ListDepartments("", 100)
	p.tokens, errs[2] = tx.ListTokens(roster.TokenFilter{}, "", 1000)
	p.letters, errs[3] = tx.ListLetters("", false, "", 1000)
	p.runs, errs[4] = tx.ListRuns(roster.RunFilter{}, "", 1000)
	for _, r := range p.runs {
		if p.entries += r.Entries; !r.Unfinished() {
			continue
		}
		last, err := tx.ListEntries(r.ID, r.Entries-1, 1)
		if err != nil {
			return err
		}
		if len(last) == 1 && !last[0].Done {
			if p.open == nil {
				p.open = map[roster.RunID]roster.Entry{}
			}
			p.open[r.ID] = last[0]
		}
	}
	p.head, errs[5] = tx.Head()
	counters, err := tx.ListCounters("", 1000)
	for _, c := range counters {
		p.refusals += c.Count
	}
	errs[6] = err
	return errors.Join(errs[:]...)
}

// same reports whether nothing but the trail, and what counts attempts, differs.
func (p *photo) same(q *photo) bool {
	return reflect.DeepEqual(p.users, q.users) && p.creds == q.creds && reflect.DeepEqual(p.roles, q.roles) &&
		slices.Equal(p.departments, q.departments) && slices.Equal(p.tokens, q.tokens) && slices.Equal(p.letters, q.letters) &&
		reflect.DeepEqual(p.runs, q.runs) && p.entries == q.entries
}

// same is reflect.DeepEqual of two values of one type.
func same[T any](a, b T) bool { return reflect.DeepEqual(a, b) }

// ghost is what isn't in the store: what time it is, what people know, and the host's records.
type ghost struct {
	now     time.Time
	secrets []secret
	forget  bool         // what has ended
	owner   int          // of the one deal that there is; nobody's is 3
	hold    *roster.Hold // the worker's who took a run up last; nil: none
}

// secret is the text of a token and who has it.
type secret struct {
	text   string
	token  roster.Token
	user   int    // whose
	holder int    // the person who has it
	to     string // the address that it went to; empty for what wasn't sent
	ended  bool   // by a verb that ends it for ever
}

func (s secret) String() string {
	return fmt.Sprintf("%s of %s, known to %s, ended: %v", s.token.Kind, name(s.user), name(s.holder), s.ended)
}

func (g ghost) clone() ghost {
	g.secrets = slices.Clone(g.secrets)
	if g.hold != nil {
		hold := *g.hold
		g.hold = &hold
	}
	return g
}

// learn notes that a person has a secret. Of each kind one good one and one that has ended are enough.
func (g *ghost) learn(out roster.Issued, holder int) {
	n := secret{text: out.Secret.Reveal(), token: out.Token, user: slices.Index(trio[:], out.Token.User), holder: holder}
	alike := func(s secret) bool {
		return s.user == n.user && s.holder == holder && s.token.Kind == n.token.Kind && s.ended == n.ended
	}
	if !slices.ContainsFunc(g.secrets, alike) {
		g.secrets = append(g.secrets, n)
	}
}

// end notes that secrets have ended, and forgets all but one of each kind of those.
func (g *ghost) end(which func(secret) bool) {
	var kept []secret
	for _, s := range g.secrets {
		s.ended = s.ended || which(s)
		if s.ended && g.forget {
			continue
		}
		again := func(k secret) bool {
			return s.ended && k.ended && k.user == s.user && k.token.Kind == s.token.Kind && k.holder == s.holder
		}
		if !slices.ContainsFunc(kept, again) {
			kept = append(kept, s)
		}
	}
	g.secrets = kept
}
