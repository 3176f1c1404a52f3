package main

import (
	"os"

	"keepalived/internal/config"
	"keepalived/internal/dump"
	"keepalived/internal/dumpfile"
	"keepalived/internal/logging"
)

// parentDump makes the function that writes the parent's data file.
func parentDump(log *logging.Logger) func(*config.Global) error {
	writer := dumpfile.NewWriter(log)
	return func(g *config.Global) error {
		global := *g
		writer.Write(dumpfile.Request{
			Path: dumpfile.DataPath("keepalived_parent", g), Mode: dumpfile.Mode(g),
			Render: func() []byte { return globalText(&global).Bytes() },
		})
		return nil
	}
}

func globalText(g *config.Global) *dump.Text {
	host, err := os.Hostname()
	if err != nil {
		host = "" // it is left out
	}
	t := &dump.Text{}
	dump.Global(t, g, host)
	return t
}
