package portal

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"html"
	"log/slog"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/hearthdesk/hearth/base/due"
	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/files"
	"github.com/hearthdesk/hearth/base/secret"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/base/words"
	"github.com/hearthdesk/hearth/rooms/clocks"
	"github.com/hearthdesk/hearth/rooms/conference"
	"github.com/hearthdesk/hearth/rooms/lexicon"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/promises"
	"github.com/hearthdesk/hearth/rooms/recovery"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Tables are those of this channel.
var Tables = store.Migrations{Room: "portal", FS: migrations}

// Words are what the pages say.
//
//go:embed words.*.json
var Words embed.FS

// House is what the channel stands on.
type House struct {
	Words    *words.Book
	DB       *store.DB
	Due      *due.Queue
	Files    files.Store
	Keys     *secret.Keys
	Staff    *staff.Room
	People   *people.Room
	Tickets  *tickets.Room
	Clocks   *clocks.Room
	Recovery *recovery.Room
	Promises *promises.Room

	Conference *conference.Room
	Lexicon    *lexicon.Room // reads what the pages are to say; without it nobody does

	Public string // address at which customers reach the desk; mails carry no links without one
	Log    *slog.Logger
}

// Room is the door to the customers' own pages.
type Room struct {
	words    *words.Book
	db       *store.DB
	due      *due.Queue
	files    files.Store
	keys     *secret.Keys
	staff    *staff.Room
	people   *people.Room
	tickets  *tickets.Room
	clocks   *clocks.Room
	recovery *recovery.Room
	promises *promises.Room

	conference *conference.Room
	lexicon    *lexicon.Room

	public string
	base   string // where links begin
	log    *slog.Logger
}

const asking = "my.ask"

// New furnishes the channel. Words, the queue and the files may be nil when only the routes are wanted.
func New(h House) *Room {
	room := &Room{
		words: h.Words, db: h.DB, due: h.Due, files: h.Files, keys: h.Keys, staff: h.Staff, people: h.People, tickets: h.Tickets, clocks: h.Clocks,
		recovery: h.Recovery, promises: h.Promises, conference: h.Conference, lexicon: h.Lexicon, public: strings.TrimSuffix(h.Public, "/"), log: h.Log,
	}
	room.base = room.public
	if room.log == nil {
		room.log = slog.Default()
	}
	if room.due != nil {
		room.due.HandleTx(asking, due.Policy{}, room.send)
		room.due.Every("my.forget", due.Interval(6*time.Hour), due.Policy{}, room.forget)
	}
	return room
}

// LinkTo says where the links that colleagues make begin, where no public address is set.
func (room *Room) LinkTo(base string) {
	if room.public == "" {
		room.base = strings.TrimSuffix(base, "/")
	}
}

// reader is somebody for whom no ticket is hidden: what a page shows is picked here, by its link.
func reader(a store.Actor) web.Who { return web.Who{Actor: a, Can: web.View, All: true} }

func hashOf(token string) string { return hex.EncodeToString(secret.Hash(token)) }

// make makes a link; the token is said once and kept nowhere.
func (room *Room) make(tx *store.Tx, c people.ID, t tickets.ID) (Link, string, error) {
	token, _ := secret.Token("my")
	l := Link{ID: store.NewID[linkKind](tx), Customer: c, Ticket: t, MadeAt: tx.Now(), UsedAt: tx.Now()}
	return l, token, insert(tx, l, hashOf(token))
}

// mailed makes the link of a mail. A mail that is tried again carries the same one: its secret is made of the message and
// of the server's key, so that it need not be kept and still there are not as many links as tries.
func (room *Room) mailed(tx *store.Tx, m tickets.MessageID, c people.ID, t tickets.ID) (string, error) {
	bits := room.keys.MAC("my.foot", []byte(strings.Join([]string{m.String(), c.String(), t.String()}, " ")))
	token := "my_" + base64.RawURLEncoding.EncodeToString(bits)
	l := Link{ID: store.NewID[linkKind](tx), Customer: c, Ticket: t, MadeAt: tx.Now(), UsedAt: tx.Now()}
	return token, insert(tx, l, hashOf(token))
}

func (room *Room) address(token string) string { return room.base + "/my/" + token }

// Handed is a link as whoever made it gets to see it, once.
type Handed struct {
	Link
	URL  string `json:"url" doc:"shown once; hand it to nobody but the customer"`
	Days int    `json:"days" doc:"without use, after which it opens nothing any more"`
}

