package rostertest

import "context"

// Promise is a case of the suite of Holdings, for the tests that prove it.
type Promise struct {
	Name, Rule string
	check      func(context.Context, Source) error
}

// Promises are the suite of Holdings.
func Promises() (all []Promise) {
	for _, c := range holdingsCases() {
		all = append(all, Promise{c.name, c.rule, c.check})
	}
	return all
}

// Check returns what is found wrong with a source, or what it lacks.
func (p Promise) Check(ctx context.Context, s Source) (lacks string, wrong error) {
	err := p.check(ctx, s)
	if l, ok := err.(lacking); ok {
		return string(l), nil
	}
	return "", err
}

// Fault tells what is wrong with a source itself.
func Fault(s Source) error { return s.fault() }
