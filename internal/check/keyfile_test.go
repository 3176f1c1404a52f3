package check

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"keepalived/internal/config"
	"keepalived/test/need"
)

// TestKeyFiles reads keys that openssl(1) has encrypted.
func TestKeyFiles(t *testing.T) {
	need.Program(t, "openssl", "openssl")
	dir := t.TempDir()
	path := func(name string) string { return filepath.Join(dir, name) }
	openssl := func(args ...string) {
		t.Helper()
		if out, err := exec.Command("openssl", args...).CombinedOutput(); err != nil {
			t.Fatalf("openssl %q: %v: %s", args, err, out)
		}
	}
	openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", path("plain"), "-out", path("cert"), "-subj", "/CN=x")
	for name, args := range map[string][]string{
		"plain":           nil,
		"pkcs8":           {"pkcs8", "-topk8", "-v2", "aes-256-cbc"},
		"pkcs8 sha1 3des": {"pkcs8", "-topk8", "-v2", "des3", "-v2prf", "hmacWithSHA1"},
		"pkcs8 aes128":    {"pkcs8", "-topk8", "-v2", "aes-128-cbc", "-v2prf", "hmacWithSHA512"},
		"traditional":     {"rsa", "-aes256", "-traditional"},
	} {
		key := path(name)
		if args != nil {
			openssl(append(args, "-in", path("plain"), "-out", key, "-passout", "pass:secret")...)
		}
		if _, err := loadKeyPair(config.SSLContext{Certificate: path("cert"), Key: key, Password: "secret"}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := loadKeyPair(config.SSLContext{Certificate: path("cert"), Key: key, Password: "other"}); err == nil && args != nil {
			t.Errorf("%s: read with the wrong password", name)
		}
	}
	for name, text := range map[string]string{
		"damaged": "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAA=\n-----END ENCRYPTED PRIVATE KEY-----\n", "nothing": "",
	} {
		if err := os.WriteFile(path(name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := loadKeyPair(config.SSLContext{Certificate: path("cert"), Key: path(name)}); err == nil {
			t.Errorf("%s: taken for a key", name)
		}
	}
}
