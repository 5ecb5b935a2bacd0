package tickets

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hearthdesk/hearth/base/fault"
)

var (
	nine = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	ten  = nine.Add(time.Hour)
)

func TestWhereATicketStands(t *testing.T) {
	for name, tc := range map[string]struct {
		from  Ticket
		to    Status
		ended Ended
		want  Ticket
		fault string
	}{
		"we think it is done":                  {Ticket{Status: Pending}, Resolved, "", Ticket{Status: Resolved, ResolvedAt: ten}, ""},
		"it was asked and nobody answered":     {Ticket{Status: Resolved, ResolvedAt: nine}, Closed, Silent, Ticket{Status: Closed, Ended: Silent, ResolvedAt: nine}, ""},
		"the customer said yes":                {Ticket{Status: Open}, Closed, Content, Ticket{Status: Closed, Ended: Content}, ""},
		"silence before anybody was asked":     {Ticket{Status: Open}, Closed, Silent, Ticket{Status: Open}, "ended.not_asked"},
		"closed without saying how":            {Ticket{Status: Open}, Closed, "", Ticket{Status: Open}, "ended.missing"},
		"ended without being closed":           {Ticket{Status: Open}, Pending, Content, Ticket{Status: Open}, "ended.early"},
		"nobody makes a ticket new again":      {Ticket{Status: Open}, Fresh, "", Ticket{Status: Open}, "status.new"},
		"no such status":                       {Ticket{Status: Open}, "done", "", Ticket{Status: Open}, "status.unknown"},
		"by hand nothing is merged":            {Ticket{Status: Open}, Closed, Merged, Ticket{Status: Open}, "ended.missing"},
		"a merged ticket stays so":             {Ticket{Status: Closed, Ended: Merged, MergedInto: 7}, Open, "", Ticket{Status: Closed, Ended: Merged, MergedInto: 7}, "ticket.merged"},
		"opened again":                         {Ticket{Status: Closed, Ended: Silent, ResolvedAt: nine}, Open, "", Ticket{Status: Open, Reopened: 1}, ""},
		"spam waits for nobody":                {Ticket{Status: Fresh, WaitingSince: nine}, Closed, Spam, Ticket{Status: Closed, Ended: Spam}, ""},
		"solving does not answer":              {Ticket{Status: Fresh, WaitingSince: nine}, Resolved, "", Ticket{Status: Resolved, WaitingSince: nine, ResolvedAt: ten}, ""},
		"waiting for a third party is no stop": {Ticket{Status: Open, WaitingSince: nine}, OnHold, "", Ticket{Status: OnHold, WaitingSince: nine}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got := tc.from
			err := got.stand(tc.to, tc.ended, ten)
			code := ""
			if f := fault.Of(err); f != nil {
				code = f.Code
			}
			if code != tc.fault {
				t.Errorf("fault %q, want %q", code, tc.fault)
			}
			if d := cmp.Diff(tc.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestHearingAndAnswering(t *testing.T) {
	for name, tc := range map[string]struct {
		from     Ticket
		machine  bool
		want     Ticket
		reopened bool
	}{
		"the first word":                    {Ticket{Status: Fresh}, false, Ticket{Status: Fresh, WaitingSince: ten, Heard: 1}, false},
		"a second one does not start anew":  {Ticket{Status: Fresh, WaitingSince: nine}, false, Ticket{Status: Fresh, WaitingSince: nine, Heard: 1}, false},
		"an answer to our answer":           {Ticket{Status: Pending}, false, Ticket{Status: Open, WaitingSince: ten, Heard: 1}, false},
		"what was solved is not":            {Ticket{Status: Resolved, ResolvedAt: nine}, false, Ticket{Status: Open, WaitingSince: ten, Reopened: 1, Heard: 1}, true},
		"what was closed is open":           {Ticket{Status: Closed, Ended: Content}, false, Ticket{Status: Open, WaitingSince: ten, Reopened: 1, Heard: 1}, true},
		"a vacation notice changes nothing": {Ticket{Status: Resolved, ResolvedAt: nine}, true, Ticket{Status: Resolved, ResolvedAt: nine}, false},
	} {
		t.Run(name, func(t *testing.T) {
			got := tc.from
			if r := got.hear(ten, tc.machine); r != tc.reopened {
				t.Errorf("reopened %v", r)
			}
			if d := cmp.Diff(tc.want, got); d != "" {
				t.Error(d)
			}
		})
	}
	tk := Ticket{Status: Fresh, WaitingSince: nine}
	first, err := tk.answer(ten)
	if d := cmp.Diff(Ticket{Status: Pending, AnsweredAt: ten}, tk); d != "" || !first || err != nil {
		t.Error(first, err, d)
	}
	if first, _ = tk.answer(ten.Add(time.Hour)); first || !tk.AnsweredAt.Equal(ten) {
		t.Error("a second answer counted as the first")
	}
}

// An answer from another program is read after the customer wrote on.
func TestAnAnswerReadLateLeavesWaitingWhatCameAfterIt(t *testing.T) {
	eleven := ten.Add(time.Hour)
	for name, tc := range map[string]struct {
		from         Ticket
		at, next     time.Time
		want         Ticket
		first, moved bool
	}{
		"it was the first":                  {Ticket{Status: Fresh, WaitingSince: nine}, ten, eleven, Ticket{Status: Open, WaitingSince: eleven, AnsweredAt: ten}, true, true},
		"it answered what waited first":     {Ticket{Status: Open, WaitingSince: nine, AnsweredAt: nine}, ten, eleven, Ticket{Status: Open, WaitingSince: eleven, AnsweredAt: nine}, false, true},
		"nothing waits any more":            {Ticket{Status: Pending, AnsweredAt: eleven}, nine, ten, Ticket{Status: Pending, AnsweredAt: nine}, false, false},
		"what waits was written long after": {Ticket{Status: Open, WaitingSince: eleven, AnsweredAt: nine}, nine, ten, Ticket{Status: Open, WaitingSince: eleven, AnsweredAt: nine}, false, false},
		"it is on hold":                     {Ticket{Status: OnHold, WaitingSince: nine, AnsweredAt: nine}, ten, eleven, Ticket{Status: OnHold, WaitingSince: eleven, AnsweredAt: nine}, false, true},
		"it is over":                        {Ticket{Status: Closed, Ended: Content, AnsweredAt: eleven}, nine, ten, Ticket{Status: Closed, Ended: Content, AnsweredAt: nine}, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			got := tc.from
			first, moved, err := got.answeredThen(tc.at, tc.next)
			if d := cmp.Diff(tc.want, got); d != "" || first != tc.first || moved != tc.moved || err != nil {
				t.Error(first, moved, err, d)
			}
		})
	}
	merged := Ticket{Status: Closed, Ended: Merged}
	if _, _, err := merged.answeredThen(nine, ten); fault.Of(err) == nil {
		t.Errorf("a merged ticket was answered: %v", err)
	}
}

func TestCustomFieldsTakeWhatFits(t *testing.T) {
	field := func(k FieldType) Field { return Field{Key: "f", Label: "F", Kind: k, Choices: []string{"oak", "ash"}} }
	for name, tc := range map[string]struct {
		field FieldType
		value any
		ok    bool
	}{
		"text": {TextField, "x", true}, "no text": {TextField, 1.0, false},
		"a number": {NumberField, 1.5, true}, "no number": {NumberField, "1.5", false},
		"a date": {DateField, "2028-02-29", true}, "no such day": {DateField, "2027-02-29", false},
		"yes": {YesNoField, true, true}, "maybe": {YesNoField, "maybe", false},
		"a choice": {ChoiceField, "oak", true}, "no such choice": {ChoiceField, "elm", false},
	} {
		t.Run(name, func(t *testing.T) {
			if err := field(tc.field).accepts(tc.value); (err == nil) != tc.ok {
				t.Error(err)
			}
		})
	}
}
