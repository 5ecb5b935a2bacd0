package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/coder/websocket"

	"github.com/hearthdesk/hearth/rooms/tickets"
)

const sockets = 1000

// live is how long after an agent sent a reply others have it on their screens.
func (m *middle) live(ctx context.Context) error {
	s, err := m.open(ctx)
	if err != nil {
		return err
	}
	all, err := s.bare.ids(ctx, `SELECT id FROM tickets WHERE status = 'open' ORDER BY id DESC LIMIT 300`)
	if err != nil {
		return err
	}
	if len(all) < 100 {
		return errors.New("too few open tickets")
	}
	// Most people look at tickets of their own; ten look at the one that is answered.
	topics := func(i int) string { return "?topics=" + tickets.ID(all[i%len(all)]).String() }
	present := func(i int) string {
		return `{"here":{"ticket":"` + tickets.ID(all[i%len(all)]).String() + `","writing":true}}`
	}
	if err := m.replies(ctx, s, "reply → another screen, 1,000 sockets on their tickets", all, topics, nil, 15*time.Millisecond, 3*time.Millisecond); err != nil {
		return err
	}
	if err := m.replies(ctx, s, "reply → another screen, 1,000 sockets that say where they are", all, topics, present, 15*time.Millisecond, 3*time.Millisecond); err != nil {
		return err
	}
	return m.replies(ctx, s, "reply → another screen, 1,000 sockets that hear all", all, func(int) string { return "" }, nil, 0, 0)
}

// screen is a socket and when it last heard of an answer.
type screen struct {
	conn  *websocket.Conn
	heard chan time.Time
}

func (m *middle) replies(ctx context.Context, s *server, what string, all []int64, topics, says func(i int) string, p99, p50 time.Duration) (err error) {
	hear, stop := context.WithCancel(ctx)
	defer stop()
	screens, err := s.screens(hear, topics, says)
	if err != nil {
		return err
	}
	defer func() {
		for _, sc := range screens {
			_ = sc.conn.CloseNow()
		}
	}()
	const n = 300
	end, err := m.profiled(what)
	if err != nil {
		return err
	}
	defer end()
	r := rand.New(rand.NewPCG(5, 5))
	var heard, answered, last []time.Duration
	for i := range n + 20 {
		which := r.IntN(len(all))
		var others []*screen
		for k := which; k < sockets; k += len(all) {
			others = append(others, screens[k])
		}
		if topics(0) == "" {
			others = screens
		}
		began := now()
		if _, err := s.ask(ctx, http.MethodPost, ticketsPath+"/"+tickets.ID(all[which]).String()+"/replies", m.place.notes.Owner,
			map[string]any{"text": "We will look at it.", "to": []map[string]string{{"email": "somebody@example.com"}}}, nil); err != nil {
			return err
		}
		back := time.Since(began)
		one, slowest := time.Duration(0), time.Duration(0)
		chosen := others[r.IntN(len(others))]
		for _, sc := range others {
			select {
			case at := <-sc.heard:
				if d := at.Sub(began); sc == chosen {
					one, slowest = d, max(slowest, d)
				} else {
					slowest = max(slowest, d)
				}
			case <-time.After(time.Minute):
				return errors.New("an answer was never heard of")
			}
		}
		if i >= 20 {
			heard, answered, last = append(heard, one), append(answered, back), append(last, slowest)
		}
		if err := s.settled(ctx); err != nil {
			return err
		}
	}
	slices.Sort(heard)
	slices.Sort(answered)
	slices.Sort(last)
	row := row{
		What: what, Figure: fmt.Sprintf("p50 %s, p99 %s (the last of them p50 %s)", ms(heard[n/2]), ms(heard[n*99/100]), ms(last[n/2])),
		Limit: fmt.Sprintf("p50 %s, p99 %s until the sender has an answer", ms(answered[n/2]), ms(answered[n*99/100])), Ratio: ratio(float64(heard[n/2]), float64(answered[n/2])),
	}
	if p50 > 0 {
		row.Reach, row.Held = fmt.Sprintf("p50 ≤ %s, p99 ≤ %s", ms(p50), ms(p99)), held(heard[n/2] <= p50 && heard[n*99/100] <= p99)
	}
	return m.add(row)
}

// screens opens all sockets, on which each says something, and listens on them.
func (s *server) screens(ctx context.Context, topics, says func(i int) string) ([]*screen, error) {
	all := make([]*screen, sockets)
	failed := make(chan error, sockets)
	var crew sync.WaitGroup
	for w := range clients {
		crew.Go(func() {
			for i := w; i < sockets; i += clients {
				c, _, err := websocket.Dial(ctx, "ws://"+s.addr+"/api/v1/live"+topics(i), &websocket.DialOptions{ //nolint:bodyclose // it is the socket
					HTTPHeader: http.Header{"Authorization": {"Bearer " + s.place.notes.Owner}},
				})
				if err == nil && says != nil {
					err = c.Write(ctx, websocket.MessageText, []byte(says(i)))
				}
				if err != nil {
					failed <- err
					return
				}
				all[i] = &screen{c, make(chan time.Time, 8)}
			}
		})
	}
	crew.Wait()
	select {
	case err := <-failed:
		return nil, err
	default:
	}
	for _, sc := range all {
		go func() {
			for {
				_, b, err := sc.conn.Read(ctx)
				if err != nil {
					return
				}
				if bytes.Contains(b, []byte(`"tickets.answered"`)) {
					sc.heard <- now()
				}
			}
		}()
	}
	return all, nil
}
