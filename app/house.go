package app

import (
	"context"
	"errors"
	"strings"

	"github.com/hearthdesk/hearth/base/bus"
	"github.com/hearthdesk/hearth/base/due"
	"github.com/hearthdesk/hearth/base/files"
	"github.com/hearthdesk/hearth/base/live"
	"github.com/hearthdesk/hearth/base/push"
	"github.com/hearthdesk/hearth/base/search"
	"github.com/hearthdesk/hearth/base/secret"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
	"github.com/hearthdesk/hearth/base/words"
	"github.com/hearthdesk/hearth/channels/email"
	"github.com/hearthdesk/hearth/channels/portal"
	phones "github.com/hearthdesk/hearth/channels/push"
	"github.com/hearthdesk/hearth/channels/tell"
	"github.com/hearthdesk/hearth/rooms/clocks"
	"github.com/hearthdesk/hearth/rooms/conference"
	"github.com/hearthdesk/hearth/rooms/hours"
	"github.com/hearthdesk/hearth/rooms/lexicon"
	"github.com/hearthdesk/hearth/rooms/lexicon/declined"
	"github.com/hearthdesk/hearth/rooms/people"
	"github.com/hearthdesk/hearth/rooms/promises"
	"github.com/hearthdesk/hearth/rooms/recovery"
	"github.com/hearthdesk/hearth/rooms/recovery/ledger"
	"github.com/hearthdesk/hearth/rooms/staff"
	"github.com/hearthdesk/hearth/rooms/tickets"
	"github.com/hearthdesk/hearth/rooms/tickets/asked"
	"github.com/hearthdesk/hearth/rooms/tickets/drafts"
	pages "github.com/hearthdesk/hearth/web"
)

// House is the built program.
type House struct {
	Settings   Settings
	DB         *store.DB
	Due        *due.Queue
	Bus        *bus.Bus
	Files      files.Store
	Keys       *secret.Keys
	Words      *words.Book
	Live       *live.Hub
	Staff      *staff.Room
	Hours      *hours.Room
	People     *people.Room
	Lexicon    *lexicon.Room
	Tickets    *tickets.Room
	Drafts     *drafts.Room
	Clocks     *clocks.Room
	Recovery   *recovery.Room
	Promises   *promises.Room
	Conference *conference.Room
	Email      *email.Room
	Portal     *portal.Room
	Tell       *tell.Room
	Push       *push.Sender
	Phones     *phones.Room
	API        *web.API
	Pages      *web.Workspace
	Followers  []*store.Follower

	metrics *metrics
}

// Tables are those of every room, in rank order.
func Tables() []store.Migrations {
	return []store.Migrations{web.Tables, due.Tables, search.Tables, push.Tables, staff.Tables, hours.Tables, people.Tables, lexicon.Tables, tickets.Tables, clocks.Tables, ledger.Tables, recovery.Tables, promises.Tables, conference.Tables, email.Tables, portal.Tables, tell.Tables}
}

// Build furnishes the rooms from the ground up. Nothing runs yet; Close undoes it.
func Build(ctx context.Context, s Settings) (h *House, err error) {
	if err := s.prepare(); err != nil {
		return nil, err
	}
	h = &House{Settings: s}
	defer func() {
		if err != nil {
			err = errors.Join(err, h.Close())
		}
	}()
	if err = s.usable(); err != nil {
		return h, err
	}
	if h.Words, err = words.New(email.Words, portal.Words, conference.Words, tell.Words, phones.Words); err != nil {
		return h, err
	}
	if h.Keys, err = secret.Load(s.Data, s.SecretKey); err != nil {
		return h, err
	}
	if h.Files, err = files.Open(ctx, s.BlobURL, s.blobs()); err != nil {
		return h, err
	}
	if h.DB, err = store.Open(ctx, store.Options{URL: s.database(), Now: s.Now, Strict: s.Strict, Log: s.log(), Hasty: s.Hasty, Past: s.past()}, Tables()...); err != nil {
		return h, s.unopened(err)
	}
	if h.Pages, err = web.NewWorkspace(pages.Dist()); err != nil {
		return h, err
	}
	h.furnish()
	return h, nil
}

