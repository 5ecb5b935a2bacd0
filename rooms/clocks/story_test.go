package clocks

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hearthdesk/hearth/rooms/hours"
)

// The stories take place in the week of Monday, 6 July 2026, in an office that is open from nine to five in UTC.
var monday = time.Date(2026, time.July, 6, 0, 0, 0, 0, time.UTC)

var weekdays = []string{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"}

// when reads "Tue 10:15"; a week later it is "+Tue 10:15".
func when(t *testing.T, text string) time.Time {
	t.Helper()
	day, clock, _ := strings.Cut(strings.TrimPrefix(text, "+"), " ")
	at, err := time.Parse("15:04", clock)
	if err != nil {
		t.Fatal(err)
	}
	for i, name := range weekdays {
		if name == day {
			if text[0] == '+' {
				i += 7
			}
			return monday.AddDate(0, 0, i).Add(time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute)
		}
	}
	t.Fatalf("no such day: %q", text)
	return time.Time{}
}

func say(at time.Time) string {
	if at.IsZero() {
		return "never"
	}
	days := int(at.Sub(monday).Hours()) / 24
	plus := strings.Repeat("+", days/7)
	return plus + weekdays[days%7] + at.Format(" 15:04")
}

func long(d time.Duration) string {
	if d < 0 {
		return "-" + long(-d)
	}
	if d%time.Hour == 0 {
		return fmt.Sprint(int(d.Hours()))
	}
	return fmt.Sprintf("%dh%02d", int(d.Hours()), int(d.Minutes())%60)
}

func office(t *testing.T, from, to int, holidays ...hours.Holiday) *hours.Timetable {
	t.Helper()
	c := hours.Calendar{Name: "Office", Zone: "UTC", Holidays: holidays}
	for day := time.Monday; day <= time.Friday; day++ {
		c.Week[day] = []hours.Span{{From: from * 60, To: to * 60}}
	}
	h, err := c.Timetable()
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// standard: an answer in an hour, the next in two, solved in eight, a warning when a quarter is left.
func standard(t *testing.T) Terms {
	t.Helper()
	return Terms{Hours: office(t, 9, 17), Policy: Policy{
		ID: "standard", Warn: Lead{Percent: 25},
		Targets: Targets{FirstAnswer: time.Hour, NextAnswer: 2 * time.Hour, Resolution: 8 * time.Hour},
	}}
}

// clocks writes a watch down: kind, state, time spent, of which target, when due or ended.
func clocks(w *Watch, now time.Time) string {
	var lines []string
	for _, c := range w.Clocks {
		line := fmt.Sprintf("%s %s %s", c.Kind, c.State, long(c.Spent(now, w.Terms.Hours)))
		if left, promised := c.Remaining(now, w.Terms.Hours); promised {
			line += fmt.Sprintf(" of %s, %s left", long(c.Target), long(left))
		}
		switch {
		case !c.Live():
			line += ", ended " + say(c.Ended)
		case !c.PausedSince().IsZero():
			line += ", still since " + say(c.PausedSince())
		case !c.Due.IsZero():
			line += ", due " + say(c.Due)
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// tell plays a story: lines of "day time what [who or how]".
func tell(t *testing.T, w *Watch, story string) (events string, now time.Time) {
	t.Helper()
	var told []string
	for line := range strings.Lines(story) {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		now = when(t, words[0]+" "+words[1])
		for _, e := range happen(t, w, words[2:], now) {
			told = append(told, fmt.Sprintf("%s %s %s", say(e.At), e.Kind, e.What))
		}
	}
	return strings.Join(told, "\n"), now
}

func happen(t *testing.T, w *Watch, words []string, at time.Time) []Event {
	t.Helper()
	switch what := words[0]; what {
	case "opened":
		return w.Opened(at)
	case "received": // a contact that opens a ticket
		return append(w.Opened(at), w.Said(ByCustomer, at)...)
	case "customer", "staff", "machine", "note":
		return w.Said(Voice(what), at)
	case "new", "open", "pending", "on_hold", "resolved":
		return w.Became(Status(what), at)
	case "closed":
		return w.Closed(Ended(words[1]), at)
	case "tick":
		return w.Tick(at)
	case "urgent":
		terms := w.Terms
		terms.Policy.ID = "urgent"
		terms.Policy.Targets = Targets{FirstAnswer: 30 * time.Minute, NextAnswer: time.Hour, Resolution: 4 * time.Hour}
		return w.Retimed(terms, at)
	case "relaxed":
		terms := w.Terms
		terms.Policy.ID = "relaxed"
		terms.Policy.Targets = Targets{FirstAnswer: 5 * time.Hour, NextAnswer: 6 * time.Hour, Resolution: 40 * time.Hour}
		return w.Retimed(terms, at)
	case "nothing":
		return w.Retimed(Terms{Hours: w.Terms.Hours}, at)
	case "standard":
		return w.Retimed(standard(t), at)
	case "longer_hours":
		terms := w.Terms
		terms.Hours = office(t, 8, 20)
		return w.Retimed(terms, at)
	case "holiday_on_tuesday":
		terms := w.Terms
		terms.Hours = office(t, 9, 17, hours.Holiday{Date: hours.On(2026, time.July, 7), Name: "Forgotten"})
		return w.Retimed(terms, at)
	default:
		t.Fatalf("nobody knows how to do %q", what)
		return nil
	}
}

func TestStories(t *testing.T) {
	for name, tc := range map[string]struct {
		terms  func(*testing.T) Terms
		story  string
		events string
		clocks string
	}{
		"a contact starts three clocks": {
			story: "Mon 10:00 received",
			clocks: `resolution running 0 of 8, 8 left, due Tue 10:00
first_answer running 0 of 1, 1 left, due Mon 11:00
customer running 0`,
		},
		"at night the company's clocks stand and the customer's runs": {
			story: "Mon 22:00 received\nTue 09:30 tick",
			clocks: `resolution running 0h30 of 8, 7h30 left, due Tue 17:00
first_answer running 0h30 of 1, 0h30 left, due Tue 10:00
customer running 11h30`,
		},
		"a timely answer": {
			story:  "Mon 10:00 received\nMon 10:30 staff\nMon 10:30 pending",
			events: "Mon 10:30 first_answer met",
			clocks: `resolution paused 0h30 of 8, 7h30 left, still since Mon 10:30
first_answer met 0h30 of 1, 0h30 left, ended Mon 10:30
customer running 0h30`,
		},
		"the warning, then the breach": {
			story:  "Mon 10:00 received\nMon 10:44 tick\nMon 10:45 tick\nMon 10:59 tick\nMon 11:00 tick\nMon 11:12 tick",
			events: "Mon 10:45 first_answer warned\nMon 11:00 first_answer breached",
			clocks: `resolution running 1h12 of 8, 6h48 left, due Tue 10:00
first_answer breached 1h12 of 1, -0h12 left, due Mon 11:00
customer running 1h12`,
		},
		"a late answer stays late": {
			story:  "Mon 10:00 received\nMon 11:12 staff\nMon 14:00 tick",
			events: "Mon 11:00 first_answer breached",
			clocks: `resolution running 4 of 8, 4 left, due Tue 10:00
first_answer breached 1h12 of 1, -0h12 left, ended Mon 11:12
customer running 4`,
		},
		"the due moment itself is too late": {
			story:  "Mon 10:00 received\nMon 11:00 staff",
			events: "Mon 11:00 first_answer breached",
			clocks: `resolution running 1 of 8, 7 left, due Tue 10:00
first_answer breached 1 of 1, 0 left, ended Mon 11:00
customer running 1`,
		},
		"asked far too late, a breach needs no warning": {
			story:  "Mon 10:00 received\n+Mon 12:00 tick",
			events: "Tue 10:00 resolution breached\nMon 11:00 first_answer breached",
			clocks: `resolution breached 42 of 8, -34 left, due Tue 10:00
first_answer breached 42 of 1, -41 left, due Mon 11:00
customer running 170`,
		},
		"a note and a machine's words answer nobody": {
			story: "Mon 10:00 received\nMon 10:01 machine\nMon 10:20 note\nMon 10:30 tick",
			clocks: `resolution running 0h30 of 8, 7h30 left, due Tue 10:00
first_answer running 0h30 of 1, 0h30 left, due Mon 11:00
customer running 0h30`,
		},
		"a customer's vacation notice asks nothing": {
			story:  "Mon 10:00 received\nMon 10:30 staff\nMon 10:31 machine",
			events: "Mon 10:30 first_answer met",
			clocks: `resolution running 0h31 of 8, 7h29 left, due Tue 10:00
first_answer met 0h30 of 1, 0h30 left, ended Mon 10:30
customer running 0h31`,
		},
		"writing again does not start the wait anew": {
			story:  "Mon 10:00 received\nMon 10:10 customer\nMon 10:30 staff\nMon 12:00 customer\nMon 12:30 customer\nMon 13:00 tick",
			events: "Mon 10:30 first_answer met",
			clocks: `resolution running 3 of 8, 5 left, due Tue 10:00
first_answer met 0h30 of 1, 0h30 left, ended Mon 10:30
customer running 3
next_answer running 1 of 2, 1 left, due Mon 14:00`,
		},
		"each round of questions has its own clock": {
			story: `Mon 10:00 received
				Mon 10:30 staff
				Mon 11:00 customer
				Mon 11:20 staff
				Mon 12:00 customer`,
			events: "Mon 10:30 first_answer met\nMon 11:20 next_answer met",
			clocks: `resolution running 2 of 8, 6 left, due Tue 10:00
first_answer met 0h30 of 1, 0h30 left, ended Mon 10:30
customer running 2
next_answer met 0h20 of 2, 1h40 left, ended Mon 11:20
next_answer running 0 of 2, 2 left, due Mon 14:00`,
		},
		"an unasked second answer changes nothing": {
			story:  "Mon 10:00 received\nMon 10:30 staff\nMon 11:30 staff",
			events: "Mon 10:30 first_answer met",
			clocks: `resolution running 1h30 of 8, 6h30 left, due Tue 10:00
first_answer met 0h30 of 1, 0h30 left, ended Mon 10:30
customer running 1h30`,
		},
		"waiting for the customer stops the clocks, but not the first answer's": {
			story:  "Mon 10:00 received\nMon 10:10 pending\nMon 10:50 tick",
			events: "Mon 10:50 first_answer warned",
			clocks: `resolution paused 0h10 of 8, 7h50 left, still since Mon 10:10
first_answer running 0h50 of 1, 0h10 left, due Mon 11:00
customer running 0h50`,
		},
		"pending and back": {
			story: `Mon 10:00 received
				Mon 10:30 staff
				Mon 10:30 pending
				Tue 15:00 customer
				Tue 15:00 open
				Tue 16:00 tick`,
			events: "Mon 10:30 first_answer met",
			clocks: `resolution running 1h30 of 8, 6h30 left, due Wed 14:30
first_answer met 0h30 of 1, 0h30 left, ended Mon 10:30
customer running 30
next_answer running 1 of 2, 1 left, due Tue 17:00`,
		},
		"the status may be told before the words": {
			story: `Mon 10:00 received
				Mon 10:30 pending
				Mon 10:30 staff
				Tue 15:00 open
				Tue 15:00 customer
				Tue 16:00 tick`,
			events: "Mon 10:30 first_answer met",
			clocks: `resolution running 1h30 of 8, 6h30 left, due Wed 14:30
first_answer met 0h30 of 1, 0h30 left, ended Mon 10:30
customer running 30
next_answer running 1 of 2, 1 left, due Tue 17:00`,
		},
		"set to pending with a question open, the next answer waits": {
			story: `Mon 10:00 received
				Mon 10:30 staff
				Mon 11:00 customer
				Mon 11:30 pending
				Mon 16:00 open
				Mon 16:30 tick`,
			events: "Mon 10:30 first_answer met",
			clocks: `resolution running 2 of 8, 6 left, due Tue 14:30
first_answer met 0h30 of 1, 0h30 left, ended Mon 10:30
customer running 6h30
next_answer running 1 of 2, 1 left, due Tue 09:30`,
		},
		"waiting for a third party stops nothing": {
			story:  "Mon 10:00 received\nMon 10:30 staff\nMon 11:00 customer\nMon 11:00 on_hold\nMon 12:00 tick",
			events: "Mon 10:30 first_answer met",
			clocks: `resolution running 2 of 8, 6 left, due Tue 10:00
first_answer met 0h30 of 1, 0h30 left, ended Mon 10:30
customer running 2
next_answer running 1 of 2, 1 left, due Mon 13:00`,
		},
		"unless the policy lets it stop the resolution": {
			terms: func(t *testing.T) Terms {
				t.Helper()
				terms := standard(t)
				terms.Policy.HoldPauses = true
				return terms
			},
			story:  "Mon 10:00 received\nMon 10:30 staff\nMon 11:00 customer\nMon 11:00 on_hold\nMon 12:00 tick",
			events: "Mon 10:30 first_answer met",
			clocks: `resolution paused 1 of 8, 7 left, still since Mon 11:00
first_answer met 0h30 of 1, 0h30 left, ended Mon 10:30
customer running 2
next_answer running 1 of 2, 1 left, due Mon 13:00`,
		},
		"solved, and the customer is content": {
			story: `Mon 10:00 received
				Mon 10:30 staff
				Mon 12:00 resolved
				Tue 10:00 closed content
				Fri 10:00 tick`,
			events: "Mon 10:30 first_answer met\nMon 12:00 resolution met",
			clocks: `resolution met 2 of 8, 6 left, ended Mon 12:00
first_answer met 0h30 of 1, 0h30 left, ended Mon 10:30
customer met 24, ended Tue 10:00`,
		},
		"solved, asked, and silent": {
			story:  "Mon 10:00 received\nMon 10:30 staff\nMon 12:00 resolved\n+Mon 10:00 closed silent\n+Tue 10:00 tick",
			events: "Mon 10:30 first_answer met\nMon 12:00 resolution met",
			clocks: `resolution met 2 of 8, 6 left, ended Mon 12:00
first_answer met 0h30 of 1, 0h30 left, ended Mon 10:30
customer dropped 168, ended +Mon 10:00`,
		},
		"silent, and content after all": {
			story:  "Mon 10:00 received\nMon 10:30 staff\nMon 12:00 resolved\nWed 10:00 closed silent\nThu 10:00 closed content",
			events: "Mon 10:30 first_answer met\nMon 12:00 resolution met",
			clocks: `resolution met 2 of 8, 6 left, ended Mon 12:00
first_answer met 0h30 of 1, 0h30 left, ended Mon 10:30
customer met 72, ended Thu 10:00`,
		},
		"solved too late": {
			story:  "Mon 10:00 received\nMon 10:30 staff\nTue 12:00 resolved",
			events: "Mon 10:30 first_answer met\nTue 10:00 resolution breached",
			clocks: `resolution breached 10 of 8, -2 left, ended Tue 12:00
first_answer met 0h30 of 1, 0h30 left, ended Mon 10:30
customer running 26`,
		},
		"solved while waiting for the customer": {
			story:  "Mon 10:00 received\nMon 10:30 staff\nMon 11:00 pending\nWed 10:00 resolved",
			events: "Mon 10:30 first_answer met\nWed 10:00 resolution met",
			clocks: `resolution met 1 of 8, 7 left, ended Wed 10:00
first_answer met 0h30 of 1, 0h30 left, ended Mon 10:30
customer running 48`,
		},
		"paused at the due moment itself is late": {
			story:  "Mon 10:00 received\nMon 10:30 staff\nTue 10:00 pending\nTue 12:00 open",
			events: "Mon 10:30 first_answer met\nTue 10:00 resolution breached",
			clocks: `resolution breached 8 of 8, 0 left, due Tue 10:00
first_answer met 0h30 of 1, 0h30 left, ended Mon 10:30
customer running 26`,
		},
		"spam by mistake, and solved too late": {
			story:  "Mon 10:00 received\nMon 10:30 staff\nTue 12:00 closed spam\nTue 12:00 resolved",
			events: "Mon 10:30 first_answer met\nTue 10:00 resolution breached",
			clocks: `resolution breached 10 of 8, -2 left, ended Tue 12:00
first_answer met 0h30 of 1, 0h30 left, ended Mon 10:30
customer running 26`,
		},
		"not solved after all: the resolution goes on with what was left": {
			story: `Mon 10:00 received
				Mon 10:30 staff
				Mon 12:00 resolved
				Tue 12:00 customer
				Tue 12:00 open
				Tue 13:00 tick`,
			events: "Mon 10:30 first_answer met\nMon 12:00 resolution met\nTue 12:00 resolution withdrawn",
			clocks: `resolution running 3 of 8, 5 left, due Wed 10:00
first_answer met 0h30 of 1, 0h30 left, ended Mon 10:30
customer running 27
next_answer running 1 of 2, 1 left, due Tue 14:00`,
		},
		"solved too late, reopened: still late": {
			story:  "Mon 10:00 received\nMon 10:30 staff\nMon 16:00 tick\nTue 12:00 resolved\nWed 10:00 open\nWed 11:00 tick",
			events: "Mon 10:30 first_answer met\nMon 16:00 resolution warned\nTue 10:00 resolution breached",
			clocks: `resolution breached 11 of 8, -3 left, due Tue 10:00
first_answer met 0h30 of 1, 0h30 left, ended Mon 10:30
customer running 49`,
		},
		"marked solved without an answer, the first answer is still owed": {
			story:  "Mon 10:00 received\nMon 10:10 resolved\nMon 12:00 tick",
			events: "Mon 10:10 resolution met\nMon 11:00 first_answer breached",
			clocks: `resolution met 0h10 of 8, 7h50 left, ended Mon 10:10
first_answer breached 2 of 1, -1 left, due Mon 11:00
customer running 2`,
		},
		"marked solved over a thank-you, the next answer rests": {
			story: `Mon 10:00 received
				Mon 10:30 staff
				Mon 11:00 customer
				Mon 11:15 resolved
				Mon 16:00 tick
				Mon 16:30 open
				Mon 16:45 tick`,
			events: "Mon 10:30 first_answer met\nMon 11:15 resolution met\nMon 16:30 resolution withdrawn",
			clocks: `resolution running 1h30 of 8, 6h30 left, due Tue 15:15
first_answer met 0h30 of 1, 0h30 left, ended Mon 10:30
customer running 6h45
next_answer running 0h30 of 2, 1h30 left, due Tue 10:15`,
		},
		"content and back: the clocks start anew with the new words": {
			story: `Mon 10:00 received
				Mon 10:30 staff
				Mon 12:00 resolved
				Mon 13:00 closed content
				Thu 10:00 customer
				Thu 10:00 open
				Thu 11:00 tick`,
			events: "Mon 10:30 first_answer met\nMon 12:00 resolution met",
			clocks: `resolution met 2 of 8, 6 left, ended Mon 12:00
first_answer met 0h30 of 1, 0h30 left, ended Mon 10:30
customer met 3, ended Mon 13:00
resolution running 1 of 8, 7 left, due Fri 10:00
next_answer running 1 of 2, 1 left, due Thu 12:00
customer running 1`,
		},
		"silent and back: they never were content": {
			story: `Mon 10:00 received
				Mon 10:30 staff
				Mon 12:00 resolved
				Tue 13:00 closed silent
				Thu 10:00 open
				Thu 10:00 customer
				Thu 11:00 tick`,
			events: "Mon 10:30 first_answer met\nMon 12:00 resolution met",
			clocks: `resolution met 2 of 8, 6 left, ended Mon 12:00
first_answer met 0h30 of 1, 0h30 left, ended Mon 10:30
customer running 73
resolution running 1 of 8, 7 left, due Fri 10:00
next_answer running 1 of 2, 1 left, due Thu 12:00`,
		},
		"the closing was a mistake, and is undone to solved": {
			story: `Mon 10:00 received
				Mon 10:30 staff
				Mon 12:00 resolved
				Tue 10:00 closed silent
				Tue 11:00 resolved
				Tue 12:00 open`,
			events: "Mon 10:30 first_answer met\nMon 12:00 resolution met\nTue 12:00 resolution withdrawn",
			clocks: `resolution running 2 of 8, 6 left, due Wed 10:00
first_answer met 0h30 of 1, 0h30 left, ended Mon 10:30
customer running 26`,
		},
		"spam ends every clock without a verdict": {
			story: "Mon 10:00 received\nMon 10:20 closed spam\nTue 10:00 tick",
			clocks: `resolution dropped 0h20 of 8, 7h40 left, ended Mon 10:20
first_answer dropped 0h20 of 1, 0h40 left, ended Mon 10:20
customer dropped 0h20, ended Mon 10:20`,
		},
		"it was no spam: the customer waited all the while": {
			story: "Mon 10:00 received\nMon 10:20 closed spam\nMon 15:20 open\nMon 15:50 tick",
			clocks: `resolution running 0h50 of 8, 7h10 left, due Tue 15:00
first_answer running 0h50 of 1, 0h10 left, due Mon 16:00
customer running 5h50`,
			events: "Mon 15:50 first_answer warned",
		},
		"more words in spam start nothing": {
			story: "Mon 10:00 received\nMon 10:20 closed spam\nMon 11:00 customer\nMon 12:00 tick",
			clocks: `resolution dropped 0h20 of 8, 7h40 left, ended Mon 10:20
first_answer dropped 0h20 of 1, 0h40 left, ended Mon 10:20
customer dropped 0h20, ended Mon 10:20`,
		},
		"closed on unanswered words": {
			story:  "Mon 10:00 received\nMon 10:20 closed content",
			events: "Mon 10:20 resolution met",
			clocks: `resolution met 0h20 of 8, 7h40 left, ended Mon 10:20
first_answer dropped 0h20 of 1, 0h40 left, ended Mon 10:20
customer met 0h20, ended Mon 10:20`,
		},
		"a ticket we open ourselves owes an answer once they write": {
			story: "Mon 10:00 opened\nMon 10:00 staff\nMon 10:00 pending\nMon 14:00 open\nMon 14:00 customer\nMon 15:00 tick",
			clocks: `resolution running 1 of 8, 7 left, due Tue 14:00
next_answer running 1 of 2, 1 left, due Mon 16:00
customer running 1`,
		},
		"a call is answered as it comes": {
			story:  "Mon 10:00 received\nMon 10:00 staff",
			events: "Mon 10:00 first_answer met",
			clocks: `resolution running 0 of 8, 8 left, due Tue 10:00
first_answer met 0 of 1, 1 left, ended Mon 10:00
customer running 0`,
		},
		"made urgent: counted from the start, the old target kept": {
			story: "Mon 10:00 received\nMon 10:10 urgent\nMon 10:20 tick",
			clocks: `resolution replaced 0h10 of 8, 7h50 left, ended Mon 10:10
first_answer replaced 0h10 of 1, 0h50 left, ended Mon 10:10
customer running 0h20
first_answer running 0h20 of 0h30, 0h10 left, due Mon 10:30
resolution running 0h20 of 4, 3h40 left, due Mon 14:00`,
		},
		"made urgent too late to keep it": {
			story:  "Mon 10:00 received\nMon 10:40 urgent",
			events: "Mon 10:30 first_answer breached",
			clocks: `resolution replaced 0h40 of 8, 7h20 left, ended Mon 10:40
first_answer replaced 0h40 of 1, 0h20 left, ended Mon 10:40
customer running 0h40
first_answer breached 0h40 of 0h30, -0h10 left, due Mon 10:30
resolution running 0h40 of 4, 3h20 left, due Mon 14:00`,
		},
		"relaxed after a breach: the breach stays on record": {
			story:  "Mon 10:00 received\nMon 11:30 relaxed",
			events: "Mon 11:00 first_answer breached",
			clocks: `resolution replaced 1h30 of 8, 6h30 left, ended Mon 11:30
first_answer replaced 1h30 of 1, -0h30 left, ended Mon 11:30
customer running 1h30
first_answer running 1h30 of 5, 3h30 left, due Mon 15:00
resolution running 1h30 of 40, 38h30 left, due +Mon 10:00`,
		},
		"a policy changed while paused keeps the pauses": {
			story:  "Mon 10:00 received\nMon 10:30 staff\nMon 10:30 pending\nMon 14:00 urgent\nTue 10:00 open",
			events: "Mon 10:30 first_answer met",
			clocks: `resolution replaced 0h30 of 8, 7h30 left, ended Mon 14:00
first_answer met 0h30 of 1, 0h30 left, ended Mon 10:30
customer running 24
resolution running 0h30 of 4, 3h30 left, due Tue 13:30`,
		},
		"told of the same policy twice nothing changes": {
			story: "Mon 10:00 received\nMon 10:10 standard\nMon 10:20 standard",
			clocks: `resolution running 0h20 of 8, 7h40 left, due Tue 10:00
first_answer running 0h20 of 1, 0h40 left, due Mon 11:00
customer running 0h20`,
		},
		"no policy any more: measured, never due": {
			story: "Mon 10:00 received\nMon 10:10 nothing\nWed 10:00 tick",
			clocks: `resolution replaced 0h10 of 8, 7h50 left, ended Mon 10:10
first_answer replaced 0h10 of 1, 0h50 left, ended Mon 10:10
customer running 48
first_answer running 16
resolution running 16`,
		},
		"a policy that comes late counts what was waited": {
			terms:  func(t *testing.T) Terms { t.Helper(); return Terms{} },
			story:  "Mon 10:00 received\nMon 10:40 standard",
			events: "",
			clocks: `resolution replaced 0h40, ended Mon 10:40
first_answer replaced 0h40, ended Mon 10:40
customer running 0h40
first_answer running 0h40 of 1, 0h20 left, due Mon 11:00
resolution running 0h40 of 8, 7h20 left, due Tue 10:00`,
		},
		"without any policy all is measured and nothing due": {
			terms: func(t *testing.T) Terms { t.Helper(); return Terms{} },
			story: "Mon 10:00 received\nTue 10:00 staff\nTue 10:00 pending\nTue 12:00 resolved\nTue 13:00 closed content",
			clocks: `resolution met 24, ended Tue 12:00
first_answer met 24, ended Tue 10:00
customer met 27, ended Tue 13:00`,
		},
		"longer hours move the moments, not the clocks": {
			story:  "Mon 16:30 received\nMon 16:40 longer_hours\nMon 17:20 tick",
			events: "Mon 17:20 first_answer warned",
			clocks: `resolution running 0h50 of 8, 7h10 left, due Tue 12:30
first_answer running 0h50 of 1, 0h10 left, due Mon 17:30
customer running 0h50`,
		},
		"a forgotten holiday takes a breach back": {
			story:  "Mon 16:30 received\nTue 09:15 tick\nTue 12:00 tick\nTue 12:10 holiday_on_tuesday\nWed 09:20 tick",
			events: "Tue 09:15 first_answer warned\nTue 09:30 first_answer breached\nTue 12:10 first_answer withdrawn",
			clocks: `resolution running 0h50 of 8, 7h10 left, due Wed 16:30
first_answer running 0h50 of 1, 0h10 left, due Wed 09:30
customer running 40h50`,
		},
		"an answer given in time and told late takes the breach back": {
			story:  "Mon 10:00 received\nMon 11:00 tick\nMon 10:59 staff",
			events: "Mon 11:00 first_answer breached\nMon 10:59 first_answer withdrawn\nMon 10:59 first_answer met",
			clocks: `resolution running 0h59 of 8, 7h01 left, due Tue 10:00
first_answer met 0h59 of 1, 0h01 left, ended Mon 10:59
customer running 0h59`,
		},
		"a status set in time and told late too": {
			story:  "Mon 10:00 received\nMon 10:30 staff\nMon 16:00 tick\nTue 10:00 tick\nTue 09:50 pending\nTue 12:00 tick",
			events: "Mon 10:30 first_answer met\nMon 16:00 resolution warned\nTue 10:00 resolution breached\nTue 09:50 resolution withdrawn",
			clocks: `resolution paused 7h50 of 8, 0h10 left, still since Tue 09:50
first_answer met 0h30 of 1, 0h30 left, ended Mon 10:30
customer running 26`,
		},
		"spam told late leaves no breach": {
			story:  "Mon 10:00 received\nMon 11:00 tick\nMon 10:59 closed spam",
			events: "Mon 11:00 first_answer breached\nMon 10:59 first_answer withdrawn",
			clocks: `resolution dropped 0h59 of 8, 7h01 left, ended Mon 10:59
first_answer dropped 0h59 of 1, 0h01 left, ended Mon 10:59
customer dropped 0h59, ended Mon 10:59`,
		},
		"the server's clock jumps back: no time is less than none": {
			story:  "Mon 12:00 received\nMon 10:00 tick\nMon 10:30 staff\nMon 10:30 pending\nMon 10:31 resolved",
			events: "Mon 12:00 first_answer met\nMon 12:00 resolution met",
			clocks: `resolution met 0 of 8, 8 left, ended Mon 12:00
first_answer met 0 of 1, 1 left, ended Mon 12:00
customer running 0`,
		},
		"the server's clock jumps back while paused": {
			story:  "Mon 12:00 received\nMon 12:30 staff\nMon 14:00 pending\nMon 13:00 open\nMon 15:00 tick",
			events: "Mon 12:30 first_answer met",
			clocks: `resolution running 3 of 8, 5 left, due Tue 12:00
first_answer met 0h30 of 1, 0h30 left, ended Mon 12:30
customer running 3`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := &Watch{Terms: standard(t)}
			if tc.terms != nil {
				w.Terms = tc.terms(t)
			}
			events, now := tell(t, w, tc.story)
			if diff := cmp.Diff(tc.events, events); diff != "" {
				t.Errorf("events\n%s", diff)
			}
			if diff := cmp.Diff(tc.clocks, clocks(w, now)); diff != "" {
				t.Errorf("clocks\n%s", diff)
			}
		})
	}
}

func TestJoined(t *testing.T) {
	for name, tc := range map[string]struct {
		ours, theirs string
		at           string
		clocks       string
	}{
		"the longer wait is owed": {
			ours: "Mon 10:30 received", theirs: "Mon 10:00 received", at: "Mon 10:40",
			clocks: `resolution running 0h10 of 8, 7h50 left, due Tue 10:30
first_answer running 0h40 of 1, 0h20 left, due Mon 11:00
customer running 0h40`,
		},
		"a shorter wait adds nothing": {
			ours: "Mon 10:00 received", theirs: "Mon 10:30 received", at: "Mon 10:40",
			clocks: `resolution running 0h40 of 8, 7h20 left, due Tue 10:00
first_answer running 0h40 of 1, 0h20 left, due Mon 11:00
customer running 0h40`,
		},
		"a question comes to an answered ticket": {
			ours: "Mon 10:00 received\nMon 10:10 staff", theirs: "Mon 10:30 received", at: "Mon 10:40",
			clocks: `resolution running 0h40 of 8, 7h20 left, due Tue 10:00
first_answer met 0h10 of 1, 0h50 left, ended Mon 10:10
customer running 0h40
next_answer running 0h10 of 2, 1h50 left, due Mon 12:30`,
		},
		"a conversation comes to a ticket nobody wrote in": {
			ours: "Mon 10:00 opened", theirs: "Mon 09:30 received\nMon 09:40 staff", at: "Mon 10:40",
			clocks: `resolution running 0h40 of 8, 7h20 left, due Tue 10:00
customer running 1h10`,
		},
		"the pauses of the longer wait come along": {
			ours:   "Mon 12:00 received\nMon 12:10 staff\nMon 12:30 customer",
			theirs: "Mon 10:00 received\nMon 10:10 staff\nMon 11:00 customer\nMon 11:30 pending", at: "Mon 12:40",
			clocks: `resolution running 0h40 of 8, 7h20 left, due Tue 12:00
first_answer met 0h10 of 1, 0h50 left, ended Mon 12:10
customer running 2h40
next_answer running 0h30 of 2, 1h30 left, due Mon 14:10`,
		},
		"what is closed owes nothing": {
			ours: "Mon 12:00 received\nMon 12:10 closed spam", theirs: "Mon 10:00 received", at: "Mon 12:40",
			clocks: `resolution dropped 0h10 of 8, 7h50 left, ended Mon 12:10
first_answer dropped 0h10 of 1, 0h50 left, ended Mon 12:10
customer dropped 0h10, ended Mon 12:10`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			ours, theirs := &Watch{Terms: standard(t)}, &Watch{Terms: standard(t)}
			tell(t, ours, tc.ours)
			tell(t, theirs, tc.theirs)
			kept := clocks(theirs, when(t, tc.at))
			ours.Joined(theirs, when(t, tc.at))
			if diff := cmp.Diff(tc.clocks, clocks(ours, when(t, tc.at))); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(kept, clocks(theirs, when(t, tc.at))); diff != "" {
				t.Errorf("the other changed\n%s", diff)
			}
		})
	}
}

func TestWhoWasAnsweredElsewhereWaitsForTheNextAnswer(t *testing.T) {
	ours, theirs := &Watch{Terms: standard(t)}, &Watch{Terms: standard(t)}
	tell(t, ours, "Mon 10:00 opened")
	tell(t, theirs, "Mon 09:30 received\nMon 09:40 staff")
	ours.Joined(theirs, when(t, "Mon 10:40"))
	_, now := tell(t, ours, "Mon 11:00 customer")
	want := `resolution running 1 of 8, 7 left, due Tue 10:00
customer running 1h30
next_answer running 0 of 2, 2 left, due Mon 13:00`
	if diff := cmp.Diff(want, clocks(ours, now)); diff != "" {
		t.Error(diff)
	}
}

func TestMergedAndPartedAgain(t *testing.T) {
	w := &Watch{Terms: standard(t)}
	_, now := tell(t, w, "Mon 10:00 received\nMon 10:20 closed merged\nMon 12:20 open\nMon 12:30 tick")
	want := `resolution running 0h30 of 8, 7h30 left, due Tue 12:00
first_answer running 0h30 of 1, 0h30 left, due Mon 13:00
customer running 2h30`
	if diff := cmp.Diff(want, clocks(w, now)); diff != "" {
		t.Error(diff)
	}
}

func TestNext(t *testing.T) {
	for name, tc := range map[string]struct{ story, next string }{
		"nothing happened yet":                     {"", "never"},
		"first the warning":                        {"Mon 10:00 received", "Mon 10:45"},
		"then the breach":                          {"Mon 10:00 received\nMon 10:45 tick", "Mon 11:00"},
		"then the other clock":                     {"Mon 10:00 received\nMon 10:45 tick\nMon 11:00 tick", "Mon 16:00"},
		"paused, nothing comes by itself":          {"Mon 10:00 received\nMon 10:30 staff\nMon 10:30 pending", "never"},
		"closed, nothing comes at all":             {"Mon 10:00 received\nMon 10:30 closed spam", "never"},
		"all breached, nothing more to tell":       {"Mon 10:00 received\nFri 12:00 tick", "never"},
		"over the weekend":                         {"Fri 16:30 received", "+Mon 09:15"},
		"the warning that was passed over is past": {"Mon 10:00 received\nMon 10:50 urgent", "Mon 13:00"},
	} {
		t.Run(name, func(t *testing.T) {
			w := &Watch{Terms: standard(t)}
			tell(t, w, tc.story)
			if got := say(w.Next()); got != tc.next {
				t.Errorf("next %s, want %s", got, tc.next)
			}
		})
	}
}

func TestWarnBeforeByTime(t *testing.T) {
	terms := standard(t)
	terms.Policy.Warn = Lead{Before: 10 * time.Minute}
	w := &Watch{Terms: terms}
	tell(t, w, "Fri 16:55 received")
	if got := say(w.Next()); got != "+Mon 09:45" {
		t.Errorf("warned %s, want ten working minutes before +Mon 09:55", got)
	}
	terms.Policy.Warn = Lead{}
	w = &Watch{Terms: terms}
	tell(t, w, "Fri 16:55 received")
	if got := say(w.Next()); got != "+Mon 09:55" {
		t.Errorf("next %s, want the due moment: nobody asked for a warning", got)
	}
}
