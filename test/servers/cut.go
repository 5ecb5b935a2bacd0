package servers

import (
	"context"
	"errors"
	"io"
	"net"
	"sync/atomic"
	"testing"
)

// Wire lies between a client and a server of any kind and can be cut.
type Wire struct {
	Addr string
	Cuts atomic.Int64 // how many connections it has cut

	server string
}

// StartWire lays a wire to a server. Limit is asked for each connection how many bytes the server may say on it before it is
// cut as if the server had died; 0 for a whole one.
func StartWire(tb testing.TB, server string, limit func() int64) *Wire {
	tb.Helper()
	l, err := (&net.ListenConfig{}).Listen(tb.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	w := &Wire{Addr: l.Addr().String(), server: server}
	tb.Cleanup(func() { stop(); _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go w.carry(ctx, c, limit())
		}
	}()
	return w
}

func (w *Wire) carry(ctx context.Context, client net.Conn, limit int64) {
	defer client.Close()
	server, err := (&net.Dialer{}).DialContext(ctx, "tcp", w.server)
	if err != nil {
		return
	}
	defer server.Close()
	end := context.AfterFunc(ctx, func() { _ = errors.Join(client.Close(), server.Close()) })
	defer end()
	go func() {
		_, _ = io.Copy(server, client) // whoever ends it, the other end hears of it below
		_ = server.Close()
	}()
	if limit == 0 {
		_, _ = io.Copy(client, server)
	} else if n, _ := io.CopyN(client, server, limit); n == limit {
		w.Cuts.Add(1)
	}
}
