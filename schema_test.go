package roster_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"
	"github.com/seed-8e8abc8d/roster"
)

// view is the least that a sound kind needs.
var view = []roster.Action{{Name: "view"}}

func TestR1_SchemaTellsEveryFaultAtOnce(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a", 65)
	for _, c := range []struct {
		name      string
		kinds     []roster.Kind
		functions []roster.Function
		want      []string // the fields at fault
		why       string
	}{
		{"nothing", nil, nil, nil, "a schema of the library's functions alone is sound"},
		{"sound", []roster.Kind{{Name: "a_1", Actions: view, Parted: true, Parts: []roster.Part{{Name: "7001/142"}}}},
			[]roster.Function{{Name: "a:b_2"}, {Name: "a:c"}}, nil, "words, parts and functions of one area"},
		{"names", []roster.Kind{{Actions: view}, {Name: "Deal", Actions: view}, {Name: "1a", Actions: view}, {Name: "_a", Actions: view}, {Name: "a-b", Actions: view}, {Name: long, Actions: view}}, nil,
			[]string{"kinds[0].name", "kinds[1].name", "kinds[2].name", "kinds[3].name", "kinds[4].name", "kinds[5].name"}, "a kind's name is a lower-case word"},
		{"twice", []roster.Kind{{Name: "deal", Actions: []roster.Action{{Name: "view"}, {Name: "view"}}}, {Name: "deal", Actions: view}}, nil,
			[]string{"kinds[0].actions[1].name", "kinds[1].name"}, "one meaning a name"},
		{"no actions", []roster.Kind{{Name: "deal"}}, nil, []string{"kinds[0].actions"}, "nothing could be done with it"},
		{"action's name", []roster.Kind{{Name: "deal", Actions: []roster.Action{{Name: "View"}}}}, nil,
			[]string{"kinds[0].actions[0].name"}, "an action's name is a word too"},
		{"areas", []roster.Kind{{Name: "users", Actions: view}, {Name: "mail", Actions: view}}, []roster.Function{{Name: "mail:use"}},
			[]string{"kinds[0].name", "kinds[1].name"}, "users:delete would have two meanings"},
		{"functions", nil, []roster.Function{{Name: "mail"}, {Name: "mail:"}, {Name: ":use"}, {Name: "mail:use:now"}, {Name: "mail:use"}, {Name: "mail:use"}},
			[]string{"functions[0].name", "functions[1].name", "functions[2].name", "functions[3].name", "functions[5].name"}, "two words, once"},
		{"the library's own", nil, []roster.Function{{Name: roster.UsersDelete, Title: "Delete users"}, {Name: roster.UsersDelete, Title: "Delete users"}}, []string{"functions[1].name"}, "as it is, once"},
		{"the library's own by another title", nil, []roster.Function{{Name: roster.UsersDelete, Title: "Fire"}, {Name: roster.UsersManage}}, []string{"functions[0].title", "functions[1].title"}, "its title is the library's"},
		{"parts", []roster.Kind{{Name: "deal", Actions: view, Parted: true, Parts: []roster.Part{{}, {Name: "a b"}, {Name: "a@b"}, {Name: "ü"}, {Name: strings.Repeat("p", 129)}, {Name: "won"}, {Name: "won"}}}}, nil,
			[]string{"kinds[0].parts[0].name", "kinds[0].parts[1].name", "kinds[0].parts[2].name", "kinds[0].parts[3].name", "kinds[0].parts[4].name", "kinds[0].parts[6].name"}, "printable ASCII without spaces and @, once"},
		{"parts of the unparted", []roster.Kind{{Name: "deal", Actions: view, Parts: []roster.Part{{Name: "won"}}}}, nil,
			[]string{"kinds[0].parts"}, "no right could name them"},
		{"scopes", []roster.Kind{{Name: "deal", Actions: []roster.Action{{Name: "view", Scopes: []roster.Scope{denied, roster.Unset, 9, all, all}}}}}, nil,
			[]string{"kinds[0].actions[0].scopes[1]", "kinds[0].actions[0].scopes[2]", "kinds[0].actions[0].scopes[4]"}, "unset, no scope, and one that stands twice"},
		{"never denied, never given", []roster.Kind{{Name: "deal", Actions: []roster.Action{{Name: "view", Scopes: []roster.Scope{all}}, {Name: "edit", Scopes: []roster.Scope{denied}}, {Name: "drop", Scopes: []roster.Scope{}}}}}, nil,
			[]string{"kinds[0].actions[0].scopes", "kinds[0].actions[1].scopes", "kinds[0].actions[2].scopes"}, "every right can be denied, and given"},
		{"needs", []roster.Kind{{Name: "deal", Actions: []roster.Action{{Name: "view"}, {Name: "edit", Needs: []string{"veiw", "view", "view"}}}}}, nil,
			[]string{"kinds[0].actions[1].needs[0]", "kinds[0].actions[1].needs[2]"}, "unknown and repeated needs"},
		{"circles", []roster.Kind{
			{Name: "deal", Actions: []roster.Action{{Name: "view", Needs: []string{"view"}}}},
			{Name: "task", Actions: []roster.Action{{Name: "a", Needs: []string{"b"}}, {Name: "b", Needs: []string{"c"}}, {Name: "c", Needs: []string{"a"}}}}}, nil,
			[]string{"kinds[0].actions", "kinds[1].actions"}, "nothing in a circle could be given"},
		{"a diamond", []roster.Kind{{Name: "deal", Actions: []roster.Action{{Name: "a", Needs: []string{"b", "c"}}, {Name: "b", Needs: []string{"d"}}, {Name: "c", Needs: []string{"d"}}, {Name: "d"}}}}, nil,
			nil, "two ways to one need are no circle"},
		{"out of reach", []roster.Kind{{Name: "deal", Actions: []roster.Action{{Name: "view", Scopes: []roster.Scope{denied, own}}, {Name: "edit", Needs: []string{"view"}}}}}, nil,
			[]string{"kinds[0].actions[1].needs[0]"}, "edit could be written all, but never be more than own"},
		{"narrower than its need", []roster.Kind{{Name: "deal", Actions: []roster.Action{{Name: "view"}, {Name: "edit", Scopes: []roster.Scope{denied, own}, Needs: []string{"view"}}}}}, nil,
			nil, "edit may stop at own while view goes on"},
		{"lowered to what isn't allowed", []roster.Kind{{Name: "deal", Actions: []roster.Action{{Name: "view"}, {Name: "drop", Scopes: []roster.Scope{denied, all}, Needs: []string{"view"}}}}}, nil,
			[]string{"kinds[0].actions[1].needs[0]", "kinds[0].actions[1].needs[0]"}, "view may lower drop to own and department, which drop doesn't allow"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			is := is.New(t)
			s, err := roster.NewSchema(c.kinds, c.functions)
			is.Equal(s == nil, c.want != nil) // there is a schema only without faults
			var faults roster.Faults
			is.Equal(errors.As(err, &faults), c.want != nil)           // every fault is in a Faults
			is.Equal(errors.Is(err, roster.ErrInvalid), c.want != nil) // which is an ErrInvalid
			var got []string
			for _, f := range faults {
				got = append(got, f.Field)
				is.True(f.Problem != "") // each fault says what is wrong
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s\n%v", c.why, diff, err)
			}
		})
	}
}

