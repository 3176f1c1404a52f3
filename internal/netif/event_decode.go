package netif

import "golang.org/x/sys/unix"

// decodeEvent returns nil for messages that tell nothing of interest.
func decodeEvent(m message) Event {
	switch m.typ {
	case unix.RTM_NEWLINK, unix.RTM_DELLINK:
		return linkEvent(m)
	case unix.RTM_NEWADDR, unix.RTM_DELADDR:
		return addressEvent(m)
	case unix.RTM_NEWROUTE, unix.RTM_DELROUTE:
		return routeEvent(m)
	case unix.RTM_NEWRULE, unix.RTM_DELRULE:
		return ruleEvent(m)
	}
	return nil
}

func linkEvent(m message) Event {
	l, ok := decodeLink(m.body)
	switch {
	case !ok:
		return nil
	case m.typ == unix.RTM_DELLINK:
		return LinkRemoved{l}
	}
	return LinkChanged{l}
}

func addressEvent(m message) Event {
	a, ok := decodeAddress(m.body)
	switch {
	case !ok:
		return nil
	case m.typ == unix.RTM_DELADDR:
		return AddressRemoved{a}
	}
	return AddressAdded{a}
}

func routeEvent(m message) Event {
	r, ok := decodeRoute(m.body)
	switch {
	case !ok:
		return nil
	case m.typ == unix.RTM_DELROUTE:
		return RouteRemoved{r}
	}
	return RouteAdded{r}
}

func ruleEvent(m message) Event {
	r, ok := decodeRule(m.body)
	switch {
	case !ok:
		return nil
	case m.typ == unix.RTM_DELRULE:
		return RuleRemoved{r}
	}
	return RuleAdded{r}
}
