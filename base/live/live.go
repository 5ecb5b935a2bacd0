// Package live tells whoever is listening what happens in the house, as it happens, and to nobody what they may not see.
//
// One reader per process follows the journal and works out once, for each entry, who may see it. The newest entries stay in
// memory; every socket walks through them at its own pace and falls back to the database when it was away for longer, so
// nothing is missed and a slow peer holds up nobody. A page resumes from the last sequence it saw. What somebody may is
// looked at again when an entry says that rights changed, and every few seconds.
//
// Beside entries a page hears {"head":SEQ}: once when it has been told everything there was when it came, and then every few
// seconds, for pages can't see pings and take a silent line for dead.
//
// And it hears who else is at a ticket it cares for, {"here":{"ticket":…,"who":[{"staff":…,"name":…,"writing":…}]}}: everybody
// but oneself, anew at each change. A page cares for its topics, for everything when it names none, and for where it is
// itself. It says {"here":{"ticket":…,"writing":…}} when it goes somewhere, and {"topics":[…]} when it cares for other things.
// None of this is kept: it lives as long as the socket, and what nodes tell each other of it over the bus, as long as the node.
package live

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/hearthdesk/hearth/base/bus"
	"github.com/hearthdesk/hearth/base/id"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
)

const (
	window    = 8192 // entries kept in memory
	batch     = 512
	patience  = 30 * time.Second // for a peer to take a frame, and between pings
	lookAgain = 5 * time.Second  // what a peer may, when nothing said that it changed
	pulse     = 10 * time.Second // between two times that a peer hears where the journal is; a page may take 15 of silence for a dead line
	farewell  = time.Second      // for telling all peers that the server stops
)

// Audience says who may see an entry of the journal, by asking the room it belongs to.
type Audience func(tx *store.Tx, e store.Entry) (web.Audience, error)

// Config is what a hub is made of.
type Config struct {
	DB       *store.DB
	Audience Audience
	Doors    Doors
	Staff    func(staff int64) string // the id of a member of staff as others see it
	Auth     web.Authenticate         // asked again now and then whether a peer may still listen
	Log      *slog.Logger
}

// Hub is the journal as it is told to the outside, and who is where.
type Hub struct {
	db       *store.DB
	audience Audience
	doors    Doors
	staff    func(staff int64) string
	auth     web.Authenticate
	log      *slog.Logger
	node     string // tells what we say on the bus from what others say

	pulse, beat time.Duration

	mu    sync.Mutex
	tail  []told // the newest entries, gap-free
	head  int64  // the newest sequence told
	peers map[*peer]bool
	wants map[string]map[*peer]bool // by topic, who wants to hear of it; "" is everything
	crowd crowd

	over chan struct{} // closed when the server stops
}

// told is an entry ready to be told: who may hear it, and its frame, made once.
type told struct {
	store.Entry
	to    web.Audience
	frame []byte
}

// New makes a hub.
func New(c Config) *Hub {
	if c.Log == nil {
		c.Log = slog.Default()
	}
	return &Hub{
		db: c.DB, audience: c.Audience, doors: c.Doors, staff: c.Staff, auth: c.Auth, log: c.Log, node: rand.Text(), pulse: pulse, beat: beat,
		peers: map[*peer]bool{}, wants: map[string]map[*peer]bool{}, crowd: newCrowd(), over: make(chan struct{}),
	}
}

// Run follows the journal until ctx ends, and then tells the peers that the server stops. Over the bus, if there is one, nodes
// hear who is where on the others. It runs once.
func (h *Hub) Run(ctx context.Context, b *bus.Bus) error {
	bell, quiet := h.db.Bell()
	defer quiet()
	defer h.dismiss()
	leave, err := h.join(b)
	if err != nil {
		return err
	}
	defer leave()
	ctx, stop := context.WithCancel(ctx)
	var keeper sync.WaitGroup
	defer keeper.Wait()
	defer stop()
	keeper.Go(func() { h.keep(ctx, b) })
	return h.follow(ctx, bell)
}

