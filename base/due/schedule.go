package due

import "time"

// Schedule says when periodic work is due next: the first moment after the given one.
type Schedule func(after time.Time) time.Time

// Interval is due at the whole multiples of d, so that restarts do not shift it.
func Interval(d time.Duration) Schedule {
	return func(after time.Time) time.Time { return after.Truncate(d).Add(d) }
}

// Daily is due once a day by the clocks of a place. Where a clock change skips the hour it is due beside the gap.
func Daily(hour, minute int, place *time.Location) Schedule {
	return func(after time.Time) time.Time {
		y, m, d := after.In(place).Date()
		at := time.Date(y, m, d, hour, minute, 0, 0, place)
		for !at.After(after) {
			d++
			at = time.Date(y, m, d, hour, minute, 0, 0, place)
		}
		return at.UTC()
	}
}
