package amocrm

import (
	"strconv"

	"github.com/seed-8e8abc8d/roster"
)

// The kinds and functions that the importer speaks of; roster.CRMSchema has them.
const (
	kindDeal    = "deal"
	kindContact = "contact"
	kindCompany = "company"
	kindTask    = "task"
	kindCatalog = "catalog"

	mailUse        = "mail:use"
	filesAccess    = "files:access"
	catalogsAccess = "catalogs:access"
)

// action is what can be done with a kind, by the API's name and by roster's.
type action struct {
	key, name string
	whole     bool // takes only A or D
}

// The actions in an order in which each comes after what it needs.
const (
	actView = iota
	actEdit
	actAdd
	actDelete
	actExport
	actions
)

// actionAt describes an action.
func actionAt(i int) action {
	return [actions]action{
		{"view", "view", false}, {"edit", "edit", false}, {"add", "create", true},
		{"delete", "delete", false}, {"export", "export", false},
	}[i]
}

// block is the scopes of one block of letters; Unset where it says nothing.
type block [actions]roster.Scope

// blockKind says how a block is read where its letters aren't there.
type blockKind uint8

const (
	general blockKind = iota // leads, contacts, companies, catalogues
	tasks                    // has no view right, and none to add
	stage                    // takes only A or D; one to add is unheard of
)

// readBlock reads a block of letters: {"view":"A","edit":"G", …}. Nothing comes out wider than its letter.
func readBlock(c cursor, as blockKind) block {
	var b block
	if !c.there() {
		c.tell(CodeMissing, "no block of rights: denied")
	}
	for i := range b {
		a := actionAt(i)
		letter := c.at(a.key)
		switch {
		case letter.there():
			b[i] = scope(letter, a.whole || as == stage)
		case as == tasks && i == actView:
			b[i] = roster.Unset // set below, to what editing has
		case as == tasks && (i == actAdd || i == actExport) || as == stage && i == actAdd:
			b[i] = roster.Unset
		default:
			b[i] = roster.Denied
			if c.there() {
				letter.tell(CodeMissing, "no letter: denied")
			}
		}
	}
	if as == tasks && b[actView] == roster.Unset {
		b[actView] = b[actEdit]
		if c.there() {
			c.tell(CodeReadAs, "tasks have no right to view: seeing reaches as far as editing; nor one to create: denied")
		}
	}
	b.lower(c)
	c.rest(func(key string) use {
		for i := range b {
			if actionAt(i).key == key {
				return read
			}
		}
		return unknown
	})
	return b
}

// lower lowers what reaches farther than what it needs (R13): editing and exporting no farther than
// viewing, deleting no farther than editing.
func (b *block) lower(c cursor) {
	for _, x := range needs() {
		if b[x.what] > b[x.of] {
			c.at(actionAt(x.what).key).tell(CodeLowered, "reaches farther than %s, lowered to it", actionAt(x.of).key)
			b[x.what] = b[x.of]
		}
	}
}

// need is an action and another that it never reaches farther than.
type need struct{ what, of int }

// needs are the API's dependencies, in an order in which each comes after those of what it needs.
func needs() []need { return []need{{actEdit, actView}, {actDelete, actEdit}, {actExport, actView}} }

// scope reads a letter. What is no letter, has no counterpart or is out of place is denied and told.
func scope(c cursor, whole bool) roster.Scope {
	var s roster.Scope
	letter := c.text()
	switch letter {
	case "A":
		return roster.All
	case "D", "":
		s = roster.Denied
	case "G":
		s = roster.InDepartment
	case "M":
		s = roster.Own
	case "L":
		c.tell(CodeDenied, "L, linked records, has no counterpart: denied")
		return roster.Denied
	}
	switch {
	case s == roster.Unset || letter == "" && c.n.kind == '"':
		c.tell(CodeDenied, "%s is no known letter: denied", quote(letter))
		return roster.Denied
	case whole && s != roster.Denied:
		c.tell(CodeDenied, "%s where only A or D can stand: denied", letter)
		return roster.Denied
	}
	return s
}

