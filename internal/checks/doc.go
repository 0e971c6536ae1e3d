// Package checks holds the repository to its own rules: the graph of imports, the size of files and
// functions, comments, examples, and documents whose code compiles. All of it is tests.
package checks
