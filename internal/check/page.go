package check

import (
	"bytes"
	"crypto/md5"
	"fmt"
	"hash"

	"keepalived/internal/check/web"
	"keepalived/internal/config"
)

// pageReader reads an HTTP response up to its end and judges it. It has no I/O,
// and takes any bytes.
type pageReader struct {
	url    *config.URLCheck
	regex  *pattern
	buf    []byte // the header, while it is not complete
	status int
	length int64 // Content-Length, -1: none
	got    int64 // octets of the body
	headed bool  // the header is complete
	broken bool  // there is none
	sum    hash.Hash
	text   []byte // what the pattern is searched in
}

const (
	// maxPage is the greatest response that is read: a server that never ends
	// its answer must not keep a checker busy for ever.
	maxPage = 64 << 20
	// maxSearch is how much of a response a pattern is searched in.
	maxSearch = 4 << 20
)

func newPageReader(u *config.URLCheck, re *pattern) *pageReader {
	p := &pageReader{url: u, regex: re, length: -1}
	if u.Digest.Set {
		p.sum = md5.New()
	}
	return p
}

// feed takes what one read brought; false when no more is wanted.
func (p *pageReader) feed(data []byte) bool {
	if p.broken {
		return false
	}
	if p.headed {
		return p.body(data, data)
	}
	all := data // mostly it comes at once
	if len(p.buf) > 0 {
		p.buf = append(p.buf, data...)
		all = p.buf
	}
	end := web.EndOfHeader(all)
	if end < 0 {
		if len(p.buf) == 0 {
			p.buf = append(p.buf, data...)
		}
		p.broken = len(p.buf) >= web.MaxHeader
		return !p.broken
	}
	p.headed, p.buf = true, nil
	p.header(all[:end])
	body := all[end:]
	search := body
	if len(body) > 0 {
		// Patterns have always seen the header when it came together with the
		// beginning of the page.
		search = all
	}
	return p.body(body, search)
}

func (p *pageReader) header(head []byte) {
	line, _, _ := bytes.Cut(head, []byte("\r\n"))
	p.status = statusCode(line)
	p.length = web.ContentLength(head)
}

// statusCode is the number after the first blank of a status line, if it is
// followed by a blank; otherwise 0.
func statusCode(line []byte) int {
	_, rest, ok := bytes.Cut(line, []byte(" "))
	if !ok || len(rest) < 4 || rest[3] != ' ' {
		return 0
	}
	n := 0
	for _, b := range rest[:3] {
		if b < '0' || b > '9' {
			return 0
		}
		n = n*10 + int(b-'0')
	}
	return n
}

func (p *pageReader) body(data, search []byte) bool {
	if p.sum != nil {
		part := data
		if p.length >= 0 {
			part = data[:min(int64(len(data)), max(p.length-p.got, 0))]
		}
		p.sum.Write(part)
	}
	p.got += int64(len(data))
	if p.regex != nil && len(p.text) < maxSearch {
		p.text = append(p.text, search[:min(len(search), maxSearch-len(p.text))]...)
	}
	return p.got <= maxPage
}

// pageVerdict is what a response means: the reason of a failure, or the
// strongest test that it has passed.
type pageVerdict struct {
	ok     bool
	reason string
	passed string
	// measured: the response was good enough for its length to matter; differs:
	// Content-Length is not what came.
	measured, differs bool
}

// judge is the verdict at the end of the response.
func (p *pageReader) judge() pageVerdict {
	if !p.headed {
		return pageVerdict{reason: "Read, no data received from "}
	}
	if !p.accepted() {
		return pageVerdict{reason: "HTTP status code error to"}
	}
	v := pageVerdict{differs: p.length >= 0 && p.length != p.got, measured: true, passed: "HTTP status code success to"}
	switch {
	case p.sum != nil && [16]byte(p.sum.Sum(nil)) != p.url.Digest.V:
		v.reason = "MD5 digest error to"
		return v
	case p.sum != nil:
		v.passed = "MD5 digest success to"
	}
	if p.regex != nil {
		if p.regex.found(p.text) == p.url.Regex.NoMatch {
			v.reason = "Regex match failed"
			return v
		}
		v.passed = "Regex match success to"
	}
	v.ok = true
	return v
}

func (p *pageReader) accepted() bool {
	if len(p.url.Status) == 0 {
		return p.status >= 200 && p.status <= 299
	}
	for _, r := range p.url.Status {
		if p.status >= int(r.First) && p.status <= int(r.Last) {
			return true
		}
	}
	return false
}

// result turns the verdict into that of the check.
func (p *pageReader) result(c *checker, u *config.URLCheck, noted map[string]int64) result {
	v := p.judge()
	r := result{ok: v.ok, reason: v.reason}
	if v.ok {
		r.passed, r.path = v.passed, u.Path
	}
	switch diff := p.length - p.got; {
	case v.measured && !v.differs:
		delete(noted, u.Path)
	case v.differs && noted[u.Path] != diff:
		noted[u.Path] = diff
		r.notes = append(r.notes, fmt.Sprintf("http_check for RS %s VS %s url %s%s: content_length (%d) does not match received bytes (%d)",
			c.r.name(), c.r.v.name(), u.VirtualHost, u.Path, p.length, p.got))
	}
	return r
}
