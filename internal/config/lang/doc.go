// Package lang turns configuration text into logical lines: it removes
// comments, honours quotes, follows includes, applies conditions, definitions
// and sequences, and splits lines at braces. It knows no keyword; the parser
// above it is driven by its tables and asks for one line after the other.
//
// Whatever is wrong becomes a [Diagnostic] with its place in the original
// file; nothing is printed, nothing panics, and the work is bounded by the
// size of the files plus a fixed number of generated lines.
//
// The language is that of keepalived.conf(5).
package lang
