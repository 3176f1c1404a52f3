package check

import (
	"crypto/md5"
	"strings"
	"testing"

	"keepalived/internal/config"
)

func TestPage(t *testing.T) {
	digest := func(s string) config.Opt[[16]byte] { return config.Some(md5.Sum([]byte(s))) }
	re := func(p string, options ...string) *config.RegexCheck {
		return &config.RegexCheck{Pattern: p, Options: options}
	}
	inverted := re("down")
	inverted.NoMatch = true
	early := re("found")
	early.MaxOffset = config.Some(uint64(30))
	const ok = "HTTP/1.0 200 OK\r\n"
	tests := []struct {
		name     string
		url      config.URLCheck
		response []string // reads
		want     string   // reason, or what was passed
		differs  bool
	}{
		{"status", config.URLCheck{}, []string{ok + "\r\nbody"}, "HTTP status code success to", false},
		{"in pieces", config.URLCheck{}, strings.Split(ok+"\r\nbody", ""), "HTTP status code success to", false},
		{"not found", config.URLCheck{}, []string{"HTTP/1.0 404 No\r\n\r\n"}, "HTTP status code error to", false},
		{"accepted range", config.URLCheck{Status: []config.StatusRange{{First: 404, Last: 404}, {First: 300, Last: 302}}}, []string{"HTTP/1.0 302 Found\r\n\r\n"}, "HTTP status code success to", false},
		{"no reason phrase", config.URLCheck{}, []string{"HTTP/1.1 200\r\n\r\n"}, "HTTP status code error to", false},
		{"nothing", config.URLCheck{}, nil, "Read, no data received from ", false},
		{"no end of header", config.URLCheck{}, []string{ok}, "Read, no data received from ", false},
		{"5 kB of header", config.URLCheck{}, []string{ok + "X: " + strings.Repeat("x", 5000) + "\r\n\r\n"}, "Read, no data received from ", false},
		{"digest", config.URLCheck{Digest: digest("body")}, []string{ok + "\r\nbo", "dy"}, "MD5 digest success to", false},
		{"wrong digest", config.URLCheck{Digest: digest("body")}, []string{ok + "\r\nBODY"}, "MD5 digest error to", false},
		{"length limits the digest", config.URLCheck{Digest: digest("first")}, []string{ok + "Content-Length: 5\r\n\r\nfirst five"}, "MD5 digest success to", true},
		{"length in small letters does not", config.URLCheck{Digest: digest("first")}, []string{ok + "content-length: 5\r\n\r\nfirst five"}, "MD5 digest error to", false},
		{"regex", config.URLCheck{Regex: re("b[o]d+y")}, []string{ok + "\r\n", "bo", "dy"}, "Regex match success to", false},
		{"regex without case", config.URLCheck{Regex: re("BODY", "caseless")}, []string{ok + "\r\nbody"}, "Regex match success to", false},
		{"no match", config.URLCheck{Regex: re("nobody")}, []string{ok + "\r\nbody"}, "Regex match failed", false},
		{"regex sees the header that came along", config.URLCheck{Regex: re("200 OK")}, []string{ok + "\r\nbody"}, "Regex match success to", false},
		{"but not one that came before", config.URLCheck{Regex: re("200 OK")}, []string{ok + "\r\n", "body"}, "Regex match failed", false},
		{"must not match", config.URLCheck{Regex: inverted}, []string{ok + "\r\nit is down"}, "Regex match failed", false},
		{"does not", config.URLCheck{Regex: inverted}, []string{ok + "\r\nit is up"}, "Regex match success to", false},
		{"too late", config.URLCheck{Regex: early}, []string{ok + "\r\n", strings.Repeat(".", 31) + "found"}, "Regex match failed", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, err := compilePattern(tt.url.Regex)
			if err != nil {
				t.Fatal(err)
			}
			page := newPageReader(&tt.url, p)
			for _, read := range tt.response {
				page.feed([]byte(read))
			}
			v := page.judge()
			got := v.reason
			if v.ok {
				got = v.passed
			}
			if got != tt.want || v.differs != tt.differs {
				t.Errorf("%q, differs %v; want %q, %v", got, v.differs, tt.want, tt.differs)
			}
		})
	}
}

