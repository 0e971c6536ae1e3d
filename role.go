package roster

import "time"

// RoleID names a role, under the rules of UserID.
type RoleID string

// Role is a named set of rights. Once created nothing about it can change, its name included: no
// method, statement or setter does (R3). Delete it, or replace it by a new one under a new id.
type Role struct {
	ID      RoleID    `json:"id"`
	Name    string    `json:"name"` // 1 to 255 bytes
	Rights  Rights    `json:"rights,omitzero"`
	Created time.Time `json:"created,omitzero"`
	By      UserID    `json:"by,omitzero"` // who made it; empty for the system
}
