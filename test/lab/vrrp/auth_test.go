package vrrp

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"strings"
	"testing"

	"keepalived/test/lab"
)

const (
	passBlock = "    authentication {\n        auth_type PASS\n        auth_pass verylongsecret\n    }\n"
	ahBlock   = "    authentication {\n        auth_type AH\n        auth_pass secret\n    }\n"
	hmacKey   = "0123456789abcdef0123456789abcdef"
	otherKey  = "fedcba9876543210fedcba9876543210"
	enforced  = "    auth_hmac {\n        key 7 " + hmacKey + "\n        active_key 7\n        mode enforce\n    }\n"
	hmacBlock = "    auth_hmac {\n        key 7 " + hmacKey + "\n        active_key 7\n    }\n"
)

// TestAuthentication hands an address over with each kind of authentication,
// and lets routers with other keys not hear each other.
func TestAuthentication(t *testing.T) {
	runFeatures(t, []feature{
		{name: "auth_type PASS", v2: true, lines: passBlock,
			check: wantAdvert(func(a *lab.Advert) bool { return a.AuthType == 1 && a.Password == "verylong" })},
		{name: "auth_type AH", v2: true, lines: ahBlock,
			check: wantAdvert(func(a *lab.Advert) bool { return a.AuthType == 2 && a.AH })},
		{name: "auth_type AH unicast", v2: true, lines: ahBlock + unicast,
			check: wantAdvert(func(a *lab.Advert) bool { return a.AuthType == 2 && a.AH && a.Dst.String() != "224.0.0.18" })},
		{name: "auth_pass AH", v2: true, lines: ahBlock, run: otherSecret("auth_pass secret", "auth_pass another")},
		{name: "auth_hmac", newer: true, lines: hmacBlock, check: signed(hmacKey)},
		{name: "auth_hmac version 2", newer: true, v2: true, lines: hmacBlock, check: signed(hmacKey)},
		{name: "auth_hmac IPv6", newer: true, lines: hmacBlock, vips: vips6, vip: "fe80::100", check: signed(hmacKey)},
		{name: "auth_hmac unicast", newer: true, lines: hmacBlock + unicast, check: signed(hmacKey)},
		{name: "key hex", newer: true, lines: strings.Replace(hmacBlock, hmacKey, "hex:"+strings.Repeat("00ff", 16), 1),
			check: signed(strings.Repeat("\x00\xff", 16))},
		{name: "key file", newer: true, lines: strings.Replace(hmacBlock, hmacKey, "file:/etc/lab.key", 1), run: keyFile, check: signed(hmacKey)},
		{name: "key credential", newer: true, lines: strings.Replace(hmacBlock, hmacKey, "file:${_ENV CREDENTIALS_DIRECTORY}/vrrp", 1), run: credential, check: signed(hmacKey)},
		{name: "active_key", newer: true, lines: hmacBlock, run: rotation, check: signed(hmacKey)},
		{name: "anti_replay monotonic", newer: true, lines: strings.Replace(hmacBlock, "    }", "        anti_replay monotonic\n    }", 1), check: signed(hmacKey)},
		{name: "time_window", newer: true, lines: strings.Replace(hmacBlock, "    }", "        time_window 20\n    }", 1), check: signed(hmacKey)},
		{name: "mode enforce", newer: true, lines: enforced, run: otherSecret(enforced, "")},
		{name: "mode permissive", newer: true, lines: strings.Replace(hmacBlock, "    }", "        mode permissive\n    }", 1), run: oneUnsigned},
		{name: "mode receive-only", newer: true, lines: strings.Replace(hmacBlock, "    }", "        mode receive-only\n    }", 1), check: unsigned},
		{name: "key", newer: true, lines: hmacBlock, run: otherSecret(hmacKey, otherKey)},
	})
}

// otherSecret: routers with different secrets are both master. The C daemon
// puts its own adverts off when it refuses one.
func otherSecret(from, to string) func(*pair) {
	return func(p *pair) {
		other := strings.Replace(p.low.config, from, to, 1)
		if other == p.low.config {
			p.t.Fatalf("no %q in\n%s", from, other)
		}
		p.low.config = other
		deaf(p)
	}
}