func TestR13_CirclesAreNamed(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	_, err := roster.NewSchema([]roster.Kind{{Name: "deal", Actions: []roster.Action{
		{Name: "view"}, {Name: "edit", Needs: []string{"drop"}}, {Name: "drop", Needs: []string{"view", "edit"}},
	}}}, nil)
	is.True(strings.Contains(fmt.Sprint(err), "edit → drop → edit")) // the fault shows the way around
}

func TestR2_EverySchemaHasTheLibrarysFunctions(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	s, err := roster.NewSchema(nil, []roster.Function{{Name: "mail:use"}})
	is.NoErr(err)
	var names []string
	for _, f := range s.Functions() {
		names = append(names, f.Name)
		is.True(s.MustRight(f.Name).Known()) // each is a right
		is.True(f.Title != "")               // with a title
	}
	want := []string{roster.UsersManage, roster.UsersDeactivate, roster.UsersDelete, roster.RolesManage,
		roster.TrailRead, roster.BackupRun, roster.ErasureRun, roster.ImportRun, "mail:use"}
	is.Equal(names, want) // the library's own first
}

func TestR12_RightsTextsRoundTrip(t *testing.T) {
	t.Parallel()
	s := crm(t)
	for _, text := range []string{"deal:view", "deal:view@won", "deal:create@new", "note:export", "users:delete", "mail:use"} {
		is := is.New(t)
		right, err := s.Right(text)
		is.NoErr(err)                               // the schema knows the text
		is.Equal(right.String(), text)              // and gives it back
		is.Equal(right, s.MustRight(text))          // rights are comparable
		is.True(right.Known())                      //
		is.Equal(right.At("").At(""), right.At("")) // taking the part away twice changes nothing
	}
	for _, text := range []string{"", "deal", "deal:", ":view", "deal:fly", "deal:view:own", "Deal:view", " deal:view", "deal:view@", "deal:view@lost",
		"deal:view@won@won", "contact:view@won", "users:delete@won", "lead:view", "users:fly", "deal:view "} {
		is := is.New(t)
		right, err := s.Right(text)
		is.True(errors.Is(err, roster.ErrInvalid)) // the schema doesn't know the text
		is.Equal(right, roster.Right{})            // and gives the zero right
		is.True(strings.Contains(err.Error(), "rights["+text+"]"))
	}
}