// Outline is a house without a database, good for its OpenAPI document.
func Outline(version string) *House {
	h := &House{Settings: Settings{Version: version}}
	h.furnish()
	return h
}

func (h *House) furnish() {
	s := h.Settings
	h.metrics = newMetrics()
	if h.DB != nil {
		h.Due = due.New(h.DB, s.log())
	}
	h.Staff = staff.New(h.DB, staff.Options{BaseURL: s.baseURL(s.Listen), Log: s.log()})
	h.API = web.New(web.Config{DB: h.DB, Auth: h.Staff.Authenticate, Origins: origins(s.BaseURL), Version: s.Version, Log: s.log(), Observe: h.metrics.request})
	h.Hours = hours.New(h.DB)
	h.People = people.New(h.DB, s.Region)
	h.Lexicon = lexicon.New(h.DB, h.situation)
	h.Tickets = tickets.New(h.DB, h.Staff, h.People, h.Lexicon, h.Files, h.besideTickets)
	h.Drafts = drafts.New(h.DB, h.Tickets, h.Staff, h.Due)
	h.Clocks = clocks.New(h.DB, h.Due, h.Hours, h.Tickets)
	h.Recovery = recovery.New(h.DB, h.Due, h.Staff, h.Hours, h.People, h.Tickets)
	h.Promises = promises.New(h.DB, h.Due, h.Staff, h.Hours, h.People, h.Tickets, h.Recovery)
	h.Conference = conference.New(conference.House{Words: h.Words, DB: h.DB, Due: h.Due, Files: h.Files, Staff: h.Staff, Hours: h.Hours, People: h.People, Tickets: h.Tickets})
	h.Portal = portal.New(portal.House{
		Words: h.Words, DB: h.DB, Due: h.Due, Files: h.Files, Keys: h.Keys, Staff: h.Staff, People: h.People, Tickets: h.Tickets, Clocks: h.Clocks,
		Recovery: h.Recovery, Promises: h.Promises, Conference: h.Conference, Lexicon: h.Lexicon, Public: s.BaseURL, Log: s.log(),
	})
	h.Portal.LinkTo(s.baseURL(s.Listen))
	h.Email = email.New(email.House{Words: h.Words, DB: h.DB, Due: h.Due, Files: h.Files, Keys: h.Keys, People: h.People, Lexicon: h.Lexicon, Tickets: h.Tickets, Clocks: h.Clocks, Conference: h.Conference, Foot: h.Portal.Foot, Log: s.log()})
	h.Push = push.New(push.Config{
		DB: h.DB, Due: h.Due, Keys: h.Keys, Log: s.log(), Base: func() string { return h.Settings.baseURL(h.Settings.Listen) },
		Title: func(tx *store.Tx, staff, session int64, say string) (string, bool, error) {
			return h.Phones.Title(tx, staff, session, say)
		},
	})
	h.Tell = tell.New(tell.House{Words: h.Words, DB: h.DB, Due: h.Due, Files: h.Files, Staff: h.Staff, Hours: h.Hours, Tickets: h.Tickets, Recovery: h.Recovery, Push: h.Push})
	h.Tell.LinkTo(s.baseURL(s.Listen))
	h.Phones = phones.New(h.Words, h.Staff, h.Recovery, h.Push)
	h.Live = live.New(live.Config{
		DB: h.DB, Audience: h.audience, Doors: h.doors, Staff: func(n int64) string { return staff.ID(n).String() }, Auth: h.Staff.Authenticate, Log: s.log(),
	})

	h.Staff.Routes(h.API)
	h.Hours.Routes(h.API)
	h.People.Routes(h.API)
	h.Lexicon.Routes(h.API)
	h.Tickets.Routes(h.API)
	h.Drafts.Routes(h.API)
	declined.New(h.DB).Routes(h.API)
	asked.New(h.DB, h.Lexicon).Routes(h.API)
	h.Clocks.Routes(h.API)
	h.Recovery.Routes(h.API)
	h.Promises.Routes(h.API)
	h.Conference.Routes(h.API)
	h.Email.Routes(h.API)
	h.Portal.Routes(h.API)
	h.Tell.Routes(h.API)
	h.Push.Routes(h.API)
	h.Live.Routes(h.API)
	h.promiseRoutes()
	h.parkedRoutes()
	h.routes()
	if h.Due != nil {
		h.chores()
	}

	h.Followers = append(h.Followers, h.People.Followers()...)
	h.Followers = append(h.Followers, h.Tickets.Followers()...)
	h.Followers = append(h.Followers, h.Clocks.Followers()...)
	h.Followers = append(h.Followers, h.Recovery.Followers()...)
	h.Followers = append(h.Followers, h.Promises.Followers()...)
	h.Followers = append(h.Followers, h.Conference.Followers()...)
	h.Followers = append(h.Followers, h.Email.Followers()...)
	h.Followers = append(h.Followers, h.Portal.Followers()...)
	h.Followers = append(h.Followers, h.Tell.Followers()...)
	h.Followers = append(h.Followers, h.Phones.Followers()...)
	h.Followers = append(h.Followers, h.letters())
}

