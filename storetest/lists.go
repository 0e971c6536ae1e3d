package storetest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"github.com/seed-8e8abc8d/roster"
)

// listCases are about lists.
func listCases() []Case {
	return []Case{
		newCase("pages", "Lists come in ascending order of their key, those after the given key only, at most limit of them; "+
			"a shorter page is the last, and a limit below 1 is an ErrInvalid.", checkPages),
		newCase("newest first", "ListEventsBefore lists events whose number is below the given one, in descending order, at most limit "+
			"of them, by the same filters.", checkNewestFirst),
		newCase("filters", "Filters mean what their Match says.", checkFilters),
	}
}

// listing is one way to list rows. put adds a row that the list shows, or one that it passes over.
type listing struct {
	name     string
	plain    bool // it shows every row there is
	numbered bool // its rows are put in order only
	ordinal  bool // its keys are numbers
	fixed    bool // a row that it shows can't be changed into one that it doesn't
	put      func(tx roster.Tx, key string, shown bool) error
	del      func(tx roster.Tx, key string) error // nil where rows stay for ever
	list     func(tx roster.Tx, after string, limit int) ([]string, error)
}

// newListing takes the types off a list of rows with texts for keys. choose makes the row one that is
// shown or not; nil shows all.
func newListing[T any, K ~string](
	name string, row func(key string, v int) T, put func(roster.Tx, T) error, del func(roster.Tx, K) error,
	list func(tx roster.Tx, after K, limit int) ([]T, error), key func(T) K, choose func(row *T, shown bool),
) listing {
	l := listing{
		name: name, plain: choose == nil,
		put: func(tx roster.Tx, k string, shown bool) error {
			v, _ := strconv.Atoi(k)
			r := row(k, v)
			if choose != nil {
				choose(&r, shown)
			}
			return put(tx, r)
		},
		list: func(tx roster.Tx, after string, limit int) ([]string, error) {
			rows, err := list(tx, K(after), limit)
			return keysOf(rows, func(r T) string { return string(key(r)) }), err
		},
	}
	if del != nil {
		l.del = func(tx roster.Tx, k string) error { return del(tx, K(k)) }
	}
	return l
}

func keysOf[T any](rows []T, key func(T) string) []string {
	var list []string
	for _, r := range rows {
		list = append(list, key(r))
	}
	return list
}

// listings are all ways to list that an index may serve.
func listings() []listing {
	return slices.Concat(userListings(), tokenListings(), otherListings(), numberedListings())
}

func userListings() []listing {
	users := func(name string, f roster.UserFilter, choose func(*roster.User, bool)) listing {
		return newListing(name, sampleUser, roster.Tx.PutUser, nil,
			func(tx roster.Tx, after roster.UserID, limit int) ([]roster.User, error) {
				return tx.ListUsers(f, after, limit)
			},
			func(u roster.User) roster.UserID { return u.ID }, choose)
	}
	return []listing{
		users("users", roster.UserFilter{Deleted: true}, nil),
		users("users not deleted", roster.UserFilter{}, func(u *roster.User, shown bool) {
			if !shown {
				u.Status = roster.StatusDeleted
			}
		}),
		users("administrators", roster.UserFilter{Admins: true}, func(u *roster.User, shown bool) { u.Admin = shown }),
		users("holders of a role", roster.UserFilter{Role: "r"}, func(u *roster.User, shown bool) {
			if shown {
				u.Role = "r"
			}
		}),
		users("members of a department", roster.UserFilter{Department: "d"}, func(u *roster.User, shown bool) {
			if shown {
				u.Department = "d"
			}
		}),
	}
}

func tokenListings() []listing {
	tokens := func(name string, f roster.TokenFilter, choose func(*roster.Token, bool)) listing {
		return newListing(name, sampleToken, roster.Tx.PutToken, roster.Tx.DeleteToken,
			func(tx roster.Tx, after roster.TokenID, limit int) ([]roster.Token, error) {
				return tx.ListTokens(f, after, limit)
			},
			func(k roster.Token) roster.TokenID { return k.ID }, choose)
	}
	return []listing{
		tokens("tokens", roster.TokenFilter{}, nil),
		tokens("tokens of a user", roster.TokenFilter{User: "u"}, func(k *roster.Token, shown bool) {
			if shown {
				k.User = "u"
			}
		}),
		tokens("tokens of a family", roster.TokenFilter{Family: "f"}, func(k *roster.Token, shown bool) {
			if shown {
				k.Family = "f"
			}
		}),
		tokens("tokens of an integration", roster.TokenFilter{Integration: "i"}, func(k *roster.Token, shown bool) {
			if shown {
				k.Integration = "i"
			}
		}),
		tokens("open tokens", roster.TokenFilter{Open: true}, func(k *roster.Token, shown bool) {
			if shown {
				k.Spent, k.Revoked = time.Time{}, time.Time{}
			}
		}),
	}
}

