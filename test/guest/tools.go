package guest

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// kernelPackage depends on the newest kernel of its kind.
const kernelPackage = "linux-image-cloud-amd64"

// basePackages are fetched for every guest.
var basePackages = []string{"busybox-static", "ipvsadm", "libpopt0", "libnl-3-200", "libnl-genl-3-200"}

// tools are the parts that a guest is made of, found or fetched.
type tools struct {
	qemu    string
	kernel  string   // compressed image
	modules string   // directory of its modules
	release string   // what uname -r says inside
	busybox string   // static
	roots   []string // extracted packages
}

func findTools(c *Config) (*tools, error) {
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" {
		return nil, fmt.Errorf("%w: it is made for linux/amd64, this is %s/%s", ErrUnavailable, runtime.GOOS, runtime.GOARCH)
	}
	var t tools
	var err error
	if t.qemu, err = findQEMU(); err != nil {
		return nil, err
	}
	kernel, err := fetch(c.Cache, kernelPackage)
	if err != nil {
		return nil, err
	}
	for _, p := range append(append([]string(nil), basePackages...), c.Packages...) {
		root, err := fetch(c.Cache, p)
		if err != nil {
			return nil, err
		}
		t.roots = append(t.roots, root)
	}
	c.Programs = append([]string{"ipvsadm"}, c.Programs...)
	if t.busybox, err = findProgram("busybox", t.roots); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	return &t, t.findKernel(kernel)
}

func (t *tools) findKernel(root string) error {
	images, _ := filepath.Glob(filepath.Join(root, "boot", "vmlinuz-*"))
	if len(images) != 1 {
		return fmt.Errorf("%w: %d kernels in %s, want 1", ErrUnavailable, len(images), root)
	}
	t.kernel = images[0]
	t.release = strings.TrimPrefix(filepath.Base(t.kernel), "vmlinuz-")
	t.modules = filepath.Join(root, "lib", "modules", t.release)
	if _, err := os.Stat(t.modules); err != nil {
		t.modules = filepath.Join(root, "usr", "lib", "modules", t.release)
	}
	return nil
}

// findQEMU finds the emulator or, as root on Debian, installs it.
func findQEMU() (string, error) {
	const program, pkg = "qemu-system-x86_64", "qemu-system-x86"
	if p, err := exec.LookPath(program); err == nil {
		return p, nil
	}
	if os.Getuid() != 0 {
		return "", fmt.Errorf("%w: %s is missing and only root can install it (apt-get install %s)", ErrUnavailable, program, pkg)
	}
	err := apt("", "install", "-y", "--no-install-recommends", pkg)
	if err != nil {
		return "", fmt.Errorf("%w: %s is missing: %w", ErrUnavailable, program, err)
	}
	return exec.LookPath(program)
}

// fetch returns the directory with the extracted content of a Debian package,
// which it downloads once. Several runners may do so at the same time.
func fetch(cache, pkg string) (string, error) {
	root := filepath.Join(cache, pkg)
	if _, err := os.Stat(root); err == nil {
		return root, nil
	}
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return "", fmt.Errorf("fetching package %s: %w", pkg, err)
	}
	tmp, err := os.MkdirTemp(cache, ".fetch-")
	if err != nil {
		return "", fmt.Errorf("fetching package %s: %w", pkg, err)
	}
	defer os.RemoveAll(tmp)
	if err := download(tmp, pkg); err != nil {
		return "", fmt.Errorf("%w: fetching package %s: %w", ErrUnavailable, pkg, err)
	}
	err = os.Rename(filepath.Join(tmp, "root"), root)
	if _, statErr := os.Stat(root); err != nil && statErr != nil {
		return "", fmt.Errorf("fetching package %s: %w", pkg, err)
	}
	return root, nil
}

// download extracts a package to dir/root.
func download(dir, pkg string) error {
	name, err := realPackage(pkg)
	if err == nil {
		err = apt(dir, "download", name)
	}
	if err != nil && os.Getuid() == 0 { // the lists may be missing or old
		if err = apt("", "update"); err != nil {
			return err
		}
		if name, err = realPackage(pkg); err == nil {
			err = apt(dir, "download", name)
		}
	}
	if err != nil {
		return err
	}
	debs, _ := filepath.Glob(filepath.Join(dir, "*.deb"))
	if len(debs) != 1 {
		return fmt.Errorf("apt-get download left %d files, want 1", len(debs))
	}
	return command("", "dpkg", "-x", debs[0], filepath.Join(dir, "root"))
}

// realPackage is the package itself, or the kernel that the kernel package,
// which is empty, depends on.
func realPackage(pkg string) (string, error) {
	if pkg != kernelPackage {
		return pkg, nil
	}
	out, err := exec.Command("apt-cache", "depends", "--important", pkg).Output()
	if err != nil {
		return "", fmt.Errorf("apt-cache depends %s: %w", pkg, err)
	}
	for line := range strings.Lines(string(out)) {
		if name, ok := strings.CutPrefix(strings.TrimSpace(line), "Depends: "); ok && strings.HasPrefix(name, "linux-image-") {
			return name, nil
		}
	}
	return "", fmt.Errorf("apt knows no kernel behind %s", pkg)
}

func apt(dir string, args ...string) error {
	return command(dir, "apt-get", append([]string{"-qq", "-o", "APT::Sandbox::User=root"}, args...)...)
}

func command(dir, name string, args ...string) error {
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s %s: %w: %s", name, strings.Join(args, " "), err, bytes.TrimSpace(out))
	}
	return nil
}
