package roster_test

import (
	"fmt"

	"github.com/seed-8e8abc8d/roster"
)

func ExampleFoldEmail() {
	fmt.Println(roster.FoldEmail(" Анна@Почта.РФ "))
	fmt.Println(roster.FoldEmail("ANNA@example.com") == roster.FoldEmail("anna@Example.COM"))
	// Output:
	// анна@почта.рф
	// true
}
