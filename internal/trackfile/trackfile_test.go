package trackfile

import (
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestValue(t *testing.T) {
	for text, want := range map[string]int{
		"": 0, "abc": 0, "5": 5, "5\n": 5, " \t-4 rest": -4, "+7": 7, "0x10": 16, "0X1f": 31, "010": 8, "08": 0, "0x": 0,
		"-0x10": -16, "--5": 0, "+-5": 0, "-": 0, "12abc": 12,
		"2147483648": math.MaxInt32, "-2147483648": math.MinInt32, "0": 0, "\x00\x01": 0,
	} {
		if got, err := Value(text); got != want || err != nil {
			t.Errorf("Value(%q) = %d, %v, want %d", text, got, err, want)
		}
	}
	for text, want := range map[string]string{
		"2147483649": "Invalid number 2147483649", "-2147483649": "Invalid number -2147483649",
		"99999999999999999999": "Invalid number 9223372036854775807", "-0x99999999999999999999": "Invalid number -9223372036854775808",
	} {
		if got, err := Value(text); got != 0 || err == nil || err.Error() != want {
			t.Errorf("Value(%q) = %d, %v, want %s", text, got, err, want)
		}
	}
}

func FuzzValue(f *testing.F) {
	f.Add("-0x7fffffff9")
	f.Fuzz(func(t *testing.T, text string) {
		if v, _ := Value(text); v > math.MaxInt32 || v < math.MinInt32 {
			t.Errorf("%d is not within 32 bits", v)
		}
	})
}

func TestInit(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	for _, step := range []struct {
		value     int
		overwrite bool
		want      int
	}{{3, false, 3}, {4, false, 3}, {-5, true, -5}} {
		if err := Init(path, step.value, step.overwrite); err != nil {
			t.Fatal(err)
		}
		if got, err := Read(path); got != step.want || err != nil {
			t.Errorf("after Init(%d, %v): %d, want %d", step.value, step.overwrite, got, step.want)
		}
	}
}

type change struct {
	path  string
	value int
}

func TestWatch(t *testing.T) {
	dir := t.TempDir()
	a, b := filepath.Join(dir, "a"), filepath.Join(dir, "b")
	write(t, a, "1")
	changes := make(chan change, 16)
	refused := make(chan error, 16)
	w, err := Watch([]string{a, b}, func(p string, v int) { changes <- change{p, v} }, func(err error) { refused <- err })
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	expect(t, changes, change{a, 1}, change{b, 0})
	write(t, b, "7")
	expect(t, changes, change{b, 7})
	write(t, b, "99999999999")
	if err := <-refused; err.Error() != "Invalid number 99999999999 read from "+b+" - ignoring" {
		t.Error(err)
	}
	write(t, filepath.Join(dir, "tmp"), "9")
	if err := os.Rename(filepath.Join(dir, "tmp"), a); err != nil {
		t.Fatal(err)
	}
	expect(t, changes, change{a, 9})
	write(t, a, "9 again")
	if err := os.Remove(b); err != nil {
		t.Fatal(err)
	}
	expect(t, changes, change{b, 0})
}

// TestWatchFindsTheDirectory: one that is missing at the start, goes away or is
// put aside is found again, and keeps nobody from following other files.
func TestWatchFindsTheDirectory(t *testing.T) {
	dir := t.TempDir()
	run, other := filepath.Join(dir, "run"), filepath.Join(dir, "other")
	f := filepath.Join(run, "f")
	changes := make(chan change, 16)
	complaints := make(chan error, 16)
	w, err := Watch([]string{f, other}, func(p string, v int) { changes <- change{p, v} }, func(err error) { complaints <- err })
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	expect(t, changes, change{f, 0}, change{other, 0})
	write(t, other, "1")
	expect(t, changes, change{other, 1})
	appear := func(text string) {
		t.Helper()
		if err := os.Mkdir(run, 0o755); err != nil {
			t.Fatal(err)
		}
		write(t, f, text)
	}
	appear("2")
	expect(t, changes, change{f, 2})
	if err := os.RemoveAll(run); err != nil {
		t.Fatal(err)
	}
	expect(t, changes, change{f, 0})
	appear("3")
	expect(t, changes, change{f, 3})
	if err := os.Rename(run, run+".old"); err != nil {
		t.Fatal(err)
	}
	expect(t, changes, change{f, 0})
	appear("4")
	expect(t, changes, change{f, 4})
	write(t, f, "5")
	expect(t, changes, change{f, 5})
	if n := len(complaints); n != 3 {
		t.Errorf("%d complaints, want one for each time", n)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func expect(t *testing.T, ch <-chan change, want ...change) {
	t.Helper()
	for _, c := range want {
		select {
		case got := <-ch:
			if got != c {
				t.Fatalf("got %v, want %v", got, c)
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("no %v", c)
		}
	}
}
