package storetest

import (
	"github.com/seed-8e8abc8d/roster"
)

// uniqueCases are about what no two rows share.
func uniqueCases() []Case {
	return []Case{
		newCase("addresses", "No two users who aren't deleted share a folded address; empty ones never collide.", checkAddresses),
		newCase("identities", "No two users who aren't deleted share an identity; empty ones never collide.", checkIdentities),
		newCase("token hashes", "No two tokens share a hash.", checkHashes),
		newCase("roles", "A role is added once and never changed (R3).", checkRoles),
		newCase("trail", "Events are appended one after another, without gaps, and never changed (W1).", checkTrail),
		newCase("failed calls", "A call that fails has no effect, and after ErrExists the transaction goes on.", checkFailedCalls),
	}
}

// user is a user with little set.
func user(id roster.UserID, email string) roster.User {
	return roster.User{ID: id, Email: email, Status: roster.StatusActive}
}

// tombstone is a deleted one.
func tombstone(u roster.User) roster.User {
	u.Status = roster.StatusDeleted
	return u
}

func checkAddresses(x *exam) {
	x.update("put", func(tx roster.Tx) error {
		put := func(why string, want error, u roster.User) { x.is(why, tx.PutUser(u), want) }
		found := func(email string, want roster.UserID) {
			u, err := tx.UserByEmail(email)
			if want == "" {
				x.is("user by "+email, err, roster.ErrNotFound)
			} else {
				x.is("user by "+email, err, nil)
				x.equal("user by "+email, u.ID, want)
			}
		}
		put("a new address", nil, user("1", " Анна@Почта.РФ"))
		put("one's own again", nil, user("1", "АННА@почта.рф"))
		put("another's", roster.ErrExists, user("2", "анна@Почта.рф "))
		put("none", nil, user("2", ""))
		put("none, a second time", nil, user("3", ""))
		put("a tombstone's with another's", nil, tombstone(user("4", "анна@почта.рф")))
		found(" анна@ПОЧТА.рф", "1")
		found("", "")
		put("a tombstone that comes back", roster.ErrExists, user("4", "анна@почта.рф"))
		put("a new one instead", nil, user("1", "anna@x.ru"))
		found("анна@почта.рф", "")
		put("the address that became free", nil, user("2", "анна@почта.рф"))
		found("анна@почта.рф", "2")
		put("the second user goes", nil, tombstone(user("2", "анна@почта.рф")))
		found("анна@почта.рф", "")
		put("a deleted user's", nil, user("3", "анна@почта.рф"))
		found("анна@почта.рф", "3")
		pending := user("5", "boris@x.ru")
		pending.PendingEmail = "anna@x.ru"
		put("another's, not confirmed yet", nil, pending)
		return nil
	})
	x.update("in a later transaction", func(tx roster.Tx) error {
		x.is("another's", tx.PutUser(user("6", "ANNA@X.RU")), roster.ErrExists)
		return nil
	})
}

func checkIdentities(x *exam) {
	with := func(id roster.UserID, issuer, subject string) roster.User {
		return roster.User{ID: id, Status: roster.StatusActive, Identity: roster.Identity{Issuer: issuer, Subject: subject}}
	}
	x.update("put", func(tx roster.Tx) error {
		put := func(why string, want error, u roster.User) { x.is(why, tx.PutUser(u), want) }
		found := func(issuer, subject string, want roster.UserID) {
			u, err := tx.UserByIdentity(roster.Identity{Issuer: issuer, Subject: subject})
			if want == "" {
				x.is("user by "+issuer+" "+subject, err, roster.ErrNotFound)
			} else {
				x.is("user by "+issuer+" "+subject, err, nil)
				x.equal("user by "+issuer+" "+subject, u.ID, want)
			}
		}
		put("a new identity", nil, with("1", "i", "s"))
		put("one's own again", nil, with("1", "i", "s"))
		put("another's", roster.ErrExists, with("2", "i", "s"))
		put("in another case", nil, with("2", "i", "S"))
		put("cut elsewhere", nil, with("3", "is", ""))
		put("cut elsewhere again", nil, with("4", "", "is"))
		put("none", nil, with("5", "", ""))
		put("none, a second time", nil, with("6", "", ""))
		found("i", "s", "1")
		found("", "is", "4")
		found("", "", "")
		put("a new one instead", nil, with("1", "i", "t"))
		found("i", "s", "")
		put("the one that became free", nil, with("5", "i", "s"))
		put("the user goes", nil, tombstone(with("5", "i", "s")))
		found("i", "s", "")
		put("a deleted user's", nil, with("6", "i", "s"))
		return nil
	})
}

