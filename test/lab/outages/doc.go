// Package outages proves what happens to a service when something goes wrong
// around the daemon: mistakes in its configuration, killed and stuck
// processes, hostile packets, frozen helpers, unreliable networks.
//
// Each outage is a test of ours with bounds, and a row of the table in
// docs/reliability.md, which make outages writes, with the C daemon's figures
// from the same run beside ours.
package outages
