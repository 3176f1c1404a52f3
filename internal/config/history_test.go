package config

import (
	"regexp"
	"strings"
	"testing"
)

// TestKeywordColumns makes sure that every row says what the keyword does, since
// when there is one and where that is known from.
func TestKeywordColumns(t *testing.T) {
	release := regexp.MustCompile(`^[0-2]\.\d+\.\d+$`)
	source := regexp.MustCompile(`^[a-z_]+\.c$`)
	rows := map[keywordID]bool{}
	for _, k := range Keywords() {
		id := k.Block + " " + k.Name
		rows[keywordID{k.Block, k.Name}] = true
		switch {
		case len(strings.Fields(k.Help)) < 3, strings.Contains(k.Help, "\n"), strings.HasSuffix(k.Help, "."), strings.Contains(k.Help, ".md"):
			t.Errorf("%s has no useful help: %q", id, k.Help)
		case strings.ToUpper(k.Help[:1]) != k.Help[:1]:
			t.Errorf("the help of %s begins with a small letter: %q", id, k.Help)
		}
		ours := onlyOurs[id]
		if ours != (k.Since == OnlyOurs) || ours != (k.Source == OnlyOurs) || !ours && !release.MatchString(k.Since) {
			t.Errorf("%s since %q", id, k.Since)
		}
		if !ours && !source.MatchString(k.Source) {
			t.Errorf("%s from %q", id, k.Source)
		}
		if k.Deprecated != "" && strings.TrimSpace(k.Deprecated) == "" {
			t.Errorf("%s is deprecated without a reason", id)
		}
	}
	for id := range readHistory() {
		if !rows[id] {
			t.Errorf("%s %s has a history and is no keyword", id.block, id.name)
		}
	}
}
