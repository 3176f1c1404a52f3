package config

import (
	"encoding/hex"
	"strings"

	"keepalived/internal/config/lang"
)

func setAuthType(d *decoder, in *instanceDraft, s stmt) {
	switch t := AuthType(s.arg(1)); t {
	case AuthPass, AuthAH:
		in.Auth.Type = t
	default:
		d.refuse(s, 1, "({name}) unknown authentication type '{v}'")
	}
}

// maxAuthPass is the length of the password field of VRRPv2.
const maxAuthPass = 8

func setAuthPass(d *decoder, in *instanceDraft, s stmt) {
	pass := s.arg(1)
	if len(pass) > maxAuthPass {
		d.help(s.at(1), lang.ClassGeneralError, "only the first 8 characters count: write them alone, on every router",
			"Truncating auth_pass to %d characters", maxAuthPass)
		pass = pass[:maxAuthPass]
	}
	in.Auth.Pass = [8]byte{}
	copy(in.Auth.Pass[:], pass)
}

// The limits of an HMAC key.
const (
	minHMACKey  = 32
	maxHMACKey  = 64
	maxHMACFile = 4096
)

func openHMAC(d *decoder, _ stmt) bool {
	h := &d.inst.hmac
	if !h.given {
		h.given, h.Mode = true, HMACEnforce
	}
	return true
}

func addHMACKey(d *decoder, in *instanceDraft, s stmt) {
	if s.n() < 3 {
		d.errorf(s, 0, "(%s) auth_hmac key needs an id and a value", in.Name)
		return
	}
	id, ok := d.number(s, 1, limits{lo: 1, hi: 255, strict: true})
	if !ok {
		d.refuse(s, 1, "({name}) auth_hmac key id '{v}' must be between 1 and 255")
		return
	}
	value, ok := d.hmacKey(s)
	if !ok {
		return
	}
	if len(value) < minHMACKey || len(value) > maxHMACKey {
		d.errorf(s, 2, "(%s) auth_hmac key %d length %d not in range [%d, %d]", in.Name, id, len(value), minHMACKey, maxHMACKey)
		return
	}
	for _, k := range in.hmac.Keys {
		if k.ID == uint8(id) {
			d.errorf(s, 1, "(%s) duplicate auth_hmac key id %d", in.Name, id)
			return
		}
	}
	in.hmac.Keys = append(in.hmac.Keys, HMACKey{ID: uint8(id), Value: value})
}

// hmacKey reads hex:DIGITS, file:PATH or plain text.
func (d *decoder) hmacKey(s stmt) ([]byte, bool) {
	text := s.arg(2)
	if path, ok := strings.CutPrefix(text, "file:"); ok {
		if text, ok = d.hmacFile(s, path); !ok {
			return nil, false
		}
	}
	digits, ok := strings.CutPrefix(text, "hex:")
	if !ok {
		return []byte(text), true
	}
	value, err := hex.DecodeString(digits)
	if err != nil {
		d.errorf(s, 2, "(%s) auth_hmac key %s is not valid hex", d.name, s.arg(1))
		return nil, false
	}
	return value, true
}

func (d *decoder) hmacFile(s stmt, path string) (string, bool) {
	data, err := d.env.ReadFile(path)
	switch {
	case d.opts.Static:
		return strings.Repeat("k", minHMACKey), true
	case err != nil:
		d.errorf(s, 2, "(%s) auth_hmac key file '%s' cannot be opened", d.name, path)
		return "", false
	case len(data) > maxHMACFile:
		d.errorf(s, 2, "(%s) auth_hmac key file '%s' is too large", d.name, path)
		return "", false
	}
	if info := d.env.PathInfo(path); info.Mode&0o077 != 0 {
		d.help(s.at(2), lang.ClassSecurityError, "chmod 600 "+path,
			"(%s) auth_hmac key file '%s' is readable by group or others", d.name, path)
	}
	return strings.TrimRight(string(data), "\r\n"), true
}

func setHMACMode(d *decoder, in *instanceDraft, s stmt) {
	switch m := HMACMode(s.arg(1)); m {
	case HMACEnforce, HMACPermissive, HMACReceiveOnly:
		in.hmac.Mode = m
	default:
		d.refuse(s, 1, "({name}) auth_hmac mode '{v}' must be enforce, permissive or receive-only")
	}
}

func setAntiReplay(d *decoder, in *instanceDraft, s stmt) {
	switch s.arg(1) {
	case "time":
		in.hmac.Monotonic = false
	case "monotonic":
		in.hmac.Monotonic = true
	default:
		d.refuse(s, 1, "({name}) auth_hmac anti_replay '{v}' must be time or monotonic")
	}
}