// Link makes a link to a ticket for one of us to hand to its customer.
func (room *Room) Link(ctx context.Context, who web.Who, ticket tickets.ID) (h Handed, err error) {
	return h, room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		t, err := room.mine(tx, who, ticket)
		if err != nil {
			return err
		}
		if t.Ended == tickets.Spam || t.Ended == tickets.Merged {
			return noPage()
		}
		s, err := readSettings(tx)
		if err != nil {
			return err
		}
		l, token, err := room.make(tx, t.Customer, t.ID)
		if err != nil {
			return err
		}
		h = Handed{l, room.address(token), s.Days}
		return tx.Record(t.ID, Linked{l.ID, t.ID, t.Customer})
	})
}

// mine is a ticket that who may see; to everybody else it does not exist.
func (room *Room) mine(tx *store.Tx, who web.Who, ticket tickets.ID) (tickets.Ticket, error) {
	t, err := room.tickets.Look(tx, ticket)
	if err == nil && !room.tickets.Sees(who, t) {
		err = fault.New(fault.NotFound, "ticket.unknown", "There is no ticket %s, or it isn't yours to see.", ticket)
	}
	return t, err
}

// Gone says how many links open nothing any more.
type Gone struct {
	Revoked int64 `json:"revoked"`
}

// Revoke ends every link of a ticket's customer, also those to their other tickets: whoever has one may have the others.
func (room *Room) Revoke(ctx context.Context, who web.Who, ticket tickets.ID) (g Gone, err error) {
	return g, room.db.Write(ctx, who.Actor, func(tx *store.Tx) error {
		t, err := room.mine(tx, who, ticket)
		if err != nil {
			return err
		}
		g.Revoked, err = room.revokeCounted(tx, t.Customer, Revoked{Customer: t.Customer, Ticket: t.ID})
		return err
	})
}

func (room *Room) revokeAll(tx *store.Tx, c people.ID, e Revoked) error {
	_, err := room.revokeCounted(tx, c, e)
	return err
}

func (room *Room) revokeCounted(tx *store.Tx, c people.ID, e Revoked) (int64, error) {
	n, err := revoke(tx, c)
	if err != nil || n == 0 {
		return n, err
	}
	e.Links = n
	if e.Ticket != 0 {
		return n, tx.Record(e.Ticket, e)
	}
	return n, tx.Record(c, e)
}

// Links lists the links that open a ticket now.
func (room *Room) Links(tx *store.Tx, who web.Who, ticket tickets.ID) (all []Link, err error) {
	t, err := room.mine(tx, who, ticket)
	if err != nil {
		return nil, err
	}
	s, err := readSettings(tx)
	if err != nil {
		return nil, err
	}
	all, err = liveOf(tx, t.Customer, t.ID, tx.Now().AddDate(0, 0, -s.Days))
	return append([]Link{}, all...), err
}

// Ask is somebody asking for a link by their mail address. Whether it is known is looked up later, so that neither the
// answer nor the time it takes tells.
func (room *Room) Ask(ctx context.Context, address, language string, from netip.Addr) error {
	plain, err := people.PlainEmail(address)
	if err != nil {
		return fault.Field("email", "my.address", "This is not a mail address.")
	}
	return room.db.Write(ctx, store.System(Name), func(tx *store.Tx) error {
		s, err := readSettings(tx)
		if err == nil && !s.Asks {
			err = fault.New(fault.Denied, "my.no_asking", "Links are not sent from here; answer one of our mails instead.")
		}
		if err != nil {
			return err
		}
		n, err := count(tx, key("from", network(from)))
		if err != nil {
			return err
		}
		if n > mostAskedFrom {
			return web.SlowDown(time.Hour)
		}
		n, err = count(tx, key("address", plain))
		if err != nil || n > mostAsked { // who asked already has their mails; that there were some tells a stranger nothing
			return err
		}
		r := request{store.NewID[requestKind](tx), plain, language}
		return errors.Join(insertRequest(tx, r), room.due.Put(tx, asking, r.ID.String(), tx.Now(), nil))
	})
}

// key keeps addresses out of the table.
func key(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:])
}

// network is a place that one person can hold: an IPv4 address, or the 64 bits that a line gets in IPv6.
func network(ip netip.Addr) string {
	if ip.Is6() {
		if p, err := ip.WithZone("").Prefix(64); err == nil {
			return p.String()
		}
	}
	return ip.String()
}

