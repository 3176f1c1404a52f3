package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"keepalived/test/lab"
)

// table collects samples by contest, figure and binary.
type table struct {
	programs [2]lab.Program
	rows     []*row
}

// row is one figure of one contest.
type row struct {
	contest, figure string
	samples         [2][]float64
}

func newTable(programs [2]lab.Program) *table { return &table{programs: programs} }

func (t *table) add(c contest, binary int, r result) {
	for _, v := range []struct {
		figure string
		value  float64
	}{
		{"first advert over the limit, ms", ms(r.advert)},
		{"address over the limit, ms", ms(r.vip)},
		{"first gratuitous ARP over the limit, ms", ms(r.garp)},
		{"adverts of a false master", float64(r.falseMasters)},
		{"RSS of all processes, MB", float64(r.rss) / 1e6},
		{"processes", float64(r.processes)},
	} {
		w := t.row(c.title(), v.figure)
		w.samples[binary] = append(w.samples[binary], v.value)
	}
}

func (t *table) row(contest, figure string) *row {
	i := slices.IndexFunc(t.rows, func(w *row) bool { return w.contest == contest && w.figure == figure })
	if i < 0 {
		t.rows = append(t.rows, &row{contest: contest, figure: figure})
		i = len(t.rows) - 1
	}
	return t.rows[i]
}

// print writes medians, with the upper quartile and the maximum in brackets.
func (t *table) print(out io.Writer) {
	for i, p := range t.programs {
		fmt.Fprintf(out, "%c = %s\n", 'A'+i, p.Path)
	}
	fmt.Fprintf(out, "\n| case | figure: median (p75, max) | A | B | A/B |\n|%s\n", strings.Repeat("---|", 5))
	for _, w := range t.rows {
		a, b := quantile(w.samples[0], 0.5), quantile(w.samples[1], 0.5)
		ratio := "-"
		if b != 0 {
			ratio = fmt.Sprintf("%.2f", a/b)
		}
		fmt.Fprintf(out, "| %s | %s | %s | %s | %s |\n", w.contest, w.figure, cell(w.samples[0]), cell(w.samples[1]), ratio)
	}
}

func cell(samples []float64) string {
	return fmt.Sprintf("%.3g (%.3g, %.3g)", quantile(samples, 0.5), quantile(samples, 0.75), quantile(samples, 1))
}

// quantile interpolates between the two nearest samples.
func quantile(samples []float64, q float64) float64 {
	s := slices.Sorted(slices.Values(samples))
	if len(s) == 0 {
		return 0
	}
	at := q * float64(len(s)-1)
	i := int(at)
	if i+1 >= len(s) {
		return s[len(s)-1]
	}
	return s[i] + (at-float64(i))*(s[i+1]-s[i])
}
