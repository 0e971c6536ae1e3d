package storetest

import (
	"fmt"
	"math/rand/v2"

	"github.com/seed-8e8abc8d/roster"
)

// rows are random rows in ascending order of their keys.
type rows struct {
	users   []roster.User
	tokens  []roster.Token
	runs    []roster.Run
	events  []roster.Event
	letters []roster.Letter
}

// pick picks one of few values, so that filters match now and then.
func pick[T any](rnd *rand.Rand, from ...T) T { return from[rnd.IntN(len(from))] }

// flip is true half the time.
func flip(rnd *rand.Rand) bool { return rnd.IntN(2) == 0 }

func randomRows(rnd *rand.Rand, n int) (r rows) {
	for i := range n {
		key := fmt.Sprintf("%03d", i)
		r.users = append(r.users, randomUser(rnd, roster.UserID(key)))
		r.tokens = append(r.tokens, randomToken(rnd, roster.TokenID(key)))
		r.runs = append(r.runs, randomRun(rnd, roster.RunID(key)))
		r.events = append(r.events, randomEvent(rnd, uint64(i)+1))
		r.letters = append(r.letters, randomLetter(rnd, roster.LetterID(key)))
	}
	return r
}

func (r rows) put(tx roster.Tx) error {
	for i := range r.users {
		for _, err := range []error{
			tx.PutUser(r.users[i]), tx.PutToken(r.tokens[i]), tx.PutRun(r.runs[i]), tx.AppendEvent(r.events[i]), tx.PutLetter(r.letters[i]),
		} {
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func randomUser(rnd *rand.Rand, id roster.UserID) roster.User {
	u := roster.User{
		ID: id, FirstName: pick(rnd, "Anna", "Анна", "_"), LastName: pick(rnd, "Kuznetsova", "КУЗНЕЦОВА", "100%", `\`),
		Email:      pick(rnd, "ANNA", "анна", "boris") + string(id) + "@x.ru",
		Department: pick[roster.DepartmentID](rnd, "", "sales", "Sales"), Role: pick[roster.RoleID](rnd, "", "seller", "head"),
		Admin: rnd.IntN(5) == 0, Free: flip(rnd), Status: roster.Status(rnd.IntN(6)), Created: at(rnd.IntN(4)),
	}
	if flip(rnd) {
		u.LastSeen = at(rnd.IntN(4))
	}
	if flip(rnd) {
		u.EndDate = at(rnd.IntN(4))
	}
	if flip(rnd) {
		u.Rights = roster.Rights{"deal:view": roster.Scope(1 + rnd.IntN(4))}
	}
	return u
}

func randomUserFilter(rnd *rand.Rand) (f roster.UserFilter) {
	if rnd.IntN(3) == 0 {
		f.Text = pick(rnd, "anna", "АННА", "na k", "%", "_", `\`, "x.ru", "кузнец", "nobody")
	}
	if flip(rnd) {
		f.Status = roster.Status(rnd.IntN(6))
	}
	f.Deleted = flip(rnd)
	if rnd.IntN(3) == 0 {
		f.Department = pick[roster.DepartmentID](rnd, "sales", "Sales", "none")
	}
	if rnd.IntN(3) == 0 {
		f.Role = pick[roster.RoleID](rnd, "seller", "head", "none")
	}
	f.Admins = rnd.IntN(4) == 0
	f.Seat = roster.Seat(rnd.IntN(3))
	if rnd.IntN(3) == 0 {
		f.SeenBefore = at(rnd.IntN(5))
	}
	if rnd.IntN(3) == 0 {
		f.EndedBy = at(rnd.IntN(5))
	}
	return f
}

func randomToken(rnd *rand.Rand, id roster.TokenID) roster.Token {
	k := roster.Token{
		ID: id, Hash: sampleHash(string(id), 0), User: pick[roster.UserID](rnd, "anna", "Anna", "leo"),
		Kind: roster.TokenKind(1 + rnd.IntN(3)), Family: pick[roster.TokenID](rnd, "", "1", "2"),
		Integration: pick(rnd, "", "bot", "mail"), Issued: at(rnd.IntN(4)),
	}
	if rnd.IntN(4) == 0 {
		k.Spent = at(1)
	}
	if rnd.IntN(4) == 0 {
		k.Revoked = at(1)
	}
	return k
}

func randomTokenFilter(rnd *rand.Rand) roster.TokenFilter {
	return roster.TokenFilter{
		User: pick[roster.UserID](rnd, "", "", "anna", "Anna", "none"), Kind: roster.TokenKind(rnd.IntN(4)),
		Family: pick[roster.TokenID](rnd, "", "", "1", "none"), Integration: pick(rnd, "", "", "bot", "none"), Open: flip(rnd),
	}
}

func randomRun(rnd *rand.Rand, id roster.RunID) roster.Run {
	people := []roster.UserID{"anna", "boris", "leo"}
	r := roster.Run{ID: id, Leaver: pick(rnd, people...), State: roster.RunState(1 + rnd.IntN(4)), Started: at(rnd.IntN(4))}
	if flip(rnd) {
		r.Steps = []roster.Step{{Kind: "deal"}, {Kind: "task", Shares: []roster.Share{{To: pick(rnd, people...)}, {To: pick(rnd, people...)}}}}
	}
	if flip(rnd) {
		r.Request.HandOn = []roster.HandOn{{To: pick(rnd, people...)}}
	}
	return r
}

func randomRunFilter(rnd *rand.Rand) roster.RunFilter {
	return roster.RunFilter{
		Leaver: pick[roster.UserID](rnd, "", "", "leo", "none"), Successor: pick[roster.UserID](rnd, "", "anna", "Anna"),
		State: roster.RunState(max(0, rnd.IntN(8)-3)), Unfinished: flip(rnd),
	}
}

func randomEvent(rnd *rand.Rand, seq uint64) roster.Event {
	return roster.Event{
		Seq: seq, Time: at(rnd.IntN(5)), Actor: pick[roster.UserID](rnd, "", "anna", "leo"), User: pick[roster.UserID](rnd, "", "anna", "leo"),
		Verb:    pick(rnd, roster.VerbUserAdd, roster.VerbUserEdit, roster.VerbRoleCreate, roster.VerbAdminGrant, roster.VerbAdminWithdraw, "user", "use.r", "us_r.add"),
		Outcome: roster.Outcome(1 + rnd.IntN(4)), Hash: roster.Hash(sampleHash("event", int(seq))),
	}
}

func randomEventFilter(rnd *rand.Rand) (f roster.EventFilter) {
	f.Actor = pick[roster.UserID](rnd, "", "", "anna", "Leo")
	f.User = pick[roster.UserID](rnd, "", "", "anna", "Leo")
	f.Verb = pick[roster.Verb](rnd, "", "", "user.", "user.add", "user", "grant.administrator", "grant.", "us_r.", ".")
	f.Outcome = roster.Outcome(max(0, rnd.IntN(8)-3))
	if flip(rnd) {
		f.From = at(rnd.IntN(5))
	}
	if flip(rnd) {
		f.To = at(rnd.IntN(5))
	}
	return f
}

func randomLetter(rnd *rand.Rand, id roster.LetterID) roster.Letter {
	l := roster.Letter{ID: id, User: pick[roster.UserID](rnd, "anna", "Anna", "leo"), Kind: roster.LetterReset, Due: at(1), Void: rnd.IntN(4) == 0}
	if rnd.IntN(4) == 0 {
		l.Sent = at(2)
	}
	return l
}

// letterFilter is what ListLetters selects by.
type letterFilter struct {
	user roster.UserID
	open bool
}

func randomLetterFilter(rnd *rand.Rand) letterFilter {
	return letterFilter{pick[roster.UserID](rnd, "", "anna", "none"), flip(rnd)}
}

func (f letterFilter) match(l roster.Letter) bool {
	return (f.user == "" || l.User == f.user) && (!f.open || l.Open())
}
