package roster_test

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
)

// differences writes what changed between two digests, as a StaleError tells it.
func differences(err error) []string {
	var stale *roster.StaleError
	if !errors.As(err, &stale) {
		return nil
	}
	var all []string
	for _, x := range stale.Changed {
		all = append(all, x.String())
	}
	return all
}

func TestL6_AChangedWorldIsToldAsDifferences(t *testing.T) {
	t.Parallel()
	version := func(p *roster.Person) { p.User.Version++ }
	for _, c := range []struct {
		name   string
		change func(*scene)
		want   []string
		why    string
	}{
		{"nothing", func(*scene) {}, nil, "the same world"},
		{"later", func(sc *scene) { sc.Now = sc.Now.Add(1); sc.Backup = sc.Now; sc.Tokens = make([]roster.Token, 3) }, nil, "time, backups and tokens are no part of it"},
		{"a look elsewhere", func(sc *scene) { sc.Viewers = []roster.Person{sc.People["vera"]}; sc.Stocks[0].Survey.Named = 9 }, nil, "nor what is only told"},
		{"one more record", func(sc *scene) { sc.Stocks[1].Survey.Responsible[""]++ }, []string{"task records: was 3, is 4"}, "a new record"},
		{"another part", func(sc *scene) {
			sc.Stocks[0].Survey.Responsible = map[string]int{"won": 5, "lost": 6, "": 2}
		}, []string{"deal records in lost: was 7, is 6", "deal records in won: was 4, is 5"}, "a record moved"},
		{"a new part", func(sc *scene) {
			sc.Stocks[0].Survey.Responsible = map[string]int{"won": 4, "new": 7, "": 2}
		}, []string{"deal records in lost: was 7, is gone", "deal records in new: is new, 7"}, "all of a part moved"},
		{"exchanged", func(sc *scene) { sc.Stocks[0].Survey.Fingerprint = "d2" }, []string{"deal fingerprint: was d1, is d2"}, "as many, but not the same"},
		{"unreadable", func(sc *scene) { sc.Stocks[1].Unknown = "down" },
			[]string{"task records: was 3, is gone", "task fingerprint: was t1, is gone", "task source: is new, unknown"}, "a source that went away"},
		{"successor inactive", func(sc *scene) {
			sc.edit("boris", func(p *roster.Person) { version(p); p.User.Status = roster.StatusInactive })
		}, []string{"successor boris: was v1 active department sales, is v2 inactive department sales"}, "a successor who left"},
		{"successor's role", func(sc *scene) {
			sc.edit("boris", func(p *roster.Person) { version(p); p.Role = &roster.Role{ID: "r2"} })
		}, []string{"successor boris: was v1 active department sales, is v2 active role r2 department sales"}, "a role replaced"},
		{"successor gone", func(sc *scene) { delete(sc.People, "vera") }, []string{"successor vera: was v1 active department north, is gone", "handed on to vera: was reports:view all, is gone"}, "no such user any more"},
		{"leaver", func(sc *scene) { sc.leaver(version) }, []string{"leaver anna: was v1 active department sales, is v2 active department sales"}, "any change of the leaver"},
		{"leaver gone", func(sc *scene) { sc.Leaver = roster.Person{} },
			[]string{"leaver anna: was v1 active department sales, is absent", "handed on to vera: was reports:view all, is gone"}, "not there any more"},
		{"actor", func(sc *scene) { sc.Actor = sc.person("root", "hq", false, nil) },
			[]string{"actor root: was v1 active administrator department hq, is v1 active department hq"}, "the actor's standing"},
		{"another actor", func(sc *scene) { sc.System = "cleaning" },
			[]string{"actor root: was v1 active administrator department hq, is gone"}, "somebody else confirms"},
		{"head", func(sc *scene) { sc.Department.Head = "boris" }, []string{"head of the department: was hedda, is boris"}, "the head changed"},
		{"rights handed on", func(sc *scene) { sc.Leaver = sc.person("anna", "sales", false, roster.Rights{"mail:use": roster.All}) },
			[]string{"handed on to vera: was reports:view all, is mail:use all"}, "the rights to hand on changed"},
		{"a run", func(sc *scene) { sc.Runs = []roster.Run{{ID: "r9", Leaver: "old"}, {ID: "r2", Leaver: "vera"}} },
			[]string{"unfinished run r2: is new, of vera"}, "a successor leaves; other runs don't matter"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			sc := newScene(t)
			sc.leaver(func(p *roster.Person) { p.User.Rights = roster.Rights{"reports:view": roster.All} })
			sc.Req.HandOn = []roster.HandOn{{To: "vera", Rights: []string{"*"}}}
			was := sc.plan().Digest
			c.change(sc)
			err := was.Check(sc.plan().Digest, nil)
			if diff := cmp.Diff(c.want, differences(err)); diff != "" {
				t.Errorf("%s (-want +got)\n%s", c.why, diff)
			}
			is := is.New(t)
			is.Equal(errors.Is(err, roster.ErrStale), c.want != nil)                    // stale or not
			is.Equal(was.Equal(sc.plan().Digest), c.want == nil)                        // equal or not
			is.Equal(was.Sum() == sc.plan().Digest.Sum(), c.want == nil)                // by its sum as well
			is.True(err == nil || strings.Contains(err.Error(), c.want[len(c.want)-1])) // and told in the text
		})
	}
}

