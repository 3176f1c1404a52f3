// Package trackfile watches the files of track_file blocks: a file that holds a
// number from which priorities and weights are derived (keepalived.conf(5),
// track_file).
package trackfile

import (
	"fmt"
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
// a number the value is 0. A number outside of 32 bits is a [RangeError].
func Value(text string) (int, error) {
	text = strings.TrimLeft(text, " \t\n\v\f\r")
	negative := strings.HasPrefix(text, "-")
	if negative || strings.HasPrefix(text, "+") {
		text = text[1:]
	}
	digits, base := digitsOf(text)
	if digits == "" {
		return 0, nil
	}
	if negative {
		digits = "-" + digits
	}
	// What does not fit in 64 bits is the nearest that does.
	v, err := strconv.ParseInt(digits, base, 64)
	if err != nil || v < math.MinInt32 || v > math.MaxInt32+1 {
		return 0, RangeError(v)
	}
	return int(min(math.MaxInt32, v)), nil
}

// RangeError is a number that is too large for a tracked file, which keeps the
// value that it had.
type RangeError int64

func (e RangeError) Error() string { return fmt.Sprintf("Invalid number %d", int64(e)) }

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
// counts as 0, as does a number that is too large, which the error names. It may
// block on the disk.
func Read(path string) (int, error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, nil
	}
	defer f.Close()
	b, _ := io.ReadAll(io.LimitReader(f, maxRead))
	v, err := Value(string(b))
	if err != nil {
		return 0, fmt.Errorf("%w read from %s - ignoring", err, path)
	}
	return v, nil
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