func TestR12_RightsOnParts(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	s := crm(t)
	deal := s.MustRight("deal:view")
	is.Equal(deal.At("won"), s.MustRight("deal:view@won"))           // a known part
	is.Equal(deal.At("won").At("new"), s.MustRight("deal:view@new")) // the part asked for last
	is.Equal(deal.At("won").At(""), deal)                            // the whole kind
	is.True(!deal.At("lost").Known())                                // an unknown part
	is.Equal(deal.At("lost").String(), "deal:view@")                 // has a text that is no right's
	is.Equal(deal.At("lost").At("won"), deal.At("won"))              // and the right is still there
	task, users := s.MustRight("task:view"), s.MustRight(roster.UsersDelete)
	is.Equal(task.At("won"), task)                     // a kind without parts doesn't look at them
	is.Equal(users.At("won"), users)                   // nor does a function
	is.Equal(roster.Right{}.At("won"), roster.Right{}) // nor the zero right
	is.Equal(roster.Right{}.String(), "")              // whose text is empty
	is.True(!roster.Right{}.Known())                   // and who is known to nobody
}

func TestMustRightPanics(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() == nil {
			t.Error("a right that the schema doesn't know is a mistake in the host's source")
		}
	}()
	roster.CRMSchema().MustRight("deal:fly")
}

func TestR12_PartsAreAdded(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	s := crm(t)
	won := s.MustRight("deal:view@won")
	is.NoErr(s.AddParts("deal", roster.Part{Name: "won", Title: "Again"}, roster.Part{Name: "lost", Title: "Lost"}, roster.Part{Name: "lost"}))
	is.NoErr(s.AddParts("catalog", roster.Part{Name: "won"}))
	is.Equal(s.MustRight("deal:view@won"), won)                              // a part that is there already is left alone
	is.True(s.MustRight("catalog:view@won") != s.MustRight("deal:view@won")) // each kind has its own
	is.True(s.HasPart("deal", "lost"))                                       // a new part is known
	is.True(!s.HasPart("task", "lost") && !s.HasPart("lead", "lost"))        // to its kind only
	deal, ok := s.Kind("deal")
	is.True(ok)                                                                           // the kind is there
	is.Equal(deal.Parts, []roster.Part{{"won", "won"}, {"new", "new"}, {"lost", "Lost"}}) // in the order of their adding

	for _, c := range []struct {
		kind  string
		parts []roster.Part
		want  []string
	}{
		{"lead", []roster.Part{{Name: "x"}}, []string{"kind"}},
		{"task", []roster.Part{{Name: "x"}}, []string{"kind"}},
		{"deal", []roster.Part{{Name: "y"}, {Name: "a b"}, {}}, []string{"parts[1].name", "parts[2].name"}},
	} {
		var faults roster.Faults
		is.True(errors.As(s.AddParts(c.kind, c.parts...), &faults)) // refused
		var fields []string
		for _, f := range faults {
			fields = append(fields, f.Field)
		}
		is.Equal(fields, c.want) // with every fault
	}
	is.True(!s.HasPart("deal", "y")) // and nothing was added
}

func TestR12_PartsAreAddedConcurrently(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	s := crm(t)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for j := range 100 {
				name := fmt.Sprint("p", i*90+j)
				if err := s.AddParts("deal", roster.Part{Name: name}); err != nil {
					t.Error(err)
				}
				if got := s.MustRight("deal:view").At(name).String(); got != "deal:view@"+name {
					t.Errorf("part %s is %s", name, got)
				}
				roster.Resolve(s, roster.Grants{Role: rights{"deal:view@" + name: all}})
			}
		})
	}
	wg.Wait()
	deal, _ := s.Kind("deal")
	is.Equal(len(deal.Parts), 2+7*90+100) // every part once
}

func TestSchemaGivesCopies(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	actions := []roster.Action{{Name: "view", Scopes: []roster.Scope{denied, all}}, {Name: "edit", Scopes: []roster.Scope{denied, all}, Needs: []string{"view"}}}
	functions := []roster.Function{{Name: "mail:use"}}
	s, err := roster.NewSchema([]roster.Kind{{Name: "deal", Actions: actions}}, functions)
	is.NoErr(err)
	before := s.Digest()
	actions[0].Scopes[1], actions[1].Needs[0], actions[1].Name, functions[0].Name = own, "x", "y", "z"
	deal, _ := s.Kind("deal")
	deal.Actions[0].Scopes[0], deal.Actions[1].Needs[0], deal.Actions[1].Name = own, "x", "y"
	s.Kinds()[0].Actions[0].Name, s.Functions()[0].Name = "x", "x"
	is.Equal(s.Digest(), before) // what went in and what came out are copies
	_, ok := s.Kind("lead")
	is.True(!ok)                                 // a kind that isn't there
	is.Equal(len(new(roster.Schema).Kinds()), 0) // the zero schema has none
}

