package pdu

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// OID is an object identifier. Nobody changes one that has been handed on.
type OID []uint32

// maxSubIDs is the longest object identifier (RFC 2741, 5.1).
const maxSubIDs = 128

// ParseOID reads dotted numbers, as in 1.3.6.1.
func ParseOID(s string) (OID, error) {
	var out OID
	for f := range strings.SplitSeq(strings.TrimPrefix(s, "."), ".") {
		n, err := strconv.ParseUint(f, 10, 32)
		if err != nil {
			return nil, fmt.Errorf("object identifier %q: %q is not a number of 32 bits", s, f)
		}
		out = append(out, uint32(n))
	}
	if len(out) > maxSubIDs {
		return nil, fmt.Errorf("object identifier %q: more than %d numbers", s, maxSubIDs)
	}
	return out, nil
}

// MustOID is ParseOID for constants; it panics on errors.
func MustOID(s string) OID {
	o, err := ParseOID(s)
	if err != nil {
		panic(err)
	}
	return o
}

// With is a new identifier with numbers added.
func (o OID) With(more ...uint32) OID {
	return append(append(make(OID, 0, len(o)+len(more)), o...), more...)
}

// Compare orders lexicographically, as GETNEXT walks.
func (o OID) Compare(p OID) int { return slices.Compare(o, p) }

// HasPrefix tells whether o is p or below it.
func (o OID) HasPrefix(p OID) bool { return len(o) >= len(p) && slices.Equal(o[:len(p)], p) }

// String is the dotted form without a leading dot.
func (o OID) String() string {
	b := make([]byte, 0, 4*len(o))
	for i, n := range o {
		if i > 0 {
			b = append(b, '.')
		}
		b = strconv.AppendUint(b, uint64(n), 10)
	}
	return string(b)
}
