package roster_test

import (
	"context"
	"errors"
	"slices"

	"github.com/seed-8e8abc8d/roster"
)

var (
	errNothing = errors.New("nothing to try")         // the try doesn't fit the state: nobody has such a secret
	errSilent  = errors.New("refused without a word") // by a verb that tells the caller nothing
)

// Send gives a letter to whoever reads the mailbox that it goes to; the one before it is void.
func (x *explorer) Send(_ context.Context, m roster.Message) error {
	token := roster.Token{User: m.User.ID, Kind: roster.TokenActivation}
	if m.Kind == roster.LetterReset {
		token.Kind = roster.TokenReset
	}
	v := person(m.User.ID)
	x.ghost.end(func(k secret) bool { return k.user == v && k.token.Kind == token.Kind })
	holder, _ := readerOf(m.To)
	x.ghost.secrets = append(x.ghost.secrets, secret{text: m.Secret.Reveal(), token: token, user: v, holder: holder, to: m.To})
	return nil
}

// learned notes what somebody was given, with the access token that came with it; the user is active (R16).
func (x *explorer) learned(out roster.Issued, holder int) {
	if u := &x.look(x.stage.Store).users[person(out.Token.User)]; !u.ActiveAt(x.ghost.now) {
		x.t.Errorf("J5: %s was issued to %s, who is %s", out.Token.Kind, u.ID, u.Status)
		x.failed = true
	}
	x.ghost.learn(out, holder)
	if out.Access != nil {
		x.ghost.learn(*out.Access, holder)
	}
}

// bare tries a verb that takes no actor.
func bare(verb string, on int, do func(x *explorer, s *spot) error) try {
	return try{verb: verb, on: on, by: []roster.Actor{{}}, bare: true, free: true, do: func(x *explorer, s *spot, _ roster.Actor) error { return do(x, s) }}
}

// with tries a verb on a secret of a user's that somebody has, good or not.
func with(verb string, v int, kind roster.TokenKind, ended bool, do func(x *explorer, k secret) error) try {
	return bare(verb, v, func(x *explorer, s *spot) error {
		at := slices.IndexFunc(s.ghost.secrets, func(k secret) bool { return k.user == v && k.token.Kind == kind && k.ended == ended })
		if at < 0 {
			return errNothing
		}
		k := s.ghost.secrets[at]
		err := do(x, k)
		if err == nil && ended && verb != "Roster.RevokeSecret" {
			x.fail(s, "L7: %s: a %s secret of %s that has ended was good", verb, kind, name(v))
		}
		return err
	})
}

// spent ends the secret that was used, and all that ends with a new password.
func (x *explorer) spent(used secret, all bool) {
	x.ghost.end(func(k secret) bool { return k.text == used.text || all && k.user == used.user })
}

// redemptions follow the letters that went out about a user.
func redemptions(v int) (tries []try) {
	for _, ended := range []bool{false, true} {
		for _, new := range []bool{false, true} {
			tries = append(tries, with("Roster.Activate", v, roster.TokenActivation, ended, func(x *explorer, k secret) error {
				password := ""
				if new {
					password = typed(k.holder)
				}
				err := x.Activate(x.ctx, k.text, password)
				if err == nil {
					x.spent(k, new)
				}
				return err
			}))
		}
		tries = append(tries, with("Roster.ResetPassword", v, roster.TokenReset, ended, func(x *explorer, k secret) error {
			err := x.ResetPassword(x.ctx, k.text, typed(k.holder))
			if err == nil {
				x.spent(k, true)
			}
			return err
		}))
	}
	return tries
}

// deliver sends what is due.
func deliver() try {
	return bare("Roster.Deliver", everybody, func(x *explorer, _ *spot) error {
		d, err := x.Deliver(x.ctx, 0)
		if err == nil && d.Sent+d.Void == 0 {
			err = errSilent
		}
		return err
	})
}

// forgot asks for a reset as anybody can who knows an address.
func forgot(v int) try {
	return bare("Roster.RequestReset", v, func(x *explorer, s *spot) error {
		err := x.RequestReset(x.ctx, s.photo.users[v].Email)
		if err == nil && len(x.look(x.stage.Store).letters) == len(s.photo.letters) {
			err = errSilent
		}
		return err
	})
}

// signIn signs in as a user with the password of somebody.
func signIn(v, who int) try {
	return bare("Roster.SignIn", v, func(x *explorer, s *spot) error {
		out, err := x.SignIn(x.ctx, s.photo.users[v].Email, typed(who))
		if err == nil {
			x.learned(out, who)
		}
		return err
	})
}

// changePassword changes a user's own password, which somebody typed, to one that the same or the user types.
func changePassword(v, old, new int) try {
	return try{verb: "Roster.ChangePassword", on: v, by: []roster.Actor{roster.As(trio[v])}, do: func(x *explorer, _ *spot, a roster.Actor) error {
		return x.ChangePassword(x.ctx, a, typed(old), typed(new))
	}}
}

