// Package pack turns values of plain types into octets and back, for processes
// that execute the same program: there is no promise about the format beyond
// that, but a value of another type is refused.
//
// A configuration of tens of thousands of servers is handed over at the start
// and at each reload, so it is made for that: the work is laid out once for a
// type, numbers go as they are in memory, and a string that was there before is
// but a number, so that what was one string in many places is one again.
//
// A struct is written field by field with a table of contents, and may be read
// into one that has only some of the fields.
package pack