// send mails a link to somebody who asked for one, if we know them: to that address alone, by their newest ticket.
func (room *Room) send(tx *store.Tx, j due.Job) error {
	r, ok, err := takeRequest(tx, j.Key)
	if err != nil || !ok || room.public == "" {
		return err
	}
	c, ok, err := room.people.Known(tx, r.Address)
	if err != nil || !ok {
		return err
	}
	t, ok, err := room.newest(tx, c)
	if err != nil || !ok {
		return err
	}
	say := tongue{book: room.words, lang: room.language(c.Language, r.Language)}
	m, err := room.tickets.Notify(tx, t.ID, "my_link", say.T("my.mail.subject"), say.T("my.mail.text", "greet", greet(c.Name), "name", c.Name), tickets.Party{Name: c.Name, Email: r.Address})
	if err != nil || m.ID == 0 || m.State == tickets.Kept {
		return err
	}
	return insertNotice(tx, m.ID)
}

// newest is the customer's newest ticket that has a page.
func (room *Room) newest(tx *store.Tx, c people.Customer) (tickets.Ticket, bool, error) {
	page, err := room.tickets.List(tx, reader(tx.By()), tickets.Filter{Customer: c.ID, Limit: 20})
	for _, t := range page.Items {
		if t.Ended != tickets.Spam && t.Ended != tickets.Merged {
			return t, true, err
		}
	}
	return tickets.Ticket{}, false, err
}

func greet(name string) string {
	if name == "" {
		return "nobody"
	}
	return "name"
}

// Foot puts under a mail that goes to nobody but the ticket's customer where to see how it stands. Each mail has a link of
// its own, for of the others only hashes are kept.
func (room *Room) Foot(ctx context.Context, locale string, t tickets.Ticket, m *tickets.Message) error {
	if room.public == "" || m.Kind != tickets.Out && m.Kind != tickets.Notice || t.Ended == tickets.Spam || t.Ended == tickets.Merged {
		return nil
	}
	var token, say string
	err := room.db.Write(ctx, store.System(Name), func(tx *store.Tx) (err error) {
		token, say, err = room.foot(tx, locale, t, *m)
		return err
	})
	if err != nil || token == "" {
		return err
	}
	at := room.address(token)
	m.Text += "\n\n" + say + ": " + at
	if m.HTML != "" {
		m.HTML += `<p><a href="` + html.EscapeString(at) + `">` + html.EscapeString(say) + `</a></p>`
	}
	return nil
}

// foot makes the link of a mail, and says what stands before it; none where the mail is to have none.
func (room *Room) foot(tx *store.Tx, locale string, t tickets.Ticket, m tickets.Message) (token, say string, err error) {
	c, err := room.people.Look(tx, t.Customer)
	if err != nil || !alone(c, m) {
		return "", "", err
	}
	all, err := opensAll(tx, m.ID)
	if err != nil {
		return "", "", err
	}
	if s, err := readSettings(tx); err != nil || !s.Mails && !all { // who asked for a link gets it
		return "", "", err
	}
	which, what := t.ID, "my.foot"
	if all {
		which, what = 0, "my.foot.all"
	}
	token, err = room.mailed(tx, m.ID, c.ID, which)
	return token, tongue{book: room.words, lang: room.language(c.Language, locale)}.T(what), err
}

// alone says whether a mail goes to addresses of the customer and to no other.
func alone(c people.Customer, m tickets.Message) bool {
	all := slices.Concat(m.To, m.Cc)
	return len(all) > 0 && !slices.ContainsFunc(all, func(p tickets.Party) bool { return !has(c, p.Email) })
}

// has says whether an address is one of the customer's.
func has(c people.Customer, email string) bool {
	plain, err := people.PlainEmail(email)
	return err == nil && slices.ContainsFunc(c.Reach, func(a people.Address) bool { return a.Kind == people.Email && a.Value == plain })
}

// forget drops links that open nothing any more, addresses of who asked and was never looked up, and counts of tries.
func (room *Room) forget(ctx context.Context) error {
	return room.db.Write(ctx, store.System(Name), func(tx *store.Tx) error {
		s, err := readSettings(tx)
		if err != nil {
			return err
		}
		now := tx.Now()
		return forget(tx, now.AddDate(0, 0, -max(s.Days, 30)), now.AddDate(0, 0, -30), now.Add(-2*time.Hour))
	})
}