// besideTickets are the words by which a ticket is found that are said in its parts.
func (h *House) besideTickets(tx *store.Tx, hits []search.Hit) (map[search.Hit]tickets.Aside, error) {
	return h.Conference.Beside(tx, hits)
}

// audience asks the room an entry belongs to who may see it; what belongs to none is for those who read reports.
func (h *House) audience(tx *store.Tx, e store.Entry) (web.Audience, error) {
	noun, _, _ := strings.Cut(e.Kind, ".")
	switch noun {
	case "tickets", "messages", "notes", "drafts":
		return h.Tickets.Audience(tx, e)
	case "clocks":
		return h.Clocks.Audience(tx, e)
	case "complaints", "remedies", "refusals", "approvals", "authority", "ledger":
		return h.Recovery.Audience(tx, e)
	case "promises":
		return h.Promises.Audience(tx, e)
	case "parts":
		return h.Conference.Audience(tx, e)
	case "mail":
		return h.Email.Audience(tx, e)
	case "my":
		return h.Portal.Audience(tx, e)
	case "tell":
		return h.Tell.Audience(tx, e)
	case "customers", "companies", "targets", "calendars", "lexicon":
		return web.Audience{Needs: web.View}, nil
	case "purchases":
		return web.Audience{Needs: web.View | web.Money}, nil
	case "staff", "teams", "roles", "tokens", "sessions":
		return web.Audience{Needs: web.People}, nil
	}
	return web.Audience{Needs: web.Reports}, nil
}

// doors says who may see the tickets that somebody says to look at.
func (h *House) doors(tx *store.Tx, subjects []string) (map[string]web.Audience, error) {
	var ids []tickets.ID
	for _, s := range subjects {
		var t tickets.ID
		if t.UnmarshalText([]byte(s)) == nil {
			ids = append(ids, t)
		}
	}
	there, err := h.Tickets.Some(tx, ids)
	doors := make(map[string]web.Audience, len(there))
	for _, t := range there {
		doors[t.ID.String()] = web.Audience{Needs: web.View, Team: int64(t.Team), Staff: int64(t.Assignee)}
	}
	return doors, err
}

// origins are the web addresses whose pages may ask the API.
func origins(base string) []string {
	if base == "" {
		return nil
	}
	return []string{strings.TrimSuffix(base, "/")}
}

// Close closes what Build opened.
func (h *House) Close() error {
	var err error
	if h.Bus != nil {
		err = h.Bus.Close()
	}
	if h.DB != nil {
		err = errors.Join(err, h.DB.Close())
	}
	return err
}
