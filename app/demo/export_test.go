package demo

import "time"

// Set moves the clock, as the filling of a house does.
func (c *Clock) Set(at time.Time) { c.set(at) }
