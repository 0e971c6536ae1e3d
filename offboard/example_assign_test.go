package offboard_test

import (
	"context"
	"fmt"

	"github.com/seed-8e8abc8d/roster"
	"github.com/seed-8e8abc8d/roster/offboard"
)

// Wherever work is assigned the host asks whether its new owner may receive it.
func ExampleDesk_MayReceive() {
	r, deals := shop()
	desk, err := offboard.New(r, offboard.Kind{Name: "deal", Holdings: deals})
	if err != nil {
		panic(err)
	}
	for _, id := range []roster.UserID{"eva", "zoe"} {
		e, err := desk.MayReceive(context.Background(), id, "deal", "")
		fmt.Println(id, e.Allowed, e.Missing, err)
	}
	// Output:
	// eva true  <nil>
	// zoe false an active user <nil>
}
