// Package rostertest is for the tests of applications that use roster.
//
// An Office is a Roster that is ready at once: a clock that stands until the test moves it, a hasher that
// costs nothing, an administrator, and a recorder of the letters that were sent.
//
//	func TestOnlySellersSeeDeals(t *testing.T) {
//		office := rostertest.New(t, roster.CRMSchema())
//		ben := office.Add(t, roster.AddUser{ID: "ben", Rights: roster.Rights{"deal:view": roster.All}})
//		eva := office.Add(t, roster.AddUser{ID: "eva"})
//		for user, want := range map[roster.UserID]bool{ben: true, eva: false} {
//			d, err := office.Can(t.Context(), user, office.Schema().MustRight("deal:view"), roster.Record{ID: "17"})
//			if err != nil || d.Allowed != want {
//				t.Errorf("%s sees deals: %v, %v; want %v", user, d.Allowed, err, want)
//			}
//		}
//		session, err := office.SignIn(t.Context(), "ben@example.com", rostertest.Password)
//		if err != nil {
//			t.Fatal(err)
//		}
//		office.Clock.Advance(13 * time.Hour)
//		if _, err := office.Check(t.Context(), session.Secret.Reveal()); !errors.Is(err, roster.ErrToken) {
//			t.Errorf("a session of yesterday: %v; want %v", err, roster.ErrToken)
//		}
//	}
//
// Holdings is the contract of roster.Holdings as a suite of tests: run it on every kind of record that you
// register with an offboard.Desk. It needs a kind without records, for each case another, and a way to put some
// there; here a kind in memory stands for the host's own. What a Source says beyond that is what the kind
// hasn't: authors, say, or ids that are any text.
//
//	func TestTicketsAreHoldings(t *testing.T) {
//		rostertest.Holdings(t, func(t *testing.T) rostertest.Source {
//			tickets := new(memstore.Records) // yours: a table of a database that t's end takes away
//			return rostertest.Source{
//				Holdings: tickets,
//				Put:      tickets.Put,  // INSERT INTO tickets … ON CONFLICT (id) DO UPDATE …
//				Find:     tickets.Find, // SELECT … FROM tickets WHERE id = …
//				Delete:   tickets.Delete,
//				ID:       strconv.Itoa, // tickets have numbers
//				Parts:    []string{"", "backlog", "sprint"},
//			}
//		})
//	}
//
// Every case of the suite is proved: there are holdings that break its promise, as hosts' do, and it tells.
package rostertest
