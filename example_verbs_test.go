package roster_test

import (
	"context"
	"fmt"

	"github.com/seed-8e8abc8d/roster"
)

func ExampleRoster_Verbs() {
	told, err := firm().Verbs(context.Background(), roster.As("ada"), "ada", "ben") // the users of one page
	if err != nil {
		panic(err)
	}
	for _, u := range told {
		for _, verb := range []roster.Verb{roster.VerbUserDeactivate, roster.VerbUserReactivate, roster.VerbUserDelete} {
			if v := u.Verdict(verb, ""); v.Allowed {
				fmt.Println(u.User, "button:", verb)
			} else {
				fmt.Println(u.User, "greyed:", verb, "-", v.Reason)
			}
		}
	}
	// Output:
	// ada greyed: user.deactivate - self
	// ada greyed: user.reactivate - self
	// ada greyed: user.delete - self
	// ben button: user.deactivate
	// ben greyed: user.reactivate - state
	// ben button: user.delete
}
