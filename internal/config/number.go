package config

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// limits is a range of numbers and how it is read.
type limits struct {
	lo, hi int64
	// signed numbers may be negative and are limited to 32 bits with sign.
	signed bool
	// strict numbers refuse trailing text in a run as well, not only in a test.
	strict bool
}

// numberError is a number that cannot be used. Lenient ones may be used outside
// a configuration test: the digits before the rubbish are in range.
type numberError struct {
	text    string
	lenient bool
}

// parseNumber reads a decimal number as the C daemon does: leading digits, then
// nothing. A value is returned with an error when its digits are in range.
func parseNumber(word string, lim limits) (int64, *numberError) {
	if !lim.signed && strings.HasPrefix(word, "-") {
		return 0, &numberError{text: fmt.Sprintf("negative number '%s'", word)}
	}
	digits := leadingDigits(word)
	v, err := strconv.ParseInt(digits, 10, 64)
	junk := len(digits) < len(word) || word == "" || digits == "" || digits == "-" || digits == "+"
	switch {
	case junk:
		ok := err == nil && v >= lim.lo && v <= lim.hi && !lim.strict
		return v, &numberError{text: fmt.Sprintf("invalid number '%s'", word), lenient: ok}
	case err != nil || v > lim.max() || v < lim.min():
		kind := "unsigned integer"
		if lim.signed {
			kind = "integer"
		}
		return 0, &numberError{text: fmt.Sprintf("number '%s' outside %s range", word, kind)}
	case v < lim.lo || v > lim.hi:
		return 0, &numberError{text: fmt.Sprintf("number '%s' outside range [%d, %d]", word, lim.lo, lim.hi)}
	}
	return v, nil
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

func leadingDigits(word string) string {
	n := 0
	if n < len(word) && (word[n] == '-' || word[n] == '+') {
		n++
	}
	for n < len(word) && word[n] >= '0' && word[n] <= '9' {
		n++
	}
	return word[:n]
}

// decimals is a range of decimal numbers, in units of 10^-places.
type decimals struct {
	lo, hi int64
	places int
}

// parseDecimal reads a decimal number with at most lim.places places. More are
// rounded half up and reported with a usable value.
func parseDecimal(word string, lim decimals) (int64, *numberError) {
	if strings.HasPrefix(word, "-") {
		return 0, &numberError{text: fmt.Sprintf("negative number '%s'", word)}
	}
	whole := leadingDigits(strings.TrimPrefix(word, "+"))
	rest := strings.TrimPrefix(word, "+")[len(whole):]
	frac := ""
	if strings.HasPrefix(rest, ".") {
		frac = leadingDigits("0" + rest[1:])[1:]
		rest = rest[1+len(frac):]
	}
	if rest != "" || whole+frac == "" {
		return 0, &numberError{text: fmt.Sprintf("invalid number '%s'", word)}
	}
	v, ok := scaled(whole, frac, lim.places)
	if !ok || v < lim.lo || v > lim.hi {
		return 0, &numberError{text: fmt.Sprintf("number '%s' outside range [%s, %s]", word, lim.format(lim.lo), lim.format(lim.hi))}
	}
	if len(frac) > lim.places {
		return v, &numberError{text: fmt.Sprintf("number '%s' has too many decimal places", word), lenient: true}
	}
	return v, nil
}

// scaled is whole.frac in units of the last place, rounded half up. It makes no
// strings: large configurations have one such number for each server.
func scaled(whole, frac string, places int) (v int64, ok bool) {
	kept := frac[:min(len(frac), places)]
	if v, ok = appendDigits(0, strings.TrimPrefix(whole, "+")); ok {
		v, ok = appendDigits(v, kept)
	}
	for n := len(kept); ok && n < places; n++ {
		v, ok = appendDigits(v, "0")
	}
	if len(frac) > places && frac[places] >= '5' {
		v++
	}
	return v, ok
}

// appendDigits puts decimal digits after v; ok is false when that is too large,
// or no number.
func appendDigits(v int64, digits string) (_ int64, ok bool) {
	for i := range len(digits) {
		c := digits[i]
		if c < '0' || c > '9' || v > (math.MaxInt64-10)/10 {
			return 0, false
		}
		v = v*10 + int64(c-'0')
	}
	return v, true
}

func (l decimals) format(v int64) string {
	unit := int64(math.Pow10(l.places))
	if l.places == 0 {
		return strconv.FormatInt(v, 10)
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