// readRights reads a rights object of a user or role into roster's rights; parts get the stages and
// catalogues that it names. Denied kinds say nothing, because nothing is what they give; denied parts are
// written, because they limit their kind.
func readRights(c cursor, parts partSet) roster.Rights {
	rights := roster.Rights{}
	for _, x := range []struct {
		key, kind string
		as        blockKind
	}{{"leads", kindDeal, general}, {"contacts", kindContact, general}, {"companies", kindCompany, general}, {"tasks", kindTask, tasks}} {
		readBlock(c.at(x.key), x.as).write(rights, x.kind, "")
	}
	for _, x := range [][2]string{{"mail_access", mailUse}, {"files_access", filesAccess}, {"catalog_access", catalogsAccess}} {
		if c.at(x[0]).flag() {
			rights[x[1]] = roster.All
		}
	}
	for s := range c.at("status_rights").items() {
		readStage(s, rights, parts)
	}
	for s := range c.at("catalog_rights").items() {
		readCatalog(s, rights, parts)
	}
	return rights
}

// write adds a block to rights. On a part that is there already the narrower one stays.
func (b block) write(rights roster.Rights, kind, part string) {
	for i, s := range b {
		if s == roster.Unset || s == roster.Denied && part == "" || i == actExport && kind == kindTask {
			continue
		}
		right := kind + ":" + actionAt(i).name
		if part != "" {
			right += "@" + part
		}
		if was, ok := rights[right]; ok {
			s = min(s, was)
		}
		rights[right] = s
	}
}

// readStage reads the rights on a pipeline stage. A limit that can't be placed is refused: leaving it
// out would widen.
func readStage(c cursor, rights roster.Rights, parts partSet) {
	entity := c.at("entity_type")
	if !entity.there() {
		entity.refuse("what the stage belongs to")
	}
	pipeline, status := c.at("pipeline_id").id(), c.at("status_id").id()
	b := readBlock(c.at("rights"), stage)
	c.rest(func(key string) use {
		switch key {
		case "entity_type", "pipeline_id", "status_id", "rights":
			return read
		}
		return unknown
	})
	if kind := entity.text(); kind != string(Leads) {
		c.tell(CodeNoCounterpart, "stages of %s: left out", quote(kind))
		return
	}
	parts.place(c, rights, b, kindDeal, stageName(pipeline, status))
}

// readCatalog reads the rights on one catalogue.
func readCatalog(c cursor, rights roster.Rights, parts partSet) {
	id := c.at("catalog_id").id()
	b := readBlock(c.at("rights"), general)
	c.rest(func(key string) use {
		if key == "catalog_id" || key == "rights" {
			return read
		}
		return unknown
	})
	parts.place(c, rights, b, kindCatalog, strconv.FormatInt(id, 10))
}

// partSet are the parts that were met, by kind.
type partSet map[string]map[string]bool

// add notes a part.
func (p partSet) add(kind, part string) {
	if p[kind] == nil {
		p[kind] = map[string]bool{}
	}
	p[kind][part] = true
}

// place writes a block on a part, telling when the part is named a second time.
func (p partSet) place(c cursor, rights roster.Rights, b block, kind, part string) {
	if _, twice := rights[kind+":view@"+part]; twice {
		c.tell(CodeDuplicate, "%s %s is named before: the narrower letters count", kind, part)
	}
	p.add(kind, part)
	b.write(rights, kind, part)
}

// stageName is the part of deals in a stage of a pipeline.
func stageName(pipeline, status int64) string {
	return strconv.FormatInt(pipeline, 10) + "." + strconv.FormatInt(status, 10)
}

// rightsField knows the fields of a rights object that users and roles share.
func rightsField(key string) use {
	switch key {
	case "leads", "contacts", "companies", "tasks", "mail_access", "files_access", "catalog_access", "status_rights", "catalog_rights":
		return read
	case "custom_fields_rights", "oper_day_reports_view_access", "oper_day_user_tracking":
		return left
	}
	return unknown
}

// userRightsField knows those of a user.
func userRightsField(key string) use {
	switch key {
	case "is_admin", "is_free", "is_active", "group_id", "role_id":
		return read
	}
	return rightsField(key)
}

// namedField knows the fields of a group or role that is embedded in a user.
func namedField(key string) use {
	switch key {
	case "id", "name", "_links":
		return read
	}
	return unknown
}
