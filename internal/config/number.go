package config

import (
	"fmt"
	"math"
	"math/bits"
	"strconv"
	"strings"
	"time"

	"keepalived/internal/config/lang"
)

// limits is a range of numbers and how it is read.
type limits struct {
	lo, hi int64
	// signed numbers may be negative and are limited to 32 bits with sign.
	signed bool
	// strict numbers refuse trailing text in a run as well, not only in a test.
	strict bool
	// anyBase numbers may be hexadecimal (0x10) or octal (010).
	anyBase bool
}

// numberError is a number that cannot be used. Lenient ones may be used outside
// a configuration test: the digits before the rubbish are in range.
type numberError struct {
	text    string
	lenient bool
	warned  bool // outside a configuration test the text begins with a warning
	places  bool // it has too many decimal places, apart from what text says
}

// parseNumber reads a number as strtol(3) does: leading digits, then nothing. No
// word at all is 0. A value is returned with an error when its digits are in range.
func parseNumber(word string, lim limits) (int64, *numberError) {
	if v, ok := plainNumber(word); ok && !lim.anyBase && v >= lim.lo && v <= lim.hi {
		return v, nil
	}
	base := 10
	if lim.anyBase {
		base = 0
	}
	v, overflow, rest := leadingNumber(word, base)
	negative := strings.HasPrefix(strings.TrimLeft(word, numberBlanks), "-")
	switch {
	case !lim.signed && negative:
		ok := v == 0 && lim.lo <= 0 && !lim.strict
		return 0, &numberError{text: fmt.Sprintf("negative number '%s'", word), lenient: ok, warned: !lim.strict}
	case rest != "":
		ok := !overflow && v >= lim.lo && v <= lim.hi && !lim.strict
		return v, &numberError{text: fmt.Sprintf("invalid number '%s'", word), lenient: ok, warned: !lim.strict}
	case overflow || v > lim.max() || v < lim.min():
		kind := "unsigned integer"
		if lim.signed {
			kind = "integer"
		}
		return 0, &numberError{text: fmt.Sprintf("number '%s' outside %s range", word, kind), warned: !lim.strict}
	case v < lim.lo || v > lim.hi:
		return 0, &numberError{text: fmt.Sprintf("number '%s' outside range [%d, %d]", word, lim.lo, lim.hi), warned: !lim.strict && !lim.signed}
	}
	return v, nil
}

// plainNumber reads a number of a few digits and nothing else, as most are.
func plainNumber(word string) (v int64, ok bool) {
	const few = 9
	for i := range len(word) {
		c := word[i] - '0'
		if c > 9 {
			return 0, false
		}
		v = v*10 + int64(c)
	}
	return v, 0 < len(word) && len(word) <= few
}

func (l limits) max() int64 {
	if l.signed {
		return math.MaxInt32
	}
	return math.MaxUint32
}

func (l limits) min() int64 {
	if l.signed {
		return math.MinInt32
	}
	return 0
}

// numberBlanks may stand before a number in quotes.
const numberBlanks = " \t\n\v\f\r"

// leadingNumber reads the number that word begins with, after blanks, and returns
// what follows it: the whole word when there is no number.
func leadingNumber(word string, base int) (v int64, overflow bool, rest string) {
	s := strings.TrimLeft(word, numberBlanks)
	negative := false
	if s != "" && (s[0] == '-' || s[0] == '+') {
		negative = s[0] == '-'
		s = s[1:]
	}
	s, base = numberBase(s, base)
	n, u := 0, uint64(0)
	for n < len(s) && lang.Digit(s[n]) < base {
		hi, lo := bits.Mul64(u, uint64(base))
		sum, carry := bits.Add64(lo, uint64(lang.Digit(s[n])), 0)
		overflow = overflow || hi != 0 || carry != 0 || sum > math.MaxInt64
		u = sum
		n++
	}
	if n == 0 {
		return 0, false, word
	}
	if v = int64(u & math.MaxInt64); overflow {
		v = math.MaxInt64
	}
	if negative {
		v = -v
	}
	return v, overflow, s[n:]
}

// numberBase takes the mark of a base off a number, if any base is possible.
func numberBase(s string, base int) (string, int) {
	switch {
	case base != 0:
	case len(s) > 2 && s[0] == '0' && (s[1] == 'x' || s[1] == 'X') && lang.Digit(s[2]) < 16:
		return s[2:], 16
	case len(s) > 1 && s[0] == '0':
		base = 8
	default:
		base = 10
	}
	return s, base
}

