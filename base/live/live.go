// Package live tells whoever is listening what happens in the house, as it happens, and to nobody what they may not see.
//
// One reader per process follows the journal and works out once, for each entry, who may see it. The newest entries stay in
// memory; every socket walks through them at its own pace and falls back to the database when it was away for longer, so
// nothing is missed and a slow peer holds up nobody. A page resumes from the last sequence it saw.
package live

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/coder/websocket"

	"github.com/hearthdesk/hearth/base/id"
	"github.com/hearthdesk/hearth/base/store"
	"github.com/hearthdesk/hearth/base/web"
)

const (
	window    = 8192 // entries kept in memory
	batch     = 512
	patience  = 30 * time.Second // for a peer to take a frame, and between pings
	lookAgain = time.Minute      // whether the peer may still listen
)

// Audience says who may see an entry of the journal, by asking the room it belongs to.
type Audience func(tx *store.Tx, e store.Entry) (web.Audience, error)

// Hub is the journal as it is told to the outside.
type Hub struct {
	db       *store.DB
	audience Audience
	auth     web.Authenticate
	log      *slog.Logger

	mu      sync.Mutex
	tail    []told // the newest entries, gap-free
	head    int64  // the newest sequence told
	changed chan struct{}
	sockets int
}

// told is an entry ready to be told: who may hear it, and its frame, made once.
type told struct {
	store.Entry
	to    web.Audience
	frame []byte
}

// New makes a hub; auth is asked again now and then whether a peer may still listen.
func New(db *store.DB, a Audience, auth web.Authenticate, log *slog.Logger) *Hub {
	if log == nil {
		log = slog.Default()
	}
	return &Hub{db: db, audience: a, auth: auth, log: log, changed: make(chan struct{})}
}

// Run follows the journal until ctx ends.
func (h *Hub) Run(ctx context.Context) error {
	bell, quiet := h.db.Bell()
	defer quiet()
	head, err := h.db.Head(ctx)
	if err != nil {
		return err
	}
	h.mu.Lock()
	h.head = head
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
	if over := len(h.tail) - window; over > 0 {
		h.tail = slices.Clone(h.tail[over:]) // lets go of what is told
	}
	h.head = fresh[len(fresh)-1].Seq
	close(h.changed)
	h.changed = make(chan struct{})
	return len(fresh), nil
}

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

// since returns what comes after a sequence, and a channel that closes when there is more. known is false when the memory
// does not reach back that far.
func (h *Hub) since(after int64) (fresh []told, more <-chan struct{}, known bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	more = h.changed
	if after >= h.head {
		return nil, more, true
	}
	if len(h.tail) == 0 || h.tail[0].Seq > after+1 {
		return nil, more, false
	}
	return h.tail[after+1-h.tail[0].Seq:], more, true
}

// Sockets is how many listen now.
func (h *Hub) Sockets() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.sockets
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
	web.Raw(api, web.Route{Method: http.MethodGet, Path: "/live", Needs: web.View, Say: "Listen to the journal as it grows (WebSocket), from ?after=SEQ", Status: http.StatusSwitchingProtocols}, h.serve)
}

// wish is what a peer may send: the subjects it wants to hear of; all when empty.
type wish struct {
	Topics []string `json:"topics"`
}

func (h *Hub) serve(w http.ResponseWriter, r *http.Request, who web.Who) error {
	h.mu.Lock()
	after := h.head
	h.mu.Unlock()
	if s := r.URL.Query().Get("after"); s != "" {
		n, err := strconv.ParseInt(s, 10, 64)
		if err == nil && n >= 0 && n <= after {
			after = n
		}
	}
	c, err := websocket.Accept(w, r, nil)
	if err != nil {
		h.log.DebugContext(r.Context(), "not a socket", "err", err)
		return nil //nolint:nilerr // Accept has answered
	}
	defer c.CloseNow()
	h.count(1)
	defer h.count(-1)
	c.SetReadLimit(16 << 10)
	ctx, stop := context.WithCancel(r.Context())
	defer stop()
	wishes := make(chan wish, 1)
	go h.listen(ctx, stop, c, wishes)
	if err := h.tell(ctx, c, r, who, after, wishes); err != nil && ctx.Err() == nil {
		h.log.DebugContext(ctx, "a socket ended", "err", err)
	}
	return nil
}

func (h *Hub) count(n int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.sockets += n
}

// listen reads what the peer sends, which also answers its pings, until the connection ends.
func (h *Hub) listen(ctx context.Context, stop context.CancelFunc, c *websocket.Conn, wishes chan<- wish) {
	defer stop()
	for {
		_, b, err := c.Read(ctx)
		if err != nil {
			return
		}
		var w wish
		if json.Unmarshal(b, &w) != nil {
			_ = c.Close(websocket.StatusInvalidFramePayloadData, "expected {\"topics\":[…]}") // the peer is told once; it is gone either way
			return
		}
		select {
		case wishes <- w:
		case <-ctx.Done():
			return
		}
	}
}

var errNotAllowed = errors.New("live: no longer allowed to listen")

// tell sends one peer everything it may hear, in order, from a sequence on.
func (h *Hub) tell(ctx context.Context, c *websocket.Conn, r *http.Request, who web.Who, after int64, wishes <-chan wish) error {
	var topics []string
	check := time.NewTicker(lookAgain)
	defer check.Stop()
	ping := time.NewTicker(patience)
	defer ping.Stop()
	for {
		fresh, more, known := h.since(after)
		if !known {
			var err error
			if fresh, err = h.read(ctx, after, batch); err != nil {
				return err
			}
		}
		for _, t := range fresh {
			if who.In(t.to) && (len(topics) == 0 || slices.Contains(topics, t.Subject)) {
				if err := send(ctx, c, t.frame); err != nil {
					return err
				}
			}
			after = t.Seq
		}
		if len(fresh) > 0 {
			continue
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-more:
		case w := <-wishes:
			topics = w.Topics
		case <-ping.C:
			alive, stop := context.WithTimeout(ctx, patience)
			err := c.Ping(alive)
			stop()
			if err != nil {
				return err
			}
		case <-check.C:
			now, ok, err := h.auth(r)
			if err != nil || !ok || !now.May(web.View) {
				return errors.Join(errNotAllowed, c.Close(websocket.StatusPolicyViolation, "no longer signed in"))
			}
			who = now
		}
	}
}

func send(ctx context.Context, c *websocket.Conn, frame []byte) error {
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	return c.Write(ctx, websocket.MessageText, frame)
}
