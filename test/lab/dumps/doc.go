// Package dumps holds the keyword tables against the C daemon: both daemons run
// the same configurations, which are made from the tables, and what they hold of
// them, as their data files show it, is compared key by key. What differs on
// purpose is in testdata/differences.txt.
package dumps