// decimals is a range of decimal numbers, in units of 10^-places.
type decimals struct {
	lo, hi int64
	places int
	// strict numbers refuse what is wrong with them in a test as well.
	strict bool
}

// parseDecimal reads a decimal number with at most lim.places places. More are
// rounded half up and reported with a usable value. No word at all is 0.
func parseDecimal(word string, lim decimals) (int64, *numberError) {
	if strings.HasPrefix(word, "-") {
		return 0, &numberError{text: fmt.Sprintf("negative number '%s'", word), warned: !lim.strict}
	}
	whole, frac, _ := strings.Cut(word, ".")
	u, valid, ok := scaled(whole, frac, lim.places)
	inRange := ok && u >= uint64(lim.lo) && u <= uint64(lim.hi)
	v := int64(u & math.MaxInt64)
	bad := decimalError(word, lim, valid, ok, inRange)
	long := len(frac) > lim.places
	switch {
	case bad != nil:
		bad.places = long
	case long:
		bad = &numberError{text: tooManyPlaces(word), lenient: true, warned: !lim.strict}
	}
	if bad != nil && valid && !(ok && inRange) {
		v = 0
	}
	return v, bad
}

func tooManyPlaces(word string) string {
	return fmt.Sprintf("number '%s' has too many decimal places", word)
}

// decimalError says what is wrong with a decimal number beside its places.
func decimalError(word string, lim decimals, valid, ok, inRange bool) *numberError {
	if valid && ok && inRange {
		return nil // before anything is allocated: large configurations have many numbers
	}
	bad := numberError{warned: !lim.strict}
	switch {
	case !valid:
		bad.text, bad.lenient = fmt.Sprintf("invalid number '%s'", word), inRange && !lim.strict
	case !ok:
		bad.text = fmt.Sprintf("number '%s' outside unsigned decimal range", word)
	default:
		bad.text = fmt.Sprintf("number '%s' outside range [%s, %s]", word, lim.format(lim.lo), lim.format(lim.hi))
	}
	return &bad
}

// scaled is whole.frac in units of the last place, rounded half up; valid is false
// when it is no number, ok when it is too large. It makes no strings: large
// configurations have one such number for each server.
func scaled(whole, frac string, places int) (v uint64, valid, ok bool) {
	kept := frac[:min(len(frac), places)]
	whole = strings.TrimLeft(whole, numberBlanks)
	if len(whole) > 1 {
		whole = strings.TrimPrefix(whole, "+")
	}
	ok = true
	for _, digits := range [...]string{whole, kept} {
		if v, valid, ok = appendDigits(v, digits, ok); !valid {
			return v, false, ok
		}
	}
	for n := len(kept); n < places; n++ {
		v, _, ok = appendDigits(v, "0", ok)
	}
	if len(frac) > places && frac[places] >= '5' {
		v++
	}
	return v, true, ok
}

// appendDigits puts decimal digits after v; valid is false when there is something
// else, ok when the number has become too large, or was.
func appendDigits(v uint64, digits string, fits bool) (_ uint64, valid, ok bool) {
	for i := range len(digits) {
		c := digits[i]
		if c < '0' || c > '9' {
			return v, false, fits
		}
		high, low := bits.Mul64(v, 10)
		sum, carry := bits.Add64(low, uint64(c-'0'), 0)
		if fits = fits && high == 0 && carry == 0; fits {
			v = sum
		}
	}
	return v, true, fits
}

func (l decimals) format(v int64) string {
	unit := int64(math.Pow10(l.places))
	if l.places == 0 {
		return strconv.FormatInt(v, 10) + "."
	}
	return fmt.Sprintf("%d.%0*d", v/unit, l.places, v%unit)
}

// duration is v units of the last place of a second.
func (l decimals) duration(v int64) time.Duration {
	return time.Duration(v) * (time.Second / time.Duration(math.Pow10(l.places)))
}

// parseBool reads a BOOL word.
func parseBool(word string) (v, ok bool) {
	switch word {
	case "on", "true", "yes":
		return true, true
	case "off", "false", "no":
		return false, true
	}
	return false, false
}
