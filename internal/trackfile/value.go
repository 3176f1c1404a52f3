// Package trackfile watches the files of track_file blocks: a file that holds a
// number from which priorities and weights are derived (keepalived.conf(5),
// track_file).
package trackfile

import (
	"io"
	"math"
	"os"
	"strconv"
	"strings"
)

// maxRead is how much of a file is looked at, in bytes.
const maxRead = 127

// Value is the number that a text begins with, in C's notation: blanks, a sign,
// then 0x.. hexadecimal, 0.. octal or decimal. What follows is ignored; without
// a number the value is 0. Numbers outside of 32 bits are cut to their limits.
func Value(text string) int {
	text = strings.TrimLeft(text, " \t\n\v\f\r")
	negative := strings.HasPrefix(text, "-")
	if negative || strings.HasPrefix(text, "+") {
		text = text[1:]
	}
	digits, base := digitsOf(text)
	if digits == "" {
		return 0
	}
	n, err := strconv.ParseUint(digits, base, 63)
	if err != nil {
		n = math.MaxInt64
	}
	v := int64(n)
	if negative {
		v = -v
	}
	return int(max(math.MinInt32, min(math.MaxInt32, v)))
}

// digitsOf splits off the digits at the beginning of text and tells their base.
func digitsOf(text string) (digits string, base int) {
	lower := strings.ToLower(text)
	switch {
	case strings.HasPrefix(lower, "0x") && len(lower) > 2 && digitIn(lower[2], 16):
		lower, base = lower[2:], 16
	case strings.HasPrefix(lower, "0"):
		base = 8
	default:
		base = 10
	}
	n := 0
	for n < len(lower) && digitIn(lower[n], base) {
		n++
	}
	return lower[:n], base
}

func digitIn(c byte, base int) bool {
	switch {
	case c >= '0' && c <= '9':
		return int(c-'0') < base
	case c >= 'a' && c <= 'f':
		return base == 16
	}
	return false
}

// Read returns the value of a file; one that does not exist or cannot be read
// counts as 0. It may block on the disk.
func Read(path string) int {
	f, err := os.Open(path)
	if err != nil {
		return 0
	}
	defer f.Close()
	b, _ := io.ReadAll(io.LimitReader(f, maxRead))
	return Value(string(b))
}

// Init writes the initial value of a file: when it does not exist, or in any
// case with overwrite.
func Init(path string, value int, overwrite bool) error {
	flags := os.O_WRONLY | os.O_CREATE | os.O_EXCL
	if overwrite {
		flags = os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	}
	f, err := os.OpenFile(path, flags, 0o644)
	if os.IsExist(err) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = f.WriteString(strconv.Itoa(value) + "\n")
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return err
}
