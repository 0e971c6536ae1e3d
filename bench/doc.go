// Package bench measures what sqlstore costs beside the bare statements of each engine: hand-overs, other writers meanwhile,
// memory, checks. It is a module of its own, outside go.work, and is run by
//
//	GOWORK=off go -C bench test -run '^$' -bench . ./...
//	GOWORK=off go -C bench test -tags gates -run Gate -v -timeout 3h . -args -records=1000000
package bench
