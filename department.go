package roster

// DepartmentID names a department, under the rules of UserID. The empty id is no department:
// two users without one are not colleagues.
type DepartmentID string

// Department is a group of users whose "department" scope reaches each other's records (R1, J8).
type Department struct {
	ID   DepartmentID `json:"id"`
	Name string       `json:"name"`          // 1 to 255 bytes
	Head UserID       `json:"head,omitzero"` // or empty
}
