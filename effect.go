package roster

// Effect tells what changes did, or would do.
type Effect struct {
	IDs   []string      `json:"ids"`            // by change: the id of what it made or was about
	Users []UserEffect  `json:"users"`          // who was changed, in the order of the changes
	Seats int           `json:"seats"`          // paid seats taken, or freed when negative (L26)
	Sight []SightChange `json:"sight,omitzero"` // Preview only: by changes of department (J8)
}

// UserEffect tells what became of one user.
type UserEffect struct {
	User   UserID   `json:"user"`
	Added  bool     `json:"added,omitzero"`
	Kept   bool     `json:"kept,omitzero"` // ImportUser: the id was there already and is left as it was
	From   Status   `json:"from"`
	To     Status   `json:"to"`
	Fields []string `json:"fields,omitzero"` // the fields that changed, by name
	Gained []Delta  `json:"gained,omitzero"` // rights that reach farther now (R18)
	Lost   []Delta  `json:"lost,omitzero"`   // rights that reach less far now
}

// SightChange tells that a viewer gains or loses sight of records of a kind when somebody changes
// department. The records are those that Whose is responsible for or, with an empty Whose, those of everyone
// in Department.
type SightChange struct {
	Viewer     UserID       `json:"viewer"`
	Whose      UserID       `json:"whose,omitzero"`
	Department DepartmentID `json:"department,omitzero"`
	Right      string       `json:"right"`  // "deal:view", "deal:view@won"
	Gained     bool         `json:"gained"` // else lost
}

// add notes what became of one user.
func (e *Effect) add(t *touched) {
	was, is := t.before.User, t.after.User
	u := UserEffect{User: is.ID, Added: was.ID == "", From: was.Status, To: is.Status, Fields: t.fields}
	for _, d := range t.before.Permissions.Difference(t.after.Permissions) {
		if d.To > d.From {
			u.Gained = append(u.Gained, d)
		} else {
			u.Lost = append(u.Lost, d)
		}
	}
	e.Users = append(e.Users, u)
	if is.HoldsSeat() {
		e.Seats++
	}
	if was.HoldsSeat() {
		e.Seats--
	}
}

// sight fills Effect.Sight: for each user who changes department, who of the old and the new one has a
// right of department scope to view. Only a preview pays for reading both departments.
func (w *work) sight() error {
	if !w.preview {
		return nil
	}
	for _, id := range w.order {
		t := w.people[id]
		from, to := t.before.User.Department, t.after.User.Department
		if from == to || t.before.User.ID == "" {
			continue
		}
		for _, side := range []struct {
			department DepartmentID
			gained     bool
			mover      Person
		}{{from, false, t.before}, {to, true, t.after}} {
			if err := w.sightIn(side.department, side.mover, side.gained); err != nil {
				return err
			}
		}
	}
	return nil
}

// sightIn adds what one department's members see of the mover's records, and the mover of theirs.
func (w *work) sightIn(d DepartmentID, mover Person, gained bool) error {
	if d == "" {
		return nil
	}
	for _, right := range departmentViews(mover.Permissions) {
		w.effect.Sight = append(w.effect.Sight, SightChange{Viewer: mover.User.ID, Department: d, Right: right, Gained: gained})
	}
	for u, err := range usersIn(w.tx, UserFilter{Department: d, Status: StatusActive}) {
		if err != nil {
			return err
		}
		if u.ID == mover.User.ID {
			continue
		}
		p, err := w.r.personOf(w.tx, u)
		if err != nil {
			return err
		}
		for _, right := range departmentViews(p.Permissions) {
			w.effect.Sight = append(w.effect.Sight, SightChange{Viewer: u.ID, Whose: mover.User.ID, Right: right, Gained: gained})
		}
	}
	return nil
}

// departmentViews lists the rights to view that reach as far as the department in p.
func departmentViews(p *Permissions) []string {
	var views []string
	for right, scope := range p.List() {
		if scope == InDepartment && isView(right) {
			views = append(views, right)
		}
	}
	return views
}
