package hours

// What happens here. Kinds and fields are for ever.

// Added says there is a new calendar.
type Added struct {
	Calendar ID `json:"calendar"`
}

// Kind names it.
func (Added) Kind() string { return "calendars.added" }

// Changed says parts of a calendar are different.
type Changed struct {
	Calendar ID       `json:"calendar"`
	Parts    []string `json:"parts"` // name, zone, week, holidays, public, always
}

// Kind names it.
func (Changed) Kind() string { return "calendars.changed" }

// Preferred says which calendar counts wherever no other is chosen.
type Preferred struct {
	Calendar ID `json:"calendar"`
	Was      ID `json:"was"`
}

// Kind names it.
func (Preferred) Kind() string { return "calendars.preferred" }

// Removed says a calendar is no more; where it was chosen, the preferred one counts.
type Removed struct {
	Calendar ID `json:"calendar"`
}

// Kind names it.
func (Removed) Kind() string { return "calendars.removed" }
