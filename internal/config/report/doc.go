// Package report shows what a check of a configuration found: to a person, with
// the line and a caret, or to a machine, as JSON or SARIF.
package report
