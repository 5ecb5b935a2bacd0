package live

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/coder/websocket"

	"github.com/hearthdesk/hearth/base/fault"
	"github.com/hearthdesk/hearth/base/web"
)

// peer is a socket and what it has been told.
type peer struct {
	hub     *Hub
	conn    *websocket.Conn
	request *http.Request
	who     web.Who
	topics  []string // the subjects it wants to hear of; all when empty
	after   int64    // the last sequence that was told or passed over
	bell    chan struct{}
	gone    chan struct{}
}

// wish is what a peer may send: the topics it wants from now on.
type wish struct {
	Topics []string `json:"topics"`
}

func (h *Hub) serve(w http.ResponseWriter, r *http.Request, who web.Who) error {
	after, err := h.from(r)
	if err != nil {
		return err
	}
	c, err := websocket.Accept(w, r, nil)
	if err != nil {
		h.log.DebugContext(r.Context(), "not a socket", "err", err)
		return nil
	}
	defer c.CloseNow()
	c.SetReadLimit(16 << 10)
	p := &peer{hub: h, conn: c, request: r, who: who, after: after, bell: make(chan struct{}, 1), gone: make(chan struct{})}
	if topics := r.URL.Query().Get("topics"); topics != "" {
		p.topics = strings.Split(topics, ",")
	}
	h.enter(p)
	defer h.leave(p)
	ctx, stop := context.WithCancel(r.Context())
	defer stop()
	wishes := make(chan wish, 1)
	go p.listen(ctx, stop, wishes)
	if err := p.attend(ctx, wishes); err != nil && ctx.Err() == nil {
		h.log.DebugContext(ctx, "a socket ended", "err", err)
	}
	return nil
}

// from is where a peer begins: after the sequence it saw last, or now. One that is yet to come is now too: since it was
// seen, the house was restored from a backup.
func (h *Hub) from(r *http.Request) (int64, error) {
	head, err := h.db.Head(r.Context())
	s := r.URL.Query().Get("after")
	if err != nil || s == "" {
		return head, err
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 {
		return 0, fault.Field("after", "cursor.malformed", "This is no sequence number of the journal; pass the “seq” that was heard last.")
	}
	return min(n, head), nil
}

func (h *Hub) enter(p *peer) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.peers[p] = true
	h.list(p)
}

// list notes what a peer wants to hear of, strike forgets it; whoever calls them holds the lock.
func (h *Hub) list(p *peer) {
	for _, t := range p.wanted() {
		if h.wants[t] == nil {
			h.wants[t] = map[*peer]bool{}
		}
		h.wants[t][p] = true
	}
}

func (h *Hub) strike(p *peer) {
	for _, t := range p.wanted() {
		delete(h.wants[t], p)
		if len(h.wants[t]) == 0 {
			delete(h.wants, t)
		}
	}
}

func (p *peer) wanted() []string {
	if len(p.topics) == 0 {
		return []string{everything}
	}
	return p.topics
}

// wish changes what a peer wants to hear of from now on.
func (p *peer) wish(topics []string) {
	p.hub.mu.Lock()
	defer p.hub.mu.Unlock()
	p.hub.strike(p)
	p.topics = topics
	p.hub.list(p)
}

func (h *Hub) leave(p *peer) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.peers, p)
	h.strike(p)
	close(p.gone)
}

// Sockets is how many listen now.
func (h *Hub) Sockets() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.peers)
}

// dismiss tells every peer that the server stops, so that it comes back to the next one at once.
func (h *Hub) dismiss() {
	close(h.over)
	h.mu.Lock()
	peers := slices.Collect(maps.Keys(h.peers))
	h.mu.Unlock()
	deadline := time.After(farewell)
	for _, p := range peers {
		select {
		case <-p.gone:
		case <-deadline:
			return
		}
	}
}

// listen reads what the peer sends, which also answers its pings, until the connection ends.
func (p *peer) listen(ctx context.Context, stop context.CancelFunc, wishes chan<- wish) {
	defer stop()
	for {
		_, b, err := p.conn.Read(ctx)
		if err != nil {
			return
		}
		var w wish
		if json.Unmarshal(b, &w) != nil {
			_ = p.conn.Close(websocket.StatusInvalidFramePayloadData, "expected {\"topics\":[…]}") // the peer is told once; it is gone either way
			return
		}
		select {
		case wishes <- w:
		case <-ctx.Done():
			return
		}
	}
}

// attend tells the peer everything it may hear, in order.
func (p *peer) attend(ctx context.Context, wishes <-chan wish) error {
	look := time.NewTicker(lookAgain)
	defer look.Stop()
	ping := time.NewTicker(patience)
	defer ping.Stop()
	for {
		fresh, known := p.hub.since(p.after)
		if !known {
			var err error
			if fresh, err = p.hub.read(ctx, p.after, batch); err != nil {
				return err
			}
		}
		if err := p.tell(ctx, fresh); err != nil {
			return err
		}
		if !known && len(fresh) > 0 {
			continue // until it is where the memory begins
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-p.hub.over:
			return p.conn.Close(websocket.StatusGoingAway, "the server stops")
		case w := <-wishes:
			p.wish(w.Topics)
		case <-look.C:
			if err := p.confirm(); err != nil {
				return err
			}
		case <-ping.C:
			if err := p.ping(ctx); err != nil {
				return err
			}
		case <-p.bell:
		}
	}
}

func (p *peer) tell(ctx context.Context, fresh []told) error {
	for _, t := range fresh {
		if t.to.Needs&web.People != 0 { // what only those hear who look after people may change what this peer may
			if err := p.confirm(); err != nil {
				return err
			}
		}
		if p.who.In(t.to) && (len(p.topics) == 0 || slices.Contains(p.topics, t.Subject)) {
			if err := p.send(ctx, t.frame); err != nil {
				return err
			}
		}
		p.after = t.Seq
	}
	return nil
}

func (p *peer) send(ctx context.Context, frame []byte) error {
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	return p.conn.Write(ctx, websocket.MessageText, frame)
}

func (p *peer) ping(ctx context.Context) error {
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	return p.conn.Ping(ctx)
}

var errNotAllowed = errors.New("live: no longer allowed to listen")

// confirm finds out what the peer may now, and sends it away when it may not listen at all.
func (p *peer) confirm() error {
	now, ok, err := p.hub.auth(p.request)
	if fault.KindOf(err) == fault.Internal {
		return errors.Join(err, p.conn.Close(websocket.StatusTryAgainLater, "who listens can't be confirmed right now"))
	}
	if err != nil || !ok || !now.May(web.View) {
		return errors.Join(errNotAllowed, p.conn.Close(websocket.StatusPolicyViolation, "no longer signed in"))
	}
	p.who = now
	return nil
}
