package dump

import "keepalived/internal/config"

// Address is the text of an address on dev, which lies on base unless that is
// empty; set says that it is there.
func Address(a config.Address, dev, base string, set bool) string {
	return addressText(a, placed{dev: dev, base: base, set: set})
}

// Route is the text of a route.
func Route(r config.Route) string { return routeText(r) }

// Rule is the text of a rule.
func Rule(r config.Rule) string { return ruleText(r) }
