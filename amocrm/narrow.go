package amocrm

import (
	"errors"
	"slices"
	"strings"

	"github.com/seed-8e8abc8d/roster"
)

// nothing is the permissions of whoever has none.
func (w writer) nothing() *roster.Permissions { return roster.Resolve(w.schema, roster.Grants{}) }

// tell tells every right that reaches less far when body is read again, and what the schema refuses.
func (w writer) tell(found *report, at Place, body *rightsBody) {
	for _, d := range w.Difference(roster.Resolve(w.schema, roster.Grants{Role: body.again()})) {
		code, why := w.why(d)
		found.add(code, Place{Source: at.Source, Path: at.Path + ".rights[" + d.Right + "]"}, "%s here, %s there: %s", d.From, d.To, why)
	}
	if seen := w.on(kindTask, "")[actView]; seen < w.sees() {
		found.add(CodeNoCounterpart, Place{Source: at.Source, Path: at.Path + ".rights[" + kindTask + ":" + actionAt(actView).name + "]"},
			"seeing tasks can't be limited to %s: who sees what a task hangs on sees the task", seen)
	}
	w.refused(found, at, w.grants.Individual)
	w.refused(found, at, w.grants.Role)
}

// sees is the farthest that what tasks hang on is seen.
func (w writer) sees() roster.Scope {
	most := roster.Denied
	for _, kind := range []string{kindDeal, kindContact, kindCompany} {
		for _, part := range append(w.parts(kind), roster.Part{}) {
			most = max(most, w.on(kind, part.Name)[actView])
		}
	}
	return most
}

// refused tells what is wrong with rights by the schema. They give nothing here, and so nothing there.
func (w writer) refused(found *report, at Place, rights roster.Rights) {
	var faults roster.Faults
	errors.As(w.schema.Check(rights), &faults)
	for _, f := range faults {
		found.add(CodeDenied, Place{Source: at.Source, Path: at.Path + "." + f.Field}, "%s", f.Problem)
	}
}

// why says for what reason a right reaches less far there.
func (w writer) why(d roster.Delta) (Code, string) {
	name, part, _ := strings.Cut(d.Right, "@")
	kind, action, _ := strings.Cut(name, ":")
	_, _, placed := stageIn(kind, part)
	if kind == kindCatalog {
		_, placed = numberIn(part)
	}
	switch {
	case name == filesAccess:
		return CodeNoCounterpart, "replies know files_access, requests don't"
	case !counterpart(kind, action):
		return CodeNoCounterpart, "the account has no such right"
	case kind == kindCatalog && part == "":
		return CodeNarrowed, "rights are on single catalogues, those that the schema knows"
	case kind == kindTask && action == actionAt(actView).name && w.on(kind, part).lowered()[actEdit] < d.From:
		return CodeNarrowed, "tasks have no right to view, seeing is read as far as editing"
	case part != "" && !placed:
		return CodeNoCounterpart, "the account has no such part"
	case w.exceeds(kind, action, part, d.From):
		return CodeLowered, "farther than what it needs there"
	case action == actionAt(actAdd).name && part != "" && kind == kindDeal:
		return CodeNarrowed, "stages have no right to add"
	case d.From < roster.All && (part != "" || action == actionAt(actAdd).name):
		return CodeNarrowed, "all or nothing can stand there"
	}
	return CodeNarrowed, "limited by a part for which the account has no letter"
}

// counterpart reports that a request has a letter for an action of a kind.
func counterpart(kind, action string) bool {
	switch kind {
	case kindTask:
		return action == "view" || action == "edit" || action == "delete"
	case kindDeal, kindContact, kindCompany, kindCatalog:
		for i := range actions {
			if actionAt(i).name == action {
				return true
			}
		}
	}
	return false
}

// exceeds reports that a right reaches farther than one that the API lets it need.
func (w writer) exceeds(kind, action, part string, s roster.Scope) bool {
	b := w.on(kind, part).lowered()
	return slices.ContainsFunc(needs(), func(n need) bool { return actionAt(n.what).name == action && b[n.what] < s })
}
