package lab

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
)

// cPathEnv names the binary of a C keepalived to use.
const cPathEnv = "LAB_C_KEEPALIVED"

const cPackage = "keepalived"

// CKeepalived returns the C daemon: the one that LAB_C_KEEPALIVED names, else
// Debian's, which is fetched and unpacked below .cache, never installed. The
// test skips when neither can be had.
func CKeepalived(t TB) Program {
	t.Helper()
	path, err := findC()
	Must(t, err)
	return Program{Name: "C", Path: path, IsC: true}
}

var findC = sync.OnceValues(func() (string, error) {
	path := os.Getenv(cPathEnv)
	if path == "" {
		root, err := unpackDebian(cPackage)
		if err != nil {
			return "", &Missing{What: "C keepalived: set " + cPathEnv + ", or let apt-get download it", Err: err}
		}
		path = filepath.Join(root, "usr", "sbin", "keepalived")
	}
	path, err := filepath.Abs(path)
	if err == nil {
		err = provideLibraries(path)
	}
	return path, err
})

// provideLibraries installs, as root, the packages whose libraries the C
// daemon needs, if any is missing.
func provideLibraries(path string) error {
	lacking, err := missingLibraries(path)
	if err != nil || len(lacking) == 0 {
		return err
	}
	missing := &Missing{What: fmt.Sprintf("C keepalived needs %s (apt-get install the dependencies of the package %s)", strings.Join(lacking, " "), cPackage)}
	if os.Getuid() != 0 {
		return missing
	}
	packages, err := dependencies(cPackage)
	if err == nil {
		err = apt("", append([]string{"install", "-y", "--no-install-recommends"}, packages...)...)
	}
	if err != nil {
		missing.Err = err
		return missing
	}
	if lacking, err = missingLibraries(path); err == nil && len(lacking) > 0 {
		err = missing
	}
	return err
}

func missingLibraries(path string) ([]string, error) {
	if _, err := exec.LookPath("ldd"); err != nil {
		return nil, nil // the guest of test/guest, where programs bring theirs along
	}
	out, err := exec.Command("ldd", path).CombinedOutput()
	if err != nil {
		return nil, &Missing{What: "C keepalived cannot be run", Err: fmt.Errorf("ldd %s: %w: %s", path, err, bytes.TrimSpace(out))}
	}
	var lacking []string
	for line := range strings.Lines(string(out)) {
		if name, _, ok := strings.Cut(line, " => not found"); ok {
			lacking = append(lacking, strings.TrimSpace(name))
		}
	}
	return lacking, nil
}

// dependencies returns the names of the packages that a package needs.
func dependencies(pkg string) ([]string, error) {
	out, err := exec.Command("apt-cache", "depends", "--important", pkg).Output()
	if err != nil {
		return nil, fmt.Errorf("apt-cache depends %s: %w", pkg, err)
	}
	var names []string
	for line := range strings.Lines(string(out)) {
		if name, ok := strings.CutPrefix(strings.TrimSpace(line), "Depends: "); ok && !strings.HasPrefix(name, "<") {
			names = append(names, name)
		}
	}
	return names, nil
}

// unpackDebian returns the directory with the content of a Debian package,
// which it downloads once. Several programs may do so at the same time.
func unpackDebian(pkg string) (string, error) {
	root := filepath.Join(cacheDir(), pkg+".deb.d")
	if _, err := os.Stat(root); err == nil {
		return root, nil
	}
	if err := os.MkdirAll(cacheDir(), 0o755); err != nil {
		return "", err
	}
	tmp, err := os.MkdirTemp(cacheDir(), ".fetch-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(tmp)
	if err := apt(tmp, "download", pkg); err != nil {
		if os.Getuid() != 0 {
			return "", err
		}
		// The lists may be missing or old.
		if err := errors.Join(apt("", "update"), apt(tmp, "download", pkg)); err != nil {
			return "", err
		}
	}
	debs, _ := filepath.Glob(filepath.Join(tmp, "*.deb"))
	if len(debs) != 1 {
		return "", fmt.Errorf("apt-get download left %d files, want 1", len(debs))
	}
	if err := run("", "dpkg", "-x", debs[0], filepath.Join(tmp, "root")); err != nil {
		return "", err
	}
	err = os.Rename(filepath.Join(tmp, "root"), root)
	if _, statErr := os.Stat(root); statErr == nil {
		return root, nil
	}
	return "", err
}

func apt(dir string, args ...string) error {
	return run(dir, "apt-get", append([]string{"-qq", "-o", "APT::Sandbox::User=root"}, args...)...)
}

func run(dir, name string, args ...string) error {
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s %s: %w: %s", name, strings.Join(args, " "), err, bytes.TrimSpace(out))
	}
	return nil
}
