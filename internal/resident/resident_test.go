package resident

import "testing"

func TestProgramPart(t *testing.T) {
	for line, want := range map[string]bool{
		"00400000-00848000 r-xp 00000000 fe:00 1180 /usr/sbin/keepalived":           true,
		"00848000-00d00000 r--p 00448000 fe:00 1180 /usr/sbin/keepalived":           true,
		"00d00000-00d40000 rw-p 00900000 fe:00 1180 /usr/sbin/keepalived":           false,
		"7ffd1000-7ffd3000 r-xp 00000000 00:00 0    [vdso]":                         false,
		"c000000000-c000400000 rw-p 00000000 00:00 0":                               false,
		"zz-00848000 r-xp 00000000 fe:00 1180 /usr/sbin/keepalived":                 false,
		"00848000-00400000 r-xp 00000000 fe:00 1180 /usr/sbin/keepalived":           false,
		"00400000-00848000 r-xp 00000000 fe:00 1180 /usr/sbin/keepalived.old":       false,
		"00400000-00848000 r-xp 00000000 fe:00 1180 /usr/sbin/keepalived (deleted)": true,
	} {
		from, to, ok := programPart(line, "/usr/sbin/keepalived")
		if ok != want || ok && from >= to {
			t.Errorf("%s: %x-%x, %v, want %v", line, from, to, ok, want)
		}
	}
}

func TestReleaseMakesTheProcessSmaller(t *testing.T) {
	before := fileRSS(t)
	Release()
	after := fileRSS(t)
	if after >= before {
		t.Errorf("%d kB of files resident before, %d kB after", before, after)
	}
}

// fileRSS is the resident part of mapped files in kB, also of those in memory.
func fileRSS(t *testing.T) (sum int) {
	t.Helper()
	for _, kind := range []string{"RssFile:", "RssShmem:"} {
		sum += status(kind)
	}
	return sum
}
