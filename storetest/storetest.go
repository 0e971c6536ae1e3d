// Package storetest is the contract of roster.Store as a suite of tests, for whoever writes a store,
// and Faulty, a store that fails when told to, for whoever tests what uses one.
package storetest
