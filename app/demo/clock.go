package demo

import (
	"sync/atomic"
	"time"
)

// Clock is one that shows what it is set to. It is given to the store of a house that is to be filled.
type Clock struct{ at atomic.Pointer[time.Time] }

// NewClock shows a moment: the end of the month to be lived through.
func NewClock(at time.Time) *Clock {
	c := &Clock{}
	c.at.Store(&at)
	return c
}

// Now is the moment shown.
func (c *Clock) Now() time.Time { return *c.at.Load() }

// set moves the clock.
func (c *Clock) set(at time.Time) { c.at.Store(&at) }
