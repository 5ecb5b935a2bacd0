package app

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/hearthdesk/hearth/base/fault"
)

// step is a line of the answer to whoever waits at the socket for something that takes its time: how far it is, and last
// what came of it.
type step[T any] struct {
	Done  int64        `json:"done,omitempty"`
	All   int64        `json:"all,omitempty"`
	Made  *T           `json:"made,omitempty"`
	Fault *fault.Fault `json:"fault,omitempty"`
}

// told carries something out for the command line, and tells how it goes.
func told[T any](h *House, do func(r *http.Request, progress func(done, all int64)) (T, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		say := func(s step[T]) {
			_ = json.NewEncoder(w).Encode(s) // a peer that is gone ends the request's context
			_ = http.NewResponseController(w).Flush()
		}
		made, err := do(r, func(done, all int64) { say(step[T]{Done: done, All: all}) })
		if err == nil {
			say(step[T]{Made: &made})
			return
		}
		f := fault.Of(err)
		if (f == nil || f.Kind == fault.Internal) && r.Context().Err() == nil {
			h.Settings.log().ErrorContext(r.Context(), "an errand failed", "path", r.URL.Path, "err", err)
		}
		if f == nil {
			f = fault.New(fault.Internal, "errand.failed", "It failed: %v.", err)
		}
		say(step[T]{Fault: f})
	}
}

// watch has the server carry something out, and listens how it goes; progress may be nil.
func watch[T any](ctx context.Context, c *Client, path string, progress func(done, all int64)) (made T, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://hearth"+path, nil)
	if err != nil {
		return made, err
	}
	res, err := c.send(r)
	if err != nil {
		return made, err
	}
	defer res.Body.Close()
	if res.StatusCode >= http.StatusBadRequest {
		return made, faultFrom(res)
	}
	for in := json.NewDecoder(res.Body); ; {
		var s step[T]
		switch err := in.Decode(&s); {
		case ctx.Err() != nil:
			return made, ctx.Err()
		case err != nil:
			return made, fault.New(fault.Internal, "server.gone", "The server went away before it was done (%v); remove what is there and try again.", err)
		case s.Fault != nil:
			return made, s.Fault
		case s.Made != nil:
			return *s.Made, nil
		case progress != nil:
			progress(s.Done, s.All)
		}
	}
}

// meter counts bytes on their way and tells now and then how far it is.
type meter struct {
	done, all, said int64
	tell            func(done, all int64) // may be nil
}

func (m *meter) Write(b []byte) (int, error) {
	m.done += int64(len(b))
	if m.tell != nil && (m.done-m.said > m.all/200+64<<10 || m.done == m.all) {
		m.said = m.done
		m.tell(m.done, max(m.done, m.all))
	}
	return len(b), nil
}
