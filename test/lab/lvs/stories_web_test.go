package lvs

import (
	"crypto/ecdsa"
	"crypto/md5"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"strings"
)

// webStories are about HTTP_GET and SSL_GET.
func webStories() []*story {
	digest := fmt.Sprintf("digest %x", md5.Sum([]byte("ok")))
	url := func(options ...string) string { return check("url", options...) }
	web := func(kind string, options ...string) string {
		return check(kind, append([]string{"connect_timeout 1", "warmup 0", "nb_get_retry 0", "delay_before_retry 1"}, options...)...)
	}
	all := func(kind, tls string) string {
		return global("") + virtual("10.0.0.1 80", "TCP", "virtualhost vs.example",
			real("10.1.0.1 80", "virtualhost rs.example", web(kind, "http_protocol 1.1", tls, "virtualhost check.example",
				url("path /one?a=b", "virtualhost url.example", "status_code 200 201-299"), url("path /two", digest, tls))),
			real("10.1.0.2 80", "virtualhost rs.example", web(kind, "http_protocol 1.0C", "enable_sni", "fast_recovery", url("path /"), url("path /next"))),
			real("10.1.0.3 80", web(kind, "http_protocol 1.0", "enable_sni", url("path /", "status_code 404"))),
			real("10.1.0.4 80", web(kind, url("path /", `regex "o[jk]"`, "regex_min_offset 2", "regex_max_offset 100", "regex_stack 1000 2000"),
				url("path /2", `regex "OK"`, "regex_options caseless"), url("path /3", `regex "bad"`, "regex_no_match"))), real("10.1.0.9 80")) +
			virtual("10.0.0.2 80", "TCP", "", real("10.1.0.1 80", web(kind, url("path /plain"))))
	}
	options := func(kind, server, tls string) *story {
		return &story{name: kind + " options", conf: all(kind, tls), quiet: 9e9,
			servers: []string{server + " 10.1.0.1:80", server + " 10.1.0.2:80", server + " 10.1.0.3:80", server + " 10.1.0.4:80"},
			steps: []step{
				// Which URL fails first must not depend on which was the next.
				{name: "other answers", do: func(w *world) {
					w.answer("10.1.0.1:80", "HTTP/1.0 200 OK\r\n\r\nko") // the digest of the second URL
					w.answerAt("10.1.0.2:80", "/next", "HTTP/1.0 302 Found\r\n\r\n")
					w.answer("10.1.0.3:80", "HTTP/1.0 404 Not Found\r\n\r\n")
					w.answer("10.1.0.4:80", "HTTP/1.0 200 OK\r\n\r\nbad ok")
				}},
				{name: "good answers", do: func(w *world) {
					for _, s := range w.servers {
						s.answer("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok")
					}
				}},
				{name: "no answers", phase: true, do: func(w *world) {
					w.answer("10.1.0.1:80", "HTTP/1.0 200 OK\r\n\r\nok<hang>")
					w.answer("10.1.0.2:80", "")
					w.answer("10.1.0.3:80", "HTTP/1.0 404\r\n\r\n")
					w.answer("10.1.0.4:80", "nonsense")
				}},
			}}
	}
	// One server for each way in which a page can be wrong.
	wrong := func(kind, server string) *story {
		s := &story{name: kind + " failures", quiet: 6e9}
		var reals []string
		pages := map[string]string{}
		for i, c := range []struct {
			page string
			url  []string
		}{
			{"<hang>", nil},
			{"HTTP/1.0 200 OK\r\n\r\nok<hang>", nil},
			{"HTTP/1.0 20", nil},
			{"", nil},
			{"HTTP/1.0 500 Broken\r\nContent-Length: 9\r\n\r\nok", nil},
			{"HTTP/1.1 200\r\n\r\nok", nil},
			{"HTTP/1.0 302 Found\r\nLocation: /else\r\n\r\n", nil},
			{"HTTP/1.0 200 OK\r\nX: " + strings.Repeat("x", 5000) + "\r\n\r\nok", nil},
			{"HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nok", []string{digest}},
			{"HTTP/1.0 200 OK\r\ncontent-length: 1\r\n\r\nok", []string{digest}},
			{"HTTP/1.0 200 OK\r\nContent-Length: 9\r\n\r\nok", []string{"virtualhost u.example"}},
			{"HTTP/1.0 200 OK\r\n\r\nok", []string{`regex "no"`}},
			{"HTTP/1.0 200 OK\r\n\r\nok", []string{`regex "ok"`, "regex_no_match"}},
			{"HTTP/1.0 200 OK\r\nX: header\r\n\r\nok", []string{`regex "header"`}},
			{"HTTP/1.0 200 OK\r\n\r\n0123456789ok", []string{`regex "ok"`, "regex_max_offset 20"}},
		} {
			addr := fmt.Sprintf("10.1.0.1:%d", 8000+i)
			s.servers = append(s.servers, server+" "+addr)
			pages[addr] = c.page
			reals = append(reals, real(strings.Replace(addr, ":", " ", 1), web(kind, "delay_loop 300", "log_all_failures",
				url(append([]string{fmt.Sprintf("path /%d", i)}, c.url...)...))))
		}
		if kind == "SSL_GET" { // one that does not speak TLS
			s.servers = append(s.servers, "tcp 10.1.0.1:8100")
		}
		reals = append(reals, real("10.1.0.1 8100", web(kind, "delay_loop 300", "log_all_failures", url("path /"))))
		s.before = func(w *world) {
			for addr, page := range pages {
				w.answer(addr, page)
			}
		}
		s.conf = global("") + virtual("10.0.0.1 80", "TCP", "virtualhost vs.example", reals...)
		return s
	}
	client := newCertificate("client")
	key, err := x509.MarshalECPrivateKey(client.PrivateKey.(*ecdsa.PrivateKey))
	if err != nil {
		panic(err)
	}
	text := func(kind string, b []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: b}))
	}
	files := map[string]string{
		"/run/lab/cert.pem": text("CERTIFICATE", client.Certificate[0]),
		"/run/lab/key.pem":  text("EC PRIVATE KEY", key),
	}
	return []*story{
		options("HTTP_GET", "tcp", ""),
		options("SSL_GET", "tls", "tls_compliant"),
		wrong("HTTP_GET", "tcp"),
		wrong("SSL_GET", "tls"),
		{name: "SSL", files: files, servers: []string{"tls 10.1.0.1:443"},
			conf: global("") + "SSL {\npassword secret\nca /run/lab/cert.pem\ncertificate /run/lab/cert.pem\nkey /run/lab/key.pem\n}\n" +
				virtual("10.0.0.1 443", "TCP", "", real("10.1.0.1 443", web("SSL_GET", url("path /"))))},
	}
}
