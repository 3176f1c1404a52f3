package config

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"keepalived/internal/config/lang"
)

func http(d *decoder) *HTTPCheck { return d.lvs.checker.detail.HTTP }

func endHTTP(d *decoder) {
	c := d.lvs.checker
	if c.refused {
		d.dropCheck()
		return
	}
	if len(c.detail.HTTP.URLs) == 0 {
		d.atEnd(c.Origin, "add url { path /... }; without it the real server has no such check",
			"HTTP/SSL_GET checker has no urls specified - ignoring")
		d.dropCheck()
		return
	}
	endCheck(d)
}

func setHTTPVersion(d *decoder, s stmt) {
	switch word := s.arg(1); {
	case s.n() < 2:
		d.errorf(s, 0, "Missing http_protocol version")
	case word == "1.0":
		http(d).Version = HTTP10
	case word == "1.0C" || word == "1.0c":
		http(d).Version = HTTP10Close
	case word == "1.1":
		http(d).Version = HTTP11
	default:
		d.refuse(s, 1, "Invalid http_protocol version {v}")
	}
}

func openURL(d *decoder, s stmt) bool {
	d.lvs.url, d.lvs.urlRegex, d.lvs.urlAt = &URLCheck{}, RegexCheck{}, s.origin()
	return true
}

func endURL(d *decoder) {
	u := d.lvs.url
	if u.Path == "" {
		d.atEnd(d.lvs.urlAt, "add path /...", "HTTP/SSL_GET checker url has no path - ignoring")
		return
	}
	switch {
	case d.lvs.urlRegex.Pattern != "" && !d.regexCompiles():
		d.lvs.checker.refused = true
	case d.lvs.urlRegex.Pattern != "":
		regex := d.lvs.urlRegex
		u.Regex = &regex
	case d.lvs.urlRegex.NoMatch || d.lvs.urlRegex.Options != nil:
		d.info(d.lvs.urlAt.pos(), "regex options without regex - ignoring")
	}
	http(d).URLs = append(http(d).URLs, *u)
}

// RegexEnv is an [Env] that can say whether a pattern of a url can be used; the
// error is shown. With any other one every pattern is taken.
type RegexEnv interface {
	CheckRegex(pattern string, options []string) error
}

func (d *decoder) regexCompiles() bool {
	env, ok := d.env.(RegexEnv)
	if !ok {
		return true
	}
	r := &d.lvs.urlRegex
	if err := env.CheckRegex(r.Pattern, r.Options); err != nil {
		d.diags.Add(lang.Diagnostic{Pos: d.lvs.urlAt.pos(), Severity: lang.Warning, Text: fmt.Sprintf("Invalid regex: '%s': %v", r.Pattern, err),
			Help: "correct the pattern; until then the real server has no such check"})
		return false
	}
	return true
}

func setPath(d *decoder, s stmt) {
	u := d.lvs.url
	if u.Path != "" {
		d.errorf(s, 1, "Duplicate path - overwriting %s with %s", u.Path, s.arg(1))
	}
	u.Path = strings.Clone(s.arg(1))
}

func setDigest(d *decoder, s stmt) {
	u, word := d.lvs.url, s.arg(1)
	if u.Digest.Set {
		d.refuse(s, 1, "Digest '{v}' is a duplicate")
		return
	}
	if len(word) != 32 {
		d.valueError(s, 1, "digest '%s' character length should be 32 rather than %d", word, len(word))
		return
	}
	var sum [16]byte
	for i := len(sum) - 1; i >= 0; i-- {
		if _, err := hex.Decode(sum[i:i+1], []byte(word[2*i:2*i+2])); err != nil {
			d.valueError(s, 1, "Unable to interpret hex digit in '%s' at offset %d/%d", word, 2*i, 2*i+1)
			return
		}
	}
	u.Digest = Some(sum)
}

func setStatus(d *decoder, s stmt) {
	for i := 1; i < s.n(); i++ {
		first, last, found := strings.Cut(s.arg(i), "-")
		if !found {
			last = first
		}
		lo, err1 := strconv.ParseUint(first, 10, 16)
		hi, err2 := strconv.ParseUint(last, 10, 16)
		if err1 != nil || err2 != nil || lo < 100 || hi > 599 || lo > hi {
			d.valueError(s, i, "Invalid HTTP_GET status code '%s'", s.arg(i))
			continue
		}
		d.lvs.url.Status = append(d.lvs.url.Status, StatusRange{uint16(lo), uint16(hi)})
	}
}

func setRegex(d *decoder, s stmt) {
	words, err := s.ScriptWords()
	if err != nil {
		d.errorf(s, 1, "%s", err.Error())
		return
	}
	if len(words) != 2 {
		d.errorf(s, 0, "regex missing or too many fields")
		return
	}
	r := &d.lvs.urlRegex
	if r.Pattern != "" {
		d.errorf(s, 1, "Duplicate regex specified - replacing %s with %s", r.Pattern, words[1].Text)
	}
	r.Pattern = strings.Clone(words[1].Text)
}

// regexOptions are the words of regex_options.
var regexOptions = strings.Fields(`allow_empty_class alt_bsux auto_callout caseless dollar_endonly dotall dupnames extended
	firstline match_unset_backref multiline never_ucp never_utf no_auto_capture no_auto_possess no_dotstar_anchor
	no_start_optimize ucp ungreedy utf never_backslash_c alt_circumflex alt_verbnames use_offset_limit`)

func setRegexOptions(d *decoder, s stmt) {
	for i := 1; i < s.n(); i++ {
		switch word := s.arg(i); {
		case !slices.Contains(regexOptions, word):
			d.info(s.at(i), "Unknown regex option %s - ignoring", word)
		case !slices.Contains(d.lvs.urlRegex.Options, word):
			d.lvs.urlRegex.Options = append(d.lvs.urlRegex.Options, strings.Clone(word))
		}
	}
}

func regexOffset(set func(r *RegexCheck, v uint64)) handler {
	return func(d *decoder, s stmt) {
		v, err := strconv.ParseUint(s.arg(1), 10, 64)
		if err != nil {
			d.info(s.at(1), "Invalid %s %s specified - ignoring", s.arg(0), s.arg(1))
			return
		}
		r := &d.lvs.urlRegex
		set(r, v)
		if r.MaxOffset.Set && r.MinOffset > r.MaxOffset.V {
			d.info(s.at(1), "regex min offset %d > max offset %d - ignoring", r.MinOffset, r.MaxOffset.V)
			r.MinOffset, r.MaxOffset = 0, Opt[uint64]{}
		}
	}
}

func setRegexStack(d *decoder, s stmt) {
	start, err1 := strconv.ParseUint(s.arg(1), 10, 64)
	most, err2 := strconv.ParseUint(s.arg(2), 10, 64)
	if err1 != nil || err2 != nil || s.n() != 3 || start > most {
		d.info(s.at(1), "regex_stack needs START and MAX, START not above MAX - ignoring")
		return
	}
	d.lvs.urlRegex.StackStart, d.lvs.urlRegex.StackMax = start, most
}

func regexOptionNames() string { return strings.Join(regexOptions, " ") }
