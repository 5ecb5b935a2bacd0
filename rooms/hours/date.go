package hours

import (
	"time"

	"github.com/hearthdesk/hearth/base/fault"
)

const secondsPerDay = 24 * 60 * 60

// Date is a day of the Gregorian calendar, in no zone: the number of days since 1 January 1970.
type Date int64

// On is the date with that year, month and day; a day past the month's end runs on into the next month.
func On(year int, month time.Month, day int) Date {
	return Date(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / secondsPerDay)
}

// ParseDate reads a date written as 2026-12-24 (RFC 3339 full-date), or is Invalid.
func ParseDate(text string) (Date, error) {
	midnight, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return 0, fault.Field("date", "calendar.date", "A date is written like 2026-12-24.")
	}
	return On(midnight.Date()), nil
}

// String writes the date as 2026-12-24.
func (d Date) String() string { return d.midnight().Format(time.DateOnly) }

// Year is the date's year.
func (d Date) Year() int { return d.midnight().Year() }

// Weekday is the date's day of the week.
func (d Date) Weekday() time.Weekday {
	return time.Weekday(((int64(d)+int64(time.Thursday))%7 + 7) % 7) // 1 January 1970 was a Thursday
}

// MarshalText writes the date as 2026-12-24.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads a date as ParseDate does.
func (d *Date) UnmarshalText(text []byte) (err error) {
	*d, err = ParseDate(string(text))
	return err
}

func (d Date) midnight() time.Time { return time.Unix(int64(d)*secondsPerDay, 0).UTC() }
