package demo

import (
	"context"
	"crypto/rand"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/channels/email"
	"github.com/hearthdesk/hearth/rooms/clocks"
	"github.com/hearthdesk/hearth/rooms/hours"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

// colleague is one of those who work at Hobbin & Wick.
type colleague struct {
	first, name, role string
	teams             []string
	german            bool // answers in German too
	id                staff.ID
	who               web.Who
}

// roster is everybody, the owner first. Those who answer customers are agents and supervisors.
func roster() []*colleague {
	return []*colleague{
		{first: "Ida", name: "Ida Hobbin", role: "owner", german: true},
		{first: "Nils", name: "Nils Kerzenmacher", role: "admin", german: true},
		{first: "Ottilie", name: "Ottilie Brandungen", role: "supervisor", teams: []string{"desk", "delivery"}, german: true},
		{first: "Joost", name: "Joost Veldlicht", role: "supervisor", teams: []string{"workshop", "trade"}, german: true},
		{first: "Maren", name: "Maren Tidewell", role: "agent", teams: []string{"desk", "delivery"}, german: true},
		{first: "Samir", name: "Samir Okafor-Lind", role: "agent", teams: []string{"desk"}},
		{first: "Priya", name: "Priya Halloran", role: "agent", teams: []string{"desk"}},
		{first: "Tilda", name: "Tilda Rosenbusch", role: "agent", teams: []string{"workshop"}, german: true},
		{first: "Femke", name: "Femke Zandloper", role: "agent", teams: []string{"delivery"}, german: true},
		{first: "Casimir", name: "Casimir Oakley", role: "agent", teams: []string{"trade", "workshop"}, german: true},
		{first: "Ludo", name: "Ludo Wick", role: "leader", german: true},
		{first: "Theo", name: "Theo Quill", role: "light", teams: []string{"delivery"}, german: true},
	}
}

// team is how the teams are called in scenes and by people.
func teams() []word {
	return []word{{"desk", "Front desk"}, {"workshop", "Workshop"}, {"delivery", "Deliveries"}, {"trade", "Trade"}}
}

// company is the house once it is furnished.
type company struct {
	staff    []*colleague
	teams    map[string]staff.TeamID
	boxes    map[string]email.Mailbox // by the local part of their address
	open     *hours.Timetable
	password string
	token    string
	house    web.Who
}

const domain = "hobbinwick.example.com"

// found enters the company: people, teams, mailboxes, hours, targets, types and fields.
func found(ctx context.Context, d Deps) (*company, error) {
	c := &company{staff: roster(), teams: map[string]staff.TeamID{}, boxes: map[string]email.Mailbox{}}
	c.house = web.Everything(store.Actor{Kind: store.SystemKind, ID: "sample", Via: "cli"})
	for _, step := range []func(context.Context, Deps) error{c.hire, c.settle, c.promise, c.connect, c.sort} {
		if err := step(ctx, d); err != nil {
			return nil, err
		}
	}
	return c, nil
}

func (c *company) hire(ctx context.Context, d Deps) error {
	for _, t := range teams() {
		made, err := d.Staff.AddTeam(ctx, c.house, t.de)
		if err != nil {
			return err
		}
		c.teams[t.en] = made.ID
	}
	var err error
	if c.password, err = passphrase(); err != nil {
		return err
	}
	for _, p := range c.staff {
		n := staff.Newcomer{Email: p.email(), Name: p.name, Role: p.role, Password: c.password, Language: staff.English}
		if p.german && len(p.teams) > 0 {
			n.Language = staff.German
		}
		for _, t := range p.teams {
			n.Teams = append(n.Teams, c.teams[t])
		}
		m, _, err := d.Staff.Add(ctx, c.house, n)
		if err != nil {
			return err
		}
		p.id = m.ID
		if err := d.DB.Read(ctx, func(tx *store.Tx) error { p.who, err = d.Staff.Who(tx, p.id); return err }); err != nil {
			return err
		}
		p.who.Actor.Via = "web"
	}
	minted, err := d.Staff.CreateToken(ctx, c.house, c.staff[0].id, "sample company", nil)
	c.token = minted.Secret
	return err
}

func (p *colleague) email() string { return strings.ToLower(p.first) + "@" + domain }

// passphrase is three words and a number, made anew for each house: a sample company may stand where others can reach it.
func passphrase() (string, error) {
	list := strings.Fields("amber anvil apron basket beech birch bobbin brass bristle candle cedar chisel copper cotton damson ember fennel ferry flint " +
		"gable garnet glaze hazel heather hinge indigo juniper kettle ladder lantern larch linen lintel mallet maple meadow mitre oakum orchard otter " +
		"parlour pebble pewter plane quarry quilt rafter ribbon rowan rudder saddle satchel sorrel spindle spruce tallow thimble thistle timber trestle velvet walnut wicker willow")
	words := make([]string, 4)
	for i := range words {
		n, err := rand.Int(rand.Reader, big.NewInt(int64(len(list))))
		if err != nil {
			return "", err
		}
		words[i] = list[n.Int64()]
	}
	return strings.Join(words, "-"), nil
}

// settle says when the company is there.
func (c *company) settle(ctx context.Context, d Deps) error {
	var cal hours.Calendar
	err := d.DB.Read(ctx, func(tx *store.Tx) (err error) { cal, err = d.Hours.Default(tx); return err })
	if err != nil {
		return err
	}
	name, zone := "Tram depot", "Europe/Berlin"
	var week [7][]hours.Span
	for day := 1; day <= 5; day++ {
		week[day] = []hours.Span{{From: 9 * 60, To: 18 * 60}}
	}
	week[6] = []hours.Span{{From: 10 * 60, To: 14 * 60}}
	if cal, err = d.Hours.Change(ctx, c.house, cal.ID, hours.Change{Name: &name, Zone: &zone, Week: &week}); err != nil {
		return err
	}
	c.open, err = cal.Timetable()
	return err
}

// promise sets the targets: what is dangerous within an hour, what is urgent within three, everything else the same day.
func (c *company) promise(ctx context.Context, d Deps) error {
	for _, t := range []clocks.Target{
		{Name: "Safety", When: clocks.Conditions{Tags: []string{"safety"}}, Targets: clocks.Minutes{FirstAnswer: 60, NextAnswer: 60, Resolution: 5 * 540}, Warn: clocks.Ahead{Before: 20}},
		{Name: "High and urgent", When: clocks.Conditions{Priorities: []string{"high", "urgent"}}, Targets: clocks.Minutes{FirstAnswer: 180, NextAnswer: 240, Resolution: 6 * 540}, Warn: clocks.Ahead{Percent: 25}, HoldPauses: true},
		{Name: "Trade", When: clocks.Conditions{Teams: []string{c.teams["trade"].String()}}, Targets: clocks.Minutes{FirstAnswer: 360, NextAnswer: 540}, Warn: clocks.Ahead{Percent: 25}},
	} {
		if _, err := d.Clocks.Add(ctx, c.house, t); err != nil {
			return err
		}
	}
	return nil
}

// connect opens the mailboxes. The built-in receiver takes their mail; what goes out goes to the outbox (Outbox).
func (c *company) connect(ctx context.Context, d Deps) error {
	for _, b := range []email.Mailbox{
		{Address: "hello@" + domain, Name: "Hobbin & Wick", Team: c.teams["desk"], Options: email.Options{Acknowledge: true, Locale: "en", MaxBytes: 5 << 20}},
		{Address: "hallo@" + domain, Name: "Hobbin & Wick", Team: c.teams["desk"], Options: email.Options{Acknowledge: true, Locale: "de", MaxBytes: 5 << 20}},
		{Address: "repairs@" + domain, Aliases: []string{"reparatur@" + domain}, Name: "Hobbin & Wick Repairs", Team: c.teams["workshop"], Options: email.Options{Locale: "en", MaxBytes: 5 << 20}},
	} {
		b.SMTP = "smtp://" + outboxAt
		made, err := d.Email.Connect(ctx, c.house, b, email.Secrets{})
		if err != nil {
			return err
		}
		local, _, _ := strings.Cut(b.Address, "@")
		c.boxes[local] = made
	}
	return nil
}

// sort sets up what tickets are sorted by, and enters the companies among the customers.
func (c *company) sort(ctx context.Context, d Deps) error {
	for _, t := range []tickets.Type{
		{Key: "question", Label: "Question"},
		{Key: "order", Label: "Order"},
		{Key: "delivery", Label: "Delivery"},
		{Key: "repair", Label: "Repair"},
		{Key: "return", Label: "Return"},
		{Key: "invoice", Label: "Invoice and payment"},
		{Key: "trade", Label: "Trade"},
		{Key: "praise", Label: "Praise and complaint"},
	} {
		if _, err := d.Tickets.SetType(ctx, c.house, t); err != nil {
			return err
		}
	}
	var choices []string
	for _, w := range woods() {
		choices = append(choices, w.en)
	}
	for _, f := range []tickets.Field{
		{Key: "order_number", Label: "Order number", Kind: tickets.TextField},
		{Key: "wood", Label: "Wood", Kind: tickets.ChoiceField, Choices: choices},
		{Key: "promised_for", Label: "Promised for", Kind: tickets.DateField},
		{Key: "under_warranty", Label: "Under warranty", Kind: tickets.YesNoField},
		{Key: "refund", Label: "Refund in euros", Kind: tickets.NumberField, Types: []string{"return", "delivery", "invoice"}},
	} {
		if _, err := d.Tickets.SetField(ctx, c.house, f); err != nil {
			return err
		}
	}
	for _, f := range firms() {
		if _, err := d.People.Found(ctx, c.house, f.name, f.domain); err != nil {
			return err
		}
	}
	return nil
}

// admin looks after the settings.
func (c *company) admin() *colleague {
	return c.staff[max(0, slices.IndexFunc(c.staff, func(p *colleague) bool { return p.first == "Nils" }))]
}

// signIns names one person for each role.
func (c *company) signIns() (all []SignIn) {
	seen := map[string]bool{}
	for _, p := range c.staff {
		if !seen[p.role] {
			all = append(all, SignIn{Role: p.role, Name: p.name, Email: p.email(), Password: c.password})
		}
		seen[p.role] = true
	}
	return all
}

// introduce writes on a customer's card what the desk knows of them.
func introduce(ctx context.Context, d Deps, by web.Who, id people.ID, c *customer, memo string) error {
	ch := people.Change{Language: &c.lang}
	if c.title != "" {
		ch.Title = &c.title
	}
	if memo != "" {
		ch.Note = &memo
	}
	if _, err := d.People.Correct(ctx, by, id, ch); err != nil {
		return fmt.Errorf("the card of %s: %w", c.name(), err)
	}
	if c.phone == "" {
		return nil
	}
	_, err := d.People.Reach(ctx, by, id, people.Sender{Phone: c.phone})
	if f := fault.Of(err); f != nil && f.Kind == fault.Conflict { // they rang before
		return nil
	}
	return err
}
