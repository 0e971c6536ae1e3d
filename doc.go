// Package roster knows who works in an application, what each person may do, and what becomes of
// their work when they leave.
package roster
