package outages

var plantedOutages = []outage{}
