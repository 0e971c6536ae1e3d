package roster_test

import (
	"errors"
	"time"

	"github.com/seed-8e8abc8d/roster"
)

// identities is the world of the host's own sign-in: names at an issuer are given to accounts and taken away, and who
// has one is signed in without a password.
func identities(full bool) realm {
	const bob, cyd = 1, 2
	at := func(who int) roster.Identity {
		if who == nobody {
			return roster.Identity{}
		}
		return roster.Identity{Issuer: "idp", Subject: name(who)}
	}
	tries := []try{
		rightsOf(bob, "users:manage", roster.All), rightsOf(bob, "users:manage", roster.Unset),
		rightsOf(cyd, "deal:view", roster.All), rightsOf(cyd, "deal:view", roster.Unset),
		one(cyd, roster.Deactivate{User: "cyd"}), one(cyd, roster.Reactivate{User: "cyd"}), one(cyd, roster.SendReset{User: "cyd"}), forgot(cyd), deliver(),
		one(cyd, roster.ImportUser{User: roster.User{
			ID: "cyd", FirstName: "C", Email: "cyd@example.com", Department: "east", Status: roster.StatusInvited, Identity: at(cyd),
		}}),
	}
	if full {
		tries = append(tries, one(cyd, roster.SendActivation{User: "cyd"}))
	}
	for _, who := range []int{bob, cyd, nobody} {
		id := at(who)
		tries = append(tries, one(cyd, roster.EditUser{User: "cyd", Identity: &id}), one(cyd, roster.AddUser{
			ID: "cyd", FirstName: "C", LastName: "C", Email: "cyd@example.com", Department: "east", Identity: id, NoRights: true,
		}))
		tries = append(tries, try{verb: "Roster.SignInIdentity", on: everybody, do: func(x *explorer, _ *spot, a roster.Actor) error {
			out, err := x.SignInIdentity(x.ctx, a, id)
			if err == nil {
				x.learned(out, who)
			}
			return err
		}})
	}
	return realm{
		name: "identities", forget: true,
		begin: func(x *explorer) {
			x.host(roster.CreateDepartment{ID: "east", Name: "E"})
			for i, id := range trio[:2] {
				x.host(roster.ImportUser{User: roster.User{
					ID: id, FirstName: "F", Email: string(id) + "@example.com", Department: "east", Status: roster.StatusActive, Admin: i == 0,
				}, Hash: "$cheap$" + typed(i)})
			}
		},
		tries: append(tries, redemptions(cyd)...),
	}
}

// revoke ends tokens of a user's.
func revoke(v int, o func(k []secret) (roster.RevokeOrder, func(secret) bool)) try {
	return try{verb: "Roster.Revoke", on: v, do: func(x *explorer, s *spot, a roster.Actor) error {
		order, ends := o(s.ghost.secrets)
		if order == (roster.RevokeOrder{}) {
			return errNothing
		}
		order.User = trio[v]
		err := x.Revoke(x.ctx, a, order)
		if err == nil {
			x.ghost.end(func(k secret) bool { return k.user == v && ends(k) })
		}
		return err
	}}
}

// revocations end a user's tokens one by one, by family, by integration and all.
func revocations(v int, kinds []roster.TokenKind) []try {
	all := []try{
		revoke(v, func([]secret) (roster.RevokeOrder, func(secret) bool) {
			return roster.RevokeOrder{All: true}, func(secret) bool { return true }
		}),
		revoke(v, func([]secret) (roster.RevokeOrder, func(secret) bool) {
			return roster.RevokeOrder{Integration: "shop"}, func(k secret) bool { return k.token.Integration == "shop" }
		}),
	}
	family := func(a, b secret) bool {
		return a.text == b.text || a.token.Family != "" && a.token.Family == b.token.Family
	}
	for _, kind := range kinds {
		all = append(all, revoke(v, func(known []secret) (roster.RevokeOrder, func(secret) bool) {
			for _, k := range known {
				if k.user == v && k.token.Kind == kind && !k.ended {
					return roster.RevokeOrder{Token: k.token.ID}, func(b secret) bool { return k.text == b.text || kind == roster.TokenRefresh && family(k, b) }
				}
			}
			return roster.RevokeOrder{}, nil
		}))
		for _, ended := range []bool{false, true} {
			all = append(all, with("Roster.RevokeSecret", v, kind, ended, func(x *explorer, k secret) error {
				err := x.RevokeSecret(x.ctx, k.text)
				x.ghost.end(func(b secret) bool { return k.text == b.text || kind == roster.TokenRefresh && family(k, b) })
				return err
			}))
			check := with("Roster.Check", v, kind, ended, func(x *explorer, k secret) error { _, err := x.Check(x.ctx, k.text); return err })
			check.quiet = true
			all = append(all, check)
		}
	}
	return append(all, revoke(v, func(known []secret) (roster.RevokeOrder, func(secret) bool) {
		for _, k := range known {
			if k.user == v && k.token.Family != "" && !k.ended {
				return roster.RevokeOrder{Family: k.token.Family}, func(b secret) bool { return family(k, b) }
			}
		}
		return roster.RevokeOrder{}, nil
	}))
}

