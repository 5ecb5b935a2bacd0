package email

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/secret"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
)

type boxIn struct {
	ID tickets.MailboxID `path:"id"`
}

type connectIn struct {
	Body struct {
		Address  string       `json:"address" maxLength:"320"`
		Aliases  []string     `json:"aliases,omitempty" maxItems:"50"`
		Name     string       `json:"name,omitempty" maxLength:"200"`
		Team     staff.TeamID `json:"team,omitempty"`
		IMAP     string       `json:"imap,omitempty" maxLength:"500"`
		SMTP     string       `json:"smtp,omitempty" maxLength:"500"`
		Options  Options      `json:"options,omitzero"`
		Password string       `json:"password,omitempty" maxLength:"1000" doc:"kept encrypted, never shown"`
		OAuth    *OAuth       `json:"oauth,omitempty"`
		DKIMKey  string       `json:"dkim_key,omitempty" maxLength:"20000" doc:"a private key in PEM form; kept encrypted, never shown"`
	}
}

// OAuth is the consent a mail provider gave for a mailbox (XOAUTH2).
type OAuth struct {
	RefreshToken string `json:"refresh_token" maxLength:"10000"`
	ClientID     string `json:"client_id" maxLength:"500"`
	ClientSecret string `json:"client_secret,omitempty" maxLength:"500"`
	TokenURL     string `json:"token_url" format:"uri" maxLength:"500"`
}

func secretsFrom(password, dkimKey string, o *OAuth) Secrets {
	s := Secrets{Password: password, DKIMKey: dkimKey}
	if o != nil {
		s.RefreshToken, s.ClientID, s.ClientSecret, s.TokenURL = o.RefreshToken, o.ClientID, o.ClientSecret, o.TokenURL
	}
	return s
}

type changeIn struct {
	ID   tickets.MailboxID `path:"id"`
	Body struct {
		Settings
		Password string `json:"password,omitempty" maxLength:"1000"`
		OAuth    *OAuth `json:"oauth,omitempty"`
		DKIMKey  string `json:"dkim_key,omitempty" maxLength:"20000"`
	}
}

type ledgerIn struct {
	State string   `query:"state" doc:"one or several, separated by commas; repair for what waits for a person"`
	After LedgerID `query:"after"`
	Limit int      `query:"limit" default:"50" minimum:"1" maximum:"200"`
}

// Routes is what the web may ask of this channel.
func (room *Room) Routes(api *web.API) {
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/mail/mailboxes", Needs: web.View, Say: "List the mailboxes"},
		func(ctx context.Context, _ web.Who, _ *struct{}) (page web.Page[Mailbox], err error) {
			return page, room.db.Read(ctx, func(tx *store.Tx) error { page.Items, err = boxes(tx); return err })
		})
	web.Handle(api, web.Route{Method: http.MethodPost, Path: "/mail/mailboxes", Needs: web.Settings, Say: "Connect a mailbox", Status: http.StatusCreated},
		func(ctx context.Context, who web.Who, in *connectIn) (Mailbox, error) {
			b := in.Body
			m := Mailbox{Address: b.Address, Aliases: b.Aliases, Name: b.Name, Team: b.Team, IMAP: b.IMAP, SMTP: b.SMTP, Options: b.Options}
			return room.Connect(ctx, who, m, secretsFrom(b.Password, b.DKIMKey, b.OAuth))
		})
	web.Handle(api, web.Route{Method: http.MethodPatch, Path: "/mail/mailboxes/{id}", Needs: web.Settings, Say: "Change a mailbox"},
		func(ctx context.Context, who web.Who, in *changeIn) (Mailbox, error) {
			b := in.Body
			return room.Change(ctx, who, in.ID, b.Settings, secretsFrom(b.Password, b.DKIMKey, b.OAuth))
		})
	web.Handle(api, web.Route{Method: http.MethodDelete, Path: "/mail/mailboxes/{id}", Needs: web.Settings, Say: "Remove a mailbox; its tickets stay"},
		func(ctx context.Context, who web.Who, in *boxIn) (web.None, error) {
			return web.None{OK: true}, room.Disconnect(ctx, who, in.ID)
		})
	room.setupRoutes(api)
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/mail/health", Needs: web.View, Say: "How reading the mailboxes goes"},
		func(ctx context.Context, _ web.Who, _ *struct{}) (page web.Page[Health], err error) {
			return page, room.db.Read(ctx, func(tx *store.Tx) error { page.Items, err = room.Health(tx); return err })
		})
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/mail/ledger", Needs: web.View, Say: "List the mails that came in, and where they went"}, room.ledger)
	web.Handle(api, web.Route{Method: http.MethodPost, Path: "/mail/ledger/{id}/repair", Needs: web.Act, Say: "Decide about a mail that waits"},
		func(ctx context.Context, who web.Who, in *struct {
			ID   LedgerID `path:"id"`
			Body Repair
		},
		) (Entry, error) {
			return room.Repair(ctx, who, in.ID, in.Body)
		})
	web.Raw(api, web.Route{Method: http.MethodGet, Path: "/mail/ledger/{id}/raw", Needs: web.View, Say: "Read the bytes of a mail as they came, but for the secrets of links to a customer's own page", Gives: "application/octet-stream"}, room.raw)
}

