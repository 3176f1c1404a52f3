package config

import (
	_ "embed"
	"strings"
)

// OnlyOurs is the origin of keywords that the C daemon does not have.
const OnlyOurs = "this program only"

// keywordHistory says of each keyword since when there is one. It is read when
// somebody asks for documentation, not when the program starts.
//
//go:embed keywords_history.tsv
var keywordHistory string

type keywordID struct{ block, name string }

type keywordOrigin struct{ since, source string }

func readHistory() map[keywordID]keywordOrigin {
	out := map[keywordID]keywordOrigin{}
	for line := range strings.Lines(keywordHistory) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(f) == 4 && !strings.HasPrefix(line, "#") {
			out[keywordID{f[0], f[1]}] = keywordOrigin{f[2], f[3]}
		}
	}
	return out
}
