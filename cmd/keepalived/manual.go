package main

import (
	"fmt"
	"io"

	"keepalived/internal/config/manual"
)

// manualRequest is --help-config.
type manualRequest struct {
	asked bool
	words []string
}

func (m *manualRequest) add(value string) {
	m.asked = true
	if value != optional {
		m.words = append(m.words, value)
	}
}

// print explains the keywords given with the option and after it, or lists all.
func (m *manualRequest) print(more []string, out, errs io.Writer) int {
	words := append(m.words, more...)
	if len(words) == 0 {
		manual.List(out)
	}
	status := statusOK
	for _, word := range words {
		if err := manual.Explain(out, word); err != nil {
			fmt.Fprintln(errs, err)
			status = statusFatal
		}
	}
	return status
}