var allStates = []State{Fetched, Stored, Filed, Waiting, SetAside, Failed, Repaired, Discarded} //nolint:gochecknoglobals // a constant list

func (room *Room) ledger(ctx context.Context, who web.Who, in *ledgerIn) (page web.Page[Entry], err error) {
	var states []State
	for s := range strings.SplitSeq(in.State, ",") {
		switch {
		case s == "":
		case s == "repair":
			states = append(states, Waiting, Failed)
		case slices.Contains(allStates, State(s)):
			states = append(states, State(s))
		default:
			return page, fault.Field("state", "state.unknown", "There is no state %q of a mail.", s)
		}
	}
	if len(states) == 0 {
		states = allStates
	}
	return page, room.db.Read(ctx, func(tx *store.Tx) error {
		if page.Items, err = room.Ledger(tx, states, in.After, in.Limit); err != nil {
			return err
		}
		if len(page.Items) == in.Limit {
			page.Next = page.Items[in.Limit-1].ID.String()
		}
		page.Items, err = room.seenBy(tx, who, page.Items)
		return err
	})
}

// seenBy leaves out what somebody may not see: mails of tickets that are not theirs, and those in no ticket of mailboxes whose
// team they are not in.
func (room *Room) seenBy(tx *store.Tx, who web.Who, all []Entry) ([]Entry, error) {
	list, err := boxes(tx)
	if err != nil {
		return nil, err
	}
	filed := make([]tickets.ID, len(all))
	for i, e := range all {
		filed[i] = e.Ticket
	}
	filed, err = room.tickets.Seen(tx, who, filed)
	return slices.DeleteFunc(all, func(e Entry) bool {
		if e.Ticket != 0 {
			return !slices.Contains(filed, e.Ticket)
		}
		i := slices.IndexFunc(list, func(m Mailbox) bool { return m.ID == e.Mailbox })
		return !who.All && (i < 0 || !who.Sees(int64(list[i].Team))) // whose the mails of a mailbox were that was removed is not known
	}), err
}

func (room *Room) raw(w http.ResponseWriter, r *http.Request, who web.Who) error {
	var l LedgerID
	if err := l.UnmarshalText([]byte(r.PathValue("id"))); err != nil {
		return err
	}
	var e Entry
	err := room.db.Read(r.Context(), func(tx *store.Tx) (err error) {
		if e, err = entry(tx, l); err != nil {
			return err
		}
		mine, err := room.seenBy(tx, who, []Entry{e})
		if err == nil && (len(mine) == 0 || e.SHA256 == "") {
			err = fault.New(fault.NotFound, "mail.unknown", "There are no bytes of a mail %s, or they aren't yours to see.", l)
		}
		return err
	})
	if err != nil {
		return err
	}
	raw, err := room.bytes(r.Context(), e.SHA256)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Disposition", `attachment; filename="`+l.String()+`.eml"`)
	_, err = w.Write(secret.BlotMail("my", raw)) // who has a customer's link acts as them
	return err
}

// nobodysTeam is one that no member of staff is in.
const nobodysTeam = -1

// Audience says who may see an entry of the journal about mail: whoever may see the ticket it names, or else the mailbox.
func (room *Room) Audience(tx *store.Tx, e store.Entry) (web.Audience, error) {
	var about struct {
		Mailbox tickets.MailboxID `json:"mailbox"`
		Ticket  tickets.ID        `json:"ticket"`
	}
	closed := web.Audience{Needs: web.View, Team: nobodysTeam} // to all but those who see every team's
	if err := json.Unmarshal(e.Body, &about); err != nil {
		return closed, err
	}
	if about.Ticket != 0 {
		some, err := room.tickets.Some(tx, []tickets.ID{about.Ticket})
		if err != nil || len(some) > 0 {
			a := closed
			for _, t := range some {
				a.Team, a.Staff = int64(t.Team), int64(t.Assignee)
			}
			return a, err
		}
	}
	m, err := loadBox(tx, about.Mailbox)
	if fault.KindOf(err) == fault.NotFound { // whose the mails of a mailbox were that was removed is not known
		return closed, nil
	}
	if err != nil {
		return closed, err
	}
	return web.Audience{Needs: web.View, Team: int64(m.Team)}, nil
}
