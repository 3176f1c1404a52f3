// Package lint finds what is allowed in a configuration and hardly meant: weights
// without effect, priorities that leave an election to chance, protection that
// is not there. It judges the typed configuration; the text only tells where to
// point.
package lint
