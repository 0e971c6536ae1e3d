package amocrm

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/seed-8e8abc8d/roster"
)

// roles are the roles that were read, by the account's number.
type roles struct {
	*reading
	parts   partSet
	byID    map[int64]roster.Role
	members map[int64][]membership // who the replies say has a role
}

// membership is a user whom a role lists.
type membership struct {
	user int64
	at   Place
}

// take reads one role.
func (r *roles) take(c cursor) bool {
	id := c.at("id").id()
	name := r.name(c.at("name"), id)
	rights := roster.Rights{}
	switch block := c.at("rights"); {
	case block.there() && block.n.twice || c.repeats("rights"):
		block.tell(CodeDenied, "a key is given twice: the role grants nothing")
	default:
		rights = readRights(block, r.parts)
		block.rest(rightsField)
	}
	r.list(c, id)
	c.rest(func(key string) use {
		switch key {
		case "id", "name", "rights", "_embedded", "_links", "request_id":
			return read
		}
		return unknown
	})
	role := roster.Role{ID: roleID(id, name, rights), Name: name, Rights: rights}
	before, again := r.byID[id]
	switch {
	case !again:
	case before.ID == role.ID:
		c.tell(CodeDuplicate, "role %d again, the same", id)
		return true
	default:
		c.tell(CodeDuplicate, "role %d again, with another name or rights: the role grants nothing", id)
		role = roster.Role{ID: roleID(id, before.Name, nil), Name: before.Name, Rights: roster.Rights{}}
	}
	r.byID[id] = role
	return true
}

// name is a role's name, made fit.
func (r *roles) name(c cursor, id int64) string {
	name := fit(c)
	if name == "" {
		name = fmt.Sprintf("amoCRM role %d", id)
		c.tell(CodeMissing, "role %d has no name: %q", id, name)
	}
	return name
}

// list notes the users that a role lists, as numbers or as objects.
func (r *roles) list(c cursor, id int64) {
	embedded := c.at("_embedded")
	for u := range embedded.at("users").items() {
		if u.n.kind == '{' {
			u.rest(listedField)
			u = u.at("id")
		}
		r.members[id] = append(r.members[id], membership{u.id(), u.place()})
	}
	embedded.rest(func(key string) use {
		if key == "users" {
			return read
		}
		return unknown
	})
}

// listedField knows the fields of a user whom a role lists: all but the id stand with the user.
func listedField(key string) use {
	if key == "id" {
		return read
	}
	return left
}

// roleID names a role by its number and a digest of name and rights, so that a role that was changed
// since the last import is a new role here (R3).
func roleID(id int64, name string, rights roster.Rights) roster.RoleID {
	h := sha256.New()
	fmt.Fprintf(h, "%q", name)
	for _, right := range slices.Sorted(maps.Keys(rights)) {
		fmt.Fprintf(h, " %q %d", right, rights[right])
	}
	return roster.RoleID("amocrm-" + strconv.FormatInt(id, 10) + "-" + hex.EncodeToString(h.Sum(nil)[:6]))
}

// fit makes a name fit to be stored, and tells what had to be done.
func fit(c cursor) string {
	was := c.text()
	if strings.ContainsRune(was, utf8.RuneError) {
		c.tell(CodeReadAs, "a name with damaged characters")
	}
	name := tidy(was)
	if name != was && name != "" {
		c.tell(CodeReadAs, "a name with superfluous spaces, control characters or over 255 bytes, made fit")
	}
	return name
}

// tidy puts spaces together, leaves control characters out and cuts what is over 255 bytes.
func tidy(name string) string {
	name = strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, name)), " ")
	for len(name) > 255 {
		_, size := utf8.DecodeLastRuneInString(name)
		name = strings.TrimRight(name[:len(name)-size], " ")
	}
	return name
}
