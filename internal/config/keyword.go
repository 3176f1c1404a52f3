package config

import (
	"strings"

	"keepalived/internal/config/lang"
)

// Keyword is one row of the keyword tables: what a manual page, a suggestion
// and the parser need to know about a word of the language.
type Keyword struct {
	Block      string // where it stands; Root for the top level
	Name       string
	Args       string
	Default    string
	Range      string
	Unit       string
	Help       string // one line
	Since      string // release of the C daemon, or [OnlyOurs]
	Source     string // source file of the C daemon 2.4.3 that reads it, or [OnlyOurs]
	Deprecated string // what to write instead, or what it is an alias of
	Missing    Missing

	opens      string                             // block that the keyword opens
	end        func(d *decoder)                   // that block is complete
	entry      func(d *decoder, s stmt)           // line of a block of values
	decode     func(d *decoder, s stmt)           // the keyword's own line
	open       func(d *decoder, s stmt) (ok bool) // header of a block; false skips it
	done       func(d *decoder, s stmt, n int)    // block of values complete, n entries
	named      bool                               // block of values whose header has a name
	script     bool                               // the line is split as a command is
	looksFirst bool                               // decode reports a missing value itself, after what it looks at before
	stage      lang.Stage                         // pass of the C daemon that reads it
}

// Limits is the range in words.
func (k Keyword) Limits() string { return rangeWords.Replace(k.Range) }

var rangeWords = strings.NewReplacer(" dec6", ", up to 6 decimal places", " dec3", ", up to 3 decimal places",
	"254 clamped W", "254 becomes 253", "0->1 W", "0 becomes 1", "1->2", "1 becomes 2")

// Missing is what happens when the first argument is missing.
type Missing uint8

// What a missing first argument means.
const (
	MissingOK      Missing = iota // optional, or the decoder complains
	MissingIsFatal                // the C daemon stops at once, status 2
)

// Root is the block of keywords outside any braces.
const Root = "(root)"

// Keywords returns every row, in the order of the tables.
func Keywords() []Keyword {
	origins := readHistory()
	out := make([]Keyword, len(allKeywords))
	for i, k := range allKeywords {
		out[i] = *k
		o := origins[keywordID{k.Block, k.Name}]
		out[i].Since, out[i].Source = o.since, o.source
	}
	return out
}

// block is the keywords that are known inside one pair of braces.
type block struct {
	name     string
	keywords map[string]*Keyword
}

var (
	allKeywords []*Keyword
	blocks      = map[string]*block{}
	// homes is the blocks in which a word is known.
	homes = map[string][]string{}
)

// register adds rows to the schema. It is called while the package initialises.
func register(stage lang.Stage, rows ...[]Keyword) {
	for _, table := range rows {
		for i := range table {
			k := &table[i]
			k.stage = stage
			allKeywords = append(allKeywords, k)
			if strings.HasPrefix(k.Name, "(") || strings.HasPrefix(k.Name, "<") || isLineGrammar(k.Block) {
				continue
			}
			b := blocks[k.Block]
			if b == nil {
				b = &block{name: k.Block, keywords: map[string]*Keyword{}}
				blocks[k.Block] = b
			}
			b.keywords[k.Name] = k
			homes[k.Name] = append(homes[k.Name], k.Block)
		}
	}
}

// isLineGrammar says whether rows of the block are words of an entry line,
// which have parsers of their own.
func isLineGrammar(block string) bool { return strings.HasSuffix(block, "_LINE") }

// label is how messages name a block.
func (b *block) label() string {
	if b.name == Root {
		return "the top level"
	}
	return strings.NewReplacer(".", " ", "/", " ").Replace(b.name)
}
