package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestImportLdirectord(t *testing.T) {
	name := filepath.Join(t.TempDir(), "ldirectord.cf")
	for _, c := range []struct {
		what, text, out, errs string
		status                int
	}{
		{"complete", "quiescent=no\nautoreload=yes\nvirtual=192.0.2.10:80\n\treal=192.0.2.21:80 gate\n\tchecktype=connect\n",
			"virtual_server 192.0.2.10 80 {", ":2: note: autoreload", statusOK},
		{"line without indent", "virtual=192.0.2.10:80\nreal=192.0.2.21:80 gate\n",
			"real_server 192.0.2.21 80 {", ":2: warning: real has lost its indentation", statusLeftOut},
	} {
		if err := os.WriteFile(name, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		var out, errs bytes.Buffer
		_, status := parse([]string{"keepalived", "--import-ldirectord", name}, &out, &errs)
		if status != c.status || !strings.Contains(out.String(), c.out) || !strings.Contains(errs.String(), name+c.errs) {
			t.Errorf("%s: status %d, want %d; output %q; messages %q", c.what, status, c.status, out.String(), errs.String())
		}
	}
}

func TestImportRefusesDirectories(t *testing.T) {
	var out, errs bytes.Buffer
	if _, status := parse([]string{"keepalived", "--import-ldirectord=" + t.TempDir()}, &out, &errs); status != statusFatal || out.Len() > 0 {
		t.Errorf("status %d, output %q, messages %q", status, out.String(), errs.String())
	}
}
