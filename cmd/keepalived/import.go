package main

import (
	"bufio"
	"fmt"
	"io"
	"os"

	"golang.org/x/sys/unix"

	"keepalived/internal/ldirectord"
)

// statusLeftOut is the exit status of an import that is not complete.
const statusLeftOut = 5

// maxImport is the size of an ldirectord.cf, in octets.
const maxImport = 4 << 20

// importLdirectord is --import-ldirectord: the configuration goes to out, what is
// to be said about lines to errs.
func importLdirectord(name string, out, errs io.Writer) int {
	text, err := readRegular(name, maxImport)
	if err != nil {
		fmt.Fprintf(errs, "importing: %v\n", err)
		return statusFatal
	}
	conf, notes := ldirectord.Convert(name, text)
	if _, err := io.WriteString(out, conf); err != nil {
		fmt.Fprintf(errs, "writing the configuration: %v\n", err)
		return statusFatal
	}
	w := bufio.NewWriter(errs)
	defer w.Flush()
	status := statusOK
	for _, n := range notes {
		kind := "note"
		if !n.Harmless {
			kind, status = "warning", statusLeftOut
		}
		fmt.Fprintf(w, "%s:%d: %s: %s\n", name, n.Line, kind, n.Text)
	}
	return status
}

// readRegular reads a regular file and waits for nothing else.
func readRegular(name string, most int64) (string, error) {
	f, err := os.OpenFile(name, os.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		return "", err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return "", err
	}
	if !info.Mode().IsRegular() || info.Size() > most {
		return "", fmt.Errorf("%s is not a regular file of at most %d octets", name, most)
	}
	text, err := io.ReadAll(io.LimitReader(f, most))
	return string(text), err
}
