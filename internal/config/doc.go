// Package config turns the logical lines of a keepalived.conf into one typed,
// validated and immutable [Config].
//
// Keywords are rows of tables (keywords_*.go): name, block, arguments, default,
// range and one line of help. The parser walks the lines along those tables;
// decoders (decode_*.go) fill the types (types_*.go); the validation
// (validate_*.go) looks at the result as a whole, asking the outside world only
// through an [Env]. Nothing here prints: complaints are diagnostics of package
// lang with the C daemon's text.
//
// All types hold plain values and survive the hand-over to a child unchanged: empty slices
// are nil, and a value whose absence matters is an [Opt].
package config
