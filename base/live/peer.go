package live

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
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
	staff   string  // the id of whose it is; empty for nobody's
	who     web.Who // changed under the hub's lock
	after   int64   // the last sequence that was told or passed over
	came    int64   // the newest sequence when it came
	bell    chan struct{}
	gone    chan struct{}

	// The hub's lock guards what follows.
	topics  []string            // the subjects it wants to hear of; all when empty
	says    stand               // where it says it is
	stands  stand               // where it is for others
	anew    bool                // to be told who is at all it cares for
	unheard map[string]bool     // subjects where something has changed since it was told
	told    map[string][]person // whom it knows to be where; nil when that may be forgotten
}

// wish is what a peer may send: the topics it wants from now on, where it is from now on, or both.
type wish struct {
	Topics []string `json:"topics"`
	Here   *stand   `json:"here"`
}

func (h *Hub) serve(w http.ResponseWriter, r *http.Request, who web.Who) error {
	after, head, err := h.from(r)
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
	p := &peer{
		hub: h, conn: c, request: r, who: who, after: after, came: head, bell: make(chan struct{}, 1), gone: make(chan struct{}),
		anew: true, unheard: map[string]bool{}, told: map[string][]person{},
	}
	if who.Staff != 0 {
		p.staff = h.staff(who.Staff)
	}
	if topics := r.URL.Query().Get("topics"); topics != "" {
		p.topics = strings.Split(topics, ",")
	}
	h.enter(p)
	defer h.leave(p)
	ctx, stop := context.WithCancel(r.Context())
	defer stop()
	go p.listen(ctx, stop)
	if err := p.attend(ctx); err != nil && ctx.Err() == nil {
		h.log.DebugContext(ctx, "a socket ended", "err", err)
	}
	return nil
}

// from is where a peer begins: after the sequence it saw last, or now. One that is yet to come is now too: since it was
// seen, the house was restored from a backup.
func (h *Hub) from(r *http.Request) (after, head int64, err error) {
	head, err = h.db.Head(r.Context())
	s := r.URL.Query().Get("after")
	if err != nil || s == "" {
		return head, head, err
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 {
		return 0, 0, fault.Field("after", "cursor.malformed", "This is no sequence number of the journal; pass the “seq” that was heard last.")
	}
	return min(n, head), head, nil
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

// heed notes what a peer sends; the newest counts.
func (p *peer) heed(w wish) {
	h := p.hub
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.peers[p] {
		return
	}
	if w.Topics != nil {
		h.strike(p)
		p.topics, p.anew = w.Topics, true
		h.list(p)
		for s := range p.told {
			p.forget(s)
		}
		ring(p.bell)
	}
	if w.Here == nil || *w.Here == p.says {
		return
	}
	was := p.says.Ticket
	if p.says = *w.Here; len(p.says.Ticket) > farthest {
		p.says = stand{}
	}
	p.forget(was)
	h.crowd.move(p)
}

func (h *Hub) leave(p *peer) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.peers, p)
	h.strike(p)
	if p.says != (stand{}) || p.stands != (stand{}) {
		h.crowd.move(p)
	}
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
func (p *peer) listen(ctx context.Context, stop context.CancelFunc) {
	defer stop()
	for {
		_, b, err := p.conn.Read(ctx)
		if err != nil {
			return
		}
		var w wish
		if json.Unmarshal(b, &w) != nil {
			_ = p.conn.Close(websocket.StatusInvalidFramePayloadData, `expected {"topics":[…],"here":{"ticket":…,"writing":…}}`) // the peer is told once; it is gone either way
			return
		}
		p.heed(w)
	}
}

// attend tells the peer everything it may hear, in order.
func (p *peer) attend(ctx context.Context) error {
	look := time.NewTicker(lookAgain)
	defer look.Stop()
	ping := time.NewTicker(patience)
	defer ping.Stop()
	pulse := time.NewTicker(p.hub.pulse)
	defer pulse.Stop()
	for due := true; ; {
		if err := p.catchUp(ctx); err != nil {
			return err
		}
		if due {
			if err := p.send(ctx, fmt.Appendf(nil, `{"head":%d}`, p.after)); err != nil {
				return err
			}
			due = false
		}
		if err := p.greet(ctx); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-p.hub.over:
			return p.conn.Close(websocket.StatusGoingAway, "the server stops")
		case <-look.C:
			if err := p.confirm(); err != nil {
				return err
			}
		case <-ping.C:
			if err := p.ping(ctx); err != nil {
				return err
			}
		case <-pulse.C:
			due = true
		case <-p.bell:
		}
	}
}

// catchUp tells the peer what has happened, from the database until it is where the memory begins, and at first as far as
// the journal was when it came, which the memory may not have reached.
func (p *peer) catchUp(ctx context.Context) error {
	for {
		fresh, known := p.hub.since(p.after)
		known = known && (len(fresh) > 0 || p.after >= p.came)
		if !known {
			var err error
			if fresh, err = p.hub.read(ctx, p.after, batch); err != nil {
				return err
			}
		}
		if err := p.tell(ctx, fresh); err != nil {
			return err
		}
		if len(fresh) == 0 || known && p.after >= p.came {
			return nil
		}
	}
}

// greet tells the peer who is where.
func (p *peer) greet(ctx context.Context) error {
	frames, err := p.news()
	if err != nil {
		return err
	}
	for _, f := range frames {
		if err := p.send(ctx, f); err != nil {
			return err
		}
	}
	return nil
}

func (p *peer) tell(ctx context.Context, fresh []told) error {
	p.hub.mu.Lock()
	topics := p.topics
	p.hub.mu.Unlock()
	for _, t := range fresh {
		if t.to.Needs&web.People != 0 { // what only those hear who look after people may change what this peer may
			if err := p.confirm(); err != nil {
				return err
			}
		}
		if p.who.In(t.to) && (len(topics) == 0 || slices.Contains(topics, t.Subject)) {
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
	p.hub.mu.Lock()
	defer p.hub.mu.Unlock()
	if was := p.who; was.Can != now.Can || was.All != now.All || was.Name != now.Name || !slices.Equal(was.Teams, now.Teams) {
		p.anew = true
		p.hub.crowd.move(p)
	}
	p.who = now
	return nil
}
