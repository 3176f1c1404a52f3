package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"

	"golang.org/x/sys/unix"

	"keepalived/internal/version"
)

// configureOptions is read by programs that ask what this keepalived can do:
// the Prometheus exporter looks for --enable-json.
const configureOptions = "--enable-snmp --enable-snmp-rfc --enable-dbus --enable-json --enable-bfd --enable-nftables --enable-systemd --enable-regex --enable-log-file"

func printVersion(w io.Writer) {
	fmt.Fprintf(w, "Keepalived v%s (%s)\n\n", version.Version, version.Date)
	fmt.Fprintf(w, "Go implementation, compatible with keepalived %s\n\n", version.Version)
	fmt.Fprintf(w, "Built with %s for %s/%s\n", runtime.Version(), runtime.GOOS, runtime.GOARCH)
	var u unix.Utsname
	if unix.Uname(&u) == nil {
		fmt.Fprintf(w, "Running on Linux %s %s\n", unix.ByteSliceToString(u.Release[:]), unix.ByteSliceToString(u.Version[:]))
	}
	if d := distro(); d != "" {
		fmt.Fprintf(w, "Distro: %s\n", d)
	}
	fmt.Fprintf(w, "\nconfigure options: %s\n\nConfig options:  %s\n\nSystem options:  %s\n", configureOptions,
		"NFTABLES LVS REGEX VRRP VRRP_AUTH VRRP_VMAC JSON BFD OLD_CHKSUM_COMPAT SNMP_VRRP SNMP_CHECKER SNMP_RFCV2 SNMP_RFCV3 DBUS INIT=systemd SYSTEMD_NOTIFY FILE_LOGGING LOG_FILE_APPEND",
		"MEMFD_CREATE CLOSE_RANGE F_OFD_SETLK VRRP_IPVLAN VRF")
}

// distro is PRETTY_NAME of os-release(5).
func distro() string {
	f, err := os.Open("/etc/os-release")
	if err != nil {
		return ""
	}
	defer f.Close()
	for in := bufio.NewScanner(f); in.Scan(); {
		if v, ok := strings.CutPrefix(in.Text(), "PRETTY_NAME="); ok {
			return strings.Trim(v, `"'`)
		}
	}
	return ""
}