// A wrong Content-Length is noted once, and again after a right one; that of a
// response with a wrong status never.
func TestLengthIsNotedOnce(t *testing.T) {
	conf := parse(t, "virtual_server 10.0.0.1 80 {\nvirtualhost vs\nprotocol TCP\nreal_server 10.1.0.1 80 {\nHTTP_GET {\nurl {\npath /a\nvirtualhost u\n}\n}\n}\n}\n")
	c := newTopology(conf, nil, marks{}).virtuals[0].reals[0].checks[0]
	u := &c.http().URLs[0]
	noted := map[string]int64{}
	for i, step := range []struct{ response, note string }{
		{"HTTP/1.0 404 No\r\nContent-Length: 9\r\n\r\nbody", ""},
		{"HTTP/1.0 200 OK\r\nContent-Length: 9\r\n\r\nbody", "content_length (9) does not match received bytes (4)"},
		{"HTTP/1.0 200 OK\r\nContent-Length: 10\r\n\r\nabody", ""},
		{"HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nbody", "content_length (1) does not match received bytes (4)"},
		{"HTTP/1.0 200 OK\r\nContent-Length: 4\r\n\r\nbody", ""},
		{"HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nbody", "content_length (1) does not match received bytes (4)"},
	} {
		p := newPageReader(u, nil)
		p.feed([]byte(step.response))
		want := ""
		if step.note != "" {
			want = "http_check for RS [10.1.0.1]:tcp:80 VS [10.0.0.1]:tcp:80 url u/a: " + step.note
		}
		if got := strings.Join(p.result(c, u, noted).notes, ";"); got != want {
			t.Errorf("response %d: noted %q, want %q", i, got, want)
		}
	}
}

// A pattern that never ends its search must not hold up anything for long.
func TestSlowPattern(t *testing.T) {
	p, err := compilePattern(&config.RegexCheck{Pattern: `(a+)+$b`})
	if err != nil {
		t.Fatal(err)
	}
	if p.found([]byte(strings.Repeat("a", 40) + "c")) {
		t.Error("found")
	}
}

func FuzzPage(f *testing.F) {
	f.Add([]byte("HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nfirst five"), 7)
	f.Add([]byte("HTTP/1.0 \r\n\r\n"), 1)
	f.Add([]byte("Content-Length: 99999999999999999999999\r\n\r\n"), 3)
	url := &config.URLCheck{Digest: config.Some([16]byte{}), Regex: &config.RegexCheck{Pattern: "o+k?"}}
	re, err := compilePattern(url.Regex)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte, cut int) {
		whole, parts := newPageReader(url, re), newPageReader(url, re)
		whole.feed(data)
		at := min(max(cut, 0), len(data))
		parts.feed(data[:at])
		parts.feed(data[at:])
		if whole.status != parts.status || whole.got != parts.got || whole.length != parts.length {
			t.Errorf("the same octets in two reads are another response: %+v %+v", whole, parts)
		}
		whole.judge()
	})
}

func FuzzReplies(f *testing.F) {
	f.Add([]byte("220 hello\r\n"))
	f.Add([]byte{0, 1, 0x81, 3, 0, 0, 0, 0, 0, 0, 0, 0})
	u := &config.UDPCheck{RequireReply: true, Reply: []byte{1, 2, 3}, ReplyMask: []byte{0xff, 0xf0}, MaxReply: 100}
	f.Fuzz(func(t *testing.T, data []byte) {
		if code := smtpCode(data); code < 0 || code > 999 {
			t.Errorf("reply code %d", code)
		}
		dnsAnswer(data, 1)
		replyMatches(u, data)
		echoes(data, 0, 1)
	})
}
