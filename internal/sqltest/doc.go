// Package sqltest holds the tests that every engine of package sqlstore passes: written once here, called by the engines'
// own modules, which bring the drivers.
package sqltest