// rotate renews a refresh token; showing one again that was spent ends its family, though it is refused.
func rotate(v int, ended bool) try {
	return bare("Roster.Rotate", v, func(x *explorer, s *spot) error {
		for _, k := range s.ghost.secrets {
			if k.user != v || k.token.Kind != roster.TokenRefresh || k.ended != ended {
				continue
			}
			out, err := x.Rotate(x.ctx, k.text)
			switch {
			case err == nil && ended:
				x.fail(s, "L7: a refresh token that has ended was renewed")
			case err == nil:
				x.spent(k, false)
				x.learned(out, k.holder)
			case errors.Is(err, roster.ErrToken) && x.spentBefore(k):
				x.denied["Roster.Rotate"]++
				x.ghost.end(func(b secret) bool { return b.token.Family == k.token.Family })
				return nil
			}
			return err
		}
		return errNothing
	})
}

// spentBefore reports whether a refresh token was renewed once.
func (x *explorer) spentBefore(k secret) (spent bool) {
	err := x.stage.View(x.ctx, func(tx roster.Tx) error {
		t, err := tx.Token(k.token.ID)
		spent = !t.Spent.IsZero()
		return err
	})
	if err != nil {
		x.t.Error(err)
	}
	return spent
}

// tokens is the world of what a user holds: sessions, refresh and access tokens, which end with their user's access,
// one by one, by family or all, and never come back.
func tokens(full bool) realm {
	const bob, cyd = 1, 2
	now := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	kinds := []roster.TokenKind{roster.TokenRefresh, roster.TokenAccess}
	ordered := []roster.TokenKind{roster.TokenRefresh, roster.TokenSession}
	tries := []try{
		one(bob, roster.Deactivate{User: "bob"}), one(bob, roster.Reactivate{User: "bob"}),
		one(bob, roster.EditUser{User: "bob", EndDate: &now}), one(bob, roster.EditUser{User: "bob", EndDate: &time.Time{}}),
		rotate(bob, false), rotate(bob, true),
	}
	tidy := bare("Roster.Tidy", everybody, func(x *explorer, _ *spot) error { _, err := x.Tidy(x.ctx, 0); return err })
	tidy.quiet = true
	tries = append(tries, tidy)
	if full {
		kinds = append(kinds, roster.TokenSession)
		tries = append(tries, changePassword(bob, bob, bob), changePassword(bob, cyd, bob), signIn(bob, bob), signIn(bob, cyd),
			one(bob, roster.GrantAdministrator{User: "bob"}), one(bob, roster.WithdrawAdministrator{User: "bob"}))
	} else {
		tries = append(tries, rightsOf(bob, "deal:view", roster.All), rightsOf(bob, "deal:view", roster.Unset))
	}
	for _, kind := range ordered {
		if kind == roster.TokenSession && !full {
			continue
		}
		tries = append(tries, try{verb: "Roster.Issue", on: bob, do: func(x *explorer, _ *spot, a roster.Actor) error {
			out, err := x.Issue(x.ctx, a, roster.TokenOrder{User: "bob", Kind: kind, Integration: "shop"})
			if err == nil {
				x.learned(out, bob)
			}
			return err
		}})
	}
	return realm{
		name: "tokens",
		begin: func(x *explorer) {
			x.host(roster.CreateDepartment{ID: "east", Name: "E"})
			for i, id := range trio {
				x.host(roster.ImportUser{User: roster.User{
					ID: id, FirstName: "F", Email: string(id) + "@example.com", Department: "east", Status: roster.StatusActive, Admin: i == 0,
					Rights: []roster.Rights{nil, nil, {"users:manage": roster.All, "users:deactivate": roster.All}}[i],
				}, Hash: "$cheap$" + typed(i)})
			}
		},
		tries: append(tries, revocations(bob, kinds)...),
	}
}
