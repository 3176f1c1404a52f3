// Package explain derives from a configuration what its election comes to: what
// each tracked item adds to an instance's priority, and the effective priority
// in each case.
package explain
