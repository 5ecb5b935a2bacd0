package recovery

import (
	"fmt"
	"slices"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/recovery/approvals"
	"github.com/hearthdesk/hearth/rooms/recovery/authority"
	"github.com/hearthdesk/hearth/rooms/recovery/board"
	"github.com/hearthdesk/hearth/rooms/recovery/followup"
	"github.com/hearthdesk/hearth/rooms/recovery/handovers"
	"github.com/hearthdesk/hearth/rooms/recovery/remedies"
	"github.com/hearthdesk/hearth/rooms/recovery/stages"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// Whole is a complaint with all that belongs to it, as colleagues see it.
type Whole struct {
	Complaint
	Subject      string          `json:"subject,omitempty" doc:"of its ticket"`
	Number       int64           `json:"number,omitempty" doc:"of its ticket"`
	CustomerName string          `json:"customer_name,omitempty"`
	OwnerName    string          `json:"owner_name,omitempty"`
	Todo         []Todo          `json:"todo" nullable:"false" doc:"what this stage asks for"`
	Stages       []Stay          `json:"stages" nullable:"false" doc:"as it went through them, oldest first"`
	Handovers    []Handover      `json:"handovers" nullable:"false"`
	Reasons      []Reason        `json:"reasons,omitempty" doc:"why it was closed as mistaken"`
	FollowUps    []followup.Said `json:"follow_ups" nullable:"false" doc:"that they were asked whether it held, and what they said; oldest first"`
	Money
}

// Todo is something that a stage asks for.
type Todo struct {
	Check
	Done *Done `json:"done,omitempty"`
}

// Money is what was given and offered in a case, and what may be.
type Money struct {
	Last         ID                   `json:"complaint,omitzero" doc:"of a ticket: the complaint that is open, else the last"`
	Remedies     []Remedy             `json:"remedies" nullable:"false" doc:"given directly, asked for or taken back; those of offers stand there"`
	Offers       []Offer              `json:"offers" nullable:"false"`
	Questions    []Approval           `json:"approvals" nullable:"false"`
	RightMissing bool                 `json:"right_missing" doc:"there is something extra, and nothing that makes it right"`
	ExtraMissing bool                 `json:"extra_missing" doc:"it is made right, and nothing extra is given or offered yet"`
	Allowance    *authority.Allowance `json:"allowance,omitempty" doc:"what you may give; absent when your role gives nothing"`
	Closing      []Unfinished         `json:"closing" nullable:"false" enum:"not_in_follow_up,offer_open,asked_more,named" doc:"what would be left undone if its ticket were solved now: the complaint is not in follow-up; an offer waits for the customer; something more waits for a supervisor; the customer named something else"`
	Worth        []people.Worth       `json:"worth,omitempty" doc:"what this customer bought in all, beside the amount; for those who give"`
}

// Look shows a complaint to somebody who may see it.
func (room *Room) Look(tx *store.Tx, who web.Who, which ID) (w Whole, err error) {
	if w.Complaint, err = room.mine(tx, who, which); err != nil {
		return w, err
	}
	k, _, err := stages.Of(tx, w.Kind)
	if err != nil {
		return w, err
	}
	language, err := room.tongue(tx, who)
	if err != nil {
		return w, err
	}
	k = k.In(language)
	now, err := stay(tx, w.Complaint)
	if err != nil {
		return w, err
	}
	w.Todo = []Todo{}
	for _, c := range k.Plan(w.Stage).Checks {
		t := Todo{Check: c}
		if d, ok := now.Done[c.Key]; ok {
			t.Done = &d
		}
		w.Todo = append(w.Todo, t)
	}
	if w.Stages, err = stays(tx, which); err != nil {
		return w, err
	}
	if w.Handovers, err = handovers.Of(tx, which); err != nil {
		return w, err
	}
	if w.Reasons, err = reasons(tx, which); err != nil {
		return w, err
	}
	if w.FollowUps, err = followup.Of(tx, which); err != nil {
		return w, err
	}
	rows := []Row{{Complaint: w.Complaint}}
	if err := room.name(tx, rows); err != nil {
		return w, err
	}
	w.Subject, w.Number, w.CustomerName, w.OwnerName = rows[0].Subject, rows[0].Number, rows[0].CustomerName, rows[0].OwnerName
	w.Money, err = room.money(tx, who, matter{w.Complaint, w.Ticket, w.Customer, w.Team, w.Matter()})
	return w, err
}

// tongue is what who reads the workspace in: empty for a program of nobody's.
func (room *Room) tongue(tx *store.Tx, who web.Who) (string, error) {
	if who.Staff == 0 {
		return "", nil
	}
	m, err := room.staff.Load(tx, staff.ID(who.Staff))
	return string(m.Language), err
}

// kinds are those of complaints, in the language of who.
func (room *Room) kinds(tx *store.Tx, who web.Who) ([]Kind, error) {
	all, err := stages.Kinds(tx)
	if err != nil {
		return nil, err
	}
	language, err := room.tongue(tx, who)
	for i, k := range all {
		all[i] = k.In(language)
	}
	return all, err
}

// suggested is the catalogue of remedies, in the language of who.
func (room *Room) suggested(tx *store.Tx, who web.Who) ([]CatalogueItem, error) {
	all, err := remedies.Catalogue(tx)
	if err != nil {
		return nil, err
	}
	language, err := room.tongue(tx, who)
	for i, c := range all {
		if !c.Own {
			all[i].Label = stages.Said(language, "gift."+c.Key, c.Label)
		}
	}
	return all, err
}

// On is the complaint of a ticket that is open, else the last one.
func (room *Room) On(tx *store.Tx, who web.Who, ticket tickets.ID) (w Whole, err error) {
	if _, err := room.ticket(tx, who, ticket); err != nil {
		return w, err
	}
	which, ok, err := latestOn(tx, ticket)
	if err == nil && !ok {
		err = fault.New(fault.NotFound, "complaint.none", "There is no complaint on this ticket.")
	}
	if err != nil {
		return w, err
	}
	return room.Look(tx, who, which)
}

// Purse shows what was given and offered in a case, and what who may give there.
func (room *Room) Purse(tx *store.Tx, who web.Who, in Case) (m Money, err error) {
	found, err := room.of(tx, who, in)
	if err != nil {
		return m, err
	}
	if m, err = room.money(tx, who, found); err == nil && in.Ticket != 0 {
		m.Last, _, err = latestOn(tx, in.Ticket)
	}
	return m, err
}

func (room *Room) money(tx *store.Tx, who web.Who, in matter) (m Money, err error) {
	all, err := remedies.In(tx, in.name)
	if err != nil {
		return m, err
	}
	m.Remedies = []Remedy{}
	m.RightMissing, m.ExtraMissing = remedies.Parts(all)
	for _, r := range all {
		r.Dress(who)
		if r.Offer == 0 {
			m.Remedies = append(m.Remedies, r)
		}
	}
	if m.Offers, err = remedies.OffersIn(tx, in.name); err != nil {
		return m, err
	}
	for i := range m.Offers {
		for j := range m.Offers[i].Choices {
			m.Offers[i].Choices[j].Dress(who)
		}
	}
	m.Closing = unfinished(in.complaint, all, m.Offers)
	if m.Questions, err = approvals.On(tx, in.complaint.ID, in.ticket); err != nil {
		return m, err
	}
	for i := range m.Questions {
		m.Questions[i].Dress(who)
	}
	if who.May(web.Money) && who.Staff != 0 {
		a, err := room.allowance(tx, who, in.customer, in.name)
		if err != nil {
			return m, err
		}
		m.Allowance = &a
		m.Worth, err = room.people.Worth(tx, in.customer)
		return m, err
	}
	return m, nil
}

// Row is a complaint in a list.
type Row struct {
	Complaint
	Subject      string `json:"subject,omitempty" doc:"of its ticket"`
	Number       int64  `json:"number,omitempty" doc:"of its ticket"`
	CustomerName string `json:"customer_name,omitempty"`
	OwnerName    string `json:"owner_name,omitempty"`
}

// Filter says which complaints to list; what is zero filters nothing.
type Filter = board.Filter

// Board counts the open complaints who may see, by stage.
func (room *Room) Board(tx *store.Tx, who web.Who, f Filter) ([]board.Count, error) {
	return board.Counts(tx, who, f)
}

// List lists the complaints who may see, the newest first.
func (room *Room) List(tx *store.Tx, who web.Who, f Filter) (page web.Page[Row], err error) {
	where, args := f.Conditions(who)
	args = append(args, f.Limit)
	all, err := store.All[Complaint](tx, `SELECT `+columns+` FROM complaints WHERE `+where+fmt.Sprintf(` ORDER BY id DESC LIMIT $%d`, len(args)), args...)
	if err != nil {
		return page, err
	}
	page.Items = make([]Row, len(all))
	for i, c := range all {
		page.Items[i].Complaint = c
	}
	if len(all) == f.Limit {
		page.Next = all[len(all)-1].ID.String()
	}
	return page, room.name(tx, page.Items)
}

// name puts the names to complaints that lists show.
func (room *Room) name(tx *store.Tx, rows []Row) error {
	var ids []tickets.ID
	var owners []staff.ID
	for _, r := range rows {
		ids, owners = append(ids, r.Ticket), append(owners, r.Owner)
	}
	ids = slices.DeleteFunc(ids, func(t tickets.ID) bool { return t == 0 })
	names, err := room.staff.Names(tx, owners)
	if err != nil {
		return err
	}
	byID := map[tickets.ID]tickets.Ticket{}
	if len(ids) > 0 {
		all, err := room.tickets.Some(tx, ids)
		if err != nil {
			return err
		}
		for _, t := range all {
			byID[t.ID] = t
		}
	}
	called, err := room.called(tx, rows)
	for i := range rows {
		t := byID[rows[i].Ticket]
		rows[i].Subject, rows[i].Number, rows[i].CustomerName, rows[i].OwnerName = t.Subject, t.Number, called[rows[i].Customer], names[rows[i].Owner]
	}
	return err
}

// called is how to call the customers of complaints.
func (room *Room) called(tx *store.Tx, rows []Row) (map[people.ID]string, error) {
	var ids []people.ID
	for _, r := range rows {
		if r.Customer != 0 {
			ids = append(ids, r.Customer)
		}
	}
	return room.people.Names(tx, ids)
}