func checkHashes(x *exam) {
	token := func(id roster.TokenID, h byte) roster.Token {
		return roster.Token{ID: id, Hash: roster.TokenHash{h}, User: "anna"}
	}
	x.update("put", func(tx roster.Tx) error {
		put := func(why string, want error, k roster.Token) { x.is(why, tx.PutToken(k), want) }
		found := func(h byte, want roster.TokenID) {
			k, err := tx.TokenByHash(roster.TokenHash{h})
			if want == "" {
				x.is("token by an unused hash", err, roster.ErrNotFound)
			} else {
				x.is("token by hash", err, nil)
				x.equal("token by hash", k.ID, want)
			}
		}
		put("a new hash", nil, token("1", 1))
		put("one's own again", nil, token("1", 1))
		put("another's", roster.ErrExists, token("2", 1))
		put("a new hash instead", nil, token("1", 2))
		found(1, "")
		found(2, "1")
		put("the hash that became free", nil, token("2", 1))
		found(1, "2")
		x.is("delete", tx.DeleteToken("2"), nil)
		put("a deleted one's", nil, token("3", 1))
		found(1, "3")
		return nil
	})
}

func checkRoles(x *exam) {
	x.update("add", func(tx roster.Tx) error { return tx.AddRole(sampleRole("1", 1)) })
	x.update("add again", func(tx roster.Tx) error {
		x.is("the same role", tx.AddRole(sampleRole("1", 1)), roster.ErrExists)
		x.is("another under its id", tx.AddRole(sampleRole("1", 2)), roster.ErrExists)
		x.is("another under its own id", tx.AddRole(sampleRole("2", 1)), nil)
		return nil
	})
}

func checkTrail(x *exam) {
	x.update("append", func(tx roster.Tx) error {
		x.is("a first event that isn't number one", tx.AppendEvent(sampleEvent("2", 0)), roster.ErrExists)
		x.is("the first event", tx.AppendEvent(sampleEvent("1", 0)), nil)
		x.is("the first event again", tx.AppendEvent(sampleEvent("1", 0)), roster.ErrExists)
		x.is("a gap", tx.AppendEvent(sampleEvent("3", 0)), roster.ErrExists)
		x.is("the second event", tx.AppendEvent(sampleEvent("2", 1)), nil)
		return nil
	})
	x.update("in a later transaction", func(tx roster.Tx) error {
		head, err := tx.Head()
		x.equal("head", head, roster.Head{Seq: 2, Hash: sampleEvent("2", 1).Hash})
		x.is("an old number", tx.AppendEvent(sampleEvent("2", 1)), roster.ErrExists)
		x.is("the third event", tx.AppendEvent(sampleEvent("3", 2)), nil)
		return err
	})
}

// checkFailedCalls goes on after each failure and commits: only what succeeded may be there.
func checkFailedCalls(x *exam) {
	x.update("put", func(tx roster.Tx) error {
		x.is("user", tx.PutUser(user("1", "anna@x.ru")), nil)
		x.is("token", tx.PutToken(roster.Token{ID: "1", Hash: roster.TokenHash{1}}), nil)
		x.is("role", tx.AddRole(sampleRole("1", 1)), nil)
		x.is("event", tx.AppendEvent(sampleEvent("1", 0)), nil)
		return nil
	})
	x.update("fail and go on", func(tx roster.Tx) error {
		x.is("a taken address", tx.PutUser(user("2", "anna@x.ru")), roster.ErrExists)
		x.is("a taken hash", tx.PutToken(roster.Token{ID: "2", Hash: roster.TokenHash{1}}), roster.ErrExists)
		x.is("a taken role", tx.AddRole(sampleRole("1", 2)), roster.ErrExists)
		x.is("a taken number", tx.AppendEvent(sampleEvent("1", 5)), roster.ErrExists)
		_, err := tx.Letter("nothing")
		x.is("no letter", err, roster.ErrNotFound)
		return tx.PutUser(user("3", "vera@x.ru"))
	})
	x.view("look", func(tx roster.Tx) error {
		_, err := tx.User("2")
		x.is("the user who was refused", err, roster.ErrNotFound)
		u, err := tx.UserByEmail("anna@x.ru")
		x.is("the address's holder", err, nil)
		x.equal("the address's holder", u.ID, roster.UserID("1"))
		_, err = tx.Token("2")
		x.is("the token that was refused", err, roster.ErrNotFound)
		k, err := tx.TokenByHash(roster.TokenHash{1})
		x.is("the hash's token", err, nil)
		x.equal("the hash's token", k.ID, roster.TokenID("1"))
		r, err := tx.Role("1")
		x.is("role", err, nil)
		x.equal("role", r, sampleRole("1", 1))
		head, err := tx.Head()
		x.is("head", err, nil)
		x.equal("head", head, roster.Head{Seq: 1, Hash: sampleEvent("1", 0).Hash})
		_, err = tx.User("3")
		x.is("the user who was put afterwards", err, nil)
		return nil
	})
}
