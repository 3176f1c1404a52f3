package ipvs

// Additions appends the steps that Diff returns for a table in which there is
// nothing. No two entries may have the same key.
func Additions(steps []Step, wanted []Entry) []Step {
	for i := range wanted {
		w := &wanted[i]
		steps = append(steps, Step{Op: AddService, Service: &w.Service})
		known := indexDestinations(w.Destinations)
		for j := range w.Destinations {
			d := &w.Destinations[j]
			if known.find(d.Addr) == j {
				steps = append(steps, Step{Op: AddDestination, Service: &w.Service, Destination: d})
			}
		}
	}
	return steps
}