func otherListings() []listing {
	letters := func(name string, user roster.UserID, open bool, choose func(*roster.Letter, bool)) listing {
		return newListing(name, sampleLetter, roster.Tx.PutLetter, roster.Tx.DeleteLetter,
			func(tx roster.Tx, after roster.LetterID, limit int) ([]roster.Letter, error) {
				return tx.ListLetters(user, open, after, limit)
			},
			func(l roster.Letter) roster.LetterID { return l.ID }, choose)
	}
	runs := func(name string, f roster.RunFilter, choose func(*roster.Run, bool)) listing {
		return newListing(name, sampleRun, roster.Tx.PutRun, nil,
			func(tx roster.Tx, after roster.RunID, limit int) ([]roster.Run, error) {
				return tx.ListRuns(f, after, limit)
			},
			func(r roster.Run) roster.RunID { return r.ID }, choose)
	}
	return []listing{
		newListing("departments", sampleDepartment, roster.Tx.PutDepartment, roster.Tx.DeleteDepartment, roster.Tx.ListDepartments,
			func(d roster.Department) roster.DepartmentID { return d.ID }, nil),
		newListing("roles", sampleRole, roster.Tx.AddRole, roster.Tx.DeleteRole, roster.Tx.ListRoles,
			func(r roster.Role) roster.RoleID { return r.ID }, nil),
		newListing("counters", sampleCounter, roster.Tx.PutCounter, roster.Tx.DeleteCounter, roster.Tx.ListCounters,
			func(c roster.Counter) string { return c.Key }, nil),
		letters("letters", "", false, nil),
		letters("letters of a user", "u", false, func(l *roster.Letter, shown bool) {
			if shown {
				l.User = "u"
			}
		}),
		letters("open letters", "", true, func(l *roster.Letter, shown bool) {
			if shown {
				l.Sent, l.Void = time.Time{}, false
			}
		}),
		runs("runs", roster.RunFilter{}, nil),
		runs("runs of a leaver", roster.RunFilter{Leaver: "u"}, func(r *roster.Run, shown bool) {
			if shown {
				r.Leaver = "u"
			}
		}),
		runs("unfinished runs", roster.RunFilter{Unfinished: true}, func(r *roster.Run, shown bool) {
			r.State = roster.RunDone
			if shown {
				r.State = roster.RunParked
			}
		}),
	}
}

// numberedListings list rows whose keys are numbers.
func numberedListings() []listing {
	number := func(after string) int {
		n, _ := strconv.Atoi(after) // an empty text is 0, before all
		return n
	}
	events := func(f roster.EventFilter) func(roster.Tx, string, int) ([]string, error) {
		return func(tx roster.Tx, after string, limit int) ([]string, error) {
			list, err := tx.ListEvents(f, uint64(number(after)), limit)
			return keysOf(list, func(e roster.Event) string { return fmt.Sprint(e.Seq) }), err
		}
	}
	return []listing{
		{name: "events", plain: true, numbered: true, ordinal: true, list: events(roster.EventFilter{}),
			put: func(tx roster.Tx, key string, _ bool) error {
				e := sampleEvent(key, number(key))
				if shown(key) {
					e.Actor = "u"
				}
				return tx.AppendEvent(e)
			}},
		{name: "events of an actor", numbered: true, list: events(roster.EventFilter{Actor: "u"}),
			put: func(roster.Tx, string, bool) error { return nil }}, // they are there
		{name: "entries of a run", ordinal: true, fixed: true,
			put: func(tx roster.Tx, key string, shown bool) error {
				e := sampleEntry(key, number(key))
				if !shown {
					e.Run = "another"
				}
				return tx.PutEntry(e)
			},
			list: func(tx roster.Tx, after string, limit int) ([]string, error) {
				list, err := tx.ListEntries("run", number(after), limit)
				return keysOf(list, func(e roster.Entry) string { return fmt.Sprint(e.N) }), err
			}},
	}
}

// shown tells which rows a list that doesn't show all shows: the first and the last, not the second.
func shown(key string) bool {
	n, _ := strconv.Atoi(key)
	return n%3 != 2
}

