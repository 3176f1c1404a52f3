package ipvs

import (
	"errors"
	"fmt"
	"slices"

	"golang.org/x/sys/unix"
)

// Services returns all services with their counters, in the order of the
// kernel's hash tables: those by address, then those by firewall mark.
func (c *Client) Services() ([]ServiceState, error) {
	var list []ServiceState
	err := c.EachService(func(s *ServiceState) { list = append(list, *s) })
	if err != nil {
		return nil, err
	}
	return list, nil
}

// EachService calls f for each service of Services. f may not keep what it gets,
// and not use c.
func (c *Client) EachService(f func(*ServiceState)) error {
	var s ServiceState
	body := appendCommand(nil, cmdGetService, familyVersion)
	err := c.conn.ask(c.family, body, true, func(data []byte) (err error) {
		if s, err = decodeService(data); err == nil {
			f(&s)
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("reading the IPVS services: %w", err)
	}
	return nil
}

// Service returns one service with its counters. One that is not there is an
// error that wraps ESRCH.
func (c *Client) Service(k ServiceKey) (ServiceState, error) {
	var s ServiceState
	err := k.check()
	if err == nil {
		err = c.conn.ask(c.family, appendKeyRequest(nil, cmdGetService, &k), false, func(data []byte) (err error) {
			s, err = decodeService(data)
			return err
		})
	}
	if err != nil {
		return ServiceState{}, fmt.Errorf("reading the IPVS service %v: %w", k, err)
	}
	return s, nil
}

// Destinations returns the destinations of a service with their counters, in
// the order of their creation. A service that is not there is an error that
// wraps ESRCH.
func (c *Client) Destinations(k ServiceKey) ([]DestinationState, error) {
	return c.AppendDestinations(nil, k)
}

// AppendDestinations is Destinations that uses the memory of a list that is not
// needed any more.
func (c *Client) AppendDestinations(list []DestinationState, k ServiceKey) ([]DestinationState, error) {
	list = list[:0]
	if err := k.check(); err != nil {
		return nil, fmt.Errorf("reading the destinations of %v: %w", k, err)
	}
	c.body = appendKeyRequest(c.body[:0], cmdGetDest, &k)
	err := c.conn.ask(c.family, c.body, true, func(data []byte) error {
		d, err := decodeDestination(data, k.Family)
		list = append(list, d)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the destinations of %v: %w", k, err)
	}
	if len(list) == 0 {
		// The kernel says nothing about a service that is not there.
		if _, err := c.Service(k); err != nil {
			return nil, fmt.Errorf("reading the destinations of %v: %w", k, err)
		}
	}
	slices.Reverse(list) // the kernel lists the newest first
	return list, nil
}

// Table returns the whole table, without counters, services in the order of
// Services. What other programs change meanwhile may be missing.
func (c *Client) Table() ([]Entry, error) {
	services, err := c.Services()
	if err != nil {
		return nil, err
	}
	table := make([]Entry, 0, len(services))
	for _, s := range services {
		states, err := c.Destinations(s.Key)
		if errors.Is(err, unix.ESRCH) {
			continue // deleted meanwhile
		}
		if err != nil {
			return nil, err
		}
		e := Entry{Service: s.Service, Destinations: make([]Destination, len(states))}
		for i := range states {
			e.Destinations[i] = states[i].Destination
		}
		table = append(table, e)
	}
	return table, nil
}