// invitations is the world of joining: of a first administrator, of one who comes to be invited by her, by a
// manager who may become an administrator, or by the host, and of what their initial password is good for.
func invitations(full bool) realm {
	const bob, cyd = 1, 2
	first := roster.AddUser{ID: "ann", FirstName: "A", LastName: "A", Email: "ann@example.com", Password: typed(0), Department: "east"}
	bootstrap := bare("Roster.Bootstrap", 0, func(x *explorer, _ *spot) error { _, err := x.Bootstrap(x.ctx, first); return err })
	bootstrap.by, bootstrap.free = []roster.Actor{roster.System("bootstrap")}, false
	second := bare("Roster.Bootstrap", 2, func(x *explorer, _ *spot) error {
		again := first
		again.ID, again.Email = "cyd", "cyd@example.com"
		_, err := x.Bootstrap(x.ctx, again)
		if err == nil {
			x.t.Error("J9: a second administrator was made without one")
		}
		return err
	})
	second.by, second.free = []roster.Actor{roster.System("bootstrap")}, false
	tries := []try{
		bootstrap,
		one(bob, roster.GrantAdministrator{User: "bob"}), one(bob, roster.WithdrawAdministrator{User: "bob"}),
		one(cyd, roster.SendActivation{User: "cyd"}), one(cyd, roster.SetRights{User: "cyd", Rights: roster.Rights{"roles:manage": roster.All}}),
		one(cyd, roster.Deactivate{User: "cyd"}), one(cyd, roster.Reactivate{User: "cyd"}),
		one(cyd, roster.ImportUser{User: roster.User{ID: "cyd", FirstName: "C", Email: "cyd@example.com", Department: "east", Status: roster.StatusInvited}}),
		one(cyd, roster.ImportUser{User: roster.User{ID: "cyd", FirstName: "C", Department: "east", Status: roster.StatusActive, Admin: true}}),
		one(cyd, roster.ImportUser{User: roster.User{ID: "cyd", FirstName: "C", Department: "east", Status: roster.StatusActive}, Hash: "$cheap$" + typed(bob)}),
		deliver(), signIn(cyd, bob), changePassword(cyd, bob, bob),
	}
	email := "cyd@example.com"
	if full {
		tries = append(tries, one(cyd, roster.SendReset{User: "cyd"}), forgot(cyd))
	}
	tries = append(tries, one(cyd, roster.EditUser{User: "cyd", Email: &email}))
	for who := range 4 {
		for _, rights := range []roster.Rights{nil, {"roles:manage": roster.All}, {"users:delete": roster.All}} {
			add := one(cyd, roster.AddUser{
				ID: "cyd", FirstName: "C", LastName: "C", Email: email, Password: typed(who), Department: "east", Rights: rights, NoRights: rights == nil,
			})
			if add.by = []roster.Actor{roster.System("host")}; who < 3 {
				add.by = []roster.Actor{roster.As(trio[who])}
			}
			tries = append(tries, add)
		}
	}
	for i, t := range tries {
		if t.verb == "ImportUser" && t.changes[0].(roster.ImportUser).Hash != "" {
			tries[i].by = []roster.Actor{roster.As("ann"), roster.As("bob"), {}} // the host alone brings in passwords
			tries[i].never = true
		}
	}
	tries = append(tries, one(cyd, roster.ImportUser{User: roster.User{
		ID: "cyd", FirstName: "C", Email: "cyd@example.com", Department: "east", Status: roster.StatusInvited, Rights: roster.Rights{"roles:manage": roster.All},
	}}))
	afterFirst := func(t try) try { // there is no first administrator twice
		do := t.do
		t.do = func(x *explorer, s *spot, a roster.Actor) error {
			if !s.photo.lasting() {
				return errNothing
			}
			return do(x, s, a)
		}
		return t
	}
	tries = append(tries, afterFirst(second))
	return realm{
		name: "invitations",
		begin: func(x *explorer) {
			x.host(roster.CreateDepartment{ID: "east", Name: "E"}, roster.ImportUser{User: roster.User{
				ID: "bob", FirstName: "B", Email: "bob@example.com", Department: "east", Status: roster.StatusActive,
				Rights: roster.Rights{"users:manage": roster.All, "users:deactivate": roster.All, "import:run": roster.All},
			}, Hash: "$cheap$" + typed(bob)})
		},
		tries: append(tries, redemptions(cyd)...),
	}
}

// mailboxes is the world of addresses: a manager may move the address of whom they cover to a mailbox of
// their own, and letters go where addresses point.
func mailboxes(full bool) realm {
	const bob, cyd = 1, 2
	tries := []try{
		rightsOf(cyd, "deal:view", roster.All), rightsOf(cyd, "deal:view", roster.Unset),
		one(0, roster.SendReset{User: "ann"}), one(cyd, roster.SendReset{User: "cyd"}), forgot(cyd), deliver(),
	}
	for _, email := range []string{"cyd@example.com", "bob.two@example.com"} {
		tries = append(tries, one(cyd, roster.EditUser{User: "cyd", Email: &email}), one(0, roster.EditUser{User: "ann", Email: &email}))
	}
	for i, t := range tries {
		if t.on == 0 { // is refused: what she and the host do to her own account is of another world
			tries[i].by = []roster.Actor{roster.As("bob"), roster.As("cyd")}
		}
	}
	for who := range 3 {
		tries = append(tries, changePassword(cyd, who, cyd))
	}
	if full {
		tries = append(tries, rightsOf(bob, "users:manage", roster.All), rightsOf(bob, "users:manage", roster.Unset))
	}
	return realm{
		name: "mailboxes", forget: true,
		begin: func(x *explorer) {
			x.host(roster.CreateDepartment{ID: "east", Name: "E"})
			for i, id := range trio {
				x.host(roster.ImportUser{User: roster.User{
					ID: id, FirstName: "F", Email: string(id) + "@example.com", Department: "east", Status: roster.StatusActive, Admin: i == 0,
					Rights: []roster.Rights{nil, {"users:manage": roster.All}, nil}[i],
				}, Hash: "$cheap$" + typed(i)})
			}
		},
		tries: append(tries, redemptions(cyd)...),
	}
}
