module github.com/seed-8e8abc8d/roster

go 1.26

require (
	github.com/google/go-cmp v0.7.0
	github.com/matryer/is v1.4.1
)