// checkPages lists in pages of every size and from every key. Lists of one noun share its rows, which
// are replaced for each. Then the rows change places: those that a list showed leave it, the others come.
func checkPages(x *exam) {
	all := keys(7)
	for _, l := range listings() {
		want := x.putSome(l, all, func(key string) bool { return l.plain || shown(key) })
		x.view("list "+l.name, func(tx roster.Tx) error {
			for limit := 1; limit <= len(all)+1; limit++ {
				x.pages(tx, l, limit, want)
			}
			for _, after := range all {
				got, err := l.list(tx, after, 10)
				x.is("list "+l.name, err, nil)
				rest := slices.DeleteFunc(slices.Clone(want), func(k string) bool { return k <= after })
				x.equal(l.name+" after "+after, got, rest)
			}
			for _, limit := range []int{0, -1} {
				_, err := l.list(tx, "", limit)
				x.is(fmt.Sprintf("%s, at most %d", l.name, limit), err, roster.ErrInvalid)
			}
			return nil
		})
		if l.plain || l.numbered || l.fixed {
			continue
		}
		want = x.putSome(l, all, func(key string) bool { return !shown(key) })
		x.view("list "+l.name+" again", func(tx roster.Tx) error {
			got, err := l.list(tx, "", 10)
			x.equal(l.name+" after its rows changed", got, want)
			return err
		})
	}
}

// putSome puts rows, not in order where that is possible, and returns the keys of those that l is to show.
func (x *exam) putSome(l listing, all []string, shown func(key string) bool) (want []string) {
	for _, key := range all {
		if shown(key) {
			want = append(want, key)
		}
	}
	x.update("put "+l.name, func(tx roster.Tx) error {
		for i := range all {
			key := all[i*3%7] // not in order
			if l.numbered {
				key = all[i]
			}
			if err := l.put(tx, key, shown(key)); err != nil {
				return err
			}
		}
		return nil
	})
	return want
}

// pages wants the pages of a list to be want, cut into pieces of limit.
func (x *exam) pages(tx roster.Tx, l listing, limit int, want []string) {
	after := ""
	for rest := want; ; {
		got, err := l.list(tx, after, limit)
		x.is("list "+l.name, err, nil)
		page := rest[:min(limit, len(rest))]
		x.equal(fmt.Sprintf("%s: %d after %q", l.name, limit, after), got, page)
		if rest = rest[len(page):]; len(page) < limit {
			return
		}
		after = page[len(page)-1]
	}
}

// checkFilters lists random rows by random filters.
func checkFilters(x *exam) {
	rnd := rand.New(rand.NewPCG(7, 11))
	rows := randomRows(rnd, 80)
	x.update("put", rows.put)
	x.view("list", func(tx roster.Tx) error {
		for i := range 5 { // dates by themselves: other fields would hide the instants at which they part users
			for _, f := range []roster.UserFilter{{SeenBefore: at(i)}, {EndedBy: at(i)}} {
				filter(x, rows.users, f, roster.UserFilter.Match,
					func(f roster.UserFilter) ([]roster.User, error) { return tx.ListUsers(f, "", 1000) })
			}
		}
		for range 60 {
			filter(x, rows.users, randomUserFilter(rnd), roster.UserFilter.Match,
				func(f roster.UserFilter) ([]roster.User, error) { return tx.ListUsers(f, "", 1000) })
			filter(x, rows.tokens, randomTokenFilter(rnd), roster.TokenFilter.Match,
				func(f roster.TokenFilter) ([]roster.Token, error) { return tx.ListTokens(f, "", 1000) })
			filter(x, rows.runs, randomRunFilter(rnd), roster.RunFilter.Match,
				func(f roster.RunFilter) ([]roster.Run, error) { return tx.ListRuns(f, "", 1000) })
			filter(x, rows.events, randomEventFilter(rnd), roster.EventFilter.Match,
				func(f roster.EventFilter) ([]roster.Event, error) { return tx.ListEvents(f, 0, 1000) })
			filter(x, rows.letters, randomLetterFilter(rnd), letterFilter.match,
				func(f letterFilter) ([]roster.Letter, error) { return tx.ListLetters(f.user, f.open, "", 1000) })
		}
		return nil
	})
}

// filter wants a list by f to be those of all, which is in order, that match f.
func filter[T, F any](x *exam, all []T, f F, match func(F, T) bool, list func(F) ([]T, error)) {
	var want []T
	for _, row := range all {
		if match(f, row) {
			want = append(want, row)
		}
	}
	got, err := list(f)
	x.is(fmt.Sprintf("list by %+v", f), err, nil)
	x.equal(fmt.Sprintf("list by %+v", f), got, want)
}
