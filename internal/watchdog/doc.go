// Package watchdog is the parent process: it reads the configuration, keeps the
// pid files, starts the children, answers signals and supervises.
//
// What is done about a child that dies, hangs or reloads is decided by policy,
// a pure machine (policy*.go): events with their time go in, effects come out.
// The runtime around it owns processes, links, signals and files.
package watchdog