func (h *Hub) follow(ctx context.Context, bell <-chan struct{}) error {
	head, err := h.db.Head(ctx)
	if err != nil {
		if ctx.Err() != nil {
			err = nil
		}
		return err
	}
	h.mu.Lock()
	h.head = max(0, head-batch) // after a restart every page asks for the last few at once
	h.mu.Unlock()
	for {
		n, err := h.advance(ctx)
		if err != nil && ctx.Err() == nil {
			h.log.ErrorContext(ctx, "the live stream waits", "err", err)
		}
		if n == batch && err == nil {
			continue
		}
		select {
		case <-ctx.Done():
			return nil
		case <-bell:
		case <-time.After(2 * time.Second): // a ring that was lost
		}
	}
}

func (h *Hub) advance(ctx context.Context) (int, error) {
	h.mu.Lock()
	head := h.head
	h.mu.Unlock()
	fresh, err := h.read(ctx, head, batch)
	if err != nil || len(fresh) == 0 {
		return 0, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.tail = append(h.tail, fresh...)
	if len(h.tail) > 2*window { // not one by one: each time all that stay are copied
		h.tail = slices.Clone(h.tail[len(h.tail)-window:])
	}
	h.head = fresh[len(fresh)-1].Seq
	h.wake(fresh)
	return len(fresh), nil
}

// wake rings for who wants to hear of what is fresh. The others come by every few seconds, so that the memory rarely outruns
// them. Who may see a place may be others now.
func (h *Hub) wake(fresh []told) {
	wake := func(some map[*peer]bool) {
		for p := range some {
			ring(p.bell)
		}
	}
	wake(h.wants[everything])
	for _, t := range fresh {
		if t.to.Needs&web.People != 0 {
			wake(h.peers) // for what they may has changed, perhaps
		}
		wake(h.wants[t.Subject])
		if pl := h.crowd.places[t.Subject]; pl != nil && pl.to != t.to {
			h.crowd.touch(t.Subject)
		}
	}
}

const everything = ""

// read takes entries from the database and works out who may hear them.
func (h *Hub) read(ctx context.Context, after int64, limit int) (all []told, err error) {
	err = h.db.Read(ctx, func(tx *store.Tx) error {
		entries, err := tx.Journal(after, limit)
		if err != nil {
			return err
		}
		all = make([]told, 0, len(entries))
		for _, e := range entries {
			t := told{Entry: e}
			if t.to, err = h.audience(tx, e); err != nil {
				return err
			}
			if t.frame, err = json.Marshal(e); err != nil {
				return err
			}
			all = append(all, t)
		}
		return nil
	})
	return all, err
}

// since returns what comes after a sequence. known is false when the memory does not reach back that far.
func (h *Hub) since(after int64) (fresh []told, known bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if after >= h.head {
		return nil, true
	}
	if len(h.tail) == 0 || h.tail[0].Seq > after+1 {
		return nil, false
	}
	return h.tail[after+1-h.tail[0].Seq:], true
}

type journalIn struct {
	After int64 `query:"after" minimum:"0"`
	Limit int   `query:"limit" default:"100" minimum:"1" maximum:"500"`
}

// Routes serves the journal as pages and as a stream.
func (h *Hub) Routes(api *web.API) {
	web.Handle(api, web.Route{Method: http.MethodGet, Path: "/journal", Needs: web.View, Say: "Read what happened, as far as you may see it"},
		func(ctx context.Context, who web.Who, in *journalIn) (page web.Page[store.Entry], err error) {
			all, err := h.read(ctx, in.After, in.Limit)
			page.Items = []store.Entry{}
			for _, t := range all {
				if who.In(t.to) {
					page.Items = append(page.Items, t.Entry)
				}
			}
			if len(all) == in.Limit {
				page.Next = id.Seq(all[len(all)-1].Seq)
			}
			return page, err
		})
	web.Raw(api, web.Route{
		Method: http.MethodGet, Path: "/live", Needs: web.View, Say: "Listen to the journal as it grows and to who is at which ticket (WebSocket)", Status: http.StatusSwitchingProtocols,
		Asks: []web.Ask{{Name: "after", Type: "integer", Say: "the last entry you know; from now on without"}, {Name: "topics", Say: "what to hear of, separated by commas; everything you may see without"}},
	}, h.serve)
}