func TestL6_AnotherRequestIsAnotherPlan(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	sc := newScene(t)
	was := sc.plan().Digest
	sc.Req.With, sc.Req.Drift, sc.Req.HandOn = to(), map[string]int{}, []roster.HandOn{}
	is.True(was.Equal(sc.plan().Digest)) // empty lists say nothing
	sc.Req.Rules[0].To = to("vera")
	is.Equal(len(differences(was.Check(sc.plan().Digest, nil))), 1) // the request
	sc.Req.Rules[0].Do = 99
	is.Equal(sc.plan().Digest.Store[1].Value, "malformed") // no request at all
	roled := newScene(t)
	roled.leaver(func(p *roster.Person) { p.Role = &roster.Role{ID: "seller"} })
	roled.Req.HandOn = []roster.HandOn{{To: "vera", Role: true}}
	is.True(slices.Contains(roled.plan().Digest.Store, roster.Fact{Name: "handed on to vera", Value: "role seller"})) // a role handed on is a fact
	schema := newScene(t)
	if err := schema.Schema.AddParts("deal", roster.Part{Name: "new"}); err != nil {
		t.Fatal(err)
	}
	is.Equal(differences(was.Check(schema.plan().Digest, nil))[0][:7], "schema:") // new parts mean new rights
}

func TestL6_DriftAllowsArrivalsOnly(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		now    map[string]int
		print  string
		allow  int
		fresh  bool
		reason string
	}{
		{"none allowed", map[string]int{"won": 5, "lost": 7, "": 2}, "d2", 0, false, "one came, none may"},
		{"one allowed", map[string]int{"won": 5, "lost": 7, "": 2}, "d2", 1, true, "one came, one may"},
		{"into a new part", map[string]int{"won": 4, "lost": 7, "": 2, "new": 1}, "d2", 1, true, "whatever part it is in: the present plan must cover it"},
		{"two came", map[string]int{"won": 5, "lost": 8, "": 2}, "d2", 1, false, "more than may"},
		{"one left", map[string]int{"won": 3, "lost": 7, "": 2}, "d2", 1, false, "leaving is no arrival"},
		{"one moved", map[string]int{"won": 5, "lost": 6, "": 2}, "d2", 5, false, "moving is none either"},
		{"exchanged", map[string]int{"won": 4, "lost": 7, "": 2}, "d2", 5, false, "one left and one came"},
		{"moved from none into a part while one came", map[string]int{"won": 6, "lost": 7, "": 1}, "d2", 5, false, "another rule covers the one that moved"},
		{"nothing", map[string]int{"won": 4, "lost": 7, "": 2}, "d1", 5, true, "nothing changed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			sc := newScene(t)
			sc.Req.Drift = map[string]int{"deal": c.allow}
			was := sc.plan().Digest
			sc.Stocks[0].Survey.Responsible, sc.Stocks[0].Survey.Fingerprint = maps.Clone(c.now), c.print
			err := was.Check(sc.plan().Digest, sc.Req.Drift)
			is.Equal(err == nil, c.fresh) // see the reason
			sc.Stocks[1].Survey.Responsible[""]++
			is.True(was.Check(sc.plan().Digest, sc.Req.Drift) != nil) // drift is by kind: no other kind may grow
		})
	}
	is := is.New(t)
	sc := newScene(t)
	sc.Stocks[0].Authorship = roster.AuthorUndefined
	was := sc.plan().Digest
	sc.Stocks[0].Survey.Authored++
	is.Equal(differences(was.Check(sc.plan().Digest, nil)), []string{"deal authored: was 30, is 31"}) // one more was written
	is.NoErr(was.Check(sc.plan().Digest, map[string]int{"deal": 1}))                                  // which is an arrival too
	sc.Stocks[0].Survey.Authored++
	is.True(was.Check(sc.plan().Digest, map[string]int{"deal": 1}) != nil) // and counts
	sc.Stocks[0].Authorship = roster.AuthorMoved
	is.True(was.Check(sc.plan().Digest, map[string]int{"deal": 9}) != nil) // the host's policy changed
	odd := roster.Digest{Holdings: []roster.Fact{{Name: "deal records", Value: "many"}}}
	is.True(odd.Check(newScene(t).plan().Digest, map[string]int{"deal": 99}) != nil) // a count that is none
}

func TestL6_ADigestSurvivesAClient(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	want := newScene(t).plan().Digest
	text, err := json.Marshal(want)
	is.NoErr(err)
	var got roster.Digest
	is.NoErr(json.Unmarshal(text, &got))
	is.NoErr(got.Check(want, nil))  // carried by a client and back
	is.Equal(got.Sum(), want.Sum()) // the same
	is.Equal(len(want.Sum()), 32)   // a short text
	for i := range got.Store {
		var bad roster.Digest
		is.NoErr(json.Unmarshal(text, &bad))
		bad.Store[i].Value += "0"
		is.True(errors.Is(bad.Check(want, map[string]int{"deal": 9}), roster.ErrStale)) // a changed fact
		bad.Store = append(bad.Store[:i], bad.Store[i+1:]...)
		is.True(errors.Is(bad.Check(want, nil), roster.ErrStale)) // a missing fact
	}
	got.Store = append(got.Store, got.Store[0])
	is.Equal(differences(got.Check(want, nil)), []string{"digest: was " + got.Sum() + ", is " + want.Sum()}) // a fact told twice
	is.True(errors.Is(roster.Digest{}.Check(want, nil), roster.ErrStale))                                    // none at all
}

func TestL3_DigestHoldsNoPersonalData(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	sc := newScene(t)
	name := func(p *roster.Person) {
		p.User.FirstName, p.User.LastName, p.User.Email = "Frederica", "Quillfeather", "fq@example.org"
	}
	sc.leaver(name)
	sc.edit("boris", name)
	name(&sc.Actor)
	text, err := json.Marshal(sc.plan())
	is.NoErr(err)
	for _, personal := range []string{"Frederica", "Quillfeather", "fq@example.org"} {
		is.True(!strings.Contains(string(text), personal)) // neither the digest nor the plan
	}
}
