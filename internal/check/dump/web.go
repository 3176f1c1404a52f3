package dump

import (
	"keepalived/internal/config"
	"keepalived/internal/dump"
)

func (s *Snapshot) web(t *dump.Text, c *Checker) {
	h := c.Conf.Detail.HTTP
	ssl := c.Conf.Kind == config.CheckSSL
	t.Linef(3, "Keepalive method = %s, http protocol %s", c.Conf.Kind, h.Version)
	optional(t, "Virtualhost = %s", h.VirtualHost)
	t.Linef(3, "Enable SNI %s", setUnset(h.EnableSNI))
	t.Linef(3, "Fast recovery %s", setUnset(h.FastRecovery))
	if ssl {
		t.Linef(3, "tls_compliant %s", setUnset(h.TLSCompliant))
	}
	for i := range h.URLs {
		s.url(t, &h.URLs[i])
	}
	optional(t, "Failed URL = %s", c.FailedURL)
}

func (s *Snapshot) url(t *dump.Text, u *config.URLCheck) {
	t.Linef(3, "Checked url = %s", u.Path)
	if u.Digest.Set {
		t.Linef(5, "digest = %x", u.Digest.V)
	}
	t.Linef(5, "tls_compliant %s", setUnset(u.TLSCompliant))
	t.Linef(5, "HTTP Status Code(s)")
	statuses(t, u.Status)
	if u.VirtualHost != "" {
		t.Linef(5, "Virtual host = %s", u.VirtualHost)
	}
	if u.Regex != nil {
		regex(t, u.Regex)
		if u.Regex.StackMax > 0 {
			start, most := s.stack()
			t.Linef(5, "Regex stack start %d, max %d", start, most)
		}
	}
}

// statuses shows which status codes are accepted, in their order and joined.
func statuses(t *dump.Text, list []config.StatusRange) {
	if len(list) == 0 {
		list = []config.StatusRange{{First: 200, Last: 299}}
	}
	const least, most = 100, 599
	var accepted [most + 2]bool
	for _, r := range list {
		for n := max(r.First, least); n <= min(r.Last, most); n++ {
			accepted[n] = true
		}
	}
	for n := least; n <= most; n++ {
		first := n
		for accepted[n] {
			n++
		}
		switch last := n - 1; {
		case first == last:
			t.Linef(7, "%d", first)
		case first < last:
			t.Linef(7, "%d-%d", first, last)
		}
	}
}

func regex(t *dump.Text, r *config.RegexCheck) {
	t.Linef(5, `Regex = "%s"`, r.Pattern)
	if r.NoMatch {
		t.Linef(5, "Regex no match")
	}
	switch {
	case r.MaxOffset.Set:
		t.Linef(5, "Regex min offset = %d, max_offset = %d", r.MinOffset, r.MaxOffset.V)
	case r.MinOffset > 0:
		t.Linef(5, "Regex min offset = %d", r.MinOffset)
	}
	options := ""
	for _, name := range r.Options {
		options += " " + name
	}
	t.Linef(5, "Regex options:%s", options)
}

// stack is the stack of all patterns: the largest values that are configured.
func (s *Snapshot) stack() (start, most uint64) {
	take := func(_ *Virtual, _ *Real, c *Checker) {
		for _, u := range c.Conf.Detail.HTTP.URLs {
			if u.Regex != nil {
				start, most = max(start, u.Regex.StackStart), max(most, u.Regex.StackMax)
			}
		}
	}
	s.each(config.CheckHTTP, take)
	s.each(config.CheckSSL, take)
	return start, most
}
