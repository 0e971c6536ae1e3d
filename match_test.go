package roster_test

import (
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/seed-8e8abc8d/roster"
)

func TestJ2_FoldEmail(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, in, want, why string }{
		{"empty", "", "", "no address is no address"},
		{"latin", "Anna.K@Example.COM", "anna.k@example.com", "mail systems ignore case in practice, before the @ too"},
		{"both ends", "AZ@x.ru", "az@x.ru", "A and Z are letters too"},
		{"cyrillic", "АННА@Почта.РФ", "анна@почта.рф", "not only ASCII has cases"},
		{"spaces at the ends", " \tanna@x.ru\n", "anna@x.ru", "pasted addresses carry them"},
		{"space inside", "an na@x.ru", "an na@x.ru", "another address, which validation refuses"},
		{"kelvin sign", "mi\u212Ae@x.ru", "mike@x.ru", "its lower case is k"},
		{"long s", "\u017Fam@x.ru", "sam@x.ru", "its upper case is S"},
		{"final sigma", "νίκος@x.gr", "νίκοσ@x.gr", "ς and σ share one upper case"},
		{"dotted capital i", "İvan@x.ru", "İvan@x.ru", "not i in another case, but a letter of its own"},
		{"dotless i", "ıvan@x.ru", "ıvan@x.ru", "not i either: a reset for it must not find ivan"},
		{"sharp s", "STRAẞE@x.de", "straße@x.de", "ss is another spelling, not another case"},
	} {
		t.Run(c.name, func(t *testing.T) {
			is := is.New(t)
			is.Equal(roster.FoldEmail(c.in), c.want)   // folded; see why
			is.Equal(roster.FoldEmail(c.want), c.want) // folding again changes nothing
		})
	}
}

// FuzzFoldEmail holds FoldEmail to its definition: one form exactly when EqualFold.
func FuzzFoldEmail(f *testing.F) {
	f.Add("Anna@x.ru", "anna@X.RU")
	f.Add("K\u212Ak", "kkK")
	f.Add("ΣςσẞßµΜμǅǆǄ", "σσσßẞμμμǆǅǄ")
	f.Add("İıiI", "iiiI")
	f.Add("\xff", "\xfe")
	f.Fuzz(func(t *testing.T, a, b string) {
		a, b = strings.TrimSpace(a), strings.TrimSpace(b)
		if same := roster.FoldEmail(a) == roster.FoldEmail(b); same != strings.EqualFold(a, b) {
			t.Errorf("FoldEmail makes %q and %q the same: %t", a, b, same)
		}
		if once := roster.FoldEmail(a); roster.FoldEmail(once) != once {
			t.Errorf("FoldEmail(%q) changes again", a)
		}
	})
}

func TestL1_L25_W2_UserFilterMatch(t *testing.T) {
	t.Parallel()
	day := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	anna := roster.User{ID: "u1", FirstName: "Анна", LastName: "Кузнецова", Email: "Anna@x.ru", Status: roster.StatusActive,
		Department: "sales", Role: "seller", Created: day}
	with := func(change func(*roster.User)) roster.User { u := anna; change(&u); return u }
	seen := with(func(u *roster.User) { u.LastSeen = day.Add(time.Hour) })
	gone := with(func(u *roster.User) { u.Status = roster.StatusDeleted })
	ends := with(func(u *roster.User) { u.EndDate = day })
	endedGone := with(func(u *roster.User) { u.Status, u.EndDate = roster.StatusDeleted, day })
	type filter = roster.UserFilter
	for _, c := range []struct {
		name   string
		filter filter
		user   roster.User
		want   bool
		why    string
	}{
		{"zero", filter{}, anna, true, "the zero filter selects everybody"},
		{"zero, deleted", filter{}, gone, false, "but not tombstones"},
		{"deleted too", filter{Deleted: true}, gone, true, "unless asked for"},
		{"deleted too, active", filter{Deleted: true}, anna, true, "asking for tombstones too hides nobody"},
		{"status deleted", filter{Status: roster.StatusDeleted}, gone, true, "by name they need no second word"},
		{"status deleted, active", filter{Status: roster.StatusDeleted}, anna, false, "exactly this status"},
		{"status over deleted", filter{Status: roster.StatusActive, Deleted: true}, gone, false, "exactly this status"},
		{"text in first name", filter{Text: "АНН"}, anna, true, "whatever the letter case"},
		{"text across names", filter{Text: "анна кузн"}, anna, true, "people type the whole name"},
		{"text in address", filter{Text: "nna@X"}, anna, true, "whatever the letter case"},
		{"text elsewhere", filter{Text: "u1"}, anna, false, "ids aren't searched"},
		{"department", filter{Department: "sales"}, anna, true, "hers"},
		{"other department", filter{Department: "Sales"}, anna, false, "ids aren't folded"},
		{"role", filter{Role: "seller"}, anna, true, "hers"},
		{"other role", filter{Role: "boss"}, anna, false, "not hers"},
		{"administrators", filter{Admins: true}, anna, false, "she isn't one"},
		{"administrators, one", filter{Admins: true}, with(func(u *roster.User) { u.Admin = true }), true, "she is"},
		{"free", filter{Seat: roster.FreeSeat}, anna, false, "she is paid"},
		{"paid", filter{Seat: roster.PaidSeat}, anna, true, "she is"},
		{"free, one", filter{Seat: roster.FreeSeat}, with(func(u *roster.User) { u.Free = true }), true, "she is"},
		{"never seen", filter{SeenBefore: day.Add(1)}, anna, true, "never seen counts from creation"},
		{"created then", filter{SeenBefore: day}, anna, false, "before the instant, not at it"},
		{"seen since", filter{SeenBefore: day.Add(time.Hour)}, seen, false, "last seen counts, not creation"},
		{"seen before", filter{SeenBefore: day.Add(2 * time.Hour)}, seen, true, "last seen before it"},
		{"ended, no date", filter{EndedBy: day}, anna, false, "her access doesn't end by itself (L25)"},
		{"ended then", filter{EndedBy: day}, ends, true, "access ends at the instant (L25)"},
		{"ends later", filter{EndedBy: day.Add(-1)}, ends, false, "not yet (L25)"},
		{"ended long ago", filter{EndedBy: day.Add(time.Hour)}, ends, true, "and hasn't come back since (L25)"},
		{"ended, deleted", filter{EndedBy: day}, endedGone, false, "but not tombstones"},
	} {
		t.Run(c.name, func(t *testing.T) {
			is := is.New(t)
			is.Equal(c.filter.Match(c.user), c.want) // see why
		})
	}
}