func TestL6_DigestChangesWithAnythingTheSchemaSays(t *testing.T) {
	t.Parallel()
	base := func() ([]roster.Kind, []roster.Function) {
		return []roster.Kind{{Name: "deal", Parted: true, Actions: []roster.Action{{Name: "view"}, {Name: "edit"}}, Parts: []roster.Part{{Name: "won"}}}, {Name: "task", Actions: view}},
			[]roster.Function{{Name: "mail:use"}}
	}
	digest := func(change func(k []roster.Kind, f []roster.Function)) string {
		k, f := base()
		change(k, f)
		s, err := roster.NewSchema(k, f)
		if err != nil {
			t.Fatal(err)
		}
		return s.Digest()
	}
	seen := map[string]string{}
	for name, change := range map[string]func(k []roster.Kind, f []roster.Function){
		"nothing":        func([]roster.Kind, []roster.Function) {},
		"kind's name":    func(k []roster.Kind, _ []roster.Function) { k[0].Name = "lead" },
		"kind's title":   func(k []roster.Kind, _ []roster.Function) { k[0].Title = "Deals" },
		"parted":         func(k []roster.Kind, _ []roster.Function) { k[1].Parted = true },
		"order of kinds": func(k []roster.Kind, _ []roster.Function) { slices.Reverse(k) },
		"action's name":  func(k []roster.Kind, _ []roster.Function) { k[0].Actions[0].Name = "see" },
		"action's title": func(k []roster.Kind, _ []roster.Function) { k[0].Actions[0].Title = "See" },
		"scopes":         func(k []roster.Kind, _ []roster.Function) { k[0].Actions[0].Scopes = []roster.Scope{denied, all} },
		"needs":          func(k []roster.Kind, _ []roster.Function) { k[0].Actions[1].Needs = []string{"view"} },
		"part's name":    func(k []roster.Kind, _ []roster.Function) { k[0].Parts[0].Name = "lost" },
		"part's title":   func(k []roster.Kind, _ []roster.Function) { k[0].Parts[0].Title = "Won" },
		"function":       func(_ []roster.Kind, f []roster.Function) { f[0].Name = "mail:read" },
		"function title": func(_ []roster.Kind, f []roster.Function) { f[0].Title = "Mail" },
	} {
		d := digest(change)
		if other := seen[d]; other != "" {
			t.Errorf("%s and %s have one digest", name, other)
		}
		seen[d] = name
	}
	is := is.New(t)
	a, b := crm(t), roster.CRMSchema()
	is.True(a.Digest() != b.Digest()) // parts count
	is.NoErr(b.AddParts("deal", roster.Part{Name: "new"}))
	is.NoErr(b.AddParts("deal", roster.Part{Name: "won"}))
	is.Equal(a.Digest(), b.Digest()) // the order of their adding doesn't
}

func TestR13_CRMSchema(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	s := roster.CRMSchema()
	for _, k := range s.Kinds() {
		is.Equal(k.Parted, k.Name == "deal" || k.Name == "catalog") // deals and catalogues have parts
		for _, a := range k.Actions {
			want := []roster.Scope{denied, own, dept, all}
			if a.Name == "create" {
				want = []roster.Scope{denied, all}
			}
			is.Equal(a.Scopes, want) // creating is all or denied
			is.Equal(a.Needs, map[string][]string{"edit": {"view"}, "delete": {"view", "edit"}, "export": {"view"}}[a.Name])
		}
	}
	is.NoErr(s.AddParts("deal", roster.Part{Name: "x"}))
	is.True(!roster.CRMSchema().HasPart("deal", "x")) // each call makes a schema of its own
}

// TestR1_SchemasAreExtended declares again what another schema lists: nothing is lost, and mine comes along.
func TestR1_SchemasAreExtended(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	crm := roster.CRMSchema()
	is.NoErr(crm.AddParts("deal", roster.Part{Name: "won", Title: "Won"}))
	again, err := roster.NewSchema(crm.Kinds(), crm.Functions())
	is.NoErr(err)
	is.Equal(again.Digest(), crm.Digest()) // the same in all that it says
	mine := roster.Kind{Name: "ticket", Actions: view}
	more, err := roster.NewSchema(append(crm.Kinds(), mine), append(crm.Functions(), roster.Function{Name: "sla:edit"}))
	is.NoErr(err)
	is.Equal(len(more.Functions()), len(crm.Functions())+1)
	_, err = more.Right("ticket:view")
	is.NoErr(err)
	is.True(more.HasPart("deal", "won"))
}
