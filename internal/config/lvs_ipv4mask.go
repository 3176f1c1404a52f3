package config

import (
	"encoding/binary"
	"strconv"
	"strings"
)

// parseIPv4Mask reads what inet_aton(3) does: one to four numbers, also octal and
// hexadecimal, of which the last fills the remaining bytes.
func parseIPv4Mask(word string) (mask [4]byte, ok bool) {
	parts := strings.Split(word, ".")
	if len(parts) > 4 {
		return mask, false
	}
	var v uint64
	for i, part := range parts {
		if part == "" || strings.ContainsAny(part, "_+-bBoO") && !strings.HasPrefix(part, "0x") {
			return mask, false
		}
		bits := 8
		if i == len(parts)-1 {
			bits = 8 * (4 - i)
		}
		n, err := strconv.ParseUint(part, 0, bits)
		if err != nil || strings.Contains(part, "_") {
			return mask, false
		}
		v = v<<bits | n
	}
	binary.BigEndian.PutUint32(mask[:], uint32(v))
	return mask, true
}
