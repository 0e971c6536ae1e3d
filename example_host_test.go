package roster_test

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/seed-8e8abc8d/roster"
)

// status is the HTTP status of an error of this module. What a plan lists comes first: a *BlockedError may
// be ErrDenied or ErrInvalid as well.
func status(err error) int {
	var blocked *roster.BlockedError
	var stale *roster.StaleError
	switch {
	case err == nil:
		return http.StatusOK
	case errors.As(err, &stale), errors.As(err, &blocked):
		return http.StatusConflict // show stale.Changed, or blocked.Blockers
	case errors.Is(err, roster.ErrSignIn), errors.Is(err, roster.ErrToken):
		return http.StatusUnauthorized
	case errors.Is(err, roster.ErrDenied), errors.Is(err, roster.ErrSelf), errors.Is(err, roster.ErrLastAdministrator):
		return http.StatusForbidden
	case errors.Is(err, roster.ErrInvalid):
		return http.StatusUnprocessableEntity // show the fields of the roster.Faults
	case errors.Is(err, roster.ErrNotFound):
		return http.StatusNotFound
	case errors.Is(err, roster.ErrExists), errors.Is(err, roster.ErrState), errors.Is(err, roster.ErrInUse),
		errors.Is(err, roster.ErrLease), errors.Is(err, roster.ErrParked):
		return http.StatusConflict
	case errors.Is(err, roster.ErrBusy):
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// A host maps errors to HTTP statuses once, those that list something first.
func ExampleBlockedError() {
	self := &roster.BlockedError{Blockers: []roster.Finding{{Code: roster.BlockSelf, User: "ada", Text: "nobody deletes themselves"}}}
	fmt.Println(errors.Is(self, roster.ErrSelf), status(self))
	fmt.Println(status(errors.Join(&roster.StaleError{}, self)))
	fmt.Println(status(&roster.Denial{}), status(roster.Faults{{Field: "email"}}), status(roster.ErrBusy), status(errors.New("disk full")))
	// Output:
	// true 409
	// 409
	// 403 422 503 500
}

// where writes a condition for a query over a table with the columns owner, department (the owner's present
// one) and part: text with placeholders, to be put in parentheses, and their arguments.
func where(c roster.Condition, user roster.UserID, dept roster.DepartmentID) (string, []any) {
	if c.None() {
		return "FALSE", nil
	}
	if c.All() {
		return "TRUE", nil
	}
	var args []any
	bind := func(v any) string { args = append(args, v); return fmt.Sprintf("$%d", len(args)) }
	reach := func(s roster.Scope) string {
		switch {
		case s == roster.All:
			return "TRUE"
		case s == roster.InDepartment && dept != "":
			return "(owner = " + bind(user) + " OR owner IS NOT NULL AND department = " + bind(dept) + ")"
		case s >= roster.Own:
			return "owner = " + bind(user)
		}
		return "FALSE"
	}
	if c.AnyPart {
		return reach(c.Base), args
	}
	base := []string{"part IS NULL"} // records in no part, and in the known parts that have no scope of their own
	var same []string
	for _, part := range c.Known {
		if _, differs := c.Parts[part]; !differs {
			same = append(same, bind(part))
		}
	}
	if len(same) > 0 {
		base = append(base, "part IN ("+strings.Join(same, ", ")+")")
	}
	terms := []string{"(" + strings.Join(base, " OR ") + ") AND " + reach(c.Base)}
	for _, part := range slices.Sorted(maps.Keys(c.Parts)) {
		terms = append(terms, "part = "+bind(part)+" AND "+reach(c.Parts[part]))
	}
	return strings.Join(terms, " OR "), args
}

// A condition becomes the text and the arguments of a query (R14).
func ExampleCondition() {
	schema := roster.CRMSchema()
	if err := schema.AddParts("deal", roster.Part{Name: "lost"}, roster.Part{Name: "won"}); err != nil {
		fmt.Println(err)
	}
	p := roster.Resolve(schema, roster.Grants{Role: roster.Rights{"deal:view": roster.InDepartment, "deal:view@won": roster.All, "task:view": roster.Own}})
	for _, right := range []string{"deal:view", "task:view", "note:view"} {
		text, args := where(p.Condition(schema.MustRight(right)), "ben", "sales")
		fmt.Println(text, args)
	}
	// Output:
	// (part IS NULL OR part IN ($1)) AND (owner = $2 OR owner IS NOT NULL AND department = $3) OR part = $4 AND TRUE [lost ben sales won]
	// owner = $1 [ben]
	// FALSE []
}