func TestL23_TokenFilterMatch(t *testing.T) {
	t.Parallel()
	day := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	token := roster.Token{ID: "t2", User: "anna", Kind: roster.TokenAccess, Family: "t1", Integration: "bot"}
	spent, revoked := token, token
	spent.Spent, revoked.Revoked = day, day
	type filter = roster.TokenFilter
	for _, c := range []struct {
		name   string
		filter filter
		token  roster.Token
		want   bool
		why    string
	}{
		{"zero", filter{}, revoked, true, "everything"},
		{"all fields", filter{User: "anna", Kind: roster.TokenAccess, Family: "t1", Integration: "bot", Open: true}, token, true, "each holds"},
		{"user", filter{User: "Anna"}, token, false, "ids aren't folded"},
		{"kind", filter{Kind: roster.TokenReset}, token, false, "another kind"},
		{"family", filter{Family: "t2"}, token, false, "a family bears its first token's id"},
		{"integration", filter{Integration: "mail"}, token, false, "another one"},
		{"open, spent", filter{Open: true}, spent, false, "it was used up"},
		{"open, revoked", filter{Open: true}, revoked, false, "it was taken back"},
	} {
		t.Run(c.name, func(t *testing.T) {
			is := is.New(t)
			is.Equal(c.filter.Match(c.token), c.want) // see why
		})
	}
}

func TestL5_W2_RunFilterMatch(t *testing.T) {
	t.Parallel()
	run := roster.Run{Leaver: "leo", State: roster.RunParked,
		Steps:   []roster.Step{{Shares: []roster.Share{{To: "anna"}, {To: "boris"}}}},
		Request: roster.Request{HandOn: []roster.HandOn{{To: "vera"}}}}
	done := run
	done.State = roster.RunDone
	type filter = roster.RunFilter
	for _, c := range []struct {
		name   string
		filter filter
		run    roster.Run
		want   bool
		why    string
	}{
		{"zero", filter{}, done, true, "everything"},
		{"leaver", filter{Leaver: "leo"}, run, true, "his"},
		{"other leaver", filter{Leaver: "anna"}, run, false, "a successor isn't the leaver"},
		{"receiver", filter{Successor: "boris"}, run, true, "named in a step"},
		{"heir of rights", filter{Successor: "vera"}, run, true, "named in a right handed on"},
		{"not named", filter{Successor: "leo"}, run, false, "the leaver isn't a successor"},
		{"state", filter{State: roster.RunWorking}, run, false, "it is parked"},
		{"parked is unfinished", filter{Unfinished: true}, run, true, "its leaver stays fenced"},
		{"done is finished", filter{Unfinished: true}, done, false, "buried"},
	} {
		t.Run(c.name, func(t *testing.T) {
			is := is.New(t)
			is.Equal(c.filter.Match(c.run), c.want) // see why
		})
	}
}

func TestW4_EventFilterMatch(t *testing.T) {
	t.Parallel()
	day := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	event := roster.Event{Time: day, Actor: "anna", User: "leo", Verb: roster.VerbUserAdd, Outcome: roster.OutcomeDone}
	type filter = roster.EventFilter
	for _, c := range []struct {
		name   string
		filter filter
		want   bool
		why    string
	}{
		{"zero", filter{}, true, "everything"},
		{"all fields", filter{Actor: "anna", User: "leo", Verb: "user.add", Outcome: roster.OutcomeDone, From: day, To: day.Add(1)}, true, "each holds"},
		{"actor", filter{Actor: "leo"}, false, "he was acted on"},
		{"user", filter{User: "anna"}, false, "she acted"},
		{"noun", filter{Verb: "user."}, true, "every verb below it"},
		{"noun without dot", filter{Verb: "user"}, false, "exactly this verb"},
		{"other noun", filter{Verb: "use."}, false, "a prefix ends at its dot"},
		{"outcome", filter{Outcome: roster.OutcomeRefused}, false, "it was done"},
		{"from later", filter{From: day.Add(1)}, false, "From ≤ time"},
		{"to its time", filter{To: day}, false, "time < To"},
	} {
		t.Run(c.name, func(t *testing.T) {
			is := is.New(t)
			is.Equal(c.filter.Match(event), c.want) // see why
		})
	}
}

func TestLetterOpen(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	is.True(roster.Letter{}.Open())                                                   // neither sent nor void
	is.True(!roster.Letter{Void: true}.Open())                                        // replaced
	is.True(!roster.Letter{Sent: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)}.Open()) // gone out
}
