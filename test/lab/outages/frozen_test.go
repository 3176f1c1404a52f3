package outages

var frozenOutages = []outage{}
