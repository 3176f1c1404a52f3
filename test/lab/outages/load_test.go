package outages

var loadOutages = []outage{}
