package roster_test

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/seed-8e8abc8d/roster"
)

// key is the state in a form that tells states apart by all that matters to authority and by nothing
// else: ids of tokens and letters, times, epochs and versions are left out. Of the states that differ in
// names of people only, who are alike in this realm, it is the same.
func (x *explorer) key(s *spot) string {
	var rows [3]row
	for i := range rows {
		rows[i] = x.mark(s, i)
	}
	var desks [2]row
	for i := range desks {
		desks[i] = s.photo.side(i)
	}
	common := x.common(s)
	var best, buf []byte
	for _, p := range x.realm.alike {
		buf = buf[:0]
		for at := range byte(3) {
			i := slices.Index(p.users[:], at)
			buf = rows[i].append(buf, p)
		}
		for at := range byte(2) {
			buf = desks[slices.Index(p.sides[:], at)].append(buf, p)
		}
		buf = common.append(buf, p)
		if best == nil || slices.Compare(buf, best) < 0 {
			best = slices.Clone(buf)
		}
	}
	return string(best)
}

// mark is what there is to know of one user.
func (x *explorer) mark(s *spot, i int) row {
	u, c := &s.photo.users[i], s.photo.creds[i]
	var r row
	ended := !u.EndDate.IsZero() && !s.ghost.now.Before(u.EndDate)
	r.plain(byte(u.Status))
	r.flags(u.Admin, ended, !u.EndDate.IsZero(), c.Hash != "", u.Free, s.ghost.owner == i)
	r.plain(x.number(string(u.Role), u.Rights))
	r.side(part(u.Department))
	r.user(typist(c.Hash))
	r.user(person(c.SetBy))
	for _, address := range []string{u.Email, u.PendingEmail, u.Identity.Subject} {
		owner, which := readerOf(address)
		r.user(owner)
		r.plain(which)
	}
	var open [4]bool
	for _, l := range s.photo.letters {
		open[l.Kind] = open[l.Kind] || l.User == trio[i] && l.Open()
	}
	r.flags(open[:]...)
	for kind := roster.TokenSession; kind <= roster.TokenReset; kind++ {
		var sets [2]int
		for _, k := range s.ghost.secrets {
			if k.user == i && k.token.Kind == kind {
				sets[map[bool]int{true: 1}[k.ended]] |= 1 << k.holder
			}
		}
		r.users(sets[0])
		r.flags(sets[1] != 0)
	}
	for _, k := range s.ghost.secrets {
		if k.user == i && k.to != "" && !k.ended {
			owner, which := readerOf(k.to)
			r.user(owner)
			r.plain(which)
		}
	}
	return append(r, x.runs(s, trio[i])...)
}

// side is what there is to know of a department.
func (p *photo) side(i int) row {
	var r row
	at := slices.IndexFunc(p.departments, func(d roster.Department) bool { return d.ID == sides[i] })
	if r.flags(at >= 0); at >= 0 {
		r.user(person(p.departments[at].Head))
	}
	return r
}

// common is what isn't anybody's.
func (x *explorer) common(s *spot) row {
	var r row
	for _, role := range s.photo.roles {
		r.plain(x.number(string(role.ID), role.Rights))
	}
	for _, d := range s.photo.departments {
		if part(d.ID) == 2 {
			r.plain(byte(len(d.ID)))
			r.user(person(d.Head))
		}
	}
	return r
}

// runs is what there is to know of the runs of one leaver.
func (x *explorer) runs(s *spot, id roster.UserID) row {
	var r row
	// Runs that began in one millisecond come in any order: finished ones first.
	ordered := slices.SortedStableFunc(slices.Values(s.photo.runs), func(a, b roster.Run) int { return cmp.Compare(b.State, a.State) })
	for _, run := range ordered {
		if run.Leaver != id || !run.Unfinished() && (run.State == roster.RunLifted || run.Sweep || run.Correction.Run != "") {
			continue
		}
		held := s.ghost.hold != nil && s.ghost.hold.Run.ID == run.ID && s.ghost.hold.Run.Lease.Number == run.Lease.Number
		r.plain(byte(run.State))
		r.flags(run.Sweep, run.Correction.Run != "", run.Entries > 0, held, s.ghost.now.Before(run.Lease.Until), len(run.Request.HandOn) > 0)
		for _, rule := range run.Request.Rules {
			r.plain(byte(rule.Do))
			for _, to := range rule.To {
				r.user(person(to))
			}
		}
		if run.Unfinished() {
			r.plain(byte(run.Attempts))
			r.plain(byte(run.Round))
			e, open := s.photo.open[run.ID]
			r.flags(open)
			r.user(person(e.To))
			for _, step := range run.Steps {
				if step.Done {
					continue // what was handed over in earlier rounds is history
				}
				r.flags(true)
				for _, share := range step.Shares {
					r.user(person(share.To))
				}
			}
		}
	}
	return r
}

// number numbers a role and rights.
func (x *explorer) number(role string, rights roster.Rights) byte {
	text := []string{role}
	for _, k := range slices.Sorted(maps.Keys(rights)) {
		text = append(text, k, rights[k].String())
	}
	key := strings.Join(text, " ")
	n, ok := x.rights[key]
	if !ok {
		n = uint8(len(x.rights))
		if x.rights[key] = n; n == 255 {
			x.t.Fatal("too many sets of rights for a byte")
		}
	}
	return n
}

// perm renames people and departments.
type perm struct {
	users [4]byte // of trio; the last is nobody
	sides [3]byte // of sides; the last is none
}

var itself = perm{[4]byte{0, 1, 2, 3}, [3]byte{0, 1, 2}}

// renamings are all that keep the first people as they are, with or without the departments.
func renamings(fixed int, departments bool) []perm {
	orders := [][]byte{{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}}
	var all []perm
	for _, o := range orders {
		if fixed > 0 && o[0] != 0 {
			continue
		}
		p := itself
		copy(p.users[:], o)
		all = append(all, p)
		if p.sides = [3]byte{1, 0, 2}; departments {
			all = append(all, p)
		}
	}
	return all
}

// row is a list of items: plain bytes, people, departments, and sets of people.
type row []item

type item struct{ what, value byte }

const (
	plainItem byte = iota
	userItem
	sideItem
	usersItem
)

func (r row) append(b []byte, p perm) []byte {
	for _, it := range r {
		switch it.what {
		case userItem:
			b = append(b, p.users[it.value])
		case sideItem:
			b = append(b, p.sides[it.value])
		case usersItem:
			var set byte
			for i := range byte(3) {
				set |= it.value >> i & 1 << p.users[i]
			}
			b = append(b, set)
		default:
			b = append(b, it.value)
		}
	}
	return b
}

func (r *row) flags(on ...bool) {
	var b byte
	for i, is := range on {
		if is {
			b |= 1 << i
		}
	}
	*r = append(*r, item{plainItem, b})
}

func (r *row) plain(v byte)  { *r = append(*r, item{plainItem, v}) }
func (r *row) user(i int)    { *r = append(*r, item{userItem, byte(i)}) }
func (r *row) side(i int)    { *r = append(*r, item{sideItem, byte(i)}) }
func (r *row) users(set int) { *r = append(*r, item{usersItem, byte(set)}) }

// person is the index of an id in trio; nobody is 3.
func person(id roster.UserID) int {
	if i := slices.Index(trio[:], id); i >= 0 {
		return i
	}
	return 3
}

// part is the index of a department in sides; none is 2.
func part(id roster.DepartmentID) int {
	if i := slices.Index(sides[:], id); i >= 0 {
		return i
	}
	return 2
}
