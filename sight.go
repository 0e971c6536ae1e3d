package roster

import (
	"maps"
	"slices"
)

// sees reports whether a right shows v the records of an owner, whom the zero User stands for nobody.
func sees(v Person, right Right, owner User) bool {
	rel := Relate(v.User.ID, v.User.Department, Record{Owner: owner.ID, Department: owner.Department})
	return v.Permissions.Decide(right, rel).Allowed
}

// sight tells who gains and loses sight of how many records when the steps are carried out (L9), each
// viewer judged with the rights they hold before and after. The leaver isn't told of. Its cost is the number of
// viewers times the number of shares.
func sight(s *Schema, leaver User, before, after map[UserID]Person, steps []Step) []Sight {
	var all []Sight
	ids := slices.Sorted(maps.Keys(before))
	for _, moves := range movesByPart(steps) {
		right := sightRight(s, moves.kind, moves.part)
		for _, id := range ids {
			x := Sight{User: id, Kind: moves.kind, Part: moves.part}
			saw := sees(before[id], right, leaver)
			for _, share := range moves.shares {
				switch will := sees(after[id], right, after[share.To].User); {
				case will && !saw:
					x.Gained += share.Count
				case saw && !will:
					x.Lost += share.Count
				}
			}
			if x.Gained+x.Lost > 0 {
				all = append(all, x)
			}
		}
	}
	return all
}

// partMoves is how many records of a kind and part go to whom; nobody is the empty id.
type partMoves struct {
	kind, part string
	shares     []Share
}

// movesByPart adds up the steps that move responsibility, in the order of the steps.
func movesByPart(steps []Step) []*partMoves {
	var all []*partMoves
	at := map[target]*partMoves{}
	for _, s := range steps {
		if s.Tie != Responsible || len(s.Shares) == 0 && s.Do != NoOwner && s.Do != SwitchOff {
			continue // not moved, or to nobody yet: blocked
		}
		key := target{kind: s.Kind, part: s.Part}
		if at[key] == nil {
			at[key] = &partMoves{kind: s.Kind, part: s.Part}
			all = append(all, at[key])
		}
		moved := s.Shares
		if len(moved) == 0 {
			moved = []Share{{Count: s.Count}}
		}
		at[key].shares = append(at[key].shares, moved...)
	}
	for _, m := range all {
		m.shares = summed(m.shares)
	}
	return all
}

// see tells what the plan changes in what others see. Administrators and the leaver are left out.
func (p *planner) see() {
	before := make(map[UserID]Person, len(p.Viewers)+len(p.People))
	for _, v := range p.Viewers {
		before[v.User.ID] = v
	}
	maps.Copy(before, p.People)
	delete(before, p.req.Leaver)
	maps.DeleteFunc(before, func(_ UserID, v Person) bool { return !v.User.ActiveAt(p.Now) })
	after := maps.Clone(before)
	maps.Copy(after, p.after)
	p.plan.Sight = append(p.plan.Sight, sight(p.Schema, p.Leaver.User, before, after, p.plan.Steps)...)
}
