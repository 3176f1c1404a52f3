package genhash

import (
	"fmt"
)

// delimiter begins a part of the verbose output.
func (f *fetch) delimiter(title string) {
	if f.Verbose {
		f.line(title)
	}
}

func (f *fetch) line(title string) {
	const rule = "-----------------------"
	fmt.Fprintf(f.out, "%s[%s]%s\n", rule, title, rule)
}

// header shows the header of the response.
func (f *fetch) header(head []byte) {
	if f.Verbose {
		f.dump(head)
		f.line(" HTTP Header Ascii Buffer ")
		fmt.Fprintf(f.out, "%s\n", head)
	}
}

// content shows a part of the page; the first one if it came with the header.
func (f *fetch) content(data []byte, first bool) {
	if !f.Verbose {
		return
	}
	if first {
		f.line("        HTML Buffer        ")
	}
	f.dump(data)
}

// digest shows the result.
func (f *fetch) digest() {
	sum := f.sum.Sum(nil)
	if f.Verbose {
		fmt.Fprintln(f.out)
		f.line("    HTML hash resulting    ")
		f.dump(sum)
		f.line(" HTML hash final resulting ")
	}
	fmt.Fprintf(f.out, "%x\n", sum)
}

// columns is how many octets a line of a dump shows.
const columns = 16

// dump shows octets in hexadecimal and as text.
func (f *fetch) dump(data []byte) {
	for at := 0; at < len(data); at += columns {
		part := data[at:min(at+columns, len(data))]
		fmt.Fprintf(f.out, "%04d ", at&0xffff)
		for i := range columns {
			if i < len(part) {
				fmt.Fprintf(f.out, " %02x", part[i])
			} else {
				f.out.WriteString("   ")
			}
			if i == columns/2-1 {
				f.out.WriteString(" -")
			}
		}
		f.out.WriteString("   ")
		for i := range columns {
			c := byte(' ')
			if i < len(part) {
				if c = part[i]; c < ' ' || c > '~' {
					c = '.'
				}
			}
			f.out.WriteByte(c)
		}
		f.out.WriteByte('\n')
	}
}