// trailer is the last bytes of an advert, and what comes before them.
func trailer(a *lab.Advert) (packet, tail []byte) {
	n := len(a.Packet) - 28
	if n < 0 {
		return a.Packet, nil
	}
	return a.Packet[:n], a.Packet[n:]
}

// signed checks the trailer with a key.
func signed(key string) func(*pair, *side) {
	return func(p *pair, master *side) {
		a := p.advert(master)
		packet, tail := trailer(a)
		if tail == nil || tail[0] != 1 || tail[1] != 7 || binary.BigEndian.Uint32(tail[4:]) == 0 {
			p.t.Fatalf("%s sends the trailer %x", master.Name, tail)
		}
		text := make([]byte, 4, 100)
		text[0], text[1], text[2] = 4, a.Version, a.VRID
		if a.Src.Is6() {
			text[0] = 6
		}
		var src [16]byte
		copy(src[:], a.Src.AsSlice())
		text = append(append(text, src[:]...), packet...)
		text[20+6], text[20+7] = 0, 0
		text = append(append(text, tail[:12]...), make([]byte, 16)...)
		h := hmac.New(sha256.New, []byte(key))
		h.Write(text)
		if got := h.Sum(nil)[:16]; !hmac.Equal(got, tail[12:]) {
			p.t.Errorf("%s signs %x, want %x", master.Name, tail[12:], got)
		}
	}
}

func unsigned(p *pair, master *side) {
	if a := p.advert(master); len(a.Packet) != 12 {
		p.t.Errorf("%s sends %x", master.Name, a.Packet)
	}
}

func keyFile(p *pair) {
	for _, s := range []*side{p.high, p.low} {
		s.WriteFile("/run/lab/lab.key", hmacKey+"\n", 0o600)
		s.config = strings.Replace(s.config, "/etc/lab.key", "/run/lab/lab.key", 1)
	}
	p.handOver()
}

// credential: the key is where systemd's LoadCredential= puts it.
func credential(p *pair) {
	const dir = "/run/lab/credentials"
	for _, s := range []*side{p.high, p.low} {
		s.WriteFile(dir+"/vrrp", hmacKey+"\n", 0o400)
		s.router.start(s.config, lab.Env("CREDENTIALS_DIRECTORY="+dir))
	}
	p.settled(p.high, p.low)
}

// rotation replaces the key on both sides, one after the other, without a
// change of the master.
func rotation(p *pair) {
	p.startBoth()
	marks := map[*side]int{p.high: p.high.daemon.Log.Mark(), p.low: p.low.daemon.Log.Mark()}
	both := strings.NewReplacer("        active_key", "        key 9 "+otherKey+"\n        active_key")
	for _, edit := range []*strings.Replacer{both, strings.NewReplacer("active_key 7", "active_key 9"), strings.NewReplacer("        key 7 "+hmacKey+"\n", "")} {
		for _, s := range []*side{p.low, p.high} {
			s.config = edit.Replace(s.config)
			mark := s.daemon.Log.Mark()
			s.daemon.Configure(s.config)
			s.daemon.Reload()
			s.daemon.Log.WaitSince(mark, lab.Patience, "Reload")
		}
	}
	lab.Wait(p.t, lab.Patience, "adverts with the new key", func() bool {
		_, tail := trailer(p.advert(p.high))
		return tail != nil && tail[1] == 9
	})
	p.f.check = nil
	p.settled(p.high, p.low)
	for s, mark := range marks {
		if s.daemon.Log.Count(mark, "Entering MASTER")+s.daemon.Log.Count(mark, "Entering BACKUP") > 0 {
			p.t.Errorf("%s changed its state during the rotation", s.Name)
		}
	}
}

// oneUnsigned: in permissive mode a router without the extension is heard.
func oneUnsigned(p *pair) {
	p.low.config = strings.Replace(p.low.config, p.f.lines, "", 1)
	p.start(p.low)
	p.low.daemon.WaitState("VI_1", "MASTER")
	p.high.config = strings.Replace(p.high.config, "priority 150", "priority 50", 1)
	p.start(p.high)
	p.high.daemon.WaitState("VI_1", "BACKUP")
	p.settled(p.low, p.high)
}
