// Package guest runs programs on a kernel of their own: Debian's cloud kernel
// in qemu, without KVM, on an initramfs that holds nothing but the program and
// what it needs. It is there for tests of what the kernel of a build machine
// may lack, IPVS first of all.
//
// The command in the directory run makes a `go test -exec` runner of it.
// README.md tells how it works and how to use it.
package guest
