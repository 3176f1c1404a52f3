package ldirectord

import (
	"net/netip"
	"net/url"
	"strings"
)

// lesser are services that ldirectord speaks and keepalived only connects to.
var lesser = map[string]string{
	"ftp": "the login and file", "imap": "the login", "imaps": "the login", "ldap": "the search", "mysql": "the query",
	"nntp": "the greeting", "oracle": "the query", "pgsql": "the query", "pop": "the login", "pops": "the login",
	"radius": "the login", "simpletcp": "request and receive", "sip": "the OPTIONS request",
}

// negotiate asks the service of a server something.
func (c *converter) negotiate(w *writer, v *virtual, s server) {
	switch v.service {
	case "", "none":
	case "http", "https", "http_proxy":
		c.web(w, v, s)
	case "smtp", "submission":
		c.begin(w, v, "SMTP_CHECK", c.negotiateTimeout(v), c.tries(v))
		c.checkPort(w, v, s)
		w.close()
	case "dns":
		c.dns(w, v, s)
	default:
		c.onlyConnect(w, v, s)
	}
}

func (c *converter) onlyConnect(w *writer, v *virtual, s server) {
	how := "connected to"
	if v.protocol == "UDP" {
		how = "pinged"
	}
	if what, known := lesser[v.service]; known {
		c.lost(v.where("service"), "service=%s: %s has no equivalent, servers are only %s", v.service, what, how)
	} else {
		c.lost(v.where("service"), "service=%s is not one that ldirectord knows: servers are only %s", short(v.service), how)
	}
	if v.protocol == "UDP" {
		c.ping(w, v)
		return
	}
	c.tcp(w, v, s, c.negotiateTimeout(v))
}

// first returns the first text that is not empty.
func first(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

func (c *converter) dns(w *writer, v *virtual, s server) {
	name := strings.TrimSuffix(first(s.request, v.request), ".")
	c.begin(w, v, "DNS_CHECK", c.negotiateTimeout(v), c.tries(v))
	c.checkPort(w, v, s)
	if _, err := netip.ParseAddr(name); err == nil {
		c.lost(v.where("request"), "request: a name is looked up, not an address: the root is asked for instead")
	} else if name != "" && !strings.ContainsAny(name, " \t\"") && !strings.Contains(name, "..") {
		w.line("type A")
		w.line("name %s", word(name))
	}
	if first(s.receive, v.receive) != "" {
		c.lost(v.where("receive"), "receive: which address a DNS server answers is not compared")
	}
	w.close()
}

// web asks for a page. A request with its own server goes there.
func (c *converter) web(w *writer, v *virtual, s server) {
	path, host, port := first(s.request, v.request), v.host, v.port(s)
	kind, target := "HTTP_GET", netip.Addr{}
	if v.service == "https" {
		kind = "SSL_GET"
	}
	if u, err := url.Parse(path); err == nil && u.Host != "" && v.service != "http_proxy" {
		path, host = u.RequestURI(), first(host, u.Host)
		if kind = "HTTP_GET"; u.Scheme == "https" {
			kind = "SSL_GET"
		}
		target, port = c.elsewhere(u, s)
	}
	if !strings.HasPrefix(path, "/") && (v.service != "http_proxy" || strings.Trim(path, "\" \t") == "") {
		path = "/" + path
	}
	c.begin(w, v, kind, c.negotiateTimeout(v), c.tries(v))
	if target.IsValid() {
		w.line("connect_ip %v", target)
	}
	if port != 0 && (port != s.port || v.isMark()) {
		w.line("connect_port %d", port)
	}
	if host != "" && kind == "SSL_GET" {
		w.line("enable_sni")
	}
	c.url(w, v, s, path, host)
	w.close()
}

// elsewhere is the server that a request names.
func (c *converter) elsewhere(u *url.URL, s server) (netip.Addr, int) {
	port, err := parsePort(u.Port())
	if err != nil || port == 0 {
		port = ports[u.Scheme]
	}
	target, err := netip.ParseAddr(u.Hostname())
	if err != nil {
		c.lost(s.line, "request: keepalived does not look %s up: the real server itself is asked", short(u.Hostname()))
		return netip.Addr{}, port
	}
	return target, port
}

func (c *converter) url(w *writer, v *virtual, s server, path, host string) {
	w.open("url")
	w.line("path %s", word(path))
	if host != "" {
		w.line("virtualhost %s", word(host))
	}
	if receive := first(s.receive, v.receive); receive != "" {
		w.line("regex %s", pattern(receive))
	}
	w.close()
}
