package snmp

import "time"

// Source gives the view that requests are answered from.
type Source interface {
	// View may wait for a bounded time.
	View() (*View, error)
	// Forget is called when something was set.
	Forget()
}

// Cache is a Source that keeps a view for a while: a walk asks thousands of
// times. It belongs to the goroutine that answers.
type Cache struct {
	age   time.Duration
	now   func() time.Time
	fetch func() (*View, error)

	view  *View
	taken time.Time
}

// NewCache fetches a view when the last one is older than age by the clock now.
func NewCache(age time.Duration, now func() time.Time, fetch func() (*View, error)) *Cache {
	return &Cache{age: age, now: now, fetch: fetch}
}

// View implements Source.
func (c *Cache) View() (*View, error) {
	if c.view != nil && c.now().Sub(c.taken) < c.age {
		return c.view, nil
	}
	v, err := c.fetch()
	if err != nil {
		return nil, err
	}
	c.view, c.taken = v, c.now()
	return v, nil
}

// Forget implements Source.
func (c *Cache) Forget() { c.view = nil }
