package faults_test

import (
	"fmt"

	"github.com/anishathalye/porcupine"
	"github.com/seed-8e8abc8d/roster"
)

// verb is what a client of a history does to one user.
type verb uint8

const (
	issue      verb = iota // a token
	check                  // a token, by its secret
	revoke                 // one token
	revokeAll              // every token
	deactivate             // the user
	reactivate             // the user, in vain unless inactive
	fence                  // the user: assess and start a deletion
	lift                   // the run that a fence began
	grant                  // a right
	withdraw               // the right
	can                    // ask for the right
	verbs                  // how many there are
)

func (v verb) String() string {
	return [...]string{"issue", "check", "revoke", "revoke all", "deactivate", "reactivate", "fence", "lift", "grant", "withdraw", "can"}[v]
}

// asked is one call: n numbers the token or the fence that it makes or is about.
type asked struct {
	verb
	user roster.UserID
	n    int
}

// told is its answer.
type told uint8

const (
	no    told = iota // refused, or denied
	yes               // done, or allowed
	stale             // a fence that found the world changed
)

// most is how many tokens and fences a user has in one history.
const most = 40

// standing is a user as the model has them. Nothing but this decides on an answer, so the sentence that it proves is: a
// token is good if, and only if, it was issued under the present epoch, wasn't revoked, and its user is active.
type standing struct {
	active, leaving, right bool
	epoch                  int
	issued                 [most]int // by token: the epoch that it was issued in, plus one; 0: none, or revoked
	run                    int       // the fence that the user is leaving by
}

// next is the sequential model: whether a user who stands as s is may be answered so, and how they stand then.
func (s standing) next(a asked, t told) (bool, standing) {
	was := s
	fits := true
	switch a.verb {
	case issue:
		fits = s.active
		s.issued[a.n] = s.epoch + 1
	case check:
		fits = s.active && s.issued[a.n] == s.epoch+1
	case can:
		fits = s.active && s.right
	case revoke:
		s.issued[a.n] = 0
	case revokeAll:
		s.epoch++
	case deactivate:
		fits = s.active
		s.active, s.epoch = false, s.epoch+1
	case reactivate:
		fits = !s.active && !s.leaving
		s.active = true
	case fence:
		fits = !s.leaving
		s.active, s.leaving, s.epoch, s.run = false, true, s.epoch+1, a.n
	case lift:
		fits = s.leaving && s.run == a.n
		s.leaving = false
	case grant, withdraw:
		fits = !s.leaving
		s.right = a.verb == grant
	}
	if t == yes {
		return fits, s
	}
	return !fits || t == stale && a.verb == fence, was
}

// model is next for porcupine: each user's calls by themselves, from an active user without tokens or the right.
var model = porcupine.Model{
	Partition: func(history []porcupine.Operation) [][]porcupine.Operation {
		byUser := map[roster.UserID][]porcupine.Operation{}
		for _, o := range history {
			user := o.Input.(asked).user
			byUser[user] = append(byUser[user], o)
		}
		var parts [][]porcupine.Operation
		for _, part := range byUser {
			parts = append(parts, part)
		}
		return parts
	},
	Init: func() any { return standing{active: true} },
	Step: func(state, input, output any) (bool, any) {
		return state.(standing).next(input.(asked), output.(told))
	},
	DescribeOperation: func(input, output any) string {
		a := input.(asked)
		return fmt.Sprintf("%s %s %d: %s", a.verb, a.user, a.n, [...]string{"no", "yes", "stale"}[output.(told)])
	},
}
